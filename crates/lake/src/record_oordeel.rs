//! The verdict on a levering, recorded: state, findings, counts and Parquet files in one transaction.
//!
//! Owns which state follows from a verdict, and that files count from that transaction on or not at all. Leaves judging
//! to `ingest` and `check`, writing the files to `parquet_tabel`, and whether it may be judged now to `rules`.

use std::path::{Path, PathBuf};

use schema::bevinding::Verdict;
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
use crate::transitions::step;

impl Lake {
    /// `ontvangen → afgekeurd | te_bevestigen | akkoord` by the judgement, naming the Parquet files in the same
    /// transaction. Answers that travelled with the pakket count: with every signaal answered it becomes akkoord.
    /// After a verdict of afgekeurd the files are removed.
    pub async fn judged(
        &self,
        id: LeveringId,
        oordeel: &Oordeel,
        tabellen: Vec<TabelFile>,
        regel_hash: &str,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let done = self
            .record_oordeel(id, oordeel, &tabellen, regel_hash, stamp)
            .await;
        if oordeel.verdict == Verdict::Afgekeurd || done.is_err() {
            let paths = tabellen.into_iter().map(|t| t.pad).collect();
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
        oordeel: &Oordeel,
        tabellen: &[TabelFile],
        regel_hash: &str,
        stamp: &Stamp,
    ) -> Result<Levering, LakeError> {
        let json = to_json(oordeel);
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        let to = to_toestand(oordeel.verdict);
        levering.may_be_judged(to)?;
        step(&mut tx, &levering, to, stamp).await?;
        if to == Toestand::TeBevestigen
            && open_signalen(&oordeel.regels, &levering.toelichtingen).is_empty()
        {
            let judged = Levering {
                toestand: to,
                ..levering
            };
            step(&mut tx, &judged, Toestand::Akkoord, stamp).await?;
        }
        if oordeel.verdict != Verdict::Afgekeurd {
            for tabel in tabellen {
                name_file(&mut tx, self.dir(), id, tabel).await?;
            }
        }
        sqlx::query("INSERT INTO oordeel (levering, oordeel) VALUES ($1, $2)")
            .bind(id.to_string())
            .bind(json)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE levering SET rijen = $1, regels = $2, regelhash = $3, beoordeeld = $4 WHERE id = $5")
            .bind(to_json(&oordeel.rijen))
            .bind(to_json(&oordeel.regels))
            .bind(regel_hash)
            .bind(ms(stamp.nu))
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
