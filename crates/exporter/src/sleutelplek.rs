//! Where the pseudonym key is.
//!
//! Owns the default place and making the key there on first use. Leaves the key itself to `pakket`.

use std::env;
use std::path::{Path, PathBuf};

use pakket::Sleutel;

use crate::fout::Fout;
use crate::uitvoer;

/// The place: as given, else `$UITVRAAG_SLEUTEL`, else the user's configuration folder.
pub fn plek(gegeven: Option<&Path>) -> Result<PathBuf, Fout> {
    let map_uit = |naam: &str| {
        env::var_os(naam)
            .filter(|w| !w.is_empty())
            .map(PathBuf::from)
    };
    gegeven
        .map(Path::to_owned)
        .or_else(|| map_uit("UITVRAAG_SLEUTEL"))
        .or_else(|| {
            map_uit("XDG_CONFIG_HOME")
                .or_else(|| map_uit("APPDATA"))
                .map(|m| m.join("uitvraag").join("sleutel.toml"))
        })
        .or_else(|| {
            map_uit("HOME").map(|m| m.join(".config").join("uitvraag").join("sleutel.toml"))
        })
        .ok_or_else(|| {
            Fout::new("onbekend waar uw sleutel moet staan")
                .tip("Geef de plek met --sleutel BESTAND of zet die in UITVRAAG_SLEUTEL.")
        })
}

/// Reads the key, or makes it and says so.
pub fn read_or_create(pad: &Path) -> Result<Sleutel, Fout> {
    if pad.exists() {
        return read(pad);
    }
    let sleutel = create(pad)?;
    uitvoer::praat(&format!(
        "Er is een nieuwe sleutel gemaakt: {}\n\
         Met deze sleutel worden nummers van kinderen en trajecten onherkenbaar gemaakt. Zonder dezelfde sleutel lijkt volgend\n\
         jaar elk traject nieuw. Maak nu een reservekopie en bewaar die veilig:\n  uitvraag sleutel bewaar reservekopie-sleutel.txt",
        pad.display()
    ));
    Ok(sleutel)
}

/// The key where there is one; a place that was given must hold it.
pub fn existing(gegeven: Option<&Path>) -> Result<Option<Sleutel>, Fout> {
    let pad = plek(gegeven)?;
    if gegeven.is_some() || pad.exists() {
        read(&pad).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads the key.
pub fn read(pad: &Path) -> Result<Sleutel, Fout> {
    Sleutel::read(pad).map_err(|e| {
        Fout::new(format!("kan de sleutel niet gebruiken: {}", pad.display()))
            .oorzaak(e)
            .tip("Zet een reservekopie terug met `uitvraag sleutel zet-terug BESTAND`.")
    })
}

/// Makes a new key; never over an existing one.
pub fn create(pad: &Path) -> Result<Sleutel, Fout> {
    if let Some(map) = pad.parent().filter(|m| !m.as_os_str().is_empty()) {
        std::fs::create_dir_all(map)
            .map_err(|e| Fout::bestand("kan de map voor de sleutel niet maken", map, &e))?;
    }
    Sleutel::create(pad)
        .map_err(|e| Fout::new(format!("kan geen sleutel maken: {}", pad.display())).oorzaak(e))
}
