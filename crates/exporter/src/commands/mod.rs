//! One command, one file.
//!
//! Owns nothing but the way to them.

pub(crate) mod codeboek;
pub(crate) mod controleer;
pub(crate) mod koppel;
pub(crate) mod lever;
pub(crate) mod nulopgave;
mod outbox_state;
pub(crate) mod pak;
pub(crate) mod sjabloon;
pub(crate) mod sleutel;
pub(crate) mod status;
mod unattended;

use std::path::{Path, PathBuf};

use schema::Definitie;

use crate::cli::ExporterCommand;
use crate::error::{CommandResult, Failure};
use crate::open_input::JudgeStop;
use crate::wording;
use crate::{atomic_file, output};

/// Carries out one command.
pub(crate) fn run(command: ExporterCommand) -> CommandResult {
    match command {
        ExporterCommand::Sjabloon(args) => sjabloon::run(&args),
        ExporterCommand::Codeboek(args) => codeboek::run(&args),
        ExporterCommand::Koppel(args) => koppel::run(&args),
        ExporterCommand::Controleer(args) => controleer::run(&args),
        ExporterCommand::Pak(args) => pak::run(&args),
        ExporterCommand::Nulopgave(args) => nulopgave::run(&args),
        ExporterCommand::Lever(args) => lever::run(&args),
        ExporterCommand::Status(args) => status::run(&args),
        ExporterCommand::Sleutel(args) => sleutel::run(&args),
    }
}

/// The command that makes a koppeling for these files.
fn mapping_command(files: &[PathBuf], definitie: &Definitie) -> String {
    let files: Vec<String> = files.iter().map(|file| output::word(file)).collect();
    format!(
        "uitvraag koppel {} --uitvraag {} --uit koppeling.toml",
        files.join(" "),
        definitie.name()
    )
}

/// Why files without a koppeling can't be judged; of own headers with the command that maps them.
fn refusal_of_own(stop: JudgeStop, files: &[PathBuf], definitie: &Definitie) -> Failure {
    let own_headers =
        matches!(&stop, JudgeStop::Geweigerd(refusal) if refusal.code() == "HEADER_UNKNOWN");
    let failure = Failure::from(stop);
    if own_headers {
        failure.tip(mapping_command(files, definitie))
    } else {
        failure
    }
}

/// A file that was made from the definition, as `codeboek.html`.
fn artefact(definitie: &Definitie, name: &str) -> Result<&'static [u8], Failure> {
    schema::artefact(&definitie.uitvraag, definitie.jaar, name).ok_or_else(|| {
        Failure::new(wording::commands::no_such_artefact(
            &definitie.name(),
            &name,
        ))
    })
}

/// Writes a made file to its place, or to stdout for `-`.
fn write_artefact(out: &Path, content: &[u8]) -> Result<(), Failure> {
    if out.as_os_str() == "-" {
        return output::bytes(content).map_err(|e| Failure::file("kan niet schrijven", out, &e));
    }
    if std::fs::read(out).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(previous) = atomic_file::keep_previous(out)? {
        output::talk(&wording::commands::previous_file_kept(&previous.display()));
    }
    atomic_file::write_whole(out, content)
}
