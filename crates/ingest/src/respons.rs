//! `GET /v1/respons`: who was expected, and what became of it.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::Staat;
use crate::leveringen::openen::OpenFout;
use crate::problem::Problem;

/// Of which uitvraag and year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Keuze {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
}

/// The response as it stands now.
#[utoipa::path(get, path = "/v1/respons", tag = "coordinator", params(Keuze), security(("token" = [])),
    responses((status = 200, description = "Every expected aanbieder and its outcome", body = Object), (status = 422, description = "PERIOD or SCHEMA_VERSION")))]
pub async fn respons(
    State(staat): State<Staat>,
    Query(keuze): Query<Keuze>,
) -> Result<Response, Problem> {
    if staat.definitie(&keuze.uitvraag, keuze.jaar).is_none() {
        let fout = if staat.kent_uitvraag(&keuze.uitvraag) {
            OpenFout::Jaar
        } else {
            OpenFout::Uitvraag
        };
        return Err(fout.into());
    }
    let respons = staat.lake.respons(&keuze.uitvraag, keuze.jaar).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(respons)).into_response())
}
