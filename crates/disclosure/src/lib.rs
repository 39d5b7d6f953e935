//! From exact counts to a table in which no child can be recognised.
//!
//! Owns the draw by which counts are rounded ([`RoundingKey`]), the rules of what may leave ([`rules`]) and the only type
//! that a publication is made of ([`Released`]). It knows no indicator by name: an indicator says of what kind its
//! numbers are. Leaves computing to `analysis` and signs to `report`.

pub mod audit;
pub mod certificate;
mod curves;
mod release;
mod rounding;
pub mod rules;

pub use curves::{CurveRow, PointToShow};
pub use release::{FigureBasis, Release, ReleaseError, Released, is_published};
pub use rounding::{BASE, RecordSet, RoundingKey, SLACK};
