//! `POST /v1/leveringen/{id}/intrekken`: take a levering back.
//!
//! Owns that taking back twice is the same as once. Leaves until when it can be done to `lake`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use lake::Levering;
use schema::Toestand;

use super::{answer, find, refuse_if_erased, stempel};
use crate::Staat;
use crate::problem::{Problem, Soort};
use crate::toegang::Wie;

/// Takes a levering back; a signed one until the freeze.
#[utoipa::path(post, path = "/v1/leveringen/{id}/intrekken", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "Taken back, now or before", body = super::Weergave), (status = 409, description = "STATE or FROZEN")))]
pub async fn intrekken(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    let ingetrokken = withdraw(&staat, &wie, levering).await?;
    answer(&staat, StatusCode::OK, &ingetrokken).await
}

/// Takes a levering back, or gives back what was taken back before.
///
/// # Errors
/// When its data are erased, its state does not allow it, or the data of the year are frozen.
pub async fn withdraw(staat: &Staat, wie: &Wie, levering: Levering) -> Result<Levering, Problem> {
    refuse_if_erased(&levering)?;
    if levering.toestand == Toestand::Ingetrokken {
        return Ok(levering);
    }
    let definitie = staat
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(Soort::PERIOD, "Deze uitvraag loopt niet meer."))?;
    let ingetrokken = staat
        .lake
        .intrekken(levering.id, &definitie.klok, &stempel(staat, wie))
        .await?;
    tracing::info!(levering = %levering.id, "levering taken back");
    Ok(ingetrokken)
}
