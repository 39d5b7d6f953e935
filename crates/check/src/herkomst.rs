//! Where a canonical row stands in a pakket.
//!
//! Owns the [`Herkomst`] that exporter and service share once the file is a pakket: canonical CSV, one line of
//! header, fields in the order of the table. The way back to a provider's own file is `mapping`'s.

use std::collections::BTreeMap;

use schema::bevinding::column_letters;
use schema::{Definitie, Herkomst, Plaats};

/// The places of a pakket: `<tabel>.csv`, row i+2, the field's own name as column.
#[derive(Debug, Clone)]
pub struct PakketHerkomst {
    velden: BTreeMap<String, Vec<String>>,
}

impl PakketHerkomst {
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

impl Herkomst for PakketHerkomst {
    fn plaats(&self, tabel: &str, rij: Option<u64>, veld: Option<&str>) -> Plaats {
        let rij = rij.map(|rij| rij + 2);
        let index = veld.and_then(|veld| self.velden.get(tabel)?.iter().position(|v| v == veld));
        let cel = match (rij, index) {
            (Some(rij), Some(index)) => Some(format!("{}{rij}", column_letters(index))),
            _ => None,
        };
        Plaats {
            bestand: Some(format!("{tabel}.csv")),
            blad: None,
            rij,
            kolom: veld.map(str::to_owned),
            cel,
        }
    }
}
