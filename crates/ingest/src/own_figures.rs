//! `GET /v1/eigen-cijfers/{uitvraag}/{jaar}`: an aanbieder's own exact figures, for it alone, as JSON or CSV.
//!
//! Owns reading them for who asks. Leaves computing to `analysis` and the page to `pages`.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, http::HeaderValue};
use schema::safe_csv::CsvCell;
use schema::{OwnFigures, SafeCsv};
use serde::Deserialize;

use crate::App;
use crate::auth::Caller;
use crate::content_type::{CSV, prefers_csv};
use crate::problem::{Problem, ProblemKind};
use crate::uitvragen::find;
use crate::wording;

/// In which form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnFiguresQuery {
    /// `json` or `csv`; goes before Accept.
    formaat: Option<FigureForm>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum FigureForm {
    Json,
    Csv,
}

/// The own figures of who asks, exact: for it alone.
#[utoipa::path(get, path = "/v1/eigen-cijfers/{uitvraag}/{jaar}", tag = "leveringen", security(("token" = [])),
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), OwnFiguresQuery),
    responses((status = 200, description = "The figures", body = Object), (status = 404, description = "NOT_FOUND: no such uitvraag, nothing delivered, or not computed yet")))]
pub(crate) async fn own_figures(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((uitvraag, jaar)): Path<(String, String)>,
    Query(query): Query<OwnFiguresQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let definitie = find(&app, &uitvraag, &jaar)?;
    let kvk = caller.kvk().unwrap_or_default();
    let own = of_aanbieder(&app, &definitie.uitvraag, definitie.jaar, kvk).await?;
    let own = own.ok_or_else(|| {
        Problem::new(
            ProblemKind::NOT_FOUND,
            wording::page::no_own_figures(definitie.jaar),
        )
    })?;
    let form = query.formaat.unwrap_or(if prefers_csv(&headers) {
        FigureForm::Csv
    } else {
        FigureForm::Json
    });
    let mut response = match form {
        FigureForm::Json => Json(&own).into_response(),
        FigureForm::Csv => {
            let name = format!(
                "attachment; filename=\"eigen-cijfers-{}-{}.csv\"",
                own.uitvraag, own.jaar
            );
            let headers = [(CONTENT_TYPE, CSV), (CONTENT_DISPOSITION, name.as_str())];
            (headers, table(&own)).into_response()
        }
    };
    let private = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, private);
    Ok(response)
}

/// The figures of one aanbieder, where they were computed and its levering counts.
pub(crate) async fn of_aanbieder(
    app: &App,
    uitvraag: &str,
    jaar: i32,
    kvk: &str,
) -> Result<Option<OwnFigures>, Problem> {
    let Some(bytes) = app.lake.own_figures(uitvraag, jaar, kvk).await? else {
        return Ok(None);
    };
    match serde_json::from_slice(&bytes) {
        Ok(own) => Ok(Some(own)),
        Err(error) => {
            tracing::error!(uitvraag, jaar, %error, "figures of an aanbieder are not readable: run the year again");
            Ok(None)
        }
    }
}

fn table(own: &OwnFigures) -> Vec<u8> {
    let mut csv = SafeCsv::new([
        "uitvraag",
        "jaar",
        "indicator",
        "titel",
        "eenheid",
        "uitsplitsing",
        "categorie",
        "waarde",
        "teller",
        "noemer",
        "n",
    ]);
    for figure in &own.cijfers {
        let mut indicators = own.indicatoren.iter();
        let title = indicators
            .find(|indicator| indicator.id == figure.indicator)
            .map_or("", |indicator| indicator.titel.as_str());
        let decimal = |number: Option<f64>| number.map_or(CsvCell::Empty, CsvCell::number);
        csv.row([
            CsvCell::text(&own.uitvraag),
            CsvCell::number(own.jaar),
            CsvCell::text(&figure.indicator),
            CsvCell::text(title),
            CsvCell::text(&figure.eenheid),
            CsvCell::text(&figure.uitsplitsing),
            CsvCell::text(&figure.categorie),
            decimal(figure.waarde),
            decimal(figure.teller),
            decimal(figure.noemer),
            figure.n.map_or(CsvCell::Empty, CsvCell::number),
        ]);
    }
    csv.finish()
}
