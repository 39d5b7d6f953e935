//! What is odd about the cells of a sheet and does not show in their text: formulas, errors, hidden, merged and struck-out cells.
//!
//! Owns remembering it: a count and the first places per column, however many there are. Leaves finding it to the
//! readers of workbooks, judging it to `mapping`, where it is known which columns are used.

/// Rows that are kept per column and mark. More rows than lie above any header, so that what is counted below it
/// is exact.
const KEPT: usize = 64;

/// What is odd about a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    /// Its value is the stored answer of a formula.
    Formula,
    /// A formula whose answer was not stored.
    WithoutResult,
    /// An error value, such as `#REF!`.
    Fout,
    /// A number shown as a date.
    Datum,
    /// A whole number of more digits than a workbook keeps.
    TooLong,
    /// A text such as `1,23E+08`: a number that lost its digits.
    Power,
    /// A number shown as a percentage.
    Percent,
    /// A length of time, kept as a part of a day.
    Duration,
    /// A number shown with something else than its digits.
    Formatting,
}

/// A merged area: rows from 1, columns from 0, both ends included.
#[derive(Debug, Clone, Copy)]
pub struct CellRegion {
    /// First row.
    pub rij: u32,
    /// First column.
    pub kolom: u32,
    /// Last row.
    pub to_row: u32,
    /// Last column.
    pub to_column: u32,
}

#[derive(Debug, Default)]
struct OddPlaces {
    aantal: u64,
    rijen: Vec<u32>,
}

/// What is odd about the cells of one sheet.
#[derive(Debug, Default)]
pub struct Oddities {
    per_column: Vec<Vec<(Oddity, OddPlaces)>>,
    /// Runs of hidden rows, from 1, in the order of the file.
    hidden_rows: Vec<(u32, u32)>,
    /// Runs of hidden columns, from 0.
    hidden_columns: Vec<(u32, u32)>,
    /// Runs of rows, from 1, of which every filled cell is struck out, in the order of the file.
    struck_rows: Vec<(u32, u32)>,
    /// The row that is being filled, and whether all of it so far is struck out.
    current: Option<(u32, bool)>,
    /// Merged areas, in the order of the file.
    pub merged: Vec<CellRegion>,
}

impl Oddities {
    /// Remembers a cell: row from 1, column from 0.
    pub fn note(&mut self, row: u32, column: u32, character: Oddity) {
        let column = column as usize;
        if self.per_column.len() <= column {
            self.per_column.resize_with(column + 1, Vec::new);
        }
        let characters = &mut self.per_column[column];
        let index = characters
            .iter()
            .position(|(t, _)| *t == character)
            .unwrap_or_else(|| {
                characters.push((character, OddPlaces::default()));
                characters.len() - 1
            });
        let places = &mut characters[index].1;
        places.aantal += 1;
        if places.rijen.len() < KEPT {
            places.rijen.push(row);
        }
    }

    /// Remembers that these rows are hidden, both ends included.
    pub fn hide_rows(&mut self, van: u32, tot: u32) {
        extend_runs(&mut self.hidden_rows, van, tot);
    }

    /// Remembers that these columns are hidden, both ends included.
    pub fn hide_columns(&mut self, van: u32, tot: u32) {
        extend_runs(&mut self.hidden_columns, van, tot);
    }

    /// Remembers of a filled cell in this row whether it is struck out.
    pub fn strike(&mut self, row: u32, struck: bool) {
        match &mut self.current {
            Some((current, all)) if *current == row => *all &= struck,
            _ => {
                self.end_row();
                self.current = Some((row, struck));
            }
        }
    }

    /// Remembers the row that was being filled: no cell of it comes any more.
    pub fn end_row(&mut self) {
        if let Some((row, true)) = self.current.take() {
            extend_runs(&mut self.struck_rows, row, row);
        }
    }

    /// How many cells of a column below the header have this mark, and the first row.
    pub fn below(&self, header_row: u64, column: usize, character: Oddity) -> Option<(u64, u64)> {
        let (_, places) = self
            .per_column
            .get(column)?
            .iter()
            .find(|(t, _)| *t == character)?;
        let above = places
            .rijen
            .iter()
            .filter(|r| u64::from(**r) <= header_row)
            .count() as u64;
        let first = places
            .rijen
            .iter()
            .copied()
            .map(u64::from)
            .filter(|r| *r > header_row)
            .min()?;
        Some((places.aantal - above, first))
    }

    /// The rows of a column that are known to have this mark, in the order of the file; there may be more of them.
    pub fn rows(&self, column: usize, character: Oddity) -> &[u32] {
        let characters = self.per_column.get(column);
        characters
            .and_then(|all| all.iter().find(|(t, _)| *t == character))
            .map_or(&[], |(_, places)| &places.rijen)
    }

    /// Whether this column is hidden.
    pub fn is_hidden_column(&self, column: usize) -> bool {
        self.hidden_columns
            .iter()
            .any(|(van, tot)| (*van as usize..=*tot as usize).contains(&column))
    }

    /// The hidden rows.
    pub fn hidden_rows(&self) -> RowRuns {
        RowRuns::new(&self.hidden_rows)
    }

    /// Rows of which every filled cell is struck out.
    pub fn struck_rows(&self) -> RowRuns {
        RowRuns::new(&self.struck_rows)
    }
}

/// Rows, as runs of them in order.
#[derive(Debug)]
pub struct RowRuns(Vec<(u32, u32)>);

impl RowRuns {
    fn new(runs: &[(u32, u32)]) -> Self {
        let mut runs = runs.to_vec();
        runs.sort_unstable();
        Self(runs)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this row, from 1, is among them.
    pub fn contains(&self, row: u32) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= row);
        after.checked_sub(1).is_some_and(|run| row <= self.0[run].1)
    }
}

fn extend_runs(runs: &mut Vec<(u32, u32)>, van: u32, tot: u32) {
    match runs.last_mut() {
        Some((_, last)) if last.saturating_add(1) == van => *last = tot,
        _ => runs.push((van, tot)),
    }
}
