//! A disk that is full or fails, and what follows.
//!
//! Owns telling it from everything else, and the policy. What was being done fails as a whole: nothing of it counts, for
//! files mean nothing before the register names them. Who asked gets 507 (full) or 503 (busy), and what was sent stays
//! where it was durable. A connection that SQLite took its transaction away from is closed ([`may_be_used_again`]), and
//! the next writer gets a new one. A judgement waits and is tried again for as long as it lasts, without costing an
//! attempt (`judge_queue` of `ingest`). Leaves the words to `ingest`.

use std::io;

use sqlx::{Connection, SqliteConnection};

use crate::error::LakeError;

/// Whether the disk or the quota was full.
pub fn is_full(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, StorageFull};
    matches!(error.kind(), StorageFull | QuotaExceeded)
}

/// Whether a connection that comes back can begin a transaction. SQLite ends one by itself on a full disk, an I/O error or
/// when memory runs out; sqlx still counts it, and begins no other on that connection ever again.
pub(crate) async fn may_be_used_again(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    // A rollback that was asked for by dropping runs before the answer.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

impl LakeError {
    /// Whether the disk or the quota is full: 507, and nothing was kept.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Io { bron: source, .. } => is_full(source),
            // 13 is SQLITE_FULL.
            Self::Register(sqlx::Error::Database(error)) => {
                primary_code(error.as_ref()) == Some(13)
            }
            _ => false,
        }
    }

    /// Whether storage failed (full, broken, busy, no memory), which says nothing of what was to be stored: worth
    /// trying again as it is. A file that is gone is no such failure: waiting does not bring it back.
    pub fn is_storage(&self) -> bool {
        match self {
            Self::Io { bron: source, .. } => source.kind() != std::io::ErrorKind::NotFound,
            Self::Register(sqlx::Error::Database(error)) => {
                // SQLITE_BUSY, LOCKED, NOMEM, READONLY, IOERR, CORRUPT (a page that cannot be read), FULL, CANTOPEN,
                // PROTOCOL, NOTADB.
                primary_code(error.as_ref())
                    .is_some_and(|code| matches!(code, 5..=8 | 10 | 11 | 13..=15 | 26))
            }
            Self::Register(
                sqlx::Error::PoolTimedOut
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed
                | sqlx::Error::InvalidSavePointStatement
                | sqlx::Error::Io(_),
            ) => true,
            _ => false,
        }
    }

    /// Whether the register was busy for longer than it waits: 503, try again.
    pub fn is_busy(&self) -> bool {
        match self {
            Self::Register(sqlx::Error::PoolTimedOut) => true,
            // 5 is SQLITE_BUSY, 6 SQLITE_LOCKED.
            Self::Register(sqlx::Error::Database(error)) => {
                matches!(primary_code(error.as_ref()), Some(5 | 6))
            }
            _ => false,
        }
    }
}

/// SQLite's result code: the low byte of an extended one.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<i64> {
    let code = error.code()?.parse::<i64>().ok()?;
    Some(code & 0xff)
}
