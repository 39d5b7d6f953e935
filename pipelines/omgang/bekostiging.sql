-- How it is paid, of all trajecten of the year.
SELECT gemeente, bekostiging, COUNT(*) AS bekostiging_trajecten
FROM traject_jaar
GROUP BY gemeente, bekostiging;

-- What it costs, of the trajecten that got help in the year. Amounts are summed in cents, so that every level adds up
-- exactly. What ended without a startdatum that is missing is left out.
WITH geholpen AS (
  SELECT
    gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
    CASE WHEN start IS NOT NULL THEN kosten END AS kosten,
    CASE WHEN start IS NOT NULL THEN minuten END AS minuten
  FROM traject_jaar
  WHERE start IS NOT NULL OR (einde >= begin AND reden_einde <> 'ingetrokken_voor_start')
)
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  COUNT(kosten) AS kosten_trajecten,
  CAST(SUM(kosten) * 100 AS BIGINT) AS kosten_cent,
  SUM(CASE WHEN kosten IS NULL THEN 1 ELSE 0 END) AS kosten_weggelaten,
  SUM(CASE WHEN kosten IS NOT NULL AND minuten IS NOT NULL THEN 1 ELSE 0 END) AS uur_trajecten,
  CAST(SUM(CASE WHEN minuten IS NOT NULL THEN kosten END) * 100 AS BIGINT) AS uur_cent,
  SUM(CASE WHEN kosten IS NOT NULL THEN minuten END) AS uur_minuten,
  SUM(CASE WHEN kosten IS NULL OR minuten IS NULL THEN 1 ELSE 0 END) AS uur_weggelaten
FROM geholpen
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;
