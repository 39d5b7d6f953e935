//! Where a table stands on a sheet: its header, of one row or two, an explanation below it, columns without a name.
//!
//! Owns what belongs to the header and what the columns are called, and refusing a sheet that does not have its names
//! above its data: a header among the rows, fields below each other. Leaves finding the row that is most like a header
//! to `header_row`, rows that are no data to `row_filter`.

use std::collections::BTreeMap;

use rows::invisible_characters::trimmed;
use rows::{FileRefusal, RefusalCode};
use schema::bevinding::column_letters;
use sheets::grid::Raster;

use crate::everyday_words::is_empty_word;
use crate::header_row::{HeaderEvidence, unique_names};
use crate::normalise::normal;
use crate::wording;

/// Rows in which numbers or dates stand where they stand in the data: from so many cells on it is no coincidence.
const TELLING: usize = 2;
/// Columns of numbers and dates in which an explanation has words.
const EXPLAINED: usize = 3;
/// Names of fields below each other that make a turned table, and rows of values beside them.
const TURNED: (usize, usize) = (4, 3);

/// The first rows of a sheet.
pub(crate) struct SheetLayout<'a> {
    begin: &'a [(u64, Vec<String>)],
    raster: Option<&'a Raster>,
    /// Columns of a sheet in memory that hold anything. Every row of a CSV is as wide as its header.
    width: usize,
}

/// A header, with the rows that belong to it.
pub(crate) struct HeaderRows {
    /// The row by which it is known, as the koppeling names it.
    pub(crate) kopregel: u64,
    /// The last row that belongs to it: the data begin below.
    pub(crate) last: u64,
    /// What the columns are called: never empty, never twice the same.
    pub(crate) headers: Vec<String>,
    /// Names that stood there twice, with what they became.
    pub(crate) renamed: Vec<(String, String)>,
    /// The rows as they stand, for where they are repeated further on.
    pub(crate) rows: Vec<Vec<String>>,
    /// What was assumed, to be said after the place.
    pub(crate) sentences: Vec<String>,
}

/// Whether a column got its name here, for want of one.
pub(crate) fn is_nameless(header: &str) -> bool {
    header.starts_with("(kolom ")
}

/// Whether a number or a date stands there: something with digits and without letters.
fn is_measure(cell: &str) -> bool {
    cell.bytes().any(|b| b.is_ascii_digit()) && !cell.chars().any(char::is_alphabetic)
}

fn is_word(cell: &str) -> bool {
    cell.chars().any(char::is_alphabetic) && !cell.bytes().any(|b| b.is_ascii_digit())
}

fn filled(row: &[String]) -> impl Iterator<Item = &str> {
    row.iter().map(|c| trimmed(c)).filter(|c| !c.is_empty())
}

impl HeaderRows {
    /// A header of one row, as it stands.
    pub(crate) fn plain(row: u64, header: &[String]) -> Self {
        let (headers, renamed) = unique_names(header);
        Self {
            kopregel: row,
            last: row,
            headers,
            renamed,
            rows: vec![header.to_vec()],
            sentences: Vec::new(),
        }
    }
}

impl<'a> SheetLayout<'a> {
    /// The layout of a sheet that begins with these rows; `raster` where it is held in memory.
    pub(crate) fn new(begin: &'a [(u64, Vec<String>)], raster: Option<&'a Raster>) -> Self {
        Self {
            begin,
            raster,
            width: raster.map_or(0, Raster::width),
        }
    }

    fn row(&self, i: usize) -> &'a [String] {
        self.begin.get(i).map_or(&[], |(_, row)| row)
    }

    /// The number of row `i`, where it follows right after the row before it.
    fn adjoins(&self, i: usize) -> bool {
        i > 0
            && self
                .begin
                .get(i)
                .is_some_and(|(number, _)| *number == self.begin[i - 1].0 + 1)
    }

    /// The texts of a row, where a merged area holds its text in all of its rows, and where `wide` in all of its columns.
    fn spread(&self, i: usize, wide: bool) -> Vec<&'a str> {
        let mut cells: Vec<&str> = self.row(i).iter().map(|c| trimmed(c)).collect();
        cells.resize(self.width.max(cells.len()), "");
        let Some((number, _)) = self.begin.get(i) else {
            return cells;
        };
        for area in self.merged() {
            if !(u64::from(area.rij)..=u64::from(area.to_row)).contains(number) {
                continue;
            }
            let first = self.begin.iter().find(|(n, _)| *n == u64::from(area.rij));
            let text = first.and_then(|(_, row)| row.get(area.kolom as usize));
            let last = if wide { area.to_column } else { area.kolom };
            for column in area.kolom..=last {
                if let (Some(cell), Some(text)) = (cells.get_mut(column as usize), text) {
                    *cell = trimmed(text);
                }
            }
        }
        cells
    }

    fn merged(&self) -> &'a [sheets::oddities::CellRegion] {
        self.raster.map_or(&[], |raster| &raster.oddities.merged)
    }

    /// Row `i` as a header, as wide as what stands below it.
    pub(crate) fn named(&self, i: usize) -> Vec<String> {
        let mut names = self.row(i).to_vec();
        names.resize(self.width.max(names.len()), String::new());
        names
    }

    /// The header that row `i` is, or is a part of.
    pub(crate) fn header(&self, i: usize) -> HeaderRows {
        let mut names = self
            .spread(i, false)
            .iter()
            .map(|c| (*c).to_owned())
            .collect();
        let mut rows = vec![self.row(i).to_vec()];
        let mut sentences = Vec::new();
        let mut last = i;
        if self.has_second_row(i) {
            names = self.below(i);
            last = i + 1;
            rows.push(self.row(last).to_vec());
        } else if let Some(grouped) = self.grouped(i, &names) {
            names = grouped;
            rows.insert(0, self.row(i - 1).to_vec());
        }
        if rows.len() == 2 {
            let number = self.begin[last].0;
            sentences.push(wording::file::two_header_rows(&(number - 1), &number));
        }
        if self.is_explanation(last + 1) {
            last += 1;
            rows.push(self.row(last).to_vec());
            sentences.push(wording::file::row_of_explanation(&self.begin[last].0));
        }
        let (headers, renamed) = unique_names(&names);
        HeaderRows {
            kopregel: self.begin[i].0,
            last: self.begin[last].0,
            headers,
            renamed,
            rows,
            sentences,
        }
    }

    /// Whether the row below a header goes on with it: `datum`, `reden` below `Einde`.
    fn has_second_row(&self, i: usize) -> bool {
        if !self.adjoins(i + 1) {
            return false;
        }
        let (number, next) = (self.begin[i].0, self.row(i + 1));
        let spans = |vertically: bool| {
            self.merged().iter().any(|area| {
                let in_header = u64::from(area.rij) <= number && number <= u64::from(area.to_row);
                let down = u64::from(area.to_row) > number;
                in_header && down == vertically && (down || area.to_column > area.kolom)
            })
        };
        let count = filled(next).count();
        if count == 0 || filled(next).any(is_measure) {
            return false;
        }
        if spans(true) {
            return true;
        }
        let header = self.row(i);
        let blank =
            |row: &[String], c: usize| row.get(c).is_none_or(|cell| trimmed(cell).is_empty());
        let first = header.iter().position(|cell| !trimmed(cell).is_empty());
        let goes_on = (0..next.len())
            .any(|c| blank(header, c) && !blank(next, c) && first.is_some_and(|first| first < c));
        filled(next).all(is_word)
            && count < filled(header).count()
            && first.is_none_or(|first| blank(next, first))
            && (goes_on || spans(false))
    }

    /// The names of a header of which row `i` is the upper half.
    fn below(&self, i: usize) -> Vec<String> {
        let (top, sub) = (self.spread(i, true), self.spread(i + 1, false));
        let own = self.spread(i, false);
        let mut group = "";
        let mut names = Vec::with_capacity(top.len());
        for ((&top, &sub), own) in top.iter().zip(&sub).zip(own) {
            if !top.is_empty() {
                group = top;
            }
            names.push(match (top, sub) {
                ("", "") => String::new(),
                // Only wide: nothing stands below it.
                (_, "") if own.is_empty() => String::new(),
                ("", sub) => format!("{group} {sub}"),
                (top, sub) if sub.is_empty() || sub == top => top.to_owned(),
                (top, sub) => format!("{top} {sub}"),
            });
        }
        names
    }

    /// The names of a header where names that stand in it twice are told apart by the row above it.
    fn grouped(&self, i: usize, names: &[String]) -> Option<Vec<String>> {
        if !self.adjoins(i) || !filled(self.row(i - 1)).all(is_word) {
            return None;
        }
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for name in names.iter().filter(|name| !name.is_empty()) {
            *times.entry(normal(name)).or_default() += 1;
        }
        let above = self.spread(i - 1, true);
        let mut group = "";
        let mut out = Vec::with_capacity(names.len());
        for (name, above) in names.iter().zip(above) {
            if !above.is_empty() {
                group = above;
            }
            let twice = times.get(&normal(name)).is_some_and(|n| *n > 1);
            out.push(match (twice, group) {
                (false, _) => name.clone(),
                (true, "") => return None,
                (true, group) => format!("{group} {name}"),
            });
        }
        let told_apart = unique_names(&out).1.is_empty();
        (times.values().any(|n| *n > 1) && told_apart).then_some(out)
    }

    /// Whether a row explains the columns above the data (`dd-mm-jjjj`, `aantal`): it has words where every other row
    /// has numbers and dates, and no number or date in any of those columns.
    fn is_explanation(&self, i: usize) -> bool {
        if !self.adjoins(i) {
            return false;
        }
        let row = self.row(i);
        let others = self.begin.get(i + 1..).unwrap_or_default();
        let mut explained = 0;
        for (c, cell) in row.iter().map(|c| trimmed(c)).enumerate() {
            let below = others
                .iter()
                .filter_map(|(_, row)| row.get(c))
                .map(|c| trimmed(c))
                .filter(|c| !c.is_empty());
            let (measures, count) = below.fold((0, 0), |(m, n), cell| {
                (m + usize::from(is_measure(cell)), n + 1)
            });
            if measures < 2 || measures * 10 < count * 9 {
                continue;
            }
            if is_measure(cell) {
                return false;
            }
            explained += usize::from(is_word(cell) && !is_empty_word(cell));
        }
        explained >= EXPLAINED
    }

    /// Refuses a sheet whose names do not stand above its data; `i` is the row that is most like a header, if any.
    pub(crate) fn judge(
        &self,
        i: Option<usize>,
        evidence: &HeaderEvidence,
    ) -> Result<(), FileRefusal> {
        let in_row = i.map_or(0, |i| evidence.hits(self.row(i)));
        if let Some(column) = (0..2).find(|column| self.is_turned(*column, in_row, evidence)) {
            let message = wording::file::headers_below_each_other(&column_letters(column));
            return Err(FileRefusal::new(RefusalCode::HeaderMissing, message));
        }
        let Some(i) = i else { return Ok(()) };
        let wide = filled(self.row(i)).count().div_ceil(2).max(EXPLAINED);
        let is_data = |row: &&(u64, Vec<String>)| {
            let cells: Vec<&str> = filled(&row.1).collect();
            let measures = cells.iter().filter(|cell| is_measure(cell)).count();
            cells.len() >= wide && measures >= TELLING && !counts_columns(&cells)
        };
        let mut above = self.begin[..i].iter().filter(is_data);
        let Some((first, _)) = above.next() else {
            return Ok(());
        };
        let rows = match above.count() {
            0 => "staat een rij".to_owned(),
            n => format!("staan {} rijen", n + 1),
        };
        let message = wording::file::headers_below_data(&self.begin[i].0, &rows);
        Err(FileRefusal::new(RefusalCode::DataAboveHeader, message).at_row(*first))
    }

    /// Whether the names of fields stand in a column, with values beside them.
    fn is_turned(&self, column: usize, in_row: usize, evidence: &HeaderEvidence) -> bool {
        let names: Vec<String> = self
            .begin
            .iter()
            .filter_map(|(_, row)| row.get(column).cloned())
            .collect();
        let hits = evidence.hits(&names);
        let has_values = |row: &&(u64, Vec<String>)| {
            let mut values = filled(row.1.get(column + 1..).unwrap_or_default()).peekable();
            values.peek().is_some() && values.all(is_measure)
        };
        let rows = self.begin.iter().filter(has_values).count();
        hits >= TURNED.0 && hits > in_row && rows >= TURNED.1
    }
}

/// Whether a row numbers the columns: 1, 2, 3.
fn counts_columns(cells: &[&str]) -> bool {
    let numbers: Vec<Option<i64>> = cells.iter().map(|cell| cell.parse().ok()).collect();
    numbers
        .windows(2)
        .all(|pair| matches!(pair, [Some(a), Some(b)] if *b == a + 1))
}
