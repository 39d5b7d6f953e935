-- When a year was last unfrozen. From then on its freeze day does not hold either, until the next freeze.
CREATE TABLE ontdooiing (
    uitvraag TEXT NOT NULL,
    jaar     INTEGER NOT NULL,
    wanneer  BIGINT NOT NULL,
    PRIMARY KEY (uitvraag, jaar)
);

INSERT INTO ontdooiing (uitvraag, jaar, wanneer)
    SELECT uitvraag, jaar, max(ontdooid) FROM momentopname WHERE ontdooid IS NOT NULL GROUP BY uitvraag, jaar;
