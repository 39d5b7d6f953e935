//! Erasing the data of a levering: the register first, then the files.
//!
//! Owns what stays (that it was there, its hashes, its receipt) and what goes (rows, findings, words, the aanbieder's own
//! figures), also out of SQLite's log, where every page stands once more as it was.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

use schema::Toestand;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Row, Sqlite};

use crate::connections::WAIT;
use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::levering::Levering;
use crate::levering_id::LeveringId;
use crate::parquet_tabel::parquet_path;
use crate::read_levering::require;
use crate::stamp::Stamp;
use crate::transitions::step;

/// Longest wait for who reads the log that is to be emptied.
const PATIENCE: Duration = Duration::from_millis(500);

impl Lake {
    /// Erases a levering: `→ gewist`, then raw files and Parquet are removed. Asking again finishes what an error
    /// interrupted; after a crash [`Lake::recover`] does.
    pub async fn erase(&self, id: LeveringId, stamp: &Stamp) -> Result<Levering, LakeError> {
        let mut tx = self.transaction().await?;
        let levering = require(&mut tx, id).await?;
        if levering.toestand == Toestand::Gewist {
            tx.rollback().await?;
            self.remove_data(&levering, Vec::new()).await?;
            self.forget_own_figures(&levering).await?;
            self.wipe_now().await;
            return Ok(levering);
        }
        step(&mut tx, &levering, Toestand::Gewist, stamp).await?;
        let tabellen: Vec<String> =
            sqlx::query_scalar("SELECT tabel FROM tabel WHERE levering = $1")
                .bind(id.to_string())
                .fetch_all(&mut *tx)
                .await?;
        for query in [
            "DELETE FROM tabel WHERE levering = $1",
            "DELETE FROM oordeel WHERE levering = $1",
            "UPDATE toelichting SET woorden = '' WHERE levering = $1",
            "UPDATE levering SET pakket = NULL, quarantaine = NULL WHERE id = $1",
        ] {
            sqlx::query(query)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        let erased = require(&mut tx, id).await?;
        tx.commit().await?;
        self.core.wipe.store(true, Ordering::Release);
        self.remove_data(&erased, tabellen).await?;
        self.forget_own_figures(&erased).await?;
        self.wipe_now().await;
        Ok(erased)
    }

    async fn wipe_now(&self) {
        if let Err(error) = self.wipe_log().await {
            tracing::warn!(%error, "the register's log could not be emptied; it is tried again");
        }
    }

    /// Empties SQLite's log once something was erased. Someone who is reading may keep it from being emptied: then it is
    /// done at the next call, and the answer is false.
    pub async fn wipe_log(&self) -> Result<bool, LakeError> {
        if !self.core.wipe.swap(false, Ordering::AcqRel) {
            return Ok(true);
        }
        let emptied = self.empty_log().await;
        if !matches!(emptied, Ok(true)) {
            self.core.wipe.store(true, Ordering::Release);
        }
        emptied
    }

    /// Waits for who reads no longer than [`PATIENCE`]: meanwhile nobody can write.
    async fn empty_log(&self) -> Result<bool, LakeError> {
        let mut writer = self.core.writer.acquire().await?;
        let busy = async |writer: &mut PoolConnection<Sqlite>, wait: Duration| {
            sqlx::query(AssertSqlSafe(format!(
                "PRAGMA busy_timeout = {}",
                wait.as_millis()
            )))
            .execute(&mut **writer)
            .await
        };
        busy(&mut writer, PATIENCE).await?;
        let outcome = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *writer)
            .await;
        busy(&mut writer, WAIT).await?;
        let held: i64 = match outcome {
            Ok(row) => row.try_get(0)?,
            Err(error) => return Err(error.into()),
        };
        Ok(held == 0)
    }

    /// Removes every file a levering can have, named in the register or not.
    async fn remove_data(&self, levering: &Levering, named: Vec<String>) -> Result<(), LakeError> {
        let root = self.core.map.clone();
        let id = levering.id;
        let announced = levering.bestanden.iter().map(|b| b.tabel.clone());
        let tabellen: BTreeSet<String> = named.into_iter().chain(announced).collect();
        let path = |tabel: &String| {
            root.dir
                .join(parquet_path(&levering.uitvraag, tabel, levering.jaar, id))
        };
        let paths: Vec<PathBuf> = tabellen.iter().map(path).collect();
        self.remove_files(paths).await?;
        let root = self.core.map.clone();
        blocking(move || {
            let remove = || {
                root.remove_tree(&root.raw(id))?;
                root.storage.sync_map(&root.dir.join("raw"))
            };
            remove().map_err(LakeError::io("removing received files"))
        })
        .await
    }
}
