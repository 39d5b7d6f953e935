//! Findings: what was found in a file, where, what was expected and how to mend it.
//!
//! Owns the record that terminal, JSON, CSV, workbook, service and page all show. A finding is data, never an
//! error. Leaves the finding itself to `mapping` (phase `bron`) and `check` (phase `pakket`), the whole judgement to `oordeel`.

mod oordeel;
mod waiting;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::safe_csv::{CsvCell, SafeCsv};
pub use oordeel::{
    Cause, NotJudged, Oordeel, OordeelOutput, RegelTelling, Verdict, equal_share, spelling,
    verdict_of,
};
pub use waiting::{OpenVeld, WaitingFindings};

/// How bad a finding is. The order is that of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ernst {
    /// Blocks.
    Fout,
    /// Needs an answer before signing.
    Signaal,
    /// Only informs.
    Opmerking,
}

/// One finding, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bevinding {
    /// Code of the rule.
    pub code: String,
    /// How bad.
    pub ernst: Ernst,
    /// Canonical table, as in `traject`; empty where the finding is about the whole file.
    pub tabel: String,
    /// Canonical field, as in `startdatum`; empty where it is about a row or a table.
    pub veld: String,
    /// Where, in the words of the file that was offered.
    #[serde(flatten)]
    pub plaats: Place,
    /// What stands there; `None` where it may not be shown.
    pub gevonden: Option<String>,
    /// What was found, as a sentence.
    pub bericht: String,
    /// What was expected.
    pub verwacht: String,
    /// How to mend it.
    pub herstel: String,
}

/// A place in the offered file: its own row and header, not ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// File name.
    pub bestand: Option<String>,
    /// Sheet, for a workbook.
    pub blad: Option<String>,
    /// Row as a spreadsheet numbers it: the first line of the file is 1.
    pub rij: Option<u64>,
    /// Header of the column.
    pub kolom: Option<String>,
    /// CsvCell, as in `Trajecten!F17` or, in a CSV, `F17`.
    pub cel: Option<String>,
    /// The own number of what the row is about, as it stands there: known at the aanbieder alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nummer: Option<String>,
}

impl Place {
    /// The cell or else the row, with its sheet and, where that is asked, its file; empty where it is neither.
    pub fn place(&self, with_file: bool) -> String {
        let place = match (&self.cel, self.rij, &self.blad) {
            (Some(cell), ..) => cell.clone(),
            (None, Some(row), Some(sheet)) => format!("{sheet} rij {row}"),
            (None, Some(row), None) => format!("rij {row}"),
            (None, None, _) => return String::new(),
        };
        match self.bestand.as_ref().filter(|_| with_file) {
            Some(file) => format!("{file} {place}"),
            None => place,
        }
    }

    /// Where another place is, for who reads this one: `rij 8` on the same sheet, else the sheet or file too.
    pub fn refer(&self, to: &Self) -> String {
        if self.bestand == to.bestand && self.blad == to.blad {
            return to.rij.map_or_else(String::new, |row| format!("rij {row}"));
        }
        to.place(self.bestand != to.bestand)
    }
}

/// Tells where a canonical row and field stand in the offered file.
pub trait Origin {
    /// The place of `veld` (or of the whole row, or of the whole table) in canonical row `rij` (from 0) of `tabel`.
    fn place(&self, tabel: &str, row: Option<u64>, veld: Option<&str>) -> Place;

    /// The files that rows of `tabel` came from.
    fn files(&self, tabel: &str) -> BTreeSet<String> {
        self.place(tabel, None, None).bestand.into_iter().collect()
    }
}

/// Name, in the metadata of a batch, of the table from which its rows were counted: what is wrong in those is told
/// there, once.
pub const DERIVED: &str = "afgeleid";

/// The findings as CSV, one a line: RFC 4180, and no cell that a spreadsheet runs.
pub fn csv(bevindingen: &[Bevinding]) -> Vec<u8> {
    const HEADER: [&str; 14] = [
        "code", "ernst", "tabel", "veld", "bestand", "rij", "kolom", "cel", "gevonden", "bericht",
        "verwacht", "herstel", "blad", "nummer",
    ];
    let mut csv = SafeCsv::new(HEADER);
    for b in bevindingen {
        let place = &b.plaats;
        let ernst = match b.ernst {
            Ernst::Fout => "fout",
            Ernst::Signaal => "signaal",
            Ernst::Opmerking => "opmerking",
        };
        csv.row([
            CsvCell::text(&b.code),
            CsvCell::text(ernst),
            CsvCell::text(&b.tabel),
            CsvCell::text(&b.veld),
            CsvCell::from(place.bestand.as_deref()),
            place.rij.map_or(CsvCell::Empty, CsvCell::number),
            CsvCell::from(place.kolom.as_deref()),
            CsvCell::from(place.cel.as_deref()),
            CsvCell::from(b.gevonden.as_deref()),
            CsvCell::text(&b.bericht),
            CsvCell::text(&b.verwacht),
            CsvCell::text(&b.herstel),
            CsvCell::from(place.blad.as_deref()),
            CsvCell::from(place.nummer.as_deref()),
        ]);
    }
    csv.finish()
}

/// Name of column `index` (from 0) in a spreadsheet: 0 is `A`, 26 is `AA`.
pub fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(b'A' + digit);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&b| char::from(b)).collect()
}
