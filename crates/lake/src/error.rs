//! What can go wrong in storage, told apart by who can do something about it.
//!
//! Owns the one error type of this crate. Leaves what a rule refuses to [`Refusal`], the HTTP status and the Dutch
//! words to `ingest`.

use crate::levering_id::LeveringId;
use crate::refusal::Refusal;
use crate::start_refusal::StartRefusal;

/// Why storage refused or failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// Another service holds the data directory.
    #[error("another service is running on this data directory")]
    AlreadyOpen,
    /// Only the service, which holds the lock, may do this.
    #[error("only the running service may do this, a job beside it may not")]
    ServiceOnly,
    /// No aanbieder with this KvK number.
    #[error("unknown aanbieder")]
    UnknownAanbieder,
    /// No such levering.
    #[error("unknown levering {0}")]
    UnknownLevering(LeveringId),
    /// The levering has no such table.
    #[error("levering {0} has no such table")]
    UnknownTabel(LeveringId),
    /// No such momentopname.
    #[error("unknown momentopname")]
    UnknownMomentopname,
    /// A rule about state does not let this happen now.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The same Idempotency-Key was used before with other bytes.
    #[error("this idempotency key was used before with other bytes")]
    Conflict,
    /// The upload does not start where the durable bytes end.
    #[error("the upload must go on at byte {verwacht}")]
    WrongOffset {
        /// Where it must go on.
        verwacht: u64,
    },
    /// Another request is writing this file.
    #[error("another request is writing this file")]
    UploadBusy,
    /// More bytes than the pakket announced.
    #[error("more bytes than the {announced} that were announced")]
    TooManyBytes {
        /// What `pakket.json` says.
        announced: u64,
    },
    /// Not all bytes are in yet.
    #[error("not all files are complete: {}", tabellen.join(", "))]
    Incomplete {
        /// The tables that miss bytes.
        tabellen: Vec<String>,
    },
    /// The bytes that came in are not those that were announced; the file starts again at byte 0.
    #[error("the SHA-256 of table {tabel} differs from the one announced")]
    HashDiffers {
        /// The table.
        tabel: String,
    },
    /// Judging this levering was not given up.
    #[error("levering {0} does not wait for a beheerder to be judged")]
    NotStuck(LeveringId),
    /// Register and files are not of the same moment.
    #[error(transparent)]
    StartRefused(#[from] StartRefusal),
    /// A version of a publication is written once.
    #[error("this version of the publication exists already")]
    PublicatieExists,
    /// The files of a publication are not those that were published.
    #[error("the files of this publication are not those the register knows")]
    PublicatieDamaged,
    /// A name that may not be a path.
    #[error("not a usable path")]
    InvalidPath,
    /// What was offered cannot be stored.
    #[error("cannot be stored: {0}")]
    Invalid(String),
    /// The register holds something this version does not understand.
    #[error("the register is damaged or newer than this program: {0}")]
    RegisterDamaged(String),
    /// The disk failed.
    #[error("{wat}")]
    Io {
        /// What was being done.
        wat: &'static str,
        /// What the system said.
        #[source]
        bron: std::io::Error,
    },
    /// The register failed.
    #[error("the register failed")]
    Register(#[from] sqlx::Error),
    /// The register could not be brought to this version.
    #[error("the register could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// Parquet could not be written or read.
    #[error("the Parquet file failed")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// Columns do not fit.
    #[error("the columns do not fit")]
    Arrow(#[from] arrow_schema::ArrowError),
}

impl LakeError {
    /// Wraps a system error with what was being done.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io {
            wat: what,
            bron: source,
        }
    }

    /// Whether the disk or the quota is full: 507, and nothing was kept.
    pub fn is_full(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match self {
            Self::Io { bron: source, .. } => matches!(source.kind(), StorageFull | QuotaExceeded),
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
