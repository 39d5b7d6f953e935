//! `uitvraag controleer`: judges files or a pakket; nothing leaves.
//!
//! Owns the order in which the reader hears it: assumptions, counts, places, what now. Leaves the judgement to
//! `beoordeling` and its words to `toon`.

use std::path::PathBuf;

use chrono::NaiveDate;
use schema::bevinding::Uitslag;
use schema::{Definitie, Verdict};

use crate::beoordeling::{self, Beoordeling, Bron, Stop, open_files, read_koppeling};
use crate::fout::{Einde, Fout, Uitkomst};
use crate::pakket::Pakketmap;
use crate::{opties, rapport, toon, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag controleer BESTAND… --uitvraag omgang/2020 [--koppeling koppeling.toml] [OPTIES]",
    after_help = "Voorbeelden:\n  uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml\n  \
                  uitvraag controleer sjabloon.xlsx --uitvraag omgang/2020 --rapport fouten.xlsx\n  \
                  uitvraag controleer pakket-2020                     een pakket, zoals de server het ziet\n\n\
                  De uitkomst is 0 zonder fouten, 1 met fouten of open vragen, 2 als het niet lukte.\n"
)]
pub struct Args {
    /// Uw eigen bestanden (CSV, Excel, JSON), of de map van een pakket
    #[arg(required = true, value_name = "BESTAND")]
    bestanden: Vec<PathBuf>,
    /// Naam en jaar van de uitvraag, zoals omgang/2020; bij een pakket niet nodig
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: Option<String>,
    /// De koppeling van `uitvraag koppel`; niet nodig bij het sjabloon
    #[arg(long, value_name = "BESTAND")]
    koppeling: Option<PathBuf>,
    /// Geef het oordeel als JSON
    #[arg(long)]
    json: bool,
    /// Schrijf de bevindingen ook in een Excel-bestand
    #[arg(long, value_name = "BESTAND")]
    rapport: Option<PathBuf>,
    /// Schrijf de tabellen ook als Parquet in deze map, met uw eigen nummers
    #[arg(long, value_name = "MAP")]
    parquet: Option<PathBuf>,
    /// Toon per regel hoogstens zoveel plaatsen [standaard: 10]
    #[arg(long, value_name = "AANTAL", default_value_t = 10, hide_default_value = true)]
    max: usize,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, value_name = "DATUM", value_parser = opties::dag)]
    leverdatum: Option<NaiveDate>,
}

/// Judges; exit 1 while a fout stands or a question is open.
pub fn run(args: &Args) -> Uitkomst {
    let (definitie, uitkomst) = judge(args)?;
    let beoordeling = match uitkomst {
        Ok(beoordeling) => beoordeling,
        Err(Stop::Geweigerd(weigering)) if args.json => {
            uitvoer::json(&weigering.oordeel());
            return Ok(Einde::Open);
        }
        Err(stop) => return Err(stop.into()),
    };
    let Beoordeling { oordeel, aannames, open } = &beoordeling;
    if let Some(pad) = &args.rapport {
        rapport::write(pad, oordeel, &definitie)?;
        uitvoer::praat(&format!("Het rapport staat in {}.", pad.display()));
    }
    if args.json {
        uitvoer::json(&Uitslag { oordeel, aannames, open });
    } else {
        let gelezen = toon::aannames(aannames, &toon::open_vragen(open, oordeel.verdict));
        if !gelezen.is_empty() {
            uitvoer::praat(&format!("{gelezen}\n"));
        }
        uitvoer::data(&toon::oordeel(oordeel, &definitie, args.max));
    }
    uitvoer::praat(&format!("\n{}", conclusion(oordeel.verdict, open.len(), args.is_pakket())));
    Ok(if oordeel.verdict == Verdict::Afgekeurd || !open.is_empty() { Einde::Open } else { Einde::Goed })
}

impl Args {
    fn is_pakket(&self) -> bool {
        matches!(self.bestanden.as_slice(), [map] if Pakketmap::is_pakket(map))
    }
}

fn judge(args: &Args) -> Result<(Definitie, Result<Beoordeling, Stop>), Fout> {
    if args.is_pakket() {
        let pakket = Pakketmap::open(&args.bestanden[0])?;
        let definitie = pakket.definitie()?;
        pakket.verify(&definitie)?;
        let uitkomst = beoordeling::of_pakket(&definitie, &pakket, args.parquet.as_deref());
        return Ok((definitie, uitkomst.map(|oordeel| Beoordeling { oordeel, aannames: Vec::new(), open: Vec::new() })));
    }
    let naam = args.uitvraag.as_deref().ok_or_else(|| {
        Fout::new("er ontbreekt iets: --uitvraag NAAM/JAAR").tip(format!("Bekend zijn: {}", Definitie::names().join(", ")))
    })?;
    let definitie = opties::definitie(naam)?;
    let bestanden = open_files(&args.bestanden)?;
    let koppeling = args.koppeling.as_deref().map(|pad| read_koppeling(pad, &definitie)).transpose()?;
    let bron = Bron { bestanden: &bestanden, koppeling: koppeling.as_ref(), leverdatum: args.leverdatum.unwrap_or_else(opties::vandaag) };
    let uitkomst = beoordeling::of_files(&definitie, &bron, args.parquet.as_deref());
    Ok((definitie, uitkomst))
}

/// What it comes down to and what to do now.
fn conclusion(verdict: Verdict, open: usize, pakket: bool) -> String {
    let verder = if pakket { "uitvraag lever" } else { "uitvraag pak" };
    match (verdict, open) {
        (Verdict::Afgekeurd, _) => "Er staan fouten in. Verbeter ze in uw bestand en controleer opnieuw.".to_owned(),
        (_, 1..) => "Er zijn nog open vragen. Beantwoord ze in koppeling.toml en controleer opnieuw.".to_owned(),
        (Verdict::TeBevestigen, 0) => format!(
            "Er staan geen fouten in. Kijk de signalen na. Klopt het, dan kunt u door met `{verder}`. Een antwoord geeft u bij het leveren."
        ),
        (Verdict::Akkoord, 0) => format!("Alles is in orde. U kunt door met `{verder}`."),
    }
}
