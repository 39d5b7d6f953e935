//! The pages: server-rendered, in Dutch, readable without JavaScript, at 320 px and on paper.
//!
//! Each page is one file: data into a plain struct, the struct into the template beside it. Owns what they share:
//! the menu, the words and colours of a state, and the style. Leaves every rule about leveringen to `leveringen`.

pub mod controleren;
pub mod coordinator;
pub mod inloggen;
pub mod levering;
pub mod mijn_leveringen;
pub mod welkom;

use askama::Template;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schema::Toestand;
use schema::tekst::duizendtal;

use crate::problem::{Problem, Soort, Vermelding};
use crate::toegang::{Rolnaam, Wie};

/// What the menu depends on.
#[derive(Debug, Clone, Copy)]
pub struct Menu {
    /// The role of who is logged in.
    pub rol: Option<Rolnaam>,
}

impl Menu {
    /// The menu for who asks.
    pub fn of(wie: &Wie) -> Self {
        Self { rol: wie.rol() }
    }
}

/// Answers with a page.
pub fn page(status: StatusCode, pagina: &impl Template) -> Response {
    match pagina.render() {
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
        Err(fout) => {
            tracing::error!(%fout, "a page could not be made");
            Problem::new(Soort::INTERNAL, "Wij konden deze pagina niet maken.").into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "probleem.html")]
struct Probleem<'a> {
    menu: Menu,
    titel: &'a str,
    detail: &'a str,
    code: &'a str,
}

/// A problem, for a person with a browser.
pub fn problem_page(vermelding: &Vermelding) -> Response {
    let Vermelding { soort, detail } = vermelding;
    let mut antwoord = page(
        soort.status,
        &Probleem {
            menu: Menu { rol: None },
            titel: soort.titel,
            detail,
            code: soort.code,
        },
    );
    antwoord.extensions_mut().insert(vermelding.clone());
    antwoord
}

/// The style of all pages.
pub async fn stijl() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("stijl.css")).into_response()
}

/// The word for a state on a page.
pub fn toestand_label(toestand: Toestand) -> &'static str {
    match toestand {
        Toestand::Geopend => "Nog niet compleet",
        Toestand::Ontvangen => "Wordt gecontroleerd",
        Toestand::Afgekeurd => "Afgekeurd",
        Toestand::TeBevestigen => "Te bevestigen",
        Toestand::Akkoord => "Klaar om te ondertekenen",
        Toestand::Ingediend => "Ingediend",
        Toestand::Gepubliceerd => "Gepubliceerd",
        Toestand::Vervangen => "Vervangen",
        Toestand::Ingetrokken => "Ingetrokken",
        Toestand::Verlopen => "Verlopen",
        Toestand::Gewist => "Gewist",
    }
}

/// The colour of a state; the word says the same.
pub fn toestand_klasse(toestand: Toestand) -> &'static str {
    match toestand {
        Toestand::Ingediend | Toestand::Gepubliceerd => "goed",
        Toestand::Geopend | Toestand::Ontvangen | Toestand::TeBevestigen | Toestand::Akkoord => {
            "let-op"
        }
        Toestand::Afgekeurd | Toestand::Verlopen => "fout",
        Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Gewist => "rust",
    }
}

/// `1 fout`, `2 fouten`: a number with its noun.
pub fn geteld(aantal: u64, enkel: &str, meer: &str) -> String {
    format!(
        "{} {}",
        duizendtal(aantal),
        if aantal == 1 { enkel } else { meer }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_a_dutch_reader_writes_them() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(duizendtal),
            ["0", "999", "1.000", "1.234.567"]
        );
        assert_eq!(geteld(1, "fout", "fouten"), "1 fout");
    }
}
