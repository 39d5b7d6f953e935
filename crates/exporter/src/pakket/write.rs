//! Writing a pakket.
//!
//! Owns its compression, and the moment a pakket comes to be, which is one rename. Leaves the canonical bytes of a table
//! and the manifest to `pakket::packing`, pseudonyms and judgement to the caller.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ::pakket::packing::{CanonicalWriter, file_name, manifest_bytes};
use arrow_array::RecordBatch;
use schema::hash::LengthAndHash;
use schema::pakket::PakketFile;
use schema::{Definitie, Pakket, Tabel};
use tempfile::TempDir;

use super::{KOPPELING, LEVERING, MANIFEST, TOELICHTINGEN};
use crate::atomic_file::{folder_of, make_dir, rename, sync_dir};
use crate::error::Failure;
use crate::ontvangstbewijs::{KEYS, RECEIPT};
use crate::wording;

/// Fast, and within a tenth of the best ratio on these tables.
const NIVEAU: i32 = 3;

/// A pakket under way, in a folder of its own beside its destination.
pub(crate) struct PakketWriter {
    work: TempDir,
    uit: PathBuf,
    tabellen: BTreeMap<String, PakketTabelWriter>,
}

impl PakketWriter {
    /// Starts a pakket that will stand at `uit`.
    pub(crate) fn new(out: &Path) -> Result<Self, Failure> {
        let parent = folder_of(out);
        make_dir(parent)?;
        let work = tempfile::Builder::new()
            .prefix(".uitvraag-")
            .tempdir_in(parent)
            .map_err(|e| Failure::file(wording::files::FOLDER_NOT_WRITABLE, parent, &e))?;
        Ok(Self {
            work,
            uit: out.to_owned(),
            tabellen: BTreeMap::new(),
        })
    }

    /// Adds rows to a table.
    pub(crate) fn batch(&mut self, tabel: &Tabel, batch: &RecordBatch) -> Result<(), Failure> {
        let path = self.work.path().join(file_name(&tabel.naam));
        let failure = |e: io::Error| Failure::file(wording::files::PAKKET_NOT_WRITTEN, &path, &e);
        if !self.tabellen.contains_key(&tabel.naam) {
            self.tabellen.insert(
                tabel.naam.clone(),
                PakketTabelWriter::new(tabel, &path).map_err(failure)?,
            );
        }
        let writer = self.tabellen.get_mut(&tabel.naam).expect("inserted above");
        writer.rows.rows(tabel, batch).map_err(failure)
    }

    /// Closes the tables and writes the manifest. The tables stand in the order of the definition.
    pub(crate) fn manifest(
        &mut self,
        definitie: &Definitie,
        mut pakket: Pakket,
    ) -> Result<Pakket, Failure> {
        let failure =
            |e: io::Error| Failure::file(wording::files::PAKKET_NOT_WRITTEN, &self.uit, &e);
        for tabel in &definitie.tabellen {
            if let Some(writer) = self.tabellen.remove(&tabel.naam) {
                pakket
                    .resources
                    .push(writer.close(&tabel.naam).map_err(failure)?);
            }
        }
        let mut file = File::create(self.dir().join(MANIFEST)).map_err(failure)?;
        file.write_all(&manifest_bytes(&pakket))
            .and_then(|()| file.sync_all())
            .map_err(failure)?;
        Ok(pakket)
    }

    /// Keeps the koppeling beside it: it does not travel, next year begins with it.
    pub(crate) fn keep_koppeling(&self, path: &Path) -> Result<(), Failure> {
        let to = self.dir().join(KOPPELING);
        fs::copy(path, &to)
            .map(|_| ())
            .map_err(|e| Failure::file(wording::files::KOPPELING_NOT_KEPT, &to, &e))
    }

    /// Where the pakket stands until it is placed.
    pub(crate) fn dir(&self) -> &Path {
        self.work.path()
    }

    /// Puts the pakket where it belongs. An earlier pakket there, made by us and not signed, makes way.
    pub(crate) fn place(self) -> Result<(), Failure> {
        free_place(&self.uit)?;
        let failure =
            |e: io::Error| Failure::file(wording::files::PAKKET_NOT_PLACED, &self.uit, &e);
        let gone = self.work.path().with_extension("vorige");
        let replaces = self.uit.exists();
        if replaces {
            rename(&self.uit, &gone).map_err(failure)?;
            // What the person wrote stays.
            let answers = gone.join(TOELICHTINGEN);
            if answers.exists() {
                fs::copy(&answers, self.work.path().join(TOELICHTINGEN)).map_err(failure)?;
            }
        }
        shared_mode(self.work.path()).map_err(failure)?;
        sync_dir(self.work.path()).map_err(failure)?;
        let done = self.work.keep();
        if let Err(e) = rename(&done, &self.uit) {
            let _ = replaces.then(|| rename(&gone, &self.uit));
            let _ = fs::remove_dir_all(&done);
            return Err(failure(e));
        }
        if replaces {
            fs::remove_dir_all(&gone).map_err(failure)?;
        }
        sync_dir(folder_of(&self.uit)).map_err(failure)
    }
}

/// Refuses a place that holds something of somebody else, or a signed pakket.
pub(crate) fn free_place(out: &Path) -> Result<(), Failure> {
    let list = match fs::read_dir(out) {
        Ok(list) => list,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Failure::file(wording::files::FOLDER_UNREADABLE, out, &e)),
    };
    let mut foreign = 0;
    for file in list {
        let name = file
            .map_err(|e| Failure::file(wording::files::FOLDER_UNREADABLE, out, &e))?
            .file_name();
        let name = name.to_string_lossy();
        if name == RECEIPT {
            return Err(
                Failure::new(wording::files::signed_pakket_there(&out.display()))
                    .tip(wording::files::KEEP_THAT_FOLDER),
            );
        }
        let ours = matches!(
            name.as_ref(),
            MANIFEST | LEVERING | KEYS | TOELICHTINGEN | KOPPELING
        ) || name.ends_with(".csv.zst");
        foreign += usize::from(!ours);
    }
    if foreign > 0 {
        return Err(
            Failure::new(format!("in {} staan andere bestanden", out.display()))
                .tip(wording::files::CHOOSE_EMPTY_FOLDER),
        );
    }
    Ok(())
}

#[cfg(unix)]
fn shared_mode(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn shared_mode(_dir: &Path) -> io::Result<()> {
    Ok(())
}

struct PakketTabelWriter {
    rows: CanonicalWriter<zstd::Encoder<'static, Hashed<BufWriter<File>>>>,
}

impl PakketTabelWriter {
    fn new(tabel: &Tabel, path: &Path) -> io::Result<Self> {
        let file = Hashed {
            inner: BufWriter::new(File::create(path)?),
            digest: LengthAndHash::default(),
        };
        let mut zstd = zstd::Encoder::new(file, NIVEAU)?;
        zstd.include_checksum(true)?;
        Ok(Self {
            rows: CanonicalWriter::new(tabel, zstd)?,
        })
    }

    fn close(self, tabel: &str) -> io::Result<PakketFile> {
        let (zstd, written) = self.rows.finish()?;
        let mut hashed = zstd.finish()?;
        hashed.flush()?;
        hashed.inner.get_ref().sync_all()?;
        let (bytes, hash) = hashed.digest.finish();
        Ok(written.file(tabel, bytes, hash))
    }
}

/// Hashes and counts what passes.
struct Hashed<W> {
    inner: W,
    digest: LengthAndHash,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.digest.write_all(&buf[..n])?;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
