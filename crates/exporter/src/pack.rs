//! From judged data to a pakket: whether it may be made, making it, and proving it before it gets its name.
//!
//! Owns the order that keeps a half pakket from ever existing: write with pseudonyms in a folder of its own, read that
//! back as strictly as the service will, and leave placing it to the caller. Leaves the words to the commands.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;

use arrow_array::RecordBatch;
use mapping::{BatchReader, Koppeling};
use pakket::PseudonymKey;
use pakket::packing::{self, ManifestFacts, PackObjection};
use schema::balance::SheetBalance;
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst, Pakket, Tabel, Verdict};
use sheets::SourceFile;

use crate::args;
use crate::error::Failure;
use crate::judge_files::{self, Assessment, OwnFiles};
use crate::open_input::JudgeStop;
use crate::pakket::{PakketDirectory, PakketWriter};
use crate::previous_year::PreviousPakket;
use crate::progress::ProgressDisplay;
use crate::row_map::RowMap;
use crate::wording;

/// Why no pakket was made, and what to do.
pub(crate) fn objection_text(objection: &PackObjection) -> String {
    match objection {
        PackObjection::Errors => wording::files::NO_PAKKET_ERRORS.to_owned(),
        PackObjection::Vragen => wording::files::NO_PAKKET_QUESTIONS.to_owned(),
        PackObjection::Empty => wording::files::NO_PAKKET_EMPTY.to_owned(),
        PackObjection::Missing(title) => wording::files::no_pakket_table_missing(title),
    }
}

/// What stands in the way of a pakket, if anything.
pub(crate) fn objection(assessment: &Assessment, definitie: &Definitie) -> Option<PackObjection> {
    packing::objection(&assessment.oordeel, &assessment.open, definitie)
}

/// What a pakket is made of.
pub(crate) struct PackOrder<'a> {
    /// What is asked.
    pub definitie: &'a Definitie,
    /// The files and their mapping.
    pub bron: &'a OwnFiles<'a>,
    /// KvK number; that of the koppeling where absent.
    pub kvk: Option<&'a str>,
    /// What came in and what became of it.
    pub balans: &'a [SheetBalance],
    /// Answers that travel along.
    pub toelichtingen: Vec<Toelichting>,
    /// The pseudonym key.
    pub sleutel: &'a PseudonymKey,
}

/// A pakket that was made and proven, but has no name yet.
pub(crate) struct Packed {
    /// What gives it its name: [`Packed::place`], once all that goes beside it is there.
    pub writer: PakketWriter,
    /// Its manifest.
    pub pakket: Pakket,
    rows: RowMap,
}

impl Packed {
    /// Puts the pakket at `out` where it was made for, and beside it where its rows stand in the own files.
    pub(crate) fn place(self, out: &Path) -> Result<(), Failure> {
        self.writer.place()?;
        let manifest = PakketDirectory::open(out)?.bytes;
        self.rows.keep(out, &manifest)
    }
}

/// Writes the pakket and reads it back.
pub(crate) fn make(order: PackOrder<'_>, out: &Path) -> Result<Packed, Failure> {
    let PackOrder {
        definitie,
        bron: source,
        sleutel: key,
        ..
    } = order;
    let manifest = manifest(order)?;
    let mut writer = PakketWriter::new(out)?;
    let rows = write_tables(
        &mut writer,
        definitie,
        source.bestanden,
        source.koppeling,
        key,
    )?;
    let pakket = writer.manifest(definitie, manifest)?;
    prove(writer.dir(), definitie, source.vorig)?;
    Ok(Packed {
        writer,
        pakket,
        rows,
    })
}

fn manifest(order: PackOrder<'_>) -> Result<Pakket, Failure> {
    let PackOrder {
        definitie,
        bron: source,
        kvk,
        balans: sheets,
        toelichtingen,
        sleutel: key,
    } = order;
    let from_koppeling = source
        .koppeling
        .and_then(|k| k.aanbieder.as_ref())
        .and_then(|a| a.kvk.clone());
    let kvk = match (kvk, from_koppeling) {
        (Some(kvk), _) => Some(kvk.to_owned()),
        (None, Some(kvk)) => Some(
            args::kvk(&kvk).map_err(|e| Failure::new(wording::files::KVK_IN_KOPPELING).cause(e))?,
        ),
        (None, None) => None,
    };
    let facts = ManifestFacts {
        kvk,
        leverdatum: source.leverdatum,
        balans: sheets,
        toelichtingen,
        sleutel: key,
    };
    Ok(packing::manifest(definitie, facts))
}

/// Reads on this thread, makes pseudonyms on the next, writes on the last: each costs about as much as the others.
fn write_tables(
    writer: &mut PakketWriter,
    definitie: &Definitie,
    files: &[SourceFile],
    koppeling: Option<&Koppeling>,
    key: &PseudonymKey,
) -> Result<RowMap, Failure> {
    const QUEUE: usize = 4;
    let progress = ProgressDisplay::rows("Pakket maken");
    let mut reader = BatchReader::open(files, definitie, koppeling).map_err(JudgeStop::from)?;
    let numbers = reader.own_numbers();
    let mut rows = RowMap::default();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let written = thread::scope(|scope| {
        let (to_key, from_reader) = sync_channel::<(&Tabel, RecordBatch)>(QUEUE);
        let (to_disk, from_key) = sync_channel::<(&Tabel, RecordBatch)>(QUEUE);
        scope.spawn(move || {
            // Where the disk failed, its own error says why.
            from_reader.into_iter().all(|(tabel, batch)| {
                to_disk
                    .send((tabel, key.with_pseudonyms(tabel, &batch)))
                    .is_ok()
            })
        });
        let disk = scope.spawn(move || {
            from_key
                .into_iter()
                .try_for_each(|(tabel, batch)| writer.batch(tabel, &batch))
        });
        let loaded = read_tables(&mut reader, definitie, |tabel, batch| {
            progress.advance(batch.num_rows() as u64);
            if let Some(veld) = numbers.get(&tabel.naam) {
                rows.add_numbers(tabel, veld, &batch);
            }
            *counts.entry(tabel.naam.clone()).or_default() += batch.num_rows() as u64;
            to_key.send((tabel, batch)).is_ok()
        });
        drop(to_key);
        let written = disk
            .join()
            .unwrap_or_else(|_| Err(Failure::new(wording::files::WRITER_STOPPED)));
        loaded.and(written)
    });
    written?;
    rows.add_places(definitie, &counts, reader.finish().herkomst.as_ref());
    Ok(rows)
}

/// Gives every batch with rows to `forward`, until that says stop.
fn read_tables<'a>(
    reader: &mut BatchReader,
    definitie: &'a Definitie,
    mut forward: impl FnMut(&'a Tabel, RecordBatch) -> bool,
) -> Result<(), Failure> {
    while let Some(next_batch) = reader.next_batch().map_err(JudgeStop::from)? {
        let unknown = || Failure::new(wording::files::foreign_table(&next_batch.tabel));
        let tabel = definitie.tabel(&next_batch.tabel).ok_or_else(unknown)?;
        if next_batch.batch.num_rows() > 0 && !forward(tabel, next_batch.batch) {
            break;
        }
    }
    Ok(())
}

/// Reads the pakket back as strictly as the service does.
fn prove(
    dir: &Path,
    definitie: &Definitie,
    previous: Option<&PreviousPakket>,
) -> Result<(), Failure> {
    let pakket = PakketDirectory::open(dir)?;
    pakket.verify(definitie)?;
    let oordeel = judge_files::of_pakket(definitie, &pakket, previous, None)?;
    if oordeel.verdict == Verdict::Afgekeurd {
        let regels: Vec<&str> = oordeel
            .regels
            .iter()
            .filter(|r| r.ernst == Ernst::Fout)
            .map(|r| r.code.as_str())
            .collect();
        return Err(Failure::new(wording::files::WOULD_BE_REFUSED)
            .cause(wording::files::rules_that_refuse(&regels.join(", ")))
            .cause(wording::files::FILE_CHANGED)
            .tip(wording::files::CLOSE_AND_TRY));
    }
    Ok(())
}
