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
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::problem::Problem;

/// Name of the page as it is built.
const FILE: &str = "controleren.html";

#[derive(Template)]
#[template(path = "check.html")]
struct Missing {
    menu: Menu,
}

/// The page, or where to go without it.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    let loaded = match &app.check_page {
        Some(path) => read(path).await,
        None => None,
    };
    Ok(match loaded {
        Some((page_policy, html)) => {
            let mut headers = HeaderMap::new();
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert(CONTENT_SECURITY_POLICY, page_policy);
            (StatusCode::OK, headers, html).into_response()
        }
        None => page(
            StatusCode::OK,
            &Missing {
                menu: Menu::of(&caller),
            },
        ),
    })
}

/// The page with its policy; a page without one is not handed out.
async fn read(path: &Path) -> Option<(HeaderValue, String)> {
    let html = match tokio::fs::read_to_string(path).await {
        Ok(html) => html,
        Err(error) => {
            tracing::warn!(kind = %error.kind(), "the page for checking could not be read");
            return None;
        }
    };
    let page_policy = policy(&html).and_then(|page_policy| {
        HeaderValue::from_str(&format!("{page_policy}; frame-ancestors 'none'")).ok()
    });
    if page_policy.is_none() {
        tracing::warn!("the page for checking carries no policy that forbids connections");
    }
    Some((page_policy?, html))
}

/// The policy in the page's own `metadata` tag, if it lets nothing out.
fn policy(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<meta http-equiv=\"Content-Security-Policy\" content=\"")?;
    let (page_policy, _) = rest.split_once('"')?;
    let closed = [
        "default-src 'none'",
        "connect-src 'none'",
        "form-action 'none'",
    ];
    closed
        .iter()
        .all(|part| page_policy.split(';').any(|d| d.trim() == *part))
        .then_some(page_policy)
}

/// Where the page is when nobody says: beside the program, or one folder up, where `make browser` leaves it.
pub(crate) fn beside_program() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    program
        .ancestors()
        .skip(1)
        .take(2)
        .map(|dir| dir.join(FILE))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_policy_that_lets_nothing_out_will_do() {
        let page_data = |content_policy: &str| {
            format!(
                "<head><meta http-equiv=\"Content-Security-Policy\" content=\"{content_policy}\">"
            )
        };
        let good = page_data(
            "default-src 'none'; connect-src 'none'; script-src 'sha256-x'; form-action 'none'",
        );
        assert!(policy(&good).is_some());
        assert!(policy(&good.replace("connect-src 'none'", "connect-src 'self'")).is_none());
        assert!(policy("<head>").is_none());
    }
}
