//! `POST /v1/leveringen/{id}/intrekken`: take a levering back.
//!
//! Owns that taking back twice is the same as once. Leaves until when it can be done to `lake`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lake::Levering;
use schema::Toestand;

use super::{answer, find, refuse_if_erased, stamp};
use crate::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// Takes a levering back; a signed one until the freeze.
#[utoipa::path(post, path = "/v1/leveringen/{id}/intrekken", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "Taken back, now or before", body = super::LeveringView), (status = 409, description = "STATE or FROZEN")))]
pub(crate) async fn withdraw(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    let withdrawn = withdraw_levering(&app, &caller, levering).await?;
    answer(&app, StatusCode::OK, &withdrawn).await
}

/// Takes a levering back, or gives back what was taken back before.
///
/// # Errors
/// When its data are erased, its state does not allow it, or the data of the year are frozen.
pub(crate) async fn withdraw_levering(
    app: &App,
    caller: &Caller,
    levering: Levering,
) -> Result<Levering, Problem> {
    refuse_if_erased(&levering)?;
    if levering.toestand == Toestand::Ingetrokken {
        return Ok(levering);
    }
    let definitie = app
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(ProblemKind::PERIOD, wording::refused::UITVRAAG_OVER))?;
    let withdrawn = app
        .lake
        .withdraw(levering.id, &definitie.klok, &stamp(app, caller))
        .await?;
    tracing::info!(levering = %levering.id, "levering taken back");
    Ok(withdrawn)
}
