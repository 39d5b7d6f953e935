//! Rules over sets: what cannot be judged from one row.
//!
//! Owns what each kind remembers between batches. A rule looks at every batch once and speaks then or at the end;
//! what it remembers is a few bytes a row, which may leave memory, and how few is said with each.

pub(crate) mod aandeel;
pub(crate) mod leeftijd;
pub(crate) mod overlap;
pub(crate) mod stand;
pub(crate) mod uniek;
pub(crate) mod verwijzing;
pub(crate) mod vorig;

use std::cell::RefCell;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use schema::Definitie;

use crate::fout::CheckFout;
use crate::klad::Opslag;
use crate::regels::vorig::Versleutel;
use crate::tally::Vondsten;
use crate::view::Blik;

/// What is known at the end.
pub(crate) struct Slot<'a> {
    pub(crate) definitie: &'a Definitie,
    /// Per table its number of rows; absent where the levering lacks it.
    pub(crate) rijen: &'a [Option<u64>],
    /// Where rules kept what they remember.
    pub(crate) opslag: &'a RefCell<Opslag>,
}

/// How the identifiers of this levering compare with those of the previous one.
#[derive(Debug, Clone)]
pub(crate) enum Vergelijk {
    /// By pseudonyms made with this.
    Met(Versleutel),
    /// Not at all: they were made with another key.
    AndereSleutel,
}

/// A rule over sets.
pub(crate) trait Setregel: std::fmt::Debug + Send {
    /// Looks at a batch of any table.
    fn look(&mut self, blik: &Blik<'_>, vondsten: &mut Vondsten);

    /// Takes what there is to compare identifiers with those of the previous levering by.
    fn compare_by(&mut self, _sleutel: &Vergelijk) {}

    /// Takes a batch of the previous levering.
    fn previous(&mut self, _tabel: usize, _batch: &RecordBatch) -> Result<(), CheckFout> {
        Ok(())
    }

    /// Is told that a table was counted from another one.
    fn derived(&mut self, _tabel: usize) {}

    /// Speaks at the end; gives the rules that could not be judged, with the reason.
    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)>;
}

/// The days of a date column; absent where it is empty.
pub(crate) fn dagen(kolommen: &[ArrayRef], veld: usize) -> impl Fn(usize) -> Option<i32> + '_ {
    let kolom = kolommen[veld].as_primitive::<Date32Type>();
    move |rij| kolom.is_valid(rij).then(|| kolom.value(rij))
}

/// The numbers of a whole-number column; absent where it is empty.
pub(crate) fn getallen(kolommen: &[ArrayRef], veld: usize) -> impl Fn(usize) -> Option<i32> + '_ {
    let kolom = kolommen[veld].as_primitive::<Int32Type>();
    move |rij| kolom.is_valid(rij).then(|| kolom.value(rij))
}
