//! The connections with the register.
//!
//! Owns how many there are (one writer, a few readers), what holds for each, and that none is used again after SQLite took
//! its transaction away: after an error of the disk, or a full one. Leaves handing them out to `lake`.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, SqlitePool};

/// Readers beside the one writer.
const READERS: u32 = 4;
/// How long one waits for the other, before 503.
pub(crate) const WAIT: Duration = Duration::from_secs(30);

/// How the register is opened.
pub(crate) struct RegisterOptions(SqliteConnectOptions);

impl RegisterOptions {
    /// The register at this path.
    pub(crate) fn of(path: &Path) -> Self {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is erased is gone: its place in the file is overwritten with zeros.
            .pragma("secure_delete", "ON")
            .busy_timeout(WAIT);
        Self(options)
    }

    /// The connection that writes.
    pub(crate) async fn writer(&self) -> sqlx::Result<SqlitePool> {
        pool(1).connect_with(self.0.clone()).await
    }

    /// Connections that cannot write.
    pub(crate) async fn readers(&self) -> sqlx::Result<SqlitePool> {
        let options = self.0.clone().pragma("query_only", "ON");
        pool(READERS).connect_with(options).await
    }
}

/// SQLite ends a transaction by itself on a full disk, an I/O error or when memory runs out; sqlx still counts it, and
/// begins no other on that connection ever again. So whatever comes back with a transaction open is closed, and the
/// next one who asks gets a new connection.
fn pool(count: u32) -> SqlitePoolOptions {
    let pool = SqlitePoolOptions::new()
        .max_connections(count)
        .acquire_timeout(WAIT);
    pool.test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // A rollback that was asked for by dropping runs before the answer.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .idle_timeout(None)
        .max_lifetime(None)
}
