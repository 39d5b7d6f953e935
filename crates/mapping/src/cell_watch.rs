//! What stands in the own cells that findings are about, and under which own number, as a reader passes them.
//!
//! A judgement is over canonical values. Who has to mend a cell looks for what stands in it, so the file is read once more,
//! as far as the last finding, and each found value that came out of one cell becomes the text of that cell. Owns
//! that, and the own number of the row. Leaves reading to `convert`, and what may be told of a BSN to `rows`. A birth date is
//! never told: of an age the found value stays the age.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt16Type;
use arrow_array::{Array, RecordBatch};
use rows::invisible_characters::trimmed;
use schema::bevinding::spelling;
use schema::{Bevinding, Oordeel, Veld, VeldType};
use sheets::Cell;

use crate::convert::column::VeldColumn;
use crate::convert::table::RunningTable;
use crate::read_plan::Task;

/// Longest value that is shown, in characters: as long as `check` shows one.
const LONGEST: usize = 100;

/// A row of the source: file, sheet, number.
type RowPlace = (String, Option<String>, u64);

/// The rows that findings are about, and what was seen of them.
pub(crate) struct CellWatch {
    /// Per table its rows, with the fields that are asked for.
    wanted: BTreeMap<String, BTreeMap<RowPlace, BTreeSet<String>>>,
    /// Rows of the batch under way: their place in it, what stands in their cells, and their own number.
    pending: Vec<(usize, RowPlace, OwnRow)>,
    seen: BTreeMap<(String, RowPlace), OwnRow>,
}

/// What stands in a row.
#[derive(Default)]
struct OwnRow {
    number: Option<String>,
    /// By field: what stands in its cell, and the canonical value that was made of it.
    cells: BTreeMap<String, (String, String)>,
}

/// The field with the own number of a row: its key, or that of the family where each child is a row. Never one out of
/// columns that stand side by side, in which children have names and birth dates.
pub(crate) fn number_field(task: &Task) -> Option<&VeldColumn> {
    let unfold = &task.unfold;
    let is_number = |veld: &&Veld| veld.veldtype == VeldType::Pseudoniem;
    let is_key = |veld: &Veld| task.tabel.sleutel.contains(&veld.naam);
    let numbers = task.tabel.velden.iter().filter(is_number);
    let (keys, others): (Vec<&Veld>, Vec<&Veld>) = numbers.partition(|veld| is_key(veld));
    let column = |veld: &Veld| {
        let mut columns = task.kolommen.iter();
        columns.find(|k| k.veld == veld.naam)
    };
    let key = keys.into_iter().find_map(column);
    if unfold.is_plain() {
        return key;
    }
    let of_row = |column: &&VeldColumn| is_of_row(task, column.bron);
    // Where each row is one child, its other numbers may be a column of names.
    if unfold.groups.is_empty() {
        return key.filter(of_row);
    }
    let mut others = others.into_iter();
    let other = || others.find_map(|veld| column(veld).filter(of_row));
    key.filter(of_row).or_else(other)
}

/// Whether a column stands in the file as it is, and is of the whole row.
fn is_of_row(task: &Task, column: usize) -> bool {
    let mut beside = task.unfold.groups.iter().flatten();
    column < task.unfold.width && !beside.any(|k| *k == column)
}

/// The column with the own number of a row, where need be one of those that a number is made of.
fn number_column(task: &Task) -> Option<usize> {
    let parts = task.unfold.joined.iter().flatten();
    let mut parts = parts.filter(|part| !part.is_date).map(|part| part.column);
    let part = || parts.find(|column| is_of_row(task, *column));
    number_field(task).map(|field| field.bron).or_else(part)
}

/// The findings, and the first of each cause.
pub(crate) fn all(oordeel: &Oordeel) -> impl Iterator<Item = &Bevinding> {
    let causes = oordeel.oorzaken.iter().map(|cause| &cause.eerste);
    oordeel.bevindingen.iter().chain(causes)
}

/// Rule, table and field: findings of one cause share them.
fn subject(bevinding: &Bevinding) -> (String, String, String) {
    let Bevinding {
        code, tabel, veld, ..
    } = bevinding;
    (code.clone(), tabel.clone(), veld.clone())
}

fn place_of(bevinding: &Bevinding) -> Option<RowPlace> {
    let place = &bevinding.plaats;
    Some((place.bestand.clone()?, place.blad.clone(), place.rij?))
}

impl CellWatch {
    pub(crate) fn new<'a>(bevindingen: impl Iterator<Item = &'a Bevinding>) -> Self {
        let mut wanted: BTreeMap<String, BTreeMap<RowPlace, BTreeSet<String>>> = BTreeMap::new();
        for bevinding in bevindingen {
            if let Some(place) = place_of(bevinding) {
                let rows = wanted.entry(bevinding.tabel.clone()).or_default();
                let velden = rows.entry(place).or_default();
                velden.insert(bevinding.veld.clone());
            }
        }
        Self {
            wanted,
            pending: Vec::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Whether nothing is looked for any more.
    pub(crate) fn is_done(&self) -> bool {
        self.pending.is_empty() && self.wanted.values().all(BTreeMap::is_empty)
    }

    /// Looks at the block that was just converted. Of rows that were made out of one the cells tell too little, but they
    /// have the number of that one.
    pub(crate) fn look(&mut self, running: &RunningTable) {
        let task = &running.task;
        let Some(wanted) = self.wanted.get_mut(&task.tabel.naam) else {
            return;
        };
        let number = number_column(task);
        let block = &running.blok;
        let before = running.rijen - block.len();
        let column = |veld: &String| task.kolommen.iter().find(|k| k.veld == *veld);
        for (index, row) in block.row_numbers().iter().enumerate() {
            let place = (task.bestand.clone(), task.blad.clone(), *row);
            let Some(velden) = wanted.remove(&place) else {
                continue;
            };
            let text = |column: usize| {
                let cell = block.cell(index, column);
                Some(as_shown(cell, task.has_cells)).filter(|text| !text.is_empty())
            };
            let text_of = |veld: &String| text(column(veld)?.bron);
            let is_plain = task.unfold.is_plain();
            let cells = velden
                .iter()
                .filter(|_| is_plain)
                .filter_map(|veld| Some((veld.clone(), (text_of(veld)?, String::new()))));
            let own = OwnRow {
                number: number.and_then(text),
                cells: cells.collect(),
            };
            self.pending.push((before + index, place, own));
        }
    }

    /// Takes the canonical values of the rows that were seen since the last batch.
    pub(crate) fn compare(&mut self, tabel: &str, batch: &RecordBatch) {
        for (row, place, mut own) in self.pending.drain(..) {
            for (veld, (_, canonical)) in &mut own.cells {
                value(batch, veld, row).clone_into(canonical);
            }
            self.seen.insert((tabel.to_owned(), place), own);
        }
    }

    fn row(&self, bevinding: &Bevinding) -> Option<&OwnRow> {
        let key = (bevinding.tabel.clone(), place_of(bevinding)?);
        self.seen.get(&key)
    }

    /// What stands in the cell of a finding, where what was found is the value that was made of it.
    fn text(&self, bevinding: &Bevinding) -> Option<String> {
        let (text, canonical) = self.row(bevinding)?.cells.get(&bevinding.veld)?;
        let found = bevinding.gevonden.as_deref()?;
        (found == shortened(canonical)).then(|| shortened(text))
    }

    pub(crate) fn tell(&self, oordeel: &mut Oordeel) {
        let mut texts: Vec<Option<String>> =
            oordeel.bevindingen.iter().map(|b| self.text(b)).collect();
        let mut alike: BTreeMap<(String, String, String), Vec<usize>> = BTreeMap::new();
        for (i, bevinding) in oordeel.bevindingen.iter().enumerate() {
            alike.entry(subject(bevinding)).or_default().push(i);
        }
        for cause in &mut oordeel.oorzaken {
            let alike = alike.get(&subject(&cause.eerste)).into_iter().flatten();
            let covered: Vec<usize> = alike
                .copied()
                .filter(|i| cause.covers(&oordeel.bevindingen[*i]))
                .collect();
            let own = self.text(&cause.eerste);
            let vorm = cause.vorm.as_ref().and(own.as_deref()).map(spelling);
            // What is told of many cells at once must hold for each of them.
            let holds = |text: &Option<String>| match (&vorm, text) {
                (Some(vorm), Some(text)) => spelling(text) == *vorm,
                _ => *text == own,
            };
            if covered.iter().all(|i| holds(&texts[*i])) {
                cause.eerste.gevonden = own.or(cause.eerste.gevonden.take());
                cause.vorm = vorm.or(cause.vorm.take());
            } else {
                for i in covered {
                    texts[i] = None;
                }
            }
            cause.eerste.plaats.nummer = self.row(&cause.eerste).and_then(|r| r.number.clone());
        }
        for (bevinding, text) in oordeel.bevindingen.iter_mut().zip(texts) {
            bevinding.plaats.nummer = self.row(bevinding).and_then(|row| row.number.clone());
            if text.is_some() {
                bevinding.gevonden = text;
            }
        }
    }
}

/// A value as it is shown: never endless.
fn shortened(value: &str) -> String {
    match value.char_indices().nth(LONGEST) {
        None => value.to_owned(),
        Some((at, _)) => format!("{}…", &value[..at]),
    }
}

/// What a cell shows. Of a workbook a day and a number are kept otherwise than they are read: as a Dutch program shows them.
fn as_shown(cell: Cell<'_>, in_sheet: bool) -> String {
    match cell {
        Cell::Number(digits) if in_sheet => digits.replace('.', ","),
        // How many zeros end a number is the driver's: the same number is told alike, whatever it came out of.
        Cell::Number(digits) if digits.contains('.') && !digits.contains(['e', 'E']) => {
            let digits = digits.trim_end_matches('0');
            digits.trim_end_matches('.').to_owned()
        }
        Cell::Date(day) if in_sheet => {
            let date = day.get(..10).and_then(|date| date.parse().ok());
            date.map_or_else(
                || day.to_owned(),
                |date: chrono::NaiveDate| {
                    format!("{}{}", date.format("%d-%m-%Y"), day[10..].replace('T', " "))
                },
            )
        }
        cell => trimmed(cell.text()).to_owned(),
    }
}

/// The canonical value of a field in a row of a batch; empty where there is none.
fn value<'a>(batch: &'a RecordBatch, veld: &str, row: usize) -> &'a str {
    let Some(column) = batch.column_by_name(veld).filter(|c| c.is_valid(row)) else {
        return "";
    };
    if let Some(texts) = column.as_string_opt::<i32>() {
        return texts.value(row);
    }
    let keyed = column.as_dictionary_opt::<UInt16Type>();
    let text = keyed.and_then(|keyed| {
        let texts = keyed.values().as_string_opt::<i32>()?;
        Some(texts.value(keyed.key(row)?))
    });
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_cell_is_told_as_it_is_shown() {
        for (cell, in_sheet, shown) in [
            (Cell::Date("2020-03-02"), true, "02-03-2020"),
            (
                Cell::Date("2020-03-02T13:45:00"),
                true,
                "02-03-2020 13:45:00",
            ),
            (Cell::Date("2020-03-02"), false, "2020-03-02"),
            (Cell::Number("1512.5"), true, "1512,5"),
            (Cell::Number("1512.5"), false, "1512.5"),
            (Cell::Number("1.250"), false, "1.25"),
            (Cell::Number("1250"), false, "1250"),
            (Cell::Text(" OH "), true, "OH"),
        ] {
            assert_eq!(as_shown(cell, in_sheet), shown);
        }
    }
}
