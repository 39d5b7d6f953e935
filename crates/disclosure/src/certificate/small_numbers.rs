//! Which numbers count as small, and when one is proven open.
//!
//! Owns both, and what a next table would have to be to prove one. Leaves finding it to [`super::search`].

use std::collections::HashSet;

use schema::Niveau;
use serde::Serialize;

use super::search::Goal;
use crate::audit::bounds::NumberPlace;
use crate::audit::system::{Inclusion, System};
use crate::audit::{SMALL, Structure, What};

/// So far apart must two tables be at a small number.
const APART: i64 = 2;
/// And for an aanbieder that counts itself there.
const APART_FOR_INSIDER: i64 = 1;
/// So far apart must two tables be for a reader, or for an insider.
pub(super) fn apart(for_insider: bool) -> i64 {
    if for_insider {
        APART_FOR_INSIDER
    } else {
        APART
    }
}

/// A small number without a certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unproven {
    /// The count, or what it leaves of its whole.
    pub what: What,
    /// Measure; of a rest, that of the part.
    pub measure: String,
    /// Level.
    pub niveau: Niveau,
    /// Gebied.
    pub gebied: String,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
    /// `totaal`, or the code.
    pub categorie: String,
}

/// A small number, and what it is in the tables so far.
#[derive(Clone)]
pub(super) struct SmallNumber {
    pub(super) what: What,
    /// The count, or the part of which the rest is small.
    pub(super) place: NumberPlace,
    /// The whole, of a rest.
    pub(super) whole: Option<NumberPlace>,
    least: i64,
    most: i64,
}

impl SmallNumber {
    pub(super) fn in_table(&self, value: impl Fn(NumberPlace) -> i64) -> i64 {
        let at = value(self.place);
        self.whole.map_or(at, |whole| value(whole) - at)
    }

    /// Whether two tables are so far apart here.
    pub(super) fn is_open(&self, apart: i64) -> bool {
        self.most - self.least >= apart
    }

    /// Counts what it was in other tables too.
    pub(super) fn join(&mut self, other: &Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
    }

    pub(super) fn see(&mut self, value: i64) {
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    /// What a next table is to have here, where it now is `value`: what would prove it first, then what comes half way.
    pub(super) fn goals(&self, value: i64, apart: i64) -> Vec<Goal> {
        let mut wanted = vec![self.least + apart - value, self.most - apart - value];
        wanted.sort_by_key(|more| more.abs());
        let half_way = [1, -1].into_iter().filter(|more| !wanted.contains(more));
        wanted.extend(half_way.collect::<Vec<_>>());
        let goal = |number, more, kept| Goal { number, more, kept };
        let goals = wanted.into_iter().flat_map(|more| match self.whole {
            None => vec![goal(self.place, more, None)],
            Some(whole) => vec![
                goal(self.place, -more, Some(whole)),
                goal(whole, more, Some(self.place)),
            ],
        });
        goals.collect()
    }

    pub(super) fn unproven(&self, system: &System) -> Unproven {
        let name = system.name(self.place);
        Unproven {
            what: self.what,
            measure: name.measure.to_owned(),
            niveau: name.niveau,
            gebied: name.gebied.to_owned(),
            uitsplitsing: name.uitsplitsing.to_owned(),
            categorie: name.categorie.to_owned(),
        }
    }
}

/// Every count of 1 to 4 of the first publication, and every 1 to 4 that a part leaves of its whole.
pub(super) fn small_numbers(
    system: &System,
    structure: &Structure,
    truth: &[i64],
) -> Vec<SmallNumber> {
    let is_small = |value: i64| (1..=SMALL).contains(&value);
    let places = 0..truth.len() as NumberPlace;
    let counts = places
        .filter(|&place| is_small(truth[place as usize]))
        .map(|place| (What::Count, place, None));
    // A part that is declared, and an addend of the same sum, are one rest.
    let mut seen = HashSet::new();
    let inclusions = system.inclusions(structure).into_iter();
    let rests = inclusions
        .filter(|all| is_small(truth[all.whole as usize] - truth[all.part as usize]))
        .filter(|all| seen.insert((all.part, all.whole)))
        .map(|Inclusion { part, whole }| (What::Rest, part, Some(whole)));
    counts
        .chain(rests)
        .filter(|&(_, place, _)| system.in_first(place))
        .map(|(what, place, whole)| {
            let mut number = SmallNumber {
                what,
                place,
                whole,
                least: i64::MAX,
                most: i64::MIN,
            };
            number.see(number.in_table(|place| truth[place as usize]));
            number
        })
        .collect()
}
