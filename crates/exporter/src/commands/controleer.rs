//! `uitvraag controleer`: judges files or a pakket; nothing leaves.
//!
//! Owns the order in which the reader hears it: assumptions, counts, places, questions, what now. Leaves the judgement to
//! `judge_files`, its words to `render`, and asking to `ask_signals`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use mapping::Koppeling;
use schema::bevinding::OordeelOutput;
use schema::{Definitie, Oordeel, Verdict};

use super::{mapping_command, refusal_of_own};
use crate::ask_signals::{self, AnswerCount};
use crate::error::{CommandResult, Failure, RunEnd};
use crate::judge_files::{self, Assessment, OwnFiles};
use crate::open_input::{JudgeStop, open_files, read_koppeling};
use crate::pakket::{PakketDirectory, TOELICHTINGEN};
use crate::previous_year::PreviousPakket;
use crate::settings::Settings;
use crate::source::{self, ReadSource};
use crate::toelichtingen::{self, Question, signalen};
use crate::wording;
use crate::{annotated_file, args, atomic_file, output, render};

const EXPLANATION: &str = wording::commands::WHAT_YOU_SEE;

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag controleer BESTAND… --uitvraag omgang/2020 [--koppeling koppeling.toml] [OPTIES]",
    after_help = EXPLANATION
)]
pub(crate) struct CheckArgs {
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
    #[arg(long, value_name = "DATUM", value_parser = args::day)]
    leverdatum: Option<NaiveDate>,
}

/// Judges; exit 1 while a fout stands or a question is open.
pub(crate) fn run(args: &CheckArgs) -> CommandResult {
    if args.beantwoord {
        ask_signals::need_terminal()?;
    }
    let settings = args.config.as_deref().map(Settings::read).transpose()?;
    args.check_paths(settings.as_ref())?;
    let (definitie, loaded, outcome) = judge(args, settings.as_ref())?;
    let assessment = match outcome {
        Ok(assessment) => assessment,
        Err(JudgeStop::Geweigerd(refusal)) if args.json => {
            output::json(&refusal.oordeel());
            return Ok(RunEnd::Open);
        }
        Err(stop) if args.lacks_koppeling() => {
            return Err(refusal_of_own(stop, &args.bestanden, &definitie));
        }
        Err(stop) => return Err(stop.into()),
    };
    let Assessment {
        oordeel,
        everything,
        aannames: assumptions,
        open,
        waiting,
        balans: sheets,
        ..
    } = &assessment;
    if let Some(path) = &args.rapport {
        annotated_file::write(
            path,
            &loaded.bestanden,
            everything.as_ref().unwrap_or(oordeel),
            &definitie,
            waiting,
        )?;
        output::talk(&wording::commands::rapport_stands(&path.display()));
    }
    if let Some(path) = &args.csv {
        write_csv(path, oordeel)?;
    }
    if args.json {
        output::json(&OordeelOutput {
            oordeel,
            aannames: assumptions,
            open,
            wachtend: waiting,
            balans: sheets,
        });
    } else {
        let questions = render::open_questions(open, waiting, oordeel.verdict);
        let loaded = render::assumptions(assumptions, &questions, waiting);
        if !loaded.is_empty() {
            output::talk(&format!("{loaded}\n"));
        }
        if args.csv.as_deref() != Some(Path::new("-")) {
            output::data(&render::oordeel(oordeel, &definitie, args.max));
            output::data(&render::balance(sheets));
        }
    }
    let answers_path = args.answers_path(settings.as_ref());
    let given_answers = answers(args, &answers_path, &definitie, oordeel)?;
    output::talk(&format!(
        "\n{}",
        conclusion(
            args,
            &answers_path,
            oordeel.verdict,
            open.len(),
            given_answers
        )
    ));
    let own_names = args.lacks_koppeling() && !assessment.sjabloon;
    if own_names && oordeel.verdict == Verdict::Afgekeurd {
        let what = wording::commands::NO_SJABLOON_NO_KOPPELING;
        let command = mapping_command(&args.bestanden, &definitie);
        output::talk(&format!("{what}\n  {command}"));
    }
    Ok(
        if oordeel.verdict == Verdict::Afgekeurd || !open.is_empty() {
            RunEnd::Open
        } else {
            RunEnd::Good
        },
    )
}

impl CheckArgs {
    /// Nothing that is written takes the place of something that is read.
    fn check_paths(&self, settings: Option<&Settings>) -> Result<(), Failure> {
        let csv = self.csv.as_deref().filter(|path| path.as_os_str() != "-");
        if self.rapport.is_none() && csv.is_none() {
            return Ok(());
        }
        let mut loaded: Vec<&Path> = self
            .bestanden
            .iter()
            .chain(&self.koppeling)
            .chain(&self.config)
            .chain(&self.sleutel)
            .map(PathBuf::as_path)
            .collect();
        let from_source = settings.map(source::paths).transpose()?.unwrap_or_default();
        loaded.extend(from_source.iter().map(PathBuf::as_path));
        self.rapport
            .as_deref()
            .map_or(Ok(()), |path| annotated_file::check_path(path, &loaded))?;
        csv.map_or(Ok(()), |path| annotated_file::spare(path, &loaded))
    }

    /// Where the answers are kept: with the pakket, where the settings say, or here.
    fn answers_path(&self, settings: Option<&Settings>) -> PathBuf {
        match (
            self.toelichtingen
                .as_ref()
                .or(settings.map(|i| &i.toelichtingen)),
            self.bestanden.as_slice(),
        ) {
            (Some(path), _) => path.clone(),
            (None, [dir]) if self.is_pakket() => dir.join(TOELICHTINGEN),
            _ => PathBuf::from(TOELICHTINGEN),
        }
    }

    fn is_pakket(&self) -> bool {
        matches!(self.bestanden.as_slice(), [dir] if PakketDirectory::is_pakket(dir))
    }

    /// Whether the own files are judged by their headers alone: a koppeling would help there.
    fn lacks_koppeling(&self) -> bool {
        self.koppeling.is_none() && self.config.is_none() && !self.is_pakket()
    }
}

/// The definition, what was read, and what came of it.
type Judged = (Definitie, ReadSource, Result<Assessment, JudgeStop>);

fn judge(args: &CheckArgs, settings: Option<&Settings>) -> Result<Judged, Failure> {
    if args.is_pakket() {
        let pakket = PakketDirectory::open(&args.bestanden[0])?;
        let definitie = pakket.definitie()?;
        pakket.verify(&definitie)?;
        let previous = args
            .vorig
            .as_deref()
            .map(|dir| PreviousPakket::open(dir, &definitie, None))
            .transpose()?;
        let outcome = judge_files::of_pakket(
            &definitie,
            &pakket,
            previous.as_ref(),
            args.parquet.as_deref(),
        );
        let outcome = outcome.map(|oordeel| Assessment {
            oordeel,
            everything: None,
            aannames: Vec::new(),
            open: Vec::new(),
            waiting: Vec::new(),
            balans: Vec::new(),
            sjabloon: false,
        });
        return Ok((definitie, ReadSource::of_files(Vec::new()), outcome));
    }
    if let Some(settings) = settings {
        let definitie = args::definitie(&settings.uitvraag)?;
        let loaded = source::lees(settings, &definitie, None)?;
        let koppeling = loaded.koppeling(settings, &definitie)?;
        let outcome = judge_files(
            args,
            &definitie,
            &loaded,
            koppeling.as_ref(),
            Some(settings),
        )?;
        return Ok((definitie, loaded, outcome));
    }
    let name = args.uitvraag.as_deref().ok_or_else(|| {
        Failure::new(wording::commands::UITVRAAG_MISSING)
            .tip(format!("Bekend zijn: {}", Definitie::names().join(", ")))
    })?;
    let definitie = args::definitie(name)?;
    let loaded = ReadSource::of_files(open_files(&args.bestanden)?);
    let koppeling = args
        .koppeling
        .as_deref()
        .map(|path| read_koppeling(path, &definitie))
        .transpose()?;
    let outcome = judge_files(args, &definitie, &loaded, koppeling.as_ref(), None)?;
    Ok((definitie, loaded, outcome))
}

fn judge_files(
    args: &CheckArgs,
    definitie: &Definitie,
    loaded: &ReadSource,
    koppeling: Option<&Koppeling>,
    settings: Option<&Settings>,
) -> Result<Result<Assessment, JudgeStop>, Failure> {
    let dir = args
        .vorig
        .as_deref()
        .or(settings.and_then(|i| i.vorig.as_deref()));
    let key = args
        .sleutel
        .as_deref()
        .or(settings.and_then(|i| i.sleutel.as_deref()));
    let previous = PreviousPakket::of_own_files(dir, definitie, key)?;
    let leverdatum = args.leverdatum.unwrap_or_else(args::today);
    let source = OwnFiles {
        bestanden: &loaded.bestanden,
        koppeling,
        leverdatum,
        vorig: previous.as_ref(),
        everything: args.rapport.is_some(),
    };
    Ok(judge_files::of_files(
        definitie,
        &source,
        args.parquet.as_deref(),
    ))
}

/// A finding per line, to a file or to stdout.
fn write_csv(path: &Path, oordeel: &Oordeel) -> Result<(), Failure> {
    let csv = schema::bevinding::csv(&oordeel.bevindingen);
    if path.as_os_str() == "-" {
        return output::bytes(&csv).map_err(|e| Failure::file("kan niet schrijven", path, &e));
    }
    atomic_file::write_whole(path, &csv)?;
    let rest = if oordeel.afgekapt {
        wording::commands::FIRST_PLACES
    } else {
        ""
    };
    output::talk(&wording::commands::bevindingen_written(
        &path.display(),
        &rest,
    ));
    Ok(())
}

/// Asks the signalen, or puts them in a file, or only looks how far the answers are.
fn answers(
    args: &CheckArgs,
    path: &Path,
    definitie: &Definitie,
    oordeel: &Oordeel,
) -> Result<Option<AnswerCount>, Failure> {
    if signalen(oordeel).next().is_none() {
        return Ok(None);
    }
    if args.beantwoord {
        return ask_signals::ask(path, definitie, oordeel).map(Some);
    }
    if args.toelichtingen.is_some() {
        let questions: Vec<Question<'_>> = signalen(oordeel)
            .map(|regel| Question::new(regel, oordeel))
            .collect();
        toelichtingen::add_questions(path, definitie, &questions)?;
    }
    // A file of that name that is none of ours is no reason to stop.
    Ok(if path.exists() {
        ask_signals::state(path, oordeel).ok()
    } else {
        None
    })
}

/// What it comes down to and what to do now.
fn conclusion(
    args: &CheckArgs,
    path: &Path,
    verdict: Verdict,
    open: usize,
    given_answers: Option<AnswerCount>,
) -> String {
    let next_command = match &args.config {
        Some(config) => format!("uitvraag lever --config {}", output::word(config)),
        None if args.is_pakket() => "uitvraag lever".to_owned(),
        None => "uitvraag pak".to_owned(),
    };
    let path = path.display();
    let answered = match given_answers {
        None => wording::commands::answer_signalen(&next_command),
        Some(answer_count) if answer_count.beantwoord == answer_count.vragen => {
            wording::commands::all_answered(&path, &next_command)
        }
        Some(answer_count) => wording::commands::some_answered(
            &answer_count.beantwoord,
            &answer_count.vragen,
            &path,
            &if answer_count.in_file {
                "daar, of "
            } else {
                ""
            },
            &next_command,
        ),
    };
    match (verdict, open) {
        (Verdict::Afgekeurd, _) => wording::commands::ERRORS_REMAIN.to_owned(),
        (_, 1..) => wording::commands::QUESTIONS_OPEN.to_owned(),
        (Verdict::TeBevestigen, 0) => wording::commands::no_errors(&answered),
        (Verdict::Akkoord, 0) => wording::commands::all_in_order(&next_command),
    }
}
