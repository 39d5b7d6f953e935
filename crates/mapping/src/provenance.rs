//! Where every canonical row and field stands in the aanbieder's own files.
//!
//! Owns the way back: per table the pieces it was read from, and per piece runs of consecutive rows, so that a
//! million rows in a row take one entry.

use std::collections::{BTreeMap, BTreeSet};

use schema::bevinding::column_letters;
use schema::{Origin, Place};

/// One piece of a table: rows from one sheet, from the koppeling, or derived.
#[derive(Debug, Default, Clone)]
pub(crate) struct Piece {
    /// First canonical row.
    begin: u64,
    bestand: Option<String>,
    blad: Option<String>,
    /// Field to header and position of the column.
    pub(crate) kolommen: BTreeMap<String, (String, usize)>,
    pub(crate) has_cells: bool,
    /// (canonical row, source row) at which a run begins.
    runs: Vec<(u64, u64)>,
    volgende: u64,
}

impl Piece {
    /// A piece out of this file and sheet, without rows yet, whose first row is canonical row `begin`.
    pub(crate) fn new(file: String, sheet: Option<String>, begin: u64) -> Self {
        Self {
            bestand: Some(file),
            blad: sheet,
            begin,
            volgende: begin,
            ..Self::default()
        }
    }

    /// Adds rows by their numbers in the source.
    pub(crate) fn extend(&mut self, row_numbers: &[u64]) {
        for &source in row_numbers {
            let canonical = self.volgende;
            let adjoins = self
                .runs
                .last()
                .is_some_and(|(c, b)| b + (canonical - c) == source);
            if !adjoins {
                self.runs.push((canonical, source));
            }
            self.volgende += 1;
        }
    }

    fn source_row(&self, row: u64) -> Option<u64> {
        let place = self
            .runs
            .partition_point(|(c, _)| *c <= row)
            .checked_sub(1)?;
        let (canonical, source) = self.runs[place];
        Some(source + (row - canonical))
    }
}

/// All pieces of all tables.
#[derive(Debug, Default)]
pub(crate) struct Provenance {
    pub(crate) tabellen: BTreeMap<String, Vec<Piece>>,
}

impl Provenance {
    /// The piece that is being read now.
    pub(crate) fn last(&mut self, tabel: &str) -> Option<&mut Piece> {
        self.tabellen.get_mut(tabel)?.last_mut()
    }

    /// Rows read so far.
    pub(crate) fn rows(&self, tabel: &str) -> u64 {
        self.tabellen
            .get(tabel)
            .and_then(|pieces| pieces.last())
            .map_or(0, |s| s.volgende)
    }
}

impl Origin for Provenance {
    /// Not of a table that was counted from another one (its rows stand in no file), nor of rows in the koppeling: their
    /// place, `[[voorziening]] rij 1`, says so.
    fn files(&self, tabel: &str) -> BTreeSet<String> {
        let in_koppeling = |piece: &&Piece| {
            piece
                .blad
                .as_deref()
                .is_some_and(|sheet| sheet.starts_with("[["))
        };
        let pieces = self
            .tabellen
            .get(tabel)
            .into_iter()
            .flatten()
            .filter(|piece| !piece.runs.is_empty() && !in_koppeling(piece));
        pieces.filter_map(|piece| piece.bestand.clone()).collect()
    }

    fn place(&self, tabel: &str, row: Option<u64>, veld: Option<&str>) -> Place {
        let Some(pieces) = self.tabellen.get(tabel).filter(|s| !s.is_empty()) else {
            return Place::default();
        };
        let place = row.map_or(0, |row| {
            pieces.partition_point(|s| s.begin <= row).saturating_sub(1)
        });
        let piece = &pieces[place];
        let source_row = row.and_then(|row| piece.source_row(row));
        let column = veld.and_then(|veld| piece.kolommen.get(veld));
        let cell = match (source_row, column) {
            (Some(row), Some((_, number))) if piece.has_cells => {
                let before = piece
                    .blad
                    .as_ref()
                    .map_or_else(String::new, |b| format!("{b}!"));
                Some(format!("{before}{}{row}", column_letters(*number)))
            }
            _ => None,
        };
        Place {
            bestand: piece.bestand.clone(),
            blad: piece.blad.clone(),
            rij: source_row,
            kolom: column
                .map(|(header, _)| header.clone())
                .or_else(|| veld.map(str::to_owned)),
            cel: cell,
            nummer: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lead_back_to_the_source_row() {
        let mut piece = Piece::new("a.csv".to_owned(), None, 0);
        piece.has_cells = true;
        piece
            .kolommen
            .insert("kader".to_owned(), ("Kader".to_owned(), 5));
        piece.extend(&[2, 3, 4, 6, 7]);
        assert_eq!(piece.runs.len(), 2);
        let mut book = Provenance::default();
        book.tabellen.insert("traject".to_owned(), vec![piece]);
        let place = book.place("traject", Some(3), Some("kader"));
        assert_eq!((place.rij, place.cel.as_deref()), (Some(6), Some("F6")));
        assert_eq!(book.place("traject", None, None).rij, None);
        assert_eq!(book.place("wachtlijst", Some(1), None), Place::default());
    }
}
