//! The command line: what may be typed, in Dutch.
//!
//! Owns the help texts, the names of the commands and their English aliases, and Dutch words for what clap finds wrong.
//! Leaves the arguments of a command to its own file and what they mean to `opties`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::Styles;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Parser, Subcommand};

use crate::commands::{
    codeboek, controleer, koppel, lever, nulopgave, pak, sjabloon, sleutel, status,
};
use crate::fout::Fout;
use crate::uitvoer;

const HELP: &str = "\
uitvraag: uw cijfers aanleveren, van uw eigen bestand tot het ontvangstbewijs

Gebruik: uitvraag OPDRACHT [OPTIES]

Zo levert u aan:
  1. Koppel uw bestand aan de vragen. U controleert het voorstel in koppeling.toml.
       uitvraag koppel export.xlsx --uitvraag omgang/2020 --uit koppeling.toml
  2. Controleer uw gegevens. Er gaat niets naar buiten. Met --beantwoord erbij beantwoordt u ook de signalen.
       uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml
  3. Maak een pakket. Nummers van kinderen worden onherkenbaar gemaakt.
       uitvraag pak export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --uit pakket-2020
  4. Lever het pakket, beantwoord de vragen en onderteken.
       uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt \\
         --onderteken \"J. de Vries, directeur\"

Hebt u geen export? Vul dan het sjabloon in en sla stap 1 over:
       uitvraag sjabloon --uitvraag omgang/2020

Opdrachten:
  sjabloon    Geeft een Excel-bestand om in te vullen                  [template]
  codeboek    Legt uit wat er gevraagd wordt                           [codebook]
  koppel      Stelt voor welke kolom van u bij welke vraag hoort       [map]
  controleer  Zoekt fouten in uw bestand of pakket                     [check]
  pak         Maakt een pakket dat u kunt versturen                    [pack]
  lever       Verstuurt een pakket en wacht op het oordeel             [push]
  nulopgave   Meldt dat u over dit jaar niets te melden hebt           [nil]
  status      Laat zien hoe het met een pakket of levering staat
  sleutel     Beheert de sleutel waarmee nummers onherkenbaar worden   [key]

Meer over een opdracht: uitvraag OPDRACHT --help
Alleen lever, nulopgave en status --server maken verbinding met een server.

De uitkomst is 0 als alles in orde is, 1 als er fouten zijn of vragen openstaan, 2 als het niet lukte.
";

/// Help of one command.
const OPDRACHT_HELP: &str =
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
pub struct Cli {
    /// The command.
    #[command(subcommand)]
    pub opdracht: Opdracht,
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
pub enum Opdracht {
    /// Geeft een Excel-bestand om in te vullen.
    #[command(alias = "template", help_template = OPDRACHT_HELP)]
    Sjabloon(sjabloon::Args),
    /// Legt uit wat er gevraagd wordt, en waarom.
    #[command(alias = "codebook", help_template = OPDRACHT_HELP)]
    Codeboek(codeboek::Args),
    /// Stelt voor welke kolom van u bij welke vraag hoort.
    #[command(alias = "map", help_template = OPDRACHT_HELP)]
    Koppel(koppel::Args),
    /// Zoekt fouten in uw bestand of pakket. Er gaat niets naar buiten.
    #[command(alias = "check", help_template = OPDRACHT_HELP)]
    Controleer(controleer::Args),
    /// Maakt een pakket dat u kunt versturen.
    #[command(alias = "pack", help_template = OPDRACHT_HELP)]
    Pak(pak::Args),
    /// Meldt dat u over dit jaar niets te melden hebt.
    #[command(alias = "nil", help_template = OPDRACHT_HELP)]
    Nulopgave(nulopgave::Args),
    /// Verstuurt een pakket en wacht op het oordeel.
    #[command(alias = "push", help_template = OPDRACHT_HELP)]
    Lever(lever::Args),
    /// Laat zien hoe het met een pakket of levering staat.
    #[command(help_template = OPDRACHT_HELP)]
    Status(status::Args),
    /// Beheert de sleutel waarmee nummers onherkenbaar worden.
    #[command(alias = "key", help_template = OPDRACHT_HELP)]
    Sleutel(sleutel::Args),
}

/// Reads the command line; on help or a mistake, says it and gives the exit code.
pub fn parse(args: impl Iterator<Item = OsString>) -> Result<Cli, ExitCode> {
    Cli::try_parse_from(help_word(wildcards(args))).map_err(|fout| match fout.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            uitvoer::data(&dutch_headings(&fout.to_string()));
            ExitCode::SUCCESS
        }
        _ => {
            uitvoer::praat(&explain(&fout).to_string());
            ExitCode::from(2)
        }
    })
}

/// `cmd` leaves `*` to the program. As a shell does: every file that fits, by name; what fits nothing stays as typed.
#[cfg(windows)]
fn wildcards(args: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    use glob::{MatchOptions, glob_with};
    const OPTIES: MatchOptions = MatchOptions {
        case_sensitive: false,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    args.flat_map(|arg| {
        let patroon = arg
            .to_str()
            .filter(|a| a.contains('*') && !a.starts_with('-'))
            .map(|a| a.replace('[', "[[]"));
        let paden = patroon
            .and_then(|p| glob_with(&p, OPTIES).ok())
            .into_iter()
            .flatten();
        let gevonden: Vec<OsString> = paden.flatten().map(OsString::from).collect();
        if gevonden.is_empty() {
            vec![arg]
        } else {
            gevonden
        }
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
        .is_some_and(|woord| woord == "help" || woord == "hulp")
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

fn explain(fout: &clap::Error) -> Fout {
    let tekst = |soort: ContextKind| match fout.get(soort) {
        Some(ContextValue::String(een)) => een.clone(),
        Some(ContextValue::Strings(veel)) => veel.join(", "),
        Some(ContextValue::StyledStr(een)) => een.to_string(),
        Some(anders) => anders.to_string(),
        None => String::new(),
    };
    let arg = tekst(ContextKind::InvalidArg).replace(['<', '>'], "");
    let waarde = tekst(ContextKind::InvalidValue);
    let uitleg = match fout.kind() {
        ErrorKind::MissingRequiredArgument => Fout::new(format!("er ontbreekt iets: {arg}")),
        ErrorKind::UnknownArgument => Fout::new(format!("{arg} is geen bekende optie")),
        ErrorKind::InvalidSubcommand => Fout::new(format!(
            "{} is geen bekende opdracht",
            tekst(ContextKind::InvalidSubcommand)
        )),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Fout::new("er ontbreekt een opdracht")
        }
        ErrorKind::InvalidValue if waarde.is_empty() => {
            Fout::new(format!("achter {arg} hoort nog iets te staan"))
        }
        ErrorKind::ArgumentConflict => Fout::new(format!(
            "{arg} gaat niet samen met {}",
            tekst(ContextKind::PriorArg)
        )),
        ErrorKind::ValueValidation => {
            let reden = std::error::Error::source(fout)
                .map(ToString::to_string)
                .unwrap_or_default();
            Fout::new(format!("{waarde} kan niet achter {arg}")).oorzaak(reden)
        }
        _ => Fout::new(format!("{waarde} kan niet achter {arg}")),
    };
    let bedoeld = [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .map(tekst)
    .join("");
    if bedoeld.is_empty() {
        uitleg.tip("Alle opdrachten en opties ziet u met: uitvraag --help")
    } else {
        uitleg.tip(format!("Bedoelt u {bedoeld}?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_stands_in_the_help_with_its_alias() {
        for opdracht in Cli::command().get_subcommands() {
            assert!(
                HELP.contains(&format!("\n  {:<11} ", opdracht.get_name())),
                "{}",
                opdracht.get_name()
            );
            for alias in opdracht.get_all_aliases() {
                assert!(HELP.contains(&format!("[{alias}]")), "{alias}");
            }
        }
    }
}
