//! The service through its router, as a client sees it; the accept loop over real sockets.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops there")]

mod bestanden;
mod cijfers;
mod herstart;
mod invoer;
mod levensloop;
mod omgeving;
mod oordeel;
mod openen;
mod paginas;
mod publicaties;
mod toegang;
mod verbindingen;
mod vorig_jaar;
