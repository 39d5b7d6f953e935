//! `GET /v1/publicaties` and below: publications as they were written, never changed.
//!
//! Owns types, caching (a publication is immutable, its ETag is the hash of its bytes) and the headers that keep a
//! page from doing more than show itself. Only paths the register names exist; nothing is joined to a directory here.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, LOCATION,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Staat;
use crate::problem::{Problem, Soort};
use crate::tabeltekst::{CSV, XLSX};

/// A publication in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Regel {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
    /// Version, from 1.
    versie: u32,
    /// Where it is.
    adres: String,
    /// The momentopname it was made from.
    momentopname: String,
    /// When it was made, RFC 3339.
    gemaakt: String,
    /// `sha256:<hex>` over its `SHA256SUMS`.
    hash: String,
}

/// Every publication, newest first.
#[utoipa::path(get, path = "/v1/publicaties", tag = "publicaties", responses((status = 200, description = "The publications", body = Vec<Regel>)))]
pub async fn lijst(State(staat): State<Staat>) -> Result<Json<Vec<Regel>>, Problem> {
    let publicaties = staat.lake.publicaties().await?;
    let regels = publicaties.into_iter().rev().map(|p| Regel {
        adres: format!("/v1/publicaties/{}/{}/{}/", p.uitvraag, p.jaar, p.versie),
        uitvraag: p.uitvraag,
        jaar: p.jaar,
        versie: p.versie,
        momentopname: p.momentopname,
        gemaakt: p.gemaakt.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        hash: p.hash,
    });
    Ok(Json(regels.collect()))
}

/// One file of a publication.
#[utoipa::path(get, path = "/v1/publicaties/{uitvraag}/{jaar}/{versie}/{*pad}", tag = "publicaties",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), ("versie" = u32, Path, description = "Version"), ("pad" = String, Path, description = "Path within the publication")),
    responses((status = 200, description = "The file", body = Vec<u8>), (status = 304, description = "Not changed: it never does"), (status = 404, description = "NOT_FOUND")))]
pub async fn bestand(
    State(staat): State<Staat>,
    Path((uitvraag, jaar, versie, pad)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    give(&staat, &uitvraag, &jaar, &versie, &pad, &headers).await
}

/// The front page of a publication.
#[utoipa::path(get, path = "/v1/publicaties/{uitvraag}/{jaar}/{versie}/", tag = "publicaties",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), ("versie" = u32, Path, description = "Version")),
    responses((status = 200, description = "index.html", body = String, content_type = "text/html"), (status = 404, description = "NOT_FOUND")))]
pub async fn voorpagina(
    State(staat): State<Staat>,
    Path((uitvraag, jaar, versie)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    give(&staat, &uitvraag, &jaar, &versie, "", &headers).await
}

async fn give(
    staat: &Staat,
    uitvraag: &str,
    jaar: &str,
    versie: &str,
    pad: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (Some(jaar_getal), Some(versie_getal)) = (canonical::<i32>(jaar), canonical::<u32>(versie))
    else {
        return Err(unknown());
    };
    let volledig = if pad.is_empty() || pad.ends_with('/') {
        format!("{pad}index.html")
    } else {
        pad.to_owned()
    };
    let gevonden = match staat
        .lake
        .lees_publicatie(uitvraag, jaar_getal, versie_getal, &volledig)
        .await
    {
        Ok(gevonden) => gevonden,
        // A path that can't be one is a path that isn't there.
        Err(lake::LakeFout::PadOngeldig) => None,
        Err(fout) => return Err(fout.into()),
    };
    let Some(bytes) = gevonden else {
        let als_map = format!("{pad}/index.html");
        let is_map = !pad.is_empty()
            && !pad.ends_with('/')
            && staat
                .lake
                .publicatie(uitvraag, jaar_getal, versie_getal)
                .await?
                .is_some_and(|p| p.paden.contains(&als_map));
        // Relative links on the page need the slash.
        let laatste = pad.rsplit('/').next().unwrap_or_default();
        return match HeaderValue::from_str(&format!("{laatste}/")) {
            Ok(adres) if is_map => {
                Ok((StatusCode::PERMANENT_REDIRECT, [(LOCATION, adres)]).into_response())
            }
            _ => Err(unknown()),
        };
    };
    Ok(file_answer(&volledig, bytes, headers))
}

fn file_answer(pad: &str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let etag = format!(
        "\"{}\"",
        schema::definitie::hex(&Sha256::digest(&bytes)[..16])
    );
    let zelfde = headers
        .get(IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.trim() == etag || e.trim() == "*"));
    let mut antwoord = if zelfde {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let (soort, downloaden) = content_type(pad);
    let uit = antwoord.headers_mut();
    uit.insert(
        ETAG,
        HeaderValue::from_str(&etag).expect("quotes and hexadecimal"),
    );
    uit.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400, immutable"),
    );
    uit.insert(CONTENT_TYPE, HeaderValue::from_static(soort));
    uit.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    if downloaden {
        uit.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    antwoord
}

/// Pages of a publication show text, pictures and fonts of their own; style attributes place the marks in a plot.
const CSP: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The type by extension, and whether a browser should save rather than show it.
fn content_type(pad: &str) -> (&'static str, bool) {
    match pad.rsplit('.').next().unwrap_or_default() {
        "html" => ("text/html; charset=utf-8", false),
        "css" => ("text/css; charset=utf-8", false),
        "svg" => ("image/svg+xml", false),
        "png" => ("image/png", false),
        "woff2" => ("font/woff2", false),
        "ttf" => ("font/ttf", false),
        "json" => ("application/json", false),
        "txt" | "SHA256SUMS" => ("text/plain; charset=utf-8", false),
        "csv" => (CSV, true),
        "pdf" => ("application/pdf", false),
        "xlsx" => (XLSX, true),
        "parquet" => ("application/vnd.apache.parquet", true),
        _ if pad.ends_with("SHA256SUMS") => ("text/plain; charset=utf-8", false),
        _ => ("application/octet-stream", true),
    }
}

/// A number written the one way we write it: no sign, no zeros in front.
fn canonical<T: std::str::FromStr + ToString>(tekst: &str) -> Option<T> {
    tekst
        .parse::<T>()
        .ok()
        .filter(|getal| getal.to_string() == tekst)
}

fn unknown() -> Problem {
    Problem::new(
        Soort::NOT_FOUND,
        "Deze publicatie of dit bestand bestaat niet.",
    )
}
