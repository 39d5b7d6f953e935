//! What the koppeling leaves over: sheets and files it does not name, columns that came after it was made.
//!
//! Owns saying that these are not read, and asking where they look like something of the uitvraag, so that nothing
//! falls away in silence. What a person decided on before (`overslaan`, `lezen`) is not brought up again. Leaves
//! reading the rest to `read_plan`.

use rows::FileRefusal;
use schema::balance::PassedOver;
use schema::{Definitie, Tabel};
use sheets::SourceFile;
use sheets::open_file::Sheet;

use crate::field_evidence::Evidence;
use crate::header_likeness::{HeaderWord, VeldNames};
use crate::incoming_counts::ColumnFate;
use crate::koppeling::{Koppeling, NO, NONE_OF_THESE, SKIP, TabelKoppeling};
use crate::placement::best;
use crate::qualifiers::Qualifiers;
use crate::read_plan::{Sources, Task, find_column, find_file, has_columns, sheet_of};
use crate::source_findings::place_name;
use crate::survey::survey_sheet;
use crate::unused_cells;
use crate::weights::EQUAL;
use crate::wording;

/// Names the sheets and files that no task reads, and looks for BSNs in them.
pub(crate) fn name_sources(
    sources: &Sources<'_>,
    definitie: &Definitie,
    koppeling: &Koppeling,
    taken: &mut [Task],
) -> Result<(), FileRefusal> {
    let (mut unread, mut open) = (Vec::new(), Vec::new());
    for (index, (file, opened)) in sources.bestanden.iter().zip(sources.geopend).enumerate() {
        for sheet in &opened.sheets {
            if taken
                .iter()
                .any(|t| t.bestand == file.naam && t.blad == sheet.naam)
            {
                continue;
            }
            if let Some(raster) = sheet.raster() {
                unused_cells::judge(raster, |_, _| true)
                    .map_err(|w| w.in_file(&file.naam).on_sheet(sheet.naam.as_deref()))?;
            }
            // That it is hidden was said when it was opened.
            if sheet.hidden || sheet.is_empty_raster() {
                continue;
            }
            let location = place_name(&file.naam, sheet.naam.as_deref());
            let is_part = |part: &&TabelKoppeling| {
                !part.is_read()
                    && find_file(sources, part, koppeling).is_some_and(|(place, _)| place == index)
                    && sheet_of(opened, part).is_some_and(|b| b.naam == sheet.naam)
            };
            match koppeling.tabellen.iter().find(is_part) {
                Some(part) if part.lezen.as_deref() == Some(NO) => {}
                Some(part) => {
                    let title = definitie
                        .tabel(&part.naam)
                        .map_or(part.naam.as_str(), |t| t.titel.as_str());
                    open.push(wording::file::belongs_to_table(&location, &title));
                }
                None => match table_of(file, sheet, definitie, koppeling) {
                    Some(tabel) => open.push(ask_source(&location, file, sheet, tabel)),
                    None => unread.push(location),
                },
            }
        }
    }
    let Some(first) = taken.first_mut() else {
        return Ok(());
    };
    first.open.splice(..0, open);
    match &unread[..] {
        [] => {}
        [location] => first
            .aannames
            .push(wording::file::not_in_koppeling(&location)),
        more => first
            .aannames
            .push(wording::file::these_not_in_koppeling(&more.join(", "))),
    }
    Ok(())
}

/// The table that a sheet outside the koppeling looks like: by the columns the koppeling names, or as `koppel` sees it.
fn table_of<'a>(
    file: &SourceFile,
    sheet: &Sheet,
    definitie: &'a Definitie,
    koppeling: &Koppeling,
) -> Option<&'a Tabel> {
    // What can't be read as a table is none: that it is not read is said all the same.
    let survey = survey_sheet(file, sheet, definitie)
        .ok()
        .flatten()
        .filter(|v| v.rijen > 0)?;
    let headers: Vec<String> = survey.kolommen.iter().map(|k| k.naam.clone()).collect();
    let own = koppeling
        .tabellen
        .iter()
        .find(|part| !part.kolommen.is_empty() && has_columns(part, &headers));
    let name = match own {
        Some(part) => part.naam.clone(),
        None => best(&Evidence::new(definitie), &file.naam, &survey)?
            .tabel
            .naam
            .clone(),
    };
    definitie.tabel(&name)
}

fn ask_source(location: &str, file: &SourceFile, sheet: &Sheet, tabel: &Tabel) -> String {
    let place = sheet.naam.as_ref().map_or_else(
        || format!("bestand = \"{}\"", file.naam),
        |sheet| format!("blad = \"{sheet}\""),
    );
    wording::file::looks_like_table(&location, &tabel.titel, &tabel.naam, &place, &NO)
}

/// Asks about the columns of a task that the koppeling leaves open, or does not know.
pub(crate) fn name_columns(task: &mut Task, part: &TabelKoppeling, qualifiers: Qualifiers<'_>) {
    let location = place_name(&task.bestand, task.blad.as_deref());
    if part.rest_is_open() {
        let rest = part.niet_herkend.iter().filter(|k| !part.knows_column(k));
        let rest: Vec<String> = rest.map(|k| format!("'{k}'")).collect();
        task.open.push(wording::file::asked_of_these(
            &location,
            &rest.join(", "),
            &NONE_OF_THESE,
        ));
    }
    task.fates = task
        .unused
        .iter()
        .map(|n| (*n, fate(task, part, *n, qualifiers)))
        .collect();
}

/// What becomes of a column that no field is read from.
fn fate(
    task: &Task,
    part: &TabelKoppeling,
    number: usize,
    qualifiers: Qualifiers<'_>,
) -> ColumnFate {
    let among = |list: &[String]| {
        list.iter()
            .any(|k| find_column(&task.headers, k) == Some(number))
    };
    let mut to_place = part.te_plaatsen.iter();
    let to_place = to_place.find(|(k, _)| find_column(&task.headers, k) == Some(number));
    let words = HeaderWord::new(&task.headers[number], qualifiers).parts;
    let longer: Vec<String> = part.longer_columns().map(str::to_owned).collect();
    if among(&longer) || among(&part.overslaan) || to_place.is_some_and(|(_, veld)| veld == SKIP) {
        ColumnFate::Passed(PassedOver::Overslaan)
    } else if to_place.is_some() || (among(&part.niet_herkend) && part.rest_is_open()) {
        ColumnFate::Asked(None)
    } else if among(&part.niet_herkend) {
        ColumnFate::Passed(PassedOver::GeenVanDeze)
    } else if among(&part.te_kiezen) {
        ColumnFate::Passed(PassedOver::NietGekozen)
    } else if qualifiers.never_asked(&words) {
        ColumnFate::Passed(PassedOver::Overslaan)
    } else {
        ColumnFate::Asked(Some(ask_new_column(task, part, number, qualifiers)))
    }
}

/// What is asked about a column that came after the koppeling was made, once something stands in it.
fn ask_new_column(
    task: &Task,
    part: &TabelKoppeling,
    number: usize,
    qualifiers: Qualifiers<'_>,
) -> String {
    let location = place_name(&task.bestand, task.blad.as_deref());
    let header = &task.headers[number];
    let word = HeaderWord::new(header, qualifiers);
    let mut free = task.tabel.velden.iter().filter(|v| {
        part.source_of(&v.naam).is_none()
            && !part.kolommen.contains_key(&v.naam)
            && !part.vast.contains_key(&v.naam)
    });
    let likely = free.find(|veld| VeldNames::new(veld, qualifiers).past(&word).zekerheid >= EQUAL);
    likely.map_or_else(
        || wording::file::column_not_in_koppeling(&location, &header),
        |veld| wording::file::column_resembles(&location, &header, &veld.label, &veld.naam),
    )
}
