//! Clear differences within a gebied: between two categories of one breakdown.
//!
//! Owns which difference is told: the largest of an indicator, if it is worth a sentence and the 99.8 % margins of the two
//! do not meet. Only of shares that the page breaks down: the parts of one whole differ by themselves.

use schema::indicator::Kind;

use super::headline::Headline;
use crate::block::PageView;
use crate::block_plan::ComparePlan;
use crate::fact::Fact;
use crate::figure_scope::FigureScope;
use crate::standing::StandingWords;
use crate::wording;

/// A sentence for each indicator with a clear difference, and how many times the smallest worth telling that is.
pub(super) fn contrasts(view: PageView<'_>) -> Vec<(f64, Headline)> {
    let plans = view.index.page_plan().comparisons().into_iter();
    plans.filter_map(|plan| contrast(plan, view)).collect()
}

fn contrast(plan: &ComparePlan, view: PageView<'_>) -> Option<(f64, Headline)> {
    let indicator = view.index.indicator(&plan.indicator)?;
    if indicator.kind != Kind::Share || plan.scope() != FigureScope::Whole {
        return None;
    }
    let smallest = indicator.smallest_difference()?;
    let chosen = &view.index.page_plan().uitgesplitst;
    let limits: Vec<Limits<'_>> = view
        .rijen
        .of_indicator(&plan.indicator)
        .iter()
        .filter_map(|fact| Limits::of(*fact))
        .filter(|category| {
            chosen.is_empty() || chosen.iter().any(|veld| veld == category.uitsplitsing)
        })
        .collect();
    let pairs = limits.iter().flat_map(|high| {
        let lower = limits
            .iter()
            .filter(|low| high.clearly_above(low, smallest));
        lower.map(move |low| (high, low))
    });
    let (high, low) = pairs.max_by(|one, other| {
        let difference = |(high, low): &(&Limits<'_>, &Limits<'_>)| high.value - low.value;
        difference(one).total_cmp(&difference(other))
    })?;
    let format = view.index.format(indicator);
    let words = |limits: &Limits<'_>| format.fact_short(limits.fact);
    let headline = Headline {
        href: format!("#{}", plan.anchor()),
        before: format!("{} ", plan.onderwerp),
        emphasis: wording::standing::differs(plan.meervoud).to_owned(),
        class: StandingWords::NotJudged.class(),
        after: wording::standing::by_category(
            view.index.uitsplitsing(high.uitsplitsing),
            [
                view.index.label(high.uitsplitsing, high.categorie).1,
                &words(high)?,
            ],
            [
                view.index.label(low.uitsplitsing, low.categorie).1,
                &words(low)?,
            ],
        ),
    };
    Some(((high.value - low.value) / smallest, headline))
}

/// One category of which value and margin are shown.
struct Limits<'a> {
    fact: Fact<'a>,
    uitsplitsing: &'a str,
    categorie: &'a str,
    value: f64,
    lower: f64,
    above: f64,
}

impl<'a> Limits<'a> {
    fn of(fact: Fact<'a>) -> Option<Self> {
        let FigureScope::Category {
            uitsplitsing,
            categorie,
        } = fact.scope()
        else {
            return None;
        };
        let (lower, above) = fact.wide_margin()?;
        Some(Self {
            fact,
            uitsplitsing,
            categorie,
            value: fact.value()?,
            lower,
            above,
        })
    }

    fn clearly_above(&self, other: &Self, smallest: f64) -> bool {
        self.uitsplitsing == other.uitsplitsing
            && self.lower > other.above
            && self.value - other.value >= smallest - 1e-9
    }
}
