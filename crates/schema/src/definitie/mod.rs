//! The definition of one uitvraag in one year, read from `schema_dir/<uitvraag>/<jaar>.toml` and its code lists.
//!
//! Owns the format: every key is known or refused, and what is loaded here has been proven consistent (each code
//! list exists, each rule points at fields that exist). Leaves the meaning of `assert` texts to `check`.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};

mod calendar;
mod codelijst;
mod decisive;
mod mapping_words;
mod regel;
mod stock;
mod veld;
mod verify;

pub use crate::hash::hex;
pub use calendar::Calendar;
pub use codelijst::{Code, Codelijst};
pub use mapping_words::MappingWords;
pub use regel::{FieldOverlay, Phase, Regel, RegelKind, RegelText};
pub use stock::{in_stock, quarter_ends};
pub use veld::{Derivation, Veld, VeldType};

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
    pub klok: Calendar,
    /// Words by which columns and values that an aanbieder named itself are recognised.
    #[serde(default, rename = "koppelwoorden")]
    pub mapping_words: MappingWords,
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
pub enum DefinitieError {
    /// There is no such uitvraag or year.
    #[error("there is no definition of `{0}`; known are {1}")]
    Onbekend(String, String),
    /// The file breaks the format.
    #[error("definition `{0}` is not valid: {1}")]
    Invalid(String, String),
}

impl Definitie {
    /// Loads the definition named like `omgang/2020`.
    ///
    /// # Errors
    /// When there is none of that name, when it breaks the format, or when it names another uitvraag or year.
    pub fn load(name: &str) -> Result<Self, DefinitieError> {
        let Some(bytes) = SCHEMAS
            .file(&format!("{name}.toml"))
            .filter(|_| name.contains('/'))
        else {
            return Err(DefinitieError::Onbekend(
                name.to_owned(),
                Self::names().join(", "),
            ));
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|_| DefinitieError::Invalid(name.to_owned(), "not UTF-8".to_owned()))?;
        let uitvraag = name.split('/').next().unwrap_or_default();
        let codes = |list: &str| {
            SCHEMAS
                .text(&format!("{uitvraag}/codes/{list}.csv"))
                .map(str::to_owned)
        };
        let definitie = Self::parse(name, text, codes)?;
        if definitie.name() != name {
            let reason = format!("it calls itself `{}`", definitie.name());
            return Err(DefinitieError::Invalid(name.to_owned(), reason));
        }
        Ok(definitie)
    }

    /// Names of all definitions there are, as in `omgang/2020`, in order.
    pub fn names() -> Vec<String> {
        let mut names: Vec<String> = SCHEMAS
            .uitvragen()
            .into_iter()
            .flat_map(|uitvraag| {
                SCHEMAS
                    .files_in(uitvraag)
                    .map(move |(name, _)| (uitvraag, name))
            })
            .filter_map(|(uitvraag, name)| {
                let jaar: i32 = name.strip_suffix(".toml")?.parse().ok()?;
                Some(format!("{uitvraag}/{jaar}"))
            })
            .collect();
        names.sort();
        names
    }

    /// Reads a definition from its text; `codes` gives the CSV text of a code list by name.
    ///
    /// # Errors
    /// When a key is unknown, a reference dangles or a code list is missing.
    pub fn parse(
        name: &str,
        text: &str,
        codes: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, DefinitieError> {
        let invalid = |reason: String| DefinitieError::Invalid(name.to_owned(), reason);
        let mut definitie: Definitie = toml::from_str(text).map_err(|e| invalid(e.to_string()))?;
        let mut everything = Sha256::new();
        everything.update(text.as_bytes());
        for list in definitie.codelijst_names() {
            let csv =
                codes(&list).ok_or_else(|| invalid(format!("code list `{list}` has no file")))?;
            everything.update(csv.as_bytes());
            definitie.codelijsten.insert(
                list.clone(),
                read_codelijst(&list, &csv, definitie.jaar).map_err(&invalid)?,
            );
        }
        definitie.hash = hex(&everything.finalize());
        definitie.regelhash = decisive::hash(&definitie);
        verify::verify(&definitie).map_err(invalid)?;
        Ok(definitie)
    }

    /// The name by which it is loaded, as in `omgang/2020`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.uitvraag, self.jaar)
    }

    /// The table of this name.
    pub fn tabel(&self, name: &str) -> Option<&Tabel> {
        self.tabellen.iter().find(|t| t.naam == name)
    }

    /// The rule with this code.
    pub fn regel(&self, code: &str) -> Option<&Regel> {
        self.regels.iter().find(|r| r.code == code)
    }

    fn codelijst_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .tabellen
            .iter()
            .flat_map(|t| &t.velden)
            .filter_map(|v| match &v.veldtype {
                VeldType::Code { list } => Some(list.clone()),
                _ => None,
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }
}

impl Tabel {
    /// The field of this name.
    pub fn veld(&self, name: &str) -> Option<&Veld> {
        self.velden.iter().find(|v| v.naam == name)
    }
}
