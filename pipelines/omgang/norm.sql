-- The norms of product 45J66: at most a year, at most two hours a contact, at most one weekend a month. Of the
-- trajecten with that productcode that got help; left out is where the field that the norm asks about is empty.
WITH product AS (
  SELECT
    aanbieder, gemeente, sleutel,
    einde IS NOT NULL AS beeindigd,
    einde - start AS dagen_duur,
    contacten, minuten, weekendcontacten
  FROM traject_jaar
  WHERE productcode = '45J66' AND start IS NOT NULL AND (einde IS NULL OR einde >= begin)
),
getoetst AS (
  SELECT
    aanbieder, gemeente, sleutel,
    beeindigd AS norm_beeindigd,
    beeindigd AND dagen_duur <= 365 AS norm_duur,
    contacten > 0 AND minuten IS NOT NULL AS norm_contact_bekend,
    contacten > 0 AND minuten <= 120 * contacten AS norm_contact,
    contacten IS NULL OR (contacten > 0 AND minuten IS NULL) AS norm_contact_weggelaten,
    weekendcontacten IS NOT NULL AS norm_weekend_bekend,
    weekendcontacten <= 12 AS norm_weekend,
    weekendcontacten IS NULL AS norm_weekend_weggelaten
  FROM product
)
SELECT
  aanbieder, gemeente,
  norm_beeindigd, norm_duur, norm_contact_bekend, norm_contact, norm_contact_weggelaten,
  norm_weekend_bekend, norm_weekend, norm_weekend_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM getoetst
GROUP BY
  aanbieder, gemeente,
  norm_beeindigd, norm_duur, norm_contact_bekend, norm_contact, norm_contact_weggelaten,
  norm_weekend_bekend, norm_weekend, norm_weekend_weggelaten;
