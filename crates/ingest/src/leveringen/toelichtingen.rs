//! `PUT /v1/leveringen/{id}/toelichtingen`: answers to signalen.
//!
//! Owns which signalen take an answer. The code becomes a footnote; the words stay with the coördinator. Leaves what an
//! answer may be to `pakket::toelichting`, keeping them to `lake`, and carrying them over to a next levering to the judge.

use std::collections::BTreeSet;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{LakeError, Levering};
use pakket::toelichting::{AnswerObjection, objection};
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst};

use super::{answer, find, refuse_if_erased, stamp};
use crate::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemKind};
use crate::request_body::{self, BodyError};
use crate::wording;

/// Why answers were refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AnswerError {
    /// The body is not right.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// No such signaal in the definition.
    #[error("Een van de toelichtingen hoort bij geen enkel signaal van deze uitvraag.")]
    NoSignaal,
    /// Two answers to one signaal.
    #[error("Een van de signalen heeft twee toelichtingen. Geef er één.")]
    Duplicate,
    /// "Anders" without words.
    #[error("Bij het antwoord \"anders\" hoort uitleg. Leg kort uit wat er is.")]
    NoWords,
    /// More words than fit.
    #[error("Een van de toelichtingen is langer dan 2000 tekens.")]
    TooLong,
    /// Control characters.
    #[error(
        "In een van de toelichtingen staan tekens die niet zichtbaar zijn. Typ de tekst opnieuw."
    )]
    Characters,
    /// A BSN in the words.
    #[error("In een toelichting staat iets dat op een burgerservicenummer lijkt. Haal het weg.")]
    Bsn,
    /// The register refused.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

const BYTES: usize = 256 * 1024;

/// Adds or replaces answers; with every signaal answered the levering becomes akkoord.
#[utoipa::path(put, path = "/v1/leveringen/{id}/toelichtingen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    request_body(content = Vec<Object>, description = "Answers: code, antwoord, woorden", content_type = "application/json"),
    responses((status = 200, description = "Kept", body = super::LeveringView), (status = 409, description = "STATE"), (status = 422, description = "TOELICHTING, BSN_SUSPECTED or JSON_INVALID")))]
pub(crate) async fn explain(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    let toelichtingen: Vec<Toelichting> = request_body::json(&headers, body, BYTES)
        .await
        .map_err(AnswerError::from)?;
    let levering = keep(&app, &caller, &levering, &toelichtingen).await?;
    answer(&app, StatusCode::OK, &levering).await
}

/// Judges and keeps answers to the signalen of one levering.
///
/// # Errors
/// When an answer is not right or the levering takes none.
pub(crate) async fn keep(
    app: &App,
    caller: &Caller,
    levering: &Levering,
    toelichtingen: &[Toelichting],
) -> Result<Levering, Problem> {
    refuse_if_erased(levering)?;
    let definitie = app
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(ProblemKind::PERIOD, wording::refused::UITVRAAG_OVER))?;
    judge(definitie, toelichtingen)?;
    let stored = app
        .lake
        .explain(levering.id, toelichtingen, &stamp(app, caller))
        .await?;
    tracing::info!(levering = %levering.id, answers = toelichtingen.len(), "signalen answered");
    Ok(stored)
}

/// Whether answers are fit to keep, whatever levering they are for.
///
/// # Errors
/// When one of them is not.
pub(crate) fn judge(
    definitie: &Definitie,
    toelichtingen: &[Toelichting],
) -> Result<(), AnswerError> {
    let mut seen = BTreeSet::new();
    for toelichting in toelichtingen {
        if definitie
            .regel(&toelichting.code)
            .is_none_or(|r| r.ernst != Ernst::Signaal)
        {
            return Err(AnswerError::NoSignaal);
        }
        if !seen.insert(toelichting.code.as_str()) {
            return Err(AnswerError::Duplicate);
        }
        match objection(toelichting.antwoord, &toelichting.woorden) {
            None => {}
            Some(AnswerObjection::NoWords) => return Err(AnswerError::NoWords),
            Some(AnswerObjection::TooLong) => return Err(AnswerError::TooLong),
            Some(AnswerObjection::Invisible) => return Err(AnswerError::Characters),
            Some(AnswerObjection::Bsn) => return Err(AnswerError::Bsn),
        }
    }
    Ok(())
}
