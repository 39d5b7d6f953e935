//! One command, one file.
//!
//! Owns nothing but the way to them.

mod bezorg;
pub mod codeboek;
pub mod controleer;
pub mod koppel;
pub mod lever;
pub mod nulopgave;
pub mod pak;
pub mod sjabloon;
pub mod sleutel;
pub mod status;
mod uitbakstand;

use std::path::Path;

use schema::Definitie;

use crate::cli::Opdracht;
use crate::fout::{Fout, Uitkomst};
use crate::{opties, uitvoer};

/// Carries out one command.
pub fn run(opdracht: Opdracht) -> Uitkomst {
    match opdracht {
        Opdracht::Sjabloon(args) => sjabloon::run(&args),
        Opdracht::Codeboek(args) => codeboek::run(&args),
        Opdracht::Koppel(args) => koppel::run(&args),
        Opdracht::Controleer(args) => controleer::run(&args),
        Opdracht::Pak(args) => pak::run(&args),
        Opdracht::Nulopgave(args) => nulopgave::run(&args),
        Opdracht::Lever(args) => lever::run(&args),
        Opdracht::Status(args) => status::run(&args),
        Opdracht::Sleutel(args) => sleutel::run(&args),
    }
}

/// A file that was made from the definition, as `codeboek.html`.
fn artefact(definitie: &Definitie, naam: &str) -> Result<&'static [u8], Fout> {
    schema::artefact(&definitie.uitvraag, definitie.jaar, naam)
        .ok_or_else(|| Fout::new(format!("voor {} is er geen {naam}", definitie.naam())))
}

/// Writes a made file to its place, or to stdout for `-`.
fn write_artefact(uit: &Path, inhoud: &[u8]) -> Result<(), Fout> {
    if uit.as_os_str() == "-" {
        return uitvoer::bytes(inhoud).map_err(|e| Fout::bestand("kan niet schrijven", uit, &e));
    }
    if std::fs::read(uit).is_ok_and(|oud| oud == inhoud) {
        return Ok(());
    }
    if let Some(vorige) = opties::keep_previous(uit)? {
        uitvoer::praat(&format!(
            "Het vorige bestand is bewaard als {}.",
            vorige.display()
        ));
    }
    opties::write_whole(uit, inhoud)
}
