//! `uitvraag pak`: from the aanbieder's own files to a pakket.
//!
//! Owns the order that keeps things safe: judge everything first, refuse while a fout stands or a question is open, and
//! give the pakket its name last. So a half pakket never exists. Leaves making and proving it to `pack`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use pakket::packing::PackObjection;
use schema::pakket::Toelichting;
use schema::text::grouped_thousands;
use schema::{Definitie, Ernst, Oordeel, Pakket};

use super::refusal_of_own;
use crate::error::{CommandResult, Failure, RunEnd};
use crate::judge_files::{self, Assessment, OwnFiles};
use crate::open_input::{open_files, read_koppeling};
use crate::output::size;
use crate::pack::{self, PackOrder};
use crate::pakket::{TOELICHTINGEN, free_place};
use crate::previous_year::PreviousPakket;
use crate::wording;
use crate::{args, key_path, output, render, toelichtingen};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag pak BESTAND… --uitvraag omgang/2020 [--koppeling koppeling.toml] --uit MAP [OPTIES]",
    after_help = "Voorbeeld:\n  uitvraag pak export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --uit pakket-2020\n\n\
                  Een pakket wordt alleen gemaakt als er geen fouten zijn en geen vragen openstaan. Signalen mogen.\n\
                  De sleutel voor het onherkenbaar maken staat in --sleutel, anders in UITVRAAG_SLEUTEL, anders in uw eigen map\n\
                  (.config/uitvraag/sleutel.toml). Bij het eerste pakket wordt die gemaakt.\n"
)]
pub(crate) struct PackArgs {
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
    #[arg(long, value_name = "NUMMER", value_parser = args::kvk)]
    kvk: Option<String>,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, value_name = "DATUM", value_parser = args::day)]
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
pub(crate) fn run(args: &PackArgs) -> CommandResult {
    let definitie = args::definitie(&args.uitvraag)?;
    let files = open_files(&args.bestanden)?;
    let koppeling = args
        .koppeling
        .as_deref()
        .map(|path| read_koppeling(path, &definitie))
        .transpose()?;
    free_place(&args.uit)?;
    let previous =
        PreviousPakket::of_own_files(args.vorig.as_deref(), &definitie, args.sleutel.as_deref())?;
    let source = OwnFiles {
        bestanden: &files,
        koppeling: koppeling.as_ref(),
        leverdatum: args.leverdatum.unwrap_or_else(args::today),
        vorig: previous.as_ref(),
        everything: false,
    };
    let assessment = judge_files::of_files(&definitie, &source, None);
    let assessment = match koppeling {
        Some(_) => assessment?,
        None => assessment.map_err(|stop| refusal_of_own(stop, &args.bestanden, &definitie))?,
    };
    if !fit(&assessment, &definitie) {
        return Ok(RunEnd::Open);
    }
    let toelichtingen = answers(args.toelichtingen.as_deref(), &assessment.oordeel)?;
    let key = key_path::read_or_create(&key_path::place(args.sleutel.as_deref())?)?;
    let command = PackOrder {
        definitie: &definitie,
        bron: &source,
        kvk: args.kvk.as_deref(),
        balans: &assessment.balans,
        toelichtingen,
        sleutel: &key,
    };
    let packed = pack::make(command, &args.uit)?;
    if let Some(koppeling) = &args.koppeling {
        packed.writer.keep_koppeling(koppeling)?;
    }
    let pakket = packed.pakket.clone();
    packed.place(&args.uit)?;
    output::talk(&render::balance(&assessment.balans));
    report(args, &definitie, &pakket, &assessment.oordeel);
    Ok(RunEnd::Good)
}

/// Whether a pakket may be made; says why not.
fn fit(assessment: &Assessment, definitie: &Definitie) -> bool {
    let Assessment {
        oordeel,
        aannames: assumptions,
        open,
        waiting,
        ..
    } = assessment;
    let questions = render::open_questions(open, waiting, oordeel.verdict);
    let loaded = render::assumptions(assumptions, &questions, waiting);
    if !loaded.is_empty() {
        output::talk(&loaded);
    }
    let Some(objection) = pack::objection(assessment, definitie) else {
        return true;
    };
    if objection == PackObjection::Errors {
        output::data(render::kind(oordeel, definitie, Ernst::Fout, 10).trim_start());
    }
    output::talk(&format!("\n{}", pack::objection_text(&objection)));
    false
}

/// The answers that go along: those about what is found now.
fn answers(path: Option<&Path>, oordeel: &Oordeel) -> Result<Vec<Toelichting>, Failure> {
    let path = match path {
        Some(path) if !path.exists() => {
            return Err(Failure::new(
                wording::commands::toelichtingen_unreadable_at(&path.display()),
            ));
        }
        Some(path) => path,
        None => Path::new(TOELICHTINGEN),
    };
    let existing = toelichtingen::read(path)?;
    for code in existing.outdated(oordeel) {
        output::talk(&wording::commands::answer_outdated(&code));
    }
    let valid = existing.valid(oordeel);
    if !valid.is_empty() {
        output::talk(&format!(
            "Antwoorden uit {} die meegaan: {}.",
            path.display(),
            valid.len()
        ));
    }
    Ok(valid)
}

fn report(args: &PackArgs, definitie: &Definitie, pakket: &Pakket, oordeel: &Oordeel) {
    let mut text = String::new();
    for file in &pakket.resources {
        let title = definitie
            .tabel(&file.name)
            .map_or(file.name.as_str(), |t| t.titel.as_str());
        let _ = writeln!(
            text,
            "  {:>9}  {title} ({}, {})",
            grouped_thousands(file.rijen),
            file.path,
            size(file.bytes)
        );
    }
    output::data(&format!("{}\n{text}", args.uit.display()));
    let open = toelichtingen::signalen(oordeel)
        .filter(|r| !pakket.toelichtingen.iter().any(|t| t.code == r.code))
        .count();
    let open = match open {
        0 => String::new(),
        n => wording::commands::signalen_unanswered(&n),
    };
    output::talk(&wording::commands::pakket_ready(
        &open,
        &output::word(&args.uit),
    ));
}
