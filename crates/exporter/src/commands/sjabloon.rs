//! `uitvraag sjabloon`: the workbook to fill in.
//!
//! Owns where it goes. Leaves what is in it to `schema`.

use std::path::PathBuf;

use crate::error::{CommandResult, RunEnd};
use crate::wording;
use crate::{args, output};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag sjabloon --uitvraag omgang/2020 [--uit sjabloon.xlsx]",
    after_help = "Vul het sjabloon in en controleer het zonder koppeling:\n  uitvraag controleer sjabloon.xlsx --uitvraag omgang/2020\n"
)]
pub(crate) struct SjabloonArgs {
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// Bestand om te schrijven; - schrijft naar de uitvoer [standaard: NAAM-JAAR-sjabloon.xlsx]
    #[arg(long, value_name = "BESTAND")]
    uit: Option<PathBuf>,
}

/// Writes the workbook.
pub(crate) fn run(args: &SjabloonArgs) -> CommandResult {
    let definitie = args::definitie(&args.uitvraag)?;
    let content = super::artefact(&definitie, "sjabloon.xlsx")?;
    let out = args.uit.clone().unwrap_or_else(|| {
        PathBuf::from(format!(
            "{}-{}-sjabloon.xlsx",
            definitie.uitvraag, definitie.jaar
        ))
    });
    super::write_artefact(&out, content)?;
    if out.as_os_str() != "-" {
        output::talk(&wording::commands::sjabloon_stands(
            &out.display(),
            &output::word(&out),
            &definitie.name(),
        ));
    }
    Ok(RunEnd::Good)
}
