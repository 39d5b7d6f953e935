//! What is to be read without a koppeling: sheets whose headers are canonical names or labels, as in the sjabloon.
//!
//! Owns recognising those sheets and saying what was passed over: other sheets, other columns, the example. Leaves
//! what a sjabloon is to `sjabloon`, building a task to `read_plan`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rows::{FileRefusal, RefusalCode};
use schema::artefacts::{LIST_SHEET, README_SHEET};
use schema::confusables::hidden;
use schema::definitie::Derivation;
use schema::{Definitie, Tabel, Veld};
use sheets::SourceFile;
use sheets::grid::Raster;
use sheets::open_file::Sheet;

use crate::convert::column::{Conversion, VeldColumn};
use crate::convert::own_words::Own;
use crate::dates::DateForm;
use crate::gemeente::GemeenteFinder;
use crate::header_likeness::{HeaderWord, VeldNames, canonical_columns, name_fits};
use crate::header_row::{HeaderEvidence, SEARCH_ROWS, unique_names};
use crate::koppeling::TabelKoppeling;
use crate::qualifiers::Qualifiers;
use crate::read_plan::{SheetPlace, Sources, Task, build};
use crate::sjabloon::example::ExampleRows;
use crate::sjabloon::{self, Sjabloon};
use crate::table_layout::{HeaderRows, SheetLayout};
use crate::units::TimeUnit;
use crate::unused_cells;
use crate::weights::{EQUAL, PERHAPS_MEANT, SHEET_NAME_CANONICAL};
use crate::wording;

/// Tasks by canonical headers and labels, without a koppeling.
pub(crate) fn by_headers(
    sources: &Sources<'_>,
    definitie: &Definitie,
) -> Result<Vec<Task>, FileRefusal> {
    let gemeenten = GemeenteFinder::before(definitie.jaar);
    let mut per_tabel: BTreeMap<usize, Vec<Task>> = BTreeMap::new();
    let mut sentences = Vec::new();
    for (file, opened) in sources.bestanden.iter().zip(sources.geopend) {
        let mentions = |w: FileRefusal| w.in_file(&file.naam);
        let sjabloon = Sjabloon::of(opened, definitie).map_err(mentions)?;
        let evidence = HeaderEvidence::new(
            sjabloon
                .as_ref()
                .map_or(definitie, |s| s.edition(definitie)),
        );
        sentences.extend(sjabloon.iter().flat_map(|s| s.sentences.iter().cloned()));
        let mut recognised = false;
        for sheet in &opened.sheets {
            let loaded = read_sheet(
                file,
                sheet,
                &evidence,
                definitie,
                sjabloon.as_ref(),
                &gemeenten,
            );
            match loaded.map_err(|w| mentions(w).on_sheet(sheet.naam.as_deref()))? {
                SheetOutcome::Task(index, task) => {
                    recognised = true;
                    per_tabel.entry(index).or_default().push(*task);
                }
                SheetOutcome::Empty => recognised = true,
                SheetOutcome::Niets => sentences.extend(unused(sheet)),
            }
        }
        if !recognised {
            let visible = opened.sheets.iter().filter(|b| !b.hidden);
            if visible
                .map(|b| b.begin(file, 1))
                .all(|begin| begin.is_ok_and(|b| b.is_empty()))
            {
                return Err(mentions(FileRefusal::empty()));
            }
            let message = wording::sjabloon::OTHER_HEADERS;
            return Err(FileRefusal::new(RefusalCode::HeaderUnknown, message).in_file(&file.naam));
        }
    }
    let mut taken: Vec<Task> = per_tabel.into_values().flatten().collect();
    if let Some(first) = taken.first_mut() {
        first.aannames.splice(..0, sentences);
    }
    Ok(taken)
}

/// What a sheet turned out to be.
enum SheetOutcome {
    /// A piece of the table with this index.
    Task(usize, Box<Task>),
    /// A table without rows, which may be left out.
    Empty,
    /// No table of the uitvraag.
    Niets,
}

/// What is to be said of a sheet that is no table.
fn unused(sheet: &Sheet) -> Option<String> {
    let name = sheet.naam.as_deref()?;
    let own = name == README_SHEET || sheet.hidden || sheet.raster().is_none_or(Raster::is_empty);
    (!own).then(|| wording::sjabloon::no_table_of_uitvraag(&name))
}

/// A sheet whose headers are those of a table.
struct Recognised {
    /// Place of the header among the first rows.
    place: usize,
    headers: Vec<String>,
    /// The first name that stands there twice.
    duplicate: Option<String>,
    /// Index of the table in the edition of the sheet.
    tabel: usize,
    /// Fields with their columns.
    columns: BTreeMap<String, usize>,
}

fn read_sheet(
    file: &SourceFile,
    sheet: &Sheet,
    evidence: &HeaderEvidence,
    definitie: &Definitie,
    sjabloon: Option<&Sjabloon>,
    gemeenten: &Arc<GemeenteFinder>,
) -> Result<SheetOutcome, FileRefusal> {
    let edition = sjabloon.map_or(definitie, |s| s.edition(definitie));
    let begin = sheet.begin(file, SEARCH_ROWS)?;
    let layout = SheetLayout::new(&begin, sheet.raster());
    let found = evidence
        .find_header(&begin)
        .and_then(|place| recognise(edition, file, sheet, place, &layout.named(place)));
    let Some(found) = found else {
        if let Some(raster) = sheet.raster() {
            unused_cells::judge(raster, |_, _| true)?;
        }
        return Ok(SheetOutcome::Niets);
    };
    let header_row = begin[found.place].0;
    if sheet.hidden {
        return judge_hidden(sheet, begin.len() == found.place + 1);
    }
    if let Some(name) = &found.duplicate {
        let message = wording::sjabloon::column_twice(&name);
        return Err(FileRefusal::new(RefusalCode::HeaderDuplicate, message).at_row(header_row));
    }
    let vorm = &edition.tabellen[found.tabel];
    let tabellen = &definitie.tabellen;
    let Some(index) = tabellen.iter().position(|t| t.naam == vorm.naam) else {
        return Ok(SheetOutcome::Niets);
    };
    let tabel = &tabellen[index];
    let by_mark = sjabloon.is_some_and(Sjabloon::is_of_earlier_version);
    let example = ExampleRows::new(edition, vorm, &found.columns, by_mark);
    let above = example.judge_above(&begin[..found.place], sjabloon.is_some())?;
    let examples = sheet
        .raster()
        .map_or_else(|| Ok(Vec::new()), |raster| example.rows(raster, header_row))?;
    // A sheet of the sjabloon that was left empty is no table: its stock may be counted then.
    if tabel.mag_ontbreken && begin.len() == found.place + 1 + examples.len() {
        return Ok(SheetOutcome::Empty);
    }
    let columns = found
        .columns
        .into_iter()
        .map(|(veld, number)| (veld, found.headers[number].clone()))
        .collect();
    let mut part = match sjabloon {
        Some(sjabloon) => sjabloon.koppeling(definitie, tabel, columns),
        None => TabelKoppeling {
            kolommen: columns,
            ..TabelKoppeling::default()
        },
    };
    part.eenheid = TimeUnit::as_asked(tabel);
    let place = SheetPlace {
        bestand: file,
        blad: sheet,
        header: HeaderRows::plain(header_row, &found.headers),
        aannames: Vec::new(),
        births: match sjabloon {
            Some(_) => birth_columns(tabel, &found.headers, definitie.jaar),
            None => Vec::new(),
        },
    };
    let mut task = build(place, tabel, definitie, gemeenten, &part)?;
    keep_filled_births(&mut task, sheet);
    // Without a koppeling there are no questions: a missing column is a finding.
    task.open.clear();
    task.incoming.know_what_is_above();
    task.sjabloon = sjabloon.is_some();
    let qualifiers = Qualifiers::of(definitie);
    if sjabloon.is_none() {
        judge_own_names(&task, qualifiers)?;
    }
    let unasked: Vec<String> = task
        .unused
        .iter()
        .map(|number| unasked((tabel, qualifiers), &task.headers[*number], &part))
        .collect();
    task.aannames.extend(unasked);
    task.aannames.extend(passed_over(sheet, &above, &examples));
    task.examples = examples.len() as u64;
    task.bron.without(examples);
    Ok(SheetOutcome::Task(index, Box::new(task)))
}

/// The columns of the sjabloon for birth dates: an age is made of each date.
fn birth_columns(tabel: &Tabel, headers: &[String], jaar: i32) -> Vec<(VeldColumn, String)> {
    let of_veld = |veld: &Veld| {
        let Some(Derivation::Leeftijd { op: on, .. }) = &veld.afleiding else {
            return None;
        };
        let header = veld.birth_date_header()?;
        let number = headers.iter().position(|h| h == header)?;
        let conversion = Conversion::Datum {
            vorm: DateForm::parse(sjabloon::DATE_FORMAT),
            own: Own::default(),
        };
        let column = VeldColumn::new(&veld.naam, header, number, conversion, jaar);
        Some((column, on.clone()))
    };
    tabel.velden.iter().filter_map(of_veld).collect()
}

/// Reads birth dates only where there are any. Where no age is typed, the birth date is the cell of the age.
fn keep_filled_births(task: &mut Task, sheet: &Sheet) {
    let Some(raster) = sheet.raster() else {
        return;
    };
    let filled = raster.filled_columns(task.kopregel, task.headers.len());
    let is_filled = |column: usize| filled.get(column).is_some_and(|filled| *filled);
    let all = task.leeftijd_values.len();
    task.leeftijd_values
        .retain(|(birth, _)| is_filled(birth.bron));
    task.read_columns -= (all - task.leeftijd_values.len()) as u64;
    for (birth, _) in &task.leeftijd_values {
        let label = &task
            .tabel
            .veld(&birth.veld)
            .map_or(&birth.veld, |veld| &veld.label);
        task.aannames
            .push(wording::koppeling::age_calculated(label, &birth.kop));
        task.kolommen
            .retain(|age| age.veld != birth.veld || is_filled(age.bron));
    }
}

/// A hidden sheet is refused where there are data in it: nobody knows whether they count.
fn judge_hidden(sheet: &Sheet, is_empty: bool) -> Result<SheetOutcome, FileRefusal> {
    if is_empty || sheet.naam.as_deref() == Some(LIST_SHEET) {
        return Ok(SheetOutcome::Niets);
    }
    let message = wording::sjabloon::HIDDEN_SHEET;
    Err(FileRefusal::new(RefusalCode::HiddenData, message))
}

/// What to say of rows that do not count: those above the headers, and the example.
fn passed_over(sheet: &Sheet, above: &[String], examples: &[u32]) -> Vec<String> {
    let location = sheet
        .naam
        .as_ref()
        .map_or_else(String::new, |b| format!("Blad '{b}': "));
    let above = above.iter().map(|sentence| format!("{location}{sentence}"));
    let examples = examples
        .iter()
        .map(|row| wording::sjabloon::example_row(&location, &row));
    above.chain(examples).collect()
}

/// Refuses an aanbieder's own export that happens to share some names with the uitvraag: what is required stands in
/// it by another name, so that a koppeling is what it needs, not a finding per row.
fn judge_own_names(task: &Task, qualifiers: Qualifiers<'_>) -> Result<(), FileRefusal> {
    let filled = |veld: &Veld| {
        task.kolommen
            .iter()
            .chain(task.leeftijd_values.iter().map(|(k, _)| k))
            .any(|k| k.veld == veld.naam)
    };
    let headers: Vec<HeaderWord> = task
        .unused
        .iter()
        .map(|n| HeaderWord::new(&task.headers[*n], qualifiers))
        .collect();
    let elders = |veld: &&Veld| {
        headers
            .iter()
            .any(|header| VeldNames::new(veld, qualifiers).past(header).zekerheid >= EQUAL)
    };
    let others: Vec<&Veld> = task
        .tabel
        .velden
        .iter()
        .filter(|v| v.verplicht && !filled(v))
        .filter(elders)
        .collect();
    // One column may have been renamed by mistake: that is said with the column.
    let [first, second, ..] = others[..] else {
        return Ok(());
    };
    let message = wording::sjabloon::not_the_template(&first.label, &second.label);
    Err(FileRefusal::new(RefusalCode::HeaderUnknown, message).at_row(task.kopregel))
}

/// What to say of a column that became nothing: it may be a field that has no column yet, by another name.
fn unasked(
    (tabel, qualifiers): (&Tabel, Qualifiers<'_>),
    header: &str,
    part: &TabelKoppeling,
) -> String {
    let word = HeaderWord::new(header, qualifiers);
    let free = tabel
        .velden
        .iter()
        .filter(|v| !part.kolommen.contains_key(&v.naam));
    let fitting = free
        .map(|veld| (VeldNames::new(veld, qualifiers).past(&word), veld))
        .filter(|(past, _)| !past.afgeleid && past.zekerheid >= PERHAPS_MEANT);
    let Some((_, veld)) = fitting.max_by(|a, b| a.0.zekerheid.total_cmp(&b.0.zekerheid)) else {
        return wording::sjabloon::column_not_asked(&header);
    };
    let hidden = hidden(header)
        .map(|sentence| format!(" {sentence}"))
        .unwrap_or_default();
    wording::sjabloon::column_skipped(&header, &veld.naam, &veld.label, &hidden)
}

/// The table whose canonical names or labels a header holds.
fn recognise(
    definitie: &Definitie,
    file: &SourceFile,
    sheet: &Sheet,
    place: usize,
    header: &[String],
) -> Option<Recognised> {
    let (headers, duplicate) = unique_names(header);
    let name = sheet.naam.as_deref().unwrap_or(&file.naam);
    let mut best: Option<(f64, usize, BTreeMap<String, usize>)> = None;
    for (index, tabel) in definitie.tabellen.iter().enumerate() {
        let columns = canonical_columns(tabel, &headers);
        let required: Vec<&Veld> = tabel.velden.iter().filter(|v| v.verplicht).collect();
        let has = required
            .iter()
            .filter(|v| columns.contains_key(&v.naam))
            .count();
        if columns.len() < 2 || (columns.len() * 10 < headers.len() * 6 && has < required.len()) {
            continue;
        }
        let score = columns.len() as f64
            + has as f64 / required.len().max(1) as f64
            + if name_fits(tabel, name) {
                SHEET_NAME_CANONICAL
            } else {
                0.0
            };
        if best.as_ref().is_none_or(|(b, _, _)| score > *b) {
            best = Some((score, index, columns));
        }
    }
    let (_, tabel, columns) = best?;
    Some(Recognised {
        place,
        headers,
        duplicate: duplicate.into_iter().next().map(|(name, _)| name),
        tabel,
        columns,
    })
}
