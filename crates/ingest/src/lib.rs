//! The HTTP service: leveringen come in, are judged, signed and answered with a receipt; figures go out.
//!
//! Owns routes, credentials, problems, receipts, the background judge, the pages for aanbieder and coördinator, and
//! the accept loop. Judges with the same `judging` as the exporter and by its own definition; a pakket made with other
//! rules is told so and not judged. Leaves storage to `lake`, reading what came in to `pakket`, and where published
//! figures, answers to SQL and workbooks come from to the one who fills [`FigureSource`], [`SqlSource`] and [`FindingsWorkbook`]. Never logs a value from a levering, nor a credential.

mod accept_loop;
mod answer_origin;
mod answers_per_client;
mod auth;
mod catalogue;
mod cijfers;
mod compare_leveringen;
mod compare_versions;
mod content_type;
mod dot_plot_csv;
mod figure_filter;
mod figure_schema;
mod figure_source;
mod form_data;
mod gebied_names;
mod health;
mod indicators_and_gebieden;
mod judge;
mod judge_queue;
mod leveringen;
mod middleware;
mod moment_words;
mod newer_version;
mod nulopgaven;
mod ontvangstbewijs;
mod openapi;
mod own_figures;
mod pages;
mod pictures;
mod problem;
mod problem_map;
mod publicaties;
mod published_file;
mod receipt_keys;
mod request_body;
mod respons;
mod routes;
mod sql;
mod stored_levering;
mod streamed_answer;
mod uitvragen;
mod wording;

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, NaiveDate, Utc};
use lake::Lake;
use schema::{Definitie, Publisher};

pub use accept_loop::{Connections, serve, serve_with};
pub use auth::{Audience, RoleName};
pub use figure_source::{FigureAnswer, FigureError, FigureSource, FigureTable, FigureWriter};
pub use judge::BeforeJudging;
pub use leveringen::bevindingen::FindingsWorkbook;
pub use ontvangstbewijs::{Jwks, PublishedJwk, ReceiptKeyError, ReceiptSigner};
pub use pictures::{PictureForm, PictureMaker, PictureQuestion};
pub use problem::ProblemKind as Probleemsoort;
pub use routes::{ROUTES, Route};
pub use sql::{SqlError, SqlFormat, SqlQuestion, SqlSource};

/// Tells the time. Tests give one of their own.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Everything the service needs.
pub struct Services {
    /// Where leveringen are kept.
    pub lake: Lake,
    /// Signs receipts.
    pub sleutel: ReceiptSigner,
    /// Where published figures come from.
    pub cijfers: Arc<dyn FigureSource>,
    /// Who makes files of published pictures; without it there are none.
    pub pictures: Option<Arc<dyn PictureMaker>>,
    /// Who makes workbooks of findings.
    pub workbook: Arc<dyn FindingsWorkbook>,
    /// Who answers SQL; without it `/v1/sql` says so.
    pub sql: Option<Arc<dyn SqlSource>>,
    /// The definitions by which is judged; others are unknown here.
    pub definities: Vec<Definitie>,
    /// Tells the time.
    pub klok: Clock,
    /// How much may come in, and be asked at once.
    pub grenzen: IntakeLimits,
    /// Where the service is reached from outside, as in `https://omgang.example`. Forms must come from there, and
    /// `https` makes the session cookie `Secure`. Without it the `Host` header decides.
    pub adres: Option<String>,
    /// Who signs receipts.
    pub naam: String,
    /// Who publishes the figures.
    pub publisher: Publisher,
    /// The page that checks a file in the browser, as `make browser` makes it; without it `/controleren` says so.
    pub check_page: Option<PathBuf>,
}

/// How much may come in, and be asked at once.
#[derive(Debug, Clone)]
pub struct IntakeLimits {
    /// Bytes of one file as it travels.
    pub bestand: u64,
    /// Bytes of one CSV inside.
    pub unpacked: u64,
    /// Leveringen judged at once.
    pub at_once: usize,
    /// Answers with published data that one address may be reading at once.
    pub downloads: usize,
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

impl Default for IntakeLimits {
    fn default() -> Self {
        Self {
            bestand: 1 << 30,
            unpacked: 8 << 30,
            at_once: 2,
            downloads: 32,
            pace: Pace::default(),
        }
    }
}

impl Services {
    /// The usual: the system's clock, every definition that is compiled in, and the usual limits.
    ///
    /// # Errors
    /// When a compiled-in definition is not valid.
    pub fn new(
        lake: Lake,
        key: ReceiptSigner,
        cijfers: Arc<dyn FigureSource>,
        workbook: Arc<dyn FindingsWorkbook>,
    ) -> Result<Self, schema::DefinitieError> {
        let definities = Definitie::names()
            .iter()
            .map(|name| Definitie::load(name))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            lake,
            sleutel: key,
            cijfers,
            workbook,
            pictures: None,
            sql: None,
            definities,
            klok: Arc::new(Utc::now),
            grenzen: IntakeLimits::default(),
            adres: None,
            naam: "Omgangsmonitor".to_owned(),
            publisher: Publisher::default(),
            check_page: pages::check::beside_program(),
        })
    }
}

/// What every handler shares.
#[derive(Clone)]
pub(crate) struct App(Arc<AppCore>);

pub(crate) struct AppCore {
    services: Services,
    pub(crate) judge_queue: judge_queue::JudgeQueue,
    pub(crate) readiness: health::Readiness,
    pub(crate) downloads: answers_per_client::Downloads,
    pub(crate) picture_cache: pictures::PictureCache,
    pub(crate) sessions: auth::Sessions,
    pub(crate) previews: leveringen::preview::Previews,
    pub(crate) forms: leveringen::form_upload::Forms,
}

impl Deref for App {
    type Target = AppCore;

    fn deref(&self) -> &AppCore {
        &self.0
    }
}

impl Deref for AppCore {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl AppCore {
    /// The definition of an uitvraag in a year.
    pub(crate) fn definitie(&self, uitvraag: &str, jaar: i32) -> Option<&Definitie> {
        self.definities
            .iter()
            .find(|d| d.uitvraag == uitvraag && d.jaar == jaar)
    }

    /// Whether there is an uitvraag of this name, in any year.
    pub(crate) fn knows_uitvraag(&self, uitvraag: &str) -> bool {
        self.definities.iter().any(|d| d.uitvraag == uitvraag)
    }

    /// Now.
    pub(crate) fn nu(&self) -> DateTime<Utc> {
        (self.klok)()
    }

    /// Today, in the Netherlands.
    pub(crate) fn today(&self) -> NaiveDate {
        schema::dutch_time::local(self.nu()).date()
    }

    /// Whether browsers reach the service over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.adres
            .as_deref()
            .is_some_and(|address| address.starts_with("https://"))
    }
}

/// All routes, ready to serve. Must be called within a tokio runtime: the judge starts, and takes up what a crash
/// left unjudged. Call [`Lake::recover`] before.
pub fn router(services: Services) -> Router {
    assemble(services, None)
}

/// As [`router`], with something that runs at the begin of every judgement: for tests of judgements that fail.
pub fn router_with(services: Services, before: BeforeJudging) -> Router {
    assemble(services, Some(before))
}

fn assemble(services: Services, before: Option<BeforeJudging>) -> Router {
    let judge_queue = judge_queue::JudgeQueue::new(&services, before);
    let app = App(Arc::new(AppCore {
        services,
        judge_queue,
        readiness: health::Readiness::default(),
        downloads: answers_per_client::Downloads::default(),
        picture_cache: pictures::PictureCache::default(),
        sessions: auth::Sessions::default(),
        previews: leveringen::preview::Previews::default(),
        forms: leveringen::form_upload::Forms::default(),
    }));
    tokio::spawn(start(app.clone()));
    middleware::wrap(routes::build(&app), &app)
}

/// What has to happen once, and may fail without keeping the service down.
async fn start(app: App) {
    let stamp = lake::Stamp::new("omgangsmonitor", app.nu());
    if let Err(error) = app
        .lake
        .store_key(app.sleutel.kid(), &app.sleutel.public(), &stamp)
        .await
    {
        tracing::error!(%error, "the receipt key could not be kept in the register");
    }
    if let Err(error) = finish_refusals(&app, &stamp).await {
        tracing::error!(%error, "what was refused could not be erased");
    }
    let look = app.grenzen.pace.look;
    let service = Arc::downgrade(&app.0);
    drop(app);
    keep_looking(service, look).await;
}

/// Hands the judge what waits, now and then, for as long as there is a service: a crash left it, or a command beside
/// the service let it go. Empties the register's log of what was erased, where someone who read it stood in the way.
async fn keep_looking(service: Weak<AppCore>, look: Duration) {
    while let Some(core) = service.upgrade() {
        if let Err(error) = core.judge_queue.take_up_waiting().await {
            tracing::warn!(%error, "could not look for leveringen that wait to be judged");
        }
        if let Err(error) = core.lake.wipe_log().await {
            tracing::warn!(%error, "the register's log could not be emptied");
        }
        drop(core);
        tokio::time::sleep(look).await;
    }
}

/// A crash between refusing a levering and erasing it leaves data that may not be kept.
async fn finish_refusals(app: &App, stamp: &lake::Stamp) -> Result<(), lake::LakeError> {
    let filter = lake::LeveringFilter {
        toestand: Some(schema::Toestand::Afgekeurd),
        ..lake::LeveringFilter::default()
    };
    for levering in app.lake.leveringen(filter).await? {
        if levering.refused().is_some() {
            app.lake.erase(levering.id, stamp).await?;
            tracing::info!(levering = %levering.id, "refused levering erased");
        }
    }
    Ok(())
}
