//! What is to be read: per table the sheet, its header and how each column becomes a field.
//!
//! Owns the tasks for the reader, building one from a part of a koppeling, and the refusals when they do not fit the
//! files. Leaves which sheets become tasks to `convert::by_koppeling` and `convert::by_headers`, reading to
//! `convert::batch_reader`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rows::{FileRefusal, RefusalCode};
use schema::bevinding::OpenVeld;
use schema::definitie::Derivation;
use schema::{Definitie, Tabel, Veld, VeldType};
use sheets::SourceFile;
use sheets::grid::Raster;
use sheets::open_file::{OpenedFile, RowSource, Sheet};

use crate::code_words::{CodeSystem, CodeWords};
use crate::convert::column::{Conversion, UnitIn, VeldColumn};
use crate::convert::own_words::Own;
use crate::dates::DateForm;
use crate::gemeente::GemeenteFinder;
use crate::incoming_counts::{ColumnFate, Incoming};
use crate::koppeling::{BIRTH_DATE, Koppeling, TabelKoppeling};
use crate::normalise::normal;
use crate::numbers::DecimalSign;
use crate::odd_cells::{self, Used};
use crate::row_filter::KnownHeader;
use crate::table_layout::{HeaderRows, is_nameless};
use crate::unfold_siblings::{JOINS, JoinedPart, Unfold};
use crate::units::{Period, TimeUnit};
use crate::unused_cells;
use crate::wording;

/// One piece of a table to be read from one sheet.
pub(crate) struct Task {
    pub(crate) tabel: Tabel,
    pub(crate) bestand: String,
    pub(crate) blad: Option<String>,
    /// Last row of the header: the data begin below.
    pub(crate) kopregel: u64,
    pub(crate) headers: Vec<String>,
    /// The header, to be known again further down.
    pub(crate) known: KnownHeader,
    /// What the rows are made into before they are converted.
    pub(crate) unfold: Unfold,
    pub(crate) kolommen: Vec<VeldColumn>,
    /// Age columns: field, column with the birth date, and the date field on which the age is taken.
    pub(crate) leeftijd_values: Vec<(VeldColumn, String)>,
    /// Field to the value that is the same in every row.
    pub(crate) vast: BTreeMap<String, String>,
    /// Columns that become something.
    pub(crate) read_columns: u64,
    /// Columns that become nothing: looked at for BSNs all the same.
    pub(crate) unused: Vec<usize>,
    /// What becomes of those; one that is not among them is no field.
    pub(crate) fates: BTreeMap<usize, ColumnFate>,
    /// What stands in the sheet, counted by itself.
    pub(crate) incoming: Incoming,
    /// Rows of the example that are passed over.
    pub(crate) examples: u64,
    pub(crate) bron: RowSource,
    pub(crate) has_cells: bool,
    pub(crate) aannames: Vec<String>,
    pub(crate) open: Vec<String>,
    /// The fields that those are about.
    pub(crate) waiting: Vec<OpenVeld>,
    /// Field, with the name of its foreign code system; empty while that is a question.
    pub(crate) foreign_codes: Vec<(String, String)>,
    /// Read from a sjabloon: an unknown value is a finding then, never a question.
    pub(crate) sjabloon: bool,
}

impl Task {
    /// Asks something about a field, for which its findings wait.
    fn ask(&mut self, veld: &str, column: Option<&str>, question: String) {
        self.open.push(question.clone());
        self.waiting.push(OpenVeld {
            tabel: self.tabel.naam.clone(),
            veld: veld.to_owned(),
            kolom: column.map(str::to_owned),
            vragen: vec![question],
        });
    }
}

/// The files with what was found in them.
pub(crate) struct Sources<'a> {
    pub(crate) bestanden: &'a [SourceFile],
    pub(crate) geopend: &'a [OpenedFile],
}

/// The sheet a table is read from.
pub(crate) struct SheetPlace<'a> {
    pub(crate) bestand: &'a SourceFile,
    pub(crate) blad: &'a Sheet,
    pub(crate) header: HeaderRows,
    pub(crate) aannames: Vec<String>,
    /// Columns for birth dates beside those of ages, each with the date field on which the age is taken.
    pub(crate) births: Vec<(VeldColumn, String)>,
}

/// The file a part of the koppeling is about, by number, and the name it has there where that is another one.
pub(crate) fn find_file<'k>(
    sources: &Sources<'_>,
    part: &'k TabelKoppeling,
    koppeling: &Koppeling,
) -> Option<(usize, Option<&'k str>)> {
    let names = koppeling.tabellen.iter().map(|t| &t.bestand);
    let one_source =
        sources.bestanden.len() == 1 && names.clone().all(|n| Some(n) == names.clone().next());
    let by_name = part
        .bestand
        .as_ref()
        .and_then(|name| sources.bestanden.iter().position(|b| b.naam == *name));
    match (by_name, &part.bestand) {
        (Some(index), _) => Some((index, None)),
        (None, Some(name)) if one_source => Some((0, Some(name))),
        (None, None) if sources.bestanden.len() == 1 => Some((0, None)),
        _ => None,
    }
}

/// The sheet it is about; a sheet that is the only one may have another name.
pub(crate) fn sheet_of<'a>(opened: &'a OpenedFile, part: &TabelKoppeling) -> Option<&'a Sheet> {
    let Some(name) = &part.blad else {
        return opened.sheets.iter().find(|b| !b.hidden);
    };
    opened
        .sheets
        .iter()
        .find(|b| b.naam.as_ref() == Some(name))
        .or(match &opened.sheets[..] {
            [only] => Some(only),
            _ => None,
        })
}

/// Whether a header holds most of the columns a part of the koppeling names.
pub(crate) fn has_columns(part: &TabelKoppeling, headers: &[String]) -> bool {
    let asked = part.kolommen.values().filter(|k| !k.is_empty());
    asked
        .clone()
        .filter(|k| find_column(headers, k).is_some())
        .count()
        * 2
        > asked.count()
}

/// The column of this name; spelling of spaces and case may differ.
pub(crate) fn find_column(headers: &[String], name: &str) -> Option<usize> {
    headers.iter().position(|k| k == name).or_else(|| {
        let wanted = normal(name);
        let mut alike = headers
            .iter()
            .enumerate()
            .filter(|(_, k)| normal(k) == wanted);
        let first = alike.next()?;
        alike.next().is_none().then_some(first.0)
    })
}

pub(crate) fn build(
    place: SheetPlace<'_>,
    tabel: &Tabel,
    definitie: &Definitie,
    gemeenten: &Arc<GemeenteFinder>,
    part: &TabelKoppeling,
) -> Result<Task, FileRefusal> {
    let SheetPlace {
        bestand: file,
        blad: sheet,
        header,
        aannames: assumptions,
        births,
    } = place;
    let header_row = header.last;
    let known = KnownHeader::new(&header, definitie);
    let missing = |header: &str| {
        let message = wording::koppeling::column_not_in_file(&header);
        FileRefusal::new(RefusalCode::ColumnMissing, message)
            .at_row(header_row)
            .in_file(&file.naam)
            .on_sheet(sheet.naam.as_deref())
    };
    let unfold = unfold_of(part, tabel, &header.headers).map_err(|name| missing(&name))?;
    let source = sheet.rows(file, header_row)?;
    let incoming = Incoming::of(sheet, file, &header)?;
    let mut task = Task {
        tabel: tabel.clone(),
        bestand: file.naam.clone(),
        blad: sheet.naam.clone(),
        kopregel: header_row,
        headers: unfold.names(&header.headers),
        known,
        unfold,
        kolommen: Vec::new(),
        leeftijd_values: Vec::new(),
        vast: part.vast.clone(),
        unused: Vec::new(),
        fates: BTreeMap::new(),
        incoming,
        read_columns: 0,
        examples: 0,
        bron: source,
        has_cells: sheet.has_cells(),
        aannames: assumptions,
        open: Vec::new(),
        waiting: Vec::new(),
        foreign_codes: Vec::new(),
        sjabloon: false,
    };
    for veld in &tabel.velden {
        let Some(header) = part.source_of(&veld.naam) else {
            if let Some(column) = part.column_of(&veld.naam) {
                let told = wording::koppeling::column_counts_longer;
                task.aannames
                    .push(told(&column, &definitie.jaar, &veld.label));
            } else if part.asks_column_of(veld) && !part.vast.contains_key(&veld.naam) {
                let question = wording::koppeling::where_is_veld(&veld.label, &veld.naam);
                task.ask(&veld.naam, None, question);
            }
            continue;
        };
        let Some(number) = find_column(&task.headers, header) else {
            return Err(missing(header));
        };
        add_field(
            &mut task,
            veld,
            (header, number),
            definitie,
            gemeenten,
            part,
        );
    }
    for column in part
        .te_plaatsen
        .iter()
        .filter(|(k, v)| v.is_empty() && !part.knows_column(k))
        .map(|(k, _)| k)
    {
        task.open
            .push(wording::koppeling::what_is_in_column(&column));
    }
    task.leeftijd_values.extend(births);
    note_use(&mut task, sheet);
    if let Some(raster) = sheet.raster() {
        let sentences = judge_cells(raster, &task)
            .map_err(|w| w.in_file(&file.naam).on_sheet(sheet.naam.as_deref()))?;
        task.aannames.extend(sentences);
    }
    Ok(task)
}

/// Notes how many columns are read, and which are not.
fn note_use(task: &mut Task, sheet: &Sheet) {
    let used = |n: &usize| {
        task.kolommen
            .iter()
            .map(|k| k.bron)
            .chain(task.leeftijd_values.iter().map(|(k, _)| k.bron))
            .any(|b| b == *n)
            || task.unfold.uses(*n)
    };
    // A column without a name is one only where something stands in it.
    let filled = sheet
        .raster()
        .map(|raster| raster.filled_columns(task.kopregel, task.unfold.width));
    let is_there = |n: &usize| {
        let filled = filled.as_ref().is_none_or(|filled| filled[*n]);
        filled || !is_nameless(&task.headers[*n])
    };
    task.read_columns = (0..task.unfold.width).filter(used).count() as u64;
    task.unused = (0..task.unfold.width)
        .filter(|n| !used(n) && is_there(n))
        .collect();
}

/// What the rows of a sheet are made into by a part of the koppeling; the name of a column in it that is not there.
fn unfold_of(part: &TabelKoppeling, tabel: &Tabel, headers: &[String]) -> Result<Unfold, String> {
    let place = |name: &str| find_column(headers, name).ok_or_else(|| name.to_owned());
    let group = |names: &Vec<String>| names.iter().map(|name| place(name)).collect();
    let groups = part.naast_elkaar.iter().map(group);
    let mut unfold = Unfold {
        width: headers.len(),
        groups: groups.collect::<Result<_, String>>()?,
        joined: Vec::new(),
    };
    let births = tabel.velden.iter().filter_map(|veld| {
        let derived = part.afgeleid.get(&veld.naam)? == BIRTH_DATE;
        let column = find_column(headers, part.source_of(&veld.naam)?)?;
        let form = part.datumvorm.get(&veld.naam);
        derived.then(|| (column, form.and_then(|form| DateForm::parse(form))))
    });
    let births: BTreeMap<usize, Option<DateForm>> = births.collect();
    for veld in &tabel.velden {
        let Some(name) = part.source_of(&veld.naam) else {
            continue;
        };
        let known = find_column(&unfold.names(headers), name).is_some();
        if known || !name.contains(JOINS) {
            continue;
        }
        let columns: Vec<usize> = name.split(JOINS).map(place).collect::<Result<_, _>>()?;
        let joined = columns.into_iter().map(|column| JoinedPart {
            column,
            is_date: births.contains_key(&column),
            form: births.get(&column).copied().flatten(),
        });
        unfold.joined.push(joined.collect());
    }
    Ok(unfold)
}

/// Judges what is odd about the cells that the task uses, and looks for BSNs in those it does not.
fn judge_cells(raster: &Raster, task: &Task) -> Result<Vec<String>, FileRefusal> {
    let columns = || {
        task.kolommen
            .iter()
            .chain(task.leeftijd_values.iter().map(|(k, _)| k))
    };
    let width = task.unfold.width;
    odd_cells::judge_table(
        raster,
        task.kopregel,
        &task.headers[..width],
        columns().map(|k| k.bron),
    )?;
    let used: Vec<Used<'_>> = columns()
        .filter_map(|k| {
            Some(Used {
                number: k.bron,
                kop: &k.kop,
                veldtype: &task.tabel.veld(&k.veld)?.veldtype,
            })
        })
        .collect();
    let sentences = odd_cells::judge_columns(raster, task.kopregel, &used)?;
    unused_cells::judge(raster, |row, column| {
        u64::from(row) < task.kopregel || column as usize >= width
    })?;
    Ok(sentences)
}

/// The unit of the column of a field.
fn unit_in(part: &TabelKoppeling, veld: &Veld) -> UnitIn {
    if !TimeUnit::matters_for(veld) {
        return UnitIn::Same;
    }
    match part
        .eenheid
        .get(&veld.naam)
        .and_then(|u| TimeUnit::parse(u))
    {
        Some(TimeUnit::Minutes) => UnitIn::Same,
        Some(TimeUnit::Hours) => UnitIn::Hours,
        None => UnitIn::Unsaid,
    }
}

fn add_field(
    task: &mut Task,
    veld: &Veld,
    (header, number): (&str, usize),
    definitie: &Definitie,
    gemeenten: &Arc<GemeenteFinder>,
    part: &TabelKoppeling,
) {
    let jaar = definitie.jaar;
    let vorm = || {
        part.datumvorm
            .get(&veld.naam)
            .and_then(|v| DateForm::parse(v))
    };
    if part.datumvorm.get(&veld.naam).is_some_and(String::is_empty) {
        let question = wording::koppeling::which_date_format(&header);
        task.ask(&veld.naam, Some(header), question);
    }
    if part
        .afgeleid
        .get(&veld.naam)
        .is_some_and(|kind| kind == BIRTH_DATE)
        && let Some(Derivation::Leeftijd { op: on, .. }) = &veld.afleiding
    {
        task.aannames
            .push(wording::koppeling::age_calculated(&veld.label, &header));
        task.leeftijd_values.push((
            VeldColumn::new(
                &veld.naam,
                header,
                number,
                Conversion::Datum {
                    vorm: vorm(),
                    own: Own::new(part.waarden.get(&veld.naam)),
                },
                jaar,
            ),
            on.clone(),
        ));
        return;
    }
    let period = part.periode.get(&veld.naam);
    let longer = || Period::is_in_doubt(definitie, veld, header);
    if period.map_or_else(longer, String::is_empty) {
        let question = wording::koppeling::over_which_time(&header, &jaar, &veld.naam);
        task.ask(&veld.naam, Some(header), question);
    }
    let decimal_sign = part
        .getalvorm
        .get(&veld.naam)
        .and_then(|v| DecimalSign::parse(v));
    let own = || Own::new(part.waarden.get(&veld.naam));
    let conversion = match &veld.veldtype {
        VeldType::Pseudoniem => Conversion::Tekst { free: false },
        VeldType::Tekst { .. } => Conversion::Tekst { free: true },
        VeldType::Whole => Conversion::Whole {
            vorm: decimal_sign,
            own: own(),
            unit: unit_in(part, veld),
        },
        VeldType::Decimal => Conversion::Decimal {
            vorm: decimal_sign,
            own: own(),
        },
        VeldType::Datum => Conversion::Datum {
            vorm: vorm(),
            own: Own::new(part.waarden.get(&veld.naam)),
        },
        VeldType::YesNo => Conversion::YesNo { own: own() },
        VeldType::Gemeente => Conversion::Gemeente {
            finder: gemeenten.clone(),
            own: own(),
        },
        VeldType::Code { list } => {
            let system = part.codestelsel.get(&veld.naam).map(String::as_str);
            match system {
                Some("") => {
                    let question = wording::koppeling::which_code_system(&header);
                    task.ask(&veld.naam, Some(header), question);
                    task.foreign_codes.push((veld.naam.clone(), String::new()));
                }
                Some(name @ ("ijw" | "cbs")) => task
                    .foreign_codes
                    .push((veld.naam.clone(), name.to_owned())),
                _ => {}
            }
            let system = system.and_then(CodeSystem::parse);
            Conversion::Code {
                woorden: Box::new(CodeWords::new(
                    &definitie.codelijsten[list],
                    veld,
                    &definitie.mapping_words,
                )),
                own: own(),
                system,
            }
        }
    };
    task.kolommen.push(VeldColumn::new(
        &veld.naam, header, number, conversion, jaar,
    ));
}
