//! Whether a table of counts would have been published as the true one is: by adding up.
//!
//! Owns the check of every table before it counts. Shares nothing with [`super::search`]: it knows the bounds and sums
//! that a reader knows, adds up, and believes nobody.

use crate::audit::bounds::{BoundedNumbers, NumberPlace, RelationsOf, SumRelation};

/// Why a table could not have been the true one: a number that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The count is too far from its published number.
    Count(NumberPlace),
    /// What adds up to it, or is a part of it, does not or is not.
    Sum(NumberPlace),
}

/// A table that would have been published as the true one is, and the way there.
#[derive(Clone)]
pub(super) struct CheckedTable<'a> {
    numbers: &'a BoundedNumbers,
    relations: &'a RelationsOf,
    table: Vec<i64>,
}

impl<'a> CheckedTable<'a> {
    /// The true table itself, when it fits what is said of it; said is something of what `concerns`.
    pub(super) fn new(
        numbers: &'a BoundedNumbers,
        relations: &'a RelationsOf,
        truth: Vec<i64>,
        concerns: impl Fn(NumberPlace) -> bool,
    ) -> Result<Self, Misfit> {
        for place in (0..numbers.len() as NumberPlace).filter(|&place| concerns(place)) {
            near(numbers, &truth, place)?;
        }
        for relation in 0..numbers.relation_count() {
            let (_, _, terms) = numbers.relation(relation);
            if terms.first().is_some_and(|&(first, _)| concerns(first)) {
                adds_up(numbers, &truth, relation)?;
            }
        }
        Ok(Self {
            numbers,
            relations,
            table: truth,
        })
    }

    /// What a number is in it.
    pub(super) fn value(&self, place: NumberPlace) -> i64 {
        self.table[place as usize]
    }

    /// Goes to the table with these differences from this one, when it would have been published alike too: every number that
    /// moves is near, and every relation that one of them stands in holds.
    pub(super) fn step(&mut self, differences: &[(NumberPlace, i64)]) -> Result<(), Misfit> {
        for &(place, more) in differences {
            self.table[place as usize] += more;
        }
        for &(place, _) in differences {
            near(self.numbers, &self.table, place)?;
            for &(relation, _) in self.relations.of(place) {
                adds_up(self.numbers, &self.table, relation as usize)?;
            }
        }
        Ok(())
    }
}

/// Whether a count is as near to its published number as it is said to be.
fn near(numbers: &BoundedNumbers, table: &[i64], place: NumberPlace) -> Result<(), Misfit> {
    let (lower, upper) = numbers.get(place);
    if (lower..=upper).contains(&table[place as usize]) {
        Ok(())
    } else {
        Err(Misfit::Count(place))
    }
}

/// Whether a relation holds.
fn adds_up(numbers: &BoundedNumbers, table: &[i64], relation: usize) -> Result<(), Misfit> {
    let (kind, constant, terms) = numbers.relation(relation);
    let terms_add_to: i64 = terms
        .iter()
        .map(|&(place, factor)| factor * table[place as usize])
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
