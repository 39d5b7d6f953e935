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
use schema::hash::sha256_hex;
use serde::Serialize;

use crate::App;
use crate::csv::{CSV, XLSX};
use crate::problem::{Problem, ProblemKind};

/// A publication in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PublicatieEntry {
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
#[utoipa::path(get, path = "/v1/publicaties", tag = "publicaties", responses((status = 200, description = "The publications", body = Vec<PublicatieEntry>)))]
pub(crate) async fn list(State(app): State<App>) -> Result<Json<Vec<PublicatieEntry>>, Problem> {
    let publicaties = app.lake.publicaties().await?;
    let regels = publicaties.into_iter().rev().map(|p| PublicatieEntry {
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
pub(crate) async fn file(
    State(app): State<App>,
    Path((uitvraag, jaar, version, path)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    give(&app, &uitvraag, &jaar, &version, &path, &headers).await
}

/// The front page of a publication.
#[utoipa::path(get, path = "/v1/publicaties/{uitvraag}/{jaar}/{versie}/", tag = "publicaties",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), ("versie" = u32, Path, description = "Version")),
    responses((status = 200, description = "index.html", body = String, content_type = "text/html"), (status = 404, description = "NOT_FOUND")))]
pub(crate) async fn front_page(
    State(app): State<App>,
    Path((uitvraag, jaar, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    give(&app, &uitvraag, &jaar, &version, "", &headers).await
}

async fn give(
    app: &App,
    uitvraag: &str,
    jaar: &str,
    version: &str,
    path: &str,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (Some(jaar_number), Some(version_number)) =
        (canonical::<i32>(jaar), canonical::<u32>(version))
    else {
        return Err(unknown());
    };
    let complete = if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_owned()
    };
    let found = match app
        .lake
        .lees_publicatie(uitvraag, jaar_number, version_number, &complete)
        .await
    {
        Ok(found) => found,
        // A path that can't be one is a path that isn't there.
        Err(lake::LakeError::InvalidPath) => None,
        Err(error) => return Err(error.into()),
    };
    let Some(bytes) = found else {
        let as_dir = format!("{path}/index.html");
        let is_dir = !path.is_empty()
            && !path.ends_with('/')
            && app
                .lake
                .publicatie(uitvraag, jaar_number, version_number)
                .await?
                .is_some_and(|p| p.paden.contains(&as_dir));
        // Relative links on the page need the slash.
        let last = path.rsplit('/').next().unwrap_or_default();
        return match HeaderValue::from_str(&format!("{last}/")) {
            Ok(address) if is_dir => {
                Ok((StatusCode::PERMANENT_REDIRECT, [(LOCATION, address)]).into_response())
            }
            _ => Err(unknown()),
        };
    };
    Ok(file_answer(&complete, bytes, headers))
}

fn file_answer(path: &str, bytes: Vec<u8>, headers: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", &sha256_hex(&bytes)[..32]);
    let same = headers
        .get(IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| v.split(',').any(|e| e.trim() == etag || e.trim() == "*"));
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let (kind, download) = content_type(path);
    let out = response.headers_mut();
    out.insert(
        ETAG,
        HeaderValue::from_str(&etag).expect("quotes and hexadecimal"),
    );
    out.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=86400, immutable"),
    );
    out.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    if download {
        out.insert(CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    response
}

/// Pages of a publication show text, pictures and fonts of their own; style attributes place the marks in a plot.
const CSP: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The type by extension, and whether a browser should save rather than show it.
fn content_type(path: &str) -> (&'static str, bool) {
    match path.rsplit('.').next().unwrap_or_default() {
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
        _ if path.ends_with("SHA256SUMS") => ("text/plain; charset=utf-8", false),
        _ => ("application/octet-stream", true),
    }
}

/// A number written the one way we write it: no sign, no zeros in front.
fn canonical<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse::<T>()
        .ok()
        .filter(|number| number.to_string() == text)
}

fn unknown() -> Problem {
    Problem::new(
        ProblemKind::NOT_FOUND,
        "Deze publicatie of dit bestand bestaat niet.",
    )
}
