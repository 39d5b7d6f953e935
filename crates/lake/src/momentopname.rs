//! The momentopname: which leveringen count, frozen.
//!
//! Owns the frozen list with its files and the response of that moment, and taking it back. Leaves what frozen means
//! to `rules` and computing to `analysis`.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use schema::Toestand;
use schema::definitie::Calendar;
use schema::pakket::Toelichting;
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::{Lake, Stamp, Time, blocking, ms, time};
use crate::levering::{LeveringId, from_json, levering_id, to_json, toestand};
use crate::paths::DataRoot;
use crate::queries::lees_toelichtingen;
use crate::recovery::{Thoroughness, parquet_damage};
use crate::respons::{Respons, respons};
use crate::rules::{may_freeze, may_unfreeze, may_unfreeze_year};
use crate::tabel::{TabelFile, TabelRow};
use crate::transitions::note;

/// A frozen state of one uitvraag and year. Never changes, but for leveringen erased since.
#[derive(Debug, Clone, PartialEq)]
pub struct Momentopname {
    /// Identity, as in `omgang-2020-1`.
    pub id: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// When it was made.
    pub gemaakt: Time,
    /// The leveringen in force then, nulopgaven included, by KvK number.
    pub leveringen: Vec<MomentLevering>,
    /// Leveringen that counted but were in quarantine, and so are not in.
    pub uitgesloten: Vec<LeveringId>,
    /// The response then, but for leveringen that are not in: what counts is what figures are made of.
    pub respons: Respons,
}

/// One levering in a momentopname.
#[derive(Debug, Clone, PartialEq)]
pub struct MomentLevering {
    /// The levering.
    pub id: LeveringId,
    /// KvK number of the aanbieder.
    pub kvk: String,
    /// Whether it says that there is nothing to report.
    pub nulopgave: bool,
    /// `Definitie::regelhash` by which it was judged.
    pub regelhash: String,
    /// Label of the pseudonyms.
    pub pseudoniem: String,
    /// Rows per table.
    pub rijen: BTreeMap<String, u64>,
    /// Its Parquet files; empty for a nulopgave and after erasure.
    pub bestanden: Vec<TabelFile>,
    /// The answers, for the footnotes (publish the codes only).
    pub toelichtingen: Vec<Toelichting>,
    /// Whether its data were erased since.
    pub gewist: bool,
}

impl Momentopname {
    /// The Parquet files of one table, in the order of the leveringen.
    pub fn files(&self, tabel: &str) -> Vec<PathBuf> {
        let all = self.leveringen.iter().flat_map(|l| &l.bestanden);
        all.filter(|b| b.tabel == tabel)
            .map(|b| b.pad.clone())
            .collect()
    }

    /// The leveringen erased since.
    pub fn erased(&self) -> Vec<LeveringId> {
        self.leveringen
            .iter()
            .filter(|l| l.gewist)
            .map(|l| l.id)
            .collect()
    }
}

#[derive(sqlx::FromRow)]
struct CountingRow {
    id: String,
    kvk: String,
    nulopgave: i64,
    toestand: String,
    regelhash: String,
    pseudoniem: String,
    rijen: String,
    uitgesloten: i64,
}

impl Lake {
    /// Freezes what is in force now, unless it is too soon for it: before the freeze day, with unfinished leveringen,
    /// or with none signed.
    pub async fn freeze_in_time(
        &self,
        uitvraag: &str,
        jaar: i32,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Momentopname, LakeError> {
        self.freeze_verified(uitvraag, jaar, Some(calendar), stamp)
            .await
    }

    /// Freezes what is in force now, also when it is too soon. Verifies the files first; a damaged levering goes into
    /// quarantine and stays out.
    pub async fn freeze(
        &self,
        uitvraag: &str,
        jaar: i32,
        stamp: &Stamp,
    ) -> Result<Momentopname, LakeError> {
        self.freeze_verified(uitvraag, jaar, None, stamp).await
    }

    async fn freeze_verified(
        &self,
        uitvraag: &str,
        jaar: i32,
        in_time: Option<&Calendar>,
        stamp: &Stamp,
    ) -> Result<Momentopname, LakeError> {
        let mut verified = HashSet::new();
        let mut tx = loop {
            let mut reader = self.reader().await?;
            if let Some(calendar) = in_time {
                may_freeze(&mut reader, uitvraag, jaar, calendar, stamp.nu).await??;
            }
            let in_force = counting(&mut reader, uitvraag, jaar).await?;
            drop(reader);
            for id in in_force.into_iter().filter(|id| verified.insert(*id)) {
                self.check_files(id, Thoroughness::Hash, stamp).await?;
            }
            let mut tx = self.transaction().await?;
            let in_force = counting(&mut tx, uitvraag, jaar).await?;
            if in_force.iter().all(|id| verified.contains(id)) {
                break tx;
            }
            // Signed while files were read: those first.
            tx.rollback().await?;
        };
        if let Some(calendar) = in_time {
            may_freeze(&mut tx, uitvraag, jaar, calendar, stamp.nu).await??;
        }
        // No receipt in it is from after it, also one that was signed while the files were read.
        let last_signed: Option<i64> = sqlx::query_scalar(
            "SELECT max(ingediend) FROM levering WHERE uitvraag = $1 AND jaar = $2
             AND toestand IN ('ingediend', 'gepubliceerd')",
        )
        .bind(uitvraag)
        .bind(jaar)
        .fetch_one(&mut *tx)
        .await?;
        let made = last_signed.map_or(ms(stamp.nu), |signed| signed.max(ms(stamp.nu)));
        let sequence: i64 =
            sqlx::query_scalar("SELECT coalesce(max(volgnummer), 0) + 1 FROM momentopname WHERE uitvraag = $1 AND jaar = $2")
                .bind(uitvraag)
                .bind(jaar)
                .fetch_one(&mut *tx)
                .await?;
        let id = format!("{uitvraag}-{jaar}-{sequence}");
        let respons = respons(&mut tx, uitvraag, jaar).await?;
        sqlx::query("INSERT INTO momentopname (id, uitvraag, jaar, volgnummer, gemaakt, respons) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&id)
            .bind(uitvraag)
            .bind(jaar)
            .bind(sequence)
            .bind(made)
            .bind(to_json(&respons))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO momentopname_levering (momentopname, levering, uitgesloten)
             SELECT $1, id, CASE WHEN quarantaine IS NULL THEN 0 ELSE 1 END FROM levering
             WHERE uitvraag = $2 AND jaar = $3 AND toestand IN ('ingediend', 'gepubliceerd')",
        )
        .bind(&id)
        .bind(uitvraag)
        .bind(jaar)
        .execute(&mut *tx)
        .await?;
        note(&mut tx, None, &format!("momentopname {id} bevroren"), stamp).await?;
        let momentopname = lees(&mut tx, &self.core.map, &id)
            .await?
            .ok_or(LakeError::UnknownMomentopname)?;
        tx.commit().await?;
        Ok(momentopname)
    }

    /// Takes one momentopname back, while nothing was published from it. Its id is never used again. Where no other one
    /// stands, the year is open until the next freeze, also past its freeze day.
    pub async fn unfreeze(&self, id: &str, stamp: &Stamp) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        may_unfreeze(&mut tx, id).await??;
        take_back(&mut tx, id, stamp).await?;
        let (uitvraag, jaar): (String, i32) =
            sqlx::query_as("SELECT uitvraag, jaar FROM momentopname WHERE id = $1")
                .bind(id)
                .fetch_one(&mut *tx)
                .await?;
        lift(&mut tx, &uitvraag, jaar, stamp).await?;
        Ok(tx.commit().await?)
    }

    /// Opens a whole year again until the next freeze, while nothing of it was published: takes back every momentopname
    /// that stands, and the freeze day if that is past. Gives the ids that were taken back.
    pub async fn unfreeze_year(
        &self,
        uitvraag: &str,
        jaar: i32,
        calendar: &Calendar,
        stamp: &Stamp,
    ) -> Result<Vec<String>, LakeError> {
        let mut tx = self.transaction().await?;
        may_unfreeze_year(&mut tx, uitvraag, jaar, calendar, stamp.nu).await??;
        let ids = standing(&mut tx, uitvraag, jaar).await?;
        for id in &ids {
            take_back(&mut tx, id, stamp).await?;
        }
        lift(&mut tx, uitvraag, jaar, stamp).await?;
        let what = format!("{uitvraag}/{jaar} ontdooid");
        note(&mut tx, None, &what, stamp).await?;
        tx.commit().await?;
        Ok(ids)
    }

    /// One momentopname.
    pub async fn momentopname(&self, id: &str) -> Result<Option<Momentopname>, LakeError> {
        // In a transaction of its own, so that an erasure halfway is seen whole or not at all.
        let mut tx = self.core.readers.begin().await?;
        lees(&mut tx, &self.core.map, id).await
    }

    /// The leveringen of a momentopname whose Parquet files are gone or no longer hold what was judged, with what is
    /// wrong, for the caller that is about to compute from them.
    pub async fn damaged(
        &self,
        momentopname: &Momentopname,
    ) -> Result<Vec<(LeveringId, String)>, LakeError> {
        let mut damaged = Vec::new();
        for levering in momentopname.leveringen.iter().filter(|l| !l.gewist) {
            let files = levering.bestanden.clone();
            let damage = blocking(move || Ok(files.iter().find_map(parquet_damage))).await?;
            damaged.extend(damage.map(|damage| (levering.id, damage)));
        }
        Ok(damaged)
    }

    /// Ids of all momentopnamen of this uitvraag and year, oldest first.
    pub async fn momentopnamen(&self, uitvraag: &str, jaar: i32) -> Result<Vec<String>, LakeError> {
        standing(&mut *self.reader().await?, uitvraag, jaar).await
    }
}

/// Ids of the momentopnamen that were not taken back, oldest first.
async fn standing(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<String>, LakeError> {
    let query = sqlx::query_scalar(
        "SELECT id FROM momentopname WHERE uitvraag = $1 AND jaar = $2 AND ontdooid IS NULL ORDER BY volgnummer",
    );
    Ok(query
        .bind(uitvraag)
        .bind(jaar)
        .fetch_all(connection)
        .await?)
}

/// Marks one momentopname as taken back.
async fn take_back(tx: &mut SqliteConnection, id: &str, stamp: &Stamp) -> Result<(), LakeError> {
    sqlx::query("UPDATE momentopname SET ontdooid = $1 WHERE id = $2")
        .bind(ms(stamp.nu))
        .bind(id)
        .execute(&mut *tx)
        .await?;
    note(tx, None, &format!("momentopname {id} ontdooid"), stamp).await
}

/// Keeps that the year was unfrozen now.
async fn lift(
    tx: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
    stamp: &Stamp,
) -> Result<(), LakeError> {
    sqlx::query(
        "INSERT INTO ontdooiing (uitvraag, jaar, wanneer) VALUES ($1, $2, $3)
         ON CONFLICT (uitvraag, jaar) DO UPDATE SET wanneer = excluded.wanneer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .bind(ms(stamp.nu))
    .execute(tx)
    .await?;
    Ok(())
}

/// The leveringen that count, but for those in quarantine.
async fn counting(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
) -> Result<Vec<LeveringId>, LakeError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM levering WHERE uitvraag = $1 AND jaar = $2 AND toestand IN ('ingediend', 'gepubliceerd')
         AND quarantaine IS NULL ORDER BY volgnummer",
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_all(connection)
    .await?;
    ids.iter().map(|id| levering_id(id)).collect()
}

async fn lees(
    connection: &mut SqliteConnection,
    root: &DataRoot,
    id: &str,
) -> Result<Option<Momentopname>, LakeError> {
    let header: Option<(String, i32, i64, String)> =
        sqlx::query_as("SELECT uitvraag, jaar, gemaakt, respons FROM momentopname WHERE id = $1 AND ontdooid IS NULL")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?;
    let Some((uitvraag, jaar, made, respons)) = header else {
        return Ok(None);
    };
    let rows: Vec<CountingRow> = sqlx::query_as(
        "SELECT l.id, l.kvk, l.nulopgave, l.toestand, l.regelhash, l.pseudoniem, l.rijen, m.uitgesloten
         FROM momentopname_levering m JOIN levering l ON l.id = m.levering
         WHERE m.momentopname = $1 ORDER BY l.kvk",
    )
    .bind(id)
    .fetch_all(&mut *connection)
    .await?;
    let mut files = read_files(connection, root, id).await?;
    let mut leveringen = Vec::with_capacity(rows.len());
    let mut excluded = Vec::new();
    for row in rows {
        let levering = levering_id(&row.id)?;
        if row.uitgesloten != 0 {
            excluded.push(levering);
            continue;
        }
        leveringen.push(MomentLevering {
            id: levering,
            kvk: row.kvk,
            nulopgave: row.nulopgave != 0,
            regelhash: row.regelhash,
            pseudoniem: row.pseudoniem,
            rijen: from_json(&row.rijen)?,
            bestanden: files.remove(&levering).unwrap_or_default(),
            toelichtingen: lees_toelichtingen(connection, &row.id).await?,
            gewist: toestand(&row.toestand)? == Toestand::Gewist,
        });
    }
    let made = time(made)?;
    let mut respons: Respons = from_json(&respons)?;
    let erased = leveringen.iter().filter(|l| l.gewist).map(|l| l.id);
    for levering in excluded.iter().copied().chain(erased) {
        respons
            .regels
            .iter_mut()
            .for_each(|regel| regel.without(levering));
    }
    Ok(Some(Momentopname {
        id: id.to_owned(),
        uitvraag,
        jaar,
        gemaakt: made,
        leveringen,
        uitgesloten: excluded,
        respons,
    }))
}

async fn read_files(
    connection: &mut SqliteConnection,
    root: &DataRoot,
    id: &str,
) -> Result<BTreeMap<LeveringId, Vec<TabelFile>>, LakeError> {
    let rows: Vec<TabelRow> = sqlx::query_as(
        "SELECT t.levering, t.tabel, t.pad, t.rijen, t.bytes, t.hash
         FROM tabel t JOIN momentopname_levering m ON m.levering = t.levering
         WHERE m.momentopname = $1 ORDER BY t.levering, t.tabel",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    let mut files: BTreeMap<LeveringId, Vec<TabelFile>> = BTreeMap::new();
    for row in rows {
        let file = row.file(root)?;
        files.entry(file.levering).or_default().push(file);
    }
    Ok(files)
}
