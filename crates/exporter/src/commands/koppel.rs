//! `uitvraag koppel`: proposes which column means what, and asks what is open.
//!
//! Owns showing the proposal and writing it where a person can mend it, never over an earlier one; and going on with the
//! koppeling that is there where somebody sits at the keyboard. Leaves the guessing, and the honesty about it, to
//! `mapping`, the lines of the conversation to `ask_mapping`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use mapping::{Conversation, Koppeling, KoppelingError, Proposal, Survey, propose, survey_all};
use schema::Definitie;
use schema::text::once;

use crate::ask_mapping::{self, ConversationEnd};
use crate::error::{CommandResult, Failure, RunEnd};
use crate::open_input::{JudgeStop, open_files};
use crate::output::{safe, short};
use crate::pakket::KOPPELING;
use crate::settings::Settings;
use crate::wording;
use crate::{annotated_file, args, atomic_file, output, source, text_input};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag koppel BESTAND… --uitvraag omgang/2020 --uit koppeling.toml [--json]",
    after_help = "Voorbeelden:\n  uitvraag koppel export.xlsx --uitvraag omgang/2020 --uit koppeling.toml\n  \
                  uitvraag koppel export.xlsx --uitvraag omgang/2021 --vorig pakket-2020 --uit koppeling.toml\n  \
                  uitvraag koppel --config uitvraag.toml              de query's of bestanden van uw eigen systeem\n\n\
                  Wat zeker is, staat ingevuld. Wat open is, vraagt deze opdracht u een voor een. Bij dezelfde --uit gaat u\n\
                  de volgende keer verder met wat nog open is. Liever zelf invullen? Kies --niet-vragen en open koppeling.toml\n\
                  met een teksteditor. Een koppeling die er al staat, wordt dan bewaard als koppeling.toml.vorige.\n"
)]
pub(crate) struct KoppelingArgs {
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
    /// Stel geen vragen; wat open is, staat in het bestand
    #[arg(long)]
    niet_vragen: bool,
}

/// Proposes a mapping; exit 1 while something is open.
pub(crate) fn run(args: &KoppelingArgs) -> CommandResult {
    let settings = args.config.as_deref().map(Settings::read).transpose()?;
    if let Some(out) = &args.uit {
        let mut loaded: Vec<PathBuf> = args.bestanden.iter().chain(&args.config).cloned().collect();
        loaded.extend(
            settings
                .as_ref()
                .map(source::files)
                .transpose()?
                .unwrap_or_default(),
        );
        let loaded: Vec<&Path> = loaded.iter().map(PathBuf::as_path).collect();
        annotated_file::spare(out, &loaded)
            .map_err(|failure| failure.tip(wording::commands::OTHER_KOPPELING_NAME))?;
    }
    let name = args
        .uitvraag
        .as_deref()
        .or(settings.as_ref().map(|i| i.uitvraag.as_str()))
        .unwrap_or_default();
    let definitie = args::definitie(name)?;
    let loaded = settings
        .as_ref()
        .map(|i| source::lees(i, &definitie, None))
        .transpose()?;
    let files = match &loaded {
        Some(loaded) => loaded.bestanden.clone(),
        None => open_files(&args.bestanden)?,
    };
    let surveys = survey_all(&files, &definitie).map_err(JudgeStop::from)?;
    let out = args
        .uit
        .as_ref()
        .or(settings.as_ref().and_then(|i| i.koppeling.as_ref()));
    let command = MappingCommand {
        args,
        definitie: &definitie,
        surveys: &surveys,
    };
    let asks = !args.json && !args.niet_vragen && ask_mapping::somebody_is_there();
    if let Some(out) = out.filter(|_| asks)
        && let Some(own) = command.own(out)?
    {
        return command.converse(out, &own);
    }
    // The settings name that pakket for its rows: made from a sjabloon it has no koppeling.
    let configured = settings
        .as_ref()
        .and_then(|i| i.vorig.as_ref())
        .filter(|dir| dir.join(KOPPELING).is_file());
    let proposal = command.proposal(args.vorig.as_ref().or(configured))?;
    let text = proposal.koppeling.to_toml();
    if let Some(out) = out {
        write(out, &text)?;
    }
    if args.json {
        output::json(&proposal);
    } else if out.is_none() {
        output::data(&text);
    } else {
        output::data(&show(&proposal, !asks));
    }
    if let Some(out) = out.filter(|_| asks && !proposal.koppeling.tabellen.is_empty()) {
        return command.converse(out, &text);
    }
    let open = proposal.open.len();
    command.conclude(
        out.map(PathBuf::as_path),
        proposal.koppeling.tabellen.is_empty(),
        open,
        "Vul ze in dat bestand in en ga verder met:",
    );
    Ok(if open == 0 && !proposal.koppeling.tabellen.is_empty() {
        RunEnd::Good
    } else {
        RunEnd::Open
    })
}

/// One run of the command.
struct MappingCommand<'a> {
    args: &'a KoppelingArgs,
    definitie: &'a Definitie,
    surveys: &'a [Survey],
}

impl MappingCommand<'_> {
    /// What is proposed, with last year's answers laid over it.
    fn proposal(&self, last_year: Option<&PathBuf>) -> Result<Proposal, Failure> {
        let mut proposal = propose(self.surveys, self.definitie);
        if let Some(last_year) = last_year {
            let previous = previous(last_year)?;
            for sentence in proposal.carry_over(&previous, self.definitie) {
                output::talk(&safe(&sentence));
            }
        }
        for assumption in &proposal.aannames {
            output::talk(&format!("Aangenomen: {assumption}"));
        }
        Ok(proposal)
    }

    /// The koppeling that is there, to go on with; none where it is of another uitvraag.
    fn own(&self, out: &Path) -> Result<Option<String>, Failure> {
        if !out.exists() {
            return Ok(None);
        }
        let text = text_input::read(out)
            .map_err(|e| Failure::file(wording::commands::KOPPELING_UNREADABLE, out, &e))?;
        let verified = Koppeling::parse(&text).and_then(|own| own.verify(self.definitie));
        match verified {
            Ok(()) => {}
            Err(KoppelingError::OtherUitvraag(..)) => return Ok(None),
            Err(e) => {
                let failure = Failure::new(format!("{} klopt niet", out.display())).cause(e);
                return Err(failure.tip(wording::commands::MEND_LINE_OR_BEGIN_AGAIN));
            }
        }
        output::talk(&wording::commands::going_on(&out.display()));
        if self.args.vorig.is_some() {
            output::talk(wording::commands::PREVIOUS_NOT_TAKEN);
        }
        Ok(Some(text))
    }

    /// Asks what is open, and keeps every answer.
    fn converse(&self, out: &Path, text: &str) -> CommandResult {
        let mut conversation = Conversation::new(self.surveys, self.definitie, text)
            .map_err(|e| Failure::new(format!("{} klopt niet", out.display())).cause(e))?;
        for place in conversation.missing() {
            output::talk(&safe(&wording::commands::not_there_now(&place)));
        }
        if conversation.to_ask() > 0 {
            let mut saved = text.to_owned();
            let end = ask_mapping::ask(&mut conversation, |text| {
                if text != saved {
                    atomic_file::write_whole(out, text.as_bytes())?;
                    text.clone_into(&mut saved);
                }
                Ok(())
            })?;
            if end == ConversationEnd::Stopped {
                output::talk(wording::commands::STOPPED_MAPPING);
            }
        }
        let open = conversation.open();
        let go_on = wording::commands::GO_ON_LATER;
        self.conclude(Some(out), false, open, go_on);
        Ok(if open == 0 {
            RunEnd::Good
        } else {
            RunEnd::Open
        })
    }
}

/// Last year's koppeling, out of its pakket or by itself. It may be of any year: what no longer holds is left out.
fn previous(path: &Path) -> Result<Koppeling, Failure> {
    let file = if path.is_dir() {
        path.join(KOPPELING)
    } else {
        path.to_owned()
    };
    let text = text_input::read(&file).map_err(|e| {
        let failure = Failure::file(wording::commands::PREVIOUS_KOPPELING_UNREADABLE, &file, &e);
        failure.tip(wording::commands::GIVE_PREVIOUS)
    })?;
    Koppeling::parse(&text).map_err(|e| {
        Failure::new(wording::commands::previous_koppeling_wrong(&file.display())).cause(e)
    })
}

fn write(out: &Path, text: &str) -> Result<(), Failure> {
    let equal = std::fs::read_to_string(out).is_ok_and(|old| old == text);
    if equal {
        return Ok(());
    }
    if let Some(previous) = atomic_file::keep_previous(out)? {
        output::talk(&wording::commands::previous_koppeling_kept(
            &previous.display(),
        ));
    }
    atomic_file::write_whole(out, text.as_bytes())
}

/// What was chosen, and with `questions` also what is open.
fn show(proposal: &Proposal, questions: bool) -> String {
    let mut out = String::from("Kolommen\n");
    let columns = proposal.kolommen.iter().map(|column| {
        let certainty = percent(column.zekerheid);
        let header = short(&column.bron);
        format!("  {certainty:>4}  {header} → {}\n", column.veld)
    });
    out.extend(once(columns));
    if !proposal.waarden.is_empty() {
        out.push_str("\nWaarden\n");
        let values = proposal.waarden.iter().map(|value| {
            let certainty = percent(value.zekerheid);
            let word = short(&value.bron);
            format!(
                "  {certainty:>4}  {}: {word} → {}\n",
                value.veld, value.code
            )
        });
        out.extend(once(values));
    }
    if questions && !proposal.open.is_empty() {
        out.push_str(wording::commands::CHOOSE_YOURSELF);
        for question in &proposal.open {
            let what = [
                question.plek.as_deref(),
                question.veld.as_deref(),
                question.bron.as_deref(),
            ]
            .into_iter()
            .flatten()
            .map(short)
            .collect::<Vec<_>>()
            .join(": ");
            let candidates: Vec<String> = question.kandidaten.iter().map(|k| safe(k)).collect();
            let choice = if candidates.is_empty() {
                "geen voorstel".to_owned()
            } else {
                candidates.join(", ")
            };
            let seen: Vec<String> = question
                .past_niet
                .iter()
                .map(|w| format!("'{}'", short(w)))
                .collect();
            let against = if seen.is_empty() {
                String::new()
            } else {
                format!("  (past niet: {})", seen.join(", "))
            };
            let _ = writeln!(out, "  {what}  →  {choice}{against}");
        }
    }
    let skipped: Vec<String> = proposal
        .koppeling
        .tabellen
        .iter()
        .flat_map(|t| &t.overslaan)
        .map(|k| short(k))
        .collect();
    if !skipped.is_empty() {
        let _ = writeln!(out, "{}", wording::commands::not_used(&skipped.join(", ")));
    }
    out
}

fn percent(certainty: f64) -> String {
    format!("{:.0}%", certainty * 100.0)
}

impl MappingCommand<'_> {
    /// What to do now.
    fn conclude(&self, out: Option<&Path>, nothing_recognised: bool, open: usize, go_on: &str) {
        let (args, definitie) = (self.args, self.definitie);
        if nothing_recognised {
            let titles: Vec<&str> = definitie
                .tabellen
                .iter()
                .map(|t| t.titel.as_str())
                .collect();
            output::talk(&wording::commands::nothing_recognised(&titles.join(", ")));
            return;
        }
        let Some(out) = out else { return };
        let files: Vec<String> = args.bestanden.iter().map(|b| output::word(b)).collect();
        let next_command = match &args.config {
            Some(config) => format!("  uitvraag controleer --config {}", output::word(config)),
            None => {
                format!(
                    "  uitvraag controleer {} --uitvraag {} --koppeling {}",
                    files.join(" "),
                    definitie.name(),
                    output::word(out)
                )
            }
        };
        if open == 0 {
            output::talk(&wording::commands::koppeling_done(
                &out.display(),
                &next_command,
            ));
        } else {
            output::talk(&wording::commands::koppeling_open(
                &out.display(),
                &open,
                &go_on,
                &next_command,
            ));
        }
    }
}
