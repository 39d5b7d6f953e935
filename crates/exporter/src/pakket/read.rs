//! Reading a pakket back.
//!
//! Owns the proof that the folder holds what its manifest says: names, lengths, hashes. Leaves the rows to `pakket::strict_door`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use schema::hash::LengthAndHash;
use schema::pakket::PakketFile;
use schema::{Definitie, Pakket};

use super::MANIFEST;
use crate::args;
use crate::error::Failure;
use crate::wording;

const TIP: &str = wording::files::PACK_AGAIN;

/// A folder with a manifest.
#[derive(Debug)]
pub(crate) struct PakketDirectory {
    /// The folder.
    pub map: PathBuf,
    /// What the manifest says.
    pub pakket: Pakket,
    /// The manifest as it travels.
    pub bytes: Vec<u8>,
}

impl PakketDirectory {
    /// True where `map` is a folder with a manifest.
    pub(crate) fn is_pakket(dir: &Path) -> bool {
        dir.is_dir() && dir.join(MANIFEST).is_file()
    }

    /// Reads the manifest.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        let path = dir.join(MANIFEST);
        let bytes = fs::read(&path).map_err(|e| {
            let failure = Failure::file("hier staat geen pakket", &path, &e);
            failure.tip(wording::commands::GIVE_PAKKET_FOLDER)
        })?;
        let pakket = serde_json::from_slice(&bytes).map_err(|e| {
            Failure::new(wording::files::pakket_broken(&path.display()))
                .cause(e)
                .tip(TIP)
        })?;
        Ok(Self {
            map: dir.to_owned(),
            pakket,
            bytes,
        })
    }

    /// The definition by which it was made, when that is the one this program has.
    pub(crate) fn definitie(&self) -> Result<Definitie, Failure> {
        let definitie = args::definitie(&format!("{}/{}", self.pakket.uitvraag, self.pakket.jaar))?;
        if definitie.regelhash != self.pakket.regels {
            return Err(Failure::new(wording::files::OTHER_RULES)
                .cause(wording::files::other_version(
                    &self.pakket.exporter,
                    &env!("CARGO_PKG_VERSION"),
                ))
                .tip(TIP));
        }
        Ok(definitie)
    }

    /// Proves that every file is there, has the length and hash of the manifest, and is named as it should be.
    pub(crate) fn verify(&self, definitie: &Definitie) -> Result<(), Failure> {
        for file in &self.pakket.resources {
            let piece = |reason: &str| {
                Err(
                    Failure::new(wording::files::pakket_broken(&self.map.display()))
                        .cause(reason)
                        .tip(TIP),
                )
            };
            if definitie.tabel(&file.name).is_none()
                || file.path != ::pakket::packing::file_name(&file.name)
            {
                return piece(wording::files::FOREIGN_FILE);
            }
            let (bytes, hash) = self.measure(file)?;
            if bytes != file.bytes || hash != file.hash {
                return piece(&wording::files::changed_after(&file.path));
            }
        }
        Ok(())
    }

    /// Where the file of a table is.
    pub(crate) fn path(&self, file: &PakketFile) -> PathBuf {
        self.map.join(&file.path)
    }

    fn measure(&self, file: &PakketFile) -> Result<(u64, String), Failure> {
        let path = self.path(file);
        File::open(&path)
            .and_then(LengthAndHash::of)
            .map_err(|e| Failure::file(wording::server::PAKKET_UNREADABLE, &path, &e).tip(TIP))
    }
}
