//! `/zoek?q=…`: a gemeente, jeugdregio or provincie by its name.
//!
//! Owns the page with what was found, or comes nearest; one gebied that is meant without doubt is gone to at once. Looks
//! in the newest year that has a publication. Leaves which names mean which gebied to `gebied_names`.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schema::gebieden::{Gebied, Gebieden, Niveau};
use serde::Deserialize;

use super::spiegel::readable_address;
use super::{Menu, counted, page};
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::gebied_names::{GebiedHit, NameKind, SearchOutcome, search};
use crate::problem::Problem;
use crate::publicaties::redirect;
use crate::wording;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(crate) struct SearchQuery {
    /// What someone typed.
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    menu: Menu,
    query: &'a str,
    /// What became of it, in a sentence.
    outcome: String,
    gebieden: Vec<GebiedLink>,
}

/// A gebied in the list.
struct GebiedLink {
    adres: String,
    naam: String,
    /// What it is and where it lies.
    kind: String,
    /// Why it is in the list under another name; empty when it is not.
    why: String,
    /// Its page in other years.
    years: Vec<(i32, String)>,
}

/// The page, or the way to the one page that is meant.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Query(SearchQuery { q: query }): Query<SearchQuery>,
) -> Result<Response, Problem> {
    let published = app.lake.last_versions().await?;
    let mut years: Vec<i32> = published.iter().map(|(_, jaar, _)| *jaar).collect();
    years.sort_unstable();
    years.dedup();
    let Some(newest) = years.pop() else {
        let nothing = wording::page::NOTHING_PUBLISHED;
        return Ok(answer(&caller, &query, nothing.to_owned(), Vec::new()));
    };
    let own = |gebied: Gebied| {
        link(
            newest,
            &years,
            GebiedHit {
                gebied,
                name: NameKind::Own,
            },
        )
    };
    let (outcome, gebieden) = match search(newest, &query) {
        SearchOutcome::Found(hits) => {
            if let [
                GebiedHit {
                    gebied,
                    name: NameKind::Own,
                },
            ] = &hits[..]
            {
                return Ok(redirect(&readable_address(newest, gebied)));
            }
            let count = u64::try_from(hits.len()).unwrap_or(u64::MAX);
            let links = hits.into_iter().map(|hit| link(newest, &years, hit));
            let counted = counted(count, "gebied", "gebieden");
            (wording::page::found(&counted), links.collect())
        }
        SearchOutcome::Alike(gebieden) => (
            wording::page::NO_GEBIED.to_owned(),
            gebieden.into_iter().map(own).collect(),
        ),
        SearchOutcome::NoName => (
            wording::page::TYPE_A_NAME.to_owned(),
            Gebieden::get()
                .list(newest, Niveau::Provincie)
                .into_iter()
                .map(own)
                .collect(),
        ),
    };
    Ok(answer(&caller, &query, outcome, gebieden))
}

fn answer(caller: &Caller, query: &str, outcome: String, gebieden: Vec<GebiedLink>) -> Response {
    let page_data = SearchPage {
        menu: Menu::of(caller),
        query,
        outcome,
        gebieden,
    };
    page(StatusCode::OK, &page_data)
}

fn link(newest: i32, earlier: &[i32], GebiedHit { gebied, name }: GebiedHit) -> GebiedLink {
    let all = Gebieden::get();
    let others = earlier.iter().rev().filter_map(|jaar| {
        let named = all.name(*jaar, &gebied.code)?;
        let then = Gebied {
            naam: named,
            ..gebied.clone()
        };
        Some((*jaar, readable_address(*jaar, &then)))
    });
    let gemeente = all.gemeente(newest, &gebied.code);
    GebiedLink {
        adres: readable_address(newest, &gebied),
        years: others.collect(),
        kind: match (gebied.niveau, gemeente) {
            (_, Some(gemeente)) => format!("gemeente in {}", gemeente.provincie),
            (niveau, None) => niveau.name().to_owned(),
        },
        why: match name {
            NameKind::Own => String::new(),
            NameKind::OtherYear(name) => wording::page::other_year(&name),
            NameKind::Absorbed(name) => wording::page::absorbed(&name),
            NameKind::Successor(name) => wording::page::successor(&name),
        },
        naam: gebied.naam,
    }
}
