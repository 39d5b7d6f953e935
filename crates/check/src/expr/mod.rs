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
//! Owns reading (`ontleed`), the typed tree (`boom`) and working it out in windows of rows (`rekenen`, `bits`).

pub(crate) mod bits;
mod boom;
mod ontleed;
pub(crate) mod rekenen;

use arrow_array::RecordBatch;
use boom::Log;
use rekenen::{VENSTER, Venster};
use schema::{Definitie, Tabel};

/// An expression of the rule language, checked against one table.
#[derive(Debug, Clone)]
pub struct Expressie {
    log: Log,
    velden: Vec<usize>,
}

impl Expressie {
    /// Reads an expression over the fields of `tabel`.
    ///
    /// # Errors
    /// A sentence saying which part is not of the rule language, or does not fit the fields.
    pub fn parse(definitie: &Definitie, tabel: &Tabel, tekst: &str) -> Result<Self, String> {
        let (log, velden) = ontleed::ontleed(definitie, tabel, tekst)?;
        Ok(Self { log, velden })
    }

    /// The fields it uses, as positions in the table.
    pub fn velden(&self) -> &[usize] {
        &self.velden
    }

    /// The outcome for every row of a typed batch of its table; `None` is unknown.
    pub fn evaluate(&self, batch: &RecordBatch) -> Vec<Option<bool>> {
        let mut uitkomst = Vec::with_capacity(batch.num_rows());
        let mut begin = 0;
        while begin < batch.num_rows() {
            let venster = Venster::new(
                batch.columns(),
                begin,
                VENSTER.min(batch.num_rows() - begin),
            );
            let drie = self.over(&venster);
            uitkomst.extend((0..venster.rijen).map(|i| {
                match (
                    drie.waar[i / 64] >> (i % 64) & 1,
                    drie.onwaar[i / 64] >> (i % 64) & 1,
                ) {
                    (1, _) => Some(true),
                    (_, 1) => Some(false),
                    _ => None,
                }
            }));
            begin += venster.rijen;
        }
        uitkomst
    }

    /// The outcome over one window of rows.
    pub(crate) fn over(&self, venster: &Venster<'_>) -> bits::Drie {
        venster.log(&self.log)
    }
}
