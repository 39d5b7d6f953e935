//! The crate from outside: workbooks in, through the reader that maps them, and the annotated workbook out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod annotate;
mod corpus;
#[expect(dead_code, reason = "the parts serve two crates, of which this is one")]
mod hand_made;
mod ods;
mod open_once;
mod packages;
#[path = "../../../mapping/tests/it/support.rs"]
mod support;
mod workbook;
