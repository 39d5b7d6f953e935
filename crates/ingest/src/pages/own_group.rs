//! `/groep?jaar=2020&gebied=GM0344&gebied=GM0308`: gemeenten or jeugdregio's of one's own choice, taken together.
//!
//! Owns which gebieden go together and what is added up: published counts and nothing else, and the share that follows
//! from two such sums. One part that is not shown hides the sum: else it would follow. Works without script: a form, an address.

use std::collections::BTreeSet;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use schema::gebieden::{Gebied, Gebieden, NEDERLAND, Niveau};
use schema::indicator::Kind;
use schema::protection::{ROUNDED_TO, SHARE_FLOOR};
use schema::text::grouped_thousands;
use schema::{Cijfer, Indicator};

use super::figure_words::{is_hidden, published, told};
use super::{Menu, page};
use crate::App;
use crate::auth::{Caller, RoleName};
use crate::figure_source::FigureWriter;
use crate::problem::{Problem, ProblemKind};
use crate::publicaties::canonical;
use crate::wording;

#[derive(Template)]
#[template(path = "own_group.html")]
struct GroupPage {
    menu: Menu,
    jaar: i32,
    niveau: &'static str,
    years: Vec<i32>,
    /// What is the matter with the choice; empty where nothing is.
    remark: &'static str,
    chosen: Vec<Gebied>,
    /// How far a sum may be off; empty without one.
    bound: String,
    rows: Vec<SumRow>,
    choices: Vec<ChoiceGroup>,
}

/// One figure of the group.
struct SumRow {
    titel: String,
    together: String,
    land: String,
}

/// Gebieden to choose from, under one heading.
struct ChoiceGroup {
    titel: String,
    gebieden: Vec<GebiedChoice>,
}

struct GebiedChoice {
    gebied: Gebied,
    chosen: bool,
}

/// What the form sends.
#[derive(Debug, PartialEq, Eq)]
struct GroupQuery {
    jaar: Option<i32>,
    niveau: Niveau,
    codes: BTreeSet<String>,
}

impl GroupQuery {
    /// `None` where a parameter can't be.
    fn parse(parameters: &[(String, String)]) -> Option<Self> {
        let mut query = Self {
            jaar: None,
            niveau: Niveau::Gemeente,
            codes: BTreeSet::new(),
        };
        for (name, value) in parameters {
            match name.as_str() {
                "jaar" => query.jaar = Some(canonical(value)?),
                "niveau" => {
                    let niveau = Niveau::parse(value)?;
                    let possible = matches!(niveau, Niveau::Gemeente | Niveau::Jeugdregio);
                    query.niveau = possible.then_some(niveau)?;
                }
                "gebied" => drop(query.codes.insert(value.clone())),
                _ => return None,
            }
        }
        Some(query)
    }
}

/// The choice, and what the chosen have together.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let unknown = || Problem::new(ProblemKind::NOT_FOUND, wording::refused::NO_PUBLICATIE);
    let query = GroupQuery::parse(&parameters).ok_or_else(unknown)?;
    let tables = app.cijfers.newest().await?;
    let mut years: Vec<i32> = tables.iter().map(|table| table.jaar).collect();
    years.dedup();
    let jaar = query.jaar.or_else(|| years.iter().max().copied());
    let table = tables.iter().find(|table| Some(table.jaar) == jaar);
    let table = table.ok_or_else(unknown)?;
    let all = Gebieden::get().list(table.jaar, query.niveau);
    let chosen: Vec<Gebied> = all
        .iter()
        .filter(|gebied| query.codes.contains(&gebied.code))
        .cloned()
        .collect();
    let remark = match chosen.len() {
        count if count != query.codes.len() => wording::page::NO_GROUP,
        1 => wording::page::CHOOSE_TWO,
        _ => "",
    };
    let rows = if remark.is_empty() && !chosen.is_empty() {
        let indicators = app.cijfers.indicators(&table.uitvraag)?;
        let codes: Vec<&str> = chosen.iter().map(|gebied| gebied.code.as_str()).collect();
        let writer = app.cijfers.writer(&table.uitvraag)?;
        sums(&writer, &table.cijfers, &indicators, &codes)
    } else {
        Vec::new()
    };
    let off = chosen.len() as u64 * ROUNDED_TO.unsigned_abs();
    Ok(page(
        StatusCode::OK,
        &GroupPage {
            menu: Menu::of(&caller),
            jaar: table.jaar,
            niveau: query.niveau.name(),
            bound: if rows.is_empty() {
                String::new()
            } else if table.rule.is_older() {
                wording::page::SUM_OF_OLDER_RULE.to_owned()
            } else {
                wording::page::sum_bound(&grouped_thousands(off))
            },
            choices: choices(table.jaar, all, &query.codes),
            years,
            remark,
            chosen,
            rows,
        },
    ))
}

/// What these gebieden have together, of every count and of every share of two counts.
fn sums(
    writer: &FigureWriter,
    cijfers: &[Cijfer],
    indicators: &[Indicator],
    codes: &[&str],
) -> Vec<SumRow> {
    let whole: Vec<&Cijfer> = cijfers
        .iter()
        .filter(|cijfer| cijfer.uitsplitsing == Cijfer::TOTAL)
        .filter(|cijfer| cijfer.gebied == NEDERLAND || codes.contains(&cijfer.gebied.as_str()))
        .collect();
    let adds_up = |indicator: &&Indicator| matches!(indicator.kind, Kind::Count | Kind::Share);
    let row = |indicator: &Indicator| {
        let of_indicator = whole.iter().filter(|one| one.indicator == indicator.id);
        let (land, parts): (Vec<&Cijfer>, Vec<&Cijfer>) =
            of_indicator.partition(|one| one.gebied == NEDERLAND);
        if parts.len() != codes.len() {
            return None;
        }
        Some(SumRow {
            titel: indicator.titel.clone(),
            together: together(writer, &parts, indicator),
            land: published(writer, land.first()?, indicator),
        })
    };
    indicators.iter().filter(adds_up).filter_map(row).collect()
}

/// The sum of published figures, or the sign that one of them is not there.
fn together(writer: &FigureWriter, parts: &[&Cijfer], indicator: &Indicator) -> String {
    let sum = |get: fn(&Cijfer) -> Option<f64>| parts.iter().map(|part| get(part)).sum();
    let value: Option<f64> = match indicator.kind {
        Kind::Share => {
            let counted: Option<f64> = sum(|part| part.teller);
            let of: Option<f64> = sum(|part| part.noemer);
            let shares = parts.iter().all(|part| part.waarde.is_some());
            let counted = counted
                .zip(of)
                .filter(|(_, of)| *of >= SHARE_FLOOR as f64 && shares);
            counted.map(|(counted, of)| counted / of)
        }
        _ => sum(|part| part.waarde),
    };
    match value {
        Some(_) => told(writer, value, indicator, &indicator.eenheid),
        None if parts.iter().any(|part| is_hidden(part)) => wording::page::SUM_HIDDEN.to_owned(),
        None => wording::page::SUM_MISSING.to_owned(),
    }
}

/// All gebieden of a level: gemeenten by provincie.
fn choices(jaar: i32, all: Vec<Gebied>, chosen: &BTreeSet<String>) -> Vec<ChoiceGroup> {
    let mut groups: Vec<ChoiceGroup> = Vec::new();
    for gebied in all {
        let gemeente = Gebieden::get().gemeente(jaar, &gebied.code);
        let title = gemeente.map_or("", |gemeente| gemeente.provincie.as_str());
        let choice = GebiedChoice {
            chosen: chosen.contains(&gebied.code),
            gebied,
        };
        match groups.iter_mut().find(|group| group.titel == title) {
            Some(group) => group.gebieden.push(choice),
            None => groups.push(ChoiceGroup {
                titel: title.to_owned(),
                gebieden: vec![choice],
            }),
        }
    }
    groups.sort_by(|one, other| one.titel.cmp(&other.titel));
    for group in &mut groups {
        let gebieden = &mut group.gebieden;
        gebieden.sort_by(|one, other| one.gebied.naam.cmp(&other.gebied.naam));
    }
    groups
}
