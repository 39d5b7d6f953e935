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
use judging::{CheckFout, Judging, Klad, SourceReport, Subject};
use mapping::{Koppeling, Lezer};
use schema::{Definitie, Oordeel};
use sheets::Bestand;

use crate::fout::{Fout, io_nl};
use crate::pakket::Pakketmap;
use crate::parquet_uit::Parquetmap;
use crate::reading::{Partijen, Stop, open_table};
use crate::voortgang::Voortgang;
use crate::vorig::Vorig;

/// Batches that may wait between two threads.
const WACHTRIJ: usize = 4;

/// An aanbieder's own files and how to read them.
pub struct Bron<'a> {
    /// The files.
    pub bestanden: &'a [Bestand],
    /// How they are mapped; none for a sjabloon or canonical headers.
    pub koppeling: Option<&'a Koppeling>,
    /// The day of delivery.
    pub leverdatum: NaiveDate,
    /// Last year's pakket, to compare with.
    pub vorig: Option<&'a Vorig>,
    /// Also give the judgement with every finding, for a report.
    pub alles: bool,
}

/// What came of it.
pub struct Beoordeling {
    /// The judgement.
    pub oordeel: Oordeel,
    /// The same with every finding, where that was asked.
    pub alles: Option<Oordeel>,
    /// What was assumed in reading, as Dutch sentences.
    pub aannames: Vec<String>,
    /// What still wants an answer in the mapping.
    pub open: Vec<String>,
    /// True where a sjabloon was read.
    pub sjabloon: bool,
}

/// Judges an aanbieder's own files.
pub fn of_files(
    definitie: &Definitie,
    bron: &Bron<'_>,
    parquet: Option<&Path>,
) -> Result<Beoordeling, Stop> {
    let mut lezer = Lezer::open(bron.bestanden, definitie, bron.koppeling)?;
    let subject = Subject::OwnFiles {
        everything: bron.alles,
    };
    let bsn = AtomicBool::new(false);
    let mut judging = prepare(definitie, bron.leverdatum, subject)?;
    if let Some(vorig) = bron.vorig {
        vorig.feed(&mut judging, None)?;
    }
    let judging = judge(definitie, judging, parquet, &bsn, || {
        let partij = lezer.volgende()?;
        bsn.store(lezer.bsn_vermoed(), Ordering::Release);
        Ok(partij.map(|partij| (partij.tabel, partij.batch)))
    })?;
    let verslag = lezer.afronden();
    let outcome = judging.finish(SourceReport {
        bevindingen: verslag.bevindingen,
        tellingen: verslag.tellingen,
        herkomst: verslag.herkomst.as_ref(),
    });
    let outcome = outcome.map_err(broken_off)?;
    Ok(Beoordeling {
        oordeel: outcome.oordeel,
        alles: outcome.everything,
        aannames: verslag.aannames,
        open: verslag.open,
        sjabloon: verslag.sjabloon,
    })
}

/// Judges a pakket as the service will: strictly, over its canonical tables.
pub fn of_pakket(
    definitie: &Definitie,
    map: &Pakketmap,
    vorig: Option<&Vorig>,
    parquet: Option<&Path>,
) -> Result<Oordeel, Stop> {
    let mut rest = map.pakket.resources.iter();
    let mut lezer: Option<(String, Partijen)> = None;
    let mut judging = prepare(definitie, map.pakket.leverdatum, Subject::Pakket)?;
    if let Some(vorig) = vorig {
        vorig.feed(&mut judging, Some(&map.pakket.pseudoniem))?;
    }
    let judging = judge(definitie, judging, parquet, &AtomicBool::new(false), || {
        loop {
            if let Some((naam, partijen)) = &mut lezer {
                match partijen.next() {
                    Some(partij) => return Ok(Some((naam.clone(), partij?))),
                    None => lezer = None,
                }
            }
            let Some(bestand) = rest.next() else {
                return Ok(None);
            };
            lezer = Some((bestand.name.clone(), open_table(definitie, map, bestand)?));
        }
    })?;
    Ok(judging.finish_pakket().map_err(broken_off)?)
}

fn prepare(
    definitie: &Definitie,
    leverdatum: NaiveDate,
    subject: Subject,
) -> Result<Judging, Fout> {
    let scratch = Klad::new(tempfile::tempfile);
    Judging::new(definitie, leverdatum, subject, Some(scratch))
        .map_err(|e| Fout::new("de regels van deze uitvraag zijn beschadigd").oorzaak(e))
}

/// Runs batches through the judgement; the reader stays on the calling thread. Once `bsn` is true nothing more is
/// written, and what was written is dropped.
fn judge(
    definitie: &Definitie,
    judging: Judging,
    parquet: Option<&Path>,
    bsn: &AtomicBool,
    mut volgende: impl FnMut() -> Result<Option<(String, RecordBatch)>, Stop>,
) -> Result<Judging, Stop> {
    let schrijver = parquet
        .map(|map| Parquetmap::new(map, definitie))
        .transpose()?;
    let voortgang = Voortgang::rijen("Controleren");
    thread::scope(|scope| {
        let (naar_controle, uit_lezer) = sync_channel(WACHTRIJ);
        let (naar_schijf, uit_controle) = sync_channel(WACHTRIJ);
        let naar_schijf = schrijver.is_some().then_some(naar_schijf);
        let rechter = scope.spawn(move || judge_batches(judging, &uit_lezer, naar_schijf));
        let schijf = schrijver
            .map(|schrijver| scope.spawn(move || write_batches(schrijver, &uit_controle, bsn)));
        let gelezen = loop {
            match volgende() {
                Ok(Some((tabel, batch))) => {
                    voortgang.verder(batch.num_rows() as u64);
                    // The judge stopped: its own error says why.
                    if naar_controle.send((tabel, batch)).is_err() {
                        break Ok(());
                    }
                }
                Ok(None) => break Ok(()),
                Err(fout) => break Err(fout),
            }
        };
        drop(naar_controle);
        let geoordeeld = rechter
            .join()
            .unwrap_or_else(|_| Err(Fout::new("de controle stopte onverwacht")));
        let sluiten = match schijf {
            Some(draad) => draad
                .join()
                .unwrap_or_else(|_| Err(Fout::new("het schrijven stopte onverwacht")))
                .map(Some),
            None => Ok(None),
        };
        gelezen?;
        // Where the disk failed, the judge stopped because of it.
        let schrijver = sluiten?;
        let judging = geoordeeld?;
        if let Some(schrijver) = schrijver.filter(|_| !bsn.load(Ordering::Acquire)) {
            schrijver.sluit()?;
        }
        Ok(judging)
    })
}

fn judge_batches(
    mut judging: Judging,
    partijen: &Receiver<(String, RecordBatch)>,
    verder: Option<SyncSender<(String, RecordBatch)>>,
) -> Result<Judging, Fout> {
    for (tabel, batch) in partijen {
        let getypeerd = judging.batch(&tabel, &batch).map_err(broken_off)?;
        let gestopt = verder
            .as_ref()
            .is_some_and(|verder| verder.send((tabel, getypeerd)).is_err());
        if gestopt {
            return Err(Fout::new("het schrijven van de Parquet stopte"));
        }
    }
    Ok(judging)
}

/// Why judging broke off: our own mistake, or a disk.
fn broken_off(fout: CheckFout) -> Fout {
    match fout {
        CheckFout::Klad(fout) => Fout::new(
            "het tijdelijke bestand van de controle is niet te schrijven of te lezen",
        )
        .oorzaak(io_nl(&fout))
        .tip(format!(
            "Maak ruimte vrij in de map {}, of zet een andere map in TMPDIR (Windows: TMP).",
            std::env::temp_dir().display()
        )),
        fout => Fout::new("de controle kan deze gegevens niet lezen").oorzaak(fout),
    }
}

fn write_batches(
    mut schrijver: Parquetmap,
    partijen: &Receiver<(String, RecordBatch)>,
    bsn: &AtomicBool,
) -> Result<Parquetmap, Fout> {
    for (tabel, batch) in partijen {
        if !bsn.load(Ordering::Acquire) {
            schrijver.partij(&tabel, &batch)?;
        }
    }
    Ok(schrijver)
}
