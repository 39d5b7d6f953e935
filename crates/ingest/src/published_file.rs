//! A published file as an answer: type and name, compressed where that helps, whole or a part of it.
//!
//! Owns the headers of a file, which of its forms a client gets, and reading it from disk a piece at a time. Ranges and
//! conditions are those of `http-serve`. Leaves which file is asked for to `publicaties`, and hashes and compressed
//! copies to `lake`.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::BoxError;
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, IF_UNMODIFIED_SINCE, RANGE, VARY,
};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use chrono::Timelike;
use futures_util::stream::{self, Stream};
use lake::{Coding, Lake, PublishedFile};

use crate::answer_origin::{AnswerOrigin, name_mark};
use crate::content_type::{CSV, XLSX};
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// Bytes that are read at once; with what waits in the connection, all that a download holds in memory.
const PIECE: u64 = 64 * 1024;
/// Below this a copy is not worth its place on disk.
const WORTH_PACKING: u64 = 1024;
/// How long a client waits for a copy that is not there yet; then it gets the file as it is.
const PACKING: Duration = Duration::from_secs(2);
/// What never changes. A day: what had to be taken back is then gone from everywhere.
pub(crate) const IMMUTABLE: &str = "public, max-age=86400, immutable";
/// What may be another tomorrow.
pub(crate) const SHORT: &str = "public, max-age=60";
/// Content type of a page.
pub(crate) const HTML: &str = "text/html; charset=utf-8";
/// Content type of a catalogue.
pub(crate) const TURTLE: &str = "text/turtle; charset=utf-8";
/// Pages of a publication show text, pictures and fonts of their own; style attributes place the marks in a plot.
pub(crate) const CSP: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// How a kind of file goes out.
struct DownloadKind {
    /// Its content type.
    content_type: &'static str,
    /// Whether it gets smaller by compressing it.
    packs: bool,
    /// What a browser does with it.
    fate: Fate,
}

/// What a browser does with a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Shows it, as part of a site.
    Page,
    /// Shows it, and knows a name to save it by.
    Show,
    /// Saves it.
    Save,
}

impl DownloadKind {
    /// The kind of the file at this path.
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or_default();
        let ending = name.rsplit('.').next().unwrap_or_default();
        let (content_type, packs, fate) = match ending {
            "html" => (HTML, true, Fate::Page),
            "css" => ("text/css; charset=utf-8", true, Fate::Page),
            "svg" => ("image/svg+xml", true, Fate::Page),
            "png" => ("image/png", false, Fate::Page),
            "woff2" => ("font/woff2", false, Fate::Page),
            "ttf" => ("font/ttf", true, Fate::Page),
            "ttl" => (TURTLE, true, Fate::Show),
            "json" => ("application/json", true, Fate::Show),
            "txt" | "SHA256SUMS" => ("text/plain; charset=utf-8", true, Fate::Show),
            "csv" => (CSV, true, Fate::Save),
            "pdf" => ("application/pdf", false, Fate::Show),
            "xlsx" => (XLSX, false, Fate::Save),
            "parquet" => ("application/vnd.apache.parquet", false, Fate::Save),
            _ => ("application/octet-stream", false, Fate::Save),
        };
        Self {
            content_type,
            packs,
            fate,
        }
    }
}

/// Whether the file at this path is a page.
pub(crate) fn is_page(path: &str) -> bool {
    DownloadKind::of(path).content_type == HTML
}

/// Under what name a file is saved: of what, of when and which version, as in `omgang-2020-v2-spiegel-JZ13-cijfers.csv`; and
/// that an older rule protected it, where one did.
pub(crate) fn download_name(origin: &AnswerOrigin<'_>, path: &str) -> String {
    let AnswerOrigin {
        uitvraag,
        jaar,
        versie,
        rule,
    } = origin;
    let mark = name_mark([*rule].into_iter());
    format!(
        "{uitvraag}-{jaar}-v{versie}-{mark}{}",
        path.replace('/', "-")
    )
}

/// Answers with the file: `name` is what it is saved as.
pub(crate) async fn answer(
    lake: &Lake,
    path: &str,
    name: &str,
    published: PublishedFile,
    method: &Method,
    headers: &HeaderMap,
) -> Response {
    let kind = DownloadKind::of(path);
    let packs = kind.packs && published.length >= WORTH_PACKING;
    let coding = packs
        .then(|| wanted_coding(headers, &published.sha256))
        .flatten();
    let (coding, opened) = open(lake, published, coding).await;
    let mut response = serve(opened, method, headers);
    if !matches!(
        response.status(),
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED
    ) {
        return refusal(&response).into_response();
    }
    // Also with a 304: a browser takes its headers over the ones it kept.
    let out = response.headers_mut();
    out.insert(CONTENT_TYPE, HeaderValue::from_static(kind.content_type));
    // A page gets a mark when there is a newer version.
    let cache = if kind.content_type == HTML {
        SHORT
    } else {
        IMMUTABLE
    };
    out.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    out.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    if packs {
        out.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Some(coding) = coding {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    }
    let manner = match kind.fate {
        Fate::Page => None,
        Fate::Show => Some("inline"),
        Fate::Save => Some("attachment"),
    };
    let disposition = manner.map(|manner| format!("{manner}; filename=\"{name}\"").parse());
    if let Some(Ok(disposition)) = disposition {
        out.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The form of the file that goes out. A copy that cannot be had in time is done without.
async fn open(
    lake: &Lake,
    published: PublishedFile,
    coding: Option<Coding>,
) -> (Option<Coding>, OpenFile) {
    let packed = async {
        let coding = coding?;
        match tokio::time::timeout(PACKING, lake.open_packed(&published, coding)).await {
            Ok(Ok(file)) => Some((coding, file.metadata().ok()?.len(), file)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "a published file goes out as it is");
                None
            }
            Err(_) => None,
        }
    };
    let packed = packed.await;
    let coding = packed.as_ref().map(|(coding, ..)| *coding);
    let tag = entity_tag(&published.sha256, coding);
    let (length, file) = match packed {
        Some((_, length, file)) => (length, file),
        None => (published.length, published.file),
    };
    let opened = OpenFile {
        file: Arc::new(file),
        length,
        tag,
        // HTTP tells time in seconds: with a fraction it would always be later than what a client was told.
        made: published
            .made
            .with_nanosecond(0)
            .unwrap_or(published.made)
            .into(),
    };
    (coding, opened)
}

/// Strong: the same tag is the same bytes, so each form has its own.
fn entity_tag(sha256: &str, coding: Option<Coding>) -> String {
    let sha256 = &sha256[..sha256.len().min(32)];
    match coding {
        None => format!("\"{sha256}\""),
        Some(coding) => format!("\"{sha256}-{}\"", coding.name()),
    }
}

/// The form that a client gets: of those it can read the one it likes best, and zstd where it likes them alike. A part
/// is a part of the file as it is, which is what everyone who asks for parts means; but who goes on with a compressed
/// one says so, by its tag.
fn wanted_coding(headers: &HeaderMap, sha256: &str) -> Option<Coding> {
    let both = [Coding::Gzip, Coding::Zstd];
    if headers.contains_key(RANGE) {
        let condition = headers.get(IF_RANGE)?.to_str().ok()?;
        return both
            .into_iter()
            .find(|coding| entity_tag(sha256, Some(*coding)) == condition);
    }
    let accepted = both.map(|coding| (coding, quality(headers, coding.name())));
    let liked = accepted.into_iter().filter(|(_, quality)| *quality > 0.0);
    let best = liked.max_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map(|(coding, _)| coding)
}

/// How much a client likes a coding, 0 to 1; what it does not name it cannot read.
fn quality(headers: &HeaderMap, name: &str) -> f32 {
    let lines = headers.get_all(ACCEPT_ENCODING).iter();
    let parts = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    let mut any = 0.0;
    for part in parts {
        let (coding, parameter) = part.split_once(';').unwrap_or((part, "q=1"));
        let quality = parameter.trim().strip_prefix("q=");
        let quality = quality.and_then(|q| q.parse().ok()).unwrap_or(0.0);
        match coding.trim() {
            coding if coding.eq_ignore_ascii_case(name) => return quality,
            "*" => any = quality,
            _ => {}
        }
    }
    any
}

/// Ranges and conditions.
fn serve(opened: OpenFile, method: &Method, headers: &HeaderMap) -> Response {
    let mut asked = Request::new(());
    *asked.method_mut() = method.clone();
    for name in [
        IF_MATCH,
        IF_NONE_MATCH,
        IF_MODIFIED_SINCE,
        IF_UNMODIFIED_SINCE,
        IF_RANGE,
        RANGE,
    ] {
        for value in headers.get_all(&name) {
            asked.headers_mut().append(&name, value.clone());
        }
    }
    // Several parts in one answer cost more than they are worth, and HEAD tells of the whole: both may be passed over.
    let ranges: Vec<&HeaderValue> = headers.get_all(RANGE).iter().collect();
    let single =
        matches!(ranges[..], [range] if !range.as_bytes().contains(&b',') && !is_nothing(range));
    if !single || method == Method::HEAD {
        asked.headers_mut().remove(RANGE);
    }
    let response = http_serve::serve(opened.clone(), &asked);
    if response.status() != StatusCode::BAD_REQUEST {
        return response.map(Body::new);
    }
    // A condition that cannot be read is none.
    for name in [
        IF_MATCH,
        IF_NONE_MATCH,
        IF_MODIFIED_SINCE,
        IF_UNMODIFIED_SINCE,
    ] {
        asked.headers_mut().remove(&name);
    }
    http_serve::serve(opened, &asked).map(Body::new)
}

/// Whether a range is the last 0 bytes, which are no part of anything.
fn is_nothing(range: &HeaderValue) -> bool {
    let text = range.to_str().unwrap_or_default();
    text.trim_end().trim_end_matches('0').ends_with("=-")
}

/// The problem in the place of an answer that gives no file.
fn refusal(response: &Response) -> Problem {
    match response.status() {
        StatusCode::PRECONDITION_FAILED => {
            Problem::new(ProblemKind::PRECONDITION, wording::refused::ANOTHER_FILE)
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let problem = Problem::new(ProblemKind::RANGE, wording::refused::NO_PART);
            match response.headers().get(CONTENT_RANGE) {
                Some(length) => problem.header(CONTENT_RANGE, length.clone()),
                None => problem,
            }
        }
        _ => Problem::our_fault(),
    }
}

/// A file on its way out.
#[derive(Clone)]
struct OpenFile {
    file: Arc<File>,
    length: u64,
    tag: String,
    made: SystemTime,
}

impl http_serve::Entity for OpenFile {
    type Data = Bytes;
    type Error = BoxError;

    fn len(&self) -> u64 {
        self.length
    }

    fn get_range(
        &self,
        range: Range<u64>,
    ) -> Pin<Box<dyn Stream<Item = Result<Bytes, BoxError>> + Send + Sync>> {
        let file = Arc::clone(&self.file);
        Box::pin(stream::unfold(range, move |left| {
            let file = Arc::clone(&file);
            async move {
                if left.is_empty() {
                    return None;
                }
                let piece = left.start..left.end.min(left.start + PIECE);
                let next = piece.end..left.end;
                let read = tokio::task::spawn_blocking(move || read_piece(&file, piece)).await;
                match read {
                    Ok(Ok(bytes)) => Some((Ok(bytes), next)),
                    Ok(Err(error)) => Some((Err(error.into()), 0..0)),
                    Err(error) => Some((Err(error.into()), 0..0)),
                }
            }
        }))
    }

    fn add_headers(&self, _: &mut HeaderMap) {}

    fn etag(&self) -> Option<HeaderValue> {
        self.tag.parse().ok()
    }

    fn last_modified(&self) -> Option<SystemTime> {
        Some(self.made)
    }
}

fn read_piece(file: &File, piece: Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(piece.end - piece.start).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, piece.start)?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(accept: &str) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, accept.parse().unwrap());
        wanted_coding(&headers, "ab")
    }

    /// RFC 9110, 12.5.3: weights decide, `*` stands for what is not named, 0 is never.
    #[test]
    fn a_client_gets_the_form_it_likes_best() {
        for (accept, coding) in [
            ("", None),
            ("identity", None),
            ("br", None),
            ("gzip", Some(Coding::Gzip)),
            ("GZIP", Some(Coding::Gzip)),
            ("gzip, deflate, br, zstd", Some(Coding::Zstd)),
            ("gzip;q=1.0, zstd;q=0.5", Some(Coding::Gzip)),
            ("gzip;q=0, zstd;q=0", None),
            ("*", Some(Coding::Zstd)),
            ("zstd;q=0, *", Some(Coding::Gzip)),
            ("gzip;q=veel", None),
            ("gzip;q=NaN", None),
        ] {
            assert_eq!(wanted(accept), coding, "{accept}");
        }
    }

    /// A part of a file is a part of the file as it is, unless the client goes on with a copy.
    #[test]
    fn a_part_is_compressed_only_for_who_has_the_rest() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, "gzip, zstd".parse().unwrap());
        headers.insert(RANGE, "bytes=0-1".parse().unwrap());
        assert_eq!(wanted_coding(&headers, "ab"), None);
        headers.insert(IF_RANGE, "\"ab-gzip\"".parse().unwrap());
        assert_eq!(wanted_coding(&headers, "ab"), Some(Coding::Gzip));
        assert_eq!(wanted_coding(&headers, "cd"), None);
    }

    #[test]
    fn a_name_says_of_what_and_of_when() {
        let name = |rule| {
            let origin = AnswerOrigin {
                uitvraag: "omgang",
                jaar: 2020,
                versie: 2,
                rule,
            };
            download_name(&origin, "spiegel/JZ13/cijfers.csv")
        };
        assert_eq!(
            name(lake::ProtectionRule::Fives),
            "omgang-2020-v2-spiegel-JZ13-cijfers.csv"
        );
        assert_eq!(
            name(lake::ProtectionRule::Threshold),
            "omgang-2020-v2-oudere-regel-spiegel-JZ13-cijfers.csv"
        );
    }
}
