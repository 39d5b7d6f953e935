-- Durations, one row per cell and number of days. `dagen` is the length up to the end, or up to 31 December for a
-- traject that still runs. `intrede` is the length it already had when the year began: -1 for one that started in
-- the year itself, so that a duration of 0 days counts too. Both axes together make the survival curve.
WITH duur AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    CASE WHEN start <= vorig_eind THEN vorig_eind - start ELSE -1 END AS intrede,
    COALESCE(einde, eind) - start AS dagen,
    einde IS NOT NULL AS duur_beeindigd,
    einde IS NULL AS duur_lopend
  FROM traject_jaar
  WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, intrede, dagen,
  duur_beeindigd, duur_lopend,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM duur
GROUP BY aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, intrede, dagen, duur_beeindigd, duur_lopend;

-- The three classes of the report: up to half a year, up to a year, longer.
WITH klassen AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    einde - start AS duur,
    einde - start <= 182 AS duur_tot_6_maanden,
    einde - start BETWEEN 183 AND 365 AS duur_6_tot_12_maanden,
    einde - start > 365 AS duur_langer
  FROM traject_jaar
  WHERE start IS NOT NULL AND einde >= begin
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  TRUE AS duur_alle,
  duur_tot_6_maanden, duur_6_tot_12_maanden, duur_langer,
  SUM(duur) AS duur_dagen,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM klassen
GROUP BY aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, duur_tot_6_maanden, duur_6_tot_12_maanden, duur_langer;

-- Left out: ended in the year with another reason than withdrawal before the start, but without a startdatum.
SELECT
  aanbieder, gemeente,
  TRUE AS duur_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
WHERE start IS NULL AND einde >= begin AND reden_einde <> 'ingetrokken_voor_start'
GROUP BY aanbieder, gemeente;
