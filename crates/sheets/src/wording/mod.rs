//! Every Dutch sentence about workbooks, JSON, queries and the report of findings, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

pub(crate) mod annotate;
pub(crate) mod file;
pub(crate) mod json;
pub(crate) mod workbook;
