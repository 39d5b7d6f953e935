//! `GET /v1/uitvragen` and below: what is asked, and the artefacts that follow from it.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue,
};
use axum::response::{IntoResponse, Response};
use schema::Definitie;
use schema::definitie::Calendar;
use serde::Serialize;

use crate::App;
use crate::content_type::XLSX;
use crate::leveringen::open::OpenError;
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// An uitvraag in a year.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct UitvraagView {
    /// Name.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
    /// Version of the definition.
    versie: u32,
    /// Title for people.
    titel: String,
    /// What is asked of whom.
    inleiding: String,
    /// The three dates.
    #[schema(value_type = Object)]
    klok: Calendar,
    /// Hash of the definition.
    definitie: String,
    /// Hash of what decides a verdict; a pakket must carry the same.
    regels: String,
    /// The tables.
    tabellen: Vec<String>,
    /// Where the artefacts are.
    links: Vec<String>,
}

fn show(d: &Definitie) -> UitvraagView {
    UitvraagView {
        uitvraag: d.uitvraag.clone(),
        jaar: d.jaar,
        versie: d.versie,
        titel: d.titel.clone(),
        inleiding: d.inleiding.clone(),
        klok: d.klok.clone(),
        definitie: d.hash.clone(),
        regels: d.regelhash.clone(),
        tabellen: d.tabellen.iter().map(|t| t.naam.clone()).collect(),
        links: ["sjabloon", "codeboek", "datapackage"]
            .iter()
            .map(|a| format!("/v1/uitvragen/{}/{a}", d.name()))
            .collect(),
    }
}

/// Every uitvraag the service judges.
#[utoipa::path(get, path = "/v1/uitvragen", tag = "uitvragen", responses((status = 200, description = "The uitvragen", body = Vec<UitvraagView>)))]
pub(crate) async fn list(State(app): State<App>) -> Json<Vec<UitvraagView>> {
    Json(app.definities.iter().map(show).collect())
}

/// One uitvraag.
#[utoipa::path(get, path = "/v1/uitvragen/{uitvraag}/{jaar}", tag = "uitvragen",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year")),
    responses((status = 200, description = "The uitvraag", body = UitvraagView), (status = 404, description = "NOT_FOUND")))]
pub(crate) async fn een(
    State(app): State<App>,
    Path((uitvraag, jaar)): Path<(String, String)>,
) -> Result<Response, Problem> {
    Ok(Json(show(find(&app, &uitvraag, &jaar)?)).into_response())
}

/// The Excel sjabloon.
#[utoipa::path(get, path = "/v1/uitvragen/{uitvraag}/{jaar}/sjabloon", tag = "uitvragen",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year")),
    responses((status = 200, description = "sjabloon.xlsx", body = Vec<u8>), (status = 404, description = "NOT_FOUND")))]
pub(crate) async fn sjabloon(
    State(app): State<App>,
    Path((uitvraag, jaar)): Path<(String, String)>,
) -> Result<Response, Problem> {
    give(&app, &uitvraag, &jaar, "sjabloon.xlsx", XLSX)
}

/// The codeboek: every field, code and rule in words.
#[utoipa::path(get, path = "/v1/uitvragen/{uitvraag}/{jaar}/codeboek", tag = "uitvragen",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year")),
    responses((status = 200, description = "codeboek.html", body = String, content_type = "text/html"), (status = 404, description = "NOT_FOUND")))]
pub(crate) async fn codeboek(
    State(app): State<App>,
    Path((uitvraag, jaar)): Path<(String, String)>,
) -> Result<Response, Problem> {
    give(
        &app,
        &uitvraag,
        &jaar,
        "codeboek.html",
        "text/html; charset=utf-8",
    )
}

/// The Frictionless datapackage.
#[utoipa::path(get, path = "/v1/uitvragen/{uitvraag}/{jaar}/datapackage", tag = "uitvragen",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year")),
    responses((status = 200, description = "datapackage.json", body = Object), (status = 404, description = "NOT_FOUND")))]
pub(crate) async fn datapackage(
    State(app): State<App>,
    Path((uitvraag, jaar)): Path<(String, String)>,
) -> Result<Response, Problem> {
    give(
        &app,
        &uitvraag,
        &jaar,
        "datapackage.json",
        "application/json",
    )
}

/// An artefact as `make generate` wrote it and the exporter hands it out.
fn give(
    app: &App,
    uitvraag: &str,
    jaar: &str,
    name: &str,
    kind: &'static str,
) -> Result<Response, Problem> {
    let definitie = find(app, uitvraag, jaar)?;
    let bytes = schema::artefact(&definitie.uitvraag, definitie.jaar, name);
    let bytes = bytes.ok_or_else(|| {
        Problem::new(
            ProblemKind::NOT_FOUND,
            wording::refused::NO_FILE_OF_UITVRAAG,
        )
    })?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=300"),
    );
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    if kind == XLSX {
        let value = format!(
            "attachment; filename=\"{}-{}-{name}\"",
            definitie.uitvraag, definitie.jaar
        );
        headers.insert(
            CONTENT_DISPOSITION,
            HeaderValue::from_str(&value).expect("names of uitvragen are plain"),
        );
    }
    Ok(response)
}

/// The codeboek is one file with its style inside.
const CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The definition of an uitvraag and year.
pub(crate) fn find<'a>(app: &'a App, uitvraag: &str, jaar: &str) -> Result<&'a Definitie, Problem> {
    let definitie = jaar
        .parse()
        .ok()
        .and_then(|jaar| app.definitie(uitvraag, jaar));
    definitie.ok_or_else(|| Problem::new(ProblemKind::NOT_FOUND, OpenError::Uitvraag.to_string()))
}
