//! `uitvraag pak`: from the aanbieder's own files to a pakket.
//!
//! Owns the order that keeps things safe: judge everything first, refuse while a fout stands or a question is open, and
//! give the pakket its name last. So a half pakket never exists. Leaves making and proving it to `pakken`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use schema::pakket::Toelichting;
use schema::tekst::duizendtal;
use schema::{Definitie, Ernst, Oordeel, Pakket};

use crate::beoordeling::{self, Beoordeling, Bron};
use crate::fout::{Einde, Fout, Uitkomst};
use crate::pakken::{self, Bezwaar, Opdracht};
use crate::pakket::{TOELICHTINGEN, free_place};
use crate::reading::{open_files, read_koppeling};
use crate::uitvoer::omvang;
use crate::vorig::Vorig;
use crate::{opties, sleutelplek, toelichtingen, toon, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag pak BESTAND… --uitvraag omgang/2020 [--koppeling koppeling.toml] --uit MAP [OPTIES]",
    after_help = "Voorbeeld:\n  uitvraag pak export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --uit pakket-2020\n\n\
                  Een pakket wordt alleen gemaakt als er geen fouten zijn en geen vragen openstaan. Signalen mogen.\n\
                  De sleutel voor het onherkenbaar maken staat in --sleutel, anders in UITVRAAG_SLEUTEL, anders in uw eigen map\n\
                  (.config/uitvraag/sleutel.toml). Bij het eerste pakket wordt die gemaakt.\n"
)]
pub struct Args {
    /// Uw eigen bestanden: CSV, Excel (.xlsx), .ods of JSON
    #[arg(required = true, value_name = "BESTAND")]
    bestanden: Vec<PathBuf>,
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// De koppeling van `uitvraag koppel`; niet nodig bij het sjabloon
    #[arg(long, value_name = "BESTAND")]
    koppeling: Option<PathBuf>,
    /// Map voor het pakket
    #[arg(long, value_name = "MAP")]
    uit: PathBuf,
    /// KvK-nummer van uw organisatie [standaard: dat uit de koppeling]
    #[arg(long, value_name = "NUMMER", value_parser = opties::kvk)]
    kvk: Option<String>,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, value_name = "DATUM", value_parser = opties::dag)]
    leverdatum: Option<NaiveDate>,
    /// Bestand met uw sleutel
    #[arg(long, value_name = "BESTAND")]
    sleutel: Option<PathBuf>,
    /// Vergelijk met vorig jaar: de map van dat pakket
    #[arg(long, value_name = "MAP")]
    vorig: Option<PathBuf>,
    /// Antwoorden op signalen die meegaan in het pakket [standaard: toelichtingen.toml, als dat er is]
    #[arg(long, value_name = "BESTAND")]
    toelichtingen: Option<PathBuf>,
}

/// Judges, writes, proves, places.
pub fn run(args: &Args) -> Uitkomst {
    let definitie = opties::definitie(&args.uitvraag)?;
    let bestanden = open_files(&args.bestanden)?;
    let koppeling = args
        .koppeling
        .as_deref()
        .map(|pad| read_koppeling(pad, &definitie))
        .transpose()?;
    free_place(&args.uit)?;
    let vorig = Vorig::of_own_files(args.vorig.as_deref(), &definitie, args.sleutel.as_deref())?;
    let bron = Bron {
        bestanden: &bestanden,
        koppeling: koppeling.as_ref(),
        leverdatum: args.leverdatum.unwrap_or_else(opties::vandaag),
        vorig: vorig.as_ref(),
        alles: false,
    };
    let beoordeling = beoordeling::of_files(&definitie, &bron, None)?;
    if !fit(&beoordeling, &definitie) {
        return Ok(Einde::Open);
    }
    let toelichtingen = answers(args.toelichtingen.as_deref(), &beoordeling.oordeel)?;
    let sleutel = sleutelplek::read_or_create(&sleutelplek::plek(args.sleutel.as_deref())?)?;
    let opdracht = Opdracht {
        definitie: &definitie,
        bron: &bron,
        kvk: args.kvk.as_deref(),
        toelichtingen,
        sleutel: &sleutel,
    };
    let (schrijver, pakket) = pakken::maak(opdracht, &args.uit)?;
    if let Some(koppeling) = &args.koppeling {
        schrijver.keep_koppeling(koppeling)?;
    }
    schrijver.plaats()?;
    report(args, &definitie, &pakket, &beoordeling.oordeel);
    Ok(Einde::Goed)
}

/// Whether a pakket may be made; says why not.
fn fit(beoordeling: &Beoordeling, definitie: &Definitie) -> bool {
    let Beoordeling {
        oordeel,
        aannames,
        open,
        ..
    } = beoordeling;
    let gelezen = toon::aannames(aannames, &toon::open_vragen(open, oordeel.verdict));
    if !gelezen.is_empty() {
        uitvoer::praat(&gelezen);
    }
    let Some(bezwaar) = pakken::bezwaar(beoordeling, definitie) else {
        return true;
    };
    if bezwaar == Bezwaar::Fouten {
        uitvoer::data(toon::soort(oordeel, definitie, Ernst::Fout, 10).trim_start());
    }
    uitvoer::praat(&format!("\n{}", bezwaar.tekst()));
    false
}

/// The answers that go along: those about what is found now.
fn answers(pad: Option<&Path>, oordeel: &Oordeel) -> Result<Vec<Toelichting>, Fout> {
    let pad = match pad {
        Some(pad) if !pad.exists() => {
            return Err(Fout::new(format!(
                "kan de toelichtingen niet lezen: {}",
                pad.display()
            )));
        }
        Some(pad) => pad,
        None => Path::new(TOELICHTINGEN),
    };
    let al = toelichtingen::read(pad)?;
    for code in al.verouderd(oordeel) {
        uitvoer::praat(&format!(
            "Uw antwoord op {code} gaat niet mee: het is gegeven over andere gegevens. Beantwoord het signaal opnieuw."
        ));
    }
    let geldig = al.geldig(oordeel);
    if !geldig.is_empty() {
        uitvoer::praat(&format!(
            "Antwoorden uit {} die meegaan: {}.",
            pad.display(),
            geldig.len()
        ));
    }
    Ok(geldig)
}

fn report(args: &Args, definitie: &Definitie, pakket: &Pakket, oordeel: &Oordeel) {
    let mut tekst = String::new();
    for bestand in &pakket.resources {
        let titel = definitie
            .tabel(&bestand.name)
            .map_or(bestand.name.as_str(), |t| t.titel.as_str());
        tekst += &format!(
            "  {:>9}  {titel} ({}, {})\n",
            duizendtal(bestand.rijen),
            bestand.path,
            omvang(bestand.bytes)
        );
    }
    uitvoer::data(&format!("{}\n{tekst}", args.uit.display()));
    let open = toelichtingen::signalen(oordeel)
        .filter(|r| !pakket.toelichtingen.iter().any(|t| t.code == r.code))
        .count();
    let open = match open {
        0 => String::new(),
        n => format!(" Signalen zonder antwoord: {n}. Daar vraagt de server straks naar."),
    };
    uitvoer::praat(&format!(
        "\nHet pakket is klaar.{open} Ga verder met:\n  uitvraag lever {} --server URL --token-bestand token.txt",
        uitvoer::woord(&args.uit)
    ));
}
