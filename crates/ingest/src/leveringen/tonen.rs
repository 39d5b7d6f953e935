//! `GET /v1/leveringen` and `GET /v1/leveringen/{id}`: where do my leveringen stand?

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use lake::Filter;
use serde::Deserialize;

use super::{Stand, Weergave, answer, find};
use crate::Staat;
use crate::problem::Problem;
use crate::toegang::Wie;

/// Which leveringen.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Keuze {
    /// Name of the uitvraag.
    uitvraag: Option<String>,
    /// Reporting year.
    jaar: Option<i32>,
}

/// An aanbieder's own leveringen, or all of them for the coördinator; newest first.
#[utoipa::path(get, path = "/v1/leveringen", tag = "leveringen", params(Keuze), security(("token" = [])),
    responses((status = 200, description = "The leveringen", body = Vec<Weergave>)))]
pub async fn lijst(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Query(keuze): Query<Keuze>,
) -> Result<Response, Problem> {
    let filter = Filter {
        kvk: wie.kvk(),
        uitvraag: keuze.uitvraag.as_deref(),
        jaar: keuze.jaar,
        toestand: None,
    };
    let leveringen = staat.lake.leveringen(filter).await?;
    let mut standen: BTreeMap<(&str, &str, i32), Stand> = BTreeMap::new();
    let mut weergaven = Vec::with_capacity(leveringen.len());
    for levering in &leveringen {
        let sleutel = (
            levering.kvk.as_str(),
            levering.uitvraag.as_str(),
            levering.jaar,
        );
        let stand = match standen.get(&sleutel) {
            Some(stand) => *stand,
            None => *standen
                .entry(sleutel)
                .or_insert(Stand::of(&staat, sleutel.0, sleutel.1, sleutel.2).await?),
        };
        weergaven.push(Weergave::new(
            levering,
            staat.definitie(&levering.uitvraag, levering.jaar),
            stand,
        ));
    }
    Ok(([(CACHE_CONTROL, "no-store")], Json(weergaven)).into_response())
}

/// One levering: its state, what to do now and by when.
#[utoipa::path(get, path = "/v1/leveringen/{id}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "The levering", body = Weergave), (status = 404, description = "NOT_FOUND, also for another's levering")))]
pub async fn een(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    answer(&staat, StatusCode::OK, &levering).await
}
