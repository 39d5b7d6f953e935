-- How much contact there was in the year, of the trajecten that got help and where it is known. Who still waits or
-- withdrew before the start had no contact to have. What ended without a startdatum that is missing is left out.
WITH geholpen AS (
  SELECT
    gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
    CASE WHEN start IS NOT NULL THEN contacten END AS contacten,
    CASE WHEN start IS NOT NULL THEN minuten END AS minuten,
    CASE WHEN start IS NOT NULL THEN weekendcontacten END AS weekendcontacten
  FROM traject_jaar
  WHERE start IS NOT NULL OR (einde >= begin AND reden_einde <> 'ingetrokken_voor_start')
)
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
FROM geholpen
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;
