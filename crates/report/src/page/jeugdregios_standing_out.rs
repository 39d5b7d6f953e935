//! What the country page says of the jeugdregio's together: which stand out, how many would by chance, and of which
//! gemeenten nothing is known.
//!
//! Owns counting the comparisons and their clear differences. Leaves the table of all jeugdregio's and its map to `jeugdregios`.

use schema::cijfer::Reason;
use schema::{Indicator, Niveau};
use serde::Serialize;

use super::jeugdregios::{self, FigureMap};
use crate::beside_nederland::StandingWords;
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// The share of comparisons that chance alone makes a clear difference: what lies outside a margin of 99.8 %.
const BY_CHANCE: f64 = 0.002;

/// The jeugdregio's together.
#[derive(Serialize)]
pub(super) struct JeugdregioOverview<'a> {
    /// How many comparisons there were, how many are clear, and how many would be by chance; empty without one.
    pub chance: String,
    /// Those with a clear difference, most first.
    pub striking: Vec<StrikingJeugdregio<'a>>,
    /// The map of the first figure of the table.
    pub map: Option<FigureMap>,
    /// The figures of the table, and where it stands in the order of each.
    pub orders: Vec<(String, &'a str)>,
    /// Gemeenten where aanbieders work of whom none delivered.
    pub silent: Vec<&'a PublishedGebied>,
    /// Gemeenten where no aanbieder is known to work.
    pub without_aanbieder: Vec<&'a PublishedGebied>,
}

/// A jeugdregio with a clear difference.
#[derive(Serialize)]
pub(super) struct StrikingJeugdregio<'a> {
    /// The jeugdregio.
    pub gebied: &'a PublishedGebied,
    /// How many clear differences it has.
    pub counted: String,
    /// Those of a whole figure, by name.
    pub figures: Vec<String>,
}

impl<'a> JeugdregioOverview<'a> {
    /// Counts.
    pub(super) fn new(index: &ReportIndex<'a>) -> Self {
        let jeugdregios = index.niveau(Niveau::Jeugdregio);
        let mut compared: usize = 0;
        let mut clear: usize = 0;
        let mut striking = Vec::new();
        for gebied in jeugdregios {
            let judged = index.rows(gebied).all().iter();
            let judged: Vec<Fact<'_>> = judged
                .copied()
                .filter(|fact| fact.oordeel().is_some())
                .collect();
            compared += judged.len();
            let different: Vec<Fact<'_>> =
                judged.into_iter().filter(|fact| is_clear(*fact)).collect();
            clear += different.len();
            if !different.is_empty() {
                let whole = different
                    .iter()
                    .filter(|fact| fact.scope() == FigureScope::Whole);
                let figures = whole.filter_map(|fact| {
                    let indicator: &Indicator = index.indicator(fact.indicator())?;
                    Some(wording::beside_nederland::briefly(
                        &indicator.titel,
                        StandingWords::of(Some(*fact)) == StandingWords::Higher,
                    ))
                });
                let jeugdregio = StrikingJeugdregio {
                    gebied,
                    counted: wording::beside_nederland::clear_times(different.len()),
                    figures: figures.collect(),
                };
                striking.push((different.len(), jeugdregio));
            }
        }
        striking
            .sort_by(|(a, one), (b, other)| (b, &one.gebied.naam).cmp(&(a, &other.gebied.naam)));
        let columns = jeugdregios::columns(index);
        let gemeenten = index.niveau(Niveau::Gemeente).iter().copied();
        let (silent, without_aanbieder) = gemeenten
            .filter_map(|gemeente| {
                Some((
                    gemeente,
                    index.rows(gemeente).total(&index.page_plan().omvang)?,
                ))
            })
            .filter(|(_, fact)| {
                fact.toestand() == Visibility::Missing(Some(Reason::NobodyDelivered))
            })
            .partition::<Vec<_>, _>(|(_, fact)| fact.respons().is_some());
        let names = |found: Vec<(&'a PublishedGebied, Fact<'_>)>| {
            found.into_iter().map(|(gemeente, _)| gemeente).collect()
        };
        Self {
            chance: if compared == 0 {
                String::new()
            } else {
                let by_chance = compared as f64 * BY_CHANCE;
                let times = |count: usize| dutch_format::number(count as f64, 0);
                let by_chance = (by_chance >= 0.5).then(|| dutch_format::number(by_chance, 0));
                wording::beside_nederland::chance(
                    &wording::page::group(jeugdregios.len(), Niveau::Jeugdregio),
                    &times(compared),
                    &times(clear),
                    by_chance.as_deref(),
                )
            },
            striking: striking
                .into_iter()
                .map(|(_, jeugdregio)| jeugdregio)
                .collect(),
            map: columns
                .first()
                .map(|first| FigureMap::new(index, first, "../")),
            orders: columns
                .iter()
                .map(|indicator| {
                    (
                        jeugdregios::path_from_meting(indicator),
                        indicator.titel.as_str(),
                    )
                })
                .collect(),
            silent: names(silent),
            without_aanbieder: names(without_aanbieder),
        }
    }
}

fn is_clear(fact: Fact<'_>) -> bool {
    matches!(
        StandingWords::of(Some(fact)),
        StandingWords::Higher | StandingWords::Lower
    )
}
