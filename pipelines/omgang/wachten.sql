-- Waiting: the list on four days of the year, what left it, and what came onto it.
-- Waiting on a day: aangemeld by then, not started and not ended by then.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  SUM(CASE WHEN aangemeld <= eind_maart AND (start IS NULL OR start > eind_maart) AND (einde IS NULL OR einde > eind_maart) THEN 1 ELSE 0 END)
    AS wachten_op_31_maart,
  SUM(CASE WHEN aangemeld <= eind_juni AND (start IS NULL OR start > eind_juni) AND (einde IS NULL OR einde > eind_juni) THEN 1 ELSE 0 END)
    AS wachten_op_30_juni,
  SUM(CASE WHEN aangemeld <= eind_september AND (start IS NULL OR start > eind_september) AND (einde IS NULL OR einde > eind_september) THEN 1 ELSE 0 END)
    AS wachten_op_30_september,
  SUM(CASE WHEN aangemeld <= eind AND start IS NULL AND einde IS NULL THEN 1 ELSE 0 END) AS wachten_op_31_december,
  SUM(CASE WHEN start >= begin THEN 1 ELSE 0 END) AS wachten_gestart,
  SUM(CASE WHEN start >= begin AND start - aangemeld <= norm_dagen THEN 1 ELSE 0 END) AS wachten_binnen_norm,
  SUM(CASE WHEN start IS NULL AND einde >= begin AND reden_einde = 'ingetrokken_voor_start' THEN 1 ELSE 0 END) AS wachten_ingetrokken,
  SUM(CASE WHEN start >= begin OR (start IS NULL AND einde >= begin AND reden_einde = 'ingetrokken_voor_start') THEN 1 ELSE 0 END)
    AS wachten_verlaten,
  SUM(CASE WHEN aangemeld >= begin AND aangemeld <= eind THEN 1 ELSE 0 END) AS wachten_aangemeld
FROM traject_jaar
GROUP BY gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse;

-- Waits, one row per cell and number of days, of everyone who was on the list in the year. `dagen` runs up to the
-- start, the withdrawal or 31 December. `intrede` is the wait there already was when the year began: -1 for who was
-- referred in the year itself, so that a start on the day of referral counts.
SELECT
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  CASE WHEN aangemeld <= vorig_eind THEN vorig_eind - aangemeld ELSE -1 END AS intrede,
  COALESCE(start, einde, eind) - aangemeld AS dagen,
  SUM(CASE WHEN start IS NOT NULL THEN 1 ELSE 0 END) AS wacht_tot_start,
  SUM(CASE WHEN start IS NULL AND einde IS NOT NULL THEN 1 ELSE 0 END) AS wacht_tot_intrekking,
  SUM(CASE WHEN start IS NULL AND einde IS NULL THEN 1 ELSE 0 END) AS wacht_nog
FROM traject_jaar
WHERE aangemeld <= eind
  AND (start IS NULL OR start >= begin)
  AND (start IS NOT NULL OR einde IS NULL OR (einde >= begin AND reden_einde = 'ingetrokken_voor_start'))
GROUP BY
  gemeente, kader, vorm, verwijzer, bekostiging, leeftijdsklasse,
  CASE WHEN aangemeld <= vorig_eind THEN vorig_eind - aangemeld ELSE -1 END,
  COALESCE(start, einde, eind) - aangemeld;

-- Left out: ended in the year with another reason than withdrawal before the start, but without a startdatum.
SELECT gemeente, COUNT(*) AS wachten_weggelaten
FROM traject_jaar
WHERE start IS NULL AND einde >= begin AND reden_einde <> 'ingetrokken_voor_start'
GROUP BY gemeente;

-- Causes, from the reported lists: every child on each of the four days counts with the cause that was given.
SELECT
  gemeente,
  oorzaak,
  SUM(wachtenden) AS oorzaak_wachtenden,
  SUM(CASE WHEN oorzaak IS NULL THEN wachtenden ELSE 0 END) AS oorzaak_weggelaten
FROM wachtlijst
GROUP BY gemeente, oorzaak;
