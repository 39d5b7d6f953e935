-- Waiting: the list on four days of the year, what left it, and what came onto it.
-- Waiting on a day: aangemeld by then, not started and not ended by then. `wachten_weggelaten` ended in the year with
-- another reason than withdrawal before the start, but without a startdatum: it left the list nobody knows how.
-- begin + aangemeld = gestart + ingetrokken + weggelaten + op_31_december holds per row, and so in every cell.
WITH wachtend AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    aangemeld <= eind_maart AND (start IS NULL OR start > eind_maart) AND (einde IS NULL OR einde > eind_maart) AS wachten_op_31_maart,
    aangemeld <= eind_juni AND (start IS NULL OR start > eind_juni) AND (einde IS NULL OR einde > eind_juni) AS wachten_op_30_juni,
    aangemeld <= eind_september AND (start IS NULL OR start > eind_september) AND (einde IS NULL OR einde > eind_september)
      AS wachten_op_30_september,
    aangemeld <= eind AND start IS NULL AND einde IS NULL AS wachten_op_31_december,
    aangemeld <= eind AND start IS NULL AND einde IS NULL AND eind - aangemeld <= norm_dagen AS wachten_nu_binnen_norm,
    aangemeld <= eind AND start IS NULL AND einde IS NULL AND eind - aangemeld > 364 AS wachten_nu_langer,
    aangemeld <= vorig_eind AND (start IS NULL OR start > vorig_eind) AND (einde IS NULL OR einde > vorig_eind) AS wachten_begin,
    start IS NOT NULL AND start >= begin AS wachten_gestart,
    start IS NOT NULL AND start >= begin AND start - aangemeld <= norm_dagen AS wachten_binnen_norm,
    start IS NULL AND einde IS NOT NULL AND einde >= begin AND reden_einde = 'ingetrokken_voor_start' AS wachten_ingetrokken,
    (start IS NOT NULL AND start >= begin)
      OR (start IS NULL AND einde IS NOT NULL AND einde >= begin AND reden_einde = 'ingetrokken_voor_start') AS wachten_verlaten,
    start IS NULL AND einde IS NOT NULL AND einde >= begin AND reden_einde <> 'ingetrokken_voor_start' AS wachten_weggelaten,
    aangemeld >= begin AND aangemeld <= eind AS wachten_aangemeld
  FROM traject_jaar
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  wachten_op_31_maart, wachten_op_30_juni, wachten_op_30_september, wachten_op_31_december,
  wachten_nu_binnen_norm, wachten_nu_langer, wachten_begin,
  wachten_gestart, wachten_binnen_norm, wachten_ingetrokken, wachten_verlaten, wachten_weggelaten, wachten_aangemeld,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM wachtend
GROUP BY
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  wachten_op_31_maart, wachten_op_30_juni, wachten_op_30_september, wachten_op_31_december,
  wachten_nu_binnen_norm, wachten_nu_langer, wachten_begin,
  wachten_gestart, wachten_binnen_norm, wachten_ingetrokken, wachten_verlaten, wachten_weggelaten, wachten_aangemeld;

-- Waits, one row per cell and number of days, of everyone who was on the list in the year. `dagen` runs up to the
-- start, the withdrawal or 31 December. `intrede` is the wait there already was when the year began: -1 for who was
-- referred in the year itself, so that a start on the day of referral counts.
WITH wacht AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    CASE WHEN aangemeld <= vorig_eind THEN vorig_eind - aangemeld ELSE -1 END AS intrede,
    COALESCE(start, einde, eind) - aangemeld AS dagen,
    start IS NOT NULL AS wacht_tot_start,
    start IS NULL AND einde IS NOT NULL AS wacht_tot_intrekking,
    start IS NULL AND einde IS NULL AS wacht_nog
  FROM traject_jaar
  WHERE aangemeld <= eind
    AND (start IS NULL OR start >= begin)
    AND (start IS NOT NULL OR einde IS NULL OR (einde >= begin AND reden_einde = 'ingetrokken_voor_start'))
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, intrede, dagen,
  wacht_tot_start, wacht_tot_intrekking, wacht_nog,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM wacht
GROUP BY
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, intrede, dagen,
  wacht_tot_start, wacht_tot_intrekking, wacht_nog;

-- The first talk: of those that had it in the year, who had it within four weeks of the aanmelding. Left out is who
-- started in the year without one that is known.
WITH gesproken AS (
  SELECT
    aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse, sleutel,
    intake IS NOT NULL AS intake_in_jaar,
    intake IS NOT NULL AND intake - aangemeld <= 28 AS intake_binnen_4_weken,
    intake IS NULL AS intake_weggelaten
  FROM traject_jaar
  WHERE intake >= begin OR (intake IS NULL AND start >= begin)
)
SELECT
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  intake_in_jaar, intake_binnen_4_weken, intake_weggelaten,
  COUNT(*) AS aantal,
  SUM(sleutel) AS sleutel
FROM gesproken
GROUP BY
  aanbieder, gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  intake_in_jaar, intake_binnen_4_weken, intake_weggelaten;

-- Causes, from the reported lists: every child on each of the four days counts with the cause that was given.
SELECT
  aanbieder, gemeente, oorzaak,
  COALESCE(oorzaak <> 'onbekend', FALSE) AS oorzaak_wachtenden,
  COALESCE(oorzaak = 'onbekend', TRUE) AS oorzaak_weggelaten,
  SUM(wachtenden) AS aantal,
  SUM(CASE WHEN wachtenden > 0 THEN sleutel ELSE 0 END) AS sleutel
FROM wachtlijst
GROUP BY aanbieder, gemeente, oorzaak;
