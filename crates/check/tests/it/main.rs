//! Tests of the judgement as a whole: definitions in, findings out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod golden;
mod herstel;
mod hulp;
mod klad;
mod levering;
mod nulwaarden;
mod oorzaken;
mod partijen;
mod taal;
mod tellingen;
mod verzamelingen;
mod voorbeelden;
mod zinnen;
