//! The definition of one uitvraag in one year, read from `schemas/<uitvraag>/<jaar>.toml` and its code lists.
//!
//! Owns the format: every key is known or refused, and what is loaded here has been proven consistent (each code
//! list exists, each rule points at fields that exist). Leaves the meaning of `assert` texts to `check`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

mod codelijst;
mod regel;
mod stock;
mod veld;
mod verify;

pub use crate::hash::hex;
pub use codelijst::{Code, Codelijst};
pub use regel::{Fase, Overlay, Regel, Regeltekst, Soort};
pub use stock::{in_stock, quarter_ends};
pub use veld::{Afleiding, Veld, Veldtype};

use crate::SCHEMAS;
use codelijst::read_codelijst;

/// One uitvraag in one year: what is asked, and how it is judged.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definitie {
    /// Version of the file format itself; 1.
    pub formaat: u32,
    /// Name of the uitvraag, as in `omgang`.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Version of the definition; grows by one with each published change.
    pub versie: u32,
    /// Title for people.
    pub titel: String,
    /// What is asked of whom, in one paragraph.
    pub inleiding: String,
    /// The three dates every state refers to.
    pub klok: Klok,
    /// The tables of a levering, in the order in which they are shown.
    #[serde(rename = "tabel")]
    pub tabellen: Vec<Tabel>,
    /// All rules, in the order in which they are reported.
    #[serde(rename = "regel")]
    pub regels: Vec<Regel>,
    /// The code lists that the fields use, by name; filled from `codes/*.csv`.
    #[serde(skip)]
    pub codelijsten: BTreeMap<String, Codelijst>,
    /// SHA-256 (hex) over the definition file and its code lists.
    #[serde(skip)]
    pub hash: String,
    /// SHA-256 (hex) over the rules, fields and code lists alone: what decides a verdict.
    #[serde(skip)]
    pub regelhash: String,
}

/// Until when one may deliver, when the data freeze, and when the figures appear.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Klok {
    /// Last day to deliver.
    pub inleveren: NaiveDate,
    /// Day on which the data freeze.
    pub bevriezen: NaiveDate,
    /// Day of publication.
    pub publiceren: NaiveDate,
}

/// One table of a levering.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tabel {
    /// Name, as in `traject`; also the name of its CSV.
    pub naam: String,
    /// Title for people, as in `Trajecten`; also the sheet in the sjabloon.
    pub titel: String,
    /// What one row is.
    pub definitie: String,
    /// The fields that together are unique.
    pub sleutel: Vec<String>,
    /// Whether a levering may leave the whole table out.
    #[serde(default)]
    pub mag_ontbreken: bool,
    /// Sheet and file names under which providers keep this table.
    #[serde(default)]
    pub synoniemen: Vec<String>,
    /// One complete valid row (field name to canonical text), the base of every rule's examples.
    pub voorbeeld: BTreeMap<String, String>,
    /// The fields, in canonical order.
    #[serde(rename = "veld")]
    pub velden: Vec<Veld>,
}

/// Why a definition could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum DefinitieFout {
    /// There is no such uitvraag or year.
    #[error("there is no definition of `{0}`; known are {1}")]
    Onbekend(String, String),
    /// The file breaks the format.
    #[error("definition `{0}` is not valid: {1}")]
    Ongeldig(String, String),
}

impl Definitie {
    /// Loads the definition named like `omgang/2020`.
    ///
    /// # Errors
    /// When there is none of that name, when it breaks the format, or when it names another uitvraag or year.
    pub fn load(naam: &str) -> Result<Self, DefinitieFout> {
        let Some(bytes) = SCHEMAS
            .file(&format!("{naam}.toml"))
            .filter(|_| naam.contains('/'))
        else {
            return Err(DefinitieFout::Onbekend(
                naam.to_owned(),
                Self::names().join(", "),
            ));
        };
        let tekst = std::str::from_utf8(bytes)
            .map_err(|_| DefinitieFout::Ongeldig(naam.to_owned(), "not UTF-8".to_owned()))?;
        let uitvraag = naam.split('/').next().unwrap_or_default();
        let codes = |lijst: &str| {
            SCHEMAS
                .text(&format!("{uitvraag}/codes/{lijst}.csv"))
                .map(str::to_owned)
        };
        let definitie = Self::parse(naam, tekst, codes)?;
        if definitie.naam() != naam {
            let reden = format!("it calls itself `{}`", definitie.naam());
            return Err(DefinitieFout::Ongeldig(naam.to_owned(), reden));
        }
        Ok(definitie)
    }

    /// Names of all definitions there are, as in `omgang/2020`, in order.
    pub fn names() -> Vec<String> {
        let mut namen: Vec<String> = SCHEMAS
            .uitvragen()
            .into_iter()
            .flat_map(|uitvraag| {
                SCHEMAS
                    .files_in(uitvraag)
                    .map(move |(naam, _)| (uitvraag, naam))
            })
            .filter_map(|(uitvraag, naam)| {
                let jaar: i32 = naam.strip_suffix(".toml")?.parse().ok()?;
                Some(format!("{uitvraag}/{jaar}"))
            })
            .collect();
        namen.sort();
        namen
    }

    /// Reads a definition from its text; `codes` gives the CSV text of a code list by name.
    ///
    /// # Errors
    /// When a key is unknown, a reference dangles or a code list is missing.
    pub fn parse(
        naam: &str,
        tekst: &str,
        codes: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, DefinitieFout> {
        let ongeldig = |reden: String| DefinitieFout::Ongeldig(naam.to_owned(), reden);
        let mut definitie: Definitie =
            toml::from_str(tekst).map_err(|e| ongeldig(e.to_string()))?;
        let mut alles = Sha256::new();
        alles.update(tekst.as_bytes());
        for lijst in definitie.codelijst_namen() {
            let csv = codes(&lijst)
                .ok_or_else(|| ongeldig(format!("code list `{lijst}` has no file")))?;
            alles.update(csv.as_bytes());
            definitie.codelijsten.insert(
                lijst.clone(),
                read_codelijst(&lijst, &csv, definitie.jaar).map_err(&ongeldig)?,
            );
        }
        definitie.hash = hex(&alles.finalize());
        definitie.regelhash = definitie.judge_hash();
        verify::verify(&definitie).map_err(ongeldig)?;
        Ok(definitie)
    }

    /// The name by which it is loaded, as in `omgang/2020`.
    pub fn naam(&self) -> String {
        format!("{}/{}", self.uitvraag, self.jaar)
    }

    /// The table of this name.
    pub fn tabel(&self, naam: &str) -> Option<&Tabel> {
        self.tabellen.iter().find(|t| t.naam == naam)
    }

    /// The rule with this code.
    pub fn regel(&self, code: &str) -> Option<&Regel> {
        self.regels.iter().find(|r| r.code == code)
    }

    fn codelijst_namen(&self) -> Vec<String> {
        let mut namen: Vec<String> = self
            .tabellen
            .iter()
            .flat_map(|t| &t.velden)
            .filter_map(|v| match &v.veldtype {
                Veldtype::Code { lijst } => Some(lijst.clone()),
                _ => None,
            })
            .collect();
        namen.sort();
        namen.dedup();
        namen
    }

    /// Covers what decides a verdict: types, code lists, gemeenten, requiredness and rules; not the words around them.
    fn judge_hash(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {} {}\n", self.uitvraag, self.jaar, self.versie));
        for tabel in &self.tabellen {
            hash.update(format!(
                "{} {:?} {}\n",
                tabel.naam, tabel.sleutel, tabel.mag_ontbreken
            ));
            for veld in &tabel.velden {
                hash.update(format!(
                    "{} {:?} {}\n",
                    veld.naam, veld.veldtype, veld.verplicht
                ));
            }
        }
        for (naam, lijst) in &self.codelijsten {
            let codes: Vec<&str> = lijst.codes.iter().map(|c| c.code.as_str()).collect();
            hash.update(format!("{naam} {codes:?}\n"));
        }
        for code in crate::gebieden::codes_of(self.jaar) {
            hash.update(format!("{code} "));
        }
        for regel in &self.regels {
            hash.update(format!(
                "{} {:?} {:?} {:?} {:?} {:?}\n",
                regel.code, regel.tabel, regel.ernst, regel.fase, regel.velden, regel.soort
            ));
        }
        hex(&hash.finalize())
    }
}

impl Tabel {
    /// The field of this name.
    pub fn veld(&self, naam: &str) -> Option<&Veld> {
        self.velden.iter().find(|v| v.naam == naam)
    }
}
