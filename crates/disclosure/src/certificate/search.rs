//! Walks from table to table: a count is moved, and others with it until all adds up again.
//!
//! Owns the search, and nothing depends on how it goes: every step is checked by [`super::check`]. It is a jump search by
//! weights: of a few broken sums, the move that leaves least broken by weight is made; where no move makes it less, what is
//! broken weighs more from then on. (Luteberget and Sartor, "Feasibility Jump", Math. Prog. Comp. 15, 2023.) Choices are drawn
//! from the number itself, so that the same figures give the same tables; each bound is one of steps, never of seconds.

use crate::audit::bounds::{BoundedNumbers, NumberPlace, RelationsOf, SumRelation};

/// So many counts of a broken sum are looked at before a move.
const COUNTS: usize = 60;

/// How hard is looked for one table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// So many moves are looked for.
    moves: usize,
    /// With more broken sums than this a start went astray.
    broken: usize,
    /// So many broken sums are looked at before a move.
    sums: usize,
    /// Whether nothing is moved in another region than that of the number: most is found so, and sooner.
    nearby: bool,
}

impl Effort {
    /// Each at what the one before left: most is found with hardly any.
    pub(super) const ALL: [Self; 3] = [
        Self::of(300, 80, 4, true),
        Self::of(600, 150, 8, true),
        Self::of(1_000, 150, 16, false),
    ];

    const fn of(moves: usize, broken: usize, sums: usize, nearby: bool) -> Self {
        Self {
            moves,
            broken,
            sums,
            nearby,
        }
    }
}

/// A table that meets everything, and the next one that is being made of it.
pub(super) struct TableWalk<'a> {
    numbers: &'a BoundedNumbers,
    relations: &'a RelationsOf,
    /// Per number the region it lies in; `None` for what lies around regions.
    regions: &'a [Option<u32>],
    /// The table: what each number is in it.
    table: Vec<i64>,
    /// Per relation what its left side comes to.
    left_side: Vec<i64>,
    /// Per relation how much it weighs that it is broken, and those that weigh more than 1.
    weight: Vec<i64>,
    heavy: Vec<u32>,
    broken: BrokenSums,
    /// The numbers that moved since the table before, and per number what it was there.
    moved: Vec<NumberPlace>,
    before: Vec<i64>,
    has_moved: Vec<bool>,
    choice: u64,
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

/// The relations that do not hold, in no order.
struct BrokenSums {
    waiting: Vec<u32>,
    place: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl BrokenSums {
    fn set(&mut self, relation: u32, broken: bool) {
        let place = self.place[relation as usize];
        if broken && place == NOWHERE {
            self.place[relation as usize] = self.waiting.len() as u32;
            self.waiting.push(relation);
        } else if !broken && place != NOWHERE {
            self.waiting.swap_remove(place as usize);
            if let Some(&other) = self.waiting.get(place as usize) {
                self.place[other as usize] = place;
            }
            self.place[relation as usize] = NOWHERE;
        }
    }
}

impl<'a> TableWalk<'a> {
    /// Begins at `truth`.
    pub(super) fn new(
        numbers: &'a BoundedNumbers,
        relations: &'a RelationsOf,
        regions: &'a [Option<u32>],
        truth: &[i64],
    ) -> Self {
        let all = numbers.relation_count();
        let left_side = |relation| {
            let (_, constant, terms) = numbers.relation(relation);
            let terms = terms.iter();
            let terms = terms.map(|&(number, factor)| factor * truth[number as usize]);
            constant + terms.sum::<i64>()
        };
        Self {
            numbers,
            relations,
            regions,
            table: truth.to_vec(),
            left_side: (0..all).map(left_side).collect(),
            weight: vec![1; all],
            heavy: Vec::new(),
            broken: BrokenSums {
                waiting: Vec::new(),
                place: vec![NOWHERE; all],
            },
            moved: Vec::new(),
            before: truth.to_vec(),
            has_moved: vec![false; truth.len()],
            choice: 0,
        }
    }

    /// What a number is in the table where the walk stands.
    pub(super) fn value(&self, number: NumberPlace) -> i64 {
        self.table[number as usize]
    }

    /// Steps to a table that meets the goal: what each count is more than in the table before. `None` when none was found;
    /// then the walk stands where it stood.
    pub(super) fn step(&mut self, goal: Goal, effort: Effort) -> Option<Vec<(NumberPlace, i64)>> {
        if !self.fits(goal.number, goal.more) {
            return None;
        }
        let seed = u64::from(goal.number) << 8 ^ goal.more.cast_unsigned() << 48;
        self.choice = spread(seed ^ effort.moves as u64);
        self.shift(goal.number, goal.more);
        let found = self.mend(goal, effort);
        for relation in self.heavy.drain(..) {
            self.weight[relation as usize] = 1;
        }
        if !found {
            self.go_back();
        }
        found.then(|| self.keep())
    }

    /// Moves counts until every relation holds; whether they do.
    fn mend(&mut self, goal: Goal, effort: Effort) -> bool {
        for _ in 0..effort.moves {
            if self.broken.waiting.is_empty() {
                return true;
            }
            if self.broken.waiting.len() > effort.broken {
                return false;
            }
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
        for _ in 0..self.broken.waiting.len().min(effort.sums) {
            let drawn = self.draw(self.broken.waiting.len());
            let relation = self.broken.waiting[drawn] as usize;
            let (_, _, terms) = self.numbers.relation(relation);
            let (first, left_side) = (self.draw(terms.len()), self.left_side[relation]);
            let around = terms[first..].iter().chain(&terms[..first]);
            for &(number, factor) in around.take(COUNTS) {
                if effort.nearby && self.elsewhere(number, goal.number)
                    || number == goal.number
                    || Some(number) == goal.kept
                {
                    continue;
                }
                let now = self.table[number as usize];
                let (lower, upper) = self.numbers.get(number);
                let wanted = now - toward(left_side, factor);
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
        let of = self.relations.of(number).iter();
        let changes = of.map(|&(relation, factor)| {
            let (kind, _, _) = self.numbers.relation(relation as usize);
            let now = self.left_side[relation as usize];
            self.weight[relation as usize] * (excess(kind, now + factor * more) - excess(kind, now))
        });
        changes.sum()
    }

    /// Makes what is broken weigh more.
    fn weigh(&mut self) {
        for &relation in &self.broken.waiting {
            let weight = &mut self.weight[relation as usize];
            if *weight == 1 {
                self.heavy.push(relation);
            }
            *weight += 1;
        }
    }

    fn fits(&self, number: NumberPlace, more: i64) -> bool {
        let (lower, upper) = self.numbers.get(number);
        (lower..=upper).contains(&(self.table[number as usize] + more))
    }

    fn shift(&mut self, number: NumberPlace, more: i64) {
        let place = number as usize;
        if !std::mem::replace(&mut self.has_moved[place], true) {
            self.moved.push(number);
            self.before[place] = self.table[place];
        }
        self.table[place] += more;
        for &(relation, factor) in self.relations.of(number) {
            let left_side = &mut self.left_side[relation as usize];
            *left_side += factor * more;
            let (kind, _, _) = self.numbers.relation(relation as usize);
            self.broken.set(relation, excess(kind, *left_side) > 0);
        }
    }

    /// Stays at this table, and says what is different from the one before.
    fn keep(&mut self) -> Vec<(NumberPlace, i64)> {
        let mut step = Vec::with_capacity(self.moved.len());
        for number in self.moved.drain(..) {
            self.has_moved[number as usize] = false;
            let more = self.table[number as usize] - self.before[number as usize];
            if more != 0 {
                step.push((number, more));
            }
        }
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

/// How much a number with this factor is to become less for a left side to be 0; at least 1 in that direction.
fn toward(left_side: i64, factor: i64) -> i64 {
    match left_side / factor {
        0 => left_side.signum() * factor.signum(),
        less => less,
    }
}

/// By how much a relation is broken.
fn excess(relation: SumRelation, left_side: i64) -> i64 {
    match relation {
        SumRelation::Zero => left_side.abs(),
        SumRelation::AtMostZero => left_side.max(0),
    }
}

/// Spreads bits; the same on every machine.
fn spread(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
