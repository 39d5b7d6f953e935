-- Access: who referred, in which kader and for contact with whom, of all trajecten of the year.
SELECT
  aanbieder, gemeente, verwijzer, kader, omgang_met,
  TRUE AS toegang_trajecten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, verwijzer, kader, omgang_met;
