//! The numbers that move by themselves, and the limits within which they do.
//!
//! Owns what a move takes with it: what a gebied of several gemeenten counts is the sum of what they count, so it moves with
//! theirs and never by itself. What a reader knows becomes limits on sums of the numbers that are free. Leaves which way to
//! move to [`super::search`]; what is left out here for following from the rest is checked by [`super::check`] all the same.

use crate::audit::bounds::{BoundedNumbers, NumberPlace, PlaceLists, SumRelation, ends};
use crate::audit::system::System;

/// Place of a limit.
pub(super) type LimitPlace = u32;

const NOWHERE: u32 = u32::MAX;

/// Free numbers with their bounds, and limits on sums of them.
pub(super) struct FreeNumbers {
    /// Per number its own bounds.
    numbers: Vec<(i64, i64)>,
    /// Per number the limit that bounds it where it is a sum of free ones.
    limit_of: Vec<u32>,
    /// The numbers that are sums: the first limits, in that order.
    sums: Vec<NumberPlace>,
    /// Per limit the bounds of its sum.
    bounds: Vec<(i64, i64)>,
    /// Per limit where its terms end; they begin where those before it end.
    ends: Vec<usize>,
    terms: Vec<(NumberPlace, i32)>,
    /// Per free number the limits on a sum in which it stands.
    limits: PlaceLists<i32>,
}

impl FreeNumbers {
    /// Of the numbers of a system: those of no gemeente that are a sum of gemeenten are carried, all others free.
    pub(super) fn new(system: &System) -> Self {
        let numbers = &system.bounds;
        let mut parts = Vec::new();
        let mut found = Self {
            numbers: (0..numbers.len() as NumberPlace)
                .map(|n| numbers.get(n))
                .collect(),
            limit_of: vec![NOWHERE; numbers.len()],
            sums: Vec::new(),
            bounds: Vec::new(),
            ends: Vec::new(),
            terms: Vec::new(),
            limits: PlaceLists::default(),
        };
        for number in 0..numbers.len() as NumberPlace {
            parts.clear();
            if system.gemeenten_of(number, &mut parts) {
                found.limit_of[number as usize] = found.bounds.len() as u32;
                found.sums.push(number);
                found.terms.extend(parts.iter().map(|&part| (part, 1)));
                found.add_limit(numbers.get(number));
            }
        }
        for relation in 0..numbers.relation_count() {
            found.add_relation(system, relation);
        }
        found.limits = PlaceLists::gather(numbers.len(), || {
            (0..found.limit_count()).flat_map(|limit| {
                let terms = found.terms(limit).iter();
                terms.map(move |&(number, factor)| (number, (limit, factor)))
            })
        });
        found
    }

    fn add_limit(&mut self, bounds: (i64, i64)) {
        self.ends.push(self.terms.len());
        self.bounds.push(bounds);
    }

    fn add_relation(&mut self, system: &System, relation: usize) {
        let (kind, constant, terms) = system.bounds.relation(relation);
        let is_sum = |number: NumberPlace| self.limit_of(number).is_some();
        // What holds in every gemeente holds in their sum.
        let slot = system.slot(terms[0].0);
        let follows = constant == 0
            && terms
                .iter()
                .all(|&(number, _)| is_sum(number) && system.slot(number) == slot);
        if follows || kind == SumRelation::AtMostZero && most(&system.bounds, terms) <= -constant {
            return;
        }
        let mut of_free: Vec<(u32, i32)> = Vec::new();
        for &(number, factor) in terms {
            let factor = i32::try_from(factor).expect("a factor is a small number");
            match self.limit_of(number) {
                Some(limit) => {
                    let parts = self.terms(limit).iter();
                    of_free.extend(parts.map(|&(part, one)| (part, one * factor)));
                }
                None => of_free.push((number, factor)),
            }
        }
        of_free.sort_unstable();
        of_free.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        of_free.retain(|&(_, factor)| factor != 0);
        if of_free.is_empty() {
            return;
        }
        self.terms.extend(of_free);
        self.add_limit(match kind {
            SumRelation::Zero => (-constant, -constant),
            SumRelation::AtMostZero => (i64::MIN / 4, -constant),
        });
    }

    pub(super) fn limit_count(&self) -> LimitPlace {
        self.bounds.len() as LimitPlace
    }

    /// Between which its sum lies.
    pub(super) fn bounds(&self, limit: LimitPlace) -> (i64, i64) {
        self.bounds[limit as usize]
    }

    /// Between which a number lies.
    pub(super) fn number_bounds(&self, number: NumberPlace) -> (i64, i64) {
        self.numbers[number as usize]
    }

    /// The limit on a number that is a sum of free ones; `None` of a free one.
    pub(super) fn limit_of(&self, number: NumberPlace) -> Option<LimitPlace> {
        Some(self.limit_of[number as usize]).filter(|&limit| limit != NOWHERE)
    }

    /// The free numbers of which a limit bounds the sum, each with its factor.
    pub(super) fn terms(&self, limit: LimitPlace) -> &[(NumberPlace, i32)] {
        let begin = match limit {
            0 => 0,
            _ => self.ends[limit as usize - 1],
        };
        &self.terms[begin..self.ends[limit as usize]]
    }

    /// The limits on a sum in which a free number stands, with its factor there.
    pub(super) fn limits_on(&self, number: NumberPlace) -> &[(LimitPlace, i32)] {
        self.limits.of(number)
    }

    /// The numbers that move with a free one.
    pub(super) fn carried_by(&self, number: NumberPlace) -> impl Iterator<Item = NumberPlace> {
        let of = self.limits_on(number).iter();
        of.filter_map(|&(limit, _)| self.sums.get(limit as usize).copied())
    }
}

/// The most that a sum can come to.
fn most(numbers: &BoundedNumbers, terms: &[(NumberPlace, i64)]) -> i64 {
    let most = terms.iter().map(|&(number, factor)| {
        let (lower, upper) = numbers.get(number);
        ends(factor, lower, upper).1
    });
    most.sum()
}
