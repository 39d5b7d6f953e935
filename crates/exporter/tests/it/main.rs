//! The binary as a person meets it: exit code, stdout and stderr of every command.

mod gegevens;
mod hulp;
mod lever;
mod nepserver;
mod opdrachtregel;
mod sleutel;
