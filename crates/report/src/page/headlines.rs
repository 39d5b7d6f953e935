//! The sentences and figures at the top of a page: which findings are told, and in which order.
//!
//! Owns the figures shown large, the sentences under them by what they say, the line about response, and which difference
//! within a gebied is told: the largest of an indicator, if it is worth a sentence and the 99.8 % margins of the two
//! categories do not meet; only of shares that the page breaks down, as the parts of one whole differ by themselves. Leaves
//! the sentence beside Nederland to `beside_nederland`.

use schema::Indicator;
use schema::indicator::Kind;
use serde::Serialize;

use crate::beside_nederland::{StandingWords, Wording};
use crate::block::cell::FigureCell;
use crate::block::{PageView, names_unit, title};
use crate::block_plan::ComparePlan;
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::shown_figure::Fact;
use crate::wording;

/// A sentence at the top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Headline {
    /// Where the figure stands in full, or what it means where the page has no more of it.
    pub href: String,
    /// Up to the stressed words.
    pub before: String,
    /// The stressed words; may be empty.
    pub emphasis: String,
    /// Their name in the style sheet.
    pub class: &'static str,
    /// What follows.
    pub after: String,
}

/// Below this share of the aanbieders the page warns.
const LOW_RESPONSE: f64 = 0.8;

/// A figure shown large.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct KeyFigure {
    /// Title of the indicator.
    pub titel: String,
    /// The value here.
    pub own: FigureCell,
    /// The value in the country; absent on the country's page and for counts, which cannot be compared.
    pub land: Option<FigureCell>,
}

/// The sentences at the top that say the same kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct HeadingGroup {
    /// Above them; empty where nothing needs to be said.
    pub titel: String,
    /// The sentences.
    pub headlines: Vec<Headline>,
    /// Names of figures of which there is no more to say here than the heading does.
    pub in_short: Vec<FigureLink>,
}

/// The name of a figure, and where it stands in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct FigureLink {
    /// The way to it.
    pub href: String,
    /// Title.
    pub titel: String,
}

/// At most so many differences are told in full.
const FINDINGS: usize = 5;

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

/// The sentences at the top, what stands out first; a group without sentences is left out. A difference is told in full
/// when it is clear and at least the smallest that is worth a sentence, the largest first.
pub(super) fn headings(view: PageView<'_>) -> Vec<HeadingGroup> {
    let mut striking: Vec<(f64, Headline, FigureLink)> = Vec::new();
    let mut no_difference = Vec::new();
    let mut depends = Vec::new();
    let mut not_compared = Vec::new();
    let mut not_shown = Vec::new();
    for plan in view.index.page_plan().headers() {
        let Some(indicator) = view.published(&plan.indicator, plan.scope()) else {
            continue;
        };
        let own = view.rijen.cell(&plan.indicator, plan.scope());
        let format = view.index.format(indicator);
        let land = view.land(plan);
        let wording = Wording::new(plan, &format, own, land, view.told_with(indicator));
        let shown = own.is_some_and(|fact| fact.value().is_some());
        let headline = Headline {
            href: if view.belongs(own) {
                format!("#{}", plan.anchor())
            } else {
                view.meaning(&plan.indicator)
            },
            before: wording.before,
            emphasis: wording.emphasis,
            class: wording.oordeel.class(),
            after: wording.after,
        };
        let link = FigureLink {
            href: headline.href.clone(),
            titel: title(&plan.titel, indicator),
        };
        match wording.oordeel {
            StandingWords::Higher | StandingWords::Lower => {
                let size = times_the_smallest(indicator, own, land.flatten());
                if size >= 1.0 {
                    striking.push((size, headline, link));
                } else {
                    no_difference.push(link);
                }
            }
            StandingWords::Undecided => no_difference.push(link),
            StandingWords::DependsOnResponse => depends.push(link),
            StandingWords::NotJudged if shown => not_compared.push(headline),
            StandingWords::NotJudged => not_shown.push(headline),
        }
    }
    striking.extend(contrasts(view).into_iter().map(|(size, headline)| {
        let link = FigureLink {
            href: headline.href.clone(),
            titel: headline.before.trim().trim_end_matches(',').to_owned(),
        };
        (size, headline, link)
    }));
    striking.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    let less_striking = striking.split_off(striking.len().min(FINDINGS));
    let not_compared_title = if view.is_land() {
        ""
    } else {
        wording::beside_nederland::NOT_COMPARED
    };
    let told = |title: &str, headlines| HeadingGroup {
        titel: title.to_owned(),
        headlines,
        in_short: Vec::new(),
    };
    let named = |title: &str, in_short| HeadingGroup {
        titel: title.to_owned(),
        headlines: Vec::new(),
        in_short,
    };
    let findings = striking.into_iter().map(|(_, headline, _)| headline);
    let more = less_striking.into_iter().map(|(.., link)| link);
    let no_difference_title = wording::beside_nederland::no_clear_difference(no_difference.len());
    let groups = [
        told(wording::beside_nederland::STRIKING, findings.collect()),
        named(wording::beside_nederland::STRIKING_TOO, more.collect()),
        named(&no_difference_title, no_difference),
        named(wording::beside_nederland::DEPENDS, depends),
        told(not_compared_title, not_compared),
        told(wording::beside_nederland::NOT_SHOWN, not_shown),
    ];
    groups
        .into_iter()
        .filter(|group| !group.headlines.is_empty() || !group.in_short.is_empty())
        .collect()
}

/// How many times the smallest difference worth a sentence the two are apart, as they are published.
fn times_the_smallest(indicator: &Indicator, own: Option<Fact<'_>>, land: Option<Fact<'_>>) -> f64 {
    let values = own.and_then(Fact::value).zip(land.and_then(Fact::value));
    let smallest = indicator.smallest_difference();
    values.zip(smallest).map_or(0.0, |((own, land), smallest)| {
        // A difference of exactly the smallest is worth it, whatever its last binary digit.
        ((own - land).abs() + 1e-9) / smallest
    })
}

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
        emphasis: wording::beside_nederland::differs(plan.meervoud).to_owned(),
        class: StandingWords::NotJudged.class(),
        after: wording::beside_nederland::by_category(
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

/// The response of a gebied, in words for the top of its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
        let percent = dutch_format::percent(share);
        let counted = fact.and_then(|fact| fact.numerator().zip(fact.denominator()));
        let mut sentences = vec![match counted {
            Some((given, asked)) => wording::figure::delivered(
                &dutch_format::number(given, 0),
                &dutch_format::number(asked, 0),
                &percent,
            ),
            None => wording::figure::delivered_share(&percent),
        }];
        let known = |fact: &Fact<'_>| Some(fact.known_aanbieders()?.at_least());
        let known_from = view.rijen.all().iter().filter_map(known).max();
        if known_from.is_some_and(|most| counted.is_some_and(|(given, _)| f64::from(most) > given))
        {
            let people = view.index.page_plan().people();
            sentences.push(wording::figure::from_elsewhere(people, &view.gebied.naam));
        }
        let low = share < LOW_RESPONSE;
        if low {
            sentences.push(wording::page::READ_WITH_CARE.to_owned());
        }
        Some(Self {
            tekst: sentences.join(" "),
            low,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::wording::figure::delivered;

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
