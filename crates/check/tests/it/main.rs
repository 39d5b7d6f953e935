//! Tests of the judgement as a whole: definitions in, findings out.

mod golden;
mod hulp;
mod nulwaarden;
mod partijen;
mod taal;
mod tellingen;
mod voorbeelden;
mod zinnen;
