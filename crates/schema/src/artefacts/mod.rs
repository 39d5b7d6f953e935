//! What follows from a definition and is published beside it: datapackage, JSON Schemas, sjabloon, codeboek.
//!
//! Owns their names and their making, byte for byte the same for the same definition; `make generate` writes them to
//! `schema_dir/<uitvraag>/generated/<jaar>/` and a test compares. What was written is compiled in again, so that the
//! binaries hand out exactly those files ([`artefact`]). Leaves serving them to `exporter` and `ingest`.

mod codeboek;
mod datapackage;
mod json_schema;
mod sjabloon;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::SCHEMAS;
use crate::definitie::{Definitie, RegelKind, Tabel, Veld, VeldType};

/// Why an artefact could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ArtefactError {
    /// The workbook could not be written.
    #[error("the sjabloon could not be made: {0}")]
    Werkmap(#[from] rust_xlsxwriter::XlsxError),
    /// The JSON could not be written.
    #[error("the JSON could not be made: {0}")]
    Json(#[from] serde_json::Error),
}

/// Name of the hidden sheet in the sjabloon that holds the lists behind its dropdowns. It is no hidden data.
pub const LIST_SHEET: &str = "Codelijsten";

/// Name of the first sheet of the sjabloon: how to fill it in, and for which definition it is.
pub const README_SHEET: &str = "Lees mij";

/// How the example in the sjabloon calls itself, in the columns that name a row.
pub const EXAMPLE: &str = "VOORBEELD";

/// Row in each sheet of the sjabloon that holds the headers, from 1. What stands above it (a line of help and the
/// example) is never data.
pub const HEADER_ROW: u32 = 3;

/// Custom document property of the sjabloon that names the definition, as in `omgang/2020`.
pub const PROPERTY_UITVRAAG: &str = "uitvraag";

/// Custom document property of the sjabloon that holds the version of the definition.
pub const PROPERTY_VERSION: &str = "definitieversie";

/// The workbook to fill in.
///
/// # Errors
/// When a text is longer than a workbook allows.
pub fn sjabloon(definitie: &Definitie) -> Result<Vec<u8>, ArtefactError> {
    Ok(sjabloon::workbook(definitie)?)
}

/// The codeboek as a page of HTML.
pub fn codeboek(definitie: &Definitie) -> String {
    codeboek::page(definitie)
}

/// All artefacts of a definition: file name and bytes, in the order of their names.
///
/// # Errors
/// When a text is longer than a workbook allows.
pub fn artefacts_of(definitie: &Definitie) -> Result<Vec<(String, Vec<u8>)>, ArtefactError> {
    let mut files = vec![
        ("codeboek.html".to_owned(), codeboek(definitie).into_bytes()),
        (
            "datapackage.json".to_owned(),
            json(&datapackage::of(definitie))?,
        ),
        ("sjabloon.xlsx".to_owned(), sjabloon(definitie)?),
    ];
    for tabel in &definitie.tabellen {
        files.push((
            format!("{}.schema.json", tabel.naam),
            json(&json_schema::of(definitie, tabel))?,
        ));
    }
    files.sort();
    Ok(files)
}

/// The artefact `naam` (such as `sjabloon.xlsx`) of one uitvraag in one year. What is compiled in, or stands in an added
/// folder, was generated before; for another definition of an added folder all are made at the first call.
pub fn artefact(uitvraag: &str, jaar: i32, name: &str) -> Option<&'static [u8]> {
    type Made = BTreeMap<String, &'static [u8]>;
    static MADE: Mutex<Made> = Mutex::new(BTreeMap::new());
    let folder = format!("{uitvraag}/generated/{jaar}");
    if let Some(generated) = SCHEMAS.file(&format!("{folder}/{name}")) {
        return Some(generated);
    }
    if SCHEMAS.files_in(&folder).next().is_some() {
        return None;
    }
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if !made.keys().any(|path| path.starts_with(&folder)) {
        let definitie = Definitie::load(&format!("{uitvraag}/{jaar}")).ok()?;
        for (name, bytes) in artefacts_of(&definitie).ok()? {
            made.insert(format!("{folder}/{name}"), Vec::leak(bytes));
        }
    }
    made.get(&format!("{folder}/{name}")).copied()
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, ArtefactError> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// An object whose keys keep their order: that of `serde_json::Map` depends on a feature any crate may switch on.
struct Ordered<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
        let mut map = target.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// The pattern of a pseudonym: 16 bytes in base32.
const PSEUDONYM: &str = "^[a-z2-7]{26}$";

/// Whether a rule forbids numbers below zero in this field.
fn not_negative(definitie: &Definitie, tabel: &Tabel, veld: &Veld) -> bool {
    let number = matches!(veld.veldtype, VeldType::Whole | VeldType::Decimal);
    let guarded = definitie.regels.iter().any(|regel| match &regel.soort {
        RegelKind::NietNegatief { behalve } => {
            regel.tabel.as_ref().is_none_or(|t| *t == tabel.naam) && !behalve.contains(&veld.naam)
        }
        _ => false,
    });
    number && guarded
}
