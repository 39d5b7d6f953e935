//! Tests of `analysis` through its public face, in one binary.

mod cijfers;
mod hulp;
mod pijplijn;
mod publicatie;
mod query;
mod regeltaal;
mod slt;
mod statistiek;
