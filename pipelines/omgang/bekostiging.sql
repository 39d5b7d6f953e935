-- How it is paid, of all trajecten of the year.
SELECT
  aanbieder, gemeente, bekostiging,
  COALESCE(bekostiging <> 'onbekend', FALSE) AS bekostiging_bekend,
  COALESCE(bekostiging = 'onbekend', TRUE) AS bekostiging_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, bekostiging;

-- Whether another gemeente pays. The field is empty where none does and where nobody keeps it, so only the trajecten of
-- aanbieders that filled it in at least once say anything; each has one levering.
WITH betaler AS (
  SELECT
    aanbieder, gemeente, sleutel,
    financier IS NOT NULL AND financier <> gemeente AS elders,
    COUNT(financier) OVER (PARTITION BY levering) > 0 AS houdt_bij
  FROM traject_jaar
)
SELECT
  aanbieder, gemeente,
  houdt_bij AS financier_bekend,
  elders AS financier_elders,
  NOT houdt_bij AS financier_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM betaler
GROUP BY aanbieder, gemeente, houdt_bij, elders;

-- What it costs, of the trajecten that got help in the year. Amounts are summed in cents, so that every level adds up
-- exactly. What ended without a startdatum that is missing is left out.
WITH geholpen AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    CASE WHEN start IS NOT NULL THEN kosten END AS kosten,
    CASE WHEN start IS NOT NULL THEN minuten END AS minuten
  FROM traject_jaar
  WHERE start IS NOT NULL OR (einde >= begin AND reden_einde <> 'ingetrokken_voor_start')
),
bekend AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel, kosten, minuten,
    kosten IS NOT NULL AS kosten_trajecten,
    kosten IS NULL AS kosten_weggelaten,
    kosten IS NOT NULL AND minuten IS NOT NULL AS uur_trajecten,
    kosten IS NULL OR minuten IS NULL AS uur_weggelaten
  FROM geholpen
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  kosten_trajecten, kosten_weggelaten, uur_trajecten, uur_weggelaten,
  CAST(SUM(kosten) * 100 AS BIGINT) AS kosten_cent,
  CAST(SUM(CASE WHEN uur_trajecten THEN kosten END) * 100 AS BIGINT) AS uur_cent,
  SUM(CASE WHEN uur_trajecten THEN minuten END) AS uur_minuten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM bekend
GROUP BY
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  kosten_trajecten, kosten_weggelaten, uur_trajecten, uur_weggelaten;
