//! `GET /v1/uitvragen` and below: what is asked, and the artefacts that follow from it.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use schema::Definitie;
use schema::definitie::Klok;
use serde::Serialize;

use crate::Staat;
use crate::leveringen::openen::OpenFout;
use crate::problem::{Problem, Soort};

/// An uitvraag in a year.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Uitvraag {
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
    klok: Klok,
    /// Hash of the definition.
    definitie: String,
    /// Hash of what decides a verdict; a pakket must carry the same.
    regels: String,
    /// The tables.
    tabellen: Vec<String>,
    /// Where the artefacts are.
    links: Vec<String>,
}

fn show(d: &Definitie) -> Uitvraag {
    Uitvraag {
        uitvraag: d.uitvraag.clone(),
        jaar: d.jaar,
        versie: d.versie,
        titel: d.titel.clone(),
        inleiding: d.inleiding.clone(),
        klok: d.klok.clone(),
        definitie: d.hash.clone(),
        regels: d.regelhash.clone(),
        tabellen: d.tabellen.iter().map(|t| t.naam.clone()).collect(),
        links: ["sjabloon", "codeboek", "datapackage"].iter().map(|a| format!("/v1/uitvragen/{}/{a}", d.naam())).collect(),
    }
}

/// Every uitvraag the service judges.
#[utoipa::path(get, path = "/v1/uitvragen", tag = "uitvragen", responses((status = 200, description = "The uitvragen", body = Vec<Uitvraag>)))]
pub async fn lijst(State(staat): State<Staat>) -> Json<Vec<Uitvraag>> {
    Json(staat.definities.iter().map(show).collect())
}

/// One uitvraag.
#[utoipa::path(get, path = "/v1/uitvragen/{uitvraag}/{jaar}", tag = "uitvragen",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year")),
    responses((status = 200, description = "The uitvraag", body = Uitvraag), (status = 404, description = "NOT_FOUND")))]
pub async fn een(State(staat): State<Staat>, Path((uitvraag, jaar)): Path<(String, String)>) -> Result<Response, Problem> {
    Ok(Json(show(find(&staat, &uitvraag, &jaar)?)).into_response())
}

fn find<'a>(staat: &'a Staat, uitvraag: &str, jaar: &str) -> Result<&'a Definitie, Problem> {
    let definitie = jaar.parse().ok().and_then(|jaar| staat.definitie(uitvraag, jaar));
    definitie.ok_or_else(|| Problem::new(Soort::NOT_FOUND, OpenFout::Uitvraag.to_string()))
}
