//! The rule language: one SQL boolean expression over the fields of one row.
//!
//! A documented subset of SQL, so that the same text gives the same verdict in any engine:
//!
//! - fields by name, as in `startdatum`; whole numbers and fractions of at most 4 decimals; `'text'`;
//!   `DATE '2020-12-31'`; `TRUE`, `FALSE`, `NULL`;
//! - `=`, `<>`, `<`, `<=`, `>`, `>=`; `IN (…)`, `BETWEEN … AND …`, `IS NULL`, `IS TRUE`, `IS FALSE`, `IS UNKNOWN`
//!   and their negations; `AND`, `OR`, `NOT`;
//! - `+`, `-` and `*` over numbers, exact; a date minus a date is a number of days; `CASE WHEN … THEN … ELSE … END`.
//!
//! There are no functions, and there is no division: engines differ in both. Fractions are decimals here; an engine
//! that reads them as floats must be told so (`parse_float_as_decimal` in DataFusion). Codes, gemeenten, texts
//! and ja_nee can be equal or not; a code or gemeente that does not exist in the definition's year is refused.
//! Logic is SQL's, of three values: a rule whose outcome is unknown passes, a `when` that is unknown does not ask.
//!
//! Owns reading (`parse`), types and sizes (`lanes`), the typed tree (`tree`) and working it out in windows of rows (`eval`, `bits`).

pub(crate) mod bits;
pub(crate) mod eval;
mod lanes;
mod parse;
mod tree;

use arrow_array::RecordBatch;
use eval::{WINDOW, Window};
use schema::{Definitie, Tabel};
use tree::Log;

/// An expression of the rule language, checked against one table.
#[derive(Debug, Clone)]
pub struct Expression {
    log: Log,
    velden: Vec<usize>,
}

impl Expression {
    /// Reads an expression over the fields of `tabel`.
    ///
    /// # Errors
    /// A sentence saying which part is not of the rule language, or does not fit the fields.
    pub fn parse(definitie: &Definitie, tabel: &Tabel, text: &str) -> Result<Self, String> {
        let (log, velden) = parse::parse(definitie, tabel, text)?;
        Ok(Self { log, velden })
    }

    /// The fields it uses, as positions in the table.
    pub fn velden(&self) -> &[usize] {
        &self.velden
    }

    /// The outcome for every row of a typed batch of its table; `None` is unknown.
    pub fn evaluate(&self, batch: &RecordBatch) -> Vec<Option<bool>> {
        let mut outcome = Vec::with_capacity(batch.num_rows());
        let mut begin = 0;
        while begin < batch.num_rows() {
            let window = Window::new(batch.columns(), begin, WINDOW.min(batch.num_rows() - begin));
            let ternary = self.over(&window);
            outcome.extend((0..window.rijen).map(|i| {
                match (
                    ternary.is_true[i / 64] >> (i % 64) & 1,
                    ternary.is_false[i / 64] >> (i % 64) & 1,
                ) {
                    (1, _) => Some(true),
                    (_, 1) => Some(false),
                    _ => None,
                }
            }));
            begin += window.rijen;
        }
        outcome
    }

    /// The outcome over one window of rows.
    pub(crate) fn over(&self, window: &Window<'_>) -> bits::Ternary {
        window.log(&self.log)
    }
}
