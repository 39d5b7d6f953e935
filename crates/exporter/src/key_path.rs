//! Where the pseudonym key is.
//!
//! Owns the default place and making the key there on first use. Leaves the key itself to `pakket`.

use std::env;
use std::path::{Path, PathBuf};

use pakket::PseudonymKey;

use crate::error::Failure;
use crate::wording;
use crate::{atomic_file, output};

/// The place: as given, else `$UITVRAAG_SLEUTEL`, else the user's configuration folder.
pub(crate) fn place(given: Option<&Path>) -> Result<PathBuf, Failure> {
    let dir_from = |name: &str| {
        env::var_os(name)
            .filter(|w| !w.is_empty())
            .map(PathBuf::from)
    };
    given
        .map(Path::to_owned)
        .or_else(|| dir_from("UITVRAAG_SLEUTEL"))
        .or_else(|| {
            dir_from("XDG_CONFIG_HOME")
                .or_else(|| dir_from("APPDATA"))
                .map(|m| m.join("uitvraag").join("sleutel.toml"))
        })
        .or_else(|| {
            dir_from("HOME").map(|m| m.join(".config").join("uitvraag").join("sleutel.toml"))
        })
        .ok_or_else(|| {
            Failure::new(wording::files::KEY_PLACE_UNKNOWN).tip(wording::files::GIVE_KEY_PLACE)
        })
}

/// Reads the key, or makes it and says so.
pub(crate) fn read_or_create(path: &Path) -> Result<PseudonymKey, Failure> {
    if path.exists() {
        return read(path);
    }
    let key = create(path)?;
    output::talk(&wording::files::new_key(&path.display()));
    Ok(key)
}

/// The key where there is one; a place that was given must hold it.
pub(crate) fn existing(given: Option<&Path>) -> Result<Option<PseudonymKey>, Failure> {
    let path = place(given)?;
    if given.is_some() || path.exists() {
        read(&path).map(Some)
    } else {
        Ok(None)
    }
}

/// Reads the key.
pub(crate) fn read(path: &Path) -> Result<PseudonymKey, Failure> {
    PseudonymKey::read(path).map_err(|e| {
        Failure::new(wording::files::key_unusable(&path.display()))
            .cause(e)
            .tip(wording::files::RESTORE_KEY)
    })
}

/// Makes a new key; never over an existing one.
pub(crate) fn create(path: &Path) -> Result<PseudonymKey, Failure> {
    atomic_file::make_dir(atomic_file::folder_of(path))?;
    PseudonymKey::create(path)
        .map_err(|e| Failure::new(format!("kan geen sleutel maken: {}", path.display())).cause(e))
}
