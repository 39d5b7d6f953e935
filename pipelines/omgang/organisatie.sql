-- How the help is organised, of all trajecten of the year.
SELECT
  aanbieder, gemeente, vorm, begeleiding, rapportage_aan,
  TRUE AS organisatie_trajecten,
  COALESCE(begeleiding <> 'onbekend', FALSE) AS begeleiding_bekend,
  COALESCE(begeleiding = 'onbekend', TRUE) AS begeleiding_weggelaten,
  COALESCE(rapportage_aan <> 'onbekend', FALSE) AS rapportage_bekend,
  COALESCE(rapportage_aan = 'onbekend', TRUE) AS rapportage_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, vorm, begeleiding, rapportage_aan;

-- What there is, by the gemeente where it stands.
SELECT
  aanbieder, vestiging AS gemeente, vorm, kader AS kader_aanbod, initiatief,
  COUNT(*) AS organisatie_voorzieningen,
  COUNT(NULLIF(initiatief, 'onbekend')) AS initiatief_bekend,
  COUNT(*) - COUNT(NULLIF(initiatief, 'onbekend')) AS initiatief_weggelaten,
  SUM(plaatsen) AS organisatie_plaatsen,
  COUNT(plaatsen) AS organisatie_met_plaatsen,
  SUM(CASE WHEN plaatsen IS NULL THEN 1 ELSE 0 END) AS plaatsen_weggelaten,
  SUM(CASE WHEN weekend THEN 1 ELSE 0 END) AS organisatie_weekend,
  COUNT(weekend) AS organisatie_weekend_bekend,
  SUM(CASE WHEN weekend IS NULL THEN 1 ELSE 0 END) AS organisatie_weekend_weggelaten
FROM voorziening
GROUP BY aanbieder, vestiging, vorm, kader, initiatief;

-- How full it is: trajecten that run on 31 December at a voorziening of which the places are known, by the gemeente
-- where it stands, not the one the child comes from.
SELECT
  t.aanbieder, v.vestiging AS gemeente, v.vorm,
  TRUE AS organisatie_bezet,
  COUNT(*) AS aantal,
  SUM(t.sleutel) AS sleutel
FROM traject_jaar t
JOIN voorziening v ON v.aanbieder = t.aanbieder AND v.voorziening_id = t.voorziening_id
WHERE t.start IS NOT NULL AND t.einde IS NULL AND v.plaatsen IS NOT NULL
GROUP BY t.aanbieder, v.vestiging, v.vorm;
