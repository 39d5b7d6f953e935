//! `PUT /v1/leveringen/{id}/toelichtingen`: answers to signalen.
//!
//! Owns which signalen take an answer, and carrying answers over to a next levering whose findings are the same. The code
//! becomes a footnote; the words stay with the coördinator. Leaves what an answer may be to
//! `pakket::answer`, keeping them to `lake`.

use std::collections::BTreeSet;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use check::toelichting_key;
use lake::{LakeError, Levering, LeveringFilter};
use pakket::answer::{AnswerObjection, objection};
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst, Oordeel};

use super::{answer, find, refuse_if_erased, stamp};
use crate::App;
use crate::auth::Caller;
use crate::body::{self, BodyError};
use crate::problem::{Problem, ProblemKind};
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
    let toelichtingen: Vec<Toelichting> = body::json(&headers, body, BYTES)
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

/// The answers of earlier leveringen of the same year that still fit: what that signaal found bears the same
/// fingerprint. The newest answer goes first; what travelled with the pakket goes before all.
///
/// # Errors
/// When the register fails.
pub(crate) async fn carried_over(
    lake: &lake::Lake,
    levering: &Levering,
    oordeel: &Oordeel,
) -> Result<Vec<Toelichting>, LakeError> {
    let mut open: Vec<String> = oordeel
        .regels
        .iter()
        .filter(|r| {
            r.ernst == Ernst::Signaal && !levering.toelichtingen.iter().any(|t| t.code == r.code)
        })
        .map(|r| r.code.clone())
        .collect();
    let mut over = Vec::new();
    if open.is_empty() {
        return Ok(over);
    }
    let filter = LeveringFilter {
        kvk: Some(&levering.kvk),
        uitvraag: Some(&levering.uitvraag),
        jaar: Some(levering.jaar),
        toestand: None,
    };
    for earlier in lake.leveringen(filter).await? {
        if earlier.id == levering.id || earlier.toelichtingen.is_empty() || open.is_empty() {
            continue;
        }
        let Some(then) = lake.oordeel(earlier.id).await? else {
            continue;
        };
        for toelichting in &earlier.toelichtingen {
            let is_open = open.iter().position(|code| *code == toelichting.code);
            let key = toelichting_key(oordeel, &toelichting.code);
            if let Some(place) = is_open
                && key.is_some()
                && key == toelichting_key(&then, &toelichting.code)
            {
                over.push(toelichting.clone());
                open.swap_remove(place);
            }
        }
    }
    Ok(over)
}
