//! `uitvraag nulopgave`: signs that there is nothing to report.
//!
//! Owns the question and keeping its receipt. Leaves the protocol to `dienst`.

use std::fs;
use std::path::PathBuf;

use crate::fout::{Einde, Fout, Uitkomst};
use crate::opties::{Ondertekenaar, Server};
use crate::{ontvangstbewijs, opties, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag nulopgave --uitvraag omgang/2020 --onderteken \"Naam, functie\" --server URL --token-bestand BESTAND",
    after_help = "Hebt u in dat jaar geen enkel traject gehad? Dan meldt u dat hiermee. Het telt als een volledige levering.\n\
                  Het ontvangstbewijs komt in de map van --uit.\n"
)]
pub struct Args {
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// Onderteken met uw naam en functie
    #[arg(long, value_name = "NAAM, FUNCTIE", value_parser = opties::ondertekenaar)]
    onderteken: Ondertekenaar,
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
    server: Server,
}

/// Signs and keeps the receipt.
pub fn run(args: &Args) -> Uitkomst {
    let definitie = opties::definitie(&args.uitvraag)?;
    let dienst = args.server.dienst()?;
    let uit = args.uit.clone().unwrap_or_else(|| {
        PathBuf::from(format!(
            "nulopgave-{}-{}",
            definitie.uitvraag, definitie.jaar
        ))
    });
    if uit.join(ontvangstbewijs::BEWIJS).exists() {
        return Err(
            Fout::new(format!("in {} staat al een ontvangstbewijs", uit.display()))
                .tip("Bewaar die map. Kies een andere map met --uit."),
        );
    }
    fs::create_dir_all(&uit).map_err(|e| Fout::bestand("kan de map niet maken", &uit, &e))?;
    let levering = dienst
        .nulopgave(
            &definitie.uitvraag,
            definitie.jaar,
            &args.onderteken,
            &args.uitleg,
        )
        .map_err(|e| {
            e.als_fout(&format!(
                "de server neemt de nulopgave niet aan: {}",
                dienst.adres()
            ))
        })?;
    let (jws, jwks) = dienst
        .ontvangstbewijs(&levering.id)
        .map_err(|e| e.als_fout("de server geeft geen ontvangstbewijs"))?;
    let bewijs = ontvangstbewijs::verifieer(&jws, &jwks)
        .map_err(|e| Fout::new("het ontvangstbewijs van de server klopt niet").oorzaak(e))?;
    let klopt = bewijs.nulopgave
        && bewijs.levering == levering.id
        && bewijs.uitvraag == definitie.uitvraag
        && bewijs.jaar == definitie.jaar;
    if !klopt {
        return Err(
            Fout::new("het ontvangstbewijs van de server gaat niet over deze nulopgave")
                .tip("Neem contact op met de coördinator."),
        );
    }
    let pad = ontvangstbewijs::bewaar(&uit, &jws, &jwks)?;
    uitvoer::data(&crate::toon::levering::describe(&levering));
    uitvoer::praat(&format!(
        "U bent klaar. De nulopgave over {} is ondertekend door {}.\nUw ontvangstbewijs is gecontroleerd en staat in {}. Bewaar deze map.",
        definitie.jaar,
        bewijs.ondertekenaar,
        pad.display()
    ));
    Ok(Einde::Goed)
}
