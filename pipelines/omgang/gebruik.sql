-- Use: trajecten that got help in the year, started by 31 December and not ended before 1 January.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  COUNT(*) AS gebruik_trajecten
FROM traject_jaar
WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;

-- The children behind them, distinct within an aanbieder. A child that is all its trajecten long in one cell of
-- the cube counts in it as `kind` 0. One that occurs in several has a number of its own and comes once per cell,
-- so that it is counted once in each gebied and category it belongs to.
WITH gebruikt AS (
  SELECT DISTINCT aanbieder, jeugdige_id, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse
  FROM traject_jaar
  WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
),
kinderen AS (
  SELECT aanbieder, jeugdige_id, COUNT(*) AS cellen
  FROM gebruikt
  GROUP BY aanbieder, jeugdige_id
),
genummerd AS (
  SELECT aanbieder, jeugdige_id, ROW_NUMBER() OVER (ORDER BY aanbieder, jeugdige_id) AS nummer
  FROM kinderen
  WHERE cellen > 1
),
geteld AS (
  SELECT g.gemeente, g.kader, g.vorm, g.verwijzer, g.bekostiging, g.leeftijdsklasse, COALESCE(n.nummer, 0) AS kind
  FROM gebruikt g
  LEFT JOIN genummerd n ON n.aanbieder = g.aanbieder AND n.jeugdige_id = g.jeugdige_id
)
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, kind,
  COUNT(*) AS gebruik_jeugdigen
FROM geteld
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, kind;
