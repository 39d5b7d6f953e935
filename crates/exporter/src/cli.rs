//! The command line: what may be typed, in Dutch.
//!
//! Owns the help texts, the names of the commands and their English aliases, and Dutch words for what clap finds wrong.
//! Leaves the arguments of a command to its own file and what they share to `args`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Parser, Subcommand};
use schema::Definitie;

use crate::commands::{
    codeboek, controleer, koppel, lever, nulopgave, pak, sjabloon, sleutel, status,
};
use crate::error::Failure;
use crate::output;
use crate::wording;

const HELP: &str = wording::asked::HELP;

/// Help of one command.
const COMMAND_HELP: &str =
    "{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}";

/// What was typed.
#[derive(Debug, Parser)]
#[command(
    name = "uitvraag",
    version,
    override_help = HELP,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    subcommand_required = true,
    styles = Styles::plain(),
)]
pub(crate) struct ExporterCli {
    /// The command.
    #[command(subcommand)]
    pub opdracht: ExporterCommand,
    /// Laat deze uitleg zien
    #[arg(short, long, alias = "hulp", global = true, action = ArgAction::Help, help_heading = "Algemeen")]
    help: Option<bool>,
    /// Kent ook de uitvragen in deze map
    #[arg(long, global = true, hide = true, value_name = "MAP")]
    pub schemas: Option<PathBuf>,
    /// Laat de versie zien
    #[arg(short = 'V', long, alias = "versie", action = ArgAction::Version)]
    version: Option<bool>,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum ExporterCommand {
    /// Geeft een Excel-bestand om in te vullen.
    #[command(alias = "template", help_template = COMMAND_HELP)]
    Sjabloon(sjabloon::SjabloonArgs),
    /// Legt uit wat er gevraagd wordt, en waarom.
    #[command(alias = "codebook", help_template = COMMAND_HELP)]
    Codeboek(codeboek::CodeboekArgs),
    /// Stelt voor welke kolom van u bij welke vraag hoort.
    #[command(alias = "map", help_template = COMMAND_HELP)]
    Koppel(koppel::KoppelingArgs),
    /// Zoekt fouten in uw bestand of pakket. Er gaat niets naar buiten.
    #[command(alias = "check", help_template = COMMAND_HELP)]
    Controleer(controleer::CheckArgs),
    /// Maakt een pakket dat u kunt versturen.
    #[command(alias = "pack", help_template = COMMAND_HELP)]
    Pak(pak::PackArgs),
    /// Meldt dat u over dit jaar niets te melden hebt.
    #[command(alias = "nil", help_template = COMMAND_HELP)]
    Nulopgave(nulopgave::NulopgaveArgs),
    /// Verstuurt een pakket en wacht op het oordeel.
    #[command(alias = "push", help_template = COMMAND_HELP)]
    Lever(lever::LeverArgs),
    /// Laat zien hoe het met een pakket of levering staat.
    #[command(help_template = COMMAND_HELP)]
    Status(status::StatusArgs),
    /// Beheert de sleutel waarmee nummers onherkenbaar worden.
    #[command(alias = "key", help_template = COMMAND_HELP)]
    Sleutel(sleutel::KeyArgs),
}

/// Reads the command line; on help or a mistake, says it and gives the exit code.
pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<ExporterCli, ExitCode> {
    ExporterCli::try_parse_from(help_word(wildcards(args))).map_err(|failure| {
        match failure.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                output::data(&dutch_headings(&failure.to_string()));
                ExitCode::SUCCESS
            }
            _ => {
                output::talk(&explain(&failure).to_string());
                ExitCode::from(2)
            }
        }
    })
}

/// `cmd` leaves `*` to the program. As a shell does: every file that fits, by name; what fits nothing stays as typed.
#[cfg(windows)]
fn wildcards(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    use glob::{MatchOptions, glob_with};
    const OPTIONS: MatchOptions = MatchOptions {
        case_sensitive: false,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    args.flat_map(|arg| {
        let patroon = arg
            .to_str()
            .filter(|a| a.contains('*') && !a.starts_with('-'))
            .map(|a| a.replace('[', "[[]"));
        let paths = patroon
            .and_then(|p| glob_with(&p, OPTIONS).ok())
            .into_iter()
            .flatten();
        let found: Vec<OsString> = paths.flatten().map(OsString::from).collect();
        if found.is_empty() { vec![arg] } else { found }
    })
}

#[cfg(not(windows))]
fn wildcards(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    args
}

/// `uitvraag help koppel` means `uitvraag koppel --help`.
fn help_word(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.collect();
    if args
        .get(1)
        .is_some_and(|word| word == "help" || word == "hulp")
    {
        args.remove(1);
        args.push("--help".into());
    }
    args
}

fn dutch_headings(help: &str) -> String {
    // A line that goes on is written otherwise in cmd than in PowerShell, so there it is one line.
    let help = if cfg!(windows) {
        help.split(" \\\n")
            .map(str::trim_start)
            .collect::<Vec<_>>()
            .join(" ")
    } else {
        help.to_owned()
    };
    help.replace("Usage:", "Gebruik:")
        .replace("\nArguments:\n", "\nWat:\n")
        .replace("\nOptions:\n", "\nOpties:\n")
}

fn explain(failure: &clap::Error) -> Failure {
    let text = |kind: ContextKind| match failure.get(kind) {
        Some(ContextValue::String(een)) => een.clone(),
        Some(ContextValue::Strings(many)) => many.join(", "),
        Some(ContextValue::StyledStr(een)) => een.to_string(),
        Some(others) => others.to_string(),
        None => String::new(),
    };
    let arg = text(ContextKind::InvalidArg).replace(['<', '>'], "");
    let value = text(ContextKind::InvalidValue);
    let explanation = match failure.kind() {
        ErrorKind::MissingRequiredArgument => Failure::new(wording::asked::argument_missing(&arg)),
        ErrorKind::UnknownArgument => Failure::new(format!("{arg} is geen bekende optie")),
        ErrorKind::InvalidSubcommand => Failure::new(format!(
            "{} is geen bekende opdracht",
            text(ContextKind::InvalidSubcommand)
        )),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Failure::new(wording::asked::COMMAND_MISSING)
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            Failure::new(wording::asked::value_missing(&arg))
        }
        ErrorKind::ArgumentConflict => Failure::new(wording::asked::not_together(
            &arg,
            &text(ContextKind::PriorArg),
        )),
        ErrorKind::ValueValidation => {
            let reason = std::error::Error::source(failure)
                .map(ToString::to_string)
                .unwrap_or_default();
            Failure::new(wording::asked::not_a_value(&value, &arg)).cause(reason)
        }
        _ => Failure::new(wording::asked::not_a_value(&value, &arg)),
    };
    if failure.kind() == ErrorKind::MissingRequiredArgument && arg.contains("--uitvraag") {
        let known = Definitie::names().join(", ");
        return explanation.tip(wording::asked::known_uitvragen(&known));
    }
    let meant = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .map(text)
    .join("");
    if meant.is_empty() {
        explanation.tip(wording::asked::SEE_HELP)
    } else {
        explanation.tip(format!("Bedoelt u {meant}?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        ExporterCli::command().debug_assert();
    }

    #[test]
    fn every_command_stands_in_the_help_with_its_alias() {
        for command in ExporterCli::command().get_subcommands() {
            assert!(
                HELP.contains(&format!("\n  {:<11} ", command.get_name())),
                "{}",
                command.get_name()
            );
            for alias in command.get_all_aliases() {
                assert!(HELP.contains(&format!("[{alias}]")), "{alias}");
            }
        }
    }
}
