//! Finds other tables: one count is moved, and what no longer adds up is mended until all does.
//!
//! Owns the search, and nothing depends on how it goes: what it finds is checked by [`super::check`]. Of the sums that are
//! broken it takes the one that fewest moves of one count would mend, and of those moves the one that leaves fewest
//! broken. At a dead end it takes some moves back. Choices are drawn from the number itself, so that the same figures
//! give the same tables; each of its bounds is one of steps.

use crate::audit::bounds::{BoundedNumbers, NumberPlace, RelationsOf, SumRelation};

/// So many times the search for one table starts.
const STARTS: u64 = 4;
/// So many moves are made in one start.
const MOVES: usize = 200;
/// A count that moved does not move again for so many moves.
const REST: usize = 12;
/// With more broken sums than this the search went astray.
const BROKEN: usize = 100;
/// So many times moves are taken back in one start, and so many of them at most.
const DEAD_ENDS: usize = 12;
const TAKEN_BACK: usize = 24;
/// So many broken sums, and so many moves for each, are looked at before a move.
const SUMS: usize = 48;
const CANDIDATES: usize = 64;

/// The true table, and one that is being made of it.
pub(super) struct TableSearch<'a> {
    numbers: &'a BoundedNumbers,
    relations: &'a RelationsOf,
    truth: &'a [i64],
    /// Per relation what its left side comes to in the true table.
    at_true: Vec<i64>,
    /// Per number how many more than in truth, and in which move it last moved, from 1 on.
    change: Vec<i64>,
    moved_at: Vec<usize>,
    moved: Vec<NumberPlace>,
    /// The numbers that must stay what they are.
    held: Vec<NumberPlace>,
    /// What the left side of each relation moved by.
    shift: Vec<i64>,
    shifted: Vec<u32>,
    broken: BrokenSums,
    moves: usize,
    /// The moves since the first, to take back.
    made: Vec<(NumberPlace, i64)>,
    choice: u64,
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

    fn clear(&mut self) {
        for relation in self.waiting.drain(..) {
            self.place[relation as usize] = NOWHERE;
        }
    }
}

impl<'a> TableSearch<'a> {
    /// Over numbers of which `truth` are the true values.
    pub(super) fn new(
        numbers: &'a BoundedNumbers,
        relations: &'a RelationsOf,
        truth: &'a [i64],
    ) -> Self {
        let left_side = |relation| {
            let (_, constant, terms) = numbers.relation(relation);
            let terms = terms.iter();
            constant
                + terms
                    .map(|&(number, factor)| factor * truth[number as usize])
                    .sum::<i64>()
        };
        Self {
            at_true: (0..numbers.relation_count()).map(left_side).collect(),
            relations,
            numbers,
            truth,
            change: vec![0; truth.len()],
            moved_at: vec![0; truth.len()],
            moved: Vec::new(),
            held: Vec::new(),
            shift: vec![0; numbers.relation_count()],
            shifted: Vec::new(),
            broken: BrokenSums {
                waiting: Vec::new(),
                place: vec![NOWHERE; numbers.relation_count()],
            },
            moves: 0,
            made: Vec::new(),
            choice: 0,
        }
    }

    /// A table in which this number is so much more than in truth, and `kept`, where there is one, is what it is: the
    /// counts that are different in it. `None` when none was found.
    pub(super) fn table(
        &mut self,
        number: NumberPlace,
        more: i64,
        kept: Option<NumberPlace>,
    ) -> Option<Vec<(NumberPlace, i64)>> {
        if !self.fits(number, more) {
            return None;
        }
        for start in 0..STARTS {
            self.reset();
            self.choice = spread(u64::from(number) << 8 ^ start ^ more.cast_unsigned() << 48);
            self.held.extend(kept.into_iter().chain([number]));
            self.shift_number(number, more);
            if self.mend() {
                let all = self.moved.iter();
                let all = all.map(|&place| (place, self.change[place as usize]));
                return Some(all.filter(|&(_, more)| more != 0).collect());
            }
        }
        None
    }

    /// Moves counts until every relation holds; whether they do.
    fn mend(&mut self) -> bool {
        let mut dead_ends = 0;
        while !self.broken.waiting.is_empty() {
            let next = self.best_move();
            match next.filter(|_| self.broken.waiting.len() <= BROKEN) {
                _ if self.moves > MOVES => return false,
                Some((number, more)) => {
                    self.made.push((number, more));
                    self.shift_number(number, more);
                }
                None if dead_ends == DEAD_ENDS => return false,
                None => {
                    dead_ends += 1;
                    self.take_back();
                }
            }
        }
        true
    }

    /// Takes some of the last moves back.
    fn take_back(&mut self) {
        let most = self.made.len().min(TAKEN_BACK) as u64;
        for _ in 0..=self.next_choice() % (most + 1) {
            if let Some((number, more)) = self.made.pop() {
                self.shift_number(number, -more);
            }
        }
    }

    /// Of the broken relations the one that fewest moves would mend, and of those moves the one that leaves fewest broken.
    fn best_move(&mut self) -> Option<(NumberPlace, i64)> {
        let waiting = self.broken.waiting.len();
        let from = self.next_choice() as usize % waiting;
        let mut fewest = usize::MAX;
        let mut moves: Vec<(NumberPlace, i64)> = Vec::new();
        let mut others = Vec::new();
        for k in 0..waiting.min(SUMS) {
            let relation = self.broken.waiting[(from + k) % waiting];
            others.clear();
            self.moves(relation, fewest, &mut others);
            if others.len() < fewest {
                fewest = others.len();
                std::mem::swap(&mut moves, &mut others);
            }
            if fewest <= 1 {
                break;
            }
        }
        let mut best: Option<(i64, (NumberPlace, i64))> = None;
        for (number, more) in moves {
            let left = self.left_broken(number, more) * 4 + (self.next_choice() % 4) as i64;
            if best.is_none_or(|(least, _)| left < least) {
                best = Some((left, (number, more)));
            }
        }
        best.map(|(_, found)| found)
    }

    /// The moves of one count that mend a relation, when there are fewer than `enough`; at most [`CANDIDATES`].
    fn moves(&mut self, relation: u32, enough: usize, found: &mut Vec<(NumberPlace, i64)>) {
        let value = self.at_true[relation as usize] + self.shift[relation as usize];
        let (_, _, terms) = self.numbers.relation(relation as usize);
        let from = (self.next_choice() % terms.len() as u64) as usize;
        for &(number, factor) in terms[from..].iter().chain(&terms[..from]) {
            let at = self.moved_at[number as usize];
            if self.held.contains(&number)
                || value % factor != 0
                || at != 0 && at + REST > self.moves
            {
                continue;
            }
            let more = -value / factor;
            if self.fits(number, self.change[number as usize] + more) {
                found.push((number, more));
                if found.len() >= enough.min(CANDIDATES) {
                    return;
                }
            }
        }
    }

    /// How many more relations would be broken after a move than are now.
    fn left_broken(&self, number: NumberPlace, more: i64) -> i64 {
        let mut left = 0;
        for &(relation, factor) in self.relations.of(number) {
            let now = self.at_true[relation as usize] + self.shift[relation as usize];
            let (kind, _, _) = self.numbers.relation(relation as usize);
            left += i64::from(breaks(kind, now + factor * more)) - i64::from(breaks(kind, now));
        }
        left
    }

    fn fits(&self, number: NumberPlace, more: i64) -> bool {
        let (lower, upper) = self.numbers.get(number);
        let value = self.truth[number as usize] + more;
        (lower..=upper).contains(&value)
    }

    fn shift_number(&mut self, number: NumberPlace, more: i64) {
        self.moves += 1;
        if self.moved_at[number as usize] == 0 {
            self.moved.push(number);
        }
        self.moved_at[number as usize] = self.moves;
        self.change[number as usize] += more;
        for &(relation, factor) in self.relations.of(number) {
            let shift = &mut self.shift[relation as usize];
            if *shift == 0 {
                self.shifted.push(relation);
            }
            *shift += factor * more;
            let value = self.at_true[relation as usize] + *shift;
            let broken = breaks(self.numbers.relation(relation as usize).0, value);
            self.broken.set(relation, broken);
        }
    }

    fn reset(&mut self) {
        self.moves = 0;
        self.made.clear();
        self.held.clear();
        for number in self.moved.drain(..) {
            self.change[number as usize] = 0;
            self.moved_at[number as usize] = 0;
        }
        for relation in self.shifted.drain(..) {
            self.shift[relation as usize] = 0;
        }
        self.broken.clear();
    }

    fn next_choice(&mut self) -> u64 {
        self.choice = spread(self.choice);
        self.choice
    }
}

fn breaks(relation: SumRelation, value: i64) -> bool {
    match relation {
        SumRelation::Zero => value != 0,
        SumRelation::AtMostZero => value > 0,
    }
}

/// Spreads bits; the same on every machine.
fn spread(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
