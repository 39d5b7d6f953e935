//! The binary as a person meets it: exit code, stdout and stderr of every command.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]
#![expect(
    clippy::disallowed_methods,
    reason = "a test writes and damages what it likes"
)]

#[cfg(unix)]
#[path = "../../../mapping/tests/hostile_cases/mod.rs"]
#[expect(dead_code, reason = "the cases serve two doors, of which this is one")]
mod cases;
mod command_line;
#[cfg(unix)]
mod conversation;
mod data;
mod fake_server;
#[cfg(unix)]
mod hostile;
mod key;
mod lever;
mod lever_faults;
mod previous_year;
mod questions;
#[cfg(target_os = "linux")]
mod read_counts;
mod service;
mod several_files;
mod sources;
mod support;
#[cfg(unix)]
mod terminal;
mod unattended;
mod unattended_faults;
mod waiting;
