-- Access: who referred, in which kader and for contact with whom, of all trajecten of the year. `onbekend` is no answer:
-- it counts with what is not filled in.
SELECT
  aanbieder, gemeente, verwijzer, kader, omgang_met,
  COALESCE(verwijzer <> 'onbekend', FALSE) AS verwijzer_bekend,
  COALESCE(verwijzer = 'onbekend', TRUE) AS verwijzer_weggelaten,
  COALESCE(kader <> 'onbekend', FALSE) AS kader_bekend,
  COALESCE(kader = 'onbekend', TRUE) AS kader_weggelaten,
  COALESCE(omgang_met <> 'onbekend', FALSE) AS omgang_met_bekend,
  COALESCE(omgang_met = 'onbekend', TRUE) AS omgang_met_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, verwijzer, kader, omgang_met;

-- Where the aanbieder filled it in: why, under which law and where the child lives.
SELECT
  aanbieder, gemeente, aanleiding,
  COALESCE(aanleiding <> 'onbekend', FALSE) AS aanleiding_bekend,
  COALESCE(aanleiding = 'onbekend', TRUE) AS aanleiding_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, aanleiding;

SELECT
  aanbieder, gemeente, wettelijk_kader,
  COALESCE(wettelijk_kader <> 'onbekend', FALSE) AS wettelijk_kader_bekend,
  COALESCE(wettelijk_kader = 'onbekend', TRUE) AS wettelijk_kader_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, wettelijk_kader;

SELECT
  aanbieder, gemeente, verblijf,
  COALESCE(verblijf <> 'onbekend', FALSE) AS verblijf_bekend,
  COALESCE(verblijf = 'onbekend', TRUE) AS verblijf_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, verblijf;
