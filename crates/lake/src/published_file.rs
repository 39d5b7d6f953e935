//! Published files as they go out: opened, with the hash that stands in their publication, and compressed once.
//!
//! Owns finding a file of a publication without reading it, its hash from `SHA256SUMS` (which the register vouches for;
//! nothing is hashed per request), and the compressed copies in `ingepakt/`: made when first asked for, named by the
//! hash of what is in them, and fit to be thrown away. Leaves writing publications to `publicatie`, and what a client may
//! get to `ingest`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use schema::hash::{hex, sha256};
use sha2::{Digest, Sha256};

use crate::error::LakeError;
use crate::lake::{Lake, blocking};
use crate::paths::{COPIES, DataRoot, PUBLIC, relative, temporary_name};
use crate::publicatie::{CHECKSUMS, Publicatie};
use crate::published_cache::Listing;
use crate::stamp::Time;

/// How a copy is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// RFC 1952.
    Gzip,
    /// RFC 8878, with a window of at most 8 MiB.
    Zstd,
}

impl Coding {
    /// Its name in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// How the name of a copy ends.
    fn ending(self) -> &'static str {
        match self {
            Self::Gzip => "gz",
            Self::Zstd => "zst",
        }
    }

    /// Compresses all that comes; gives back where it went.
    fn pack<W: Write>(
        self,
        target: W,
        feed: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<W> {
        match self {
            Self::Gzip => {
                let mut encoder =
                    flate2::write::GzEncoder::new(target, flate2::Compression::new(6));
                feed(&mut encoder)?;
                encoder.finish()
            }
            Self::Zstd => {
                let mut encoder = zstd::Encoder::new(target, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                feed(&mut encoder)?;
                encoder.finish()
            }
        }
    }
}

/// A file of a publication, opened.
#[derive(Debug)]
pub struct PublishedFile {
    /// Its bytes.
    pub file: File,
    /// How many there are.
    pub length: u64,
    /// Their SHA-256, in hexadecimal.
    pub sha256: String,
    /// When its publication was made.
    pub made: Time,
    path: PathBuf,
}

impl Lake {
    /// Opens one file of a publication. `path` may come from anyone: only a path that the publication names is opened.
    ///
    /// # Errors
    /// When the register or the disk fails, and when the files are not those that were published.
    pub async fn open_published(
        &self,
        uitvraag: &str,
        jaar: i32,
        version: u32,
        path: &str,
    ) -> Result<Option<PublishedFile>, LakeError> {
        let Ok(part) = relative(path) else {
            return Ok(None);
        };
        let Some(listing) = self.listing(uitvraag, jaar, version).await? else {
            return Ok(None);
        };
        let Some(sha256) = listing.sums.get(path).cloned() else {
            return Ok(None);
        };
        let path = self.core.map.publicatie(uitvraag, jaar, version).join(part);
        let made = listing.made;
        let opened = move || {
            let file = File::open(&path)?;
            let length = file.metadata()?.len();
            Ok(Some(PublishedFile {
                file,
                length,
                sha256,
                made,
                path,
            }))
        };
        blocking(move || opened().map_err(LakeError::io("opening a published file"))).await
    }

    /// Opens the compressed copy of a published file, which is made first where there is none. That goes on when the one
    /// who asked waits no longer.
    ///
    /// # Errors
    /// When the disk fails, and when the file is not the one that was published.
    pub async fn open_packed(
        &self,
        published: &PublishedFile,
        coding: Coding,
    ) -> Result<File, LakeError> {
        let root = self.core.map.clone();
        let name = format!("{}.{}", published.sha256, coding.ending());
        let copy = root.dir.join(COPIES).join(name);
        if let Ok(file) = File::open(&copy) {
            return Ok(file);
        }
        let turn = Arc::clone(&self.core.shelf.turn).acquire_owned().await;
        let closing = Arc::clone(&self.core.shelf.closing);
        let (source, sha256) = (published.path.clone(), published.sha256.clone());
        blocking(move || {
            let _turn = turn;
            // Who waited for a turn may find it made.
            if let Ok(file) = File::open(&copy) {
                return Ok(file);
            }
            make_copy(&root, &source, &sha256, (&copy, coding), &closing)?;
            File::open(&copy).map_err(LakeError::io("opening a compressed copy"))
        })
        .await
    }

    async fn listing(
        &self,
        uitvraag: &str,
        jaar: i32,
        version: u32,
    ) -> Result<Option<Arc<Listing>>, LakeError> {
        let key = (uitvraag.to_owned(), jaar, version);
        let shelf = &self.core.shelf.listings;
        if let Some(known) = shelf
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
        {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(publicatie) = self.publicatie(uitvraag, jaar, version).await? else {
            return Ok(None);
        };
        let folder = self.core.map.publicatie(uitvraag, jaar, version);
        let listing = blocking(move || read_listing(&folder, &publicatie)).await?;
        let listing = Arc::new(listing);
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.insert(key, Arc::clone(&listing));
        Ok(Some(listing))
    }
}

/// The hash of each file of a publication, which the register vouches for.
fn read_listing(folder: &Path, publicatie: &Publicatie) -> Result<Listing, LakeError> {
    let text = std::fs::read_to_string(folder.join(CHECKSUMS))
        .map_err(LakeError::io("reading the sums of a publication"))?;
    if sha256(text.as_bytes()) != publicatie.hash {
        return Err(LakeError::PublicatieDamaged);
    }
    let mut sums: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(sum, path)| (path.to_owned(), sum.to_owned()))
        .collect();
    let own = publicatie.hash.trim_start_matches("sha256:").to_owned();
    sums.insert(CHECKSUMS.to_owned(), own);
    // The register says which files there are.
    sums.retain(|path, _| publicatie.paden.binary_search(path).is_ok());
    Ok(Listing {
        made: publicatie.gemaakt,
        sums,
    })
}

/// Writes the copy beside its place, and puts it there once it is whole and its source was what it should be.
fn make_copy(
    root: &DataRoot,
    source: &Path,
    sha256: &str,
    (copy, coding): (&Path, Coding),
    closing: &AtomicBool,
) -> Result<(), LakeError> {
    let temporary = temporary_name(copy);
    let written = || {
        root.make(&root.dir.join(COPIES))?;
        let mut source = File::open(source)?;
        let mut hasher = Sha256::new();
        let target = root.storage.write(&temporary, 0, PUBLIC)?;
        let mut target = coding.pack(target, |encoder| {
            let mut buffer = vec![0; 64 * 1024];
            loop {
                if closing.load(Ordering::Relaxed) {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                let count = source.read(&mut buffer)?;
                if count == 0 {
                    return Ok(());
                }
                hasher.update(&buffer[..count]);
                encoder.write_all(&buffer[..count])?;
            }
        })?;
        target.sync()?;
        if hex(&hasher.finalize()) != sha256 {
            return Ok(false);
        }
        root.place(&temporary, copy).map(|()| true)
    };
    let written = written();
    if !matches!(written, Ok(true)) {
        // Best effort: start-up removes what stays behind.
        root.storage.remove(&temporary).ok();
    }
    match written {
        Ok(true) => Ok(()),
        Ok(false) => Err(LakeError::PublicatieDamaged),
        Err(error) => Err(LakeError::io("compressing a published file")(error)),
    }
}
