//! `GET /v1/leveringen/{id}/ontvangstbewijs`: the receipt, verifiable offline with `/v1/sleutels`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::find;
use crate::App;
use crate::auth::Caller;
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// The receipt of a signed levering.
#[utoipa::path(get, path = "/v1/leveringen/{id}/ontvangstbewijs", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "Compact JWS (EdDSA)", body = String, content_type = "application/jose"), (status = 404, description = "NOT_FOUND: none, or not signed yet")))]
pub(crate) async fn ontvangstbewijs(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    let jws = app.lake.ontvangstbewijs(levering.id).await?;
    let jws =
        jws.ok_or_else(|| Problem::new(ProblemKind::NOT_FOUND, wording::refused::NOT_SIGNED))?;
    let name = format!(
        "attachment; filename=\"ontvangstbewijs-{}.jws\"",
        levering.id
    );
    let headers = [
        (CONTENT_TYPE, "application/jose".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, jws).into_response())
}
