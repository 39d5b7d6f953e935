//! Why a question got no answer, said once.
//!
//! Owns the causes that a caller can tell apart and the words. The engine wraps its messages in one another and puts a
//! prefix before each: of those only the innermost message stays.

use std::error::Error;

use datafusion::error::DataFusionError;
use serde::{Deserialize, Serialize};

use super::limits::QueryLimits;
use super::names::RELATIONS;
use crate::AnalysisError;

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCause {
    /// The statement is no SQL, names what is not there, or can't be computed.
    Statement,
    /// The statement is not one that may be asked.
    NotAllowed,
    /// It went beyond a limit.
    Limit,
    /// Our fault.
    Internal,
}

/// A question that got no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct QueryRefusal {
    /// What kind of refusal it is.
    pub cause: RefusalCause,
    /// What is wrong, in one sentence. May quote the statement.
    pub message: String,
}

impl QueryRefusal {
    /// A refusal of this kind.
    pub fn new(cause: RefusalCause, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { cause, message }
    }

    pub(super) fn not_allowed(message: impl Into<String>) -> Self {
        Self::new(RefusalCause::NotAllowed, message)
    }

    pub(super) fn limit(message: impl Into<String>) -> Self {
        Self::new(RefusalCause::Limit, message)
    }

    /// It took too long.
    pub fn too_slow(limits: &QueryLimits) -> Self {
        let seconds = limits.seconds;
        Self::limit(format!("stopped at the limit on time: {seconds} seconds"))
    }

    /// It took too much memory.
    pub fn too_much_memory(limits: &QueryLimits) -> Self {
        let most = limits.memory_mib;
        Self::limit(format!("stopped at the limit on memory: {most} MiB"))
    }

    /// It has too many rows.
    pub(super) fn too_many_rows(limits: &QueryLimits) -> Self {
        let most = limits.rows;
        Self::limit(format!(
            "stopped at the limit on rows: the answer has more than {most}; add a WHERE or LIMIT, or take the Parquet file of the publication"
        ))
    }
}

impl From<DataFusionError> for QueryRefusal {
    fn from(error: DataFusionError) -> Self {
        let root = error.find_root();
        if matches!(root, DataFusionError::ResourcesExhausted(_)) {
            return Self::limit(
                "stopped at the limit on memory: the question needs more than it may use",
            );
        }
        Self::new(RefusalCause::Statement, plain(root))
    }
}

impl From<AnalysisError> for QueryRefusal {
    fn from(error: AnalysisError) -> Self {
        let mut message = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            message = format!("{message}: {inner}");
            cause = inner.source();
        }
        Self::new(RefusalCause::Internal, message)
    }
}

/// The message of one error without the prefix of its kind, on one line.
fn plain(error: &DataFusionError) -> String {
    let message = match error {
        DataFusionError::SQL(error, _) => {
            let text = error.to_string();
            let bare = text.strip_prefix("sql parser error: ");
            bare.unwrap_or(&text).to_owned()
        }
        DataFusionError::SchemaError(error, _) => error.to_string(),
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            arrow::error::ArrowError::DivideByZero => "division by zero".to_owned(),
            arrow::error::ArrowError::ComputeError(text)
            | arrow::error::ArrowError::CastError(text)
            | arrow::error::ArrowError::ParseError(text)
            | arrow::error::ArrowError::ArithmeticOverflow(text)
            | arrow::error::ArrowError::InvalidArgumentError(text) => text.clone(),
            other => other.to_string(),
        },
        DataFusionError::Plan(text)
        | DataFusionError::NotImplemented(text)
        | DataFusionError::Configuration(text)
        | DataFusionError::Execution(text) => text.clone(),
        // Not its words, which ask to file a report elsewhere.
        DataFusionError::Internal(text) => text.lines().next().unwrap_or_default().to_owned(),
        other => other.strip_backtrace(),
    };
    let message = message
        .split_once("\n\nbacktrace:")
        .map_or(message.as_str(), |(before, _)| before)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    match unknown_table(&message) {
        Some(name) => format!(
            "there is no table `{name}`; there are {}",
            RELATIONS.join(", ")
        ),
        None => message,
    }
}

/// The name in the engine's "table 'omgangsmonitor.public.x' not found".
fn unknown_table(message: &str) -> Option<&str> {
    let name = message
        .strip_prefix("table '")?
        .strip_suffix("' not found")?;
    Some(name.rsplit('.').next().unwrap_or(name))
}
