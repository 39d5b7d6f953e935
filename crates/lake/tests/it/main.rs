//! The lake as its callers see it, on a real disk and on one that forgets.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking; helpers are no test functions"
)]

mod aanbieders;
mod attempts;
mod crash;
mod faults;
mod haperend;
mod herstel;
mod hulp;
mod levensloop;
mod momentopname;
mod openen;
mod publicatie;
mod races;
mod register;
mod rules;
mod startup;
mod tabel;
mod upload;
mod vergeetachtig;
