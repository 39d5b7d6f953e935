//! One batch of one table, as the rules look at it.
//!
//! Owns the typed and the text columns side by side, and hashes that are made once for all rules. Leaves judging to the
//! rules.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};

use arrow_array::ArrayRef;

use crate::finding_words::shown;
use crate::row_key::{Keys, column_hashes};
use crate::spill::SpillStore;
use crate::text_column::TextColumn;

/// One batch of one table, typed.
pub(crate) struct BatchView<'a> {
    /// Position of the table in the definition.
    pub(crate) tabel: usize,
    /// Number of the first row.
    pub(crate) begin: u64,
    /// Number of rows.
    pub(crate) rijen: usize,
    /// The typed columns.
    pub(crate) kolommen: &'a [ArrayRef],
    /// The text columns, where the batch has them.
    pub(crate) raw: &'a [Option<TextColumn<'a>>],
    /// The hashes of its columns, as far as they were asked for.
    pub(crate) hashes: Hashes,
    /// Where rules keep what they remember.
    pub(crate) storage: &'a RefCell<SpillStore>,
}

/// Per column the hash of each value, made once for all rules.
#[derive(Debug)]
pub(crate) struct Hashes(Vec<OnceCell<Vec<u128>>>);

impl Hashes {
    /// Nothing was asked for yet.
    pub(crate) fn new(columns: usize) -> Self {
        Self(vec![OnceCell::new(); columns])
    }
}

impl BatchView<'_> {
    /// What stands in a cell, as it is shown.
    pub(crate) fn found(&self, veld: usize, row: usize) -> Option<Box<str>> {
        Some(self.text(veld, row))
            .filter(|text| !text.is_empty())
            .map(shown)
    }

    /// The text of a cell, which may be empty.
    pub(crate) fn text(&self, veld: usize, row: usize) -> &str {
        self.raw[veld].map_or("", |raw| raw.value(row))
    }

    /// The keys of the rows over these fields.
    pub(crate) fn keys(&self, velden: &[usize]) -> Keys<'_> {
        let hashes = |&veld: &usize| {
            let column = &self.kolommen[veld];
            let hashes = self.hashes.0[veld].get_or_init(|| column_hashes(column, self.rijen));
            (column, Cow::Borrowed(hashes.as_slice()))
        };
        Keys::with_hashes(velden.iter().map(hashes), self.rijen)
    }

    /// The number of a row of this batch in its table.
    pub(crate) fn row(&self, row: usize) -> u64 {
        self.begin + row as u64
    }
}
