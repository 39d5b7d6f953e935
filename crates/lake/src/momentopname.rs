//! The momentopname: which leveringen count, frozen.
//!
//! Owns the frozen list with its files and the response of that moment. Leaves freezing and taking back to `freeze`,
//! what frozen means to `rules` and computing to `analysis`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schema::Toestand;
use schema::pakket::Toelichting;
use sqlx::SqliteConnection;

use crate::damage::parquet_damage;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering_id::LeveringId;
use crate::parquet_tabel::{TabelFile, TabelRow};
use crate::paths::DataRoot;
use crate::read_levering::read_toelichtingen;
use crate::register_columns::{from_json, levering_id, time, toestand};
use crate::respons::Respons;
use crate::stamp::Time;

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
pub(crate) async fn standing(
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

/// One momentopname that stands, on a connection that may be in a transaction.
pub(crate) async fn lees(
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
            toelichtingen: read_toelichtingen(connection, &row.id).await?,
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
