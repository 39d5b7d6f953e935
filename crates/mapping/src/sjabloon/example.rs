//! The example of the sjabloon, told from what somebody typed.
//!
//! Owns which rows are the example as it was handed out, and refusing what would be lost: rows that are partly the
//! example, data above the headers. Leaves passing over the example to `convert::by_headers`.

use std::collections::BTreeMap;

use rows::invisible_characters::trimmed;
use rows::{FileRefusal, RefusalCode};
use schema::artefacts::EXAMPLE;
use schema::{Definitie, Gebieden, Tabel, Veld, VeldType};
use sheets::grid::Raster;

use crate::dates::{DateForm, read_plain};
use crate::normalise::normal;
use crate::wording;

/// Filled cells from which a row above the headers is data, as a share of the required ones.
const REQUIRED_SHARE: f64 = 0.5;

/// Tells the example of a sheet from data.
pub(crate) struct ExampleRows<'a> {
    definitie: &'a Definitie,
    tabel: &'a Tabel,
    /// Fields with their columns.
    velden: Vec<(u32, &'a Veld)>,
    /// The example may have been another: it is told by its marks alone.
    by_mark: bool,
}

/// What a row has of the example.
enum ExampleRow {
    /// Nothing that says so.
    Own,
    /// Nothing else.
    ExampleRows,
    /// Something, and something of one's own beside it; here is the first cell that says so.
    Partly(u32),
}

impl<'a> ExampleRows<'a> {
    /// `kolommen` are fields of `tabel` with their columns.
    pub(crate) fn new(
        definitie: &'a Definitie,
        tabel: &'a Tabel,
        columns: &BTreeMap<String, usize>,
        by_mark: bool,
    ) -> Self {
        let column = |veld: &Veld| u32::try_from(*columns.get(&veld.naam)?).ok();
        let velden = tabel
            .velden
            .iter()
            .filter_map(|veld| Some((column(veld)?, veld)))
            .collect();
        Self {
            definitie,
            tabel,
            velden,
            by_mark,
        }
    }

    /// The filled cells of a row that belong to a field.
    fn cells<'b>(
        &'b self,
        row: &'b [(u32, &'b str)],
    ) -> impl Iterator<Item = (u32, &'b Veld, &'b str)> + Clone {
        let veld = |column: u32| {
            self.velden
                .iter()
                .find(|(k, _)| *k == column)
                .map(|(_, veld)| *veld)
        };
        let cells = row
            .iter()
            .filter_map(move |&(column, text)| Some((column, veld(column)?, trimmed(text))));
        cells.filter(|(_, _, text)| !text.is_empty())
    }

    fn judge(&self, row: &[(u32, &str)]) -> ExampleRow {
        let cells = self.cells(row);
        let Some((mark, ..)) = cells
            .clone()
            .find(|(_, veld, text)| self.is_mark(veld, text))
        else {
            return ExampleRow::Own;
        };
        let carries_mark = |veld: &Veld| matches!(veld.veldtype, VeldType::Pseudoniem);
        let unchanged = if self.by_mark {
            cells
                .clone()
                .all(|(_, veld, text)| !carries_mark(veld) || self.is_mark(veld, text))
        } else {
            cells
                .clone()
                .all(|(_, veld, text)| self.is_as_given(veld, text))
        };
        if unchanged {
            ExampleRow::ExampleRows
        } else {
            ExampleRow::Partly(mark)
        }
    }

    /// Whether a cell calls itself the example.
    fn is_mark(&self, veld: &Veld, text: &str) -> bool {
        match &veld.veldtype {
            // `Voorbeeld: 123` is somebody's help text.
            VeldType::Pseudoniem => after_mark(text).is_some_and(|rest| !rest.starts_with(':')),
            VeldType::Tekst { .. } => {
                after_mark(text).and_then(|rest| rest.strip_prefix('-')) == Some(self.given(veld))
            }
            _ => false,
        }
    }

    fn given(&self, veld: &Veld) -> &str {
        self.tabel
            .voorbeeld
            .get(&veld.naam)
            .map_or("", String::as_str)
    }

    /// Whether a cell holds what the example has there, however a program wrote it back.
    fn is_as_given(&self, veld: &Veld, text: &str) -> bool {
        let given = self.given(veld);
        if text == given || self.is_mark(veld, text) {
            return true;
        }
        let jaar = self.definitie.jaar;
        let same_name = |name: &str| normal(name) == normal(text);
        match &veld.veldtype {
            VeldType::Datum => {
                let day =
                    read_plain(text, jaar).or_else(|| DateForm::DayMonthYear.lees(text, jaar));
                day.is_some() && day == read_plain(given, jaar)
            }
            VeldType::Whole | VeldType::Decimal => {
                match (text.replace(',', ".").parse::<f64>(), given.parse::<f64>()) {
                    (Ok(number), Ok(given)) => (number - given).abs() < 1e-9,
                    _ => false,
                }
            }
            VeldType::Code { list } => self.definitie.codelijsten[list]
                .code(given)
                .is_some_and(|code| same_name(&code.label)),
            VeldType::Gemeente => Gebieden::get()
                .gemeente(jaar, given)
                .is_some_and(|g| same_name(&g.gemeentenaam)),
            VeldType::YesNo => same_name(given),
            VeldType::Pseudoniem | VeldType::Tekst { .. } => false,
        }
    }

    /// The rows below the headers that are the example.
    pub(crate) fn rows(&self, raster: &Raster, header_row: u64) -> Result<Vec<u32>, FileRefusal> {
        let mut out = Vec::new();
        for (number, row) in raster
            .rows()
            .filter(|(number, _)| u64::from(*number) > header_row)
        {
            match self.judge(&row) {
                ExampleRow::Own => {}
                ExampleRow::ExampleRows => out.push(number),
                ExampleRow::Partly(column) => return Err(changed(u64::from(number), column)),
            }
        }
        Ok(out)
    }

    /// Refuses data above the headers, which would be lost; gives what is to be said of other rows there. In a
    /// sjabloon (`stern`) a row of enough words is data, elsewhere it may be a second row of headers.
    pub(crate) fn judge_above(
        &self,
        above: &[(u64, Vec<String>)],
        stern: bool,
    ) -> Result<Vec<String>, FileRefusal> {
        let mut sentences = Vec::new();
        for (number, row) in above {
            let row: Vec<(u32, &str)> = (0..).zip(row.iter().map(String::as_str)).collect();
            match self.judge(&row) {
                ExampleRow::ExampleRows => {}
                ExampleRow::Partly(column) => return Err(changed(*number, column)),
                ExampleRow::Own if self.is_data(&row) && (stern || self.has_number(&row)) => {
                    let message = wording::sjabloon::EXAMPLE_ABOVE_HEADERS;
                    return Err(
                        FileRefusal::new(RefusalCode::DataAboveHeader, message).at_row(*number)
                    );
                }
                ExampleRow::Own if stern && self.cells(&row).nth(1).is_some() => {
                    sentences.push(wording::sjabloon::row_above_headers(&number));
                }
                ExampleRow::Own => {}
            }
        }
        Ok(sentences)
    }

    fn is_data(&self, row: &[(u32, &str)]) -> bool {
        let required = self
            .velden
            .iter()
            .filter(|(_, veld)| veld.verplicht)
            .count();
        let filled = self
            .cells(row)
            .filter(|(_, veld, _)| veld.verplicht)
            .count();
        filled as f64 >= REQUIRED_SHARE * required.max(2) as f64
    }

    /// Whether a date or a number stands where one is asked: a header has none.
    fn has_number(&self, row: &[(u32, &str)]) -> bool {
        let asked = |veld: &Veld| {
            matches!(
                veld.veldtype,
                VeldType::Datum | VeldType::Whole | VeldType::Decimal
            )
        };
        self.cells(row)
            .any(|(_, veld, text)| asked(veld) && text.starts_with(|c: char| c.is_ascii_digit()))
    }
}

/// What stands behind the mark, as in `VOORBEELD-V1`: `-V1`.
fn after_mark(text: &str) -> Option<&str> {
    let begin = text
        .get(..EXAMPLE.len())
        .filter(|begin| begin.eq_ignore_ascii_case(EXAMPLE))?;
    Some(&text[begin.len()..])
}

fn changed(row: u64, column: u32) -> FileRefusal {
    let message = wording::sjabloon::OWN_DATA_IN_EXAMPLE;
    FileRefusal::new(RefusalCode::ExampleChanged, message).in_cell(row, column as usize)
}
