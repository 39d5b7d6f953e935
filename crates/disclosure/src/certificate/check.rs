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
    let value = |place: NumberPlace| truth[place as usize];
    for place in (0..numbers.len() as NumberPlace).filter(|&place| concerns(place)) {
        near(numbers, place, value)?;
    }
    for relation in 0..numbers.relation_count() {
        let (_, _, terms) = numbers.relation(relation);
        if terms.first().is_some_and(|&(first, _)| concerns(first)) {
            adds_up(numbers, relation, value)?;
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
        near(numbers, place, value)?;
    }
    let touched = differences
        .iter()
        .flat_map(|&(place, _)| relations.of(place));
    let touched: BTreeSet<u32> = touched.map(|&(relation, _)| relation).collect();
    for relation in touched {
        adds_up(numbers, relation as usize, value)?;
    }
    Ok(())
}

/// Whether a count is as near to its published number as it is said to be.
fn near(
    numbers: &BoundedNumbers,
    place: NumberPlace,
    value: impl Fn(NumberPlace) -> i64,
) -> Result<(), Misfit> {
    let (lower, upper) = numbers.get(place);
    if (lower..=upper).contains(&value(place)) {
        Ok(())
    } else {
        Err(Misfit::Count(place))
    }
}

/// Whether a relation holds.
fn adds_up(
    numbers: &BoundedNumbers,
    relation: usize,
    value: impl Fn(NumberPlace) -> i64,
) -> Result<(), Misfit> {
    let (kind, constant, terms) = numbers.relation(relation);
    let terms_add_to: i64 = terms
        .iter()
        .map(|&(place, factor)| factor * value(place))
        .sum();
    let left_side = constant + terms_add_to;
    let holds = match kind {
        SumRelation::Zero => left_side == 0,
        SumRelation::AtMostZero => left_side <= 0,
    };
    match terms.first() {
        Some(&(first, _)) if !holds => Err(Misfit::Sum(first)),
        _ => Ok(()),
    }
}
