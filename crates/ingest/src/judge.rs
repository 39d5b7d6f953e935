//! The judge behind the door: reads a levering that is in strictly, judges it, and writes the verdict.
//!
//! Owns the limits (unpacked bytes, zstd window) and what becomes of a weigering: the levering is
//! *afgekeurd* under the refusal's code and `gewist` at once. Files, manifest and findings are gone; what stays is the
//! register's row with the code, from which state, API and page say in Dutch what was wrong. Owns no judgement: that is
//! `pakket::strict` and `judging`, the same as at the aanbieder.
//! The judgement is kept masked: values of sensitive fields never reach the register. Leaves when, and how often, to
//! `judge_queue`.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arrow_array::RecordBatch;
use judging::{CheckError, Identifiers, Judging, Previous, RegelError, Spill, Subject};
use lake::{Lake, LakeError, Levering, LeveringId, Refusal, Stamp, TabelFile, Thoroughness};
use pakket::frames::{HIDDEN_FRAME, has_hidden_frame};
use pakket::{bsn, strict};
use rows::FileRefusal;
use schema::pakket::PakketFile;
use schema::{Definitie, Oordeel, Pakket, Place, Tabel, Toestand};

use crate::leveringen::refusal;
use crate::leveringen::toelichtingen::carried_over;
use crate::wording;
use crate::{Clock, Services, stored};

/// Reads a levering and gives the verdict. Cheap to clone.
#[derive(Clone)]
pub(crate) struct LeveringJudge {
    core: Arc<QueueCore>,
}

/// Runs at the begin of every judgement, where a judgement may block. For tests: it may panic or fail as a disk does.
pub type BeforeJudging = Arc<dyn Fn(LeveringId) -> io::Result<()> + Send + Sync>;

struct QueueCore {
    lake: Lake,
    definities: Vec<Arc<Definitie>>,
    klok: Clock,
    before: Option<BeforeJudging>,
}

/// Why a levering could not be judged. Ours to solve: the levering stays `ontvangen`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JudgeError {
    /// Register or files.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The judgement itself.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// A rule of the definition.
    #[error(transparent)]
    Regel(#[from] RegelError),
    /// Reading failed underneath the reader of CSV.
    #[error("a received file could not be read from disk")]
    Disk,
    /// Erased, or never there.
    #[error("there is no manifest")]
    NoPakket,
    /// Of a year that is no longer compiled in.
    #[error("there is no definition for it any more")]
    NoDefinitie,
    /// The thread that judged panicked.
    #[error("judging broke off")]
    Aborted,
}

impl JudgeError {
    /// Whether storage failed, which says nothing of the levering: worth trying again as it is.
    pub(crate) fn is_storage(&self) -> bool {
        match self {
            Self::Lake(error) => error.is_storage(),
            Self::Check(error) => matches!(error, CheckError::Spill(_)),
            Self::Disk => true,
            Self::Regel(_) | Self::NoPakket | Self::NoDefinitie | Self::Aborted => false,
        }
    }
}

/// Largest window of a zstd frame: 2^24 bytes. The exporter's level needs 2^21; a frame may ask for 2^31.
const WINDOW: u32 = 24;

impl LeveringJudge {
    /// A judge over these services.
    pub(crate) fn new(services: &Services, before: Option<BeforeJudging>) -> Self {
        let definities = services.definities.iter().cloned().map(Arc::new).collect();
        Self {
            core: Arc::new(QueueCore {
                lake: services.lake.clone(),
                definities,
                klok: Arc::clone(&services.klok),
                before,
            }),
        }
    }

    /// Judges a levering that is *ontvangen* and records the verdict; one that is not is given back as it is.
    pub(crate) async fn judge(&self, id: LeveringId) -> Result<Levering, JudgeError> {
        self.core.judge(id).await
    }
}

impl QueueCore {
    async fn judge(&self, id: LeveringId) -> Result<Levering, JudgeError> {
        let levering = self
            .lake
            .levering(id)
            .await?
            .ok_or(LakeError::UnknownLevering(id))?;
        if levering.toestand != Toestand::Ontvangen {
            // A refusal whose erasing failed last time.
            if levering.toestand == Toestand::Afgekeurd && refusal(&levering).is_some() {
                let stamp = Stamp::new("omgangsmonitor", (self.klok)());
                return Ok(self.lake.erase(id, &stamp).await?);
            }
            return Ok(levering);
        }
        let pakket = self.lake.pakket(id).await?.ok_or(JudgeError::NoPakket)?;
        let definitie = self
            .definities
            .iter()
            .find(|d| d.uitvraag == levering.uitvraag && d.jaar == levering.jaar);
        let definitie = Arc::clone(definitie.ok_or(JudgeError::NoDefinitie)?);
        let files = stored::files(&self.lake, id, &definitie, &pakket).await?;
        let previous = self.previous(&levering, &pakket).await?;
        let work = JudgeWork {
            lake: self.lake.clone(),
            levering: levering.clone(),
            pakket,
            definitie: Arc::clone(&definitie),
            bestanden: files,
            vorig: previous,
        };
        let before = self.before.clone();
        let outcome = tokio::task::spawn_blocking(move || {
            if let Some(before) = before {
                before(id).map_err(|source| LakeError::Io {
                    wat: "beginning to judge",
                    bron: source,
                })?;
            }
            work.run()
        })
        .await
        .map_err(|_| JudgeError::Aborted)??;
        let stamp = Stamp::new("omgangsmonitor", (self.klok)());
        if outcome.refused {
            // Refusing erases. What came in was whole then; if it is not now, our disk is to blame.
            let whole = self
                .lake
                .check_files(id, Thoroughness::Hash, &stamp)
                .await?;
            if !whole {
                return Err(LakeError::Refused(Refusal::Quarantined(id)).into());
            }
            self.lake
                .judged(
                    id,
                    &outcome.oordeel,
                    outcome.tabellen,
                    &definitie.regelhash,
                    &stamp,
                )
                .await?;
            return Ok(self.lake.erase(id, &stamp).await?);
        }
        let over = carried_over(&self.lake, &levering, &outcome.oordeel).await?;
        let regel_hash = &definitie.regelhash;
        let judged = self
            .lake
            .judged(id, &outcome.oordeel, outcome.tabellen, regel_hash, &stamp)
            .await?;
        if over.is_empty() {
            return Ok(judged);
        }
        tracing::info!(levering = %id, answers = over.len(), "answers carried over");
        Ok(self.lake.explain(id, &over, &stamp).await?)
    }

    /// What counts for the year before; `None` without one, for a nulopgave, and where its files are gone.
    async fn previous(
        &self,
        levering: &Levering,
        pakket: &Pakket,
    ) -> Result<Option<PreviousLevering>, JudgeError> {
        let jaar = levering.jaar - 1;
        let Some(definitie) = self
            .definities
            .iter()
            .find(|d| d.uitvraag == levering.uitvraag && d.jaar == jaar)
        else {
            return Ok(None);
        };
        let Some(before) = self
            .lake
            .in_force(&levering.kvk, &levering.uitvraag, jaar)
            .await?
        else {
            return Ok(None);
        };
        let Some(manifest) = self.lake.pakket(before.id).await? else {
            return Ok(None);
        };
        let files = match stored::files(&self.lake, before.id, definitie, &manifest).await {
            Ok(files) => files,
            Err(error) => {
                tracing::warn!(levering = %levering.id, previous = %before.id, %error, "last year's levering can't be read");
                return Ok(None);
            }
        };
        Ok(Some(PreviousLevering {
            id: before.id,
            definitie: Arc::clone(definitie),
            leverdatum: manifest.leverdatum,
            same_key: manifest.pseudoniem == pakket.pseudoniem,
            bestanden: files,
        }))
    }
}

/// The levering of the year before that counts, to compare with.
struct PreviousLevering {
    id: LeveringId,
    definitie: Arc<Definitie>,
    leverdatum: chrono::NaiveDate,
    same_key: bool,
    bestanden: Vec<(PakketFile, File)>,
}

impl PreviousLevering {
    /// Gives its rows to the judgement of this year.
    fn feed(self, judging: &mut Judging) -> Result<(), String> {
        let identifiers = if self.same_key {
            Identifiers::Same
        } else {
            Identifiers::OtherKey
        };
        let previous = Previous {
            definitie: &self.definitie,
            leverdatum: self.leverdatum,
            identifiers,
        };
        let tables = self.bestanden.into_iter().flat_map(|(pakket_file, file)| {
            let (batches, why) = match stored::batches(&self.definitie, &pakket_file, file) {
                Ok(batches) => (Some(batches), None),
                Err(why) => (None, Some(Err(why))),
            };
            batches.into_iter().flatten().chain(why)
        });
        judging
            .compare_with(previous, tables)
            .map_err(|e| e.to_string())
    }
}

/// Everything the blocking part needs.
struct JudgeWork {
    lake: Lake,
    levering: Levering,
    pakket: Pakket,
    definitie: Arc<Definitie>,
    bestanden: Vec<(PakketFile, File)>,
    vorig: Option<PreviousLevering>,
}

struct Judgement {
    oordeel: Oordeel,
    refused: bool,
    tabellen: Vec<TabelFile>,
}

/// Why a table was not read to its end.
enum ReadStop {
    FileRefusal(Box<Refused>),
    Fout(JudgeError),
}

/// A refusal, as a finding.
struct Refused {
    code: &'static str,
    plaats: Place,
    bericht: String,
}

impl<F: Into<JudgeError>> From<F> for ReadStop {
    fn from(error: F) -> Self {
        Self::Fout(error.into())
    }
}

impl JudgeWork {
    fn run(mut self) -> Result<Judgement, JudgeError> {
        let mut judging = self.prepare()?;
        let mut tabellen = Vec::new();
        for (pakket_file, file) in std::mem::take(&mut self.bestanden) {
            let tabel = self
                .definitie
                .tabel(&pakket_file.name)
                .ok_or(JudgeError::NoDefinitie)?;
            match self.read_table(&mut judging, tabel, &pakket_file, file) {
                Ok(written) => tabellen.push(written),
                Err(ReadStop::Fout(error)) => return Err(error),
                Err(ReadStop::FileRefusal(refused)) => {
                    tracing::info!(levering = %self.levering.id, code = refused.code, "levering refused");
                    return Ok(Judgement {
                        oordeel: Oordeel::refused(
                            refused.code,
                            &pakket_file.name,
                            refused.plaats,
                            refused.bericht,
                        ),
                        refused: true,
                        tabellen,
                    });
                }
            }
        }
        let mut oordeel = judging.finish_pakket()?.masked(&self.definitie);
        bsn::hide_in(&mut oordeel);
        Ok(Judgement {
            oordeel,
            refused: false,
            tabellen,
        })
    }

    /// A judgement that knows last year where it can. Last year's files may be damaged: that must not hold up this year.
    fn prepare(&mut self) -> Result<Judging, JudgeError> {
        let begin = || {
            let scratch = Some(Spill::new(tempfile::tempfile));
            Judging::new(
                &self.definitie,
                self.pakket.leverdatum,
                Subject::Pakket,
                scratch,
            )
        };
        let mut judging = begin()?;
        if let Some(previous) = self.vorig.take() {
            let id = previous.id;
            if let Err(error) = previous.feed(&mut judging) {
                tracing::warn!(levering = %self.levering.id, previous = %id, %error, "last year's levering can't be compared with");
                judging = begin()?;
            }
        }
        Ok(judging)
    }

    fn read_table(
        &self,
        judging: &mut Judging,
        tabel: &Tabel,
        pakket_file: &PakketFile,
        file: File,
    ) -> Result<TabelFile, ReadStop> {
        let meter = Arc::new(Meter::default());
        if has_hidden_frame(BufReader::new(&file)).map_err(|_| JudgeError::Disk)? {
            return Err(ReadStop::FileRefusal(Box::new(Refused {
                code: "COMPRESSION",
                plaats: Place {
                    bestand: Some(pakket_file.path.clone()),
                    ..Place::default()
                },
                bericht: HIDDEN_FRAME.to_owned(),
            })));
        }
        let mut unpacked = zstd::Decoder::new(GuardedFile {
            file,
            meter: Arc::clone(&meter),
        })
        .map_err(|_| JudgeError::Disk)?;
        unpacked
            .window_log_max(WINDOW)
            .map_err(|_| JudgeError::Disk)?;
        let source = Limited {
            inner: unpacked,
            at_most: pakket_file.bytes_uitgepakt,
            meter: Arc::clone(&meter),
        };
        let stop = |refusal: FileRefusal| meter.explain(pakket_file, &refusal);
        let reader = strict::open(tabel, source, strict::RecordLimits::default()).map_err(stop)?;
        let velden = check::schema(&self.definitie, tabel);
        let mut writer = self
            .lake
            .tabel_writer(&self.levering, &tabel.naam, &velden)?;
        let empty = RecordBatch::new_empty(reader.schema());
        writer.write(&judging.batch(&tabel.naam, &empty)?)?;
        let mut rows: u64 = 0;
        for batch in reader {
            let batch = batch.map_err(stop)?;
            rows += batch.num_rows() as u64;
            writer.write(&judging.batch(&tabel.naam, &batch)?)?;
        }
        let loaded = meter.bytes.load(Ordering::Relaxed);
        if rows != pakket_file.rijen || loaded != pakket_file.bytes_uitgepakt {
            return Err(ReadStop::FileRefusal(Box::new(Refused {
                code: "MANIFEST",
                plaats: Place {
                    bestand: Some(pakket_file.path.clone()),
                    ..Place::default()
                },
                bericht: wording::refused::other_size(pakket_file, rows, loaded),
            })));
        }
        Ok(writer.close()?)
    }
}

/// What reading a file came to: how much was unpacked, and what went wrong underneath the reader of CSV.
#[derive(Default)]
struct Meter {
    bytes: AtomicU64,
    too_many: AtomicBool,
    disk: AtomicBool,
    packed: AtomicBool,
}

impl Meter {
    /// What the strict reader's refusal really was: it only sees that reading failed.
    fn explain(&self, pakket_file: &PakketFile, refusal: &FileRefusal) -> ReadStop {
        if self.disk.load(Ordering::Relaxed) {
            return ReadStop::Fout(JudgeError::Disk);
        }
        let place = Place {
            bestand: Some(pakket_file.path.clone()),
            ..Place::default()
        };
        let refused = if self.too_many.load(Ordering::Relaxed) {
            let message = wording::refused::larger_unpacked(pakket_file.bytes_uitgepakt);
            Refused {
                code: "SIZE_MISMATCH",
                plaats: place,
                bericht: message,
            }
        } else if self.packed.load(Ordering::Relaxed) {
            Refused {
                code: "COMPRESSION",
                plaats: place,
                bericht: wording::refused::NO_ZSTD.to_owned(),
            }
        } else {
            Refused {
                code: refusal.code(),
                plaats: refusal.place().clone(),
                bericht: refusal.to_string(),
            }
        };
        ReadStop::FileRefusal(Box::new(refused))
    }
}

/// The file on disk: an error here is ours, not the aanbieder's.
struct GuardedFile {
    file: File,
    meter: Arc<Meter>,
}

impl Read for GuardedFile {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let loaded = self.file.read(buf);
        if loaded
            .as_ref()
            .is_err_and(|error| error.kind() != io::ErrorKind::Interrupted)
        {
            self.meter.disk.store(true, Ordering::Relaxed);
        }
        loaded
    }
}

/// The unpacked text: counted while it comes, and no more than was announced.
struct Limited<R> {
    inner: R,
    at_most: u64,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let loaded = match self.inner.read(buf) {
            Ok(loaded) => loaded,
            Err(error) => {
                if error.kind() != io::ErrorKind::Interrupted {
                    self.meter.packed.store(true, Ordering::Relaxed);
                }
                return Err(error);
            }
        };
        let total = self.meter.bytes.fetch_add(loaded as u64, Ordering::Relaxed) + loaded as u64;
        if total > self.at_most {
            self.meter.too_many.store(true, Ordering::Relaxed);
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(loaded)
    }
}
