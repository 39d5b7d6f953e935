//! Every Dutch sentence of the program, for an editor to read from top to bottom: a file per kind of thing that is told of.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes in
//! as it is to be read. What `--help` says of an option stands beside the option.

pub(crate) mod answers;
pub(crate) mod asked;
pub(crate) mod commands;
pub(crate) mod database;
pub(crate) mod files;
#[cfg(feature = "odbc")]
pub(crate) mod odbc;
pub(crate) mod server;
pub(crate) mod settings;
