//! Walks from table to table: a count is moved, and others with it until all adds up again.
//!
//! Owns the search, and nothing depends on how it goes: every step is checked by [`super::check`]. It is a jump search by
//! weights: of a few broken limits, the move that leaves least broken by weight is made; where no move makes it less, what is
//! broken weighs more from then on. (Luteberget and Sartor, "Feasibility Jump", Math. Prog. Comp. 15, 2023.) Choices are drawn
//! from the number itself, so that the same figures give the same tables; each bound is one of steps, never of seconds.

use std::collections::BTreeMap;

use super::free::{FreeNumbers, LimitPlace};
use crate::audit::bounds::NumberPlace;

/// So many counts of a broken limit are looked at before a move.
const COUNTS: usize = 60;

/// How hard is looked for one table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// So many moves are looked for.
    moves: usize,
    /// With more broken limits than this a start went astray.
    broken: usize,
    /// So many broken limits are looked at before a move.
    limits: usize,
    /// Whether nothing is moved in another region than that of the number: most is found so, and sooner.
    nearby: bool,
}

impl Effort {
    /// Each at what the one before left: most is found with hardly any.
    pub(super) const ALL: [Self; 7] = [
        Self::of(300, 80, 4, true),
        Self::of(600, 150, 8, true),
        Self::of(1_000, 150, 16, false),
        Self::of(3_000, 400, 16, false),
        Self::of(10_000, 1_000, 32, false),
        Self::of(40_000, 1_000, 32, false),
        Self::of(100_000, 1_000, 64, false),
    ];

    const fn of(moves: usize, broken: usize, limits: usize, nearby: bool) -> Self {
        Self {
            moves,
            broken,
            limits,
            nearby,
        }
    }
}

/// A table that meets everything, and the next one that is being made of it.
pub(super) struct TableWalk<'a> {
    free: &'a FreeNumbers,
    /// Per number the region it lies in; `None` for what lies around regions.
    regions: &'a [Option<u32>],
    /// The table: what each free number is in it.
    table: Vec<i64>,
    limits: Vec<SumLimit>,
    /// Those that weigh more than 1.
    heavy: Vec<LimitPlace>,
    broken: BrokenLimits,
    /// The numbers that moved since the table before, and per number what it was there.
    moved: Vec<NumberPlace>,
    before: Vec<i64>,
    has_moved: Vec<bool>,
    choice: u64,
    /// How many moves were looked for so far.
    pub(super) looked_for: u64,
}

/// What one step of the walk is to bring about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Goal {
    /// The number to move.
    pub(super) number: NumberPlace,
    /// By how much.
    pub(super) more: i64,
    /// A number that stays what it is.
    pub(super) kept: Option<NumberPlace>,
}

/// A limit as it stands in this step: in one place, since whoever looks at one part looks at all.
#[derive(Clone, Copy)]
struct SumLimit {
    sum: i64,
    lower: i64,
    upper: i64,
    /// How much it weighs that it is broken.
    weight: i64,
}

impl SumLimit {
    /// By how much its sum is above the upper bound, or, below 0, under the lower one.
    fn excess(self, sum: i64) -> i64 {
        sum - sum.clamp(self.lower, self.upper)
    }
}

/// The limits that are not kept, in no order.
struct BrokenLimits {
    waiting: Vec<LimitPlace>,
    place: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl BrokenLimits {
    fn set(&mut self, limit: LimitPlace, broken: bool) {
        let place = self.place[limit as usize];
        if broken && place == NOWHERE {
            self.place[limit as usize] = self.waiting.len() as u32;
            self.waiting.push(limit);
        } else if !broken && place != NOWHERE {
            self.waiting.swap_remove(place as usize);
            if let Some(&other) = self.waiting.get(place as usize) {
                self.place[other as usize] = place;
            }
            self.place[limit as usize] = NOWHERE;
        }
    }
}

impl<'a> TableWalk<'a> {
    /// Begins at `truth`.
    pub(super) fn new(free: &'a FreeNumbers, regions: &'a [Option<u32>], truth: &[i64]) -> Self {
        let all = free.limit_count();
        let limit = |limit| {
            let terms = free.terms(limit).iter();
            let terms = terms.map(|&(number, factor)| i64::from(factor) * truth[number as usize]);
            let (lower, upper) = free.bounds(limit);
            SumLimit {
                sum: terms.sum(),
                lower,
                upper,
                weight: 1,
            }
        };
        Self {
            free,
            regions,
            table: truth.to_vec(),
            limits: (0..all).map(limit).collect(),
            heavy: Vec::new(),
            broken: BrokenLimits {
                waiting: Vec::new(),
                place: vec![NOWHERE; all as usize],
            },
            moved: Vec::new(),
            before: truth.to_vec(),
            has_moved: vec![false; truth.len()],
            choice: 0,
            looked_for: 0,
        }
    }

    /// What a number is in the table where the walk stands.
    pub(super) fn value(&self, number: NumberPlace) -> i64 {
        match self.free.limit_of(number) {
            Some(limit) => self.limits[limit as usize].sum,
            None => self.table[number as usize],
        }
    }

    /// Steps to a table that meets the goal: what each count is more than in the table before. `None` when none was found;
    /// then the walk stands where it stood.
    pub(super) fn step(&mut self, goal: Goal, effort: Effort) -> Option<Vec<(NumberPlace, i64)>> {
        let wanted = self.value(goal.number) + goal.more;
        let (lower, upper) = self.free.number_bounds(goal.number);
        if !(lower..=upper).contains(&wanted) {
            return None;
        }
        let seed = u64::from(goal.number) << 8 ^ goal.more.cast_unsigned() << 48;
        self.choice = spread(seed ^ effort.moves as u64);
        let pins = [
            Some((goal.number, wanted)),
            goal.kept.map(|kept| (kept, self.value(kept))),
        ];
        for (number, value) in pins.into_iter().flatten() {
            match self.free.limit_of(number) {
                Some(limit) => self.bound(limit, (value, value)),
                None => self.shift(number, value - self.table[number as usize]),
            }
        }
        let found = self.mend(goal, effort);
        for limit in self.heavy.drain(..) {
            self.limits[limit as usize].weight = 1;
        }
        if !found {
            self.go_back();
        }
        for (number, _) in pins.into_iter().flatten() {
            if let Some(limit) = self.free.limit_of(number) {
                self.bound(limit, self.free.bounds(limit));
            }
        }
        found.then(|| self.keep())
    }

    /// Moves counts until every limit is kept; whether they are.
    fn mend(&mut self, goal: Goal, effort: Effort) -> bool {
        for _ in 0..effort.moves {
            if self.broken.waiting.is_empty() {
                return true;
            }
            if self.broken.waiting.len() > effort.broken {
                return false;
            }
            self.looked_for += 1;
            match self.best_move(goal, effort) {
                Some((number, more)) => self.shift(number, more),
                None => self.weigh(),
            }
        }
        false
    }

    /// The move that makes less broken by weight than any other that is looked at; `None` where none does.
    fn best_move(&mut self, goal: Goal, effort: Effort) -> Option<(NumberPlace, i64)> {
        let mut best = (0, None);
        for _ in 0..self.broken.waiting.len().min(effort.limits) {
            let drawn = self.draw(self.broken.waiting.len());
            let limit = self.broken.waiting[drawn];
            let terms = self.free.terms(limit);
            if terms.is_empty() {
                continue;
            }
            let first = self.draw(terms.len());
            let limit = self.limits[limit as usize];
            let excess = limit.excess(limit.sum);
            let around = terms[first..].iter().chain(&terms[..first]);
            for &(number, factor) in around.take(COUNTS) {
                if effort.nearby && self.elsewhere(number, goal.number)
                    || number == goal.number
                    || Some(number) == goal.kept
                {
                    continue;
                }
                let now = self.table[number as usize];
                let (lower, upper) = self.free.number_bounds(number);
                let wanted = now - toward(excess, i64::from(factor));
                let more = wanted.clamp(lower, upper) - now;
                if more == 0 {
                    continue;
                }
                for more in [more, more.signum()] {
                    let change = self.change_of_weight(number, more);
                    if change < best.0 {
                        best = (change, Some((number, more)));
                    }
                    if more.abs() == 1 {
                        break;
                    }
                }
            }
        }
        best.1
    }

    /// Whether two numbers are of two regions.
    fn elsewhere(&self, one: NumberPlace, other: NumberPlace) -> bool {
        let regions = [one, other].map(|number| self.regions[number as usize]);
        matches!(regions, [Some(of), Some(other)] if of != other)
    }

    /// By how much more is broken after a move, by weight.
    fn change_of_weight(&self, number: NumberPlace, more: i64) -> i64 {
        let of = self.free.limits_on(number).iter();
        let changes = of.map(|&(limit, factor)| {
            let limit = self.limits[limit as usize];
            let next = limit.sum + i64::from(factor) * more;
            limit.weight * (limit.excess(next).abs() - limit.excess(limit.sum).abs())
        });
        changes.sum()
    }

    /// Makes what is broken weigh more.
    fn weigh(&mut self) {
        for &limit in &self.broken.waiting {
            let weight = &mut self.limits[limit as usize].weight;
            if *weight == 1 {
                self.heavy.push(limit);
            }
            *weight += 1;
        }
    }

    fn bound(&mut self, limit: LimitPlace, bounds: (i64, i64)) {
        let at = &mut self.limits[limit as usize];
        (at.lower, at.upper) = bounds;
        let broken = at.excess(at.sum) != 0;
        self.broken.set(limit, broken);
    }

    fn shift(&mut self, number: NumberPlace, more: i64) {
        let place = number as usize;
        if !std::mem::replace(&mut self.has_moved[place], true) {
            self.moved.push(number);
            self.before[place] = self.table[place];
        }
        self.table[place] += more;
        for &(limit, factor) in self.free.limits_on(number) {
            let at = &mut self.limits[limit as usize];
            at.sum += i64::from(factor) * more;
            let broken = at.excess(at.sum) != 0;
            self.broken.set(limit, broken);
        }
    }

    /// Stays at this table, and says what is different from the one before: the numbers that moved, and those they carry.
    fn keep(&mut self) -> Vec<(NumberPlace, i64)> {
        let mut step = Vec::with_capacity(self.moved.len());
        let mut carried: BTreeMap<NumberPlace, i64> = BTreeMap::new();
        for number in self.moved.drain(..) {
            self.has_moved[number as usize] = false;
            let more = self.table[number as usize] - self.before[number as usize];
            if more != 0 {
                step.push((number, more));
                for around in self.free.carried_by(number) {
                    *carried.entry(around).or_default() += more;
                }
            }
        }
        step.extend(carried.into_iter().filter(|&(_, more)| more != 0));
        step
    }

    /// Back to the table before.
    fn go_back(&mut self) {
        for k in 0..self.moved.len() {
            let number = self.moved[k];
            let place = number as usize;
            self.shift(number, self.before[place] - self.table[place]);
            self.has_moved[place] = false;
        }
        self.moved.clear();
    }

    /// One of so many.
    fn draw(&mut self, of: usize) -> usize {
        self.choice = spread(self.choice);
        (self.choice % of as u64) as usize
    }
}

/// How much a number with this factor is to become less for an excess to be gone; at least 1 in that direction.
fn toward(excess: i64, factor: i64) -> i64 {
    match excess / factor {
        0 => excess.signum() * factor.signum(),
        less => less,
    }
}

/// Spreads bits; the same on every machine.
fn spread(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
