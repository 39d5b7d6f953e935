-- Stock and flow. Stock at the end of a day: started on or before it and not ended on or before it.
-- begin + in - uit = eind holds per row of this cube, and so in every cell that is added up from it.
WITH verloop AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    start <= vorig_eind AND (einde IS NULL OR einde > vorig_eind) AS stroom_begin,
    start >= begin AS stroom_in,
    einde IS NOT NULL AND einde >= begin AS stroom_uit,
    einde IS NULL AS stroom_eind
  FROM traject_jaar
  WHERE start IS NOT NULL
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  stroom_begin, stroom_in, stroom_uit, stroom_eind,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM verloop
GROUP BY aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, stroom_begin, stroom_in, stroom_uit, stroom_eind;

-- Doorstroom: ended in the year, and the same child of the same aanbieder started in another vorm from the day
-- of the end up to 31 days after it.
SELECT
  u.aanbieder, u.gemeente, u.kader, u.vorm, u.verwijzer, u.bekostiging, u.leeftijdsklasse,
  TRUE AS stroom_door,
  COUNT(*) AS aantal,
  SUM(u.sleutel) AS sleutel
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
GROUP BY u.aanbieder, u.gemeente, u.kader, u.vorm, u.verwijzer, u.bekostiging, u.leeftijdsklasse;

-- Left out: ended in the year with another reason than withdrawal before the start, but without a startdatum.
SELECT
  aanbieder, gemeente,
  TRUE AS stroom_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
WHERE start IS NULL AND einde >= begin AND reden_einde <> 'ingetrokken_voor_start'
GROUP BY aanbieder, gemeente;
