//! Which row of a sheet holds the headers, and what its columns are called from there on.
//!
//! Owns finding the row that is most like a header, and names that are unique and never empty. Leaves what a header is like
//! to `header_likeness`, what stands around the row to `table_layout`.

use std::collections::{BTreeSet, HashMap};

use rows::invisible_characters::trimmed;
use schema::Definitie;
use schema::bevinding::column_letters;

use crate::header_likeness::{derived_names, names};
use crate::normalise::normal;
use crate::weights::HEADER_OWN;

/// All headers that are known, of all tables.
pub(crate) struct HeaderEvidence {
    /// Normal form to (table, field), by index.
    per_name: HashMap<String, Vec<(usize, usize)>>,
}

/// Rows among which the header is sought.
pub(crate) const SEARCH_ROWS: usize = 60;

impl HeaderEvidence {
    pub(crate) fn new(definitie: &Definitie) -> Self {
        let mut per_name: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (t, tabel) in definitie.tabellen.iter().enumerate() {
            for (v, veld) in tabel.velden.iter().enumerate() {
                for (name, _) in names(veld).chain(derived_names(veld).map(|n| (n, HEADER_OWN))) {
                    per_name.entry(normal(name)).or_default().push((t, v));
                }
            }
        }
        Self { per_name }
    }

    /// How many cells of a row are a known header, over distinct fields.
    pub(crate) fn hits(&self, row: &[String]) -> usize {
        let mut velden = BTreeSet::new();
        row.iter()
            .filter_map(|cell| self.per_name.get(&normal(cell))?.first())
            .filter(|place| velden.insert(**place))
            .count()
    }

    /// The index of the header among the first rows of a sheet.
    pub(crate) fn find_header(&self, rows: &[(u64, Vec<String>)]) -> Option<usize> {
        let hits: Vec<usize> = rows.iter().map(|(_, row)| self.hits(row)).collect();
        let most = hits.iter().copied().max()?;
        if most >= 2 {
            return hits.iter().position(|t| *t == most);
        }
        // Nothing is known: the first full row of words that stands above a row of the same width.
        let filled = |row: &[String]| row.iter().filter(|c| !trimmed(c).is_empty()).count();
        let widest = rows
            .iter()
            .map(|(_, row)| filled(row))
            .max()
            .filter(|b| *b >= 2)?;
        let is_header = |row: &[String]| {
            let words = row.iter().filter(|c| !trimmed(c).is_empty()).all(|c| {
                c.chars().any(char::is_alphabetic) && !c.chars().any(|x| x.is_ascii_digit())
            });
            words && filled(row) * 5 >= widest * 4
        };
        rows.iter()
            .position(|(_, row)| is_header(row))
            .filter(|i| i + 1 < rows.len())
    }
}

/// Headers as they are called from here on: never empty, never twice the same. Also says which were changed, and into what.
pub(crate) fn unique_names(header: &[String]) -> (Vec<String>, Vec<(String, String)>) {
    let mut out: Vec<String> = Vec::with_capacity(header.len());
    let mut duplicate = Vec::new();
    for (number, name) in header.iter().enumerate() {
        let bare: String = trimmed(name)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let bare = if bare.is_empty() {
            format!("(kolom {})", column_letters(number))
        } else {
            bare
        };
        let mut unique = bare.clone();
        let mut sequence = 2;
        while out.contains(&unique) {
            unique = format!("{bare} ({sequence})");
            sequence += 1;
        }
        if unique != bare {
            duplicate.push((bare, unique.clone()));
        }
        out.push(unique);
    }
    (out, duplicate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_unique_and_never_empty() {
        let header = ["Datum", "", "Datum"].map(str::to_owned);
        assert_eq!(unique_names(&header).0, ["Datum", "(kolom B)", "Datum (2)"]);
    }
}
