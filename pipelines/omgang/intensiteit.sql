-- How much contact there was in the year, of the trajecten where it is known.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  COUNT(contacten) AS contacten_trajecten,
  SUM(contacten) AS contacten_som,
  SUM(CASE WHEN contacten IS NULL THEN 1 ELSE 0 END) AS contacten_weggelaten,
  SUM(CASE WHEN contacten IS NOT NULL AND minuten IS NOT NULL THEN 1 ELSE 0 END) AS minuten_trajecten,
  SUM(CASE WHEN contacten IS NOT NULL THEN minuten END) AS minuten_som,
  SUM(CASE WHEN minuten IS NOT NULL THEN contacten END) AS minuten_contacten,
  SUM(CASE WHEN contacten IS NULL OR minuten IS NULL THEN 1 ELSE 0 END) AS minuten_weggelaten,
  COUNT(weekendcontacten) AS weekend_trajecten,
  SUM(CASE WHEN weekendcontacten > 0 THEN 1 ELSE 0 END) AS weekend_met_contact,
  SUM(CASE WHEN weekendcontacten IS NULL THEN 1 ELSE 0 END) AS weekend_weggelaten
FROM traject_jaar
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;
