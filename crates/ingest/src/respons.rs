//! `GET /v1/respons`: who was expected, and what became of it.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::App;
use crate::leveringen::open::OpenError;
use crate::problem::Problem;

/// Of which uitvraag and year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResponsQuery {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
}

/// The response as it stands now.
#[utoipa::path(get, path = "/v1/respons", tag = "coordinator", params(ResponsQuery), security(("token" = [])),
    responses((status = 200, description = "Every expected aanbieder and its outcome", body = Object), (status = 422, description = "PERIOD or SCHEMA_VERSION")))]
pub(crate) async fn respons(
    State(app): State<App>,
    Query(choice): Query<ResponsQuery>,
) -> Result<Response, Problem> {
    if app.definitie(&choice.uitvraag, choice.jaar).is_none() {
        let error = if app.knows_uitvraag(&choice.uitvraag) {
            OpenError::Jaar
        } else {
            OpenError::Uitvraag
        };
        return Err(error.into());
    }
    let respons = app.lake.respons(&choice.uitvraag, choice.jaar).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(respons)).into_response())
}
