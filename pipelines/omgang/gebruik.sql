-- Use: trajecten that got help in the year, started by 31 December and not ended before 1 January.
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  TRUE AS gebruik_trajecten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
GROUP BY aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;

-- The children behind them, distinct within an aanbieder. A child with one traject counts where that is, as `kind` 0.
-- One with several has a number of its own and counts once per cell, so once in each gebied and category it belongs to.
WITH gebruikt AS (
  SELECT aanbieder, jeugdige_id, jeugdige_id_sleutel, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse
  FROM traject_jaar
  WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
),
meermaals AS (
  SELECT aanbieder, jeugdige_id FROM gebruikt GROUP BY aanbieder, jeugdige_id HAVING COUNT(*) > 1
),
genummerd AS (
  SELECT aanbieder, jeugdige_id, ROW_NUMBER() OVER () AS nummer FROM meermaals
),
geteld AS (
  SELECT
    g.aanbieder, g.gemeente, g.kader, g.vorm, g.verwijzer, g.bekostiging, g.leeftijdsklasse,
    g.jeugdige_id_sleutel,
    COALESCE(n.nummer, 0) AS kind
  FROM gebruikt g
  LEFT JOIN genummerd n ON n.aanbieder = g.aanbieder AND n.jeugdige_id = g.jeugdige_id
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, kind,
  TRUE AS gebruik_jeugdigen,
  COUNT(*) AS aantal,
  CASE WHEN kind = 0 THEN SUM(jeugdige_id_sleutel) ELSE MIN(jeugdige_id_sleutel) END AS sleutel
FROM geteld
GROUP BY aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, kind;

-- Children per gezin, of the children with help of whom the gezin is known. A gezin whose children belong to two
-- gemeenten counts in each with its children there. A child without a gezin is left out, each as a gezin of its own.
WITH kinderen AS (
  SELECT DISTINCT aanbieder, gemeente, gezin_id, gezin_id_sleutel, jeugdige_id, jeugdige_id_sleutel
  FROM traject_jaar
  WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
),
gezinnen AS (
  SELECT aanbieder, gemeente, TRUE AS bekend, MIN(gezin_id_sleutel) AS sleutel, COUNT(*) AS kinderen
  FROM kinderen
  WHERE gezin_id IS NOT NULL
  GROUP BY aanbieder, gemeente, gezin_id
  UNION ALL
  SELECT aanbieder, gemeente, FALSE AS bekend, jeugdige_id_sleutel AS sleutel, 0 AS kinderen
  FROM kinderen
  WHERE gezin_id IS NULL
)
SELECT
  aanbieder, gemeente,
  bekend AS gezin_gezinnen,
  NOT bekend AS gezin_weggelaten,
  SUM(kinderen) AS gezin_kinderen,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM gezinnen
GROUP BY aanbieder, gemeente, bekend;
