//! `/wijzigingen/{uitvraag}/{jaar}/{versie}`: what is different from an earlier version, for a reader.
//!
//! Owns the page: why there is a new version, how many figures differ, and each of them as it was and as it is, a page at a
//! time. Leaves comparing to `compare_versions`, which tells the same to programs.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schema::gebieden::{Gebieden, Niveau};
use schema::{Cijfer, Indicator};
use serde::Deserialize;

use super::figure_words::{NO_NUMBER, published};
use super::{Menu, counted, page};
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::compare_versions::{ChangeKind, TableComparison, compared};
use crate::figure_filter::{FigureFilter, key};
use crate::figure_source::FigureWriter;
use crate::newer_version::reason;
use crate::problem::Problem;
use crate::publicaties::{address, canonical, unknown};
use crate::wording;

/// Figures on a page.
const SHOWN: usize = 200;

/// What the form and the links send.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct ChangesQuery {
    /// The version to compare with; without it the one before.
    sinds: Option<String>,
    /// Only gebieden of this level; without it of all.
    niveau: Option<String>,
    /// Which page, from 1.
    bladzijde: Option<String>,
}

#[derive(Template)]
#[template(path = "version_changes.html")]
struct ChangesPage {
    menu: Menu,
    uitvraag: String,
    jaar: i32,
    versie: u32,
    sinds: u32,
    /// Earlier versions to compare with.
    earlier: Vec<u32>,
    niveau: &'static str,
    levels: [&'static str; 5],
    reden: Option<String>,
    /// Whether the two were protected by another rule.
    other_rule: bool,
    /// How many differ.
    outcome: String,
    own: String,
    other: String,
    rows: Vec<ChangeRow>,
    bladzijde: usize,
    pages: usize,
}

struct ChangeRow {
    gebied: String,
    titel: String,
    /// By what it is broken down; empty for the whole.
    part: String,
    was: String,
    becomes: String,
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((uitvraag, jaar, version)): Path<(String, String, String)>,
    Query(query): Query<ChangesQuery>,
) -> Result<Response, Problem> {
    let jaar: i32 = canonical(&jaar).ok_or_else(unknown)?;
    let version: u32 = canonical(&version).ok_or_else(unknown)?;
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let since = match given(&query.sinds) {
        Some(text) => canonical(&text).ok_or_else(unknown)?,
        None => version.saturating_sub(1),
    };
    let number = match given(&query.bladzijde) {
        Some(text) => canonical(&text).ok_or_else(unknown)?,
        None => 1_usize,
    };
    let mut filter = FigureFilter::default();
    let niveau = match given(&query.niveau) {
        Some(text) => Some(Niveau::parse(&text).ok_or_else(unknown)?),
        None => None,
    };
    if let Some(niveau) = niveau {
        let column = key("niveau").expect("the level is a key of the table");
        filter.add(column, niveau.name())?;
    }
    let new = app.cijfers.version(uitvraag.clone(), jaar, version).await?;
    let old = app.cijfers.version(uitvraag.clone(), jaar, since).await?;
    let (old, new) = old.zip(new).ok_or_else(unknown)?;
    let other_rule = old.rule != new.rule;
    let indicators = app.cijfers.indicators(&uitvraag)?;
    let writer = app.cijfers.writer(&uitvraag)?;
    let why = reason(&app.lake, &uitvraag, jaar, version).await?;
    let found = compared(old, new, filter).await?;
    let pages = found.len().div_ceil(SHOWN).max(1);
    let first = number.checked_sub(1).filter(|page| *page < pages);
    let first = first.ok_or_else(unknown)? * SHOWN;
    let rows = (first..found.len().min(first + SHOWN))
        .filter_map(|number| row(&found, number, &indicators, &writer))
        .collect();
    Ok(page(
        StatusCode::OK,
        &ChangesPage {
            menu: Menu::of(&caller),
            own: address(&uitvraag, jaar, version, ""),
            other: address(&uitvraag, jaar, since, ""),
            earlier: (1..version).rev().collect(),
            uitvraag,
            jaar,
            versie: version,
            sinds: since,
            niveau: niveau.map_or("", Niveau::name),
            levels: Niveau::ALL.map(Niveau::name),
            reden: why,
            other_rule,
            outcome: outcome(&found),
            rows,
            bladzijde: number,
            pages,
        },
    ))
}

fn outcome(found: &TableComparison) -> String {
    let counts = found.counts();
    if found.len() == 0 {
        return wording::page::NOTHING_CHANGED.to_owned();
    }
    let told = |count: usize| {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        counted(count, "cijfer", "cijfers")
    };
    wording::page::changed(&told(counts.anders), &told(counts.nieuw), &told(counts.weg))
}

fn row(
    found: &TableComparison,
    number: usize,
    indicators: &[Indicator],
    writer: &FigureWriter,
) -> Option<ChangeRow> {
    let change = found.change(number)?;
    let figure = change.nieuw.or(change.oud)?;
    let indicator = indicators.iter().find(|one| one.id == figure.indicator);
    let told = |figure: Option<&Cijfer>| match (figure, indicator) {
        (Some(figure), Some(indicator)) => published(writer, figure, indicator),
        (Some(_), None) => NO_NUMBER.to_owned(),
        (None, _) => String::new(),
    };
    let (mut was, mut becomes) = (told(change.oud), told(change.nieuw));
    match change.soort {
        ChangeKind::Nieuw => wording::page::NOT_THERE.clone_into(&mut was),
        ChangeKind::Weg => wording::page::GONE.clone_into(&mut becomes),
        ChangeKind::Anders if was == becomes => {
            wording::page::SAME_VALUE.clone_into(&mut becomes);
        }
        ChangeKind::Anders => {}
    }
    let name = Gebieden::get().name(figure.jaar, &figure.gebied);
    let kind = match figure.niveau {
        Niveau::Nederland => String::new(),
        niveau => format!("{} ", niveau.name()),
    };
    Some(ChangeRow {
        gebied: format!(
            "{kind}{}",
            name.unwrap_or_else(|| figure.gebied.to_string())
        ),
        titel: indicator.map_or_else(|| figure.indicator.to_string(), |one| one.titel.clone()),
        part: if figure.uitsplitsing == Cijfer::TOTAL {
            String::new()
        } else {
            format!("{}: {}", figure.uitsplitsing, figure.categorie)
        },
        was,
        becomes,
    })
}
