//! Pipelines, publications and analyst SQL; the only crate that compiles DataFusion.
//!
//! Owns the way from a momentopname to figures: SQL from `pipelines/<uitvraag>/` brings the leveringen down to
//! cells, a little exact Rust finishes them ([`statistiek`]), and [`run`] gives the long table `cijfers`. Writes and
//! reads that table, makes the data files of a publication and answers an analyst's SQL over published tables.
//! Leaves storing to `lake`, hiding to `disclosure` and showing to `report`. It knows nothing of omgang: what is
//! computed stands in the pipeline folder.

pub mod cijfers;
pub mod figuren;
pub mod invoer;
pub mod kubus;
pub mod ligging;
pub mod pijplijn;
pub mod publicatie;
pub mod query;
mod run;
mod sessie;
pub mod statistiek;

pub use invoer::{Configuratie, Invoer, Momentopname, Verwacht};
pub use pijplijn::Pijplijn;
pub use run::{Uitkomst, run, run_with};

/// What can go wrong on the way to a figure.
#[derive(Debug, thiserror::Error)]
pub enum AnalyseFout {
    /// There is no pipeline for this uitvraag.
    #[error("there is no pipeline for uitvraag `{0}`")]
    GeenPijplijn(String),
    /// A pipeline breaks its own format.
    #[error("pipeline `{0}` is not valid: {1}")]
    Pijplijn(String, String),
    /// There is no indeling of gebieden for this year.
    #[error("there are no reference tables for {0}")]
    GeenGebieden(i32),
    /// A code in the lake is not in the definition.
    #[error("column `{kolom}` of {groep}.sql holds a code that the definition does not know")]
    OnbekendeCode {
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
    Bestand(#[from] std::io::Error),
    /// JSON failed.
    #[error("JSON could not be written")]
    Json(#[from] serde_json::Error),
    /// A table does not have the columns it should have.
    #[error("table `{0}` does not have the expected columns")]
    Kolommen(String),
    /// The analyst's question is not one that may be asked.
    #[error("the query was refused")]
    Geweigerd(#[source] Box<datafusion::error::DataFusionError>),
}

impl AnalyseFout {
    pub(crate) fn engine(
        wat: impl Into<String>,
    ) -> impl FnOnce(datafusion::error::DataFusionError) -> Self {
        let wat = wat.into();
        move |source| Self::Engine {
            wat,
            source: Box::new(source),
        }
    }
}
