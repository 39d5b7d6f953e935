//! `uitvraag koppel`: proposes which column means what.
//!
//! Owns showing the proposal and writing it where a person can mend it, never over an earlier one. Leaves the guessing,
//! and the honesty about it, to `mapping`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mapping::{Koppeling, Voorstel, stel_voor, verken_alle};
use schema::Definitie;

use crate::fout::{Einde, Fout, Uitkomst};
use crate::instellingen::Instellingen;
use crate::pakket::KOPPELING;
use crate::reading::{Stop, open_files};
use crate::uitvoer::{kort, veilig};
use crate::{bron, invoer, opties, rapport, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag koppel BESTAND… --uitvraag omgang/2020 --uit koppeling.toml [--json]",
    after_help = "Voorbeelden:\n  uitvraag koppel export.xlsx --uitvraag omgang/2020 --uit koppeling.toml\n  \
                  uitvraag koppel export.xlsx --uitvraag omgang/2021 --vorig pakket-2020 --uit koppeling.toml\n  \
                  uitvraag koppel --config uitvraag.toml              de query's of bestanden van uw eigen systeem\n\n\
                  Wat zeker is, staat ingevuld. Wat open is, vult u zelf in: open koppeling.toml met een teksteditor.\n\
                  Een koppeling die er al staat, wordt bewaard als koppeling.toml.vorige.\n"
)]
pub struct Args {
    /// Uw eigen bestanden: CSV, Excel (.xlsx), .ods of JSON
    #[arg(required_unless_present = "config", value_name = "BESTAND")]
    bestanden: Vec<PathBuf>,
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR", required_unless_present = "config")]
    uitvraag: Option<String>,
    /// Lees de bron uit dit bestand (uitvraag.toml); de koppeling komt waar het zegt
    #[arg(long, value_name = "BESTAND", conflicts_with_all = ["bestanden", "uitvraag"])]
    config: Option<PathBuf>,
    /// Bestand voor de koppeling; zonder deze optie komt ze op het scherm
    #[arg(long, value_name = "BESTAND")]
    uit: Option<PathBuf>,
    /// Begin met de antwoorden van vorig jaar: de map van dat pakket, of die koppeling.toml
    #[arg(long, value_name = "MAP")]
    vorig: Option<PathBuf>,
    /// Geef het voorstel als JSON
    #[arg(long)]
    json: bool,
}

/// Proposes a mapping; exit 1 while something is open.
pub fn run(args: &Args) -> Uitkomst {
    let instellingen = args.config.as_deref().map(Instellingen::read).transpose()?;
    if let Some(uit) = &args.uit {
        let mut gelezen: Vec<PathBuf> =
            args.bestanden.iter().chain(&args.config).cloned().collect();
        gelezen.extend(
            instellingen
                .as_ref()
                .map(bron::bestanden)
                .transpose()?
                .unwrap_or_default(),
        );
        let gelezen: Vec<&Path> = gelezen.iter().map(PathBuf::as_path).collect();
        rapport::spare(uit, &gelezen).map_err(|fout| {
            fout.tip("Geef de koppeling een andere naam, zoals --uit koppeling.toml.")
        })?;
    }
    let naam = args
        .uitvraag
        .as_deref()
        .or(instellingen.as_ref().map(|i| i.uitvraag.as_str()))
        .unwrap_or_default();
    let definitie = opties::definitie(naam)?;
    let gelezen = instellingen
        .as_ref()
        .map(|i| bron::lees(i, &definitie, None))
        .transpose()?;
    let bestanden = match &gelezen {
        Some(gelezen) => gelezen.bestanden.clone(),
        None => open_files(&args.bestanden)?,
    };
    let verkenningen = verken_alle(&bestanden, &definitie).map_err(Stop::from)?;
    let mut voorstel = stel_voor(&verkenningen, &definitie);
    // The settings name that pakket for its rows: made from a sjabloon it has no koppeling.
    let ingesteld = instellingen
        .as_ref()
        .and_then(|i| i.vorig.as_ref())
        .filter(|map| map.join(KOPPELING).is_file());
    if let Some(vorig) = args.vorig.as_ref().or(ingesteld) {
        let vorige = previous(vorig)?;
        for zin in voorstel.neem_over(&vorige, &definitie) {
            uitvoer::praat(&veilig(&zin));
        }
    }
    for aanname in &voorstel.aannames {
        uitvoer::praat(&format!("Aangenomen: {aanname}"));
    }
    let tekst = voorstel.koppeling.to_toml();
    let uit = args
        .uit
        .as_ref()
        .or(instellingen.as_ref().and_then(|i| i.koppeling.as_ref()));
    if let Some(uit) = uit {
        write(uit, &tekst)?;
    }
    if args.json {
        uitvoer::json(&voorstel);
    } else if uit.is_none() {
        uitvoer::data(&tekst);
    } else {
        uitvoer::data(&show(&voorstel));
    }
    conclude(args, uit.map(PathBuf::as_path), &definitie, &voorstel);
    Ok(
        if voorstel.open.is_empty() && !voorstel.koppeling.tabellen.is_empty() {
            Einde::Goed
        } else {
            Einde::Open
        },
    )
}

/// Last year's koppeling, out of its pakket or by itself. It may be of any year: what no longer holds is left out.
fn previous(pad: &Path) -> Result<Koppeling, Fout> {
    let bestand = if pad.is_dir() {
        pad.join(KOPPELING)
    } else {
        pad.to_owned()
    };
    let tekst = invoer::read(&bestand).map_err(|e| {
        let fout = Fout::bestand("kan de koppeling van vorig jaar niet lezen", &bestand, &e);
        fout.tip(
            "Geef de map van het pakket van vorig jaar, of de koppeling.toml die u toen maakte.",
        )
    })?;
    Koppeling::parse(&tekst).map_err(|e| {
        Fout::new(format!(
            "de koppeling van vorig jaar klopt niet: {}",
            bestand.display()
        ))
        .oorzaak(e)
    })
}

fn write(uit: &Path, tekst: &str) -> Result<(), Fout> {
    let gelijk = std::fs::read_to_string(uit).is_ok_and(|oud| oud == tekst);
    if gelijk {
        return Ok(());
    }
    if let Some(vorige) = opties::keep_previous(uit)? {
        uitvoer::praat(&format!(
            "De vorige koppeling is bewaard als {}.",
            vorige.display()
        ));
    }
    opties::write_whole(uit, tekst.as_bytes())
}

fn show(voorstel: &Voorstel) -> String {
    let mut uit = String::from("Kolommen\n");
    for kolom in &voorstel.kolommen {
        let _ = writeln!(
            uit,
            "  {:>4}  {} → {}",
            percent(kolom.zekerheid),
            kort(&kolom.bron),
            kolom.veld
        );
    }
    if !voorstel.waarden.is_empty() {
        uit.push_str("\nWaarden\n");
        for waarde in &voorstel.waarden {
            let _ = writeln!(
                uit,
                "  {:>4}  {}: {} → {}",
                percent(waarde.zekerheid),
                waarde.veld,
                kort(&waarde.bron),
                waarde.code
            );
        }
    }
    if !voorstel.open.is_empty() {
        uit.push_str("\nOpen: hier kiest u zelf\n");
        for vraag in &voorstel.open {
            let wat = [
                vraag.plek.as_deref(),
                vraag.veld.as_deref(),
                vraag.bron.as_deref(),
            ]
            .into_iter()
            .flatten()
            .map(kort)
            .collect::<Vec<_>>()
            .join(": ");
            let kandidaten: Vec<String> = vraag.kandidaten.iter().map(|k| veilig(k)).collect();
            let keuze = if kandidaten.is_empty() {
                "geen voorstel".to_owned()
            } else {
                kandidaten.join(", ")
            };
            let gezien: Vec<String> = vraag
                .past_niet
                .iter()
                .map(|w| format!("'{}'", kort(w)))
                .collect();
            let tegen = if gezien.is_empty() {
                String::new()
            } else {
                format!("  (past niet: {})", gezien.join(", "))
            };
            let _ = writeln!(uit, "  {wat}  →  {keuze}{tegen}");
        }
    }
    let overgeslagen: Vec<String> = voorstel
        .koppeling
        .tabellen
        .iter()
        .flat_map(|t| &t.overslaan)
        .map(|k| kort(k))
        .collect();
    if !overgeslagen.is_empty() {
        let _ = writeln!(
            uit,
            "\nNiet gebruikt: hiernaar vraagt de uitvraag niet\n  {}",
            overgeslagen.join(", ")
        );
    }
    uit
}

fn percent(zekerheid: f64) -> String {
    format!("{:.0}%", zekerheid * 100.0)
}

fn conclude(args: &Args, uit: Option<&Path>, definitie: &Definitie, voorstel: &Voorstel) {
    if voorstel.koppeling.tabellen.is_empty() {
        let titels: Vec<&str> = definitie
            .tabellen
            .iter()
            .map(|t| t.titel.as_str())
            .collect();
        uitvoer::praat(&format!(
            "\nIn uw bestand is geen enkele tabel van de uitvraag herkend ({}). Is dit het goede bestand? Staat er een rij met namen \
             boven de kolommen?",
            titels.join(", ")
        ));
        return;
    }
    let Some(uit) = uit else { return };
    let bestanden: Vec<String> = args.bestanden.iter().map(|b| uitvoer::woord(b)).collect();
    let verder = match &args.config {
        Some(config) => format!("  uitvraag controleer --config {}", uitvoer::woord(config)),
        None => {
            format!(
                "  uitvraag controleer {} --uitvraag {} --koppeling {}",
                bestanden.join(" "),
                definitie.naam(),
                uitvoer::woord(uit)
            )
        }
    };
    if voorstel.open.is_empty() {
        uitvoer::praat(&format!(
            "\nDe koppeling staat in {}. Kijk haar na en ga verder met:\n{verder}",
            uit.display()
        ));
    } else {
        uitvoer::praat(&format!(
            "\nDe koppeling staat in {}. Open zijn nog: {}. Vul ze in dat bestand in en ga verder met:\n{verder}",
            uit.display(),
            voorstel.open.len()
        ));
    }
}
