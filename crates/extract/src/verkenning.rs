//! What is in a file: sheets, header row, columns, what their values look like, and what was assumed.
//!
//! Owns the whole first look ([`verken`]); nothing is mapped yet. Leaves proposing to `voorstel`.

use schema::{Bevinding, Definitie};

use crate::bestand::Bestand;
use crate::datum::Datumbewijs;
use crate::weigering::Weigering;

/// What was found in one file.
#[derive(Debug, Clone)]
pub struct Verkenning {
    /// Name of the file.
    pub bestand: String,
    /// The tables in it: one for a CSV, one per sheet with a header for a workbook, one per list for JSON.
    pub tabellen: Vec<Tabelverkenning>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Findings of phase `bron` that need no mapping, such as a suspected BSN.
    pub bevindingen: Vec<Bevinding>,
}

/// One table as it stands in the file.
#[derive(Debug, Clone)]
pub struct Tabelverkenning {
    /// Sheet or list; empty for a CSV.
    pub blad: Option<String>,
    /// True where the sheet is hidden.
    pub verborgen: bool,
    /// Row with the headers, from 1.
    pub kopregel: u64,
    /// Rows with data.
    pub rijen: u64,
    /// The columns, left to right.
    pub kolommen: Vec<Kolomverkenning>,
}

/// One column as it stands in the file.
#[derive(Debug, Clone)]
pub struct Kolomverkenning {
    /// Header, made unique.
    pub naam: String,
    /// Rows with a value.
    pub gevuld: u64,
    /// Distinct values with how often they occur, most frequent first; cut at some hundreds.
    pub waarden: Vec<(String, u64)>,
    /// True when there are more distinct values than listed.
    pub meer_waarden: bool,
    /// Values that are whole numbers.
    pub gehele_getallen: u64,
    /// Values that are amounts or numbers.
    pub getallen: u64,
    pub(crate) datums: Datumbewijs,
}

/// Looks through a whole file.
///
/// # Errors
/// When the file can't be taken at all: container, encoding, structure.
pub fn verken(bestand: &Bestand, definitie: &Definitie) -> Result<Verkenning, Weigering> {
    let _ = (bestand.soort()?, definitie);
    Err(Weigering::new("NOT_BUILT", "Deze stap is nog niet gebouwd."))
}
