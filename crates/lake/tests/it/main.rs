//! The lake as its callers see it, on a real disk and on one that forgets.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking; helpers are no test functions"
)]
#![expect(clippy::disallowed_methods, reason = "a test damages what it likes")]

mod aanbieders;
mod attempts;
mod crash;
mod faltering;
mod faults;
mod forgetful;
mod lifecycle;
mod momentopname;
mod open;
mod publicatie;
mod races;
mod recovery;
mod register;
mod rules;
mod startup;
mod support;
mod tabel;
mod upload;
