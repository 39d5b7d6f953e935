-- How it is paid, and what it costs. Amounts are summed in cents, so that every level adds up exactly.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  COUNT(*) AS bekostiging_trajecten,
  COUNT(kosten) AS kosten_trajecten,
  CAST(SUM(kosten) * 100 AS BIGINT) AS kosten_cent,
  SUM(CASE WHEN kosten IS NULL THEN 1 ELSE 0 END) AS kosten_weggelaten,
  SUM(CASE WHEN kosten IS NOT NULL AND minuten IS NOT NULL THEN 1 ELSE 0 END) AS uur_trajecten,
  CAST(SUM(CASE WHEN minuten IS NOT NULL THEN kosten END) * 100 AS BIGINT) AS uur_cent,
  SUM(CASE WHEN kosten IS NOT NULL THEN minuten END) AS uur_minuten,
  SUM(CASE WHEN kosten IS NULL OR minuten IS NULL THEN 1 ELSE 0 END) AS uur_weggelaten
FROM traject_jaar
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;
