//! Names and paths: what may be one, where things lie, and making them durable.
//!
//! Owns the layout of the data directory and the two ways to write there that survive a crash: a directory that
//! stays, and a file that is there whole or not at all. Leaves streams to `upload` and `tabel`.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::fout::LakeFout;
use crate::levering::LeveringId;
use crate::opslag::Opslag;

/// Mode of what only the service may read.
pub(crate) const GEHEIM: u32 = 0o600;
/// Mode of what is published.
pub(crate) const OPENBAAR: u32 = 0o644;

/// The data directory: where things are, and durable ways to put them there.
#[derive(Clone)]
pub(crate) struct Map {
    pub(crate) dir: PathBuf,
    pub(crate) opslag: Arc<dyn Opslag>,
    /// Directories whose name in their parent is durable, so that the next file need not wait for that again.
    duurzaam: Arc<Mutex<HashSet<PathBuf>>>,
}

impl Map {
    pub(crate) fn new(dir: PathBuf, opslag: Arc<dyn Opslag>) -> Self {
        Self {
            dir,
            opslag,
            duurzaam: Arc::default(),
        }
    }

    pub(crate) fn raw(&self, id: LeveringId) -> PathBuf {
        self.dir.join("raw").join(id.to_string())
    }

    pub(crate) fn raw_bestand(&self, id: LeveringId, tabel: &str) -> PathBuf {
        self.raw(id).join(format!("{tabel}.csv.zst"))
    }

    pub(crate) fn publicatie(&self, uitvraag: &str, jaar: i32, versie: u32) -> PathBuf {
        self.dir
            .join("publicaties")
            .join(uitvraag)
            .join(jaar.to_string())
            .join(versie.to_string())
    }

    /// The path below the data directory, to name it by.
    pub(crate) fn relative(&self, pad: &Path) -> String {
        pad.strip_prefix(&self.dir)
            .unwrap_or(pad)
            .to_string_lossy()
            .into_owned()
    }

    /// Makes a directory below the data directory, with all above it, durably.
    pub(crate) fn maak(&self, pad: &Path) -> io::Result<()> {
        if pad == self.dir
            || self
                .duurzaam
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(pad)
        {
            return Ok(());
        }
        let ouder = pad.parent().ok_or(io::ErrorKind::InvalidInput)?;
        self.maak(ouder)?;
        match self.opslag.maak_map(pad) {
            Ok(()) => {}
            Err(fout)
                if fout.kind() == io::ErrorKind::AlreadyExists
                    && pad.symlink_metadata()?.is_dir() => {}
            Err(fout) => return Err(fout),
        }
        // Also when it was there already: whoever made it may not have come this far.
        self.opslag.sync_map(ouder)?;
        self.duurzaam
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(pad.to_owned());
        Ok(())
    }

    /// Forgets that a directory was durable, because it is going.
    pub(crate) fn vergeet(&self, pad: &Path) {
        self.duurzaam
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|bekend| !bekend.starts_with(pad));
    }

    /// Writes a file whole: temp, fdatasync, rename, fsync of the directory. The directory exists.
    pub(crate) fn schrijf_heel(&self, pad: &Path, bytes: &[u8], modus: u32) -> io::Result<()> {
        let ouder = pad.parent().ok_or(io::ErrorKind::InvalidInput)?;
        let tijdelijk = tijdelijke_naam(pad);
        let geschreven = self
            .schrijf_los(&tijdelijk, bytes, modus)
            .and_then(|()| self.opslag.hernoem(&tijdelijk, pad));
        if geschreven.is_err() {
            // Best effort: what stays behind is recognised by its name and removed at start-up.
            self.opslag.verwijder(&tijdelijk).ok();
        }
        geschreven.and_then(|()| self.opslag.sync_map(ouder))
    }

    /// Writes a file and makes its bytes, not yet its name, durable.
    pub(crate) fn schrijf_los(&self, pad: &Path, bytes: &[u8], modus: u32) -> io::Result<()> {
        let mut bestand = self.opslag.schrijf(pad, 0, modus)?;
        bestand.write_all(bytes)?;
        bestand.sync()
    }

    /// Removes a directory and all in it; fine when it is not there.
    pub(crate) fn verwijder_boom(&self, pad: &Path) -> io::Result<()> {
        self.vergeet(pad);
        let inhoud = match std::fs::read_dir(pad) {
            Ok(inhoud) => inhoud,
            Err(fout) if fout.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(fout) => return Err(fout),
        };
        for ding in inhoud {
            let ding = ding?;
            if ding.file_type()?.is_dir() {
                self.verwijder_boom(&ding.path())?;
            } else {
                self.opslag.verwijder(&ding.path())?;
            }
        }
        self.opslag.verwijder_map(pad)
    }

    /// Moves something nobody names to `quarantaine/<naam>`, or beside what lies there already.
    pub(crate) fn naar_quarantaine(&self, pad: &Path, naam: &str) -> io::Result<PathBuf> {
        let quarantaine = self.dir.join("quarantaine");
        self.maak(&quarantaine)?;
        let mut doel = quarantaine.join(naam);
        let mut nummer = 2;
        while doel.symlink_metadata().is_ok() {
            doel = quarantaine.join(format!("{naam}-{nummer}"));
            nummer += 1;
        }
        self.vergeet(pad);
        self.opslag.hernoem(pad, &doel)?;
        self.opslag.sync_map(&quarantaine)?;
        if let Some(ouder) = pad.parent() {
            self.opslag.sync_map(ouder)?;
        }
        Ok(doel)
    }
}

/// A name beside `pad` that no one else uses and that start-up recognises as a leftover.
pub(crate) fn tijdelijke_naam(pad: &Path) -> PathBuf {
    let mut naam = pad.file_name().unwrap_or_default().to_owned();
    let mut toeval = [0; 8];
    getrandom::fill(&mut toeval).expect("the system has randomness");
    naam.push(format!(".{:016x}.tmp", u64::from_le_bytes(toeval)));
    pad.with_file_name(naam)
}

/// Whether a name is one that [`tijdelijke_naam`] gives.
pub(crate) fn is_tijdelijk(naam: &str) -> bool {
    naam.ends_with(".tmp")
}

/// Whether a text may be one name in a path: the names of uitvragen, tables and the like.
pub(crate) fn is_naam(tekst: &str) -> bool {
    let toegestaan =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    (1..=64).contains(&tekst.len()) && tekst.chars().all(toegestaan)
}

/// A relative path of plain names, or nothing: no `..`, no hidden names, no separators of other systems.
pub(crate) fn relatief(tekst: &str) -> Result<PathBuf, LakeFout> {
    let is_goed = |deel: &str| {
        let toegestaan = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=');
        (1..=128).contains(&deel.len())
            && !deel.starts_with('.')
            && !is_tijdelijk(deel)
            && deel.chars().all(toegestaan)
    };
    if tekst.len() > 512 || !tekst.split('/').all(is_goed) {
        return Err(LakeFout::PadOngeldig);
    }
    Ok(tekst.split('/').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only plain relative paths ever reach the file system.
    #[test]
    fn relatief_refuses_what_leaves_the_directory() {
        for goed in [
            "index.html",
            "spiegel/GM0344/index.html",
            "0-meting/index.html",
            "SHA256SUMS",
            "a=1/b_c.parquet",
        ] {
            assert!(relatief(goed).is_ok(), "{goed}");
        }
        let lang = "a".repeat(4096);
        for fout in [
            "",
            "/",
            "/etc/passwd",
            "..",
            "../x",
            "a/../b",
            "a//b",
            "a/",
            "./a",
            ".verborgen",
            "a\\b",
            "a\0b",
            "a b",
            "%2e%2e/x",
            "a/..%2f",
            "x.tmp",
            "é",
            "C:x",
            &lang,
        ] {
            assert!(relatief(fout).is_err(), "{fout}");
        }
    }

    /// Names of tables and uitvragen are lower-case words.
    #[test]
    fn is_naam_refuses_anything_but_a_word() {
        assert!(is_naam("traject") && is_naam("omgang_2") && is_naam("a-b"));
        for fout in [
            "",
            ".",
            "..",
            "a/b",
            "A",
            "a.csv",
            "é",
            "a b",
            &"x".repeat(65),
        ] {
            assert!(!is_naam(fout), "{fout}");
        }
    }
}
