-- The register. Portable SQL: the same text must run on PostgreSQL one day, so no AUTOINCREMENT, no STRICT.
-- Moments are milliseconds since 1970; ids are UUIDs as text; *_json and JSON columns hold what only the code reads.

CREATE TABLE aanbieder (
    kvk  TEXT NOT NULL PRIMARY KEY CHECK (length(kvk) = 8),
    naam TEXT NOT NULL
);

-- Of whom a levering is expected, and what the coördinator knows of it.
CREATE TABLE verwachting (
    uitvraag TEXT NOT NULL,
    jaar     INTEGER NOT NULL,
    kvk      TEXT NOT NULL REFERENCES aanbieder (kvk),
    stand    TEXT NOT NULL CHECK (stand IN ('verwacht', 'gestopt', 'geweigerd')),
    PRIMARY KEY (uitvraag, jaar, kvk)
);

CREATE TABLE werkgebied (
    uitvraag TEXT NOT NULL,
    jaar     INTEGER NOT NULL,
    kvk      TEXT NOT NULL,
    gebied   TEXT NOT NULL,
    PRIMARY KEY (uitvraag, jaar, kvk, gebied),
    FOREIGN KEY (uitvraag, jaar, kvk) REFERENCES verwachting (uitvraag, jaar, kvk) ON DELETE CASCADE
);

-- The logged exception to the clock.
CREATE TABLE uitstel (
    kvk      TEXT NOT NULL REFERENCES aanbieder (kvk),
    uitvraag TEXT NOT NULL,
    jaar     INTEGER NOT NULL,
    tot      BIGINT NOT NULL,
    reden    TEXT NOT NULL,
    PRIMARY KEY (kvk, uitvraag, jaar)
);

-- Only the SHA-256 of a token is kept: the token itself is 256 random bits, so a plain hash suffices.
CREATE TABLE token (
    token        BIGINT NOT NULL PRIMARY KEY,
    hash         TEXT NOT NULL UNIQUE,
    rol          TEXT NOT NULL CHECK (rol IN ('aanbieder', 'coordinator', 'analist')),
    kvk          TEXT REFERENCES aanbieder (kvk),
    omschrijving TEXT NOT NULL,
    gemaakt      BIGINT NOT NULL,
    ingetrokken  BIGINT,
    CHECK ((rol = 'aanbieder') = (kvk IS NOT NULL))
);

-- Public keys that receipts were or are signed with, in hexadecimal.
CREATE TABLE sleutel (
    kid     TEXT NOT NULL PRIMARY KEY,
    publiek TEXT NOT NULL,
    vanaf   BIGINT NOT NULL
);

CREATE TABLE levering (
    id          TEXT NOT NULL PRIMARY KEY,
    volgnummer  BIGINT NOT NULL UNIQUE,
    kvk         TEXT NOT NULL REFERENCES aanbieder (kvk),
    uitvraag    TEXT NOT NULL,
    jaar        INTEGER NOT NULL,
    nulopgave   INTEGER NOT NULL CHECK (nulopgave IN (0, 1)),
    toestand    TEXT NOT NULL CHECK (toestand IN ('geopend', 'ontvangen', 'afgekeurd', 'te_bevestigen', 'akkoord',
                    'ingediend', 'gepubliceerd', 'vervangen', 'ingetrokken', 'verlopen', 'gewist')),
    quarantaine TEXT,
    sleutel     TEXT,
    inhoud      TEXT,
    pakket      TEXT,
    regelhash   TEXT NOT NULL,
    pseudoniem  TEXT NOT NULL,
    rijen       TEXT NOT NULL,
    regels      TEXT NOT NULL,
    naam        TEXT,
    functie     TEXT,
    jws         TEXT,
    geopend     BIGINT NOT NULL,
    ontvangen   BIGINT,
    beoordeeld  BIGINT,
    ingediend   BIGINT,
    gewijzigd   BIGINT NOT NULL
);

-- At most one levering counts per aanbieder, uitvraag and year. The database itself says so.
CREATE UNIQUE INDEX levering_in_kracht ON levering (kvk, uitvraag, jaar)
    WHERE toestand IN ('ingediend', 'gepubliceerd');
-- One key, one levering, unless that one was taken back or expired.
CREATE UNIQUE INDEX levering_sleutel ON levering (kvk, sleutel)
    WHERE sleutel IS NOT NULL AND toestand NOT IN ('ingetrokken', 'verlopen');
CREATE INDEX levering_inhoud ON levering (kvk, inhoud);
CREATE INDEX levering_jaar ON levering (uitvraag, jaar, kvk);
CREATE INDEX levering_toestand ON levering (toestand);

-- The files of a levering as received; `binnen` bytes of each are durable.
CREATE TABLE levering_bestand (
    levering TEXT NOT NULL REFERENCES levering (id),
    tabel    TEXT NOT NULL,
    volgorde INTEGER NOT NULL,
    bytes    BIGINT NOT NULL CHECK (bytes > 0),
    binnen   BIGINT NOT NULL CHECK (binnen >= 0 AND binnen <= bytes),
    hash     TEXT NOT NULL,
    PRIMARY KEY (levering, tabel)
);

-- The Parquet files that count. A file that does not stand here means nothing.
CREATE TABLE tabel (
    levering TEXT NOT NULL REFERENCES levering (id),
    tabel    TEXT NOT NULL,
    pad      TEXT NOT NULL UNIQUE,
    rijen    BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    hash     TEXT NOT NULL,
    PRIMARY KEY (levering, tabel)
);

-- The whole judgement, for the list of findings. Apart from the levering, because it can be long.
CREATE TABLE oordeel (
    levering TEXT NOT NULL PRIMARY KEY REFERENCES levering (id),
    oordeel  TEXT NOT NULL
);

CREATE TABLE toelichting (
    levering TEXT NOT NULL REFERENCES levering (id),
    code     TEXT NOT NULL,
    antwoord TEXT NOT NULL,
    woorden  TEXT NOT NULL,
    PRIMARY KEY (levering, code)
);

-- Who did what, and when. Rows are only ever added.
CREATE TABLE gebeurtenis (
    volgnummer BIGINT NOT NULL PRIMARY KEY,
    levering   TEXT REFERENCES levering (id),
    van        TEXT,
    naar       TEXT,
    wat        TEXT NOT NULL,
    wie        TEXT NOT NULL,
    wanneer    BIGINT NOT NULL
);
CREATE INDEX gebeurtenis_levering ON gebeurtenis (levering);

CREATE TABLE momentopname (
    id         TEXT NOT NULL PRIMARY KEY,
    uitvraag   TEXT NOT NULL,
    jaar       INTEGER NOT NULL,
    volgnummer INTEGER NOT NULL,
    gemaakt    BIGINT NOT NULL,
    respons    TEXT NOT NULL,
    UNIQUE (uitvraag, jaar, volgnummer)
);

CREATE TABLE momentopname_levering (
    momentopname TEXT NOT NULL REFERENCES momentopname (id),
    levering     TEXT NOT NULL REFERENCES levering (id),
    uitgesloten  INTEGER NOT NULL CHECK (uitgesloten IN (0, 1)),
    PRIMARY KEY (momentopname, levering)
);
CREATE INDEX momentopname_levering_levering ON momentopname_levering (levering);

CREATE TABLE publicatie (
    uitvraag     TEXT NOT NULL,
    jaar         INTEGER NOT NULL,
    versie       INTEGER NOT NULL,
    momentopname TEXT NOT NULL REFERENCES momentopname (id),
    gemaakt      BIGINT NOT NULL,
    hash         TEXT NOT NULL,
    paden        TEXT NOT NULL,
    PRIMARY KEY (uitvraag, jaar, versie)
);
