-- Outcome: how the trajecten that ended in the year came to an end, and what came after. Who withdrew before the start
-- has a reason of its own, and no help that could end as planned. A missing startdatum does no harm here; it only
-- leaves a traject out of the two classes of waiting. `samenstelling` is the stratum by which a regio is set beside what
-- would be expected of it.
WITH beeindigd AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    kader || ':' || leeftijdsklasse || ':' || verwijzer AS samenstelling,
    CASE WHEN start - aangemeld <= norm_dagen THEN 'binnen_norm' WHEN start - aangemeld > norm_dagen THEN 'boven_norm' END AS wachtklasse,
    reden_einde,
    reden_einde = 'volgens_plan' AS uitkomst_volgens_plan,
    reden_einde <> 'ingetrokken_voor_start' AS uitkomst_na_hulp,
    reden_einde <> 'ingetrokken_voor_start' AND COALESCE(vervolg <> 'onbekend', FALSE) AS uitkomst_vervolg_bekend,
    reden_einde <> 'ingetrokken_voor_start' AND COALESCE(vervolg = 'onbegeleide_omgang', FALSE) AS uitkomst_onbegeleid,
    reden_einde <> 'ingetrokken_voor_start' AND COALESCE(vervolg = 'onbekend', TRUE) AS uitkomst_vervolg_weggelaten
  FROM traject_jaar
  WHERE einde >= begin
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, wachtklasse, samenstelling, reden_einde,
  TRUE AS uitkomst_beeindigd,
  uitkomst_volgens_plan, uitkomst_na_hulp, uitkomst_vervolg_bekend, uitkomst_onbegeleid, uitkomst_vervolg_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM beeindigd
GROUP BY
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, wachtklasse, samenstelling, reden_einde,
  uitkomst_volgens_plan, uitkomst_na_hulp, uitkomst_vervolg_bekend, uitkomst_onbegeleid, uitkomst_vervolg_weggelaten;
