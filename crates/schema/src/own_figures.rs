//! The exact figures of one aanbieder, for it alone.
//!
//! Owns the record that `run` writes and the service shows to that aanbieder. It is no [`crate::Cijfer`], so that nothing that
//! publishes can take it for one.

use serde::{Deserialize, Serialize};

use crate::Indicator;

/// What one aanbieder reported, as figures: its own file and nobody else's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnFigures {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// What it was computed from.
    pub momentopname: String,
    /// Whether ends may still come in.
    pub voorlopig: bool,
    /// What the figures mean, in the order in which they are shown.
    pub indicatoren: Vec<Indicator>,
    /// The figures: of every indicator the total, and of its breakdowns and codes what there is.
    pub cijfers: Vec<OwnFigure>,
}

/// One figure of one aanbieder, not rounded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnFigure {
    /// Id of the indicator.
    pub indicator: String,
    /// `totaal` or the field.
    pub uitsplitsing: String,
    /// `totaal` or the code.
    pub categorie: String,
    /// Unit: that of the indicator, but for a longest wait, which is a class in public and days here.
    pub eenheid: String,
    /// The value; empty where it can't be computed.
    pub waarde: Option<f64>,
    /// Numerator.
    pub teller: Option<f64>,
    /// Denominator.
    pub noemer: Option<f64>,
    /// Number of records it rests on.
    pub n: Option<i64>,
}
