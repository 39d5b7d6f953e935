//! What the tests share: files in memory, and reading a whole file as rows of text.

use std::collections::BTreeMap;

use arrow_array::Array;
use check::TextColumn;
use mapping::{Bronverslag, Koppeling, Lezer, Voorstel, stel_voor, verken};
use rows::Weigering;
use schema::Definitie;
use sheets::Bestand;

pub type Rij = BTreeMap<String, Option<String>>;

pub fn omgang() -> Definitie {
    static OMGANG: std::sync::LazyLock<Definitie> =
        std::sync::LazyLock::new(|| Definitie::load("omgang/2020").unwrap());
    OMGANG.clone()
}

pub fn fixture(naam: &str) -> Bestand {
    let pad = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/extracten")
        .join(naam);
    Bestand::from_path(&pad)
}

pub fn voorstel(bestand: &Bestand) -> Voorstel {
    let definitie = omgang();
    stel_voor(&[verken(bestand, &definitie).unwrap()], &definitie)
}

/// Reads everything: rows per table, and the report.
pub fn lees(
    bestanden: &[Bestand],
    koppeling: Option<&Koppeling>,
) -> Result<(BTreeMap<String, Vec<Rij>>, Bronverslag), Weigering> {
    lees_voor(bestanden, &omgang(), koppeling)
}

/// The same, for another definition.
pub fn lees_voor(
    bestanden: &[Bestand],
    definitie: &Definitie,
    koppeling: Option<&Koppeling>,
) -> Result<(BTreeMap<String, Vec<Rij>>, Bronverslag), Weigering> {
    let mut lezer = Lezer::open(bestanden, definitie, koppeling)?;
    let mut tabellen: BTreeMap<String, Vec<Rij>> = BTreeMap::new();
    while let Some(partij) = lezer.volgende()? {
        let rijen = tabellen.entry(partij.tabel.clone()).or_default();
        let schema = partij.batch.schema();
        for i in 0..partij.batch.num_rows() {
            let cel = |k: usize| {
                let kolom = TextColumn::of(partij.batch.column(k)).unwrap();
                (!partij.batch.column(k).is_null(i)).then(|| kolom.value(i).to_owned())
            };
            rijen.push(
                schema
                    .fields()
                    .iter()
                    .enumerate()
                    .map(|(k, f)| (f.name().clone(), cel(k)))
                    .collect(),
            );
        }
    }
    Ok((tabellen, lezer.afronden()))
}
