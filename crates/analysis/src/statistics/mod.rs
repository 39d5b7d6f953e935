//! The small exact part after SQL: quantiles, intervals, survival curves and queue formulas.
//!
//! Owns the formulas, over plain numbers and counts per day. Leaves counting to the SQL of the pipeline and
//! choosing which formula belongs to which indicator to [`crate::results`]. Every formula has vectors in
//! `tests/fixtures/`, computed with R and scipy.

pub mod days;
pub mod interval;
pub mod queue;
pub mod survival;

pub use days::DayCount;
pub use interval::{Bounds, Confidence};
