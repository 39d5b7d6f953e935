//! Whether a table of counts would have been published as the true one is: by adding up.
//!
//! Owns the check of every table before it counts. Shares nothing with [`super::search`]: it knows the bounds and sums
//! that a reader knows, adds up, and believes nobody.

use std::collections::{BTreeSet, HashMap};

use crate::audit::bounds::{BoundedNumbers, NumberPlace, RelationsOf, SumRelation};

/// Why a table could not have been the true one: a number that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The count is too far from its published number.
    Count(NumberPlace),
    /// What adds up to it, or is a part of it, does not or is not.
    Sum(NumberPlace),
}

/// Whether the true table itself fits what is said of it.
pub(super) fn check_truth(
    numbers: &BoundedNumbers,
    truth: &[i64],
    concerns: impl Fn(NumberPlace) -> bool,
) -> Result<(), Misfit> {
    for (place, &value) in truth.iter().enumerate() {
        let place = place as NumberPlace;
        let (lower, upper) = numbers.get(place);
        if concerns(place) && !(lower..=upper).contains(&value) {
            return Err(Misfit::Count(place));
        }
    }
    for relation in 0..numbers.relation_count() {
        let (kind, constant, terms) = numbers.relation(relation);
        let Some(&(first, _)) = terms.first() else {
            continue;
        };
        let sum: i64 = terms
            .iter()
            .map(|&(place, factor)| factor * truth[place as usize])
            .sum();
        if concerns(first) && !holds(kind, constant + sum) {
            return Err(Misfit::Sum(first));
        }
    }
    Ok(())
}

/// Whether a table with these differences from the true one would have been published alike.
pub(super) fn check_table(
    numbers: &BoundedNumbers,
    relations: &RelationsOf,
    truth: &[i64],
    differences: &[(NumberPlace, i64)],
) -> Result<(), Misfit> {
    let more: HashMap<NumberPlace, i64> = differences.iter().copied().collect();
    let value = |place: NumberPlace| truth[place as usize] + more.get(&place).copied().unwrap_or(0);
    for &(place, _) in differences {
        let (lower, upper) = numbers.get(place);
        if !(lower..=upper).contains(&value(place)) {
            return Err(Misfit::Count(place));
        }
    }
    let touched = differences
        .iter()
        .flat_map(|&(place, _)| relations.of(place));
    let touched: BTreeSet<u32> = touched.map(|&(relation, _)| relation).collect();
    for relation in touched {
        let (kind, constant, terms) = numbers.relation(relation as usize);
        let sum: i64 = terms
            .iter()
            .map(|&(place, factor)| factor * value(place))
            .sum();
        if !holds(kind, constant + sum) {
            return Err(Misfit::Sum(terms[0].0));
        }
    }
    Ok(())
}

fn holds(kind: SumRelation, left_side: i64) -> bool {
    match kind {
        SumRelation::Zero => left_side == 0,
        SumRelation::AtMostZero => left_side <= 0,
    }
}
