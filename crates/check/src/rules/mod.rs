//! Rules over sets: what cannot be judged from one row.
//!
//! Owns what each kind remembers between batches. A rule looks at every batch once and speaks then or at the end;
//! what it remembers is a few bytes a row, which may leave memory, and how few is said with each.

pub(crate) mod leeftijd;
pub(crate) mod overlap;
pub(crate) mod previous_year;
pub(crate) mod reference;
pub(crate) mod share;
pub(crate) mod stock;
pub(crate) mod unique;

use std::cell::RefCell;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use schema::Definitie;

use crate::batch_view::BatchView;
use crate::error::CheckError;
use crate::rules::previous_year::PseudonymMaker;
use crate::spill::SpillStore;
use crate::tally::Hits;

/// What is known at the end.
pub(crate) struct Ending<'a> {
    pub(crate) definitie: &'a Definitie,
    /// Per table its number of rows; absent where the levering lacks it.
    pub(crate) rijen: &'a [Option<u64>],
    /// Where rules kept what they remember.
    pub(crate) storage: &'a RefCell<SpillStore>,
}

/// How the identifiers of this levering compare with those of the previous one.
#[derive(Debug, Clone)]
pub(crate) enum CompareBy {
    /// By pseudonyms made with this.
    Met(PseudonymMaker),
    /// Not at all: they were made with another key.
    OtherKey,
}

/// A rule over sets.
pub(crate) trait SetRegel: std::fmt::Debug + Send {
    /// Looks at a batch of any table.
    fn look(&mut self, view: &BatchView<'_>, hits: &mut Hits);

    /// Takes what there is to compare identifiers with those of the previous levering by.
    fn compare_by(&mut self, _key: &CompareBy) {}

    /// Takes a batch of the previous levering.
    fn previous(&mut self, _tabel: usize, _batch: &RecordBatch) -> Result<(), CheckError> {
        Ok(())
    }

    /// Is told that a table was counted from another one.
    fn derived(&mut self, _tabel: usize) {}

    /// Speaks at the end; gives the rules that could not be judged, with the reason.
    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)>;
}

/// The days of a date column; absent where it is empty.
pub(crate) fn day_column(columns: &[ArrayRef], veld: usize) -> impl Fn(usize) -> Option<i32> + '_ {
    let column = columns[veld].as_primitive::<Date32Type>();
    move |row| column.is_valid(row).then(|| column.value(row))
}

/// The numbers of a whole-number column; absent where it is empty.
pub(crate) fn numbers(columns: &[ArrayRef], veld: usize) -> impl Fn(usize) -> Option<i32> + '_ {
    let column = columns[veld].as_primitive::<Int32Type>();
    move |row| column.is_valid(row).then(|| column.value(row))
}
