//! What travels from an aanbieder to the service, and what may not.
//!
//! Owns the strict door ([`strict`]): one canonical CSV of a pakket and nothing else, packed with nothing beside it
//! ([`frames`]). Owns pseudonyms and their key ([`PseudonymKey`]), what an answer to a signaal may be ([`answer`]), and
//! files that only their owner can read ([`private_file`]). The manifest is a contract of `schema`;
//! whether something is a BSN is judged by [`bsn`], for every crate alike. Leaves packing to `exporter`, storing to `lake`.

pub mod answer;
pub mod frames;
pub mod private_file;
mod pseudonym_key;
pub mod strict;

pub use pseudonym_key::{PseudonymKey, PseudonymKeyError};
pub use rows::bsn;
