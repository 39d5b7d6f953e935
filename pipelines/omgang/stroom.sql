-- Stock and flow. Stock at the end of a day: started on or before it and not ended on or before it.
-- begin + in - uit = eind holds per row of this cube, and so in every cell that is added up from it.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  SUM(CASE WHEN start <= vorig_eind AND (einde IS NULL OR einde > vorig_eind) THEN 1 ELSE 0 END) AS stroom_begin,
  SUM(CASE WHEN start >= begin THEN 1 ELSE 0 END) AS stroom_in,
  SUM(CASE WHEN einde >= begin THEN 1 ELSE 0 END) AS stroom_uit,
  SUM(CASE WHEN einde IS NULL THEN 1 ELSE 0 END) AS stroom_eind
FROM traject_jaar
WHERE start IS NOT NULL
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;

-- Doorstroom: ended in the year, and the same child of the same aanbieder started in another vorm from the day
-- of the end up to 31 days after it.
SELECT
  u.gemeente, u.kader, u.vorm, u.verwijzer, u.bekostiging, u.leeftijdsklasse,
  COUNT(*) AS stroom_door
FROM traject_jaar u
WHERE u.start IS NOT NULL AND u.einde >= u.begin
  AND EXISTS (
    SELECT 1
    FROM traject_jaar v
    WHERE v.aanbieder = u.aanbieder
      AND v.jeugdige_id = u.jeugdige_id
      AND v.vorm <> u.vorm
      AND v.start >= u.einde
      AND v.start - u.einde <= 31
  )
GROUP BY u.gemeente, u.kader, u.vorm, u.verwijzer, u.bekostiging, u.leeftijdsklasse;

-- Left out: ended in the year with another reason than withdrawal before the start, but without a startdatum.
SELECT gemeente, COUNT(*) AS stroom_weggelaten
FROM traject_jaar
WHERE start IS NULL AND einde >= begin AND reden_einde <> 'ingetrokken_voor_start'
GROUP BY gemeente;
