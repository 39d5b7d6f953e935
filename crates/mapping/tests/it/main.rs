//! The crate from outside: real and hostile exports through the lenient door, and beside it the strict one.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod asked;
mod balance;
mod bsn;
#[path = "../../../rows/tests/bsn_corpus/mod.rs"]
#[expect(
    dead_code,
    reason = "the corpus serves four doors, of which this is one"
)]
mod bsn_corpus;
mod extracts;
mod foreign_words;
#[path = "../../../sheets/tests/it/hand_made.rs"]
#[expect(dead_code, reason = "the parts serve two crates, of which this is one")]
mod hand_made;
mod header_lists;
mod hostile;
#[path = "../hostile_cases/mod.rs"]
mod hostile_cases;
mod hostile_workbook;
mod koppeling_text;
mod layouts;
mod leftovers;
mod lenient_door;
mod own_cells;
mod seeds;
mod support;
mod template;
mod truth_values;
mod units;
