//! The pages: server-rendered, in Dutch, readable without JavaScript, at 320 px and on paper.
//!
//! Each page is one file: data into a plain struct, the struct into the template beside it. Owns what they share:
//! the menu, the words and colours of a state, and the style. Leaves every rule about leveringen to `leveringen`.

pub(crate) mod check;
pub(crate) mod coordinator;
pub(crate) mod deliver_forms;
mod figure_words;
pub(crate) mod levering;
pub(crate) mod login;
pub(crate) mod my_leveringen;
pub(crate) mod own_figures;
pub(crate) mod own_group;
pub(crate) mod search;
pub(crate) mod spiegel;
pub(crate) mod version_changes;
pub(crate) mod welcome;

use askama::Template;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lake::Levering;
use schema::Toestand;
use schema::text::grouped_thousands;

use crate::auth::{Caller, RoleName};
use crate::problem::{Problem, ProblemKind, ProblemRecord};
use crate::wording;

/// What the menu depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Menu {
    /// The role of who is logged in.
    pub rol: Option<RoleName>,
}

impl Menu {
    /// The menu for who asks.
    pub(crate) fn of(caller: &Caller) -> Self {
        Self { rol: caller.role() }
    }
}

/// Answers with a page.
pub(crate) fn page(status: StatusCode, page_data: &impl Template) -> Response {
    match page_data.render() {
        Ok(html) => {
            let headers = [
                (
                    CONTENT_TYPE,
                    HeaderValue::from_static("text/html; charset=utf-8"),
                ),
                (CACHE_CONTROL, HeaderValue::from_static("no-store")),
            ];
            (status, headers, html).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be made");
            Problem::new(ProblemKind::INTERNAL, wording::refused::PAGE_NOT_MADE).into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    menu: Menu,
    titel: &'a str,
    detail: &'a str,
    code: &'a str,
}

/// A problem, for a person with a browser.
pub(crate) fn problem_page(problem: &ProblemRecord) -> Response {
    let ProblemRecord {
        soort: kind,
        detail,
    } = problem;
    let mut response = page(
        kind.status,
        &ProblemPage {
            menu: Menu { rol: None },
            titel: kind.titel,
            detail,
            code: kind.code,
        },
    );
    response.extensions_mut().insert(problem.clone());
    response
}

/// The style of all pages.
pub(crate) async fn style() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("style.css")).into_response()
}

/// The word for a state on a page.
pub(crate) fn toestand_label(toestand: Toestand) -> &'static str {
    match toestand {
        Toestand::Geopend => "Nog niet compleet",
        Toestand::Ontvangen => "Wordt gecontroleerd",
        Toestand::Afgekeurd => "Afgekeurd",
        Toestand::TeBevestigen => "Te bevestigen",
        Toestand::Akkoord => wording::page::READY_TO_SIGN,
        Toestand::Ingediend => "Ingediend",
        Toestand::Gepubliceerd => "Gepubliceerd",
        Toestand::Vervangen => "Vervangen",
        Toestand::Ingetrokken => "Ingetrokken",
        Toestand::Verlopen => "Verlopen",
        Toestand::Gewist => "Gewist",
    }
}

/// The colour of a state; the word says the same.
pub(crate) fn toestand_class(toestand: Toestand) -> &'static str {
    match toestand {
        Toestand::Ingediend | Toestand::Gepubliceerd => "goed",
        Toestand::Geopend | Toestand::Ontvangen | Toestand::TeBevestigen | Toestand::Akkoord => {
            "let-op"
        }
        Toestand::Afgekeurd | Toestand::Verlopen => "fout",
        Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Gewist => "rust",
    }
}

/// What was typed, but for what may stand on no page.
fn shown_again(text: &str) -> String {
    if pakket::bsn::in_text(text) {
        return String::new();
    }
    text.to_owned()
}

/// After a form, the browser asks for the page anew: reloading sends nothing twice.
fn back_to(levering: &Levering) -> Response {
    let address = HeaderValue::from_str(&format!("/mijn-leveringen/{}", levering.id))
        .expect("an id is hexadecimal and dashes");
    (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
}

/// `1 fout`, `2 fouten`: a number with its noun.
pub(crate) fn counted(count: u64, single: &str, more: &str) -> String {
    format!(
        "{} {}",
        grouped_thousands(count),
        if count == 1 { single } else { more }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_a_dutch_reader_writes_them() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped_thousands),
            ["0", "999", "1.000", "1.234.567"]
        );
        assert_eq!(counted(1, "fout", "fouten"), "1 fout");
    }
}
