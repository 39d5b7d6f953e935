//! `GET /v1/leveringen/{id}/ontvangstbewijs`: the receipt, verifiable offline with `/v1/sleutels`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::find;
use crate::Staat;
use crate::problem::{Problem, Soort};
use crate::toegang::Wie;

/// The receipt of a signed levering.
#[utoipa::path(get, path = "/v1/leveringen/{id}/ontvangstbewijs", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "Compact JWS (EdDSA)", body = String, content_type = "application/jose"), (status = 404, description = "NOT_FOUND: none, or not signed yet")))]
pub async fn ontvangstbewijs(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    let jws = staat.lake.ontvangstbewijs(levering.id).await?;
    let jws = jws.ok_or_else(|| {
        Problem::new(
            Soort::NOT_FOUND,
            "Deze levering is niet ondertekend. Er is nog geen ontvangstbewijs.",
        )
    })?;
    let naam = format!(
        "attachment; filename=\"ontvangstbewijs-{}.jws\"",
        levering.id
    );
    let headers = [
        (CONTENT_TYPE, "application/jose".to_owned()),
        (CONTENT_DISPOSITION, naam),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, jws).into_response())
}
