-- Response: the aanbieders that were expected in a gebied, and what came of it. `verwacht` has one row per aanbieder
-- and gebied that its werkgebied touches, so nothing is added up over levels.
SELECT
  niveau, gebied, uitkomst,
  COUNT(*) AS respons_verwacht,
  SUM(CASE WHEN uitkomst IN ('geleverd', 'nulopgave') THEN 1 ELSE 0 END) AS respons_geleverd,
  SUM(omvang_vorig_jaar) AS respons_gewicht,
  SUM(CASE WHEN uitkomst IN ('geleverd', 'nulopgave') THEN omvang_vorig_jaar ELSE 0 END) AS respons_gewicht_geleverd
FROM verwacht
GROUP BY niveau, gebied, uitkomst;
