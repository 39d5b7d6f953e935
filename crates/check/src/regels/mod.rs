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

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use schema::Definitie;

use crate::fout::CheckFout;
use crate::hash::{Sleutels, column_hashes};
use crate::klad::Opslag;
use crate::regels::vorig::Versleutel;
use crate::tekst::shown;
use crate::vondst::Vondsten;

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
    pub(crate) ruw: &'a [Option<&'a StringArray>],
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
        self.ruw[veld]
            .filter(|ruw| ruw.is_valid(rij))
            .map_or("", |ruw| ruw.value(rij))
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
