-- Access: who referred, in which kader and for contact with whom, of all trajecten of the year.
SELECT
  aanbieder, gemeente, verwijzer, kader, omgang_met,
  TRUE AS toegang_trajecten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, verwijzer, kader, omgang_met;

-- Where the aanbieder filled it in: why, under which law and where the child lives.
SELECT
  aanbieder, gemeente, aanleiding,
  aanleiding IS NOT NULL AS aanleiding_bekend,
  aanleiding IS NULL AS aanleiding_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, aanleiding;

SELECT
  aanbieder, gemeente, wettelijk_kader,
  wettelijk_kader IS NOT NULL AS wettelijk_kader_bekend,
  wettelijk_kader IS NULL AS wettelijk_kader_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, wettelijk_kader;

SELECT
  aanbieder, gemeente, verblijf,
  verblijf IS NOT NULL AS verblijf_bekend,
  verblijf IS NULL AS verblijf_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM traject_jaar
GROUP BY aanbieder, gemeente, verblijf;
