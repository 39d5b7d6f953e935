//! `GET /v1/leveringen/{id}/bevindingen`: what was found, as JSON, CSV or a workbook.
//!
//! Owns which form is given. Values of sensitive fields were left out before the judgement was kept, so they are not
//! here to be shown. Leaves judging to `beoordelaar`, CSV to `schema`, and the workbook to the
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
use crate::Staat;
use crate::problem::{Problem, Soort};
use crate::tabeltekst::{CSV, XLSX};
use crate::toegang::Wie;

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
pub struct Keuze {
    /// `json`, `csv` or `xlsx`; goes before `Accept`.
    formaat: Option<Formaat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Formaat {
    Json,
    Csv,
    Xlsx,
}

/// The judgement, once there is one.
#[utoipa::path(get, path = "/v1/leveringen/{id}/bevindingen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), Keuze),
    responses((status = 200, description = "The judgement (application/json), its findings (text/csv), or a workbook with the summary and the findings", body = Object), (status = 404, description = "NOT_FOUND: none, or not judged yet"), (status = 410, description = "GONE")))]
pub async fn bevindingen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
    Query(keuze): Query<Keuze>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    refuse_if_erased(&levering)?;
    let oordeel = staat.lake.oordeel(levering.id).await?;
    let oordeel = oordeel.ok_or_else(|| {
        Problem::new(Soort::NOT_FOUND, "Deze levering is nog niet gecontroleerd.")
    })?;
    let (soort, naam, inhoud) = match keuze.formaat.unwrap_or_else(|| preferred(&headers)) {
        Formaat::Json => return Ok(([(CACHE_CONTROL, "no-store")], Json(oordeel)).into_response()),
        Formaat::Csv => (
            CSV,
            format!("bevindingen-{}.csv", levering.id),
            schema::bevinding::csv(&oordeel.bevindingen),
        ),
        Formaat::Xlsx => {
            let definitie = staat.definitie(&levering.uitvraag, levering.jaar);
            let definitie = definitie
                .ok_or_else(|| Problem::new(Soort::PERIOD, "Deze uitvraag loopt niet meer."))?
                .clone();
            (
                XLSX,
                format!("bevindingen-{}.xlsx", levering.id),
                workbook(Arc::clone(&staat.workbook), oordeel, definitie).await?,
            )
        }
    };
    let naam = format!("attachment; filename=\"{naam}\"");
    Ok((
        [
            (CONTENT_TYPE, soort),
            (CONTENT_DISPOSITION, &naam),
            (CACHE_CONTROL, "no-store"),
        ],
        inhoud,
    )
        .into_response())
}

/// What `Accept` asks for: JSON, unless it names another form and not JSON.
fn preferred(headers: &HeaderMap) -> Formaat {
    let accept = headers
        .get(ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    match () {
        () if accept.contains("json") => Formaat::Json,
        () if accept.contains("text/csv") => Formaat::Csv,
        () if accept.contains(XLSX) => Formaat::Xlsx,
        () => Formaat::Json,
    }
}

/// Takes a while with many findings: other requests go on meanwhile.
async fn workbook(
    source: Arc<dyn FindingsWorkbook>,
    oordeel: Oordeel,
    definitie: Definitie,
) -> Result<Vec<u8>, Problem> {
    let klaar = tokio::task::spawn_blocking(move || source.workbook(&oordeel, &definitie)).await;
    match klaar {
        Ok(Ok(inhoud)) => Ok(inhoud),
        fout => {
            tracing::error!(gelukt = fout.is_ok(), "no workbook of a judgement");
            Err(Problem::new(
                Soort::INTERNAL,
                "Het Excel-bestand is niet te maken. Kies csv of json.",
            ))
        }
    }
}
