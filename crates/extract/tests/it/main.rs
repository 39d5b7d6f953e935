//! The crate from outside: real exports through both doors.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod bron;
mod codes;
mod extracten;
#[path = "../vijandig/mod.rs"]
mod gevallen;
mod gevraagd;
mod hulp;
mod koppeltekst;
mod ods;
mod overig;
mod rapport;
mod sjabloon;
mod sleutel;
mod strikte_deur;
mod vijandig;
mod vijandig_werkmap;
mod werkboek;
mod werkmap;
mod zaad;
