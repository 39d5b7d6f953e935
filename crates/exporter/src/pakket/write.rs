//! Writing a pakket.
//!
//! Owns the canonical bytes: UTF-8, comma, LF, a header with every field in canonical order, zstd; and the moment a
//! pakket comes to be, which is one rename. Leaves pseudonyms and judgement to the caller.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use check::TextColumn;
use schema::pakket::PakketFile;
use schema::{Definitie, Pakket, Tabel};
use tempfile::TempDir;

use super::digest::FileDigest;
use super::{KOPPELING, LEVERING, MANIFEST, TOELICHTINGEN};
use crate::disk::{folder_of, make_dir, rename, sync_dir};
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
        let path = self.work.path().join(format!("{}.csv.zst", tabel.naam));
        let failure = |e: io::Error| Failure::file(wording::files::PAKKET_NOT_WRITTEN, &path, &e);
        if !self.tabellen.contains_key(&tabel.naam) {
            self.tabellen.insert(
                tabel.naam.clone(),
                PakketTabelWriter::new(tabel, &path).map_err(failure)?,
            );
        }
        let writer = self.tabellen.get_mut(&tabel.naam).expect("inserted above");
        writer.rows(tabel, batch).map_err(failure)
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
        let mut text = serde_json::to_vec_pretty(&pakket).expect("a manifest has string keys only");
        text.push(b'\n');
        let mut file = File::create(self.dir().join(MANIFEST)).map_err(failure)?;
        file.write_all(&text)
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

type Pipe = Counted<zstd::Encoder<'static, Hashed<BufWriter<File>>>>;

struct PakketTabelWriter {
    csv: csv::Writer<Pipe>,
    rijen: u64,
}

impl PakketTabelWriter {
    fn new(tabel: &Tabel, path: &Path) -> io::Result<Self> {
        let file = Hashed {
            inner: BufWriter::new(File::create(path)?),
            digest: FileDigest::default(),
        };
        let mut zstd = zstd::Encoder::new(file, NIVEAU)?;
        zstd.include_checksum(true)?;
        let mut csv = csv::WriterBuilder::new()
            .buffer_capacity(1 << 17)
            .from_writer(Counted {
                inner: zstd,
                bytes: 0,
            });
        csv.write_record(tabel.velden.iter().map(|v| &v.naam))?;
        Ok(Self { csv, rijen: 0 })
    }

    fn rows(&mut self, tabel: &Tabel, batch: &RecordBatch) -> io::Result<()> {
        let columns: Vec<Option<TextColumn<'_>>> = tabel
            .velden
            .iter()
            .map(|v| batch.column_by_name(&v.naam).and_then(TextColumn::of))
            .collect();
        for row in 0..batch.num_rows() {
            for column in &columns {
                let value = column.map_or("", |k| k.value(row));
                self.csv.write_field(value)?;
            }
            self.csv.write_record(None::<&[u8]>)?;
        }
        self.rijen += batch.num_rows() as u64;
        Ok(())
    }

    fn close(self, tabel: &str) -> io::Result<PakketFile> {
        let counted = self
            .csv
            .into_inner()
            .map_err(|e| io::Error::other(e.to_string()))?;
        let unpacked_bytes = counted.bytes;
        let mut hashed = counted.inner.finish()?;
        hashed.flush()?;
        hashed.inner.get_ref().sync_all()?;
        let (bytes, hash) = hashed.digest.finish();
        Ok(PakketFile {
            name: tabel.to_owned(),
            path: format!("{tabel}.csv.zst"),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes,
            bytes_uitgepakt: unpacked_bytes,
            hash,
            rijen: self.rijen,
        })
    }
}

/// Counts what passes.
struct Counted<W> {
    inner: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let n = self.inner.write(buf)?;
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        // Flushing zstd ends a block: only the end of the file does that, so that the bytes do not depend on batches.
        Ok(())
    }
}

/// Hashes and counts what passes.
struct Hashed<W> {
    inner: W,
    digest: FileDigest,
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
