//! One batch of one table, as the rules look at it.
//!
//! Owns the typed and the text columns side by side, and hashes that are made once for all rules. Leaves judging to the
//! rules.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};

use arrow_array::ArrayRef;

use crate::hash::{Sleutels, column_hashes};
use crate::klad::Opslag;
use crate::tekst::shown;
use crate::text_column::TextColumn;

/// One batch of one table, typed.
pub(crate) struct Blik<'a> {
    /// Position of the table in the definition.
    pub(crate) tabel: usize,
    /// Number of the first row.
    pub(crate) begin: u64,
    /// Number of rows.
    pub(crate) rijen: usize,
    /// The typed columns.
    pub(crate) kolommen: &'a [ArrayRef],
    /// The text columns, where the batch has them.
    pub(crate) ruw: &'a [Option<TextColumn<'a>>],
    /// The hashes of its columns, as far as they were asked for.
    pub(crate) hashes: Hashes,
    /// Where rules keep what they remember.
    pub(crate) opslag: &'a RefCell<Opslag>,
}

/// Per column the hash of each value, made once for all rules.
#[derive(Debug)]
pub(crate) struct Hashes(Vec<OnceCell<Vec<u128>>>);

impl Hashes {
    /// Nothing was asked for yet.
    pub(crate) fn new(kolommen: usize) -> Self {
        Self(vec![OnceCell::new(); kolommen])
    }
}

impl Blik<'_> {
    /// What stands in a cell, as it is shown.
    pub(crate) fn gevonden(&self, veld: usize, rij: usize) -> Option<Box<str>> {
        Some(self.text(veld, rij))
            .filter(|tekst| !tekst.is_empty())
            .map(shown)
    }

    /// The text of a cell, which may be empty.
    pub(crate) fn text(&self, veld: usize, rij: usize) -> &str {
        self.ruw[veld].map_or("", |ruw| ruw.value(rij))
    }

    /// The keys of the rows over these fields.
    pub(crate) fn sleutels(&self, velden: &[usize]) -> Sleutels<'_> {
        let hashes = |&veld: &usize| {
            let kolom = &self.kolommen[veld];
            let hashes = self.hashes.0[veld].get_or_init(|| column_hashes(kolom, self.rijen));
            (kolom, Cow::Borrowed(hashes.as_slice()))
        };
        Sleutels::with_hashes(velden.iter().map(hashes), self.rijen)
    }

    /// The number of a row of this batch in its table.
    pub(crate) fn rij(&self, rij: usize) -> u64 {
        self.begin + rij as u64
    }
}
