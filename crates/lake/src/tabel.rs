//! One table of one levering as a Parquet file: written once, deterministic, meaningless until the register names it.
//!
//! Owns the two leading columns `aanbieder` and `levering`, the writer's settings and the way to durable (temp,
//! fdatasync, rename, fsync of the directory). Leaves typing the columns to `check` and naming to `stap`.

use std::path::PathBuf;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use crate::fout::LakeFout;
use crate::lake::Lake;
use crate::levering::{Levering, LeveringId};

/// A Parquet file of one table of one levering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TabelBestand {
    /// The levering.
    pub levering: LeveringId,
    /// Table, as in `traject`.
    pub tabel: String,
    /// Where it is, absolute.
    pub pad: PathBuf,
    /// Rows.
    pub rijen: u64,
    /// Length.
    pub bytes: u64,
    /// `sha256:<hex>`.
    pub hash: String,
}

/// Writes one table. Blocking: use it where blocking is allowed. Dropped before [`TabelSchrijver::sluit`], it leaves
/// nothing behind.
pub struct TabelSchrijver {
    lake: Lake,
}

impl TabelSchrijver {
    /// Writes typed rows (the schema given to [`Lake::tabel_schrijver`]).
    pub fn schrijf(&mut self, batch: &RecordBatch) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// Makes the file durable under its own name.
    pub fn sluit(self) -> Result<TabelBestand, LakeFout> {
        unimplemented!()
    }
}

/// Reads the typed rows of one table of one levering back, without the two leading columns. Blocking.
pub struct TabelLezer {
    lake: Lake,
}

impl Iterator for TabelLezer {
    type Item = Result<RecordBatch, LakeFout>;

    fn next(&mut self) -> Option<Self::Item> {
        unimplemented!()
    }
}

impl Lake {
    /// Starts the Parquet file of one table of a levering; `velden` is the schema of the typed batches.
    pub fn tabel_schrijver(&self, levering: &Levering, tabel: &str, velden: &SchemaRef) -> Result<TabelSchrijver, LakeFout> {
        unimplemented!()
    }

    /// The Parquet files the register names for a levering.
    pub async fn tabellen(&self, id: LeveringId) -> Result<Vec<TabelBestand>, LakeFout> {
        unimplemented!()
    }

    /// Reads one of those files back.
    pub fn lees_tabel(&self, bestand: &TabelBestand) -> Result<TabelLezer, LakeFout> {
        unimplemented!()
    }
}
