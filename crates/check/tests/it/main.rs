//! Tests of the judgement as a whole: definitions in, findings out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod batches;
mod causes;
mod counts;
mod examples;
mod golden;
mod language;
mod levering;
mod nulls;
mod repair;
mod sentences;
mod sets;
mod spill;
mod support;
