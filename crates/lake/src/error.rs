//! What can go wrong in storage, told apart by who can do something about it.
//!
//! Owns the one error type of this crate. Leaves which of them mean that storage failed to `full_disk`, what a rule
//! refuses to [`Refusal`], the HTTP status and the Dutch words to `ingest`.

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
}
