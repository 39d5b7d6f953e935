//! `uitvraag controleer`: judges files or a pakket; nothing leaves.
//!
//! Owns the order in which the reader hears it: assumptions, counts, places, questions, what now. Leaves the judgement to
//! `beoordeling`, its words to `toon`, and asking to `vragenlijst`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use mapping::Koppeling;
use schema::bevinding::Uitslag;
use schema::{Definitie, Oordeel, Verdict};

use crate::beoordeling::{self, Beoordeling, Bron};
use crate::bron::{self, Gelezen};
use crate::fout::{Einde, Fout, Uitkomst};
use crate::instellingen::Instellingen;
use crate::pakket::{Pakketmap, TOELICHTINGEN};
use crate::reading::{Stop, open_files, read_koppeling};
use crate::toelichtingen::{self, Vraag, signalen};
use crate::vorig::Vorig;
use crate::vragenlijst::{self, Stand};
use crate::{opties, rapport, toon, uitvoer};

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
    #[arg(
        long,
        value_name = "AANTAL",
        default_value_t = 10,
        hide_default_value = true
    )]
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
    let instellingen = args.config.as_deref().map(Instellingen::read).transpose()?;
    args.check_paths(instellingen.as_ref())?;
    let (definitie, gelezen, uitkomst) = judge(args, instellingen.as_ref())?;
    let beoordeling = match uitkomst {
        Ok(beoordeling) => beoordeling,
        Err(Stop::Geweigerd(weigering)) if args.json => {
            uitvoer::json(&weigering.oordeel());
            return Ok(Einde::Open);
        }
        Err(stop) => return Err(stop.into()),
    };
    let Beoordeling {
        oordeel,
        alles,
        aannames,
        open,
        ..
    } = &beoordeling;
    if let Some(pad) = &args.rapport {
        rapport::write(
            pad,
            &gelezen.bestanden,
            alles.as_ref().unwrap_or(oordeel),
            &definitie,
        )?;
        uitvoer::praat(&format!("Het rapport staat in {}.", pad.display()));
    }
    if let Some(pad) = &args.csv {
        write_csv(pad, oordeel)?;
    }
    if args.json {
        uitvoer::json(&Uitslag {
            oordeel,
            aannames,
            open,
        });
    } else {
        let gelezen = toon::aannames(aannames, &toon::open_vragen(open, oordeel.verdict));
        if !gelezen.is_empty() {
            uitvoer::praat(&format!("{gelezen}\n"));
        }
        if args.csv.as_deref() != Some(Path::new("-")) {
            uitvoer::data(&toon::oordeel(oordeel, &definitie, args.max));
        }
    }
    let antwoordpad = args.antwoordpad(instellingen.as_ref());
    let antwoorden = answers(args, &antwoordpad, &definitie, oordeel)?;
    uitvoer::praat(&format!(
        "\n{}",
        conclusion(args, &antwoordpad, oordeel.verdict, open.len(), antwoorden)
    ));
    let eigen_namen = args.koppeling.is_none()
        && args.config.is_none()
        && !args.is_pakket()
        && !beoordeling.sjabloon;
    if eigen_namen && oordeel.verdict == Verdict::Afgekeurd {
        let wat = "Dit is niet het sjabloon, en u gaf geen koppeling mee. Is het uw eigen bestand? Maak dan eerst een koppeling:";
        let bestanden: Vec<String> = args.bestanden.iter().map(|b| uitvoer::woord(b)).collect();
        uitvoer::praat(&format!(
            "{wat}\n  uitvraag koppel {} --uitvraag {} --uit koppeling.toml",
            bestanden.join(" "),
            definitie.naam()
        ));
    }
    Ok(
        if oordeel.verdict == Verdict::Afgekeurd || !open.is_empty() {
            Einde::Open
        } else {
            Einde::Goed
        },
    )
}

impl Args {
    /// Nothing that is written takes the place of something that is read.
    fn check_paths(&self, instellingen: Option<&Instellingen>) -> Result<(), Fout> {
        let csv = self.csv.as_deref().filter(|pad| pad.as_os_str() != "-");
        if self.rapport.is_none() && csv.is_none() {
            return Ok(());
        }
        let mut gelezen: Vec<&Path> = self
            .bestanden
            .iter()
            .chain(&self.koppeling)
            .chain(&self.config)
            .chain(&self.sleutel)
            .map(PathBuf::as_path)
            .collect();
        let van_bron = instellingen
            .map(bron::paden)
            .transpose()?
            .unwrap_or_default();
        gelezen.extend(van_bron.iter().map(PathBuf::as_path));
        self.rapport
            .as_deref()
            .map_or(Ok(()), |pad| rapport::check_path(pad, &gelezen))?;
        csv.map_or(Ok(()), |pad| rapport::spare(pad, &gelezen))
    }

    /// Where the answers are kept: with the pakket, where the settings say, or here.
    fn antwoordpad(&self, instellingen: Option<&Instellingen>) -> PathBuf {
        match (
            self.toelichtingen
                .as_ref()
                .or(instellingen.map(|i| &i.toelichtingen)),
            self.bestanden.as_slice(),
        ) {
            (Some(pad), _) => pad.clone(),
            (None, [map]) if self.is_pakket() => map.join(TOELICHTINGEN),
            _ => PathBuf::from(TOELICHTINGEN),
        }
    }

    fn is_pakket(&self) -> bool {
        matches!(self.bestanden.as_slice(), [map] if Pakketmap::is_pakket(map))
    }
}

/// The definition, what was read, and what came of it.
type Geoordeeld = (Definitie, Gelezen, Result<Beoordeling, Stop>);

fn judge(args: &Args, instellingen: Option<&Instellingen>) -> Result<Geoordeeld, Fout> {
    if args.is_pakket() {
        let pakket = Pakketmap::open(&args.bestanden[0])?;
        let definitie = pakket.definitie()?;
        pakket.verify(&definitie)?;
        let vorig = args
            .vorig
            .as_deref()
            .map(|map| Vorig::open(map, &definitie, None))
            .transpose()?;
        let uitkomst =
            beoordeling::of_pakket(&definitie, &pakket, vorig.as_ref(), args.parquet.as_deref());
        let uitkomst = uitkomst.map(|oordeel| Beoordeling {
            oordeel,
            alles: None,
            aannames: Vec::new(),
            open: Vec::new(),
            sjabloon: false,
        });
        return Ok((definitie, Gelezen::of_files(Vec::new()), uitkomst));
    }
    if let Some(instellingen) = instellingen {
        let definitie = opties::definitie(&instellingen.uitvraag)?;
        let gelezen = bron::lees(instellingen, &definitie, None)?;
        let koppeling = gelezen.koppeling(instellingen, &definitie)?;
        let uitkomst = judge_files(
            args,
            &definitie,
            &gelezen,
            koppeling.as_ref(),
            Some(instellingen),
        )?;
        return Ok((definitie, gelezen, uitkomst));
    }
    let naam = args.uitvraag.as_deref().ok_or_else(|| {
        Fout::new("er ontbreekt iets: --uitvraag NAAM/JAAR")
            .tip(format!("Bekend zijn: {}", Definitie::names().join(", ")))
    })?;
    let definitie = opties::definitie(naam)?;
    let gelezen = Gelezen::of_files(open_files(&args.bestanden)?);
    let koppeling = args
        .koppeling
        .as_deref()
        .map(|pad| read_koppeling(pad, &definitie))
        .transpose()?;
    let uitkomst = judge_files(args, &definitie, &gelezen, koppeling.as_ref(), None)?;
    Ok((definitie, gelezen, uitkomst))
}

fn judge_files(
    args: &Args,
    definitie: &Definitie,
    gelezen: &Gelezen,
    koppeling: Option<&Koppeling>,
    instellingen: Option<&Instellingen>,
) -> Result<Result<Beoordeling, Stop>, Fout> {
    let map = args
        .vorig
        .as_deref()
        .or(instellingen.and_then(|i| i.vorig.as_deref()));
    let sleutel = args
        .sleutel
        .as_deref()
        .or(instellingen.and_then(|i| i.sleutel.as_deref()));
    let vorig = Vorig::of_own_files(map, definitie, sleutel)?;
    let leverdatum = args.leverdatum.unwrap_or_else(opties::vandaag);
    let bron = Bron {
        bestanden: &gelezen.bestanden,
        koppeling,
        leverdatum,
        vorig: vorig.as_ref(),
        alles: args.rapport.is_some(),
    };
    Ok(beoordeling::of_files(
        definitie,
        &bron,
        args.parquet.as_deref(),
    ))
}

/// A finding per line, to a file or to stdout.
fn write_csv(pad: &Path, oordeel: &Oordeel) -> Result<(), Fout> {
    let csv = schema::bevinding::csv(&oordeel.bevindingen);
    if pad.as_os_str() == "-" {
        return uitvoer::bytes(&csv).map_err(|e| Fout::bestand("kan niet schrijven", pad, &e));
    }
    opties::write_whole(pad, &csv)?;
    let rest = if oordeel.afgekapt {
        " Van elke regel staan de eerste 1.000 plaatsen erin."
    } else {
        ""
    };
    uitvoer::praat(&format!("De bevindingen staan in {}.{rest}", pad.display()));
    Ok(())
}

/// Asks the signalen, or puts them in a file, or only looks how far the answers are.
fn answers(
    args: &Args,
    pad: &Path,
    definitie: &Definitie,
    oordeel: &Oordeel,
) -> Result<Option<Stand>, Fout> {
    if signalen(oordeel).next().is_none() {
        return Ok(None);
    }
    if args.beantwoord {
        return vragenlijst::ask(pad, definitie, oordeel).map(Some);
    }
    if args.toelichtingen.is_some() {
        let vragen: Vec<Vraag<'_>> = signalen(oordeel)
            .map(|regel| Vraag::new(regel, oordeel))
            .collect();
        toelichtingen::add_questions(pad, definitie, &vragen)?;
    }
    // A file of that name that is none of ours is no reason to stop.
    Ok(if pad.exists() {
        vragenlijst::state(pad, oordeel).ok()
    } else {
        None
    })
}

/// What it comes down to and what to do now.
fn conclusion(
    args: &Args,
    pad: &Path,
    verdict: Verdict,
    open: usize,
    antwoorden: Option<Stand>,
) -> String {
    let verder = match &args.config {
        Some(config) => format!("uitvraag lever --config {}", uitvoer::woord(config)),
        None if args.is_pakket() => "uitvraag lever".to_owned(),
        None => "uitvraag pak".to_owned(),
    };
    let pad = pad.display();
    let beantwoord = match antwoorden {
        None => format!(
            "Beantwoord de signalen: geef dezelfde opdracht met --beantwoord. Daarna kunt u door met `{verder}`."
        ),
        Some(stand) if stand.beantwoord == stand.vragen => {
            format!(
                "Alle signalen zijn beantwoord, in {pad}. U kunt door met `{verder}`; de antwoorden gaan mee."
            )
        }
        Some(stand) => format!(
            "Beantwoorde signalen: {} van {}, in {pad}. Beantwoord de rest {}met --beantwoord. Daarna kunt u door met `{verder}`.",
            stand.beantwoord,
            stand.vragen,
            if stand.in_bestand { "daar, of " } else { "" }
        ),
    };
    match (verdict, open) {
        (Verdict::Afgekeurd, _) => {
            "Er staan fouten in. Verbeter ze in uw bestand en controleer opnieuw.".to_owned()
        }
        (_, 1..) => {
            "Er zijn nog open vragen. Beantwoord ze in koppeling.toml en controleer opnieuw."
                .to_owned()
        }
        (Verdict::TeBevestigen, 0) => format!("Er staan geen fouten in. {beantwoord}"),
        (Verdict::Akkoord, 0) => format!("Alles is in orde. U kunt door met `{verder}`."),
    }
}
