//! `uitvraag nulopgave`: signs that there is nothing to report.
//!
//! Owns the question and keeping its receipt. Leaves the protocol to `client`.

use std::path::PathBuf;

use crate::args::{ServerArgs, SignatoryArgs};
use crate::error::{CommandResult, Failure, RunEnd};
use crate::wording;
use crate::{args, atomic_file, ontvangstbewijs, output};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag nulopgave --uitvraag omgang/2020 --onderteken \"Naam, functie\" --server URL --token-bestand BESTAND",
    after_help = "Hebt u in dat jaar geen enkel traject gehad? Dan meldt u dat hiermee. Het telt als een volledige levering.\n\
                  Het ontvangstbewijs komt in de map van --uit.\n"
)]
pub(crate) struct NulopgaveArgs {
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// Onderteken met uw naam en functie
    #[arg(long, value_name = "NAAM, FUNCTIE", value_parser = args::signatory)]
    onderteken: SignatoryArgs,
    /// Waarom er nu niets te melden is, als u vorig jaar wel iets leverde
    #[arg(
        long,
        value_name = "TEKST",
        default_value = "",
        hide_default_value = true
    )]
    uitleg: String,
    /// Map voor het ontvangstbewijs [standaard: nulopgave-NAAM-JAAR]
    #[arg(long, value_name = "MAP")]
    uit: Option<PathBuf>,
    #[command(flatten)]
    server: ServerArgs,
}

/// Signs and keeps the receipt.
pub(crate) fn run(args: &NulopgaveArgs) -> CommandResult {
    let definitie = args::definitie(&args.uitvraag)?;
    let client = args.server.client()?;
    let out = args.uit.clone().unwrap_or_else(|| {
        PathBuf::from(format!(
            "nulopgave-{}-{}",
            definitie.uitvraag, definitie.jaar
        ))
    });
    if out.join(ontvangstbewijs::RECEIPT).exists() {
        return Err(
            Failure::new(wording::commands::receipt_exists(&out.display()))
                .tip(wording::commands::KEEP_FOLDER),
        );
    }
    atomic_file::make_dir(&out)?;
    let levering = client
        .nulopgave(
            &definitie.uitvraag,
            definitie.jaar,
            &args.onderteken,
            &args.uitleg,
        )
        .map_err(|e| e.as_failure(&wording::commands::nulopgave_refused(&client.address())))?;
    let (jws, jwks) = client
        .ontvangstbewijs(&levering.id)
        .map_err(|e| e.as_failure(wording::commands::NO_RECEIPT_GIVEN))?;
    let receipt = ontvangstbewijs::verify(&jws, &jwks)
        .map_err(|e| Failure::new(wording::commands::RECEIPT_WRONG).cause(e))?;
    let is_right = receipt.nulopgave
        && receipt.levering == levering.id
        && receipt.uitvraag == definitie.uitvraag
        && receipt.jaar == definitie.jaar;
    if !is_right {
        return Err(Failure::new(wording::commands::RECEIPT_OF_ANOTHER)
            .tip(wording::commands::ASK_COORDINATOR));
    }
    let path = ontvangstbewijs::store(&out, &jws, &jwks)?;
    output::data(&crate::render::levering::describe(&levering));
    output::talk(&wording::commands::nulopgave_done(
        &definitie.jaar,
        &receipt.ondertekenaar,
        &path.display(),
    ));
    Ok(RunEnd::Good)
}
