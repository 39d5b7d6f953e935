//! Rows that are no data: blank ones, totals, footnotes, the header once more.
//!
//! Owns telling them from data, and remembering which were passed over so that it can be said. In doubt a row is
//! data: then `check` names what is missing in it.

use std::collections::BTreeMap;

use rows::characters::trimmed;
use rows::records::Skipped;
use sheets::Block;

use crate::normalise::normal;

/// Row numbers that are named; the rest is counted.
const NAMED: usize = 5;

/// Which rows were passed over.
#[derive(Debug, Default)]
pub(crate) struct SkippedRows {
    per_reason: BTreeMap<Skipped, (u64, Vec<u64>)>,
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
                (Skipped::Total, 1) => "een rij met een totaal",
                (Skipped::Total, _) => "rijen met een totaal",
                (Skipped::Footnote, 1) => "een rij met een losse opmerking",
                (Skipped::Footnote, _) => "rijen met een losse opmerking",
                (Skipped::Header, 1) => "een herhaling van de kopregel",
                (Skipped::Header, _) => "herhalingen van de kopregel",
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

/// Takes the rows that are no data out of a block. `keys` are the columns of the table's key, `text_columns`
/// those that hold something else than a number in a real row; both may be unknown (empty).
pub(crate) fn sift(
    block: &mut Block,
    headers: &[String],
    keys: &[usize],
    text_columns: &[usize],
    skipped: &mut SkippedRows,
) {
    let mut keep = vec![true; block.len()];
    for (row, keep) in keep.iter_mut().enumerate() {
        if let Some(reason) = judge(block, row, headers, keys, text_columns) {
            skipped.add(block.row_number(row), reason);
            *keep = false;
        }
    }
    block.retain(&keep);
}

fn judge(
    block: &Block,
    row: usize,
    headers: &[String],
    keys: &[usize],
    text_columns: &[usize],
) -> Option<Skipped> {
    let first = block.text(row, 0);
    // The common case first: a full row that begins with something that is no word for a total.
    let second_filled = headers.len() < 2 || !block.text(row, 1).is_empty();
    if !first.is_empty() && second_filled && !is_total(first) && first != headers[0] {
        return None;
    }
    let filled: Vec<&str> = block
        .row(row)
        .map(trimmed)
        .filter(|c| !c.is_empty())
        .collect();
    let first_filled = match filled[..] {
        [] => return Some(Skipped::Empty),
        [first, ..] => first,
    };
    // A second column of the same name got a number behind it, and one without a name has got one here.
    let is_header = |(cell_text, header): (&str, &String)| {
        cell_text.is_empty()
            || header
                .strip_prefix(cell_text)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
    };
    if filled.len() >= 2 && block.row(row).map(trimmed).zip(headers).all(is_header) {
        return Some(Skipped::Header);
    }
    if is_total(first_filled) && filled.len() * 10 <= headers.len() * 7 {
        return Some(Skipped::Total);
    }
    let loose_text =
        first_filled.contains(' ') || first_filled.starts_with('*') || first_filled.len() > 24;
    if filled.len() == 1 && headers.len() >= 4 && loose_text {
        return Some(Skipped::Footnote);
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
    sum.then_some(Skipped::Total)
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
