//! A share or count per code: a table with a bar in each row.

use askama::Template;
use schema::Indicator;
use schema::indicator::Interval;

use super::{FigureCell, IndicatorCard, PageView, title};
use crate::chart::balk;
use crate::figure_index::Fact;
use crate::nl;
use crate::page_plan;

/// The distribution.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "block/distribution.html")]
pub struct DistributionBlock {
    /// Heading.
    pub titel: String,
    /// What to keep in mind.
    pub toelichting: String,
    /// Name above the own column.
    pub own: String,
    /// Names above the other columns.
    pub kolommen: Vec<String>,
    /// One table per breakdown.
    pub parts: Vec<Breakdown>,
    /// What it means.
    pub card: IndicatorCard,
    /// Response of the gebied.
    pub respons: String,
    /// Whether the page has a country to set a tick at.
    pub met_land: bool,
    /// Whether every own value is hidden or missing.
    pub all_empty: bool,
}

/// One breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breakdown {
    /// What it is broken down by, as in the files.
    pub veld: String,
    /// The same in words.
    pub titel: String,
    /// One row per code.
    pub rijen: Vec<DistributionRow>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionRow {
    /// Label of the code.
    pub label: String,
    /// The bar; empty when there is no value.
    pub balk: String,
    /// The value here.
    pub own: FigureCell,
    /// What part of the whole a count is; empty for shares.
    pub part: String,
    /// The value in the wider gebieden.
    pub beside: Vec<FigureCell>,
}

impl DistributionBlock {
    /// The categories of an indicator; nothing when it has none here nor in the country.
    pub fn new(plan: &page_plan::DistributionPlan, view: PageView<'_>) -> Option<Self> {
        let indicator = view.index.indicator(&plan.indicator)?;
        let parts = parts(indicator, plan.uitsplitsing.as_deref(), view);
        let all_empty = parts
            .iter()
            .flat_map(|part| &part.rijen)
            .all(|row| !row.own.reden.is_empty());
        let own = view.rijen.van(&plan.indicator);
        (!parts.is_empty()).then(|| Self {
            titel: title(&plan.titel, indicator),
            toelichting: plan.toelichting.clone(),
            own: view.gebied.naam.clone(),
            kolommen: view.column_names(),
            parts,
            card: IndicatorCard::new(indicator, view.rijen.total(&plan.indicator)),
            respons: super::respons(own.iter().copied().find(|fact| fact.respons().is_some())),
            met_land: !view.is_land(),
            all_empty,
        })
    }
}

/// The breakdowns of an indicator with their rows, in the order of the labels.
pub(super) fn parts(
    indicator: &Indicator,
    only: Option<&str>,
    view: PageView<'_>,
) -> Vec<Breakdown> {
    let id = indicator.id.as_str();
    let land = view.index.rows(view.index.land());
    let mut keys: Vec<(&str, &str)> = view
        .rijen
        .van(id)
        .iter()
        .chain(land.van(id))
        .map(|fact| (fact.uitsplitsing(), fact.categorie()))
        .filter(|(uitsplitsing, _)| {
            *uitsplitsing != "totaal" && only.is_none_or(|this| this == *uitsplitsing)
        })
        .collect();
    keys.sort_by(|a, b| {
        let place = |(uitsplitsing, code): &(&str, &str)| view.index.label(uitsplitsing, code).0;
        (view.index.place(a.0), a.0, place(a), a.1).cmp(&(
            view.index.place(b.0),
            b.0,
            place(b),
            b.1,
        ))
    });
    keys.dedup();
    let mut parts: Vec<(&str, Breakdown)> = Vec::new();
    for (uitsplitsing, code) in keys {
        let row = row(indicator, uitsplitsing, code, view);
        match parts.last_mut() {
            Some((this, part)) if *this == uitsplitsing => part.rijen.push(row),
            _ => parts.push((
                uitsplitsing,
                Breakdown {
                    veld: uitsplitsing.to_owned(),
                    titel: view.index.uitsplitsing(uitsplitsing).to_owned(),
                    rijen: vec![row],
                },
            )),
        }
    }
    parts.into_iter().map(|(_, part)| part).collect()
}

fn row(
    indicator: &Indicator,
    uitsplitsing: &str,
    code: &str,
    view: PageView<'_>,
) -> DistributionRow {
    let id = indicator.id.as_str();
    let format = view.index.format(indicator);
    let land = view.index.rows(view.index.land());
    let own = view.rijen.cell(id, uitsplitsing, code);
    let here = part_of(indicator, own, view.rijen.total(id));
    let there = part_of(indicator, land.cell(id, uitsplitsing, code), land.total(id))
        .filter(|_| !view.is_land());
    let counted = here.filter(|_| !format.is_share());
    DistributionRow {
        label: view.index.label(uitsplitsing, code).1.to_owned(),
        balk: here.map(|here| balk::svg(here, there)).unwrap_or_default(),
        own: FigureCell::met_interval(own, &format),
        part: counted
            .map(|here| nl::percent(here, None))
            .unwrap_or_default(),
        beside: beside(indicator, uitsplitsing, code, view),
    }
}

/// The wider gebieden: shares as they are, and of counts their part of the total, which can be compared.
fn beside(
    indicator: &Indicator,
    uitsplitsing: &str,
    code: &str,
    view: PageView<'_>,
) -> Vec<FigureCell> {
    let format = view.index.format(indicator);
    let own = view.rijen.cell(&indicator.id, uitsplitsing, code);
    let cells = view.kolommen.iter().map(|gebied| {
        let rows = view.index.rows(gebied);
        let fact = rows.cell(&indicator.id, uitsplitsing, code);
        let cell = FigureCell::beside(fact, &format, own);
        match part_of(indicator, fact, rows.total(&indicator.id)) {
            Some(part) if !format.is_share() => FigureCell {
                tekst: nl::percent(part, None),
                ..cell
            },
            _ => cell,
        }
    });
    cells.collect()
}

/// What part of its whole a figure is, 0 to 1: a share as it is; a count as its part of the total; nothing for figures that do not add up (medians, rates).
fn part_of(indicator: &Indicator, fact: Option<Fact<'_>>, whole: Option<Fact<'_>>) -> Option<f64> {
    let value = fact.and_then(Fact::value)?;
    if indicator.eenheid == "aandeel" {
        return Some(value);
    }
    let is_telling = indicator.noemer.is_empty()
        && matches!(indicator.interval, Interval::Geen | Interval::Poisson);
    let sum = whole
        .and_then(Fact::value)
        .filter(|sum| *sum > 0.0 && is_telling)?;
    Some(value / sum)
}
