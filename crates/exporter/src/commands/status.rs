//! `uitvraag status`: how a pakket or a levering stands.
//!
//! Owns what can be proven without a server (the pakket is whole, the receipt is real and is of this pakket) and asking the
//! server when told to. Leaves the proofs to `pakket` and `ontvangstbewijs`.

use std::path::{Path, PathBuf};

use chrono::DateTime;
use schema::Toestand;
use schema::levering::datum_nl;
use schema::pakket::Ontvangstbewijs;
use schema::tekst::duizendtal;
use serde::Serialize;

use super::uitbakstand;
use crate::dienst::levering::Levering;
use crate::fout::{Einde, Fout, Uitkomst};
use crate::opties::{MisschienServer, Server};
use crate::pakket::{LEVERING, Pakketmap};
use crate::reis::Verwijzing;
use crate::toon::levering::{describe, suggest};
use crate::{ontvangstbewijs, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag status [MAP] [--server URL --token-bestand BESTAND] [--json]",
    after_help = "Voorbeelden:\n  uitvraag status pakket-2020                        zonder server: is het pakket heel, klopt het ontvangstbewijs?\n  \
                  uitvraag status pakket-2020 --server URL --token-bestand token.txt    hoe staat het bij de server?\n  \
                  uitvraag status --server URL --token-bestand token.txt                al uw leveringen\n  \
                  uitvraag status --config uitvraag.toml             wat er onderweg is en klaar is vanuit uw eigen systeem\n"
)]
pub struct Args {
    /// De map van een pakket of nulopgave
    #[arg(value_name = "MAP", required_unless_present_any = ["server", "config"])]
    map: Option<PathBuf>,
    /// Laat zien wat er in de uitbak van deze instellingen staat (uitvraag.toml)
    #[arg(long, value_name = "BESTAND", conflicts_with_all = ["map", "server"])]
    config: Option<PathBuf>,
    /// Geef de uitkomst als JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    server: MisschienServer,
}

/// What `--json` gives for a folder.
#[derive(Serialize)]
struct Stand {
    pakket: Option<&'static str>,
    ontvangstbewijs: Option<Ontvangstbewijs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    levering: Option<Levering>,
}

/// Tells; exit 1 while something is still to be done for it to count.
pub fn run(args: &Args) -> Uitkomst {
    if let Some(config) = &args.config {
        return uitbakstand::run(config, args.json);
    }
    match (&args.map, args.server.server()) {
        (None, None) => Err(Fout::new("er ontbreekt iets: MAP of --server")
            .tip("Voorbeeld: uitvraag status pakket-2020")),
        (None, Some(server)) => all(&server, args.json),
        (Some(map), server) => one(map, server.as_ref(), args.json),
    }
}

fn all(server: &Server, json: bool) -> Uitkomst {
    let leveringen = server
        .dienst()?
        .leveringen(None)
        .map_err(|e| e.als_fout("de server geeft uw leveringen niet"))?;
    if json {
        uitvoer::json(&leveringen);
    } else if leveringen.is_empty() {
        uitvoer::praat("U hebt nog niets geleverd.");
    } else {
        let blokken: Vec<String> = leveringen
            .iter()
            .map(|l| {
                format!(
                    "{}/{}\n{}",
                    uitvoer::veilig(&l.uitvraag),
                    l.jaar,
                    describe(l)
                )
            })
            .collect();
        uitvoer::data(&blokken.join("\n"));
    }
    Ok(Einde::Goed)
}

fn one(map: &Path, server: Option<&Server>, json: bool) -> Uitkomst {
    let pakket = if Pakketmap::is_pakket(map) {
        Some(Pakketmap::open(map)?)
    } else {
        None
    };
    if let Some(pakket) = &pakket {
        pakket.verify(&crate::opties::definitie(&format!(
            "{}/{}",
            pakket.pakket.uitvraag, pakket.pakket.jaar
        ))?)?;
    }
    let bewijs = ontvangstbewijs::read(map)?;
    if pakket.is_none() && bewijs.is_none() {
        return Err(Fout::new(format!(
            "in {} staat geen pakket en geen ontvangstbewijs",
            map.display()
        ))
        .tip("Geef de map die `uitvraag pak` heeft gemaakt."));
    }
    if let (Some(pakket), Some(bewijs)) = (&pakket, &bewijs) {
        let verschillen = ontvangstbewijs::verschillen(bewijs, &pakket.pakket);
        if !verschillen.is_empty() {
            return Err(Fout::new("het ontvangstbewijs hoort niet bij dit pakket")
                .oorzaak(format!("anders zijn: {}", verschillen.join(", "))));
        }
    }
    let levering = match server {
        Some(server) => Some(ask(map, bewijs.as_ref(), server)?),
        None => None,
    };
    let klaar = match &levering {
        Some(levering) => matches!(
            levering.toestand,
            Toestand::Ingediend | Toestand::Gepubliceerd
        ),
        None => bewijs.is_some(),
    };
    if json {
        uitvoer::json(&Stand {
            pakket: pakket.as_ref().map(|_| "heel"),
            ontvangstbewijs: bewijs,
            levering,
        });
    } else {
        uitvoer::data(&tell(pakket.as_ref(), bewijs.as_ref(), levering.as_ref()));
        if !klaar && levering.is_none() {
            uitvoer::praat(
                "Er is nog geen ontvangstbewijs. Lever het pakket met `uitvraag lever`, of vraag de server hoe het staat met --server.",
            );
        }
    }
    Ok(if klaar { Einde::Goed } else { Einde::Open })
}

fn ask(map: &Path, bewijs: Option<&Ontvangstbewijs>, server: &Server) -> Result<Levering, Fout> {
    let dienst = server.dienst()?;
    let id = match bewijs {
        Some(bewijs) => bewijs.levering.clone(),
        None => {
            let pad = map.join(LEVERING);
            let tekst = std::fs::read(&pad).map_err(|_| {
                Fout::new("dit pakket is nog niet geleverd").tip(suggest(
                    map,
                    dienst.adres(),
                    None,
                    false,
                ))
            })?;
            let verwijzing: Verwijzing = serde_json::from_slice(&tekst).map_err(|e| {
                Fout::new(format!("dit bestand is beschadigd: {}", pad.display())).oorzaak(e)
            })?;
            if verwijzing.server != dienst.adres() {
                return Err(Fout::new(format!(
                    "dit pakket is geleverd bij een andere server: {}",
                    verwijzing.server
                )));
            }
            verwijzing.levering
        }
    };
    dienst
        .levering(&id)
        .map_err(|e| e.als_fout("de server zegt niet hoe het met uw levering staat"))
}

fn tell(
    pakket: Option<&Pakketmap>,
    bewijs: Option<&Ontvangstbewijs>,
    levering: Option<&Levering>,
) -> String {
    let mut uit = String::new();
    if let Some(map) = pakket {
        let p = &map.pakket;
        uit += &format!(
            "pakket            heel, {}/{} van {}\n",
            uitvoer::veilig(&p.uitvraag),
            p.jaar,
            datum_nl(p.leverdatum)
        );
        for bestand in &p.resources {
            uit += &format!(
                "rijen             {} {}\n",
                duizendtal(bestand.rijen),
                uitvoer::veilig(&bestand.name)
            );
        }
    }
    if let Some(bewijs) = bewijs {
        let moment = DateTime::from_timestamp(bewijs.iat, 0)
            .map_or_else(String::new, |m| format!(" op {}", datum_nl(m.date_naive())));
        let wat = if bewijs.nulopgave {
            "nulopgave"
        } else {
            "levering"
        };
        uit += &format!(
            "ontvangstbewijs   geldig, {wat} {}{moment}\n",
            uitvoer::veilig(&bewijs.levering)
        );
        uit += &format!(
            "ondertekend       {}\n",
            uitvoer::veilig(&bewijs.ondertekenaar)
        );
    } else {
        uit += "ontvangstbewijs   nog niet\n";
    }
    if let Some(levering) = levering {
        uit += "\nBij de server\n";
        uit += &describe(levering);
    }
    uit
}
