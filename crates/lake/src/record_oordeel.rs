//! The verdict on a levering, recorded: state, findings, counts, answers carried over and Parquet files in one transaction.
//!
//! Owns which state follows from a verdict, and that files count from that transaction on or not at all. Leaves judging
//! to `ingest` and `check`, writing the files to `parquet_tabel`, and whether it may be judged now to `rules`.

use std::path::{Path, PathBuf};

use schema::bevinding::Verdict;
use schema::pakket::Toelichting;
use schema::{Oordeel, Toestand};
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::{Levering, open_signalen};
use crate::levering_id::LeveringId;
use crate::parquet_tabel::TabelFile;
use crate::read_levering::require;
use crate::register_columns::{i64_van, ms, to_json};
use crate::stamp::Stamp;
use crate::toelichtingen::keep_toelichtingen;
use crate::transitions::step;

/// What judging a levering came to.
pub struct JudgedLevering<'a> {
    /// The judgement, as it is kept.
    pub oordeel: &'a Oordeel,
    /// The Parquet files that were written; they count once they are named.
    pub tabellen: Vec<TabelFile>,
    /// `Definitie::regelhash` by which it was judged.
    pub regel_hash: &'a str,
    /// The code under which it was refused whole; `None` for a levering that was judged to its end.
    pub refusal: Option<&'a str>,
    /// Answers to the same findings of an earlier levering. They count where signalen want an answer.
    pub carried_over: Vec<Toelichting>,
}

impl<'a> JudgedLevering<'a> {
    /// Judged to its end, with no answers beside those that travelled with it.
    pub fn new(oordeel: &'a Oordeel, tabellen: Vec<TabelFile>, regel_hash: &'a str) -> Self {
        Self {
            oordeel,
            tabellen,
            regel_hash,
            refusal: None,
            carried_over: Vec::new(),
        }
    }
}

impl Lake {
    /// `ontvangen → afgekeurd | te_bevestigen | akkoord` by the judgement, naming the Parquet files in the same
    /// transaction. Answers that travelled with the pakket or are carried over count: with every signaal answered it
    /// becomes akkoord.
    /// After a verdict of afgekeurd the files are removed.
    pub async fn judged(
        &self,
        id: LeveringId,
        judged: JudgedLevering<'_>,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let done = self.record_oordeel(id, &judged, stamp).await;
        if judged.oordeel.verdict == Verdict::Afgekeurd || done.is_err() {
            let paths = judged.tabellen.into_iter().map(|t| t.pad).collect();
            if let Err(error) = self.remove_unnamed(id, paths).await {
                // The verdict stands whatever becomes of the files: start-up removes what nobody names.
                tracing::warn!(levering = %id, %error, "left for start-up");
            }
        }
        done
    }

    async fn record_oordeel(
        &self,
        id: LeveringId,
        judged: &JudgedLevering<'_>,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let oordeel = judged.oordeel;
        let json = to_json(oordeel);
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        let to = to_toestand(oordeel.verdict);
        levering.may_be_judged(to)?;
        step(&mut tx, &levering, to, stamp).await?;
        if to == Toestand::TeBevestigen {
            let carried = &judged.carried_over;
            if !carried.is_empty() {
                keep_toelichtingen(&mut tx, id, carried, stamp).await?;
            }
            let asked = require(&mut tx, id).await?;
            if open_signalen(&oordeel.regels, &asked.toelichtingen).is_empty() {
                step(&mut tx, &asked, Toestand::Akkoord, stamp).await?;
            }
        }
        if oordeel.verdict != Verdict::Afgekeurd {
            for tabel in &judged.tabellen {
                name_file(&mut tx, self.dir(), id, tabel).await?;
            }
        }
        sqlx::query("INSERT INTO oordeel (levering, oordeel) VALUES ($1, $2)")
            .bind(id.to_string())
            .bind(json)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE levering SET rijen = $1, regels = $2, regelhash = $3, beoordeeld = $4, weigering = $5 WHERE id = $6",
        )
        .bind(to_json(&oordeel.rijen))
        .bind(to_json(&oordeel.regels))
        .bind(judged.regel_hash)
        .bind(ms(stamp.nu))
        .bind(judged.refusal)
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
        let levering = require(&mut tx, id).await?;
        tx.commit().await?;
        Ok(levering)
    }

    /// Removes Parquet files that the register does not name (a verdict that could not be recorded, or a rejection).
    async fn remove_unnamed(&self, id: LeveringId, paths: Vec<PathBuf>) -> Result<(), LakeError> {
        // A judgement that lost a race must not remove what the winner named: those files are the same ones.
        if self.tabellen(id).await?.is_empty() {
            self.remove_files(paths).await?;
        }
        Ok(())
    }
}

/// The state that follows from a verdict, answers aside.
fn to_toestand(verdict: Verdict) -> Toestand {
    match verdict {
        Verdict::Akkoord => Toestand::Akkoord,
        Verdict::TeBevestigen => Toestand::TeBevestigen,
        Verdict::Afgekeurd => Toestand::Afgekeurd,
    }
}

/// Names one Parquet file: from this transaction on it counts.
async fn name_file(
    tx: &mut SqliteConnection,
    dir: &Path,
    id: LeveringId,
    tabel: &TabelFile,
) -> Result<(), LakeError> {
    let path = tabel
        .pad
        .strip_prefix(dir)
        .ok()
        .and_then(Path::to_str)
        .ok_or(LakeError::InvalidPath)?;
    if tabel.levering != id {
        return Err(LakeError::Invalid("a table of another levering".to_owned()));
    }
    sqlx::query("INSERT INTO tabel (levering, tabel, pad, rijen, bytes, hash) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id.to_string())
        .bind(&tabel.tabel)
        .bind(path)
        .bind(i64_van(tabel.rijen)?)
        .bind(i64_van(tabel.bytes)?)
        .bind(&tabel.hash)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
