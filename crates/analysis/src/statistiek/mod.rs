//! The small exact part after SQL: quantiles, intervals, survival curves and queue formulas.
//!
//! Owns the formulas, over plain numbers and counts per day. Leaves counting to the SQL of the pipeline and
//! choosing which formula belongs to which indicator to [`crate::figuren`]. Every formula has vectors in
//! `tests/fixtures/`, computed with R and scipy.

pub mod dagen;
pub mod interval;
pub mod overleving;
pub mod wachtrij;

pub use dagen::Dagtelling;
pub use interval::{Grenzen, Zekerheid};
