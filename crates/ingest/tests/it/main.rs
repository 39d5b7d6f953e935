//! The service through its router, as a client sees it; the accept loop over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod bestanden;
mod cijfers;
#[path = "../../../mapping/tests/hostile_cases/mod.rs"]
#[expect(
    dead_code,
    reason = "the cases serve two doors, of which the service has one"
)]
mod gevallen;
mod herstart;
mod invoer;
mod judging;
mod levensloop;
mod omgeving;
mod oordeel;
mod openen;
mod paginas;
mod publicaties;
mod races;
mod toegang;
mod verbindingen;
mod vijandig;
mod vorig_jaar;
