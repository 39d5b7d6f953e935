//! The judge behind the door: reads a levering that is in strictly, judges it, and writes the verdict.
//!
//! Owns the limits (unpacked bytes, zstd window) and what becomes of a weigering: the levering is
//! `afgekeurd` under the refusal's code and `gewist` at once. Files, manifest and findings are gone; what stays is the
//! register's row with the code, from which state, API and page say in Dutch what was wrong. Owns no judgement: that is
//! `pakket::strict` and `judging`, the same as at the aanbieder.
//! The judgement is kept masked: values of sensitive fields never reach the register. Leaves when, and how often, to
//! `judge_queue`.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arrow_array::RecordBatch;
use judging::{CheckFout, Identifiers, Judging, Klad, Previous, RegelFout, Subject};
use lake::{Grondigheid, Lake, LakeFout, Levering, LeveringId, Refusal, Stempel, TabelBestand};
use pakket::strict;
use rows::Weigering;
use schema::pakket::Bestand;
use schema::{Definitie, Oordeel, Pakket, Plaats, Tabel, Toestand};

use crate::leveringen::refusal;
use crate::leveringen::toelichtingen::carried_over;
use crate::{Diensten, Klok};

/// Reads a levering and gives the verdict. Cheap to clone.
#[derive(Clone)]
pub struct Judge {
    kern: Arc<Kern>,
}

/// Runs at the begin of every judgement, where a judgement may block. For tests: it may panic or fail as a disk does.
pub type BeforeJudging = Arc<dyn Fn(LeveringId) -> io::Result<()> + Send + Sync>;

struct Kern {
    lake: Lake,
    definities: Vec<Arc<Definitie>>,
    klok: Klok,
    before: Option<BeforeJudging>,
}

/// Why a levering could not be judged. Ours to solve: the levering stays `ontvangen`.
#[derive(Debug, thiserror::Error)]
pub enum OordeelFout {
    /// Register or files.
    #[error(transparent)]
    Lake(#[from] LakeFout),
    /// The judgement itself.
    #[error(transparent)]
    Check(#[from] CheckFout),
    /// A rule of the definition.
    #[error(transparent)]
    Regel(#[from] RegelFout),
    /// Reading failed underneath the reader of CSV.
    #[error("a received file could not be read from disk")]
    Schijf,
    /// Erased, or never there.
    #[error("there is no manifest")]
    GeenPakket,
    /// Of a year that is no longer compiled in.
    #[error("there is no definition for it any more")]
    GeenDefinitie,
    /// The thread that judged panicked.
    #[error("judging broke off")]
    Afgebroken,
}

impl OordeelFout {
    /// Whether storage failed, which says nothing of the levering: worth trying again as it is.
    pub fn is_storage(&self) -> bool {
        match self {
            Self::Lake(fout) => fout.is_storage(),
            Self::Check(fout) => matches!(fout, CheckFout::Klad(_)),
            Self::Schijf => true,
            Self::Regel(_) | Self::GeenPakket | Self::GeenDefinitie | Self::Afgebroken => false,
        }
    }
}

/// Largest window of a zstd frame: 2^24 bytes. The exporter's level needs 2^21; a frame may ask for 2^31.
const VENSTER: u32 = 24;

impl Judge {
    /// A judge over these services.
    pub fn new(diensten: &Diensten, before: Option<BeforeJudging>) -> Self {
        let definities = diensten.definities.iter().cloned().map(Arc::new).collect();
        Self {
            kern: Arc::new(Kern {
                lake: diensten.lake.clone(),
                definities,
                klok: Arc::clone(&diensten.klok),
                before,
            }),
        }
    }

    /// Judges a levering that is *ontvangen* and records the verdict; one that is not is given back as it is.
    pub async fn judge(&self, id: LeveringId) -> Result<Levering, OordeelFout> {
        self.kern.judge(id).await
    }
}

impl Kern {
    async fn judge(&self, id: LeveringId) -> Result<Levering, OordeelFout> {
        let levering = self
            .lake
            .levering(id)
            .await?
            .ok_or(LakeFout::OnbekendeLevering(id))?;
        if levering.toestand != Toestand::Ontvangen {
            // A refusal whose erasing failed last time.
            if levering.toestand == Toestand::Afgekeurd && refusal(&levering).is_some() {
                let stempel = Stempel::new("omgangsmonitor", (self.klok)());
                return Ok(self.lake.wissen(id, &stempel).await?);
            }
            return Ok(levering);
        }
        let pakket = self.lake.pakket(id).await?.ok_or(OordeelFout::GeenPakket)?;
        let definitie = self
            .definities
            .iter()
            .find(|d| d.uitvraag == levering.uitvraag && d.jaar == levering.jaar);
        let definitie = Arc::clone(definitie.ok_or(OordeelFout::GeenDefinitie)?);
        let bestanden = self.received(id, &definitie, &pakket).await?;
        let vorig = self.previous(&levering, &pakket).await?;
        let werk = Werk {
            lake: self.lake.clone(),
            levering: levering.clone(),
            pakket,
            definitie: Arc::clone(&definitie),
            bestanden,
            vorig,
        };
        let before = self.before.clone();
        let uitkomst = tokio::task::spawn_blocking(move || {
            if let Some(before) = before {
                before(id).map_err(|bron| LakeFout::Io {
                    wat: "beginning to judge",
                    bron,
                })?;
            }
            werk.run()
        })
        .await
        .map_err(|_| OordeelFout::Afgebroken)??;
        let stempel = Stempel::new("omgangsmonitor", (self.klok)());
        if uitkomst.geweigerd {
            // Refusing erases. What came in was whole then; if it is not now, our disk is to blame.
            let whole = self
                .lake
                .controleer_bestanden(id, Grondigheid::Hash, &stempel)
                .await?;
            if !whole {
                return Err(LakeFout::Refused(Refusal::Quarantined(id)).into());
            }
            self.lake
                .beoordeeld(
                    id,
                    &uitkomst.oordeel,
                    uitkomst.tabellen,
                    &definitie.regelhash,
                    &stempel,
                )
                .await?;
            return Ok(self.lake.wissen(id, &stempel).await?);
        }
        let over = carried_over(&self.lake, &levering, &uitkomst.oordeel).await?;
        let regelhash = &definitie.regelhash;
        let beoordeeld = self
            .lake
            .beoordeeld(
                id,
                &uitkomst.oordeel,
                uitkomst.tabellen,
                regelhash,
                &stempel,
            )
            .await?;
        if over.is_empty() {
            return Ok(beoordeeld);
        }
        tracing::info!(levering = %id, antwoorden = over.len(), "answers carried over");
        Ok(self.lake.toelichten(id, &over, &stempel).await?)
    }

    /// The received files of a levering, in the order of the definition.
    async fn received(
        &self,
        id: LeveringId,
        definitie: &Definitie,
        pakket: &Pakket,
    ) -> Result<Vec<(Bestand, File)>, LakeFout> {
        let mut bestanden = Vec::new();
        for tabel in &definitie.tabellen {
            if let Some(bestand) = pakket.resources.iter().find(|b| b.name == tabel.naam) {
                bestanden.push((bestand.clone(), self.lake.open_raw(id, &tabel.naam).await?));
            }
        }
        Ok(bestanden)
    }

    /// What counts for the year before; `None` without one, for a nulopgave, and where its files are gone.
    async fn previous(
        &self,
        levering: &Levering,
        pakket: &Pakket,
    ) -> Result<Option<Vorig>, OordeelFout> {
        let jaar = levering.jaar - 1;
        let Some(definitie) = self
            .definities
            .iter()
            .find(|d| d.uitvraag == levering.uitvraag && d.jaar == jaar)
        else {
            return Ok(None);
        };
        let Some(toen) = self
            .lake
            .in_kracht(&levering.kvk, &levering.uitvraag, jaar)
            .await?
        else {
            return Ok(None);
        };
        let Some(manifest) = self.lake.pakket(toen.id).await? else {
            return Ok(None);
        };
        let bestanden = match self.received(toen.id, definitie, &manifest).await {
            Ok(bestanden) => bestanden,
            Err(fout) => {
                tracing::warn!(levering = %levering.id, vorig = %toen.id, %fout, "last year's levering can't be read");
                return Ok(None);
            }
        };
        Ok(Some(Vorig {
            id: toen.id,
            definitie: Arc::clone(definitie),
            leverdatum: manifest.leverdatum,
            zelfde_sleutel: manifest.pseudoniem == pakket.pseudoniem,
            bestanden,
        }))
    }
}

/// The levering of the year before that counts, to compare with.
struct Vorig {
    id: LeveringId,
    definitie: Arc<Definitie>,
    leverdatum: chrono::NaiveDate,
    zelfde_sleutel: bool,
    bestanden: Vec<(Bestand, File)>,
}

impl Vorig {
    /// Gives its rows to the judgement of this year.
    fn feed(self, judging: &mut Judging) -> Result<(), String> {
        let identifiers = if self.zelfde_sleutel {
            Identifiers::Same
        } else {
            Identifiers::OtherKey
        };
        let previous = Previous {
            definitie: &self.definitie,
            leverdatum: self.leverdatum,
            identifiers,
        };
        let tables = self.bestanden.into_iter().flat_map(|(bestand, file)| {
            let (batches, why) = match batches(&self.definitie, &bestand, file) {
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

/// The rows of a table of an older levering, with its name.
fn batches(
    definitie: &Definitie,
    bestand: &Bestand,
    file: File,
) -> Result<impl Iterator<Item = Result<(String, RecordBatch), String>> + use<>, String> {
    let tabel = definitie.tabel(&bestand.name).ok_or("an unknown table")?;
    let unpacked = zstd::Decoder::new(file).map_err(|e| e.to_string())?;
    let refused = |w: Weigering| w.code().to_owned();
    let rows = strict::open(tabel, unpacked, strict::Limieten::default()).map_err(refused)?;
    let name = tabel.naam.clone();
    Ok(rows.map(move |batch| Ok((name.clone(), batch.map_err(refused)?))))
}

/// Everything the blocking part needs.
struct Werk {
    lake: Lake,
    levering: Levering,
    pakket: Pakket,
    definitie: Arc<Definitie>,
    bestanden: Vec<(Bestand, File)>,
    vorig: Option<Vorig>,
}

struct Uitkomst {
    oordeel: Oordeel,
    geweigerd: bool,
    tabellen: Vec<TabelBestand>,
}

/// Why a table was not read to its end.
enum Stop {
    Weigering(Box<Geweigerd>),
    Fout(OordeelFout),
}

/// A refusal, as a finding.
struct Geweigerd {
    code: &'static str,
    plaats: Plaats,
    bericht: String,
}

impl<F: Into<OordeelFout>> From<F> for Stop {
    fn from(fout: F) -> Self {
        Self::Fout(fout.into())
    }
}

impl Werk {
    fn run(mut self) -> Result<Uitkomst, OordeelFout> {
        let mut judging = self.prepare()?;
        let mut tabellen = Vec::new();
        for (bestand, file) in std::mem::take(&mut self.bestanden) {
            let tabel = self
                .definitie
                .tabel(&bestand.name)
                .ok_or(OordeelFout::GeenDefinitie)?;
            match self.read_table(&mut judging, tabel, &bestand, file) {
                Ok(geschreven) => tabellen.push(geschreven),
                Err(Stop::Fout(fout)) => return Err(fout),
                Err(Stop::Weigering(geweigerd)) => {
                    tracing::info!(levering = %self.levering.id, code = geweigerd.code, "levering refused");
                    return Ok(Uitkomst {
                        oordeel: Oordeel::geweigerd(
                            geweigerd.code,
                            &bestand.name,
                            geweigerd.plaats,
                            geweigerd.bericht,
                        ),
                        geweigerd: true,
                        tabellen,
                    });
                }
            }
        }
        let oordeel = judging.finish_pakket()?.masked(&self.definitie);
        Ok(Uitkomst {
            oordeel,
            geweigerd: false,
            tabellen,
        })
    }

    /// A judgement that knows last year where it can. Last year's files may be damaged: that must not hold up this year.
    fn prepare(&mut self) -> Result<Judging, OordeelFout> {
        let begin = || {
            let scratch = Some(Klad::new(tempfile::tempfile));
            Judging::new(
                &self.definitie,
                self.pakket.leverdatum,
                Subject::Pakket,
                scratch,
            )
        };
        let mut judging = begin()?;
        if let Some(vorig) = self.vorig.take() {
            let id = vorig.id;
            if let Err(fout) = vorig.feed(&mut judging) {
                tracing::warn!(levering = %self.levering.id, vorig = %id, %fout, "last year's levering can't be compared with");
                judging = begin()?;
            }
        }
        Ok(judging)
    }

    fn read_table(
        &self,
        judging: &mut Judging,
        tabel: &Tabel,
        bestand: &Bestand,
        file: File,
    ) -> Result<TabelBestand, Stop> {
        let meter = Arc::new(Meter::default());
        let mut uitgepakt = zstd::Decoder::new(Bewaakt {
            file,
            meter: Arc::clone(&meter),
        })
        .map_err(|_| OordeelFout::Schijf)?;
        uitgepakt
            .window_log_max(VENSTER)
            .map_err(|_| OordeelFout::Schijf)?;
        let bron = Begrensd {
            inner: uitgepakt,
            hoogstens: bestand.bytes_uitgepakt,
            meter: Arc::clone(&meter),
        };
        let stop = |weigering| meter.explain(bestand, weigering);
        let lezer = strict::open(tabel, bron, strict::Limieten::default()).map_err(stop)?;
        let velden = check::schema(&self.definitie, tabel);
        let mut schrijver = self
            .lake
            .tabel_schrijver(&self.levering, &tabel.naam, &velden)?;
        let leeg = RecordBatch::new_empty(lezer.schema());
        schrijver.schrijf(&judging.batch(&tabel.naam, &leeg)?)?;
        let mut rijen: u64 = 0;
        for batch in lezer {
            let batch = batch.map_err(stop)?;
            rijen += batch.num_rows() as u64;
            schrijver.schrijf(&judging.batch(&tabel.naam, &batch)?)?;
        }
        let gelezen = meter.bytes.load(Ordering::Relaxed);
        if rijen != bestand.rijen || gelezen != bestand.bytes_uitgepakt {
            return Err(Stop::Weigering(Box::new(Geweigerd {
                code: "MANIFEST",
                plaats: Plaats {
                    bestand: Some(bestand.path.clone()),
                    ..Plaats::default()
                },
                bericht: format!(
                    "Het pakket kondigt {} rijen en {} bytes aan, maar er staan er {rijen} en {gelezen}.",
                    bestand.rijen, bestand.bytes_uitgepakt
                ),
            })));
        }
        Ok(schrijver.sluit()?)
    }
}

/// What reading a file came to: how much was unpacked, and what went wrong underneath the reader of CSV.
#[derive(Default)]
struct Meter {
    bytes: AtomicU64,
    te_veel: AtomicBool,
    schijf: AtomicBool,
    ingepakt: AtomicBool,
}

impl Meter {
    /// What the strict reader's refusal really was: it only sees that reading failed.
    fn explain(&self, bestand: &Bestand, weigering: Weigering) -> Stop {
        if self.schijf.load(Ordering::Relaxed) {
            return Stop::Fout(OordeelFout::Schijf);
        }
        let plaats = Plaats {
            bestand: Some(bestand.path.clone()),
            ..Plaats::default()
        };
        let geweigerd = if self.te_veel.load(Ordering::Relaxed) {
            let bericht = format!(
                "Het bestand is uitgepakt groter dan de {} bytes die het pakket aankondigt.",
                bestand.bytes_uitgepakt
            );
            Geweigerd {
                code: "SIZE_MISMATCH",
                plaats,
                bericht,
            }
        } else if self.ingepakt.load(Ordering::Relaxed) {
            Geweigerd {
                code: "COMPRESSION",
                plaats,
                bericht: "Het bestand kan niet worden uitgepakt: het is geen goed zstd-bestand."
                    .to_owned(),
            }
        } else {
            Geweigerd {
                code: weigering.code(),
                plaats: weigering.plaats().clone(),
                bericht: weigering.to_string(),
            }
        };
        Stop::Weigering(Box::new(geweigerd))
    }
}

/// The file on disk: an error here is ours, not the aanbieder's.
struct Bewaakt {
    file: File,
    meter: Arc<Meter>,
}

impl Read for Bewaakt {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let gelezen = self.file.read(buf);
        if gelezen
            .as_ref()
            .is_err_and(|fout| fout.kind() != io::ErrorKind::Interrupted)
        {
            self.meter.schijf.store(true, Ordering::Relaxed);
        }
        gelezen
    }
}

/// The unpacked text: counted while it comes, and no more than was announced.
struct Begrensd<R> {
    inner: R,
    hoogstens: u64,
    meter: Arc<Meter>,
}

impl<R: Read> Read for Begrensd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let gelezen = match self.inner.read(buf) {
            Ok(gelezen) => gelezen,
            Err(fout) => {
                if fout.kind() != io::ErrorKind::Interrupted {
                    self.meter.ingepakt.store(true, Ordering::Relaxed);
                }
                return Err(fout);
            }
        };
        let totaal = self
            .meter
            .bytes
            .fetch_add(gelezen as u64, Ordering::Relaxed)
            + gelezen as u64;
        if totaal > self.hoogstens {
            self.meter.te_veel.store(true, Ordering::Relaxed);
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(gelezen)
    }
}
