//! Where every canonical row and field stands in the aanbieder's own files.
//!
//! Owns the way back: per table the pieces it was read from, and per piece runs of consecutive rows, so that a
//! million rows in a row take one entry.

use std::collections::{BTreeMap, BTreeSet};

use schema::bevinding::column_letters;
use schema::{Herkomst, Plaats};

/// One piece of a table: rows from one sheet, from the koppeling, or derived.
#[derive(Debug, Default, Clone)]
pub(crate) struct Stuk {
    /// First canonical row.
    begin: u64,
    bestand: Option<String>,
    blad: Option<String>,
    /// Field to header and position of the column.
    pub(crate) kolommen: BTreeMap<String, (String, usize)>,
    pub(crate) heeft_cellen: bool,
    /// (canonical row, source row) at which a run begins.
    lopen: Vec<(u64, u64)>,
    volgende: u64,
}

impl Stuk {
    /// A piece out of this file and sheet, without rows yet, whose first row is canonical row `begin`.
    pub(crate) fn new(bestand: String, blad: Option<String>, begin: u64) -> Self {
        Self {
            bestand: Some(bestand),
            blad,
            begin,
            volgende: begin,
            ..Self::default()
        }
    }

    /// Adds rows by their numbers in the source.
    pub(crate) fn extend(&mut self, rijnummers: &[u64]) {
        for &bron in rijnummers {
            let canoniek = self.volgende;
            let sluit_aan = self
                .lopen
                .last()
                .is_some_and(|(c, b)| b + (canoniek - c) == bron);
            if !sluit_aan {
                self.lopen.push((canoniek, bron));
            }
            self.volgende += 1;
        }
    }

    fn source_row(&self, rij: u64) -> Option<u64> {
        let plek = self
            .lopen
            .partition_point(|(c, _)| *c <= rij)
            .checked_sub(1)?;
        let (canoniek, bron) = self.lopen[plek];
        Some(bron + (rij - canoniek))
    }
}

/// All pieces of all tables.
#[derive(Debug, Default)]
pub(crate) struct Boek {
    pub(crate) tabellen: BTreeMap<String, Vec<Stuk>>,
}

impl Boek {
    /// The piece that is being read now.
    pub(crate) fn laatste(&mut self, tabel: &str) -> Option<&mut Stuk> {
        self.tabellen.get_mut(tabel)?.last_mut()
    }

    /// Rows read so far.
    pub(crate) fn rijen(&self, tabel: &str) -> u64 {
        self.tabellen
            .get(tabel)
            .and_then(|stukken| stukken.last())
            .map_or(0, |s| s.volgende)
    }
}

impl Herkomst for Boek {
    /// Not of a table that was counted from another one (its rows stand in no file), nor of rows in the koppeling: their
    /// place, `[[voorziening]] rij 1`, says so.
    fn bestanden(&self, tabel: &str) -> BTreeSet<String> {
        let in_koppeling = |stuk: &&Stuk| {
            stuk.blad
                .as_deref()
                .is_some_and(|blad| blad.starts_with("[["))
        };
        let stukken = self
            .tabellen
            .get(tabel)
            .into_iter()
            .flatten()
            .filter(|stuk| !stuk.lopen.is_empty() && !in_koppeling(stuk));
        stukken.filter_map(|stuk| stuk.bestand.clone()).collect()
    }

    fn plaats(&self, tabel: &str, rij: Option<u64>, veld: Option<&str>) -> Plaats {
        let Some(stukken) = self.tabellen.get(tabel).filter(|s| !s.is_empty()) else {
            return Plaats::default();
        };
        let plek = rij.map_or(0, |rij| {
            stukken
                .partition_point(|s| s.begin <= rij)
                .saturating_sub(1)
        });
        let stuk = &stukken[plek];
        let bronrij = rij.and_then(|rij| stuk.source_row(rij));
        let kolom = veld.and_then(|veld| stuk.kolommen.get(veld));
        let cel = match (bronrij, kolom) {
            (Some(rij), Some((_, nummer))) if stuk.heeft_cellen => {
                let voor = stuk
                    .blad
                    .as_ref()
                    .map_or_else(String::new, |b| format!("{b}!"));
                Some(format!("{voor}{}{rij}", column_letters(*nummer)))
            }
            _ => None,
        };
        Plaats {
            bestand: stuk.bestand.clone(),
            blad: stuk.blad.clone(),
            rij: bronrij,
            kolom: kolom
                .map(|(kop, _)| kop.clone())
                .or_else(|| veld.map(str::to_owned)),
            cel,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_lead_back_to_the_source_row() {
        let mut stuk = Stuk::new("a.csv".to_owned(), None, 0);
        stuk.heeft_cellen = true;
        stuk.kolommen
            .insert("kader".to_owned(), ("Kader".to_owned(), 5));
        stuk.extend(&[2, 3, 4, 6, 7]);
        assert_eq!(stuk.lopen.len(), 2);
        let mut boek = Boek::default();
        boek.tabellen.insert("traject".to_owned(), vec![stuk]);
        let plaats = boek.plaats("traject", Some(3), Some("kader"));
        assert_eq!((plaats.rij, plaats.cel.as_deref()), (Some(6), Some("F6")));
        assert_eq!(boek.plaats("traject", None, None).rij, None);
        assert_eq!(boek.plaats("wachtlijst", Some(1), None), Plaats::default());
    }
}
