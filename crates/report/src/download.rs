//! The files beside a page: `cijfers.csv` and `cijfers.json`, every figure the page shows or could be asked for.
//!
//! Owns their form: the columns of the table `cijfers`, but for those that are the same in every row. Hidden figures
//! are rows without values. Leaves quoting and neutral text to `schema::SafeCsv`.

use schema::cijfer::{Column, Value};
use schema::{Cijfer, SafeCsv};
use serde::{Serialize, Serializer};

use crate::figure_index::Fact;
use crate::publicatie::{PublishedGebied, ReportPublicatie};

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

#[derive(Serialize)]
struct DownloadFile<'a> {
    uitvraag: &'a str,
    jaar: i32,
    versie: &'a str,
    momentopname: &'a str,
    gebied: &'a str,
    naam: &'a str,
    niveau: &'static str,
    cijfers: Vec<FigureObject<'a>>,
}

/// One figure; a key without a value is left out.
struct FigureObject<'a>(Fact<'a>);

impl Serialize for FigureObject<'_> {
    fn serialize<S: Serializer>(&self, target: S) -> Result<S::Ok, S::Error> {
        target.collect_map(columns().filter_map(|column| {
            let value = match self.0.cell(column) {
                Value::Empty => return None,
                Value::Text(text) => Json::Text(text),
                Value::Whole(number) => Json::Whole(number),
                Value::Decimal(number) => Json::Decimal(number),
            };
            Some((column.name, value))
        }))
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Json<'a> {
    Text(&'a str),
    Whole(i64),
    Decimal(f64),
}

/// The rows as JSON, with what they belong to.
pub fn json(publicatie: &ReportPublicatie, gebied: &PublishedGebied, rows: &[Fact<'_>]) -> Vec<u8> {
    let file = DownloadFile {
        uitvraag: &publicatie.uitvraag,
        jaar: publicatie.jaar,
        versie: &publicatie.versie,
        momentopname: &publicatie.momentopname,
        gebied: &gebied.code,
        naam: &gebied.naam,
        niveau: gebied.niveau.name(),
        cijfers: rows.iter().copied().map(FigureObject).collect(),
    };
    let mut out = serde_json::to_vec(&file).expect("text and finite numbers always serialise");
    out.push(b'\n');
    out
}
