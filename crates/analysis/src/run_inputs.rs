//! What a run takes in: file lists, who was expected, and the configuration.
//!
//! Owns the plain structs that the caller fills from the register. Leaves the register itself to `lake`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use disclosure::RoundingKey;
use schema::{Definitie, Outcome};

/// Everything a run needs.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// What was asked.
    pub definitie: &'a Definitie,
    /// Which data count.
    pub momentopname: MomentopnameInput,
    /// The aanbieders that were expected, with what came of it.
    pub verwacht: Vec<ExpectedAanbieder>,
    /// Settings.
    pub configuration: Configuration,
    /// Decides how counts are rounded before they leave.
    pub key: &'a RoundingKey,
}

/// A frozen choice of leveringen.
#[derive(Debug, Clone, Default)]
pub struct MomentopnameInput {
    /// Its name; stands in every row.
    pub id: String,
    /// Parquet files per table: the typed columns of `check` with `aanbieder` and `levering` before them.
    pub bestanden: BTreeMap<String, Vec<PathBuf>>,
}

/// One expected aanbieder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedAanbieder {
    /// KvK number.
    pub aanbieder: String,
    /// The gebieden it works in: `NL00`, `PVxx`, `JZxx` or `GMxxxx`.
    pub werkgebied: Vec<String>,
    /// What became of it.
    pub uitkomst: Outcome,
    /// Rows it reported last year in the first table of the uitvraag, where it did.
    pub volume_last_year: Option<u64>,
}

/// Settings of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Configuration {
    /// The norm for waiting, in days.
    pub norm_dagen: u32,
    /// Whether the figures are provisional: the last year always is, for ends arrive late.
    pub voorlopig: bool,
    /// Jeugdigen 0-17 per gemeente (CBS 03759ned), where the beheerder has loaded that table.
    pub jeugdigen: Option<BTreeMap<String, u64>>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            norm_dagen: 98,
            voorlopig: true,
            jeugdigen: None,
        }
    }
}
