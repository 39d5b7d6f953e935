//! `uitvraag status`: how a pakket or a levering stands.
//!
//! Owns what can be proven without a server (the pakket is whole, the receipt is real and is of this pakket), and asking the
//! server when told to: how it stands, and what was found, in the own files. Where rows stand there is in `row_map`. Leaves the proofs to `pakket` and `ontvangstbewijs`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use schema::dutch_time::datum_nl;
use schema::pakket::Ontvangstbewijs;
use schema::text::grouped_thousands;
use schema::{Bevinding, Toestand};
use serde::Serialize;

use super::outbox_state;
use crate::args::{OptionalServer, ServerArgs};
use crate::client::Client;
use crate::client::levering::ServiceLevering;
use crate::delivery_run::LeveringLink;
use crate::error::{CommandResult, Failure, RunEnd};
use crate::pakket::{LEVERING, PakketDirectory};
use crate::render::levering::{describe, suggest};
use crate::row_map::RowMap;
use crate::wording;
use crate::{ontvangstbewijs, output, render};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag status [MAP] [--server URL --token-bestand BESTAND] [--json]",
    after_help = "Voorbeelden:\n  uitvraag status pakket-2020                        zonder server: is het pakket heel, klopt het ontvangstbewijs?\n  \
                  uitvraag status pakket-2020 --server URL --token-bestand token.txt    hoe staat het bij de server?\n  \
                  uitvraag status --server URL --token-bestand token.txt                al uw leveringen\n  \
                  uitvraag status --config uitvraag.toml             wat er onderweg is en klaar is vanuit uw eigen systeem\n"
)]
pub(crate) struct StatusArgs {
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
    server: OptionalServer,
}

/// What `--json` gives for a folder.
#[derive(Serialize)]
struct FolderState {
    pakket: Option<&'static str>,
    ontvangstbewijs: Option<Ontvangstbewijs>,
    #[serde(skip_serializing_if = "Option::is_none")]
    levering: Option<ServiceLevering>,
    /// What the service found, in the own files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bevindingen: Vec<Bevinding>,
}

/// Findings of one rule that are listed.
const SHOWN: usize = 10;

/// Tells; exit 1 while something is still to be done for it to count.
pub(crate) fn run(args: &StatusArgs) -> CommandResult {
    if let Some(config) = &args.config {
        return outbox_state::run(config, args.json);
    }
    match (&args.map, args.server.server()) {
        (None, None) => Err(Failure::new(wording::commands::FOLDER_OR_SERVER)
            .tip("Voorbeeld: uitvraag status pakket-2020")),
        (None, Some(server)) => all(&server, args.json),
        (Some(dir), server) => one(dir, server.as_ref(), args.json),
    }
}

fn all(server: &ServerArgs, json: bool) -> CommandResult {
    let leveringen = server
        .client()?
        .leveringen(None)
        .map_err(|e| e.as_failure(wording::commands::NO_LEVERINGEN))?;
    if json {
        output::json(&leveringen);
    } else if leveringen.is_empty() {
        output::talk(wording::commands::NOTHING_DELIVERED);
    } else {
        let blocks: Vec<String> = leveringen
            .iter()
            .map(|l| format!("{}/{}\n{}", output::safe(&l.uitvraag), l.jaar, describe(l)))
            .collect();
        output::data(&blocks.join("\n"));
    }
    Ok(RunEnd::Good)
}

fn one(dir: &Path, server: Option<&ServerArgs>, json: bool) -> CommandResult {
    let pakket = if PakketDirectory::is_pakket(dir) {
        Some(PakketDirectory::open(dir)?)
    } else {
        None
    };
    if let Some(pakket) = &pakket {
        pakket.verify(&crate::args::definitie(&format!(
            "{}/{}",
            pakket.pakket.uitvraag, pakket.pakket.jaar
        ))?)?;
    }
    let receipt = ontvangstbewijs::read(dir)?;
    if pakket.is_none() && receipt.is_none() {
        return Err(Failure::new(format!(
            "in {} staat geen pakket en geen ontvangstbewijs",
            dir.display()
        ))
        .tip(wording::commands::GIVE_PAKKET_FOLDER));
    }
    if let (Some(pakket), Some(receipt)) = (&pakket, &receipt) {
        let differences = ontvangstbewijs::differences(receipt, &pakket.pakket);
        if !differences.is_empty() {
            return Err(Failure::new(wording::commands::RECEIPT_OF_OTHER_PAKKET)
                .cause(format!("anders zijn: {}", differences.join(", "))));
        }
    }
    let client = server.map(ServerArgs::client).transpose()?;
    let levering = match &client {
        Some(client) => Some(ask(dir, receipt.as_ref(), client)?),
        None => None,
    };
    let bevindingen = match (&client, &levering, &pakket) {
        (Some(client), Some(levering), Some(pakket)) => found(client, levering, pakket)?,
        _ => Vec::new(),
    };
    let done = match &levering {
        Some(levering) => levering.toestand.counts(),
        None => receipt.is_some(),
    };
    if json {
        output::json(&FolderState {
            pakket: pakket.as_ref().map(|_| "heel"),
            ontvangstbewijs: receipt,
            levering,
            bevindingen,
        });
    } else {
        output::data(&tell(pakket.as_ref(), receipt.as_ref(), levering.as_ref()));
        output::data(&list(&bevindingen));
        if !done && levering.is_none() {
            output::talk(wording::commands::NO_RECEIPT_YET);
        }
    }
    Ok(if done { RunEnd::Good } else { RunEnd::Open })
}

fn ask(
    dir: &Path,
    receipt: Option<&Ontvangstbewijs>,
    client: &Client,
) -> Result<ServiceLevering, Failure> {
    let id = match receipt {
        Some(receipt) => receipt.levering.clone(),
        None => {
            let path = dir.join(LEVERING);
            let text = std::fs::read(&path).map_err(|_| {
                Failure::new(wording::commands::NOT_DELIVERED).tip(suggest(
                    dir,
                    client.address(),
                    None,
                    false,
                ))
            })?;
            let reference: LeveringLink = serde_json::from_slice(&text).map_err(|e| {
                Failure::new(wording::commands::broken_file(&path.display())).cause(e)
            })?;
            if reference.server != client.address() {
                return Err(Failure::new(wording::commands::other_server(
                    &reference.server,
                )));
            }
            reference.levering
        }
    };
    client
        .levering(&id)
        .map_err(|e| e.as_failure(wording::commands::NO_STATE))
}

/// What the service found, in the own files, with the own number.
fn found(
    client: &Client,
    levering: &ServiceLevering,
    pakket: &PakketDirectory,
) -> Result<Vec<Bevinding>, Failure> {
    let nothing = levering.regels.iter().all(|regel| regel.aantal == 0);
    if nothing || levering.toestand == Toestand::Gewist {
        return Ok(Vec::new());
    }
    let mut oordeel = client
        .bevindingen(&levering.id)
        .map_err(|e| e.as_failure(wording::commands::NO_FINDINGS))?;
    if let Some(rows) = RowMap::read(&pakket.map, &pakket.bytes) {
        rows.lead_back(&mut oordeel);
    }
    Ok(oordeel.bevindingen)
}

/// The findings, rule by rule.
fn list(bevindingen: &[Bevinding]) -> String {
    let mut out = String::new();
    if bevindingen.is_empty() {
        return out;
    }
    out += wording::commands::FOUND_BY_SERVER;
    let mut codes: Vec<&str> = Vec::new();
    for one in bevindingen {
        if !codes.contains(&one.code.as_str()) {
            codes.push(&one.code);
        }
    }
    for code in codes {
        let of_code: Vec<&Bevinding> = bevindingen.iter().filter(|one| one.code == code).collect();
        let _ = writeln!(out, "{}", output::safe(code));
        for bevinding in of_code.iter().take(SHOWN) {
            let _ = writeln!(
                out,
                "  {}: {}",
                render::place(bevinding, true),
                output::safe(&bevinding.bericht)
            );
        }
        if of_code.len() > SHOWN {
            let rest = grouped_thousands((of_code.len() - SHOWN) as u64);
            let _ = writeln!(out, "{}", wording::commands::more_places(&rest));
        }
    }
    out
}

fn tell(
    pakket: Option<&PakketDirectory>,
    receipt: Option<&Ontvangstbewijs>,
    levering: Option<&ServiceLevering>,
) -> String {
    let mut out = String::new();
    if let Some(dir) = pakket {
        let p = &dir.pakket;
        let _ = writeln!(
            out,
            "pakket            heel, {}/{} van {}",
            output::safe(&p.uitvraag),
            p.jaar,
            datum_nl(p.leverdatum)
        );
        for file in &p.resources {
            let _ = writeln!(
                out,
                "rijen             {} {}",
                grouped_thousands(file.rijen),
                output::safe(&file.name)
            );
        }
    }
    if let Some(receipt) = receipt {
        let moment = DateTime::from_timestamp(receipt.iat, 0)
            .map_or_else(String::new, |m| format!(" op {}", datum_nl(m.date_naive())));
        let what = if receipt.nulopgave {
            "nulopgave"
        } else {
            "levering"
        };
        let _ = writeln!(
            out,
            "ontvangstbewijs   geldig, {what} {}{moment}",
            output::safe(&receipt.levering)
        );
        let _ = writeln!(
            out,
            "ondertekend       {}",
            output::safe(&receipt.ondertekenaar)
        );
    } else {
        out += "ontvangstbewijs   nog niet\n";
    }
    if let Some(levering) = levering {
        out += "\nBij de server\n";
        out += &describe(levering);
    }
    out
}
