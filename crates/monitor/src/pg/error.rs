//! What goes wrong in a session, as its client is told.
//!
//! Owns which SQLSTATE an error has. Leaves sending it to `session`.

use std::io;

use arrow::error::ArrowError;
use ingest::SqlError;

/// An error as it is told: its SQLSTATE and its words.
pub(super) struct PgError(pub(super) &'static str, pub(super) String);

impl PgError {
    pub(super) fn new(code: &'static str, words: &str) -> Self {
        Self(code, words.to_owned())
    }
}

impl From<SqlError> for PgError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::Statement(words) => Self("42601", words),
            SqlError::NotAllowed(words) => Self("42501", words),
            SqlError::Limit(words) => Self("53400", words),
            SqlError::Busy => {
                Self::new("53300", "too many questions at once: try again in a minute")
            }
            SqlError::Failed(_) => {
                tracing::error!(%error, "SQL failed");
                Self::new("XX000", "something went wrong at our side: try again later")
            }
        }
    }
}

impl From<ArrowError> for PgError {
    fn from(error: ArrowError) -> Self {
        Self(
            "XX000",
            format!("a value can't be written in this form: {error}"),
        )
    }
}

/// What ends a statement early: an error that is told, or a connection that is gone.
pub(super) enum Ended {
    Error(PgError),
    Gone(io::Error),
}

impl From<PgError> for Ended {
    fn from(error: PgError) -> Self {
        Self::Error(error)
    }
}

impl From<SqlError> for Ended {
    fn from(error: SqlError) -> Self {
        Self::Error(error.into())
    }
}

impl From<ArrowError> for Ended {
    fn from(error: ArrowError) -> Self {
        Self::Error(error.into())
    }
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Gone(error)
    }
}
