//! What is to be read by a koppeling: the sheets and rows it names.
//!
//! Owns finding each part of it in the files, and rows that stand in the koppeling itself. Leaves building a task to
//! `read_plan`, what the koppeling does not name to `leftovers`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rows::{FileRefusal, RefusalCode};
use schema::{Definitie, Tabel, Veld};
use sheets::grid::Raster;
use sheets::open_file::Sheet;
use sheets::{Cell, SourceFile};

use crate::gemeente::GemeenteFinder;
use crate::header_row::{HeaderEvidence, SEARCH_ROWS};
use crate::koppeling::{Koppeling, TabelKoppeling};
use crate::leftovers;
use crate::qualifiers::Qualifiers;
use crate::read_plan::{SheetPlace, Sources, Task, build, find_file, has_columns, sheet_of};
use crate::table_layout::{HeaderRows, SheetLayout};
use crate::units::TimeUnit;
use crate::wording;

/// Tasks by a koppeling.
pub(crate) fn by_koppeling(
    sources: &Sources<'_>,
    definitie: &Definitie,
    koppeling: &Koppeling,
) -> Result<Vec<Task>, FileRefusal> {
    koppeling.verify(definitie).map_err(|e| {
        FileRefusal::new(
            RefusalCode::MappingInvalid,
            wording::koppeling::koppeling_wrong(&e),
        )
    })?;
    let evidence = HeaderEvidence::new(definitie);
    let gemeenten = GemeenteFinder::before(definitie.jaar);
    let mut taken = Vec::new();
    for tabel in &definitie.tabellen {
        for part in koppeling
            .tabellen
            .iter()
            .filter(|d| d.naam == tabel.naam && d.is_read())
        {
            let place = find_sheet(sources, &evidence, part, koppeling)?;
            let mut task = build(place, tabel, definitie, &gemeenten, part)?;
            leftovers::name_columns(&mut task, part, Qualifiers::of(definitie));
            taken.push(task);
        }
        if let Some(rows) = koppeling.rijen.get(&tabel.naam) {
            taken.push(written_out(tabel, definitie, &gemeenten, rows)?);
        }
    }
    if taken.is_empty() {
        return Err(FileRefusal::new(
            RefusalCode::MappingInvalid,
            wording::koppeling::NO_TABLE,
        ));
    }
    leftovers::name_sources(sources, definitie, koppeling, &mut taken)?;
    Ok(taken)
}

fn find_sheet<'a>(
    sources: &Sources<'a>,
    evidence: &HeaderEvidence,
    part: &TabelKoppeling,
    koppeling: &Koppeling,
) -> Result<SheetPlace<'a>, FileRefusal> {
    let mut assumptions = Vec::new();
    let Some((index, others)) = find_file(sources, part, koppeling) else {
        let name = part.bestand.as_deref().unwrap_or("(geen naam)");
        return Err(FileRefusal::new(
            RefusalCode::MappingFile,
            wording::koppeling::file_missing(&name),
        ));
    };
    let (file, opened) = (&sources.bestanden[index], &sources.geopend[index]);
    if let Some(name) = others {
        assumptions.push(wording::koppeling::file_instead(&name, &file.naam));
    }
    let mentions = |w: FileRefusal| w.in_file(&file.naam);
    let sheet = sheet_of(opened, part).ok_or_else(|| {
        let name = part.blad.as_deref().unwrap_or_default();
        mentions(FileRefusal::new(
            RefusalCode::MappingSheet,
            wording::koppeling::sheet_missing(&name),
        ))
    })?;
    let begin = sheet.begin(file, SEARCH_ROWS)?;
    let layout = SheetLayout::new(&begin, sheet.raster());
    let has_columns = |i: &usize| has_columns(part, &layout.header(*i).headers);
    let named = part
        .kopregel
        .and_then(|r| begin.iter().position(|(number, _)| *number == r))
        .filter(has_columns);
    let place = named
        .or_else(|| (0..begin.len()).find(has_columns))
        .or_else(|| evidence.find_header(&begin));
    let place = place.ok_or_else(|| {
        mentions(FileRefusal::new(
            RefusalCode::HeaderMissing,
            wording::koppeling::HEADER_ROW_NOT_FOUND,
        ))
        .on_sheet(sheet.naam.as_deref())
    })?;
    layout
        .judge(Some(place), evidence)
        .map_err(|w| mentions(w).on_sheet(sheet.naam.as_deref()))?;
    let header = layout.header(place);
    if let Some(named) = part.kopregel.filter(|row| *row != header.kopregel) {
        assumptions.push(wording::koppeling::header_row_moved(
            &header.kopregel,
            &named,
        ));
    }
    Ok(SheetPlace {
        bestand: file,
        blad: sheet,
        header,
        aannames: assumptions,
        births: Vec::new(),
    })
}

/// Rows that stand in the koppeling itself.
fn written_out(
    tabel: &Tabel,
    definitie: &Definitie,
    gemeenten: &Arc<GemeenteFinder>,
    rows: &[BTreeMap<String, String>],
) -> Result<Task, FileRefusal> {
    let velden: Vec<&Veld> = tabel
        .velden
        .iter()
        .filter(|v| rows.iter().any(|r| r.contains_key(&v.naam)))
        .collect();
    let mut raster = Raster::new(Some(format!("[[{}]]", tabel.naam)), false, false);
    let place = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    for (k, veld) in velden.iter().enumerate() {
        raster.push(0, place(k), Cell::Text(&veld.naam))?;
    }
    for (r, row) in rows.iter().enumerate() {
        for (k, veld) in velden.iter().enumerate() {
            if let Some(value) = row.get(&veld.naam).filter(|w| !w.is_empty()) {
                raster.push(place(r + 1), place(k), Cell::Text(value))?;
            }
        }
    }
    let file = SourceFile::from_bytes("koppeling.toml", Vec::new());
    let sheet = Sheet::from_raster(raster.finish());
    let headers: Vec<String> = velden.iter().map(|v| v.naam.clone()).collect();
    let part = TabelKoppeling {
        kolommen: headers.iter().map(|k| (k.clone(), k.clone())).collect(),
        eenheid: TimeUnit::as_asked(tabel),
        ..TabelKoppeling::default()
    };
    let place = SheetPlace {
        bestand: &file,
        blad: &sheet,
        header: HeaderRows::plain(0, &headers),
        aannames: Vec::new(),
        births: Vec::new(),
    };
    build(place, tabel, definitie, gemeenten, &part)
}
