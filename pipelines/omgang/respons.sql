-- Response: the aanbieders that were expected in a gebied, and what came of it. `verwacht` has one row per aanbieder
-- and gebied that its werkgebied touches, so nothing is added up over levels. By weight nothing can be said of a gebied
-- where the size of one that did not deliver is not known: with the known ones alone everything would seem delivered.
WITH gewogen AS (
  SELECT
    niveau, gebied, uitkomst,
    uitkomst IN ('geleverd', 'nulopgave') AS geleverd,
    CASE
      WHEN COUNT(*) FILTER (WHERE uitkomst IN ('geweigerd', 'onbekend') AND omvang_vorig_jaar IS NULL)
        OVER (PARTITION BY niveau, gebied) = 0 THEN omvang_vorig_jaar
    END AS gewicht
  FROM verwacht
)
SELECT
  niveau, gebied, uitkomst,
  COUNT(*) AS respons_verwacht,
  SUM(CASE WHEN geleverd THEN 1 ELSE 0 END) AS respons_geleverd,
  SUM(gewicht) AS respons_gewicht,
  SUM(CASE WHEN geleverd THEN gewicht ELSE 0 END) AS respons_gewicht_geleverd
FROM gewogen
GROUP BY niveau, gebied, uitkomst;
