//! `GET /v1/leveringen/{id}/bevindingen`: what was found, as JSON, CSV or a workbook.
//!
//! Owns which form is given. Values of sensitive fields were left out before the judgement was kept, so they are not
//! here to be shown. Leaves judging to `judge_queue`, CSV to `schema`, and the workbook to the
//! one who fills [`FindingsWorkbook`].

use std::error::Error;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use schema::{Definitie, Oordeel};
use serde::Deserialize;

use super::{find, refuse_if_erased};
use crate::App;
use crate::auth::Caller;
use crate::content_type::{CSV, XLSX};
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// Makes the workbook of a judgement: the service itself reads and writes no zip.
pub trait FindingsWorkbook: Send + Sync {
    /// The judgement as a workbook (.xlsx).
    ///
    /// # Errors
    /// When it can't be put together.
    fn workbook(
        &self,
        oordeel: &Oordeel,
        definitie: &Definitie,
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>>;
}

/// In what form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormatQuery {
    /// `json`, `csv` or `xlsx`; goes before `Accept`.
    formaat: Option<Format>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    Json,
    Csv,
    Xlsx,
}

/// The judgement, once there is one.
#[utoipa::path(get, path = "/v1/leveringen/{id}/bevindingen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), FormatQuery),
    responses((status = 200, description = "The judgement (application/json), its findings (text/csv), or a workbook with the summary and the findings", body = Object), (status = 404, description = "NOT_FOUND: none, or not judged yet"), (status = 410, description = "GONE")))]
pub(crate) async fn bevindingen(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Query(choice): Query<FormatQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    refuse_if_erased(&levering)?;
    let oordeel = app.lake.oordeel(levering.id).await?;
    let oordeel = oordeel
        .ok_or_else(|| Problem::new(ProblemKind::NOT_FOUND, wording::refused::NOT_JUDGED))?;
    let (kind, name, content) = match choice.formaat.unwrap_or_else(|| preferred(&headers)) {
        Format::Json => return Ok(([(CACHE_CONTROL, "no-store")], Json(oordeel)).into_response()),
        Format::Csv => (
            CSV,
            format!("bevindingen-{}.csv", levering.id),
            schema::bevinding::csv(&oordeel.bevindingen),
        ),
        Format::Xlsx => {
            let definitie = app.definitie(&levering.uitvraag, levering.jaar);
            let definitie = definitie
                .ok_or_else(|| Problem::new(ProblemKind::PERIOD, wording::refused::UITVRAAG_OVER))?
                .clone();
            (
                XLSX,
                format!("bevindingen-{}.xlsx", levering.id),
                workbook(Arc::clone(&app.workbook), oordeel, definitie).await?,
            )
        }
    };
    let name = format!("attachment; filename=\"{name}\"");
    Ok((
        [
            (CONTENT_TYPE, kind),
            (CONTENT_DISPOSITION, &name),
            (CACHE_CONTROL, "no-store"),
        ],
        content,
    )
        .into_response())
}

/// What `Accept` asks for: JSON, unless it names another form and not JSON.
fn preferred(headers: &HeaderMap) -> Format {
    let accept = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    match () {
        () if accept.contains("json") => Format::Json,
        () if accept.contains("text/csv") => Format::Csv,
        () if accept.contains(XLSX) => Format::Xlsx,
        () => Format::Json,
    }
}

/// Takes a while with many findings: other requests go on meanwhile.
async fn workbook(
    source: Arc<dyn FindingsWorkbook>,
    oordeel: Oordeel,
    definitie: Definitie,
) -> Result<Vec<u8>, Problem> {
    let done = tokio::task::spawn_blocking(move || source.workbook(&oordeel, &definitie)).await;
    match done {
        Ok(Ok(content)) => Ok(content),
        error => {
            tracing::error!(succeeded = error.is_ok(), "no workbook of a judgement");
            Err(Problem::new(
                ProblemKind::INTERNAL,
                wording::refused::NO_WORKBOOK,
            ))
        }
    }
}
