//! `/controleren`: the page that checks a file in the reader's own browser, as `make browser` made it.
//!
//! Owns finding that one file and the header that holds it to its promise: the Content-Security-Policy it carries itself.
//! Where it was not built, says how to check with the program instead.

use std::path::{Path, PathBuf};

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::{Menu, page};
use crate::Staat;
use crate::problem::Problem;
use crate::toegang::{Rolnaam, Wie};

/// Name of the page as it is built.
const BESTAND: &str = "controleren.html";

#[derive(Template)]
#[template(path = "controleren.html")]
struct Ontbreekt {
    menu: Menu,
}

/// The page, or where to go without it.
pub async fn tonen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
) -> Result<Response, Problem> {
    let gelezen = match &staat.controleerpagina {
        Some(pad) => read(pad).await,
        None => None,
    };
    Ok(match gelezen {
        Some((beleid, html)) => {
            let mut headers = HeaderMap::new();
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert(CONTENT_SECURITY_POLICY, beleid);
            (StatusCode::OK, headers, html).into_response()
        }
        None => page(
            StatusCode::OK,
            &Ontbreekt {
                menu: Menu::of(&wie),
            },
        ),
    })
}

/// The page with its policy; a page without one is not handed out.
async fn read(pad: &Path) -> Option<(HeaderValue, String)> {
    let html = match tokio::fs::read_to_string(pad).await {
        Ok(html) => html,
        Err(fout) => {
            tracing::warn!(soort = %fout.kind(), "the page for checking could not be read");
            return None;
        }
    };
    let beleid = policy(&html).and_then(|beleid| {
        HeaderValue::from_str(&format!("{beleid}; frame-ancestors 'none'")).ok()
    });
    if beleid.is_none() {
        tracing::warn!("the page for checking carries no policy that forbids connections");
    }
    Some((beleid?, html))
}

/// The policy in the page's own `meta` tag, if it lets nothing out.
fn policy(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<meta http-equiv=\"Content-Security-Policy\" content=\"")?;
    let (beleid, _) = rest.split_once('"')?;
    let dicht = [
        "default-src 'none'",
        "connect-src 'none'",
        "form-action 'none'",
    ];
    dicht
        .iter()
        .all(|deel| beleid.split(';').any(|d| d.trim() == *deel))
        .then_some(beleid)
}

/// Where the page is when nobody says: beside the program, or one folder up, where `make browser` leaves it.
pub fn beside_program() -> Option<PathBuf> {
    let programma = std::env::current_exe().ok()?;
    programma
        .ancestors()
        .skip(1)
        .take(2)
        .map(|map| map.join(BESTAND))
        .find(|pad| pad.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_policy_that_lets_nothing_out_will_do() {
        let pagina = |csp: &str| {
            format!("<head><meta http-equiv=\"Content-Security-Policy\" content=\"{csp}\">")
        };
        let goed = pagina(
            "default-src 'none'; connect-src 'none'; script-src 'sha256-x'; form-action 'none'",
        );
        assert!(policy(&goed).is_some());
        assert!(policy(&goed.replace("connect-src 'none'", "connect-src 'self'")).is_none());
        assert!(policy("<head>").is_none());
    }
}
