//! What ties measures to each other within one gebied.
//!
//! Owns in which cells a declared link holds: those that all its measures have. Leaves gebieden to [`super::system`].

use std::collections::{BTreeSet, HashMap};

use schema::indicator::Kind;

use super::bounds::SumRelation;
use super::cells::MeasureCells;
use super::publication::{Link, Structure};

/// What ties measures within every gebied.
#[derive(Clone)]
pub(super) struct MeasureLink {
    pub(super) relation: SumRelation,
    /// NumberPlace of each measure, with its factor.
    pub(super) terms: Vec<(usize, i64)>,
    /// Per cell in which it holds: that cell in each of the measures.
    pub(super) cells: Vec<Vec<usize>>,
}

impl MeasureLink {
    /// Which of the terms is the sum of all others; `None` where there are two on either side.
    pub(super) fn only_whole(&self) -> Option<usize> {
        [1, -1].into_iter().find_map(|side| {
            let of_side = |&(_, (_, factor)): &(usize, &(usize, i64))| *factor == side;
            let mut of_side = self.terms.iter().enumerate().filter(of_side);
            let first = of_side.next()?.0;
            (of_side.next().is_none() && self.terms.len() > 2).then_some(first)
        })
    }
}

/// A measure that is made up, then what it is the sum of.
pub(super) fn made_up(measures: &[MeasureCells]) -> Vec<MeasureLink> {
    let all = measures.iter().enumerate();
    all.filter(|(_, measure)| !measure.sum_of.is_empty())
        .map(|(k, measure)| {
            let parts = measure.sum_of.iter().map(|&part| (part, 1));
            measure_link(
                measures,
                SumRelation::Zero,
                [(k, -1)].into_iter().chain(parts).collect(),
            )
        })
        .collect()
}

/// The part, then the whole: as declared, and the numerator of every share in its denominator.
pub(super) fn part_links(
    measures: &[MeasureCells],
    by_name: &HashMap<String, usize>,
    structure: &Structure,
) -> Vec<MeasureLink> {
    let declared = structure.links.iter().filter_map(|link| match link {
        Link::Part { part, whole } => Some((part.clone(), whole.clone())),
        Link::Equal { .. } => None,
    });
    let shares = structure.indicators.iter().filter_map(|indicator| {
        let (part, whole) = (
            indicator.numerator.as_ref()?,
            indicator.denominator.as_ref()?,
        );
        let is_share = indicator.kind == Kind::Share && part.cell == whole.cell;
        is_share.then(|| (part.name(), whole.name()))
    });
    let names: BTreeSet<(String, String)> = declared.chain(shares).collect();
    let places = names
        .iter()
        .filter_map(|(part, whole)| Some((*by_name.get(part)?, *by_name.get(whole)?)));
    places
        .filter(|(part, whole)| part != whole)
        .map(|(part, whole)| {
            let terms = vec![(part, 1), (whole, -1)];
            measure_link(measures, SumRelation::AtMostZero, terms)
        })
        .collect()
}

/// Sums of measures that are equal; what is always the same number is that already.
pub(super) fn equal_links(
    measures: &[MeasureCells],
    by_name: &HashMap<String, usize>,
    structure: &Structure,
) -> Vec<MeasureLink> {
    let links = structure.links.iter().filter_map(|link| match link {
        Link::Part { .. } => None,
        Link::Equal { sum, equal } => {
            let left = sum.iter().map(|name| (name, 1));
            let right = equal.iter().map(|name| (name, -1));
            left.chain(right)
                .map(|(name, factor)| Some((*by_name.get(name)?, factor)))
                .collect::<Option<Vec<(usize, i64)>>>()
        }
    });
    links
        .filter(|terms| terms.len() != 2 || terms[0].0 != terms[1].0)
        .map(|terms| measure_link(measures, SumRelation::Zero, terms))
        .collect()
}

/// The link in every cell that all its measures have.
fn measure_link(
    measures: &[MeasureCells],
    relation: SumRelation,
    terms: Vec<(usize, i64)>,
) -> MeasureLink {
    let first = &measures[terms[0].0];
    let cells = (0..first.cells).filter_map(|cell| {
        let (uitsplitsing, categorie) = first.cell_name(cell);
        let of = terms.iter().map(|&(measure, _)| &measures[measure]);
        of.map(|measure| measure.cell(uitsplitsing, categorie))
            .collect::<Option<Vec<usize>>>()
    });
    MeasureLink {
        cells: cells.collect(),
        relation,
        terms,
    }
}
