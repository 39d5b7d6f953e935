//! Every Dutch sentence that Rust answers or puts on a page, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence stands where is decided by who calls. What a template says stands in
//! the template, the titles of problems beside their codes in `problem`, and the sentence of an error beside its variant.

pub(crate) mod levering;
pub(crate) mod page;
pub(crate) mod refused;
