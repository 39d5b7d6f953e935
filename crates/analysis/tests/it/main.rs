//! Tests of `analysis` through its public face, in one binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod cijfers;
mod foreign;
mod hulp;
mod pijplijn;
mod publicatie;
mod query;
mod regeltaal;
mod slt;
mod statistiek;
