//! The numbers that move by themselves, and the limits within which they do.
//!
//! Owns what a move takes with it: what a gebied of several gemeenten counts is the sum of what they count, so it moves with
//! theirs and never by itself. What a reader knows becomes limits on sums of the numbers that are free. Leaves which way to
//! move to [`super::search`]; what is left out here for following from the rest is checked by [`super::check`] all the same.

use crate::audit::bounds::{BoundedNumbers, NumberPlace, SumRelation};
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
    terms: TermLists,
    limits: TermLists,
}

/// TermLists behind each other: places with a factor.
#[derive(Default)]
struct TermLists {
    begin: Vec<usize>,
    all: Vec<(u32, i32)>,
}

impl TermLists {
    fn get(&self, list: u32) -> &[(u32, i32)] {
        &self.all[self.begin[list as usize]..self.begin[list as usize + 1]]
    }

    /// Per place that stands in these lists the lists it stands in.
    fn turned(&self, places: usize) -> Self {
        let mut begin = vec![0; places + 1];
        for &(place, _) in &self.all {
            begin[place as usize + 1] += 1;
        }
        for place in 1..begin.len() {
            begin[place] += begin[place - 1];
        }
        let mut free = begin.clone();
        let mut all = vec![(0, 0); self.all.len()];
        for list in 0..self.begin.len() - 1 {
            for &(place, factor) in self.get(list as u32) {
                all[free[place as usize]] = (list as u32, factor);
                free[place as usize] += 1;
            }
        }
        Self { begin, all }
    }
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
            terms: TermLists {
                begin: vec![0],
                all: Vec::new(),
            },
            limits: TermLists::default(),
        };
        for number in 0..numbers.len() as NumberPlace {
            parts.clear();
            if system.gemeenten_of(number, &mut parts) {
                found.limit_of[number as usize] = found.bounds.len() as u32;
                found.sums.push(number);
                found.terms.all.extend(parts.iter().map(|&part| (part, 1)));
                found.add_limit(numbers.get(number));
            }
        }
        for relation in 0..numbers.relation_count() {
            found.add_relation(system, relation);
        }
        found.limits = found.terms.turned(numbers.len());
        found
    }

    fn add_limit(&mut self, bounds: (i64, i64)) {
        self.terms.begin.push(self.terms.all.len());
        self.bounds.push(bounds);
    }

    fn add_relation(&mut self, system: &System, relation: usize) {
        let (kind, constant, terms) = system.bounds.relation(relation);
        let is_sum = |number: NumberPlace| self.limit_of[number as usize] != NOWHERE;
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
                Some(limit) => of_free.extend(
                    self.terms
                        .get(limit)
                        .iter()
                        .map(|&(part, one)| (part, one * factor)),
                ),
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
        self.terms.all.extend(of_free);
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
        self.terms.get(limit)
    }

    /// The limits on a sum in which a free number stands, with its factor there.
    pub(super) fn limits_on(&self, number: NumberPlace) -> &[(LimitPlace, i32)] {
        self.limits.get(number)
    }

    /// The numbers that move with a free one.
    pub(super) fn carried_by(&self, number: NumberPlace) -> impl Iterator<Item = NumberPlace> {
        let of = self.limits_on(number).iter();
        of.filter_map(|&(limit, _)| self.sums.get(limit as usize).copied())
    }
}

/// The most that a sum can come to.
fn most(numbers: &BoundedNumbers, terms: &[(NumberPlace, i64)]) -> i64 {
    let ends = terms.iter().map(|&(number, factor)| {
        let (lower, upper) = numbers.get(number);
        (factor * lower).max(factor * upper)
    });
    ends.sum()
}
