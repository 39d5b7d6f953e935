//! `uitvraag sleutel`: the key that makes numbers unrecognisable.
//!
//! Owns making, showing, backing up and putting back, and never losing one key to another. Leaves the key itself to
//! `pakket`.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use pakket::Sleutel;

use crate::fout::{Einde, Fout, Uitkomst};
use crate::{invoer, sleutelplek, uitvoer};

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
pub struct Args {
    /// Wat u wilt doen
    #[command(subcommand)]
    wat: Option<Wat>,
    /// Bestand met de sleutel [standaard: UITVRAAG_SLEUTEL, anders uw eigen map]
    #[arg(long, value_name = "BESTAND", global = true)]
    sleutel: Option<PathBuf>,
}

/// What can be done with a key.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum Wat {
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
pub fn run(args: &Args) -> Uitkomst {
    let pad = sleutelplek::plek(args.sleutel.as_deref())?;
    match args.wat.as_ref().unwrap_or(&Wat::Toon) {
        Wat::Maak => make(&pad)?,
        Wat::Toon => show(&pad)?,
        Wat::Bewaar { naar } => back_up(&pad, naar)?,
        Wat::ZetTerug { van } => put_back(&pad, van)?,
    }
    Ok(Einde::Goed)
}

fn make(pad: &Path) -> Result<(), Fout> {
    if pad.exists() {
        return Err(
            Fout::new(format!("er is al een sleutel: {}", pad.display()))
                .oorzaak("met een nieuwe sleutel lijkt elk traject nieuw")
                .tip("Gebruik de sleutel die u hebt. U ziet hem met `uitvraag sleutel toon`."),
        );
    }
    sleutelplek::read_or_create(pad)?;
    show(pad)
}

fn show(pad: &Path) -> Result<(), Fout> {
    if !pad.exists() {
        return Err(Fout::new(format!("er is nog geen sleutel: {}", pad.display()))
            .tip("Bij het eerste `uitvraag pak` wordt die gemaakt. Hebt u een reservekopie? Gebruik `uitvraag sleutel zet-terug`."));
    }
    let sleutel = sleutelplek::read(pad)?;
    uitvoer::data(&format!(
        "sleutel   {}\nkenmerk   {}\n",
        pad.display(),
        sleutel.label()
    ));
    Ok(())
}

fn back_up(pad: &Path, naar: &Path) -> Result<(), Fout> {
    let sleutel = sleutelplek::read(pad)?;
    if naar.exists() {
        return Err(
            Fout::new(format!("dat bestand bestaat al: {}", naar.display()))
                .tip("Kies een andere naam, zodat er niets verloren gaat."),
        );
    }
    write_secret(naar, &sleutel.export())
        .map_err(|e| Fout::bestand("kan de reservekopie niet schrijven", naar, &e))?;
    uitvoer::praat(&format!(
        "De reservekopie staat in {}. Bewaar haar op een veilige plek, niet bij de leveringen: wie dit bestand heeft, kan nummers terugvinden.",
        naar.display()
    ));
    Ok(())
}

fn put_back(pad: &Path, van: &Path) -> Result<(), Fout> {
    let tekst =
        invoer::read(van).map_err(|e| Fout::bestand("kan de reservekopie niet lezen", van, &e))?;
    let nieuw = Sleutel::import(&tekst).map_err(|e| {
        Fout::new(format!(
            "dit is geen reservekopie van een sleutel: {}",
            van.display()
        ))
        .oorzaak(e)
    })?;
    if pad.exists() {
        let oud = sleutelplek::read(pad)?;
        if oud.label() == nieuw.label() {
            uitvoer::praat("Deze sleutel stond er al. Er is niets veranderd.");
            return show(pad);
        }
        return Err(Fout::new(format!("er staat al een andere sleutel: {}", pad.display()))
            .oorzaak(format!("die heeft kenmerk {}, de reservekopie heeft {}", oud.label(), nieuw.label()))
            .tip("Hebt u de andere nog nodig? Bewaar hem met `uitvraag sleutel bewaar`. Verplaats het bestand daarna zelf."));
    }
    if let Some(map) = pad.parent().filter(|m| !m.as_os_str().is_empty()) {
        fs::create_dir_all(map)
            .map_err(|e| Fout::bestand("kan de map voor de sleutel niet maken", map, &e))?;
    }
    nieuw.save(pad).map_err(|e| {
        Fout::new(format!("kan de sleutel niet schrijven: {}", pad.display())).oorzaak(e)
    })?;
    uitvoer::praat("De sleutel is teruggezet.");
    show(pad)
}

/// A file only its owner can read.
fn write_secret(pad: &Path, tekst: &str) -> std::io::Result<()> {
    let mut bestand = pakket::private_file::create(pad)?;
    bestand.write_all(tekst.as_bytes())?;
    bestand.sync_all()
}
