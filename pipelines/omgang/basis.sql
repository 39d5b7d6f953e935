-- What every group starts from: the trajecten as they stood on 31 December of the year.
-- Dates after that day count as still empty, and a reden_einde and vervolg go with their einddatum.
-- `sleutel` is the key of the traject, `jeugdige_id_sleutel` that of its child, `gezin_id_sleutel` of its gezin: numbers by which `disclosure` knows
-- which records a count is made of. Every statement brings their sum along.
CREATE VIEW traject_jaar AS
SELECT
  t.aanbieder,
  t.levering,
  t.traject_id,
  t.jeugdige_id,
  t.sleutel,
  t.jeugdige_id_sleutel,
  t.gezin_id,
  t.gezin_id_sleutel,
  t.voorziening_id,
  t.gemeente,
  t.kader,
  t.vorm,
  t.verwijzer,
  t.bekostiging,
  CASE
    WHEN t.leeftijd_bij_aanmelding <= 3 THEN '0-3'
    WHEN t.leeftijd_bij_aanmelding <= 7 THEN '4-7'
    WHEN t.leeftijd_bij_aanmelding <= 11 THEN '8-11'
    WHEN t.leeftijd_bij_aanmelding <= 17 THEN '12-17'
    WHEN t.leeftijd_bij_aanmelding <= 22 THEN '18-22'
  END AS leeftijdsklasse,
  t.wettelijk_kader,
  t.aanleiding,
  t.omgang_met,
  t.verblijf,
  t.intensiteit,
  t.begeleiding,
  t.rapportage_aan,
  t.financier,
  t.productcode,
  t.aanmelddatum AS aangemeld,
  CASE WHEN t.intakedatum <= p.eind THEN t.intakedatum END AS intake,
  CASE WHEN t.startdatum <= p.eind THEN t.startdatum END AS start,
  CASE WHEN t.einddatum <= p.eind THEN t.einddatum END AS einde,
  CASE WHEN t.einddatum <= p.eind THEN t.reden_einde END AS reden_einde,
  CASE WHEN t.einddatum <= p.eind THEN t.vervolg END AS vervolg,
  t.contacten,
  t.gesprekken,
  t.minuten,
  t.weekendcontacten,
  t.kosten,
  p.vorig_eind,
  p.begin,
  p.eind,
  p.eind_maart,
  p.eind_juni,
  p.eind_september,
  p.norm_dagen
FROM traject t
CROSS JOIN periode p;
