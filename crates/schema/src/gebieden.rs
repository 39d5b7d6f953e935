//! Gemeenten, jeugdregio's and provincies with their validity, compiled from CBS facts in `schemas/gebieden/`.
//!
//! Owns the join from a gemeentecode to every higher level in a year, and what became of a code that is no more.
//! Leaves spelling variants of names to `extract`. Join on codes, never on names.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// One gemeente in one year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gemeente {
    /// Year of the indeling (1 January).
    pub jaar: i32,
    /// CBS code, as in `GM0344`.
    pub gemeentecode: String,
    /// Name in that year.
    pub gemeentenaam: String,
    /// CBS code of the provincie, as in `PV26`.
    pub provincie_code: String,
    /// Name of the provincie.
    pub provincie: String,
    /// CBS code of the jeugdregio, as in `JZ13`.
    pub jeugdregio_code: String,
    /// Name of the jeugdregio in that year.
    pub jeugdregio: String,
    /// Inhabitants on 1 January; not known for every year.
    pub inwoners: Option<u32>,
    /// Households with one parent and children at home, on 1 January; known for 2020.
    pub eenouderhuishoudens: Option<u32>,
}

impl Gemeente {
    /// Gemeentegrootteklasse by inhabitants: `<50.000`, `50.000-100.000` or `>100.000`.
    pub fn grootteklasse(&self) -> Option<&'static str> {
        self.inwoners.map(|n| match n {
            0..50_000 => "<50.000",
            50_000..=100_000 => "50.000-100.000",
            _ => ">100.000",
        })
    }
}

/// A gemeentecode that ended, and one of its successors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Herindeling {
    /// The code that ended.
    pub oude_code: String,
    /// Its name.
    pub oude_naam: String,
    /// A successor; a split gemeente has several rows.
    pub nieuwe_code: String,
    /// Its name.
    pub nieuwe_naam: String,
    /// Day on which it took effect.
    pub datum: chrono::NaiveDate,
}

/// The reference tables, for all years.
#[derive(Debug)]
pub struct Gebieden {
    per_jaar: BTreeMap<i32, BTreeMap<String, Gemeente>>,
    /// All ended codes with their successors.
    pub herindelingen: Vec<Herindeling>,
}

impl Gebieden {
    /// The compiled-in tables.
    pub fn get() -> &'static Self {
        static GEBIEDEN: OnceLock<Gebieden> = OnceLock::new();
        GEBIEDEN.get_or_init(|| {
            let mut per_jaar: BTreeMap<i32, BTreeMap<String, Gemeente>> = BTreeMap::new();
            for gemeente in rows::<Gemeente>("gebieden/gemeenten.csv") {
                per_jaar.entry(gemeente.jaar).or_default().insert(gemeente.gemeentecode.clone(), gemeente);
            }
            Gebieden { per_jaar, herindelingen: rows("gebieden/herindelingen.csv") }
        })
    }

    /// The gemeenten valid in the reporting year `jaar`, by code. A code counts as valid in a year when it was so
    /// on 1 January of that year.
    pub fn gemeenten(&self, jaar: i32) -> Option<&BTreeMap<String, Gemeente>> {
        self.per_jaar.get(&jaar)
    }

    /// The gemeente with this code in this year.
    pub fn gemeente(&self, jaar: i32, code: &str) -> Option<&Gemeente> {
        self.per_jaar.get(&jaar)?.get(code)
    }

    /// The successors of a code that is not valid in `jaar`, valid in `jaar` themselves; several for a split.
    pub fn opvolgers(&self, jaar: i32, code: &str) -> Vec<&Gemeente> {
        let mut gevonden: Vec<&Gemeente> = Vec::new();
        for herindeling in self.herindelingen.iter().filter(|h| h.oude_code == code) {
            match self.gemeente(jaar, &herindeling.nieuwe_code) {
                Some(gemeente) => gevonden.push(gemeente),
                None => gevonden.extend(self.opvolgers(jaar, &herindeling.nieuwe_code)),
            }
        }
        gevonden
    }

    /// Years for which there is an indeling.
    pub fn jaren(&self) -> impl Iterator<Item = i32> + '_ {
        self.per_jaar.keys().copied()
    }
}

fn rows<T: for<'de> Deserialize<'de>>(pad: &str) -> Vec<T> {
    let bestand = crate::BESTANDEN.get_file(pad).expect("the reference tables are compiled in");
    csv::Reader::from_reader(bestand.contents())
        .deserialize()
        .map(|rij| rij.expect("the reference tables are checked by this crate's tests"))
        .collect()
}
