//! The binary as a person meets it: exit code, stdout and stderr of every command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod bezorg;
mod bron;
mod gegevens;
#[cfg(unix)]
#[path = "../../../mapping/tests/hostile_cases/mod.rs"]
#[expect(dead_code, reason = "the cases serve two doors, of which this is one")]
mod gevallen;
mod hulp;
mod lever;
mod meer_bestanden;
mod nepserver;
mod opdrachtregel;
mod sleutel;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod vijandig;
mod vorig_jaar;
mod vragen;
