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
pub struct Geval {
    /// Number in the list.
    pub nummer: u16,
    /// What is wrong with it.
    pub naam: String,
    /// File name at the aanbieder.
    pub bestand: String,
    /// Makes the bytes: some are large, and not all are wanted at once.
    pub maak: Box<dyn Fn() -> Vec<u8> + Send + Sync>,
    /// What the lenient door says of it.
    pub eigen: Verwacht,
    /// What the strict door says of it as `traject.csv`; none for what is no CSV.
    pub pakket: Option<Verwacht>,
}

/// The answer a door must give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verwacht {
    /// Refused, with this code and place.
    Weigering(&'static str, Waar),
    /// Taken, and this finding stands at this place.
    Bevinding(&'static str, Waar),
    /// Taken, and this is said, asked or found.
    Gezegd(&'static str),
    /// Taken, and not called a BSN.
    GeenBsn,
    /// Taken, with the judgement of a good file.
    Goed,
}

/// Row and header; what is not given is not looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waar {
    pub rij: Option<u64>,
    pub kolom: Option<&'static str>,
}

/// Stands in a cell that may not come back in a refusal.
pub const GEHEIM: &str = "Zz9geheim";
/// Passes the elfproef.
pub const BSN: &str = "111222333";

pub const OVERAL: Waar = Waar {
    rij: None,
    kolom: None,
};

pub fn rij(rij: u64) -> Waar {
    Waar {
        rij: Some(rij),
        kolom: None,
    }
}

pub fn cel(rij: u64, kolom: &'static str) -> Waar {
    Waar {
        rij: Some(rij),
        kolom: Some(kolom),
    }
}

/// All of them.
pub fn alle() -> Vec<Geval> {
    let mut lijst = Lijst {
        gevallen: Vec::new(),
    };
    text::vul(&mut lijst);
    csv::vul(&mut lijst);
    json::vul(&mut lijst);
    content::vul(&mut lijst);
    lijst.gevallen
}

/// The cases so far.
pub struct Lijst {
    gevallen: Vec<Geval>,
}

impl Lijst {
    /// The same bytes for both doors.
    fn beide(
        &mut self,
        nummer: u16,
        naam: impl Into<String>,
        bytes: Vec<u8>,
        eigen: Verwacht,
        pakket: Verwacht,
    ) {
        self.groot(nummer, naam, move || bytes.clone(), eigen, pakket);
    }

    /// The same, made when they are wanted.
    fn groot(
        &mut self,
        nummer: u16,
        naam: impl Into<String>,
        maak: impl Fn() -> Vec<u8> + Send + Sync + 'static,
        eigen: Verwacht,
        pakket: Verwacht,
    ) {
        let (naam, bestand) = (naam.into(), "traject.csv".to_owned());
        self.gevallen.push(Geval {
            nummer,
            naam,
            bestand,
            maak: Box::new(maak),
            eigen,
            pakket: Some(pakket),
        });
    }

    /// Only for the lenient door, under this file name.
    fn eigen(
        &mut self,
        nummer: u16,
        naam: impl Into<String>,
        bestand: &str,
        bytes: Vec<u8>,
        eigen: Verwacht,
    ) {
        let (naam, bestand) = (naam.into(), bestand.to_owned());
        self.gevallen.push(Geval {
            nummer,
            naam,
            bestand,
            maak: Box::new(move || bytes.clone()),
            eigen,
            pakket: None,
        });
    }
}

/// Values instead of those of the example, per field.
type Anders<'a> = [(&'a str, &'a [u8])];

fn definitie() -> &'static Definitie {
    static OMGANG: std::sync::LazyLock<Definitie> =
        std::sync::LazyLock::new(|| Definitie::load("omgang/2020").unwrap());
    &OMGANG
}

fn koppen() -> Vec<&'static str> {
    definitie()
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.as_str())
        .collect()
}

fn kopregel() -> String {
    koppen().join(",")
}

/// A row of trajecten as text; the number makes its key unlike that of other rows.
fn rij_tekst(nummer: usize, anders: &Anders<'_>) -> Vec<u8> {
    let tabel = definitie().tabel("traject").unwrap();
    let cellen =
        tabel.velden.iter().map(
            |veld| match anders.iter().find(|(naam, _)| *naam == veld.naam) {
                Some((_, waarde)) => waarde.to_vec(),
                None if veld.naam == "traject_id" => sleutel(nummer).into_bytes(),
                None => tabel.voorbeeld[&veld.naam].clone().into_bytes(),
            },
        );
    cellen.collect::<Vec<_>>().join(&b',')
}

/// A pseudonym per number.
fn sleutel(nummer: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let voor: Vec<u8> = (0..4).map(|i| LETTERS[nummer >> (5 * i) & 31]).collect();
    format!("{}5kvxl26yotk35vbciu257a", String::from_utf8(voor).unwrap())
}

/// A good file of trajecten with these rows.
fn trajecten(rijen: &[&Anders<'_>]) -> Vec<u8> {
    let mut uit = kopregel().into_bytes();
    for (nummer, anders) in rijen.iter().enumerate() {
        uit.push(b'\n');
        uit.extend(rij_tekst(nummer, anders));
    }
    uit.push(b'\n');
    uit
}

/// Two good rows.
pub fn goed() -> Vec<u8> {
    trajecten(&[&[], &[]])
}

/// Two rows; the second, row 3 of the file, has this in one cell.
fn met_cel(veld: &str, waarde: impl AsRef<[u8]>) -> Vec<u8> {
    trajecten(&[&[], &[(veld, waarde.as_ref())]])
}

/// Two good rows under another header.
fn met_kop(kop: &str) -> Vec<u8> {
    let rijen = goed();
    let begin = rijen.iter().position(|b| *b == b'\n').unwrap();
    [kop.as_bytes(), &rijen[begin..]].concat()
}
