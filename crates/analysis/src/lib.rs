//! Pipelines, publications and analyst SQL; the only crate that compiles DataFusion.
//!
//! Owns the way from a momentopname to figures: SQL from `pipelines/<uitvraag>/` brings the leveringen down to
//! cells, a little exact Rust finishes them ([`statistics`]), and [`run`] gives the long table `cijfers`. Writes and
//! reads that table, makes the data files of a publication and answers an analyst's SQL over published tables.
//! Leaves storing to `lake`, hiding to `disclosure` and showing to `report`. It knows nothing of omgang: what is
//! computed stands in the pipeline folder.

pub mod audit_input;
mod catalogue;
mod cell_counts;
pub mod cell_measures;
pub mod cijfers;
mod column_meanings;
pub mod cube;
mod curve_table;
mod design_effect;
pub mod formula_results;
pub mod formulas;
mod funnel_table;
pub mod gebied_tree;
mod indicator_rows;
pub mod older_publicatie;
pub mod pipeline;
pub mod publicatie;
pub mod query;
mod record_key;
mod respons;
mod run;
pub mod run_inputs;
mod run_session;
pub mod statistics;
mod wording;

pub use cell_counts::{CellCounts, CertificateTables};
pub use pipeline::Pipeline;
pub use run::{RunOutput, run, run_with};
pub use run_inputs::{Configuration, ExpectedAanbieder, Inputs, MomentopnameInput};

/// What can go wrong on the way to a figure.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// There is no pipeline for this uitvraag.
    #[error("there is no pipeline for uitvraag `{0}`")]
    NoPipeline(String),
    /// A pipeline breaks its own format.
    #[error("pipeline `{0}` is not valid: {1}")]
    Pipeline(String, String),
    /// There is no indeling of gebieden for this year.
    #[error("there are no reference tables for {0}")]
    NoGebieden(i32),
    /// A code in the lake is not in the definition.
    #[error("column `{kolom}` of {groep}.sql holds a code that the definition does not know")]
    UnknownCode {
        /// The group.
        groep: String,
        /// The column.
        kolom: String,
    },
    /// The engine refused or failed.
    #[error("{wat}")]
    Engine {
        /// What was being done.
        wat: String,
        /// Why it failed.
        source: Box<datafusion::error::DataFusionError>,
    },
    /// Arrow or Parquet failed.
    #[error("a table could not be read or written")]
    Arrow(#[from] arrow::error::ArrowError),
    /// Parquet failed.
    #[error("a Parquet file could not be read or written")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// A file failed.
    #[error("a file could not be read or written")]
    File(#[from] std::io::Error),
    /// JSON failed.
    #[error("JSON could not be written")]
    Json(#[from] serde_json::Error),
    /// A table does not have the columns it should have.
    #[error("table `{0}` does not have the expected columns")]
    Columns(String),
    /// A count was not rounded before it was to leave.
    #[error(transparent)]
    Release(#[from] disclosure::ReleaseError),
}

impl AnalysisError {
    pub(crate) fn engine(
        what: impl Into<String>,
    ) -> impl FnOnce(datafusion::error::DataFusionError) -> Self {
        let what = what.into();
        move |source| Self::Engine {
            wat: what,
            source: Box::new(source),
        }
    }
}
