-- Outcome: how the trajecten that ended in the year came to an end, and what came after. Who withdrew before the start
-- has a reason of its own, and no help that could end as planned. A missing startdatum does no harm here; it only
-- leaves a traject out of the two classes of waiting.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  CASE WHEN start - aangemeld <= norm_dagen THEN 'binnen_norm' WHEN start - aangemeld > norm_dagen THEN 'boven_norm' END AS wachtklasse,
  reden_einde,
  COUNT(*) AS uitkomst_beeindigd,
  SUM(CASE WHEN reden_einde = 'volgens_plan' THEN 1 ELSE 0 END) AS uitkomst_volgens_plan,
  SUM(CASE WHEN reden_einde <> 'ingetrokken_voor_start' THEN 1 ELSE 0 END) AS uitkomst_na_hulp,
  SUM(CASE WHEN reden_einde <> 'ingetrokken_voor_start' AND vervolg IS NOT NULL THEN 1 ELSE 0 END) AS uitkomst_vervolg_bekend,
  SUM(CASE WHEN reden_einde <> 'ingetrokken_voor_start' AND vervolg = 'onbegeleide_omgang' THEN 1 ELSE 0 END) AS uitkomst_onbegeleid,
  SUM(CASE WHEN reden_einde <> 'ingetrokken_voor_start' AND vervolg IS NULL THEN 1 ELSE 0 END) AS uitkomst_vervolg_weggelaten
FROM traject_jaar
WHERE einde >= begin
GROUP BY
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  CASE WHEN start - aangemeld <= norm_dagen THEN 'binnen_norm' WHEN start - aangemeld > norm_dagen THEN 'boven_norm' END,
  reden_einde;
