//! The response: who was expected and what became of it, in the whole country and per gebied.
//!
//! Owns the outcome per expected aanbieder and which aanbieders work in a gebied. Leaves showing it to `ingest` and
//! `analysis`.

use schema::Toestand;
use serde::{Deserialize, Serialize};

use crate::fout::LakeFout;
use crate::lake::Lake;
use crate::levering::LeveringId;

/// What became of an expected aanbieder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Uitkomst {
    /// A signed levering counts.
    Geleverd,
    /// A signed nulopgave counts.
    Nulopgave,
    /// It stopped.
    Gestopt,
    /// It refused.
    Geweigerd,
    /// Nothing (signed) came.
    Onbekend,
}

impl Uitkomst {
    /// Every outcome.
    pub const ALLE: [Self; 5] = [Self::Geleverd, Self::Nulopgave, Self::Gestopt, Self::Geweigerd, Self::Onbekend];

    /// The name in tables and pages.
    pub fn naam(self) -> &'static str {
        match self {
            Self::Geleverd => "geleverd",
            Self::Nulopgave => "nulopgave",
            Self::Gestopt => "gestopt",
            Self::Geweigerd => "geweigerd",
            Self::Onbekend => "onbekend",
        }
    }

    /// Whether it counts as response: a levering or a nulopgave.
    pub fn is_respons(self) -> bool {
        matches!(self, Self::Geleverd | Self::Nulopgave)
    }
}

/// One expected aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponsRegel {
    /// KvK number.
    pub kvk: String,
    /// Name.
    pub naam: String,
    /// Where it works.
    pub werkgebied: Vec<String>,
    /// What became of it.
    pub uitkomst: Uitkomst,
    /// The levering (or nulopgave) that counts.
    pub levering: Option<LeveringId>,
    /// State of its newest levering, counting or not; `None` when there never was one.
    pub laatste: Option<Toestand>,
    /// False for an aanbieder that delivered without being expected: it is no part of the denominator.
    pub verwacht: bool,
}

/// The response of one uitvraag and year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Respons {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Every expected aanbieder, and those that delivered unexpected, by KvK number.
    pub regels: Vec<ResponsRegel>,
}

impl Respons {
    /// The expected aanbieders that work in `gebied` (`NL00`, `PVxx`, `JZxx`, `GMxxxx` or a grootteklasse).
    pub fn in_gebied(&self, gebied: &str) -> Vec<&ResponsRegel> {
        unimplemented!()
    }

    /// How many expected aanbieders that work in `gebied` had this outcome.
    pub fn aantal(&self, gebied: &str, uitkomst: Uitkomst) -> usize {
        self.in_gebied(gebied).iter().filter(|r| r.uitkomst == uitkomst).count()
    }

    /// Share of the expected aanbieders of `gebied` that delivered; `None` where nobody was expected.
    pub fn aandeel(&self, gebied: &str) -> Option<f64> {
        unimplemented!()
    }
}

impl Lake {
    /// The response as it stands now.
    pub async fn respons(&self, uitvraag: &str, jaar: i32) -> Result<Respons, LakeFout> {
        unimplemented!()
    }
}
