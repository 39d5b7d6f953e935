//! The binary as a person meets it: exit code, stdout and stderr of every command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod bezorg;
mod bron;
mod gegevens;
mod hulp;
mod lever;
mod nepserver;
mod opdrachtregel;
mod sleutel;
#[cfg(unix)]
mod terminal;
mod vorig_jaar;
mod vragen;
