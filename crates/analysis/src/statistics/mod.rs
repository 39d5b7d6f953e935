//! The small exact part after SQL: quantiles, intervals, survival curves, comparison and queue formulas.
//!
//! Owns the formulas, over plain numbers and counts per day. Leaves counting to the SQL of the pipeline and
//! choosing which formula belongs to which indicator to [`crate::formulas`]. Every formula has vectors in
//! `tests/fixtures/`, computed with R and scipy.

pub mod cluster;
pub mod funnel;
pub mod interval;
pub mod missing;
pub mod quantiles;
pub mod queue;
mod special;
pub mod standardise;
pub mod survival;
pub mod verdict;

pub use interval::{Bounds, Confidence};
pub use quantiles::DayCount;
