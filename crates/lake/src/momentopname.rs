//! The momentopname: which leveringen count, frozen.
//!
//! Owns the frozen list with its files and the response of that moment. Leaves computing to `analysis`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schema::pakket::Toelichting;

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd};
use crate::levering::LeveringId;
use crate::respons::Respons;
use crate::tabel::TabelBestand;

/// A frozen state of one uitvraag and year. Never changes, but for leveringen erased since.
#[derive(Debug, Clone, PartialEq)]
pub struct Momentopname {
    /// Identity, as in `omgang-2020-1`.
    pub id: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// When it was made.
    pub gemaakt: Tijd,
    /// The leveringen in force then, nulopgaven included, by KvK number.
    pub leveringen: Vec<MomentLevering>,
    /// Leveringen that counted but were in quarantine, and so are not in.
    pub uitgesloten: Vec<LeveringId>,
    /// The response then.
    pub respons: Respons,
}

/// One levering in a momentopname.
#[derive(Debug, Clone, PartialEq)]
pub struct MomentLevering {
    /// The levering.
    pub id: LeveringId,
    /// KvK number of the aanbieder.
    pub kvk: String,
    /// Whether it says that there is nothing to report.
    pub nulopgave: bool,
    /// `Definitie::regelhash` by which it was judged.
    pub regelhash: String,
    /// Label of the pseudonyms.
    pub pseudoniem: String,
    /// Rows per table.
    pub rijen: BTreeMap<String, u64>,
    /// Its Parquet files; empty for a nulopgave and after erasure.
    pub bestanden: Vec<TabelBestand>,
    /// The answers, for the footnotes (publish the codes only).
    pub toelichtingen: Vec<Toelichting>,
    /// Whether its data were erased since.
    pub gewist: bool,
}

impl Momentopname {
    /// The Parquet files of one table, in the order of the leveringen.
    pub fn bestanden(&self, tabel: &str) -> Vec<PathBuf> {
        let alle = self.leveringen.iter().flat_map(|l| &l.bestanden);
        alle.filter(|b| b.tabel == tabel).map(|b| b.pad.clone()).collect()
    }

    /// The leveringen erased since.
    pub fn gewist(&self) -> Vec<LeveringId> {
        self.leveringen.iter().filter(|l| l.gewist).map(|l| l.id).collect()
    }
}

impl Lake {
    /// Freezes what is in force now. Verifies the files first; a damaged levering goes into quarantine and stays out.
    pub async fn bevries(&self, uitvraag: &str, jaar: i32, stempel: &Stempel) -> Result<Momentopname, LakeFout> {
        unimplemented!()
    }

    /// One momentopname.
    pub async fn momentopname(&self, id: &str) -> Result<Option<Momentopname>, LakeFout> {
        unimplemented!()
    }

    /// Ids of all momentopnamen of this uitvraag and year, oldest first.
    pub async fn momentopnamen(&self, uitvraag: &str, jaar: i32) -> Result<Vec<String>, LakeFout> {
        unimplemented!()
    }
}
