//! What a pakket holds, wherever it is made: at the command and in the page alike.
//!
//! Owns the canonical bytes of a table (UTF-8, comma, LF, a header with every field in canonical order), the manifest
//! around them, and what stands in the way of making one. Leaves compression, files and the words to who makes it.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use check::TextColumn;
use chrono::NaiveDate;
use schema::balance::{Balance, SheetBalance};
use schema::pakket::{PakketFile, Toelichting};
use schema::{Definitie, Oordeel, Pakket, Tabel, Verdict};

use crate::PseudonymKey;

/// Name of the manifest.
pub const MANIFEST: &str = "pakket.json";

/// Name of the file of a table.
pub fn file_name(tabel: &str) -> String {
    format!("{tabel}.csv.zst")
}

/// Whether a KvK number is one: 8 digits.
pub fn is_kvk(text: &str) -> bool {
    text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Why no pakket may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackObjection {
    /// A fout stands.
    Errors,
    /// The mapping has open questions.
    Vragen,
    /// There is not a single row.
    Empty,
    /// A table is missing; its title.
    Missing(String),
}

/// What stands in the way of a pakket, if anything; `open` is what still wants an answer in the mapping.
pub fn objection(
    oordeel: &Oordeel,
    open: &[String],
    definitie: &Definitie,
) -> Option<PackObjection> {
    if oordeel.verdict == Verdict::Afgekeurd {
        return Some(PackObjection::Errors);
    }
    if !open.is_empty() {
        return Some(PackObjection::Vragen);
    }
    if oordeel.rijen.values().all(|&rows| rows == 0) {
        return Some(PackObjection::Empty);
    }
    let empty = |tabel: &&Tabel| {
        !tabel.mag_ontbreken && oordeel.rijen.get(&tabel.naam).is_none_or(|&rows| rows == 0)
    };
    definitie
        .tabellen
        .iter()
        .find(empty)
        .map(|tabel| PackObjection::Missing(tabel.titel.clone()))
}

/// What a manifest says beside its tables.
#[derive(Debug)]
pub struct ManifestFacts<'a> {
    /// KvK number; that of the token where absent.
    pub kvk: Option<String>,
    /// The day of delivery.
    pub leverdatum: NaiveDate,
    /// What came in and what became of it.
    pub balans: &'a [SheetBalance],
    /// Answers that travel along.
    pub toelichtingen: Vec<Toelichting>,
    /// The pseudonym key.
    pub sleutel: &'a PseudonymKey,
}

/// A manifest without its tables yet.
pub fn manifest(definitie: &Definitie, facts: ManifestFacts<'_>) -> Pakket {
    let ManifestFacts {
        kvk,
        leverdatum,
        balans: sheets,
        toelichtingen,
        sleutel: key,
    } = facts;
    let name = format!("{}-{}", definitie.uitvraag, definitie.jaar);
    Pakket {
        name: kvk
            .as_ref()
            .map_or_else(|| name.clone(), |kvk| format!("{name}-{kvk}")),
        aanbieder: kvk,
        uitvraag: definitie.uitvraag.clone(),
        jaar: definitie.jaar,
        leverdatum,
        definitie: definitie.hash.clone(),
        regels: definitie.regelhash.clone(),
        pseudoniem: key.label(),
        exporter: env!("CARGO_PKG_VERSION").to_owned(),
        resources: Vec::new(),
        balans: Some(Balance::of_all(sheets)),
        toelichtingen,
    }
}

/// A manifest as it travels.
pub fn manifest_bytes(pakket: &Pakket) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(pakket).expect("a manifest has string keys only");
    text.push(b'\n');
    text
}

/// Writes one table as canonical CSV.
pub struct CanonicalWriter<W: Write> {
    csv: csv::Writer<Counted<W>>,
    rijen: u64,
}

/// A table that was written whole.
#[derive(Debug)]
pub struct WrittenTabel {
    bytes: u64,
    rijen: u64,
}

impl<W: Write> CanonicalWriter<W> {
    /// Begins with the header.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn new(tabel: &Tabel, inner: W) -> io::Result<Self> {
        let mut csv = csv::WriterBuilder::new()
            .buffer_capacity(1 << 17)
            .from_writer(Counted { inner, bytes: 0 });
        csv.write_record(tabel.velden.iter().map(|v| &v.naam))?;
        Ok(Self { csv, rijen: 0 })
    }

    /// Adds rows, which have their pseudonyms already.
    ///
    /// # Errors
    /// When they can't be written.
    pub fn rows(&mut self, tabel: &Tabel, batch: &RecordBatch) -> io::Result<()> {
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

    /// Ends the table; gives back what it was written to.
    ///
    /// # Errors
    /// When the last of it can't be written.
    pub fn finish(self) -> io::Result<(W, WrittenTabel)> {
        let counted = self
            .csv
            .into_inner()
            .map_err(|e| io::Error::other(e.to_string()))?;
        let written = WrittenTabel {
            bytes: counted.bytes,
            rijen: self.rijen,
        };
        Ok((counted.inner, written))
    }
}

impl WrittenTabel {
    /// What the manifest says of it: `bytes` and `hash` are of the file as it travels.
    pub fn file(&self, tabel: &str, bytes: u64, hash: String) -> PakketFile {
        PakketFile {
            name: tabel.to_owned(),
            path: file_name(tabel),
            format: "csv".to_owned(),
            compression: "zstd".to_owned(),
            encoding: "utf-8".to_owned(),
            bytes,
            bytes_uitgepakt: self.bytes,
            hash,
            rijen: self.rijen,
        }
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
        // Flushing a compressor ends a block: only the end of the file does that, so that the bytes do not depend on batches.
        Ok(())
    }
}
