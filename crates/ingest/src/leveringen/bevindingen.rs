//! `GET /v1/leveringen/{id}/bevindingen`: what was found, as JSON or CSV.
//!
//! Owns both forms. Values of sensitive fields were left out before the judgement was kept, so they are not here to
//! be shown. Leaves judging to `beoordelaar`.

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use schema::{Ernst, Oordeel};
use serde::Deserialize;

use super::{find, refuse_if_erased};
use crate::Staat;
use crate::problem::{Problem, Soort};
use crate::tabeltekst::{Cel, Csv};
use crate::toegang::Wie;

/// In what form.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Keuze {
    /// `json` or `csv`; goes before `Accept`.
    formaat: Option<String>,
}

/// The judgement, once there is one.
#[utoipa::path(get, path = "/v1/leveringen/{id}/bevindingen", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), Keuze),
    responses((status = 200, description = "The judgement (application/json) or its findings (text/csv)", body = Object), (status = 404, description = "NOT_FOUND: none, or not judged yet"), (status = 410, description = "GONE")))]
pub async fn bevindingen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path(id): Path<String>,
    Query(keuze): Query<Keuze>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let levering = find(&staat, &wie, &id).await?;
    refuse_if_erased(&levering)?;
    let als_csv = match keuze.formaat.as_deref() {
        Some("csv") => true,
        Some("json") => false,
        Some(_) => return Err(Problem::new(Soort::PARAMETER, "De waarde van `formaat` kan niet. Kies json of csv.")),
        None => prefers_csv(&headers),
    };
    let oordeel = staat.lake.oordeel(levering.id).await?;
    let oordeel = oordeel.ok_or_else(|| Problem::new(Soort::NOT_FOUND, "Deze levering is nog niet gecontroleerd."))?;
    if !als_csv {
        return Ok(([(CACHE_CONTROL, "no-store")], Json(oordeel)).into_response());
    }
    let naam = format!("attachment; filename=\"bevindingen-{}.csv\"", levering.id);
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, naam), (CACHE_CONTROL, "no-store".to_owned())];
    Ok((headers, csv_of(&oordeel)).into_response())
}

fn prefers_csv(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    accept.contains("text/csv") && !accept.contains("json")
}

fn csv_of(oordeel: &Oordeel) -> Vec<u8> {
    const KOP: [&str; 12] =
        ["code", "ernst", "tabel", "veld", "bestand", "rij", "kolom", "cel", "gevonden", "bericht", "verwacht", "herstel"];
    fn tekst(waarde: Option<&String>) -> Cel<'_> {
        waarde.map_or(Cel::Leeg, |t| Cel::Tekst(t))
    }
    let mut csv = Csv::new(&KOP);
    for b in &oordeel.bevindingen {
        csv.row(&[
            Cel::Tekst(&b.code),
            Cel::Tekst(weight(b.ernst)),
            Cel::Tekst(&b.tabel),
            Cel::Tekst(&b.veld),
            tekst(b.plaats.bestand.as_ref()),
            b.plaats.rij.map_or(Cel::Leeg, |r| Cel::Vast(r.to_string())),
            tekst(b.plaats.kolom.as_ref()),
            tekst(b.plaats.cel.as_ref()),
            tekst(b.gevonden.as_ref()),
            Cel::Tekst(&b.bericht),
            Cel::Tekst(&b.verwacht),
            Cel::Tekst(&b.herstel),
        ]);
    }
    csv.finish()
}

/// The word for a weight.
pub fn weight(ernst: Ernst) -> &'static str {
    match ernst {
        Ernst::Fout => "fout",
        Ernst::Signaal => "signaal",
        Ernst::Opmerking => "opmerking",
    }
}
