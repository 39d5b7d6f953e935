//! A page of an older version says that there is a newer one, and why; one that an older rule protected says so.
//!
//! Owns the mark on such a page, and reading the reason of a version. The files of a publication never change: their
//! hashes are signed for. So the mark is put in while the page goes out, and the answer has a tag of its own. Leaves which
//! version is the newest to `publicaties`.

use std::io::Read;

use askama::Template;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use lake::{Lake, LakeError, PublishedFile};
use serde::Deserialize;

use crate::problem::Problem;
use crate::published_file::{CSP, HTML, SHORT};
use crate::streamed_answer::{tag, tagged};

/// What stands at the top of a page that is not of today.
#[derive(Template)]
#[template(path = "newer_version.html")]
pub(crate) struct PageMark {
    /// The newest version, where it is another.
    pub(crate) newer: Option<NewerVersion>,
    /// Whether its counts were protected by the rule of before.
    pub(crate) older_rule: bool,
}

impl PageMark {
    /// Whether there is nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.newer.is_none() && !self.older_rule
    }
}

/// What a page of an older version says of the newest.
pub(crate) struct NewerVersion {
    /// Where the same page, or the publication, is in the newest version.
    pub(crate) adres: String,
    /// Where the figures that differ are listed.
    pub(crate) wijzigingen: String,
    /// The newest version.
    pub(crate) versie: u32,
    /// Why there is one, where that was said.
    pub(crate) reden: Option<String>,
}

/// The page with the mark on it.
pub(crate) async fn marked(
    page: PublishedFile,
    mark: &PageMark,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let mark = mark.render().map_err(|error| failed(&error))?;
    let tag = tag(&format!("{} {mark}", page.sha256));
    let read = tokio::task::spawn_blocking(move || {
        let mut html = String::new();
        let mut file = page.file;
        file.read_to_string(&mut html).map(|_| html)
    });
    let read = read.await.map_err(|error| failed(&error))?;
    let mut html = read.map_err(|error| failed(&error))?;
    Ok(tagged(headers, &tag, SHORT, || {
        html.insert_str(html.find("</header>").unwrap_or(html.len()), &mark);
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(HTML)),
            (CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP)),
        ];
        (headers, html).into_response()
    }))
}

fn failed(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "a page of an older version could not be made");
    Problem::our_fault()
}

/// What is read of `herkomst.json`.
#[derive(Deserialize)]
struct VersionReason {
    reden: Option<String>,
}

/// Why a version was made after an earlier one, where that was said.
pub(crate) async fn reason(
    lake: &Lake,
    uitvraag: &str,
    jaar: i32,
    version: u32,
) -> Result<Option<String>, LakeError> {
    if version <= 1 {
        return Ok(None);
    }
    let provenance = lake
        .lees_publicatie(uitvraag, jaar, version, "herkomst.json")
        .await?
        .and_then(|bytes| serde_json::from_slice::<VersionReason>(&bytes).ok());
    Ok(provenance.and_then(|provenance| provenance.reden))
}
