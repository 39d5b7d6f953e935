//! `uitvraag sleutel`: the key that makes numbers unrecognisable.
//!
//! Owns making, showing, backing up and putting back, and never losing one key to another. Leaves the key itself to
//! `pakket`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use pakket::PseudonymKey;

use crate::error::{CommandResult, Failure, RunEnd};
use crate::wording;
use crate::{atomic_file, key_path, output, text_input};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    subcommand_help_heading = "Wat u kunt doen",
    override_usage = "uitvraag sleutel [maak|toon|bewaar|zet-terug] [OPTIES]",
    after_help = "Met de sleutel worden nummers van kinderen en trajecten onherkenbaar gemaakt. Alleen met dezelfde sleutel herkent de\n\
                  uitvraag volgend jaar hetzelfde traject. Raakt u de sleutel kwijt, dan lijkt elk traject nieuw.\n\n\
                  Voorbeelden:\n  uitvraag sleutel bewaar reservekopie.txt       maak een reservekopie\n  \
                  uitvraag sleutel zet-terug reservekopie.txt    zet haar terug, ook op een andere computer\n"
)]
pub(crate) struct KeyArgs {
    /// Wat u wilt doen
    #[command(subcommand)]
    wat: Option<KeyCommand>,
    /// Bestand met de sleutel [standaard: UITVRAAG_SLEUTEL, anders uw eigen map]
    #[arg(long, value_name = "BESTAND", global = true)]
    sleutel: Option<PathBuf>,
}

/// What can be done with a key.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub(crate) enum KeyCommand {
    /// Maakt een nieuwe sleutel
    #[command(alias = "create")]
    Maak,
    /// Laat zien welke sleutel u hebt, zonder het geheim
    #[command(alias = "show")]
    Toon,
    /// Schrijft een reservekopie. Wie dit bestand heeft, heeft uw sleutel
    #[command(alias = "export")]
    Bewaar {
        /// Bestand voor de reservekopie
        #[arg(value_name = "BESTAND")]
        naar: PathBuf,
    },
    /// Zet een reservekopie terug, ook op een andere computer
    #[command(alias = "import")]
    ZetTerug {
        /// Bestand met de reservekopie
        #[arg(value_name = "BESTAND")]
        van: PathBuf,
    },
}

/// Does what was asked with the key.
pub(crate) fn run(args: &KeyArgs) -> CommandResult {
    let path = key_path::place(args.sleutel.as_deref())?;
    match args.wat.as_ref().unwrap_or(&KeyCommand::Toon) {
        KeyCommand::Maak => make(&path)?,
        KeyCommand::Toon => show(&path)?,
        KeyCommand::Bewaar { naar: to } => back_up(&path, to)?,
        KeyCommand::ZetTerug { van } => put_back(&path, van)?,
    }
    Ok(RunEnd::Good)
}

fn make(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::new(wording::commands::key_exists(&path.display()))
            .cause(wording::commands::NEW_KEY_NEW_TRAJECTEN)
            .tip(wording::commands::USE_YOUR_KEY));
    }
    key_path::read_or_create(path)?;
    show(path)
}

fn show(path: &Path) -> Result<(), Failure> {
    if !path.exists() {
        return Err(Failure::new(wording::commands::no_key_yet(&path.display()))
            .tip(wording::commands::KEY_COMES_WITH_FIRST));
    }
    let key = key_path::read(path)?;
    output::data(&format!(
        "sleutel   {}\nkenmerk   {}\n",
        path.display(),
        key.label()
    ));
    Ok(())
}

fn back_up(path: &Path, to: &Path) -> Result<(), Failure> {
    let key = key_path::read(path)?;
    if to.exists() {
        return Err(
            Failure::new(format!("dat bestand bestaat al: {}", to.display()))
                .tip(wording::commands::CHOOSE_ANOTHER_NAME),
        );
    }
    write_secret(to, &key.export())
        .map_err(|e| Failure::file(wording::commands::BACKUP_NOT_WRITTEN, to, &e))?;
    output::talk(&wording::commands::backup_stands(&to.display()));
    Ok(())
}

fn put_back(path: &Path, van: &Path) -> Result<(), Failure> {
    let text = text_input::read(van)
        .map_err(|e| Failure::file(wording::commands::BACKUP_UNREADABLE, van, &e))?;
    let new = PseudonymKey::import(&text)
        .map_err(|e| Failure::new(wording::commands::not_a_backup(&van.display())).cause(e))?;
    if path.exists() {
        let old = key_path::read(path)?;
        if old.label() == new.label() {
            output::talk(wording::commands::SAME_KEY);
            return show(path);
        }
        return Err(
            Failure::new(wording::commands::other_key_there(&path.display()))
                .cause(wording::commands::other_key_labels(
                    &old.label(),
                    &new.label(),
                ))
                .tip(wording::commands::KEEP_OTHER_KEY),
        );
    }
    atomic_file::make_dir(atomic_file::folder_of(path))?;
    new.save(path)
        .map_err(|e| Failure::new(wording::commands::key_not_written(&path.display())).cause(e))?;
    output::talk(wording::commands::KEY_RESTORED);
    show(path)
}

/// A file only its owner can read.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = pakket::private_file::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
