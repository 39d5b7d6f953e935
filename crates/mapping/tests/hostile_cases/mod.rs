//! Hostile files as cases: a name, bytes, and what each of the two doors must answer.
//!
//! Owns the table, made by code so that one line is one file; the numbers are those of docs/hostile-files.md. Shared
//! with `#[path]` by the tests of `mapping` (the library), `exporter` (the binary) and `ingest` (the service), so it
//! leans on `schema` alone. Leaves what a door is to those tests.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod content;
mod csv;
mod json;
mod text;

use schema::Definitie;

/// One hostile file.
pub(crate) struct HostileCase {
    /// Number in the list.
    pub number: u16,
    /// What is wrong with it.
    pub naam: String,
    /// File name at the aanbieder.
    pub bestand: String,
    /// Makes the bytes: some are large, and not all are wanted at once.
    pub make: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
    /// What the lenient door says of it.
    pub own: ExpectedAnswer,
    /// What the strict door says of it as `traject.csv`; none for what is no CSV.
    pub pakket: Option<ExpectedAnswer>,
}

/// The answer a door must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExpectedAnswer {
    /// Refused, with this code and place.
    FileRefusal(&'static str, Location),
    /// Taken, and this finding stands at this place.
    Bevinding(&'static str, Location),
    /// Taken, and this is said, asked or found.
    Said(&'static str),
    /// Taken, and not called a BSN.
    NoBsn,
    /// Taken, with the judgement of a good file.
    Good,
}

/// Row and header; what is not given is not looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Location {
    pub rij: Option<u64>,
    pub kolom: Option<&'static str>,
}

/// Stands in a cell that may not come back in a refusal.
pub(crate) const SECRET: &str = "Zz9geheim";
/// Passes the elfproef.
pub(crate) const BSN: &str = "111222333";

pub(crate) const ANYWHERE: Location = Location {
    rij: None,
    kolom: None,
};

pub(crate) fn row(row: u64) -> Location {
    Location {
        rij: Some(row),
        kolom: None,
    }
}

pub(crate) fn cell(row: u64, column: &'static str) -> Location {
    Location {
        rij: Some(row),
        kolom: Some(column),
    }
}

/// All of them.
pub(crate) fn all() -> Vec<HostileCase> {
    let mut list = CaseList { cases: Vec::new() };
    text::fill(&mut list);
    csv::fill(&mut list);
    json::fill(&mut list);
    content::fill(&mut list);
    list.cases
}

/// The cases so far.
pub(crate) struct CaseList {
    cases: Vec<HostileCase>,
}

impl CaseList {
    /// The same bytes for both doors.
    fn both(
        &mut self,
        number: u16,
        name: impl Into<String>,
        bytes: Vec<u8>,
        own: ExpectedAnswer,
        pakket: ExpectedAnswer,
    ) {
        self.large(number, name, move || bytes.clone(), own, pakket);
    }

    /// The same, made when they are wanted.
    fn large(
        &mut self,
        number: u16,
        name: impl Into<String>,
        make: impl Fn() -> Vec<u8> + Send + Sync + 'static,
        own: ExpectedAnswer,
        pakket: ExpectedAnswer,
    ) {
        let (name, file) = (name.into(), "traject.csv".to_owned());
        self.cases.push(HostileCase {
            number,
            naam: name,
            bestand: file,
            make: Box::new(make),
            own,
            pakket: Some(pakket),
        });
    }

    /// Only for the lenient door, under this file name.
    fn own(
        &mut self,
        number: u16,
        name: impl Into<String>,
        file: &str,
        bytes: Vec<u8>,
        own: ExpectedAnswer,
    ) {
        let (name, file) = (name.into(), file.to_owned());
        self.cases.push(HostileCase {
            number,
            naam: name,
            bestand: file,
            make: Box::new(move || bytes.clone()),
            own,
            pakket: None,
        });
    }
}

/// Values instead of those of the example, per field.
type Overrides<'a> = [(&'a str, &'a [u8])];

fn definitie() -> &'static Definitie {
    static OMGANG: std::sync::LazyLock<Definitie> =
        std::sync::LazyLock::new(|| Definitie::load("omgang/2020").unwrap());
    &OMGANG
}

fn headers() -> Vec<&'static str> {
    definitie()
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.as_str())
        .collect()
}

fn header_row() -> String {
    headers().join(",")
}

/// A row of trajecten as text; the number makes its key unlike that of other rows.
fn row_text(number: usize, overrides: &Overrides<'_>) -> Vec<u8> {
    let tabel = definitie().tabel("traject").unwrap();
    let cells = tabel.velden.iter().map(|veld| {
        match overrides.iter().find(|(name, _)| *name == veld.naam) {
            Some((_, value)) => value.to_vec(),
            None if veld.naam == "traject_id" => key(number).into_bytes(),
            None => tabel.voorbeeld[&veld.naam].clone().into_bytes(),
        }
    });
    cells.collect::<Vec<_>>().join(&b',')
}

/// A pseudonym per number.
fn key(number: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let before: Vec<u8> = (0..4).map(|i| LETTERS[number >> (5 * i) & 31]).collect();
    format!(
        "{}5kvxl26yotk35vbciu257a",
        String::from_utf8(before).unwrap()
    )
}

/// A good file of trajecten with these rows.
fn trajecten(rows: &[&Overrides<'_>]) -> Vec<u8> {
    let mut out = header_row().into_bytes();
    for (number, overrides) in rows.iter().enumerate() {
        out.push(b'\n');
        out.extend(row_text(number, overrides));
    }
    out.push(b'\n');
    out
}

/// Two good rows.
pub(crate) fn good() -> Vec<u8> {
    trajecten(&[&[], &[]])
}

/// Two rows; the second, row 3 of the file, has this in one cell.
fn with_cell(veld: &str, value: impl AsRef<[u8]>) -> Vec<u8> {
    trajecten(&[&[], &[(veld, value.as_ref())]])
}

/// Two good rows under another header.
fn with_header(header: &str) -> Vec<u8> {
    let rows = good();
    let begin = rows.iter().position(|b| *b == b'\n').unwrap();
    [header.as_bytes(), &rows[begin..]].concat()
}
