//! In short: what stands at the top of a page.
//!
//! Owns the figures shown large, the sentences under them by what they say, and the line about response.

use schema::indicator::Kind;

use crate::block::cell::FigureCell;
use crate::block::{PageView, compare, names_unit};
use crate::figure_index::{Fact, FigureScope};
use crate::nl;
use crate::standing::{StandingWords, Wording};
use crate::wording;

/// Below this share of the aanbieders the page warns.
const LOW_RESPONSE: f64 = 0.8;

/// A figure shown large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyFigure {
    /// Title of the indicator.
    pub titel: String,
    /// The value here.
    pub own: FigureCell,
    /// The value in the country; absent on the country's page and for counts, which cannot be compared.
    pub land: Option<FigureCell>,
}

/// A sentence at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headline {
    /// Where the figure stands in full.
    pub id: String,
    /// The sentence.
    pub wording: Wording,
}

/// The sentences at the top, what stands out first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Headings {
    /// Whether the page is compared at all; the country's is not.
    pub compared: bool,
    /// Clearly higher or lower.
    pub striking: Vec<Headline>,
    /// It can't be said.
    pub undecided: Vec<Headline>,
    /// It depends on who did not deliver.
    pub depends: Vec<Headline>,
    /// Not judged, or not shown.
    pub other: Vec<Headline>,
}

/// The figures shown large.
pub(super) fn key_figures(view: PageView<'_>) -> Vec<KeyFigure> {
    let core_figures = view.index.page_plan().kerncijfers.iter().filter_map(|id| {
        let indicator = view.published(id, FigureScope::Whole)?;
        let format = view.index.format(indicator);
        let land = view.index.rows(view.index.land()).total(id);
        let own = view.rijen.total(id);
        let comparable = !view.is_land() && indicator.kind != Kind::Count;
        Some(KeyFigure {
            titel: indicator.titel.clone(),
            own: if names_unit(&indicator.titel, &format) {
                FigureCell::bare(own, &format)
            } else {
                FigureCell::long(own, &format)
            },
            land: comparable.then(|| FigureCell::long(land, &format)),
        })
    });
    core_figures.collect()
}

/// The sentences at the top.
pub(super) fn headings(view: PageView<'_>) -> Headings {
    let page_plan = view.index.page_plan();
    let headlines = page_plan.headers().into_iter().filter_map(|plan| {
        let indicator = view.published(&plan.indicator, plan.scope())?;
        let own = view.rijen.cell(&plan.indicator, plan.scope());
        Some(Headline {
            id: compare::anchor(plan),
            wording: Wording::new(
                plan,
                &view.index.format(indicator),
                page_plan.records_of(indicator),
                own,
                view.land(plan),
            ),
        })
    });
    let mut distributed = Headings {
        compared: !view.is_land(),
        ..Headings::default()
    };
    for headline in headlines {
        let group = match headline.wording.oordeel {
            StandingWords::Higher | StandingWords::Lower => &mut distributed.striking,
            StandingWords::Undecided => &mut distributed.undecided,
            StandingWords::DependsOnResponse => &mut distributed.depends,
            StandingWords::NotJudged => &mut distributed.other,
        };
        group.push(headline);
    }
    distributed
}

/// The response of a gebied, in words for the top of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResponsLine {
    /// `9 van de 12 gevraagde aanbieders leverden (75%).`
    pub tekst: String,
    /// Whether enough is missing to say so.
    pub low: bool,
}

impl ResponsLine {
    /// From the response figure of the gebied, or from any of its figures.
    pub(super) fn new(view: PageView<'_>) -> Option<Self> {
        let fact = view.rijen.total(&view.index.page_plan().respons);
        let share = fact
            .and_then(Fact::value)
            .or_else(|| view.rijen.all().iter().find_map(|fact| fact.respons()))
            .filter(|share| (0.0..=1.0).contains(share))?;
        let percent = nl::percent(share);
        let text = match fact.and_then(|fact| fact.numerator().zip(fact.denominator())) {
            Some((given, asked)) => {
                wording::delivered(&nl::number(given, 0), &nl::number(asked, 0), &percent)
            }
            None => wording::delivered_share(&percent),
        };
        Some(Self {
            tekst: text,
            low: share < LOW_RESPONSE,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::wording::delivered;

    #[test]
    fn response_reads_as_dutch_for_one_and_for_none() {
        for (given, asked, percent, expected) in [
            (
                "9",
                "12",
                "75%",
                "9 van de 12 gevraagde aanbieders leverden gegevens of hadden niets te melden (75%).",
            ),
            (
                "1",
                "3",
                "33%",
                "1 van de 3 gevraagde aanbieders leverde gegevens of had niets te melden (33%).",
            ),
            (
                "1",
                "1",
                "100%",
                "De enige gevraagde aanbieder leverde gegevens of had niets te melden.",
            ),
            (
                "0",
                "1",
                "0%",
                "De enige gevraagde aanbieder leverde geen gegevens.",
            ),
            (
                "0",
                "4",
                "0%",
                "Geen van de 4 gevraagde aanbieders leverde gegevens.",
            ),
        ] {
            assert_eq!(delivered(given, asked, percent), expected);
        }
    }
}
