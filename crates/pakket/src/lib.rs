//! What travels from an aanbieder to the service, and what may not.
//!
//! Owns the strict door ([`strict_door`]): one canonical CSV of a pakket and nothing else, packed with nothing beside it
//! ([`zstd_frames`]); and what a pakket holds wherever it is made ([`packing`]), one file of it all among that ([`tar`]).
//! Owns pseudonyms and their key ([`PseudonymKey`]), what an answer to a signaal may be ([`toelichting`]), and
//! files that only their owner can read ([`private_file`]). The manifest is a contract of `schema`;
//! whether something is a BSN is judged by [`bsn`], for every crate alike. Leaves the files of a pakket to
//! `exporter` and `browser`, storing to `lake`.

pub mod packing;
pub mod private_file;
mod pseudonym_key;
pub mod strict_door;
pub mod tar;
pub mod toelichting;
mod wording;
pub mod zstd_frames;

pub use pseudonym_key::{PseudonymKey, PseudonymKeyError};
pub use rows::bsn;
