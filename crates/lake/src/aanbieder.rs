//! Aanbieders, and of whom a levering is expected in which year.
//!
//! Owns names, the werkgebied and what the coördinator found out about who will not deliver. Leaves counting the
//! response to `respons`.

use serde::{Deserialize, Serialize};

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd};

/// An aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aanbieder {
    /// KvK number, 8 digits.
    pub kvk: String,
    /// Name.
    pub naam: String,
}

/// That an aanbieder is expected to deliver in a year, and where it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verwachting {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// KvK number.
    pub kvk: String,
    /// What is known about it.
    pub stand: Stand,
    /// Where it works: codes of gemeenten, jeugdregio's or provincies, or `NL00`.
    pub werkgebied: Vec<String>,
}

/// What the coördinator knows of an expected aanbieder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// A levering is expected.
    #[default]
    Verwacht,
    /// It stopped: nothing will come.
    Gestopt,
    /// It said it will not deliver.
    Geweigerd,
}

impl Lake {
    /// Adds an aanbieder, or gives it another name.
    pub async fn zet_aanbieder(&self, aanbieder: &Aanbieder, stempel: &Stempel) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// One aanbieder.
    pub async fn aanbieder(&self, kvk: &str) -> Result<Option<Aanbieder>, LakeFout> {
        unimplemented!()
    }

    /// All aanbieders, by KvK number.
    pub async fn aanbieders(&self) -> Result<Vec<Aanbieder>, LakeFout> {
        unimplemented!()
    }

    /// Says that (or how) an aanbieder is expected; replaces what stood for that uitvraag and year.
    pub async fn zet_verwachting(&self, verwachting: &Verwachting, stempel: &Stempel) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// Who is expected, by KvK number.
    pub async fn verwachtingen(&self, uitvraag: &str, jaar: i32) -> Result<Vec<Verwachting>, LakeFout> {
        unimplemented!()
    }

    /// Lets one aanbieder deliver after the clock, until `tot`; logged with the reason.
    pub async fn geef_uitstel(
        &self,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
        tot: Tijd,
        reden: &str,
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// Until when this aanbieder may deliver by exception.
    pub async fn uitstel(&self, kvk: &str, uitvraag: &str, jaar: i32) -> Result<Option<Tijd>, LakeFout> {
        unimplemented!()
    }
}
