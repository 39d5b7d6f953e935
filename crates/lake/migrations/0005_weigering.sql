-- The code under which a levering was refused whole. Until now that was told from its counts: one fout, and no rows.
ALTER TABLE levering ADD COLUMN weigering TEXT;

UPDATE levering SET weigering = json_extract(regels, '$[0].code')
    WHERE toestand IN ('afgekeurd', 'gewist') AND nulopgave = 0 AND rijen = '{}'
    AND json_array_length(regels) = 1 AND json_extract(regels, '$[0].ernst') = 'fout';
