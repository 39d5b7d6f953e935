//! Everything under `/v1/leveringen`: one file per thing one can do with a levering.
//!
//! Owns what they share: how a levering is shown, and that another aanbieder's levering does not exist for you
//! (404, not 403). Leaves the steps themselves to `lake` and the judging to `judge_queue`.

pub(crate) mod bevindingen;
pub(crate) mod confirm;
pub(crate) mod form_upload;
pub(crate) mod ontvangstbewijs;
pub(crate) mod open;
pub(crate) mod preview;
pub(crate) mod show;
pub(crate) mod sign;
pub(crate) mod toelichtingen;
pub(crate) mod upload;
pub(crate) mod withdraw;

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};
use lake::{LakeError, Levering, LeveringId, Stamp};
use schema::bevinding::{Ernst, RegelTelling};
use schema::{Definitie, Situation, Toestand};
use serde::Serialize;

use crate::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// A levering as the API shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct LeveringView {
    /// Identity.
    pub id: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// KvK number.
    pub aanbieder: String,
    /// Name of the aanbieder, where one levering is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aanbieder_naam: Option<String>,
    /// Whether it says that there is nothing to report.
    pub nulopgave: bool,
    /// State.
    pub toestand: &'static str,
    /// What to do now, in Dutch.
    pub volgende_stap: String,
    /// Last day to deliver, ISO 8601.
    pub uiterlijk: Option<String>,
    /// When it was opened, RFC 3339.
    pub geopend: String,
    /// The files, how far they are.
    pub bestanden: Vec<FileView>,
    /// Rows per table, once judged.
    pub rijen: BTreeMap<String, u64>,
    /// Exact counts per rule that spoke, once judged.
    #[schema(value_type = Vec<Object>)]
    pub regels: Vec<RegelTelling>,
    /// Signalen that want an answer.
    pub open_signalen: Vec<String>,
    /// Who signed.
    pub ondertekenaar: Option<String>,
    /// Where the ontvangstbewijs is, once signed.
    pub ontvangstbewijs: Option<String>,
}

/// One file of a levering.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct FileView {
    /// Table.
    pub tabel: String,
    /// Length announced.
    pub bytes: u64,
    /// Bytes that are durable.
    pub offset: u64,
    /// `sha256:<hex>` announced.
    pub hash: String,
}

impl LeveringView {
    /// Shows a levering; `definitie` gives the clock and is there for every year the service knows.
    pub(crate) fn new(
        levering: &Levering,
        definitie: Option<&Definitie>,
        context: LeveringContext<'_>,
    ) -> Self {
        let id = levering.id.to_string();
        Self {
            uitvraag: levering.uitvraag.clone(),
            jaar: levering.jaar,
            aanbieder: levering.kvk.clone(),
            aanbieder_naam: None,
            nulopgave: levering.nulopgave,
            toestand: shown(levering).name(),
            volgende_stap: next_step(levering, context),
            uiterlijk: definitie.map(|d| d.klok.inleveren.to_string()),
            geopend: levering
                .geopend
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            bestanden: levering
                .bestanden
                .iter()
                .map(|b| FileView {
                    tabel: b.tabel.clone(),
                    bytes: b.bytes,
                    offset: b.offset,
                    hash: b.hash.clone(),
                })
                .collect(),
            rijen: levering.rijen.clone(),
            regels: levering.regels.clone(),
            open_signalen: if levering.toestand == Toestand::TeBevestigen {
                levering.open_signalen()
            } else {
                Vec::new()
            },
            ondertekenaar: levering.ondertekenaar.as_ref().map(ToString::to_string),
            ontvangstbewijs: levering
                .has_ontvangstbewijs
                .then(|| format!("/v1/leveringen/{id}/ontvangstbewijs")),
            id,
        }
    }
}

/// What the register says, beside the state of a levering, of what an aanbieder can still do about a year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeveringContext<'a> {
    /// How it is now; `None` for a year without a definition: there is nothing to do.
    pub situation: Option<Situation<'a>>,
}

impl<'a> LeveringContext<'a> {
    /// How it is now.
    ///
    /// # Errors
    /// When the register fails.
    pub(crate) async fn of(
        app: &'a App,
        kvk: &str,
        uitvraag: &str,
        jaar: i32,
    ) -> Result<Self, LakeError> {
        let Some(definitie) = app.definitie(uitvraag, jaar) else {
            return Ok(Self { situation: None });
        };
        let (lake, calendar, nu) = (&app.lake, &definitie.klok, app.nu());
        let uitstel = lake.uitstel(kvk, uitvraag, jaar).await?;
        Ok(Self {
            situation: Some(Situation {
                calendar,
                jaar,
                today: app.today(),
                frozen: lake
                    .is_frozen(Some(kvk), uitvraag, jaar, calendar, nu)
                    .await?,
                published: lake.next_version(uitvraag, jaar).await? > 1,
                uitstel: uitstel.filter(|until| nu <= *until).map(last_day),
                nothing_counts: lake.in_force(kvk, uitvraag, jaar).await?.is_none(),
            }),
        })
    }

    /// Nothing of this year can be delivered any more.
    pub(crate) fn is_frozen(&self) -> bool {
        self.situation.is_none_or(|situation| situation.frozen)
    }
}

/// The last day that is wholly before a moment, or holds it.
fn last_day(until: lake::Time) -> chrono::NaiveDate {
    schema::dutch_time::local(until - chrono::TimeDelta::seconds(1)).date()
}

/// What to do now, in the words that exporter, API and pages share.
pub(crate) fn next_step(levering: &Levering, context: LeveringContext<'_>) -> String {
    if levering.quarantaine.is_some() {
        return wording::levering::UNREADABLE.to_owned();
    }
    if levering.judging_is_stuck() {
        return wording::levering::JUDGING_STUCK.to_owned();
    }
    if let Some(code) = levering.refused() {
        return wording::levering::refused(code);
    }
    match context.situation {
        Some(situation) => situation.next_step(levering.toestand),
        None => wording::levering::ASK_COORDINATOR.to_owned(),
    }
}

/// The state as it is shown: a refused levering is on its way to gewist the moment it is judged.
fn shown(levering: &Levering) -> Toestand {
    if levering.refused().is_some() {
        Toestand::Gewist
    } else {
        levering.toestand
    }
}

/// How many findings of this weight stand in the counts.
pub(crate) fn count(levering: &Levering, ernst: Ernst) -> u64 {
    levering
        .regels
        .iter()
        .filter(|r| r.ernst == ernst)
        .map(|r| r.aantal)
        .sum()
}

/// Answers with a levering, with all there is to say of it now.
///
/// # Errors
/// When the register fails.
pub(crate) async fn answer(
    app: &App,
    status: StatusCode,
    levering: &Levering,
) -> Result<Response, Problem> {
    let context =
        LeveringContext::of(app, &levering.kvk, &levering.uitvraag, levering.jaar).await?;
    let name = app.lake.aanbieder(&levering.kvk).await?.map(|a| a.naam);
    let view = LeveringView::new(
        levering,
        app.definitie(&levering.uitvraag, levering.jaar),
        context,
    );
    Ok(json_answer(
        status,
        LeveringView {
            aanbieder_naam: name,
            ..view
        },
    ))
}

fn json_answer(status: StatusCode, view: LeveringView) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(view)).into_response()
}

/// Answers with a levering that was opened now or before, and says where it is.
///
/// # Errors
/// When the register fails.
pub(crate) async fn opened(
    app: &App,
    status: StatusCode,
    levering: &Levering,
) -> Result<Response, Problem> {
    let mut response = answer(app, status, levering).await?;
    let address = HeaderValue::from_str(&format!("/v1/leveringen/{}", levering.id))
        .expect("an id is hexadecimal and dashes");
    response.headers_mut().insert(LOCATION, address);
    Ok(response)
}

/// The levering with this id, if the one who asks may know of it: an aanbieder only its own, a coördinator each one.
///
/// # Errors
/// 404 when there is none, when it is another's, or when the id is no id.
pub(crate) async fn find(app: &App, caller: &Caller, id: &str) -> Result<Levering, Problem> {
    let id: LeveringId = id.parse().map_err(|_| unknown())?;
    let busy = app.judge_queue.is_busy_with(id);
    let mut levering = app.lake.levering(id).await?.ok_or_else(unknown)?;
    // The last attempt is counted when it begins, and given up only when it has failed.
    if busy {
        levering.attempts = levering.attempts.min(lake::ATTEMPTS - 1);
    }
    match caller.kvk() {
        Some(kvk) if levering.kvk != kvk => Err(unknown()),
        _ => Ok(levering),
    }
}

fn unknown() -> Problem {
    Problem::new(ProblemKind::NOT_FOUND, wording::refused::UNKNOWN_LEVERING)
}

/// Refuses what needs data when those were erased.
///
/// # Errors
/// 410 when they were.
pub(crate) fn refuse_if_erased(levering: &Levering) -> Result<(), Problem> {
    if let Some(code) = levering.refused() {
        return Err(
            Problem::new(ProblemKind::GONE, wording::levering::refused(code))
                .with("weigering", code),
        );
    }
    if levering.toestand == Toestand::Gewist {
        return Err(Problem::new(ProblemKind::GONE, wording::refused::ERASED));
    }
    Ok(())
}

/// The stamp under a change.
pub(crate) fn stamp(app: &App, caller: &Caller) -> Stamp {
    Stamp::new(caller.name(), app.nu())
}
