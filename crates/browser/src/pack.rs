//! Makes a pakket in the page, a step at a time, and proves it before it is given out.
//!
//! Owns the order: nothing is written while a fout stands or a question is open; then pseudonyms, the canonical tables,
//! and reading them back as strictly as the service will. What it makes is what `uitvraag pak` makes of the same files,
//! but for the packing: here is no compressor. Leaves the tables, the manifest and the tar to `pakket`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use judging::{Judging, Subject};
use mapping::{BatchReader, Koppeling};
use pakket::packing::{
    CanonicalWriter, MANIFEST, ManifestFacts, PackObjection, file_name, is_kvk, manifest,
    manifest_bytes, objection,
};
use pakket::{PseudonymKey, strict_door, tar, zstd_frames};
use rows::FileRefusal;
use schema::balance::SheetBalance;
use schema::{Definitie, Oordeel, Tabel, Verdict};
use sheets::SourceFile;

use crate::key::read_key;
use crate::wording;

/// What a pakket is made of.
pub(crate) struct PakketOrder {
    pub(crate) definitie: Definitie,
    pub(crate) koppeling: Option<Koppeling>,
    pub(crate) leverdatum: NaiveDate,
    pub(crate) bestanden: Vec<SourceFile>,
    kvk: Option<String>,
    sleutel: PseudonymKey,
}

/// A pakket being made.
pub struct PackJob {
    order: PakketOrder,
    balans: Vec<SheetBalance>,
    reader: BatchReader,
    tabellen: BTreeMap<String, CanonicalWriter<Vec<u8>>>,
    rijen: u64,
}

/// How far it is.
pub(crate) enum PackStep {
    /// There is more to do; rows written so far.
    More(Box<PackJob>, u64),
    /// The tar.
    Done(Vec<u8>),
    /// Why there is none, as a Dutch sentence.
    Failed(String),
    /// A file could not be read.
    Refused(FileRefusal),
}

const BROKEN: &str = wording::WOULD_BE_REFUSED;

impl PakketOrder {
    /// Reads the key and the KvK number; that of the koppeling where none was given.
    pub(crate) fn new(
        definitie: Definitie,
        koppeling: Option<Koppeling>,
        leverdatum: NaiveDate,
        kvk: Option<String>,
        key: &str,
        files: Vec<SourceFile>,
    ) -> Result<Self, String> {
        let own = koppeling.as_ref().and_then(|k| k.aanbieder.as_ref());
        let kvk = kvk.or_else(|| own.and_then(|aanbieder| aanbieder.kvk.clone()));
        if kvk.as_deref().is_some_and(|kvk| !is_kvk(kvk)) {
            return Err(wording::KVK.to_owned());
        }
        Ok(Self {
            definitie,
            koppeling,
            leverdatum,
            bestanden: files,
            kvk,
            sleutel: read_key(key)?,
        })
    }
}

impl PackJob {
    /// Begins on the pakket of what was judged, unless something stands in the way.
    pub(crate) fn start(
        order: PakketOrder,
        oordeel: &Oordeel,
        open: &[String],
        sheets: Vec<SheetBalance>,
    ) -> PackStep {
        if let Some(objection) = objection(oordeel, open, &order.definitie) {
            return PackStep::Failed(objection_text(&objection));
        }
        let reader =
            BatchReader::open(&order.bestanden, &order.definitie, order.koppeling.as_ref());
        match reader {
            Ok(reader) => {
                let job = Self {
                    order,
                    balans: sheets,
                    reader,
                    tabellen: BTreeMap::new(),
                    rijen: 0,
                };
                PackStep::More(Box::new(job), 0)
            }
            Err(refusal) => PackStep::Refused(refusal),
        }
    }

    /// Writes the next rows.
    pub(crate) fn step(mut self: Box<Self>) -> PackStep {
        match self.reader.next_batch() {
            Ok(Some(next)) => {
                let Some(tabel) = self.order.definitie.tabel(&next.tabel) else {
                    return PackStep::Failed(BROKEN.to_owned());
                };
                let batch = self.order.sleutel.with_pseudonyms(tabel, &next.batch);
                let writer = match self.tabellen.remove(&next.tabel) {
                    Some(writer) => Ok(writer),
                    None => CanonicalWriter::new(tabel, Vec::new()),
                };
                let written = writer.and_then(|mut writer| {
                    writer.rows(tabel, &batch)?;
                    Ok(writer)
                });
                let Ok(writer) = written else {
                    return PackStep::Failed(BROKEN.to_owned());
                };
                self.tabellen.insert(next.tabel, writer);
                self.rijen += batch.num_rows() as u64;
                let rows = self.rijen;
                PackStep::More(self, rows)
            }
            Ok(None) => self.finish(),
            Err(refusal) => PackStep::Refused(refusal),
        }
    }

    fn finish(mut self: Box<Self>) -> PackStep {
        let definitie = &self.order.definitie;
        let facts = ManifestFacts {
            kvk: self.order.kvk.clone(),
            leverdatum: self.order.leverdatum,
            balans: &self.balans,
            toelichtingen: Vec::new(),
            sleutel: &self.order.sleutel,
        };
        let mut pakket = manifest(definitie, facts);
        let mut tables = Vec::new();
        for tabel in &definitie.tabellen {
            let Some(writer) = self.tabellen.remove(&tabel.naam) else {
                continue;
            };
            let Ok((csv, written)) = writer.finish() else {
                return PackStep::Failed(BROKEN.to_owned());
            };
            let packed = zstd_frames::stored(&csv);
            let hash = schema::hash::sha256(&packed);
            pakket
                .resources
                .push(written.file(&tabel.naam, packed.len() as u64, hash));
            tables.push((tabel, csv, packed));
        }
        if !passes(
            &self.order,
            tables.iter().map(|(tabel, csv, _)| (*tabel, &csv[..])),
        ) {
            return PackStep::Failed(BROKEN.to_owned());
        }
        let mut archive = Vec::new();
        tar::add(&mut archive, MANIFEST, &manifest_bytes(&pakket));
        for (tabel, _, packed) in tables {
            tar::add(&mut archive, &file_name(&tabel.naam), &packed);
        }
        tar::finish(&mut archive);
        PackStep::Done(archive)
    }
}

/// Whether the service would take these tables: reads them strictly, and judges them as a pakket.
fn passes<'a>(order: &PakketOrder, tables: impl Iterator<Item = (&'a Tabel, &'a [u8])>) -> bool {
    let judge = || {
        let judging = Judging::new(&order.definitie, order.leverdatum, Subject::Pakket, None);
        let mut judging = judging.ok()?;
        for (tabel, csv) in tables {
            for batch in strict_door::open(tabel, csv, strict_door::RecordLimits::default()).ok()? {
                judging.batch(&tabel.naam, &batch.ok()?).ok()?;
            }
        }
        judging.finish_pakket().ok()
    };
    judge().is_some_and(|oordeel| oordeel.verdict != Verdict::Afgekeurd)
}

/// Why no pakket was made, and what to do.
fn objection_text(objection: &PackObjection) -> String {
    match objection {
        PackObjection::Errors => wording::NO_PAKKET_ERRORS.to_owned(),
        PackObjection::Vragen => wording::NO_PAKKET_QUESTIONS.to_owned(),
        PackObjection::Empty => wording::NO_PAKKET_EMPTY.to_owned(),
        PackObjection::Missing(title) => wording::no_pakket_table_missing(&title),
    }
}
