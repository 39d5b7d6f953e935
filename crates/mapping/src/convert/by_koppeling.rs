//! What is to be read by a koppeling: the sheets and rows it names.
//!
//! Owns finding each part of it in the files, and rows that stand in the koppeling itself. Leaves building a task to
//! `plan`, what the koppeling does not name to `leftovers`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rows::Weigering;
use schema::{Definitie, Tabel, Veld};
use sheets::grid::Raster;
use sheets::open_file::Blad;
use sheets::{Bestand, Cell};

use crate::gemeente::Gemeentezoeker;
use crate::headers::{Kopkennis, ZOEKRIJEN, unique_names};
use crate::koppeling::{Koppeling, Tabelkoppeling};
use crate::leftovers;
use crate::plan::{Bronnen, Plek, Taak, build, find_file, has_columns, sheet_of};

/// Tasks by a koppeling.
pub(crate) fn by_koppeling(
    bronnen: &Bronnen<'_>,
    definitie: &Definitie,
    koppeling: &Koppeling,
) -> Result<Vec<Taak>, Weigering> {
    koppeling
        .verify(definitie)
        .map_err(|e| Weigering::new("MAPPING_INVALID", format!("De koppeling klopt niet: {e}.")))?;
    let kennis = Kopkennis::new(definitie);
    let gemeenten = Gemeentezoeker::voor(definitie.jaar);
    let mut taken = Vec::new();
    for tabel in &definitie.tabellen {
        for deel in koppeling
            .tabellen
            .iter()
            .filter(|d| d.naam == tabel.naam && d.is_read())
        {
            let plek = find_sheet(bronnen, &kennis, deel, koppeling)?;
            let mut taak = build(plek, tabel, definitie, &gemeenten, deel)?;
            leftovers::name_columns(&mut taak, deel, definitie.jaar);
            taken.push(taak);
        }
        if let Some(rijen) = koppeling.rijen.get(&tabel.naam) {
            taken.push(written_out(tabel, definitie, &gemeenten, rijen)?);
        }
    }
    if taken.is_empty() {
        return Err(Weigering::new(
            "MAPPING_INVALID",
            "In de koppeling staat geen enkele tabel.",
        ));
    }
    leftovers::name_sources(bronnen, definitie, koppeling, &mut taken)?;
    Ok(taken)
}

fn find_sheet<'a>(
    bronnen: &Bronnen<'a>,
    kennis: &Kopkennis,
    deel: &Tabelkoppeling,
    koppeling: &Koppeling,
) -> Result<Plek<'a>, Weigering> {
    let mut aannames = Vec::new();
    let Some((index, anders)) = find_file(bronnen, deel, koppeling) else {
        let naam = deel.bestand.as_deref().unwrap_or("(geen naam)");
        return Err(Weigering::new(
            "MAPPING_FILE",
            format!("De koppeling noemt het bestand '{naam}', maar dat is er niet bij."),
        ));
    };
    let (bestand, geopend) = (&bronnen.bestanden[index], &bronnen.geopend[index]);
    if let Some(naam) = anders {
        aannames.push(format!(
            "De koppeling noemt het bestand '{naam}'. In plaats daarvan is '{}' gelezen.",
            bestand.naam
        ));
    }
    let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
    let blad = sheet_of(geopend, deel).ok_or_else(|| {
        let naam = deel.blad.as_deref().unwrap_or_default();
        noemt(Weigering::new(
            "MAPPING_SHEET",
            format!("De koppeling noemt het blad '{naam}', maar dat is er niet."),
        ))
    })?;
    let begin = blad.begin(bestand, ZOEKRIJEN)?;
    let heeft_kolommen = |rij: &[String]| has_columns(deel, &unique_names(rij).0);
    let genoemd = deel.kopregel.and_then(|r| {
        begin
            .iter()
            .position(|(nummer, rij)| *nummer == r && heeft_kolommen(rij))
    });
    let plek = genoemd
        .or_else(|| begin.iter().position(|(_, rij)| heeft_kolommen(rij)))
        .or_else(|| kennis.vind_kop(&begin));
    let plek = plek.ok_or_else(|| {
        noemt(Weigering::new(
            "HEADER_MISSING",
            "De rij met de namen van de kolommen is niet gevonden.",
        ))
        .op_blad(blad.naam.as_deref())
    })?;
    let (kopregel, kop) = &begin[plek];
    if deel.kopregel.is_some_and(|r| r != *kopregel) {
        aannames.push(format!(
            "De kolomnamen staan nu in rij {kopregel}, niet in rij {}.",
            deel.kopregel.unwrap_or_default()
        ));
    }
    Ok(Plek {
        bestand,
        blad,
        kopregel: *kopregel,
        koppen: unique_names(kop).0,
        aannames,
    })
}

/// Rows that stand in the koppeling itself.
fn written_out(
    tabel: &Tabel,
    definitie: &Definitie,
    gemeenten: &Arc<Gemeentezoeker>,
    rijen: &[BTreeMap<String, String>],
) -> Result<Taak, Weigering> {
    let velden: Vec<&Veld> = tabel
        .velden
        .iter()
        .filter(|v| rijen.iter().any(|r| r.contains_key(&v.naam)))
        .collect();
    let mut raster = Raster::new(Some(format!("[[{}]]", tabel.naam)), false, false);
    let plek = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    for (k, veld) in velden.iter().enumerate() {
        raster.push(0, plek(k), Cell::Text(&veld.naam))?;
    }
    for (r, rij) in rijen.iter().enumerate() {
        for (k, veld) in velden.iter().enumerate() {
            if let Some(waarde) = rij.get(&veld.naam).filter(|w| !w.is_empty()) {
                raster.push(plek(r + 1), plek(k), Cell::Text(waarde))?;
            }
        }
    }
    let bestand = Bestand::from_bytes("koppeling.toml", Vec::new());
    let blad = Blad::from_raster(raster.finish());
    let koppen: Vec<String> = velden.iter().map(|v| v.naam.clone()).collect();
    let deel = Tabelkoppeling {
        kolommen: koppen.iter().map(|k| (k.clone(), k.clone())).collect(),
        ..Tabelkoppeling::default()
    };
    let plek = Plek {
        bestand: &bestand,
        blad: &blad,
        kopregel: 0,
        koppen,
        aannames: Vec::new(),
    };
    build(plek, tabel, definitie, gemeenten, &deel)
}
