//! The crate from outside.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod bsn;
#[path = "../bsn_corpus/mod.rs"]
mod bsn_corpus;
mod codes;
