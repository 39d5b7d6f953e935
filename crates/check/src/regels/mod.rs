//! Rules over sets: what cannot be judged from one row.
//!
//! Owns what each kind remembers between batches. A rule looks at every batch once and speaks then or at the end;
//! what it remembers is bounded per row, and how little is said with each.

pub(crate) mod aandeel;
pub(crate) mod leeftijd;
pub(crate) mod overlap;
pub(crate) mod stand;
pub(crate) mod uniek;
pub(crate) mod verwijzing;
pub(crate) mod vorig;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Int32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use schema::Definitie;

use crate::fout::CheckFout;
use crate::hash::{Eerste, Sleutels};
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
    /// The rows' groups.
    pub(crate) groepen: &'a [Groep],
}

impl Blik<'_> {
    /// What stands in a cell, as it is shown.
    pub(crate) fn gevonden(&self, veld: usize, rij: usize) -> Option<Box<str>> {
        let ruw = self.ruw[veld]?;
        (ruw.is_valid(rij) && !ruw.value(rij).is_empty()).then(|| shown(ruw.value(rij)))
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

/// Rows that share a key, shared itself by all rules that ask for the same fields. At most 24 bytes a row.
#[derive(Debug)]
pub(crate) struct Groep {
    pub(crate) tabel: usize,
    pub(crate) velden: Vec<usize>,
    eerste: Eerste,
    /// For each row of the current batch the first row of its group, or [`crate::hash::GEEN`].
    pub(crate) per_rij: Vec<u32>,
}

impl Groep {
    /// The group of a table by these fields.
    pub(crate) fn new(tabel: usize, velden: Vec<usize>) -> Self {
        Self { tabel, velden, eerste: Eerste::default(), per_rij: Vec::new() }
    }

    /// Adds the rows of a batch.
    pub(crate) fn add(&mut self, kolommen: &[ArrayRef], rijen: usize) {
        let eigen: Vec<&ArrayRef> = self.velden.iter().map(|&v| &kolommen[v]).collect();
        let sleutels = Sleutels::of(&eigen, rijen);
        self.per_rij.clear();
        self.eerste.add_all(&sleutels, &mut self.per_rij);
    }
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
