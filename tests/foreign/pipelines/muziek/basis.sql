-- Every loan of the year with what was lent. A return after 31 December counts as not there yet.
CREATE VIEW lening AS
SELECT
  u.aanbieder,
  u.sleutel,
  u.gemeente,
  u.les,
  i.soort,
  u.uitgeleend,
  CASE WHEN u.teruggebracht <= p.eind THEN u.teruggebracht END AS terug,
  p.begin,
  p.eind
FROM uitleen u
JOIN instrument i ON i.aanbieder = u.aanbieder AND i.instrument_id = u.instrument_id
CROSS JOIN periode p;
