//! The pakket on disk: `pakket.json` and one `<tabel>.csv.zst` per table, in a folder.
//!
//! Owns writing it (whole or not at all, the same bytes for the same input) and reading it back with every length and
//! hash proven. Leaves what is in the tables to `check`, and strict reading of the CSV to `pakket::strict_door`.

mod read;
mod write;

pub(crate) use ::pakket::packing::MANIFEST;
pub(crate) use read::PakketDirectory;
pub(crate) use write::{PakketWriter, free_place};

/// What the service called this levering; written by `lever`.
pub(crate) const LEVERING: &str = "levering.json";
/// The questions and answers; written by `lever`.
pub(crate) const TOELICHTINGEN: &str = "toelichtingen.toml";

/// How the files were read; written by `pak` for next year, and never sent.
pub(crate) const KOPPELING: &str = "koppeling.toml";
