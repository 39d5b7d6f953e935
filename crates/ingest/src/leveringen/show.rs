//! `GET /v1/leveringen` and `GET /v1/leveringen/{id}`: where do my leveringen stand?

use std::collections::BTreeMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use lake::LeveringFilter;
use serde::Deserialize;

use super::{LeveringContext, LeveringView, answer, find};
use crate::App;
use crate::auth::Caller;
use crate::problem::Problem;

/// Which leveringen.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowQuery {
    /// Name of the uitvraag.
    uitvraag: Option<String>,
    /// Reporting year.
    jaar: Option<i32>,
}

/// An aanbieder's own leveringen, or all of them for the coördinator; newest first.
#[utoipa::path(get, path = "/v1/leveringen", tag = "leveringen", params(ShowQuery), security(("token" = [])),
    responses((status = 200, description = "The leveringen", body = Vec<LeveringView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Query(choice): Query<ShowQuery>,
) -> Result<Response, Problem> {
    let filter = LeveringFilter {
        kvk: caller.kvk(),
        uitvraag: choice.uitvraag.as_deref(),
        jaar: choice.jaar,
        toestand: None,
    };
    let leveringen = app.lake.leveringen(filter).await?;
    let mut states: BTreeMap<(&str, &str, i32), LeveringContext<'_>> = BTreeMap::new();
    let mut views = Vec::with_capacity(leveringen.len());
    for levering in &leveringen {
        let key = (
            levering.kvk.as_str(),
            levering.uitvraag.as_str(),
            levering.jaar,
        );
        let context = match states.get(&key) {
            Some(context) => *context,
            None => *states
                .entry(key)
                .or_insert(LeveringContext::of(&app, key.0, key.1, key.2).await?),
        };
        views.push(LeveringView::new(
            levering,
            app.definitie(&levering.uitvraag, levering.jaar),
            context,
        ));
    }
    Ok(([(CACHE_CONTROL, "no-store")], Json(views)).into_response())
}

/// One levering: its state, what to do now and by when.
#[utoipa::path(get, path = "/v1/leveringen/{id}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering")),
    responses((status = 200, description = "The levering", body = LeveringView), (status = 404, description = "NOT_FOUND, also for another's levering")))]
pub(crate) async fn een(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    answer(&app, StatusCode::OK, &levering).await
}
