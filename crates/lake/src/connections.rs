//! The connections with the register.
//!
//! Owns how many there are (one writer, a few readers), and what holds for each. Leaves which may be used again after a
//! full disk to `full_disk`, and handing them out to `lake`.

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use crate::full_disk::may_be_used_again;

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

/// What can't be used again is closed, and the next one who asks gets a new connection.
fn pool(count: u32) -> SqlitePoolOptions {
    let pool = SqlitePoolOptions::new()
        .max_connections(count)
        .acquire_timeout(WAIT);
    pool.test_before_acquire(false)
        .after_release(|connection, _| Box::pin(may_be_used_again(connection)))
        .idle_timeout(None)
        .max_lifetime(None)
}
