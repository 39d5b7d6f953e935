//! The files beside a page: `cijfers.json`, and `cijfers.csv` of the country and of gebieden side by side. The CSV of one gebied is
//! that of the service, which filters the table of all figures: four hundred copies of it would be a sixth of a publication.
//!
//! Owns their form: the columns of the table `cijfers`, but for those that are the same in every row. A hidden figure
//! is a row without values, in JSON in a list of its own. Leaves which figures stand in them to `page`, quoting and neutral text to `schema::SafeCsv`.

use schema::cijfer::{Column, FigureRole, Value};
use schema::{Cijfer, SafeCsv};
use serde::{Serialize, Serializer};

use crate::publicatie::{PublishedGebied, ReportPublicatie};
use crate::shown_figure::{Fact, Visibility};

/// What stands once in the JSON, and in the name and place of the CSV.
const SAME_IN_EVERY_ROW: [&str; 3] = ["uitvraag", "jaar", "momentopname"];

fn columns() -> impl Iterator<Item = &'static Column> {
    Cijfer::COLUMNS
        .iter()
        .filter(|column| !SAME_IN_EVERY_ROW.contains(&column.name))
}

/// The rows as CSV.
pub fn csv(rows: &[Fact<'_>]) -> Vec<u8> {
    let mut csv = SafeCsv::new(columns().map(|column| column.name));
    for fact in rows {
        csv.row(columns().map(|column| fact.cell(column).into()));
    }
    csv.finish()
}

/// What stands once in the JSON besides.
const SAME_IN_ONE_GEBIED: [&str; 2] = ["niveau", "gebied"];

fn json_columns() -> impl Iterator<Item = &'static Column> {
    columns().filter(|column| !SAME_IN_ONE_GEBIED.contains(&column.name))
}

/// What a figure without a value has: which one it is, and why.
fn without_value() -> impl Iterator<Item = &'static Column> {
    json_columns().filter(|column| column.role != FigureRole::Number)
}

/// The columns by name once, and a list of cells for each figure. One without a value has no numbers either: its list is of
/// fewer columns.
#[derive(Serialize)]
struct DownloadFile<'a> {
    uitvraag: &'a str,
    jaar: i32,
    versie: &'a str,
    momentopname: &'a str,
    gebied: &'a str,
    naam: &'a str,
    niveau: &'static str,
    kolommen: Vec<&'static str>,
    cijfers: Vec<FigureCells<'a>>,
    kolommen_zonder_waarde: Vec<&'static str>,
    zonder_waarde: Vec<FigureCells<'a>>,
}

/// One figure: its cells in the order of the columns.
struct FigureCells<'a>(Fact<'a>);

impl FigureCells<'_> {
    fn has_value(&self) -> bool {
        self.0.toestand() == Visibility::Shown
    }
}

impl Serialize for FigureCells<'_> {
    fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
        let cell = |column| match self.0.cell(column) {
            Value::Empty => Json::Empty,
            Value::Text(text) => Json::Text(text),
            Value::Whole(number) => Json::Whole(number),
            // A whole number needs no decimal point to be one.
            Value::Decimal(number) if number.fract() == 0.0 && number.abs() < MOST_WHOLE => {
                Json::Whole(number as i64)
            }
            Value::Decimal(number) => Json::Decimal(number),
        };
        if self.has_value() {
            target.collect_seq(json_columns().map(cell))
        } else {
            target.collect_seq(without_value().map(cell))
        }
    }
}

/// Up to here every whole number is exact as a decimal one.
const MOST_WHOLE: f64 = 9e15;

#[derive(Serialize)]
#[serde(untagged)]
enum Json<'a> {
    Empty,
    Text(&'a str),
    Whole(i64),
    Decimal(f64),
}

/// The rows of one gebied as JSON, with what they belong to.
pub fn json(publicatie: &ReportPublicatie, gebied: &PublishedGebied, rows: &[Fact<'_>]) -> Vec<u8> {
    let all = rows.iter().copied().map(FigureCells);
    let (shown, without): (Vec<_>, Vec<_>) = all.partition(FigureCells::has_value);
    let file = DownloadFile {
        uitvraag: &publicatie.uitvraag,
        jaar: publicatie.jaar,
        versie: &publicatie.versie,
        momentopname: &publicatie.momentopname,
        gebied: &gebied.code,
        naam: &gebied.naam,
        niveau: gebied.niveau.name(),
        kolommen: json_columns().map(|column| column.name).collect(),
        cijfers: shown,
        kolommen_zonder_waarde: without_value().map(|column| column.name).collect(),
        zonder_waarde: without,
    };
    let mut out = serde_json::to_vec(&file).expect("text and finite numbers always serialise");
    out.push(b'\n');
    out
}
