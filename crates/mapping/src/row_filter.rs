//! Rows that are no data: blank ones, totals, footnotes, the header once more.
//!
//! Owns telling them from data, and remembering which were passed over so that it can be said. In doubt a row is
//! data: then `check` names what is missing in it. A header that is not the table's own is refused: below it the columns
//! mean something else.

use std::collections::{BTreeMap, BTreeSet};

use rows::csv_records::Skipped;
use rows::invisible_characters::trimmed;
use rows::{FileRefusal, RefusalCode};
use schema::Definitie;
use sheets::Block;

use crate::header_row::HeaderEvidence;
use crate::normalise::normal;
use crate::table_layout::{HeaderRows, is_nameless};
use crate::wording;

/// Row numbers that are named; the rest is counted.
const NAMED: usize = 5;

/// Which rows were passed over.
#[derive(Debug, Default)]
pub(crate) struct SkippedRows {
    per_reason: BTreeMap<Skipped, (u64, Vec<u64>)>,
    /// The last row that was data.
    last: u64,
}

impl SkippedRows {
    pub(crate) fn add(&mut self, row: u64, reason: Skipped) {
        let (count, named) = self.per_reason.entry(reason).or_default();
        *count += 1;
        if named.len() < NAMED {
            named.push(row);
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.per_reason.values().map(|(n, _)| n).sum()
    }

    /// How many rows were passed over, per reason.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Skipped, u64)> + '_ {
        self.per_reason
            .iter()
            .map(|(reason, (count, _))| (*reason, *count))
    }

    /// The first row that was passed over.
    pub(crate) fn first(&self) -> Option<u64> {
        self.per_reason
            .values()
            .filter_map(|(_, rows)| rows.first())
            .min()
            .copied()
    }

    /// What was passed over, as Dutch sentences.
    pub(crate) fn sentences(&self, location: &str) -> Vec<String> {
        let sentence = |(reason, (count, rows)): (&Skipped, &(u64, Vec<u64>))| {
            let what = match (reason, count) {
                (Skipped::Empty, 1) => "een lege rij",
                (Skipped::Empty, _) => "lege rijen",
                (Skipped::Total, 1) => wording::file::TOTAL_ROW,
                (Skipped::Total, _) => wording::file::TOTAL_ROWS,
                (Skipped::Footnote, 1) => wording::file::NOTE_ROW,
                (Skipped::Footnote, _) => wording::file::NOTE_ROWS,
                (Skipped::Header, 1) => wording::file::HEADER_AGAIN,
                (Skipped::Header, _) => wording::file::HEADERS_AGAIN,
            };
            let numbers: Vec<String> = rows.iter().map(u64::to_string).collect();
            let more = if *count > rows.len() as u64 {
                format!(" en nog {}", count - rows.len() as u64)
            } else {
                String::new()
            };
            let verb = if *count == 1 { "is" } else { "zijn" };
            format!(
                "{location}: {what} {verb} overgeslagen (rij {}{more}).",
                numbers.join(", ")
            )
        };
        self.per_reason.iter().map(sentence).collect()
    }
}

/// The header of a table, to be known again among its rows.
pub(crate) struct KnownHeader {
    headers: Vec<String>,
    /// Its rows as they stand.
    rows: Vec<Vec<String>>,
    /// Its names in normal form.
    names: BTreeSet<String>,
    evidence: HeaderEvidence,
    /// A bit per first letter and length of what may be the first cell: most rows are told from it by this alone.
    marks: u64,
}

/// Cells that are names of columns in a row that is a header, and no data: that many, and half of what is filled.
const NAMES_IN_HEADER: usize = 3;

fn mark(cell_text: &str) -> u64 {
    let first = cell_text.as_bytes().first().copied().unwrap_or_default();
    1 << ((cell_text.len() * 7 + usize::from(first)) % 64)
}

impl KnownHeader {
    pub(crate) fn new(header: &HeaderRows, definitie: &Definitie) -> Self {
        let cells = || header.headers.iter().chain(header.rows.iter().flatten());
        Self {
            headers: header.headers.clone(),
            names: cells().map(|name| normal(name)).collect(),
            marks: cells().fold(0, |marks, name| marks | mark(trimmed(name))),
            rows: header.rows.clone(),
            evidence: HeaderEvidence::new(definitie),
        }
    }

    /// Whether a row that begins with this may be a header.
    #[inline]
    fn may_begin(&self, first: &str) -> bool {
        // An invisible mark may stand before it, where two files were glued together.
        let invisible = matches!(first.as_bytes().first(), Some(0xc2 | 0xe2 | 0xef));
        invisible
            || (self.marks & mark(first) != 0
                && self
                    .rows
                    .iter()
                    .flatten()
                    .chain(&self.headers)
                    .any(|name| name == first))
    }

    /// Whether a row is one of the rows of the header.
    fn is_repeated(&self, block: &Block, row: usize) -> bool {
        // A second column of the same name got a number behind it, and one without a name has got one here.
        let is_name = |(cell_text, header): (&str, &String)| {
            cell_text.is_empty()
                || header
                    .strip_prefix(cell_text)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        };
        let cells = || block.row(row).map(trimmed);
        let as_it_stood = |header: &Vec<String>| {
            let names = header.iter().map(|name| trimmed(name));
            cells()
                .zip(names.chain(std::iter::repeat("")))
                .all(|(cell, name)| cell == name)
        };
        cells().zip(&self.headers).all(is_name) || self.rows.iter().any(as_it_stood)
    }

    /// Whether these cells are the header of another table, or of this one with its columns in another order.
    fn is_another(&self, filled: &[&str], after_gap: bool) -> bool {
        let enough = |names: usize| names >= NAMES_IN_HEADER && names * 2 >= filled.len();
        let own = filled
            .iter()
            .filter(|cell| self.names.contains(&normal(cell)));
        if enough(own.count()) {
            return true;
        }
        let texts = || {
            filled
                .iter()
                .map(|cell| (*cell).to_owned())
                .collect::<Vec<_>>()
        };
        after_gap && filled.len() >= NAMES_IN_HEADER && enough(self.evidence.hits(&texts()))
    }
}

/// Takes the rows that are no data out of a block. `keys` are the columns of the table's key, `text_columns`
/// those that hold something else than a number in a real row; both may be unknown (empty).
///
/// # Errors
/// When another table begins among the rows.
pub(crate) fn sift(
    block: &mut Block,
    header: &KnownHeader,
    keys: &[usize],
    text_columns: &[usize],
    skipped: &mut SkippedRows,
) -> Result<(), FileRefusal> {
    let mut keep = vec![true; block.len()];
    for (row, keep) in keep.iter_mut().enumerate() {
        let number = block.row_number(row);
        let after_gap = skipped.last + 1 != number;
        match judge(block, row, header, keys, text_columns, after_gap) {
            RowKind::Data => skipped.last = number,
            RowKind::Skipped(reason) => {
                skipped.add(number, reason);
                *keep = false;
            }
            RowKind::AnotherHeader => {
                let message = wording::file::second_table(&number);
                return Err(FileRefusal::new(RefusalCode::SecondTable, message).at_row(number));
            }
        }
    }
    block.retain(&keep);
    Ok(())
}

enum RowKind {
    Data,
    Skipped(Skipped),
    AnotherHeader,
}

fn judge(
    block: &Block,
    row: usize,
    header: &KnownHeader,
    keys: &[usize],
    text_columns: &[usize],
    after_gap: bool,
) -> RowKind {
    let headers = &header.headers;
    let first = block.text(row, 0);
    // The common case first: a full row that begins with something that is no word for a total.
    let second_filled = headers.len() < 2 || !block.text(row, 1).is_empty();
    if !first.is_empty()
        && second_filled
        && !after_gap
        && !is_total(first)
        && !header.may_begin(first)
    {
        return RowKind::Data;
    }
    let cells: Vec<&str> = block.row(row).map(trimmed).collect();
    let filled: Vec<&str> = cells.iter().copied().filter(|c| !c.is_empty()).collect();
    let first_filled = match filled[..] {
        [] => return RowKind::Skipped(Skipped::Empty),
        [first, ..] => first,
    };
    if filled.len() >= 2 && header.is_repeated(block, row) {
        return RowKind::Skipped(Skipped::Header);
    }
    if header.is_another(&filled, after_gap) {
        return RowKind::AnotherHeader;
    }
    if is_total(first_filled) && filled.len() * 10 <= headers.len() * 7 {
        return RowKind::Skipped(Skipped::Total);
    }
    let loose_text =
        first_filled.contains(' ') || first_filled.starts_with('*') || first_filled.len() > 24;
    let mut columns = cells
        .iter()
        .zip(headers)
        .filter(|(cell, _)| !cell.is_empty());
    let beside = columns.all(|(_, header)| is_nameless(header));
    if beside || (filled.len() == 1 && headers.len() >= 4 && loose_text) {
        return RowKind::Skipped(Skipped::Footnote);
    }
    let empty = |columns: &[usize]| {
        columns
            .iter()
            .all(|k| trimmed(block.text(row, *k)).is_empty())
    };
    let number = |cell_text: &&str| {
        cell_text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b' '))
    };
    let only_numbers = filled.iter().all(number);
    let sum = !keys.is_empty()
        && !text_columns.is_empty()
        && empty(keys)
        && empty(text_columns)
        && only_numbers;
    if sum {
        RowKind::Skipped(Skipped::Total)
    } else {
        RowKind::Data
    }
}

pub(crate) fn is_total(cell_text: &str) -> bool {
    let bare = cell_text.trim_start();
    let starts = bare
        .as_bytes()
        .get(..3)
        .is_some_and(|begin| TOTALS.iter().any(|t| begin.eq_ignore_ascii_case(t)));
    if !starts || cell_text.len() > 60 {
        return false;
    }
    let word = normal(cell_text);
    let first_word = word.split(' ').next().unwrap_or_default();
    matches!(
        first_word,
        "totaal"
            | "totalen"
            | "total"
            | "subtotaal"
            | "eindtotaal"
            | "som"
            | "gemiddelde"
            | "gemiddeld"
    ) || matches!(word.as_str(), "aantal" | "grand total" | "sum")
}

/// How the words for a total begin: most rows are told from them by this alone.
const TOTALS: [&[u8]; 8] = [
    b"tot", b"sub", b"ein", b"som", b"gem", b"aan", b"gra", b"sum",
];
