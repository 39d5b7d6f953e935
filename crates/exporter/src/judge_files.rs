//! A judgement from file to verdict: read, judge and (where asked) write Parquet, each on its own thread.
//!
//! Owns the pipeline with its bounded channels and the scratch file of the judge, so that memory stays flat whatever the
//! length of the file. Leaves reading to `mapping`, how a judgement is put together to `judging`, and what to do with the verdict to the
//! commands.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use arrow_array::RecordBatch;
use chrono::NaiveDate;
use judging::{CheckError, Judging, SourceReport, Spill, Subject};
use mapping::{BatchReader, Koppeling, tell_own_cells};
use rows::bsn::hide_in;
use schema::balance::SheetBalance;
use schema::bevinding::WaitingFindings;
use schema::{Definitie, Oordeel};
use sheets::SourceFile;

use crate::error::{Failure, io_nl};
use crate::open_input::{Batches, JudgeStop, open_table};
use crate::pakket::PakketDirectory;
use crate::parquet_out::ParquetDirectory;
use crate::previous_year::PreviousPakket;
use crate::progress::ProgressDisplay;
use crate::wording;

/// Batches that may wait between two threads.
const QUEUE: usize = 4;

/// An aanbieder's own files and how to read them.
pub(crate) struct OwnFiles<'a> {
    /// The files.
    pub bestanden: &'a [SourceFile],
    /// How they are mapped; none for a sjabloon or canonical headers.
    pub koppeling: Option<&'a Koppeling>,
    /// The day of delivery.
    pub leverdatum: NaiveDate,
    /// Last year's pakket, to compare with.
    pub vorig: Option<&'a PreviousPakket>,
    /// Also give the judgement with every finding, for a report.
    pub everything: bool,
}

/// What came of it.
pub(crate) struct Assessment {
    /// The judgement.
    pub oordeel: Oordeel,
    /// The same with every finding, where that was asked.
    pub everything: Option<Oordeel>,
    /// What was assumed in reading, as Dutch sentences.
    pub aannames: Vec<String>,
    /// What still wants an answer in the mapping.
    pub open: Vec<String>,
    /// Findings that follow from an open question, and are not in the judgement.
    pub waiting: Vec<WaitingFindings>,
    /// What came in and what became of it, per sheet.
    pub balans: Vec<SheetBalance>,
    /// True where a sjabloon was read.
    pub sjabloon: bool,
}

/// Judges an aanbieder's own files. Of a large one the encoding is taken from its beginning; where the rest turns out to be
/// otherwise it is judged anew.
pub(crate) fn of_files(
    definitie: &Definitie,
    source: &OwnFiles<'_>,
    parquet: Option<&Path>,
) -> Result<Assessment, JudgeStop> {
    for file in source.bestanden {
        // What can't be opened is refused where it is read.
        let _ = file.presume_encoding();
    }
    let assessment = judge_files(definitie, source, parquet);
    // Every file is asked, also where an earlier one was otherwise.
    let mut as_presumed = true;
    for file in source.bestanden {
        as_presumed &= file.is_as_presumed();
    }
    if as_presumed {
        assessment
    } else {
        judge_files(definitie, source, parquet)
    }
}

fn judge_files(
    definitie: &Definitie,
    source: &OwnFiles<'_>,
    parquet: Option<&Path>,
) -> Result<Assessment, JudgeStop> {
    let mut reader = BatchReader::open(source.bestanden, definitie, source.koppeling)?;
    let subject = Subject::OwnFiles {
        everything: source.everything,
    };
    let bsn = AtomicBool::new(false);
    let mut judging = prepare(definitie, source.leverdatum, subject)?;
    if let Some(previous) = source.vorig {
        previous.feed(&mut judging, None)?;
    }
    let judging = judge(definitie, judging, parquet, &bsn, || {
        let next_batch = reader.next_batch()?;
        bsn.store(reader.bsn_suspected(), Ordering::Release);
        Ok(next_batch.map(|next_batch| (next_batch.tabel, next_batch.batch)))
    })?;
    let summary = reader.finish();
    let outcome = judging.finish(SourceReport {
        bevindingen: summary.bevindingen,
        counts: summary.counts,
        herkomst: summary.herkomst.as_ref(),
        waiting: summary.waiting,
    });
    let mut outcome = outcome.map_err(broken_off)?;
    let mut oordelen: Vec<&mut Oordeel> = std::iter::once(&mut outcome.oordeel)
        .chain(&mut outcome.everything)
        .collect();
    tell_own_cells(source.bestanden, definitie, source.koppeling, &mut oordelen)?;
    oordelen.into_iter().for_each(hide_in);
    Ok(Assessment {
        oordeel: outcome.oordeel,
        everything: outcome.everything,
        aannames: summary.aannames,
        open: summary.open,
        waiting: outcome.waiting,
        balans: summary.balans,
        sjabloon: summary.sjabloon,
    })
}

/// Judges a pakket as the service will: strictly, over its canonical tables.
pub(crate) fn of_pakket(
    definitie: &Definitie,
    dir: &PakketDirectory,
    previous: Option<&PreviousPakket>,
    parquet: Option<&Path>,
) -> Result<Oordeel, JudgeStop> {
    let mut rest = dir.pakket.resources.iter();
    let mut reader: Option<(String, Batches)> = None;
    let mut judging = prepare(definitie, dir.pakket.leverdatum, Subject::Pakket)?;
    if let Some(previous) = previous {
        previous.feed(&mut judging, Some(&dir.pakket.pseudoniem))?;
    }
    let judging = judge(definitie, judging, parquet, &AtomicBool::new(false), || {
        loop {
            if let Some((name, batches)) = &mut reader {
                match batches.next() {
                    Some(next_batch) => return Ok(Some((name.clone(), next_batch?))),
                    None => reader = None,
                }
            }
            let Some(file) = rest.next() else {
                return Ok(None);
            };
            reader = Some((file.name.clone(), open_table(definitie, dir, file)?));
        }
    })?;
    let mut oordeel = judging.finish_pakket().map_err(broken_off)?;
    hide_in(&mut oordeel);
    Ok(oordeel)
}

fn prepare(
    definitie: &Definitie,
    leverdatum: NaiveDate,
    subject: Subject,
) -> Result<Judging, Failure> {
    let scratch = Spill::new(tempfile::tempfile);
    Judging::new(definitie, leverdatum, subject, Some(scratch))
        .map_err(|e| Failure::new(wording::files::RULES_BROKEN).cause(e))
}

/// Runs batches through the judgement; the reader stays on the calling thread. Once `bsn` is true nothing more is
/// written, and what was written is dropped.
fn judge(
    definitie: &Definitie,
    judging: Judging,
    parquet: Option<&Path>,
    bsn: &AtomicBool,
    mut next: impl FnMut() -> Result<Option<(String, RecordBatch)>, JudgeStop>,
) -> Result<Judging, JudgeStop> {
    let writer = parquet
        .map(|dir| ParquetDirectory::new(dir, definitie))
        .transpose()?;
    let progress = ProgressDisplay::rows("Controleren");
    thread::scope(|scope| {
        let (to_check, from_reader) = sync_channel(QUEUE);
        let (to_disk, from_check) = sync_channel(QUEUE);
        let to_disk = writer.is_some().then_some(to_disk);
        let judging = scope.spawn(move || judge_batches(judging, &from_reader, to_disk));
        let disk =
            writer.map(|writer| scope.spawn(move || write_batches(writer, &from_check, bsn)));
        let loaded = loop {
            match next() {
                Ok(Some((tabel, batch))) => {
                    progress.advance(batch.num_rows() as u64);
                    // The judge stopped: its own error says why.
                    if to_check.send((tabel, batch)).is_err() {
                        break Ok(());
                    }
                }
                Ok(None) => break Ok(()),
                Err(failure) => break Err(failure),
            }
        };
        drop(to_check);
        let judged = judging
            .join()
            .unwrap_or_else(|_| Err(Failure::new(wording::files::JUDGE_STOPPED)));
        let closing = match disk {
            Some(thread) => thread
                .join()
                .unwrap_or_else(|_| Err(Failure::new(wording::files::WRITER_STOPPED)))
                .map(Some),
            None => Ok(None),
        };
        loaded?;
        // Where the disk failed, the judge stopped because of it.
        let writer = closing?;
        let judging = judged?;
        if let Some(writer) = writer.filter(|_| !bsn.load(Ordering::Acquire)) {
            writer.close()?;
        }
        Ok(judging)
    })
}

fn judge_batches(
    mut judging: Judging,
    batches: &Receiver<(String, RecordBatch)>,
    forward: Option<SyncSender<(String, RecordBatch)>>,
) -> Result<Judging, Failure> {
    for (tabel, batch) in batches {
        let typed = judging.batch(&tabel, &batch).map_err(broken_off)?;
        if let Some(forward) = &forward
            && forward.send((tabel, typed)).is_err()
        {
            return Err(Failure::new(wording::files::PARQUET_STOPPED));
        }
    }
    // The writer ends when nothing can come any more.
    drop(forward);
    Ok(judging)
}

/// Why judging broke off: our own mistake, or a disk.
fn broken_off(failure: CheckError) -> Failure {
    match failure {
        CheckError::Spill(failure) => Failure::new(wording::files::SCRATCH_FAILED)
            .cause(io_nl(&failure))
            .tip(wording::files::make_room(&std::env::temp_dir().display())),
        failure => Failure::new(wording::files::JUDGE_CANNOT_READ).cause(failure),
    }
}

fn write_batches(
    mut writer: ParquetDirectory,
    batches: &Receiver<(String, RecordBatch)>,
    bsn: &AtomicBool,
) -> Result<ParquetDirectory, Failure> {
    for (tabel, batch) in batches {
        if !bsn.load(Ordering::Acquire) {
            writer.batch(&tabel, &batch)?;
        }
    }
    Ok(writer)
}
