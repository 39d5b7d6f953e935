//! Tests of `analysis` through its public face, in one binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod cijfers;
mod foreign;
mod logic_tests;
mod pipeline;
mod publicatie;
mod query;
mod regel_language;
mod statistics;
mod support;
