//! The handle on one open data directory.
//!
//! Owns what all clones of it share, and the way to a connection: to write or to read. Leaves opening to `data_dir`, and
//! the tables to the modules that use them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqlitePool, Transaction};

use crate::error::LakeError;
use crate::file_claim::FileClaims;
use crate::paths::{DataRoot, SECRET, temporary_name};
use crate::published_cache::Shelf;

/// In what role a process opens the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The service: one at a time, holds the lock, takes uploads, judges and reconciles.
    Service,
    /// A job beside (or without) a running service: `run`, `publish`, `admin`. Takes no uploads.
    Task,
}

/// One open data directory. Cheap to clone.
#[derive(Clone)]
pub struct Lake {
    pub(crate) core: Arc<LakeCore>,
}

/// What all clones share.
pub(crate) struct LakeCore {
    pub(crate) access: Access,
    pub(crate) map: DataRoot,
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// Files that a request is writing now.
    pub(crate) uploads: FileClaims,
    /// What is published, for who hands it out.
    pub(crate) shelf: Shelf,
    /// Whether something was erased of which a copy may stand in SQLite's log.
    pub(crate) wipe: AtomicBool,
    /// The service's lock, held for as long as the directory is open.
    pub(crate) _lock: Option<File>,
}

impl Lake {
    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.core.map.dir
    }

    /// Whether register and files can be written to now: what `/readyz` answers. Found out by writing, durably: a
    /// full disk stops nothing before.
    pub async fn ready(&self) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        sqlx::query("UPDATE schrijfproef SET nummer = nummer + 1")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        let root = self.core.map.clone();
        blocking(move || {
            let path = temporary_name(&root.dir.join("intern").join("gereed"));
            let written = root.write_loose(&path, &vec![0; PROBE], SECRET);
            let removed = root.storage.remove(&path);
            written.and(removed).map_err(LakeError::io(
                "writing a file to see whether that can be done",
            ))
        })
        .await
    }

    /// Closes the connections in good order. Dropping does so too, in the background.
    pub async fn close(&self) {
        self.core.shelf.close();
        self.core.readers.close().await;
        self.core.writer.close().await;
    }

    /// A writing transaction: it has the register to itself from its first moment.
    pub(crate) async fn transaction(&self) -> Result<Transaction<'static, Sqlite>, LakeError> {
        Ok(self.core.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A connection that cannot write.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Sqlite>, LakeError> {
        Ok(self.core.readers.acquire().await?)
    }

    /// Refuses what only the service may do.
    pub(crate) fn require_service(&self) -> Result<(), LakeError> {
        match self.core.access {
            Access::Service => Ok(()),
            Access::Task => Err(LakeError::ServiceOnly),
        }
    }
}

/// Bytes of the file that shows whether files can be written: more than the one block that a full disk may have left.
const PROBE: usize = 64 * 1024;

/// Runs what waits for the disk where waiting is allowed.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, LakeError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, LakeError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(LakeError::Invalid("the program is stopping".to_owned())),
        },
    }
}
