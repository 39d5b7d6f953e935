//! The service through its router, as a client sees it; the accept loop over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod app;
mod auth;
mod bsn;
#[path = "../../../rows/tests/bsn_corpus/mod.rs"]
#[expect(
    dead_code,
    reason = "the corpus serves four doors, of which this is one"
)]
mod bsn_corpus;
#[path = "../../../mapping/tests/hostile_cases/mod.rs"]
#[expect(
    dead_code,
    reason = "the cases serve two doors, of which the service has one"
)]
mod cases;
mod cijfers;
mod connections;
mod deliver;
mod files;
mod hostile;
mod input;
mod judging;
mod lifecycle;
mod oordeel;
mod open;
mod own_figures;
mod pages;
mod previous_year;
mod publicaties;
mod races;
mod replacement;
mod restart;
mod sql;
