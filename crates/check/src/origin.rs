//! Where a canonical row stands in a pakket.
//!
//! Owns the [`Origin`] that exporter and service share once the file is a pakket: canonical CSV, one line of
//! header, fields in the order of the table. The way back to a provider's own file is `mapping`'s.

use std::collections::BTreeMap;

use schema::bevinding::column_letters;
use schema::{Definitie, Origin, Place};

/// The places of a pakket: `<tabel>.csv`, row i+2, the field's own name as column.
#[derive(Debug, Clone)]
pub struct PakketOrigin {
    velden: BTreeMap<String, Vec<String>>,
}

impl PakketOrigin {
    /// The places of a pakket made by this definition.
    pub fn new(definitie: &Definitie) -> Self {
        let velden = definitie
            .tabellen
            .iter()
            .map(|tabel| {
                (
                    tabel.naam.clone(),
                    tabel.velden.iter().map(|v| v.naam.clone()).collect(),
                )
            })
            .collect();
        Self { velden }
    }
}

impl Origin for PakketOrigin {
    fn place(&self, tabel: &str, row: Option<u64>, veld: Option<&str>) -> Place {
        let row = row.map(|row| row + 2);
        let index = veld.and_then(|veld| self.velden.get(tabel)?.iter().position(|v| v == veld));
        let cell = match (row, index) {
            (Some(row), Some(index)) => Some(format!("{}{row}", column_letters(index))),
            _ => None,
        };
        Place {
            bestand: Some(format!("{tabel}.csv")),
            blad: None,
            rij: row,
            kolom: veld.map(str::to_owned),
            cel: cell,
            nummer: None,
        }
    }
}
