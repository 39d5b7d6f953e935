-- Durations, one row per cell and number of days. `dagen` is the length up to the end, or up to 31 December for a
-- traject that still runs. `intrede` is the length it already had when the year began: -1 for one that started in
-- the year itself, so that a duration of 0 days counts too. Both axes together make the survival curve.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  CASE WHEN start <= vorig_eind THEN vorig_eind - start ELSE -1 END AS intrede,
  COALESCE(einde, eind) - start AS dagen,
  SUM(CASE WHEN einde IS NOT NULL THEN 1 ELSE 0 END) AS duur_beeindigd,
  SUM(CASE WHEN einde IS NULL THEN 1 ELSE 0 END) AS duur_lopend
FROM traject_jaar
WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
GROUP BY
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  CASE WHEN start <= vorig_eind THEN vorig_eind - start ELSE -1 END,
  COALESCE(einde, eind) - start;

-- The three classes of the report: up to half a year, up to a year, longer.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  COUNT(*) AS duur_alle,
  SUM(CASE WHEN einde - start <= 182 THEN 1 ELSE 0 END) AS duur_tot_6_maanden,
  SUM(CASE WHEN einde - start BETWEEN 183 AND 365 THEN 1 ELSE 0 END) AS duur_6_tot_12_maanden,
  SUM(CASE WHEN einde - start > 365 THEN 1 ELSE 0 END) AS duur_langer
FROM traject_jaar
WHERE start IS NOT NULL AND einde >= begin
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;

-- Left out: ended in the year with another reason than withdrawal before the start, but without a startdatum.
SELECT gemeente, COUNT(*) AS duur_weggelaten
FROM traject_jaar
WHERE start IS NULL AND einde >= begin AND reden_einde <> 'ingetrokken_voor_start'
GROUP BY gemeente;
