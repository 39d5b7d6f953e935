-- How often judging a levering was begun, written before it begins: a judgement that takes the service down counts too.
CREATE TABLE oordeelpoging (
    levering TEXT NOT NULL PRIMARY KEY REFERENCES levering (id),
    aantal   INTEGER NOT NULL CHECK (aantal >= 0),
    laatst   BIGINT NOT NULL
);

-- A publication whose files are being put in place: found without its row in publicatie, it is no sign of an older register.
CREATE TABLE publicatie_begonnen (
    uitvraag TEXT NOT NULL,
    jaar     INTEGER NOT NULL,
    versie   INTEGER NOT NULL,
    PRIMARY KEY (uitvraag, jaar, versie)
);

-- Whether the register takes writes is found out by writing.
CREATE TABLE schrijfproef (
    nummer BIGINT NOT NULL
);
INSERT INTO schrijfproef (nummer) VALUES (0);
