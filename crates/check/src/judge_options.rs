//! What a judgement needs to know besides the definition.
//!
//! Owns the choices of the caller. Leaves what follows from them to the rules.

use chrono::NaiveDate;

/// What a judgement needs to know besides the definition.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day of delivery; later dates are a fout.
    pub leverdatum: NaiveDate,
    /// Findings listed per rule; [`crate::PER_REGEL`] in exporter and service.
    pub per_regel: usize,
    /// The pseudoniem fields still hold the aanbieder's own identifiers.
    pub raw_ids: bool,
}
