//! What people thought, beside what was counted: two columns that are never added up. Country page only.

use askama::Template;
use serde::Serialize;

use super::PageView;
use super::cell::FigureCell;
use crate::block_plan;
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::shown_figure::Fact;
use crate::wording;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/opinions.html")]
pub struct OpinionsBlock {
    /// Heading.
    pub titel: String,
    /// Who was asked, and why it is no measurement.
    pub toelichting: String,
    /// Name above the column of opinions.
    pub wie: String,
    /// The lines.
    pub regels: Vec<OpinionLine>,
    /// Reporting year of what was counted.
    pub jaar: i32,
}

/// One opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpinionLine {
    /// What they answered.
    pub antwoord: String,
    /// How many did.
    pub opinion: String,
    /// What was counted, in words.
    pub geteld: String,
    /// What was counted.
    pub cel: FigureCell,
}

impl OpinionsBlock {
    /// The block, on the country's page.
    pub fn new(plan: &block_plan::OpinionsPlan, view: PageView<'_>) -> Option<Self> {
        view.is_land().then(|| Self {
            titel: plan.titel.clone(),
            toelichting: plan.toelichting.clone(),
            wie: plan.wie.clone(),
            regels: plan
                .regel
                .iter()
                .map(|regel| OpinionLine::new(regel, view))
                .collect(),
            jaar: view.index.publicatie.jaar,
        })
    }
}

impl OpinionLine {
    fn new(plan: &block_plan::OpinionPlan, view: PageView<'_>) -> Self {
        let facts: Vec<Option<Fact<'_>>> =
            plan.cijfers.iter().map(|name| find(name, view)).collect();
        Self {
            antwoord: plan.antwoord.clone(),
            opinion: dutch_format::percent(plan.aandeel),
            geteld: plan.geteld.clone(),
            cel: sum(&facts, plan, view),
        }
    }
}

/// `indicator`, or `indicator/uitsplitsing/categorie`.
fn find<'w>(name: &str, view: PageView<'w>) -> Option<Fact<'w>> {
    let mut parts = name.split('/');
    let indicator = parts.next()?;
    let scope = match (parts.next(), parts.next()) {
        (Some(uitsplitsing), Some(categorie)) => FigureScope::of(uitsplitsing, categorie),
        _ => FigureScope::Whole,
    };
    view.rijen.cell(indicator, scope)
}

/// One share, or the sum of shares of one whole; no sum while a part of it is hidden or missing, and none of few.
fn sum(
    facts: &[Option<Fact<'_>>],
    plan: &block_plan::OpinionPlan,
    view: PageView<'_>,
) -> FigureCell {
    let first = plan.cijfers.first().and_then(|name| name.split('/').next());
    let Some(indicator) = first.and_then(|id| view.index.indicator(id)) else {
        return FigureCell::default();
    };
    let format = view.index.format(indicator);
    let (Some(first), rest) = (facts.first().copied().flatten(), &facts[1..]) else {
        return FigureCell::with(None, None, &format);
    };
    if rest.is_empty() {
        return FigureCell::bare(Some(first), &format);
    }
    let without = facts
        .iter()
        .find(|fact| fact.and_then(Fact::value).is_none());
    if let Some(without) = without {
        return FigureCell::with(*without, None, &format);
    }
    let values = facts.iter().flatten().filter_map(|fact| fact.value());
    let share = values.sum::<f64>().min(1.0);
    let text = match share {
        0.0 => wording::figure::less_than(&dutch_format::percent(0.01)),
        share => dutch_format::percent(share),
    };
    FigureCell {
        voorlopig: facts.iter().flatten().any(|fact| fact.provisional()),
        ..FigureCell::with(Some(first), Some(text), &format)
    }
}
