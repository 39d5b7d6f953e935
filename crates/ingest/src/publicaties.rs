//! `GET /v1/publicaties` and below: publications as they were written, never changed.
//!
//! Owns the list of versions, which file an address means, and the way to the newest version. Only paths the register
//! names exist; nothing is joined to a directory here. Leaves how a file goes out to `published_file`, and what changed
//! between two versions to `compare_versions`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, HeaderValue, LINK, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::App;
use crate::answer_origin::{AnswerOrigin, tell};
use crate::cijfers::excel_view;
use crate::dot_plot_csv::figure_rows;
use crate::newer_version::{NewerVersion, PageMark, marked, reason};
use crate::pictures::picture;
use crate::problem::{Problem, ProblemKind};
use crate::published_file::{SHORT, answer, download_name, is_page};
use crate::wording;

/// A publication in the list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct PublicatieEntry {
    /// Name of the uitvraag.
    uitvraag: String,
    /// Reporting year.
    jaar: i32,
    /// Version, from 1.
    versie: u32,
    /// Whether it is the newest of its uitvraag and year.
    nieuwste: bool,
    /// Where it is.
    adres: String,
    /// What is different from the version before; absent with the first.
    wijzigingen: Option<String>,
    /// Why it was made after an earlier one; absent where that was not said.
    reden: Option<String>,
    /// By which rule its counts were protected: `vijftallen` (each is rounded at random to a multiple of 5) or, in older
    /// publications, `drempel` (small ones are left out, the others are exact).
    regel: &'static str,
    /// The momentopname it was made from.
    momentopname: String,
    /// When it was made, RFC 3339.
    gemaakt: String,
    /// `sha256:<hex>` over its `SHA256SUMS`.
    hash: String,
}

/// Every publication, newest first.
#[utoipa::path(get, path = "/v1/publicaties", tag = "publicaties", responses((status = 200, description = "The publications", body = Vec<PublicatieEntry>), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn list(State(app): State<App>) -> Result<Response, Problem> {
    let publicaties = app.lake.publicaties().await?;
    let mut entries: Vec<PublicatieEntry> = Vec::new();
    for p in publicaties.into_iter().rev() {
        let place = address(&p.uitvraag, p.jaar, p.versie, "");
        let rule = app.lake.protection_rule(&p.uitvraag, p.jaar, p.versie);
        let is_older = entries
            .last()
            .is_some_and(|newer| (&newer.uitvraag, newer.jaar) == (&p.uitvraag, p.jaar));
        entries.push(PublicatieEntry {
            nieuwste: !is_older,
            reden: reason(&app.lake, &p.uitvraag, p.jaar, p.versie).await?,
            regel: rule.await?.name(),
            wijzigingen: (p.versie > 1).then(|| format!("{place}wijzigingen")),
            adres: place,
            uitvraag: p.uitvraag,
            jaar: p.jaar,
            versie: p.versie,
            momentopname: p.momentopname,
            gemaakt: p.gemaakt.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            hash: p.hash,
        });
    }
    Ok(([(CACHE_CONTROL, SHORT)], Json(entries)).into_response())
}

/// One file of a publication; `nieuwste` for the version leads to the newest. Answers with the file as it is, or
/// compressed where the client takes that; a part of it with `Range`.
#[utoipa::path(get, path = "/v1/publicaties/{uitvraag}/{jaar}/{versie}/{*pad}", tag = "publicaties",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), ("versie" = String, Path, description = "Version, or `nieuwste`"),
        ("pad" = String, Path, description = "Path within the publication; `cijfers-excel.csv` is `cijfers.csv` with semicolons and decimal commas; `vergelijk/<group>/<indicator>.csv` is what one dot plot shows; `beelden/<id>.svg`, `.png` or `.html` beside a page is the picture on it with that anchor, as a file or as a page for a frame"),
        ("range" = Option<String>, Header, description = "One range of bytes"), ("if-range" = Option<String>, Header, description = "The ETag the range belongs to"), ("if-none-match" = Option<String>, Header, description = "ETags that are known")),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream", headers(("Publicaties" = String, description = "Which publication it is out of and by which rule that was protected, as `omgang/2020/1;regel=vijftallen`"))), (status = 206, description = "A part of the file", body = Vec<u8>, content_type = "application/octet-stream"), (status = 304, description = "Not changed: a version never does"),
        (status = 307, description = "Where the newest version is"), (status = 308, description = "A folder: its address ends in a slash"), (status = 404, description = "NOT_FOUND"), (status = 412, description = "PRECONDITION"), (status = 416, description = "RANGE"), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn file(
    State(app): State<App>,
    Path((uitvraag, jaar, version, path)): Path<(String, String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    give(&app, [&uitvraag, &jaar, &version, &path], &method, &headers).await
}

/// The front page of a publication.
#[utoipa::path(get, path = "/v1/publicaties/{uitvraag}/{jaar}/{versie}/", tag = "publicaties",
    params(("uitvraag" = String, Path, description = "Name of the uitvraag"), ("jaar" = i32, Path, description = "Reporting year"), ("versie" = String, Path, description = "Version, or `nieuwste`")),
    responses((status = 200, description = "index.html", body = String, content_type = "text/html"), (status = 206, description = "A part of it"), (status = 304, description = "Not changed: a version never does"),
        (status = 307, description = "Where the newest version is"), (status = 404, description = "NOT_FOUND"), (status = 412, description = "PRECONDITION"), (status = 416, description = "RANGE"), (status = 429, description = "TOO_MANY_DOWNLOADS")))]
pub(crate) async fn front_page(
    State(app): State<App>,
    Path((uitvraag, jaar, version)): Path<(String, String, String)>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    give(&app, [&uitvraag, &jaar, &version, ""], &method, &headers).await
}

/// The version that is always the newest one.
pub(crate) const NEWEST: &str = "nieuwste";
/// A view that is made when asked for.
const EXCEL: &str = "cijfers-excel.csv";

async fn give(
    app: &App,
    [uitvraag, jaar, version, path]: [&str; 4],
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let year: i32 = canonical(jaar).ok_or_else(unknown)?;
    let newest = app.lake.last_version(uitvraag, year).await?;
    let newest = newest.ok_or_else(unknown)?;
    if version == NEWEST {
        return Ok(redirect(&address(uitvraag, year, newest, path)));
    }
    let version: u32 = canonical(version).ok_or_else(unknown)?;
    let complete = if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_owned()
    };
    let published = app
        .lake
        .open_published(uitvraag, year, version, &complete)
        .await?;
    let origin = AnswerOrigin {
        uitvraag,
        jaar: year,
        versie: version,
        rule: app.lake.protection_rule(uitvraag, year, version).await?,
    };
    let name = download_name(&origin, &complete);
    let place = address(uitvraag, year, version, path);
    let mut response = match published {
        Some(published) if is_page(&complete) => {
            let place = [uitvraag, path, &complete];
            let mark = mark(app, place, &origin, newest).await?;
            if mark.is_empty() {
                answer(&app.lake, &complete, &name, published, method, headers).await
            } else {
                marked(published, &mark, headers).await?
            }
        }
        Some(published) => answer(&app.lake, &complete, &name, published, method, headers).await,
        None if path == EXCEL => {
            let view = excel_view(app, uitvraag, year, version, &name, headers).await?;
            view.ok_or_else(unknown)?
        }
        None => match made(app, [uitvraag, path, &place, &name], year, version, headers).await? {
            Some(made) => made,
            None => return folder(app, uitvraag, year, version, path).await,
        },
    };
    tell(&mut response, &[origin]);
    if version < newest {
        let latest = address(uitvraag, year, newest, path);
        if let Ok(link) = format!("<{latest}>; rel=\"latest-version\"").parse() {
            response.headers_mut().append(LINK, link);
        }
    }
    Ok(response)
}

/// What is not stored, and follows from what is.
async fn made(
    app: &App,
    [uitvraag, path, place, name]: [&str; 4],
    jaar: i32,
    version: u32,
    headers: &HeaderMap,
) -> Result<Option<Response>, Problem> {
    let rows = figure_rows(app, [uitvraag, path, name], jaar, version, headers).await?;
    match rows {
        Some(rows) => Ok(Some(rows)),
        None => picture(app, [uitvraag, path, place, name], jaar, version, headers).await,
    }
}

/// What is to be said on a page.
async fn mark(
    app: &App,
    place: [&str; 3],
    origin: &AnswerOrigin<'_>,
    newest: u32,
) -> Result<PageMark, Problem> {
    let version = origin.versie;
    let newer = if version < newest {
        Some(newer(app, place, origin.jaar, [version, newest]).await?)
    } else {
        None
    };
    Ok(PageMark {
        newer,
        older_rule: origin.rule.is_older(),
    })
}

/// What a page of an older version says of the newest one, which may not have the same page.
async fn newer(
    app: &App,
    [uitvraag, path, complete]: [&str; 3],
    jaar: i32,
    [version, newest]: [u32; 2],
) -> Result<NewerVersion, Problem> {
    let same = app.lake.open_published(uitvraag, jaar, newest, complete);
    let path = same.await?.map_or("", |_| path);
    Ok(NewerVersion {
        adres: address(uitvraag, jaar, newest, path),
        wijzigingen: format!("/wijzigingen/{uitvraag}/{jaar}/{newest}?sinds={version}"),
        versie: newest,
        reden: reason(&app.lake, uitvraag, jaar, newest).await?,
    })
}

/// The way to a folder that was asked for as if it were a file: relative links on its page need the slash.
async fn folder(
    app: &App,
    uitvraag: &str,
    jaar: i32,
    version: u32,
    path: &str,
) -> Result<Response, Problem> {
    if path.is_empty() || path.ends_with('/') {
        return Err(unknown());
    }
    let index = format!("{path}/index.html");
    let page = app
        .lake
        .open_published(uitvraag, jaar, version, &index)
        .await?;
    let last = path.rsplit('/').next().unwrap_or_default();
    match HeaderValue::from_str(&format!("{last}/")) {
        Ok(place) if page.is_some() => {
            Ok((StatusCode::PERMANENT_REDIRECT, [(LOCATION, place)]).into_response())
        }
        _ => Err(unknown()),
    }
}

/// What stands for itself in the path of an address.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'/')
    .remove(b'=');

/// Where a path of a publication is.
pub(crate) fn address(uitvraag: &str, jaar: i32, version: u32, path: &str) -> String {
    let path = utf8_percent_encode(path, PATH);
    format!("/v1/publicaties/{uitvraag}/{jaar}/{version}/{path}")
}

/// Where something is for now.
pub(crate) fn redirect(place: &str) -> Response {
    let to = [(LOCATION, place), (CACHE_CONTROL, SHORT)];
    (StatusCode::TEMPORARY_REDIRECT, to).into_response()
}

/// A number written the one way we write it: no sign, no zeros in front.
pub(crate) fn canonical<T: std::str::FromStr + ToString>(text: &str) -> Option<T> {
    text.parse::<T>()
        .ok()
        .filter(|number| number.to_string() == text)
}

pub(crate) fn unknown() -> Problem {
    Problem::new(ProblemKind::NOT_FOUND, wording::refused::NO_PUBLICATIE)
}
