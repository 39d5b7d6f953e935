//! Every Dutch sentence of the reading of files and of the koppeling, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

pub(crate) mod cells;
pub(crate) mod file;
pub(crate) mod koppeling;
pub(crate) mod proposal;
pub(crate) mod questions;
pub(crate) mod sjabloon;
