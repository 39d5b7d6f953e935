//! The crate from outside: the strict door, and keys with their pseudonyms.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod bsn;
#[path = "../../../rows/tests/bsn_corpus/mod.rs"]
#[expect(
    dead_code,
    reason = "the corpus serves four doors, of which this is one"
)]
mod bsn_corpus;
mod pseudonym_key;
mod strict_door;
mod support;
