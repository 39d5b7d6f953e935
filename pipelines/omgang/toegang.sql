-- Access: who referred, in which kader and for contact with whom, of all trajecten of the year.
SELECT gemeente, verwijzer, kader, omgang_met, COUNT(*) AS toegang_trajecten
FROM traject_jaar
GROUP BY gemeente, verwijzer, kader, omgang_met;
