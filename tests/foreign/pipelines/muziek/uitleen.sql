-- Lent in the year: given out by 31 December and not back before 1 January.
SELECT gemeente, les, soort, COUNT(*) AS uitleen_lopend
FROM lening
WHERE uitgeleend <= eind AND (terug IS NULL OR terug >= begin)
GROUP BY gemeente, les, soort;

-- How long what came back was away.
SELECT gemeente, les, terug - uitgeleend AS dagen, COUNT(*) AS uitleen_terug
FROM lening
WHERE terug >= begin
GROUP BY gemeente, les, terug - uitgeleend;
