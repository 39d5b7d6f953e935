//! A share or count per code: a table with a bar in each row.

use std::collections::BTreeSet;

use askama::Template;
use schema::Indicator;
use schema::indicator::Kind;
use serde::Serialize;

use super::cell::{FigureCell, footing};
use super::{PageView, title};
use crate::block_plan;
use crate::chart::bar_chart::Bar;
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::publicatie::PublishedGebied;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// The distribution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
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
    /// Where it says what it means.
    pub meaning: String,
    /// What it rests on.
    pub footing: String,
    /// That its parts need not add up; empty where there are none.
    pub rounding: &'static str,
    /// What the tick in a bar is; empty where there is none.
    pub tick: &'static str,
}

/// A share is given from this denominator: below it the rounding of the two counts says more than they do.
const SMALLEST_WHOLE: f64 = 20.0;
/// The unit of a share.
const SHARE: &str = "aandeel";

/// One breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breakdown {
    /// What it is broken down by, as in the files.
    pub veld: String,
    /// The same in words.
    pub titel: String,
    /// One row per code; none where there is nothing to show.
    pub rijen: Vec<DistributionRow>,
    /// Whether it was left out for all gebieden alike.
    pub left_out: bool,
    /// Why there are no rows; empty where there are.
    pub why_empty: String,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DistributionRow {
    /// Label of the code.
    pub label: String,
    /// The bar; none where there is no value to draw.
    pub balk: Option<Bar>,
    /// The value here.
    pub own: FigureCell,
    /// What part of the whole a count is; empty for shares.
    pub part: String,
    /// The value in the wider gebieden.
    pub beside: Vec<FigureCell>,
}

impl DistributionBlock {
    /// The categories of an indicator; nothing where none is published at the level of the page.
    pub fn new(plan: &block_plan::DistributionPlan, view: PageView<'_>) -> Option<Self> {
        let indicator = view.index.indicator(&plan.indicator)?;
        let parts = parts(indicator, plan.uitsplitsing.as_deref(), view);
        let format = view.index.format(indicator);
        let total = view.rijen.total(&plan.indicator);
        let first = view.rijen.of_indicator(&plan.indicator).first().copied();
        let shown = parts.iter().any(|part| !part.rijen.is_empty());
        let beside_land = shown && !view.is_land();
        (!parts.is_empty()).then(|| Self {
            titel: title(&plan.titel, indicator),
            toelichting: plan.toelichting.clone(),
            own: view.gebied.naam.clone(),
            kolommen: view.column_names(),
            meaning: view.meaning(&plan.indicator),
            footing: footing(total.or(first), &format),
            rounding: if shown { rounding(indicator) } else { "" },
            tick: if beside_land {
                wording::drawing::TICK_IS_THE_COUNTRY
            } else {
                ""
            },
            parts,
        })
    }
}

/// That parts need not add up, of figures that are parts of something.
pub(super) fn rounding(indicator: &Indicator) -> &'static str {
    match indicator.kind {
        Kind::Count => wording::drawing::PARTS_OF_A_COUNT,
        Kind::Distribution => wording::drawing::PARTS_OF_A_WHOLE,
        Kind::Rate
        | Kind::Share
        | Kind::Ratio
        | Kind::Quantile
        | Kind::Curve
        | Kind::Extreme
        | Kind::Mean
        | Kind::Minutes
        | Kind::Money
        | Kind::Places
        | Kind::Public => "",
    }
}

/// The breakdowns of an indicator with their rows, in the order of the labels.
pub(super) fn parts<'w>(
    indicator: &Indicator,
    only: Option<&str>,
    view: PageView<'w>,
) -> Vec<Breakdown> {
    let id = indicator.id.as_str();
    let land = view.index.rows(view.index.land());
    let own = view.rijen.of_indicator(id);
    let category = |fact: &Fact<'w>| match fact.scope() {
        FigureScope::Whole => None,
        FigureScope::Category {
            uitsplitsing,
            categorie,
        } => only
            .is_none_or(|this| this == uitsplitsing)
            .then_some((uitsplitsing, categorie)),
    };
    // A breakdown that is published at the level of the page has all the codes that the country has.
    let here: BTreeSet<&str> = own.iter().filter_map(category).map(|key| key.0).collect();
    let mut keys: Vec<(&str, &str)> = own
        .iter()
        .chain(land.of_indicator(id))
        .filter_map(category)
        .filter(|(uitsplitsing, _)| here.contains(uitsplitsing))
        .collect();
    keys.sort_by_cached_key(|&(uitsplitsing, code)| {
        let place = view.index.label(uitsplitsing, code).0;
        (view.index.place(uitsplitsing), uitsplitsing, place, code)
    });
    keys.dedup();
    keys.chunk_by(|one, other| one.0 == other.0)
        .map(|codes| breakdown(indicator, codes, view))
        .collect()
}

/// One breakdown, of these codes.
fn breakdown(indicator: &Indicator, codes: &[(&str, &str)], view: PageView<'_>) -> Breakdown {
    let uitsplitsing = codes.first().map_or("", |(uitsplitsing, _)| uitsplitsing);
    let name = view.index.uitsplitsing(uitsplitsing);
    let own = |code: &str| {
        let fact = view
            .rijen
            .cell(&indicator.id, FigureScope::of(uitsplitsing, code));
        fact.map_or(Visibility::Missing(None), Fact::toestand)
    };
    let found: Vec<Visibility> = codes.iter().map(|(_, code)| own(code)).collect();
    let why_empty = if found.contains(&Visibility::LeftOut) {
        wording::figure::left_out(
            name,
            wording::page::plural(view.gebied.niveau),
            view.index.page_plan().people(),
        )
    } else if found.contains(&Visibility::Shown) {
        String::new()
    } else if found.contains(&Visibility::Hidden) {
        wording::figure::nothing_of(name)
    } else {
        let why = found.iter().find_map(|visibility| visibility.reason());
        wording::figure::nothing_known_of(name, wording::figure::reason(why, view.gebied.niveau))
    };
    let shown = codes.iter().filter(|_| why_empty.is_empty());
    Breakdown {
        veld: uitsplitsing.to_owned(),
        titel: name.to_owned(),
        rijen: shown
            .map(|(uitsplitsing, code)| row(indicator, uitsplitsing, code, view))
            .collect(),
        left_out: found.contains(&Visibility::LeftOut),
        why_empty,
    }
}

fn row(
    indicator: &Indicator,
    uitsplitsing: &str,
    code: &str,
    view: PageView<'_>,
) -> DistributionRow {
    let id = indicator.id.as_str();
    let scope = FigureScope::of(uitsplitsing, code);
    let format = view.index.format(indicator);
    let land = view.index.rows(view.index.land());
    let own = view.rijen.cell(id, scope);
    let here = part_of(indicator, own, view.rijen.total(id));
    let there =
        part_of(indicator, land.cell(id, scope), land.total(id)).filter(|_| !view.is_land());
    DistributionRow {
        label: view.index.label(uitsplitsing, code).1.to_owned(),
        balk: here.map(|here| Bar::new(here, there)),
        own: FigureCell::met_interval(own, &format).brief(own, &format),
        part: here
            .filter(|_| !format.is_share())
            .map(dutch_format::percent)
            .unwrap_or_default(),
        beside: view
            .kolommen
            .iter()
            .map(|gebied| beside(indicator, scope, view, gebied))
            .collect(),
    }
}

/// A wider gebied: shares as they are, and of counts their part of the total, which can be compared.
fn beside(
    indicator: &Indicator,
    scope: FigureScope<'_>,
    view: PageView<'_>,
    gebied: &PublishedGebied,
) -> FigureCell {
    let format = view.index.format(indicator);
    let rows = view.index.rows(gebied);
    let fact = rows.cell(&indicator.id, scope);
    let cell = match part_of(indicator, fact, rows.total(&indicator.id)) {
        Some(part) if !format.is_share() => {
            FigureCell::with(fact, Some(dutch_format::percent(part)), &format)
        }
        _ => FigureCell::bare(fact, &format),
    };
    cell.brief(fact, &format)
}

/// What part of its whole a figure is, 0 to 1: a share as it is; a count as its part of the total, from a total of
/// [`SMALLEST_WHOLE`]; nothing for figures that do not add up (medians, rates) and for a count of few.
fn part_of(indicator: &Indicator, fact: Option<Fact<'_>>, whole: Option<Fact<'_>>) -> Option<f64> {
    let value = fact.and_then(Fact::value)?;
    match indicator.kind {
        Kind::Share | Kind::Distribution => Some(value),
        Kind::Public => (indicator.eenheid == SHARE).then_some(value),
        Kind::Count => {
            let sum = whole.and_then(Fact::value)?;
            // Rounded apart, a part may come out above its whole.
            (sum >= SMALLEST_WHOLE && value > 0.0).then(|| (value / sum).min(1.0))
        }
        Kind::Rate
        | Kind::Ratio
        | Kind::Quantile
        | Kind::Curve
        | Kind::Extreme
        | Kind::Mean
        | Kind::Minutes
        | Kind::Money
        | Kind::Places => None,
    }
}
