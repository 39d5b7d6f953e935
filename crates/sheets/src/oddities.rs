//! What is odd about the cells of a sheet and does not show in their text: formulas, errors, hidden and merged cells.
//!
//! Owns remembering it: a count and the first places per column, however many there are. Leaves finding it to the
//! readers of workbooks, judging it to `mapping`, where it is known which columns are used.

/// Rows that are kept per column and mark. More rows than lie above any header, so that what is counted below it
/// is exact.
const BEWAARD: usize = 64;

/// What is odd about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teken {
    /// Its value is the stored answer of a formula.
    Formule,
    /// A formula whose answer was not stored.
    ZonderUitkomst,
    /// An error value, such as `#REF!`.
    Fout,
    /// A number shown as a date.
    Datum,
    /// A whole number of more digits than a workbook keeps.
    TeLang,
    /// A text such as `1,23E+08`: a number that lost its digits.
    Macht,
    /// A number shown as a percentage.
    Procent,
    /// A length of time, kept as a part of a day.
    Duur,
    /// A number shown with something else than its digits.
    Opmaak,
}

/// A merged area: rows from 1, columns from 0, both ends included.
#[derive(Debug, Clone, Copy)]
pub struct Gebied {
    /// First row.
    pub rij: u32,
    /// First column.
    pub kolom: u32,
    /// Last row.
    pub tot_rij: u32,
    /// Last column.
    pub tot_kolom: u32,
}

#[derive(Debug, Default)]
struct Plekken {
    aantal: u64,
    rijen: Vec<u32>,
}

/// What is odd about the cells of one sheet.
#[derive(Debug, Default)]
pub struct Bijzonder {
    per_kolom: Vec<Vec<(Teken, Plekken)>>,
    /// Runs of hidden rows, from 1, in the order of the file.
    verborgen_rijen: Vec<(u32, u32)>,
    /// Runs of hidden columns, from 0.
    verborgen_kolommen: Vec<(u32, u32)>,
    /// Merged areas, in the order of the file.
    pub samengevoegd: Vec<Gebied>,
}

impl Bijzonder {
    /// Remembers a cell: row from 1, column from 0.
    pub fn noteer(&mut self, rij: u32, kolom: u32, teken: Teken) {
        let kolom = kolom as usize;
        if self.per_kolom.len() <= kolom {
            self.per_kolom.resize_with(kolom + 1, Vec::new);
        }
        let tekens = &mut self.per_kolom[kolom];
        let index = tekens
            .iter()
            .position(|(t, _)| *t == teken)
            .unwrap_or_else(|| {
                tekens.push((teken, Plekken::default()));
                tekens.len() - 1
            });
        let plekken = &mut tekens[index].1;
        plekken.aantal += 1;
        if plekken.rijen.len() < BEWAARD {
            plekken.rijen.push(rij);
        }
    }

    /// Remembers that these rows are hidden, both ends included.
    pub fn hide_rows(&mut self, van: u32, tot: u32) {
        extend_runs(&mut self.verborgen_rijen, van, tot);
    }

    /// Remembers that these columns are hidden, both ends included.
    pub fn hide_columns(&mut self, van: u32, tot: u32) {
        extend_runs(&mut self.verborgen_kolommen, van, tot);
    }

    /// How many cells of a column below the header have this mark, and the first row.
    pub fn below(&self, kopregel: u64, kolom: usize, teken: Teken) -> Option<(u64, u64)> {
        let (_, plekken) = self
            .per_kolom
            .get(kolom)?
            .iter()
            .find(|(t, _)| *t == teken)?;
        let erboven = plekken
            .rijen
            .iter()
            .filter(|r| u64::from(**r) <= kopregel)
            .count() as u64;
        let eerste = plekken
            .rijen
            .iter()
            .copied()
            .map(u64::from)
            .filter(|r| *r > kopregel)
            .min()?;
        Some((plekken.aantal - erboven, eerste))
    }

    /// Whether this column is hidden.
    pub fn is_hidden_column(&self, kolom: usize) -> bool {
        self.verborgen_kolommen
            .iter()
            .any(|(van, tot)| (*van as usize..=*tot as usize).contains(&kolom))
    }

    /// Runs of hidden rows, from 1, both ends included, in order.
    pub fn hidden_rows(&self) -> Vec<(u32, u32)> {
        let mut runs = self.verborgen_rijen.clone();
        runs.sort_unstable();
        runs
    }
}

fn extend_runs(reeksen: &mut Vec<(u32, u32)>, van: u32, tot: u32) {
    match reeksen.last_mut() {
        Some((_, laatste)) if laatste.saturating_add(1) == van => *laatste = tot,
        _ => reeksen.push((van, tot)),
    }
}
