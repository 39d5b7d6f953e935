//! CSV that leaves: RFC 4180 but for its line ends (LF), and never a formula in the reader's spreadsheet.
//!
//! Owns that every text in it is neutral (HOSTILE 31), headers included, while numbers stay numbers. Every CSV that a
//! person may open is written here: findings, figures, lists of the register, answers to an analyst. Leaves which
//! columns there are to its callers, and the canonical CSV of a pakket to the exporter.

use std::borrow::Cow;

use crate::cijfer::{Cijfer, Value};
use crate::text::neutral;

/// One CSV in memory.
#[derive(Debug)]
pub struct SafeCsv {
    csv: csv::Writer<Vec<u8>>,
    form: CsvForm,
}

/// For whom a CSV is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CsvForm {
    /// For programs: commas between cells, a point in a number.
    Plain,
    /// For a spreadsheet that is set to Dutch: semicolons between cells, a comma in a number, and a mark at the begin that
    /// says it is UTF-8.
    Dutch,
}

impl CsvForm {
    fn delimiter(self) -> u8 {
        match self {
            Self::Plain => b',',
            Self::Dutch => b';',
        }
    }

    fn mark(self) -> &'static [u8] {
        match self {
            Self::Plain => b"",
            Self::Dutch => "\u{feff}".as_bytes(),
        }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum CsvCell<'a> {
    /// Text, which is made neutral.
    Text(Cow<'a, str>),
    /// A number, as it is.
    Number(Cow<'a, str>),
    /// Nothing.
    Empty,
}

impl<'a> CsvCell<'a> {
    /// Text.
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// A number.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "numbers are passed as they are, not by reference"
    )]
    pub fn number(number: impl ToString) -> Self {
        Self::Number(Cow::Owned(number.to_string()))
    }
}

impl<'a> From<Option<&'a str>> for CsvCell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Empty, Self::text)
    }
}

impl<'a> From<Value<'a>> for CsvCell<'a> {
    fn from(value: Value<'a>) -> Self {
        match value {
            Value::Empty => Self::Empty,
            Value::Text(text) => Self::text(text),
            Value::Whole(number) => Self::number(number),
            Value::Decimal(number) => Self::number(number),
        }
    }
}

impl SafeCsv {
    /// A table with this header.
    pub fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new_in(CsvForm::Plain, header)
    }

    /// A table with this header, in this form.
    pub fn new_in<'a>(form: CsvForm, header: impl IntoIterator<Item = &'a str>) -> Self {
        let mut csv = Self::rows(form, form.mark().to_vec());
        csv.row(header.into_iter().map(CsvCell::text));
        csv
    }

    /// One figure, as a row of a table with all columns that was begun elsewhere.
    pub fn figure_row(form: CsvForm, figure: &Cijfer) -> Vec<u8> {
        let mut csv = Self::rows(form, Vec::new());
        csv.figure(figure);
        csv.finish()
    }

    fn rows(form: CsvForm, begun: Vec<u8>) -> Self {
        let csv = csv::WriterBuilder::new()
            .delimiter(form.delimiter())
            .buffer_capacity(1024)
            .from_writer(begun);
        Self { csv, form }
    }

    fn figure(&mut self, figure: &Cijfer) {
        let cells = Cijfer::COLUMNS.iter();
        self.row(cells.map(|column| (column.get)(figure).into()));
    }

    /// Adds a row, which has as many cells as the header.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = CsvCell<'a>>) {
        for cell in cells {
            let text = match &cell {
                CsvCell::Text(text) => neutral(text),
                CsvCell::Number(number) if self.form == CsvForm::Dutch => {
                    Cow::Owned(number.replace('.', ","))
                }
                CsvCell::Number(number) => Cow::Borrowed(number.as_ref()),
                CsvCell::Empty => Cow::Borrowed(""),
            };
            self.csv
                .write_field(text.as_bytes())
                .expect("writing to memory does not fail");
        }
        self.csv
            .write_record(None::<&[u8]>)
            .expect("every row has as many cells as the header");
    }

    /// The whole file.
    pub fn finish(self) -> Vec<u8> {
        self.csv
            .into_inner()
            .expect("writing to memory does not fail")
    }
}

/// Figures with all their columns.
pub fn figures<'a>(figures: impl IntoIterator<Item = &'a Cijfer>) -> Vec<u8> {
    let mut csv = SafeCsv::new(Cijfer::COLUMN_NAMES);
    for figure in figures {
        csv.figure(figure);
    }
    csv.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(header: &str, cells: [CsvCell<'_>; 3]) -> String {
        let mut csv = SafeCsv::new([header, "b", "c"]);
        csv.row(cells);
        String::from_utf8(csv.finish()).unwrap()
    }

    #[test]
    fn cells_are_quoted_where_needed() {
        let cells = [
            CsvCell::text("x,\"y\""),
            CsvCell::number(-1.5),
            CsvCell::Empty,
        ];
        assert_eq!(written("a", cells), "a,b,c\n\"x,\"\"y\"\"\",-1.5,\n");
    }

    /// Numbers have a comma, texts keep their point, and a semicolon in a text is no end of a cell.
    #[test]
    fn a_dutch_spreadsheet_reads_numbers_as_numbers() {
        let mut csv = SafeCsv::new_in(CsvForm::Dutch, ["a", "b", "c"]);
        csv.row([
            CsvCell::number(-1.5),
            CsvCell::text("<50.000"),
            CsvCell::text("x;y"),
        ]);
        let text = String::from_utf8(csv.finish()).unwrap();
        assert_eq!(text, "\u{feff}a;b;c\n-1,5;<50.000;\"x;y\"\n");
    }

    /// HOSTILE 31: text is neutral wherever it stands, a number below zero stays one.
    #[test]
    fn no_cell_and_no_header_is_a_formula() {
        let cells = [
            CsvCell::text("=1+1"),
            CsvCell::number(-2),
            CsvCell::from(Value::Text("\tx")),
        ];
        assert_eq!(written("@a", cells), "'@a,b,c\n'=1+1,-2,'\tx\n");
    }
}
