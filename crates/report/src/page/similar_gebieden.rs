//! The gebieden of the same level that are most alike, by traits that the page plan names, with their key figures.
//!
//! Owns the distance: each trait in standard deviations of the level, inhabitants by their logarithm. A gebied of which a trait
//! is not known is like none. Traits are facts of the gebied, never figures of the publication: those are what is compared.

use schema::{Indicator, Niveau};
use serde::Serialize;

use crate::block::cell::FigureCell;
use crate::page_plan::AreaTrait;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::wording;

/// The block.
#[derive(Debug, Serialize)]
pub(super) struct Alike<'a> {
    /// By what they are alike.
    pub explanation: String,
    /// Names above the columns.
    pub columns: Vec<&'a str>,
    /// The gebieden, the most alike first.
    pub rows: Vec<AlikeRow<'a>>,
}

/// One gebied that is alike.
#[derive(Debug, Serialize)]
pub(super) struct AlikeRow<'a> {
    /// The gebied.
    pub gebied: &'a PublishedGebied,
    /// Its key figures.
    pub cells: Vec<FigureCell>,
}

impl<'a> Alike<'a> {
    /// Of this gebied; nothing where the plan names no traits, or there is none alike.
    pub(super) fn new(index: &'a ReportIndex<'a>, gebied: &PublishedGebied) -> Option<Self> {
        let plan = &index.page_plan().gelijk;
        let niveau = gebied.niveau;
        if !matches!(niveau, Niveau::Gemeente | Niveau::Jeugdregio) {
            return None;
        }
        let all = index.niveau(niveau);
        let found = most_alike(gebied, all, &plan.kenmerken, plan.aantal);
        if found.is_empty() {
            return None;
        }
        let has_row = |id: &str| {
            let mut rows = found.iter().map(|gebied| index.rows(gebied));
            rows.any(|row| row.total(id).is_some())
        };
        let shown = index.page_plan().kerncijfers.iter();
        let shown: Vec<&Indicator> = shown
            .filter(|id| has_row(id))
            .filter_map(|id| index.indicator(id))
            .collect();
        let rows = found.into_iter().map(|gebied| AlikeRow {
            gebied,
            cells: shown
                .iter()
                .map(|indicator| {
                    let fact = index.rows(gebied).total(&indicator.id);
                    FigureCell::bare(fact, &index.format(indicator))
                })
                .collect(),
        });
        Some(Self {
            explanation: wording::page::alike(niveau, &plan.kenmerken),
            columns: shown
                .iter()
                .map(|indicator| indicator.titel.as_str())
                .collect(),
            rows: rows.collect(),
        })
    }
}

/// At most so many of these that are most like this one.
fn most_alike<'a>(
    own: &PublishedGebied,
    all: &[&'a PublishedGebied],
    traits: &[AreaTrait],
    at_most: usize,
) -> Vec<&'a PublishedGebied> {
    let others = all.iter().copied().filter(|other| {
        other.code != own.code && traits.iter().all(|one| same_class(*one, own, other))
    });
    let numbers: Vec<AreaTrait> = traits
        .iter()
        .copied()
        .filter(|one| *one != AreaTrait::Grootteklasse)
        .collect();
    let spreads: Vec<f64> = numbers.iter().map(|one| spread(*one, all)).collect();
    let mut near: Vec<(f64, &PublishedGebied)> = others
        .filter_map(|other| {
            let parts = numbers.iter().zip(&spreads).map(|(one, spread)| {
                let difference = (measure(*one, own)? - measure(*one, other)?) / spread;
                Some(difference * difference)
            });
            Some((parts.sum::<Option<f64>>()?, other))
        })
        .collect();
    near.sort_by(|(one, a), (other, b)| one.total_cmp(other).then_with(|| a.code.cmp(&b.code)));
    near.truncate(if traits.is_empty() { 0 } else { at_most });
    near.into_iter().map(|(_, gebied)| gebied).collect()
}

/// Whether two are of the same class, where that is a trait and both have one: a jeugdregio has none.
fn same_class(of: AreaTrait, own: &PublishedGebied, other: &PublishedGebied) -> bool {
    of != AreaTrait::Grootteklasse || own.grootteklasse == other.grootteklasse
}

/// A trait as a number.
fn measure(of: AreaTrait, gebied: &PublishedGebied) -> Option<f64> {
    let inwoners = gebied.inwoners.filter(|count| *count > 0)? as f64;
    match of {
        AreaTrait::Inwoners => Some(inwoners.ln()),
        AreaTrait::Eenouderhuishoudens => Some(gebied.eenouderhuishoudens? as f64 / inwoners),
        AreaTrait::Grootteklasse => None,
    }
}

/// The standard deviation of a trait over a level; 1 where all are the same.
fn spread(of: AreaTrait, all: &[&PublishedGebied]) -> f64 {
    let values: Vec<f64> = all
        .iter()
        .filter_map(|gebied| measure(of, gebied))
        .collect();
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values
        .iter()
        .map(|value| (value - mean) * (value - mean))
        .sum();
    let deviation = (squares / count).sqrt();
    if deviation > 0.0 { deviation } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gebied(code: &str, inwoners: u64, households: Option<u64>, class: &str) -> PublishedGebied {
        PublishedGebied {
            code: code.to_owned(),
            naam: code.to_owned(),
            niveau: Niveau::Gemeente,
            provincies: Vec::new(),
            jeugdregio: None,
            grootteklasse: Some(class.to_owned()),
            inwoners: Some(inwoners),
            eenouderhuishoudens: households,
        }
    }

    /// Twice as large is as far as half as large; who lacks a trait, or is of another class, is like none.
    #[test]
    fn the_nearest_in_every_trait_come_first() {
        let all = [
            gebied("own", 10_000, Some(700), "klein"),
            gebied("twice", 20_000, Some(1_400), "klein"),
            gebied("near", 10_500, Some(740), "klein"),
            gebied("poor", 10_000, Some(1_500), "klein"),
            gebied("unknown", 10_000, None, "klein"),
            gebied("class", 10_000, Some(700), "groot"),
        ];
        let all: Vec<&PublishedGebied> = all.iter().collect();
        let traits = [
            AreaTrait::Grootteklasse,
            AreaTrait::Inwoners,
            AreaTrait::Eenouderhuishoudens,
        ];
        let found = |at_most| -> Vec<&str> {
            let found = most_alike(all[0], &all, &traits, at_most);
            found.iter().map(|gebied| gebied.code.as_str()).collect()
        };
        assert_eq!(found(9)[0], "near");
        assert_eq!(found(9).len(), 3);
        assert_eq!(found(2).len(), 2);
        assert!(most_alike(all[0], &all, &[], 5).is_empty());
    }
}
