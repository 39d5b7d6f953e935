//! Every Dutch sentence that Rust puts on a page, for an editor to read from top to bottom, a file per kind of place.
//!
//! Owns the words and nothing else: which sentence stands where is decided by who calls, numbers come in as text, and
//! whole paragraphs stand in the templates. What is said of one uitvraag alone stands in its page plan.

pub mod beside_nederland;
pub mod drawing;
pub mod figure;
pub mod method;
pub mod page;
pub mod workbook;
