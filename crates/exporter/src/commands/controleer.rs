//! `uitvraag controleer`: judges files or a pakket; nothing leaves.
//!
//! Owns the order in which the reader hears it: assumptions, counts, places, questions, what now. Leaves the judgement to
//! `beoordeling`, its words to `toon`, and asking to `vragenlijst`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use extract::{Bestand, Koppeling};
use schema::bevinding::Uitslag;
use schema::{Definitie, Oordeel, Verdict};

use crate::beoordeling::{self, Beoordeling, Bron, Stop, open_files, read_koppeling};
use crate::fout::{Einde, Fout, Uitkomst};
use crate::instellingen::Instellingen;
use crate::pakket::{Pakketmap, TOELICHTINGEN};
use crate::toelichtingen::{self, Vraag, signalen};
use crate::vorig::Vorig;
use crate::vragenlijst::{self, Stand};
use crate::{bron, opties, rapport, toon, uitvoer};

const UITLEG: &str = "\
Wat u ziet:
  Eerst hoe vaak elke regel iets vond, en daarna waar. Een plaats als Trajecten!F17 is blad, kolom en rij in uw eigen
  bestand. Wat in veel rijen dezelfde oorzaak heeft, staat er één keer, met het aantal.
    fout        moet u verbeteren, anders kunt u niet leveren
    signaal     lijkt vreemd; verbeter het, of leg uit waarom het klopt
    opmerking   is goed om te weten; u hoeft niets te doen

Zo gaat u verder:
  1. Verbeter de fouten in uw eigen bestand of systeem. Kent de uitvraag een woord van u niet? Zet het in de koppeling.
  2. Geef dezelfde opdracht nog eens, tot er geen fouten meer zijn.
  3. Beantwoord de signalen met --beantwoord. U kunt stoppen en later verdergaan: elk antwoord is meteen bewaard. Een
     antwoord geldt zolang de gegevens dezelfde zijn. Liever in een bestand? Gebruik --toelichtingen.
  4. Maak een pakket met `uitvraag pak`. Uw antwoorden gaan mee.

Voorbeelden:
  uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml
  uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --beantwoord
  uitvraag controleer sjabloon.xlsx --uitvraag omgang/2020 --rapport fouten.xlsx
  uitvraag controleer pakket-2020                     een pakket, zoals de server het ziet
  uitvraag controleer --config uitvraag.toml          uw systeem, zoals de levering elke nacht het leest

De uitkomst is 0 zonder fouten, 1 met fouten of open vragen, 2 als het niet lukte.
";

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag controleer BESTAND… --uitvraag omgang/2020 [--koppeling koppeling.toml] [OPTIES]",
    after_help = UITLEG
)]
pub struct Args {
    /// Uw eigen bestanden (CSV, Excel, .ods, JSON), of de map van een pakket
    #[arg(required_unless_present = "config", value_name = "BESTAND")]
    bestanden: Vec<PathBuf>,
    /// Lees de bron, de uitvraag en de koppeling uit dit bestand (uitvraag.toml)
    #[arg(long, value_name = "BESTAND", conflicts_with_all = ["bestanden", "uitvraag", "koppeling"])]
    config: Option<PathBuf>,
    /// Naam en jaar van de uitvraag, zoals omgang/2020; bij een pakket niet nodig
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: Option<String>,
    /// De koppeling van `uitvraag koppel`; niet nodig bij het sjabloon
    #[arg(long, value_name = "BESTAND")]
    koppeling: Option<PathBuf>,
    /// Beantwoord de signalen nu, hier op het scherm
    #[arg(long)]
    beantwoord: bool,
    /// Bestand met uw antwoorden; vragen zonder antwoord komen erbij te staan [standaard: toelichtingen.toml]
    #[arg(long, value_name = "BESTAND")]
    toelichtingen: Option<PathBuf>,
    /// Geef het oordeel als JSON
    #[arg(long)]
    json: bool,
    /// Schrijf de bevindingen ook als CSV, met een regel per plaats; een - is het scherm
    #[arg(long, value_name = "BESTAND")]
    csv: Option<PathBuf>,
    /// Schrijf uw bestand als Excel-bestand met gekleurde cellen, notities en een samenvatting
    #[arg(long, value_name = "BESTAND")]
    rapport: Option<PathBuf>,
    /// Schrijf de tabellen ook als Parquet in deze map, met uw eigen nummers
    #[arg(long, value_name = "MAP")]
    parquet: Option<PathBuf>,
    /// Toon per regel hoogstens zoveel plaatsen [standaard: 10]
    #[arg(long, value_name = "AANTAL", default_value_t = 10, hide_default_value = true)]
    max: usize,
    /// Vergelijk met vorig jaar: de map van dat pakket
    #[arg(long, value_name = "MAP")]
    vorig: Option<PathBuf>,
    /// Bestand met uw sleutel, om nummers met vorig jaar te vergelijken [standaard: uw eigen sleutel]
    #[arg(long, value_name = "BESTAND")]
    sleutel: Option<PathBuf>,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, value_name = "DATUM", value_parser = opties::dag)]
    leverdatum: Option<NaiveDate>,
}

/// Judges; exit 1 while a fout stands or a question is open.
pub fn run(args: &Args) -> Uitkomst {
    if args.beantwoord {
        vragenlijst::need_terminal()?;
    }
    if let Some(pad) = &args.rapport {
        rapport::check_path(pad, args.bestanden.iter().chain(&args.koppeling))?;
    }
    let (definitie, uitkomst) = judge(args)?;
    let beoordeling = match uitkomst {
        Ok(beoordeling) => beoordeling,
        Err(Stop::Geweigerd(weigering)) if args.json => {
            uitvoer::json(&weigering.oordeel());
            return Ok(Einde::Open);
        }
        Err(stop) => return Err(stop.into()),
    };
    let Beoordeling { oordeel, alles, aannames, open } = &beoordeling;
    if let Some(pad) = &args.rapport {
        let bestanden = if alles.is_some() { args.bestanden.as_slice() } else { &[] };
        rapport::write(pad, bestanden, alles.as_ref().unwrap_or(oordeel), &definitie)?;
        uitvoer::praat(&format!("Het rapport staat in {}.", pad.display()));
    }
    if let Some(pad) = &args.csv {
        write_csv(pad, oordeel)?;
    }
    if args.json {
        uitvoer::json(&Uitslag { oordeel, aannames, open });
    } else {
        let gelezen = toon::aannames(aannames, &toon::open_vragen(open, oordeel.verdict));
        if !gelezen.is_empty() {
            uitvoer::praat(&format!("{gelezen}\n"));
        }
        if args.csv.as_deref() != Some(Path::new("-")) {
            uitvoer::data(&toon::oordeel(oordeel, &definitie, args.max));
        }
    }
    let antwoorden = answers(args, &definitie, oordeel)?;
    uitvoer::praat(&format!("\n{}", conclusion(args, oordeel.verdict, open.len(), antwoorden)));
    Ok(if oordeel.verdict == Verdict::Afgekeurd || !open.is_empty() { Einde::Open } else { Einde::Goed })
}

impl Args {
    /// Where the answers are kept: with the pakket, or here.
    fn antwoordpad(&self) -> PathBuf {
        match (&self.toelichtingen, self.bestanden.as_slice()) {
            (Some(pad), _) => pad.clone(),
            (None, [map]) if self.is_pakket() => map.join(TOELICHTINGEN),
            _ => PathBuf::from(TOELICHTINGEN),
        }
    }

    fn is_pakket(&self) -> bool {
        matches!(self.bestanden.as_slice(), [map] if Pakketmap::is_pakket(map))
    }
}

fn judge(args: &Args) -> Result<(Definitie, Result<Beoordeling, Stop>), Fout> {
    if args.is_pakket() {
        let pakket = Pakketmap::open(&args.bestanden[0])?;
        let definitie = pakket.definitie()?;
        pakket.verify(&definitie)?;
        let vorig = args.vorig.as_deref().map(|map| Vorig::open(map, &definitie, None)).transpose()?;
        let uitkomst = beoordeling::of_pakket(&definitie, &pakket, vorig.as_ref(), args.parquet.as_deref());
        return Ok((definitie, uitkomst.map(|oordeel| Beoordeling { oordeel, alles: None, aannames: Vec::new(), open: Vec::new() })));
    }
    if let Some(config) = &args.config {
        let instellingen = Instellingen::read(config)?;
        let definitie = opties::definitie(&instellingen.uitvraag)?;
        let gelezen = bron::lees(&instellingen, &definitie, None)?;
        let koppeling = gelezen.koppeling(&instellingen, &definitie)?;
        let sleutel = args.sleutel.as_deref().or(instellingen.sleutel.as_deref());
        let uitkomst = judge_files(args, &definitie, &gelezen.bestanden, koppeling.as_ref(), sleutel)?;
        return Ok((definitie, uitkomst));
    }
    let naam = args.uitvraag.as_deref().ok_or_else(|| {
        Fout::new("er ontbreekt iets: --uitvraag NAAM/JAAR").tip(format!("Bekend zijn: {}", Definitie::names().join(", ")))
    })?;
    let definitie = opties::definitie(naam)?;
    let bestanden = open_files(&args.bestanden)?;
    let koppeling = args.koppeling.as_deref().map(|pad| read_koppeling(pad, &definitie)).transpose()?;
    let uitkomst = judge_files(args, &definitie, &bestanden, koppeling.as_ref(), args.sleutel.as_deref())?;
    Ok((definitie, uitkomst))
}

fn judge_files(
    args: &Args,
    definitie: &Definitie,
    bestanden: &[Bestand],
    koppeling: Option<&Koppeling>,
    sleutel: Option<&Path>,
) -> Result<Result<Beoordeling, Stop>, Fout> {
    let vorig = Vorig::of_own_files(args.vorig.as_deref(), definitie, sleutel)?;
    let leverdatum = args.leverdatum.unwrap_or_else(opties::vandaag);
    let bron = Bron { bestanden, koppeling, leverdatum, vorig: vorig.as_ref(), alles: args.rapport.is_some() };
    Ok(beoordeling::of_files(definitie, &bron, args.parquet.as_deref()))
}

/// A finding per line, to a file or to stdout.
fn write_csv(pad: &Path, oordeel: &Oordeel) -> Result<(), Fout> {
    let csv = schema::bevinding::csv(&oordeel.bevindingen);
    if pad.as_os_str() == "-" {
        return uitvoer::bytes(&csv).map_err(|e| Fout::bestand("kan niet schrijven", pad, &e));
    }
    opties::write_whole(pad, &csv)?;
    let rest = if oordeel.afgekapt { " Van elke regel staan de eerste 1.000 plaatsen erin." } else { "" };
    uitvoer::praat(&format!("De bevindingen staan in {}.{rest}", pad.display()));
    Ok(())
}

/// Asks the signalen, or puts them in a file, or only looks how far the answers are.
fn answers(args: &Args, definitie: &Definitie, oordeel: &Oordeel) -> Result<Option<Stand>, Fout> {
    let pad = args.antwoordpad();
    if signalen(oordeel).next().is_none() {
        return Ok(None);
    }
    if args.beantwoord {
        return vragenlijst::ask(&pad, definitie, oordeel).map(Some);
    }
    if args.toelichtingen.is_some() {
        let vragen: Vec<Vraag<'_>> = signalen(oordeel).map(|regel| Vraag::new(regel, oordeel)).collect();
        toelichtingen::add_questions(&pad, definitie, &vragen)?;
    }
    // A file of that name that is none of ours is no reason to stop.
    Ok(if pad.exists() { vragenlijst::state(&pad, oordeel).ok() } else { None })
}

/// What it comes down to and what to do now.
fn conclusion(args: &Args, verdict: Verdict, open: usize, antwoorden: Option<Stand>) -> String {
    let verder = if args.is_pakket() { "uitvraag lever" } else { "uitvraag pak" };
    let pad = args.antwoordpad();
    let pad = pad.display();
    let beantwoord = match antwoorden {
        None => format!("Beantwoord de signalen: geef dezelfde opdracht met --beantwoord. Daarna kunt u door met `{verder}`."),
        Some(stand) if stand.beantwoord == stand.vragen => {
            format!("Alle signalen zijn beantwoord, in {pad}. U kunt door met `{verder}`; de antwoorden gaan mee.")
        }
        Some(stand) => format!(
            "Beantwoorde signalen: {} van {}, in {pad}. Beantwoord de rest daar, of met --beantwoord. Daarna kunt u door met `{verder}`.",
            stand.beantwoord, stand.vragen
        ),
    };
    match (verdict, open) {
        (Verdict::Afgekeurd, _) => "Er staan fouten in. Verbeter ze in uw bestand en controleer opnieuw.".to_owned(),
        (_, 1..) => "Er zijn nog open vragen. Beantwoord ze in koppeling.toml en controleer opnieuw.".to_owned(),
        (Verdict::TeBevestigen, 0) => format!("Er staan geen fouten in. {beantwoord}"),
        (Verdict::Akkoord, 0) => format!("Alles is in orde. U kunt door met `{verder}`."),
    }
}
