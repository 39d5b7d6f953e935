//! `GET /healthz` and `GET /readyz`: is the process there, and can it take work?

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};

use crate::Staat;
use crate::problem::{Problem, Soort};

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "beheer", responses((status = 200, description = "Alive", body = String)))]
pub async fn healthz() -> Response {
    ([(CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// The register takes writes.
#[utoipa::path(get, path = "/readyz", tag = "beheer", responses((status = 200, description = "Ready", body = String), (status = 503, description = "UNAVAILABLE")))]
pub async fn readyz(State(staat): State<Staat>) -> Result<Response, Problem> {
    if let Err(fout) = staat.lake.gereed().await {
        tracing::warn!(%fout, "not ready");
        return Err(Problem::new(
            Soort::UNAVAILABLE,
            "De dienst kan nu niets opslaan.",
        ));
    }
    Ok(([(CACHE_CONTROL, "no-store")], "ok\n").into_response())
}
