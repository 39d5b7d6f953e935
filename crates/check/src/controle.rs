//! One judgement over one levering, batch by batch.
//!
//! Owns the order of work: type a batch, judge its rows, remember what rules over sets need, and make the
//! [`Oordeel`] at the end.

use arrow_array::RecordBatch;
use chrono::NaiveDate;
use schema::{Definitie, Herkomst, Oordeel};

use crate::fout::{CheckFout, RegelFout};

/// What a judgement needs to know besides the definition.
#[derive(Debug, Clone)]
pub struct Opties {
    /// The day of delivery; later dates are a fout.
    pub leverdatum: NaiveDate,
    /// Findings listed per rule; [`crate::PER_REGEL`] in exporter and service.
    pub per_regel: usize,
    /// The pseudoniem fields still hold the aanbieder's own identifiers.
    pub ruwe_ids: bool,
}

/// A judgement under way.
#[derive(Debug)]
pub struct Controle {
    definitie: Definitie,
}

impl Controle {
    /// Prepares a judgement: compiles every rule of the definition.
    ///
    /// # Errors
    /// When a rule of the definition cannot be used.
    pub fn new(definitie: &Definitie, _opties: Opties) -> Result<Self, RegelFout> {
        Ok(Self { definitie: definitie.clone() })
    }

    /// Takes a table of the previous levering (typed, as [`Controle::partij`] gave it then), for rules that compare
    /// years. Give all of them before the first batch of the same table of this levering.
    ///
    /// # Errors
    /// When the batch lacks a field those rules need, or comes too late.
    pub fn vorige(&mut self, tabel: &str, _batch: &RecordBatch) -> Result<(), CheckFout> {
        Err(CheckFout::OnbekendeTabel(tabel.to_owned()))
    }

    /// Judges a batch of canonical text and gives it back typed. A table that is present but empty is told by a
    /// batch without rows.
    ///
    /// # Errors
    /// When the batch is no canonical text of a table of the definition.
    pub fn partij(&mut self, tabel: &str, batch: &RecordBatch) -> Result<RecordBatch, CheckFout> {
        let tabel = self.definitie.tabel(tabel).ok_or_else(|| CheckFout::OnbekendeTabel(tabel.to_owned()))?;
        Ok(RecordBatch::new_empty(crate::schema(&self.definitie, tabel)).slice(0, batch.num_rows().min(0)))
    }

    /// The judgement over all batches given.
    pub fn afronden(self, _herkomst: &dyn Herkomst) -> Oordeel {
        unreachable!("under construction")
    }
}
