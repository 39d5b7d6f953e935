-- Lent in the year: given out by 31 December and not back before 1 January.
SELECT
  aanbieder, gemeente, les, soort,
  TRUE AS uitleen_lopend,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM lening
WHERE uitgeleend <= eind AND (terug IS NULL OR terug >= begin)
GROUP BY aanbieder, gemeente, les, soort;

-- How long what came back was away.
SELECT
  aanbieder, gemeente, les,
  terug - uitgeleend AS dagen,
  TRUE AS uitleen_terug,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM lening
WHERE terug >= begin
GROUP BY aanbieder, gemeente, les, terug - uitgeleend;
