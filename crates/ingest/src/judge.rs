//! The judge behind the door: reads a levering that is in strictly, judges it, and writes the verdict.
//!
//! Owns what becomes of a weigering: the levering is *afgekeurd* under the refusal's code and `gewist` at once. Files,
//! manifest and findings are gone; what stays is the register's row with the code, from which state, API and page say in
//! Dutch what was wrong. The judgement is kept masked: values of sensitive fields never reach the register. Leaves the
//! judgement to `pakket::strict_door` and `judging`, the same as at the aanbieder, and when, and how often, to `judge_queue`.

mod carried_toelichtingen;
mod previous_year;
mod unpacked;

use std::fs::File;
use std::io;
use std::sync::Arc;

use arrow_array::RecordBatch;
use carried_toelichtingen::carried_over;
use judging::{CheckError, Judging, RegelError, Spill, Subject};
use lake::{
    JudgedLevering, Lake, LakeError, Levering, LeveringId, Refusal, Stamp, TabelFile, Thoroughness,
};
use pakket::{bsn, strict_door};
use previous_year::PreviousLevering;
use rows::FileRefusal;
use schema::pakket::PakketFile;
use schema::{Definitie, Oordeel, Pakket, Tabel, Toestand, Verdict};
use unpacked::{ReadStop, unpack};

use crate::{Clock, Services, stored_levering, wording};

/// Reads a levering and gives the verdict. Cheap to clone.
#[derive(Clone)]
pub(crate) struct LeveringJudge {
    core: Arc<JudgeCore>,
}

/// Runs at the begin of every judgement, where a judgement may block. For tests: it may panic or fail as a disk does.
pub type BeforeJudging = Arc<dyn Fn(LeveringId) -> io::Result<()> + Send + Sync>;

struct JudgeCore {
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

impl LeveringJudge {
    /// A judge over these services.
    pub(crate) fn new(services: &Services, before: Option<BeforeJudging>) -> Self {
        let definities = services.definities.iter().cloned().map(Arc::new).collect();
        Self {
            core: Arc::new(JudgeCore {
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

impl JudgeCore {
    async fn judge(&self, id: LeveringId) -> Result<Levering, JudgeError> {
        let levering = self
            .lake
            .levering(id)
            .await?
            .ok_or(LakeError::UnknownLevering(id))?;
        if levering.toestand != Toestand::Ontvangen {
            // A refusal whose erasing failed last time.
            if levering.toestand == Toestand::Afgekeurd && levering.refused().is_some() {
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
        let files = stored_levering::files(&self.lake, id, &definitie, &pakket).await?;
        let previous =
            PreviousLevering::of(&self.lake, &self.definities, &levering, &pakket).await?;
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
        let mut judged =
            JudgedLevering::new(&outcome.oordeel, outcome.tabellen, &definitie.regelhash);
        if let Some(code) = outcome.refusal {
            // Refusing erases. What came in was whole then; if it is not now, our disk is to blame.
            let whole = self
                .lake
                .check_files(id, Thoroughness::Hash, &stamp)
                .await?;
            if !whole {
                return Err(LakeError::Refused(Refusal::Quarantined(id)).into());
            }
            judged.refusal = Some(code);
            self.lake.judged(id, judged, &stamp).await?;
            return Ok(self.lake.erase(id, &stamp).await?);
        }
        judged.carried_over = carried_over(&self.lake, &levering, &outcome.oordeel).await?;
        let answers = judged.carried_over.len();
        let judged = self.lake.judged(id, judged, &stamp).await?;
        // Of what is rejected none are kept.
        if answers > 0 && outcome.oordeel.verdict == Verdict::TeBevestigen {
            tracing::info!(levering = %id, answers, "answers carried over");
        }
        Ok(judged)
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
    /// The code under which it was refused.
    refusal: Option<&'static str>,
    tabellen: Vec<TabelFile>,
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
                        refusal: Some(refused.code),
                        tabellen,
                    });
                }
            }
        }
        let mut oordeel = judging.finish_pakket()?.masked(&self.definitie);
        bsn::hide_in(&mut oordeel);
        Ok(Judgement {
            oordeel,
            refusal: None,
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
        let (source, meter) = unpack(pakket_file, file)?;
        let stop = |refusal: FileRefusal| meter.explain(pakket_file, &refusal);
        let reader =
            strict_door::open(tabel, source, strict_door::RecordLimits::default()).map_err(stop)?;
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
        let unpacked = meter.unpacked();
        if rows != pakket_file.rijen || unpacked != pakket_file.bytes_uitgepakt {
            let message = wording::refused::other_size(pakket_file, rows, unpacked);
            return Err(ReadStop::of_file(pakket_file, "MANIFEST", message));
        }
        Ok(writer.close()?)
    }
}
