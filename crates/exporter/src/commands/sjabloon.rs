//! `uitvraag sjabloon`: the workbook to fill in.
//!
//! Owns where it goes. Leaves what is in it to `schema`.

use std::path::PathBuf;

use crate::fout::{Einde, Uitkomst};
use crate::{opties, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag sjabloon --uitvraag omgang/2020 [--uit sjabloon.xlsx]",
    after_help = "Vul het sjabloon in en controleer het zonder koppeling:\n  uitvraag controleer sjabloon.xlsx --uitvraag omgang/2020\n"
)]
pub struct Args {
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// Bestand om te schrijven; - schrijft naar de uitvoer [standaard: NAAM-JAAR-sjabloon.xlsx]
    #[arg(long, value_name = "BESTAND")]
    uit: Option<PathBuf>,
}

/// Writes the workbook.
pub fn run(args: &Args) -> Uitkomst {
    let definitie = opties::definitie(&args.uitvraag)?;
    let inhoud = super::artefact(&definitie, "sjabloon.xlsx")?;
    let uit = args.uit.clone().unwrap_or_else(|| {
        PathBuf::from(format!(
            "{}-{}-sjabloon.xlsx",
            definitie.uitvraag, definitie.jaar
        ))
    });
    super::write_artefact(&uit, inhoud)?;
    if uit.as_os_str() != "-" {
        uitvoer::praat(&format!(
            "Het sjabloon staat in {}. Vul het in en controleer het met:\n  uitvraag controleer {} --uitvraag {}",
            uit.display(),
            uitvoer::woord(&uit),
            definitie.naam()
        ));
    }
    Ok(Einde::Goed)
}
