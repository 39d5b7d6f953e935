//! The HTTP service: leveringen come in, are judged, signed and answered with a receipt; figures go out.
//!
//! Owns routes, credentials, problems, receipts, the background judge, the pages for aanbieder and coördinator, and
//! the accept loop. Judges with the same `judging` as the exporter and by its own definition; a pakket made with other
//! rules is told so and not judged. Leaves storage to `lake`, reading what came in to `pakket`, and where published
//! figures and workbooks come from to the one who fills [`Cijferbron`] and [`FindingsWorkbook`]. Never logs a value from a levering, nor a credential.

mod beoordelaar;
mod cijfers;
mod fouten;
mod gezondheid;
mod inhoud;
mod judge_queue;
mod klok;
mod leveringen;
mod nulopgaven;
mod omhulsel;
mod ontvangstbewijs;
mod openapi;
mod paginas;
mod problem;
mod publicaties;
mod respons;
mod routes;
mod serve;
mod sleutels;
mod tabeltekst;
mod toegang;
mod uitvragen;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, NaiveDate, Utc};
use lake::Lake;
use schema::Definitie;

pub use beoordelaar::BeforeJudging;
pub use cijfers::{CijferFout, Cijferbron, Filter, Waarden};
pub use leveringen::bevindingen::FindingsWorkbook;
pub use ontvangstbewijs::{Bewijssleutel, Jwk, Jwks, SleutelFout};
pub use problem::Soort as Probleemsoort;
pub use routes::{ROUTES, Route};
pub use serve::{Verbindingen, serve, serve_with};
pub use toegang::{Rolnaam, Voor};

/// Tells the time. Tests give one of their own.
pub type Klok = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Everything the service needs.
pub struct Diensten {
    /// Where leveringen are kept.
    pub lake: Lake,
    /// Signs receipts.
    pub sleutel: Bewijssleutel,
    /// Where published figures come from.
    pub cijfers: Arc<dyn Cijferbron>,
    /// Who makes workbooks of findings.
    pub workbook: Arc<dyn FindingsWorkbook>,
    /// The definitions by which is judged; others are unknown here.
    pub definities: Vec<Definitie>,
    /// Tells the time.
    pub klok: Klok,
    /// How much may come in.
    pub grenzen: Grenzen,
    /// Where the service is reached from outside, as in `https://omgang.example`. Forms must come from there, and
    /// `https` makes the session cookie `Secure`. Without it the `Host` header decides.
    pub adres: Option<String>,
    /// Who signs receipts.
    pub naam: String,
    /// The page that checks a file in the browser, as `make browser` makes it; without it `/controleren` says so.
    pub controleerpagina: Option<PathBuf>,
}

/// How much may come in.
#[derive(Debug, Clone)]
pub struct Grenzen {
    /// Bytes of one file as it travels.
    pub bestand: u64,
    /// Bytes of one CSV inside.
    pub uitgepakt: u64,
    /// Leveringen judged at once.
    pub tegelijk: usize,
    /// When judging is tried again.
    pub pace: Pace,
}

/// When judging is tried again, and when the service looks for work that another process left.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Wait after a first try that failed; it doubles.
    pub first_wait: Duration,
    /// Longest wait between two tries.
    pub longest_wait: Duration,
    /// Time between two looks at the register for what waits to be judged.
    pub look: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(30),
            look: Duration::from_secs(5),
        }
    }
}

impl Default for Grenzen {
    fn default() -> Self {
        Self {
            bestand: 1 << 30,
            uitgepakt: 8 << 30,
            tegelijk: 2,
            pace: Pace::default(),
        }
    }
}

impl Diensten {
    /// The usual: the system's clock, every definition that is compiled in, and the usual limits.
    ///
    /// # Errors
    /// When a compiled-in definition is not valid.
    pub fn new(
        lake: Lake,
        sleutel: Bewijssleutel,
        cijfers: Arc<dyn Cijferbron>,
        workbook: Arc<dyn FindingsWorkbook>,
    ) -> Result<Self, schema::DefinitieFout> {
        let definities = Definitie::names()
            .iter()
            .map(|naam| Definitie::load(naam))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            lake,
            sleutel,
            cijfers,
            workbook,
            definities,
            klok: Arc::new(Utc::now),
            grenzen: Grenzen::default(),
            adres: None,
            naam: "Omgangsmonitor".to_owned(),
            controleerpagina: paginas::controleren::beside_program(),
        })
    }
}

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct Staat(Arc<Kern>);

pub(crate) struct Kern {
    diensten: Diensten,
    pub(crate) beoordelaar: judge_queue::JudgeQueue,
    pub(crate) readiness: gezondheid::Readiness,
    pub(crate) sessies: toegang::Sessies,
}

impl Deref for Staat {
    type Target = Kern;

    fn deref(&self) -> &Kern {
        &self.0
    }
}

impl Deref for Kern {
    type Target = Diensten;

    fn deref(&self) -> &Diensten {
        &self.diensten
    }
}

impl Kern {
    /// The definition of an uitvraag in a year.
    pub(crate) fn definitie(&self, uitvraag: &str, jaar: i32) -> Option<&Definitie> {
        self.definities
            .iter()
            .find(|d| d.uitvraag == uitvraag && d.jaar == jaar)
    }

    /// Whether there is an uitvraag of this name, in any year.
    pub(crate) fn kent_uitvraag(&self, uitvraag: &str) -> bool {
        self.definities.iter().any(|d| d.uitvraag == uitvraag)
    }

    /// Now.
    pub(crate) fn nu(&self) -> DateTime<Utc> {
        (self.klok)()
    }

    /// Today, in the Netherlands.
    pub(crate) fn vandaag(&self) -> NaiveDate {
        schema::klok::local(self.nu()).date()
    }

    /// Whether browsers reach the service over TLS.
    pub(crate) fn is_veilig(&self) -> bool {
        self.adres
            .as_deref()
            .is_some_and(|adres| adres.starts_with("https://"))
    }
}

/// All routes, ready to serve. Must be called within a tokio runtime: the judge starts, and takes up what a crash
/// left unjudged. Call [`Lake::herstel`] before.
pub fn router(diensten: Diensten) -> Router {
    assemble(diensten, None)
}

/// As [`router`], with something that runs at the begin of every judgement: for tests of judgements that fail.
pub fn router_with(diensten: Diensten, before: BeforeJudging) -> Router {
    assemble(diensten, Some(before))
}

fn assemble(diensten: Diensten, before: Option<BeforeJudging>) -> Router {
    let beoordelaar = judge_queue::JudgeQueue::new(&diensten, before);
    let staat = Staat(Arc::new(Kern {
        diensten,
        beoordelaar,
        readiness: gezondheid::Readiness::default(),
        sessies: toegang::Sessies::default(),
    }));
    tokio::spawn(start(staat.clone()));
    omhulsel::wrap(routes::build(&staat), &staat)
}

/// What has to happen once, and may fail without keeping the service down.
async fn start(staat: Staat) {
    let stempel = lake::Stempel::new("omgangsmonitor", staat.nu());
    if let Err(fout) = staat
        .lake
        .bewaar_sleutel(staat.sleutel.kid(), &staat.sleutel.publiek(), &stempel)
        .await
    {
        tracing::error!(%fout, "the receipt key could not be kept in the register");
    }
    if let Err(fout) = finish_refusals(&staat, &stempel).await {
        tracing::error!(%fout, "what was refused could not be erased");
    }
    let look = staat.grenzen.pace.look;
    let service = Arc::downgrade(&staat.0);
    drop(staat);
    keep_looking(service, look).await;
}

/// Hands the judge what waits, now and then, for as long as there is a service: a crash left it, or a command beside
/// the service let it go.
async fn keep_looking(service: Weak<Kern>, look: Duration) {
    while let Some(kern) = service.upgrade() {
        if let Err(fout) = kern.beoordelaar.take_up_waiting().await {
            tracing::warn!(%fout, "could not look for leveringen that wait to be judged");
        }
        drop(kern);
        tokio::time::sleep(look).await;
    }
}

/// A crash between refusing a levering and erasing it leaves data that may not be kept.
async fn finish_refusals(staat: &Staat, stempel: &lake::Stempel) -> Result<(), lake::LakeFout> {
    let filter = lake::Filter {
        toestand: Some(schema::Toestand::Afgekeurd),
        ..lake::Filter::default()
    };
    for levering in staat.lake.leveringen(filter).await? {
        if leveringen::refusal(&levering).is_some() {
            staat.lake.wissen(levering.id, stempel).await?;
            tracing::info!(levering = %levering.id, "refused levering erased");
        }
    }
    Ok(())
}
