-- How much contact there was in the year, of the trajecten that got help and where it is known. Who still waits or
-- withdrew before the start had no contact to have. What ended without a startdatum that is missing is left out.
WITH geholpen AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    CASE WHEN start IS NOT NULL THEN contacten END AS contacten,
    CASE WHEN start IS NOT NULL THEN gesprekken END AS gesprekken,
    CASE WHEN start IS NOT NULL THEN minuten END AS minuten,
    CASE WHEN start IS NOT NULL THEN weekendcontacten END AS weekendcontacten
  FROM traject_jaar
  WHERE start IS NOT NULL OR (einde >= begin AND reden_einde <> 'ingetrokken_voor_start')
),
bekend AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel, contacten, gesprekken, minuten,
    contacten IS NOT NULL AS contacten_trajecten,
    contacten IS NULL AS contacten_weggelaten,
    gesprekken IS NOT NULL AS gesprekken_trajecten,
    gesprekken IS NULL AS gesprekken_weggelaten,
    contacten IS NOT NULL AND minuten IS NOT NULL AS minuten_trajecten,
    contacten IS NULL OR minuten IS NULL AS minuten_weggelaten,
    weekendcontacten IS NOT NULL AS weekend_trajecten,
    weekendcontacten IS NOT NULL AND weekendcontacten > 0 AS weekend_met_contact,
    weekendcontacten IS NULL AS weekend_weggelaten
  FROM geholpen
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  contacten_trajecten, contacten_weggelaten, gesprekken_trajecten, gesprekken_weggelaten,
  minuten_trajecten, minuten_weggelaten,
  weekend_trajecten, weekend_met_contact, weekend_weggelaten,
  SUM(contacten) AS contacten_som,
  SUM(gesprekken) AS gesprekken_som,
  SUM(CASE WHEN minuten_trajecten THEN minuten END) AS minuten_som,
  SUM(CASE WHEN minuten_trajecten THEN contacten END) AS minuten_contacten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM bekend
GROUP BY
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  contacten_trajecten, contacten_weggelaten, gesprekken_trajecten, gesprekken_weggelaten,
  minuten_trajecten, minuten_weggelaten,
  weekend_trajecten, weekend_met_contact, weekend_weggelaten;

-- How heavy the help is, of the trajecten that got help.
SELECT
  aanbieder, gemeente, intensiteit,
  COALESCE(intensiteit <> 'onbekend', FALSE) AS intensiteit_bekend,
  COALESCE(intensiteit = 'onbekend', TRUE) AS intensiteit_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
WHERE start IS NOT NULL AND (einde IS NULL OR einde >= begin)
GROUP BY aanbieder, gemeente, intensiteit;
