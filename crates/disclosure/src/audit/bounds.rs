//! Whole numbers between bounds, tied by sums: how narrow every bound becomes.
//!
//! Owns the propagation, whatever the numbers stand for: a relation is walked over whenever one of its numbers became
//! narrower, until nothing moves, always in the same order. What it finds holds; what it does not find may still
//! follow, since each relation is looked at by itself. Leaves what a number is and which relations hold to
//! [`super::system`].

use std::collections::VecDeque;

/// What no number of records exceeds. Where nothing is known of a number, this is its upper bound.
pub const CEILING: i64 = 50_000_000;

/// So many relations are walked over per relation that there is, before the propagation gives up.
const PATIENCE: usize = 2_000;

/// NumberPlace of a number in its [`BoundedNumbers`].
pub type NumberPlace = u32;

/// How the left side of a relation stands to 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SumRelation {
    /// It is 0.
    Zero,
    /// It is 0 or less.
    AtMostZero,
}

/// Numbers with their bounds, and the relations between them.
#[derive(Debug, Clone, Default)]
pub struct BoundedNumbers {
    lower: Vec<i64>,
    upper: Vec<i64>,
    relations: Vec<Line>,
    terms: Vec<(NumberPlace, i64)>,
}

/// `constant` + the sum of its terms, against 0.
#[derive(Debug, Clone, Copy)]
struct Line {
    relation: SumRelation,
    constant: i64,
    begin: usize,
    end: usize,
}

/// How a propagation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    /// Nothing moves any more.
    Settled,
    /// No numbers fit: the lower bound of this one rose above its upper bound.
    Contradiction(NumberPlace),
    /// It was still moving when the limit was reached. The bounds hold, but narrower ones may follow.
    Unfinished,
}

impl BoundedNumbers {
    /// A new number between two bounds, both included.
    pub fn add(&mut self, lower: i64, upper: i64) -> NumberPlace {
        self.lower.push(lower);
        self.upper.push(upper.min(CEILING));
        u32::try_from(self.lower.len() - 1).expect("fewer numbers than four thousand million")
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.lower.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lower.is_empty()
    }

    /// How many relations there are.
    pub fn relation_count(&self) -> usize {
        self.relations.len()
    }

    /// The lower and the upper bound of a number.
    pub fn get(&self, place: NumberPlace) -> (i64, i64) {
        (self.lower[place as usize], self.upper[place as usize])
    }

    /// Says that a number also lies between these bounds.
    pub fn narrow(&mut self, place: NumberPlace, lower: i64, upper: i64) {
        let place = place as usize;
        self.lower[place] = self.lower[place].max(lower);
        self.upper[place] = self.upper[place].min(upper);
    }

    /// Says that `constant` + the sum of factor × number is 0, or at most 0.
    pub fn relate(
        &mut self,
        relation: SumRelation,
        constant: i64,
        terms: impl IntoIterator<Item = (NumberPlace, i64)>,
    ) {
        let begin = self.terms.len();
        self.terms.extend(terms);
        self.relations.push(Line {
            relation,
            constant,
            begin,
            end: self.terms.len(),
        });
    }

    /// How the left side of a relation stands to 0, its constant, and its numbers with their factors.
    pub(crate) fn relation(&self, relation: usize) -> (SumRelation, i64, &[(NumberPlace, i64)]) {
        let line = self.relations[relation];
        (
            line.relation,
            line.constant,
            &self.terms[line.begin..line.end],
        )
    }

    /// Makes every bound as narrow as the relations, one at a time, allow.
    pub fn propagate(&mut self) -> Propagation {
        if let Some(place) = (0..self.len()).find(|&place| self.lower[place] > self.upper[place]) {
            return Propagation::Contradiction(place as NumberPlace);
        }
        let relations = self.relations_of();
        let mut waiting: VecDeque<u32> = (0..self.relations.len() as u32).collect();
        let mut is_waiting = vec![true; self.relations.len()];
        let mut patience = self.relations.len().saturating_mul(PATIENCE);
        let mut moved = Vec::new();
        while let Some(next) = waiting.pop_front() {
            if patience == 0 {
                return Propagation::Unfinished;
            }
            patience -= 1;
            is_waiting[next as usize] = false;
            moved.clear();
            if let Some(place) = self.walk(self.relations[next as usize], &mut moved) {
                return Propagation::Contradiction(place);
            }
            for &(relation, _) in moved.iter().flat_map(|&place| relations.of(place)) {
                if !std::mem::replace(&mut is_waiting[relation as usize], true) {
                    waiting.push_back(relation);
                }
            }
        }
        Propagation::Settled
    }

    /// Narrows the numbers of one relation by each other, and notes which moved; the number that no longer fits.
    fn walk(&mut self, line: Line, moved: &mut Vec<NumberPlace>) -> Option<NumberPlace> {
        let terms = &self.terms[line.begin..line.end];
        let (mut least, mut most) = (line.constant, line.constant);
        for &(place, factor) in terms {
            let (low, high) = ends(
                factor,
                self.lower[place as usize],
                self.upper[place as usize],
            );
            least += low;
            most += high;
        }
        if least > 0 || line.relation == SumRelation::Zero && most < 0 {
            return terms.first().map(|&(place, _)| place);
        }
        for &(place, factor) in terms {
            let k = place as usize;
            let (low, high) = ends(factor, self.lower[k], self.upper[k]);
            // factor × number is at most 0 - (least of the others), and for an equation at least 0 - (most of them).
            let at_most = low - least;
            let at_least = match line.relation {
                SumRelation::Zero => high - most,
                SumRelation::AtMostZero => low,
            };
            let (lower, upper) = if factor > 0 {
                (divide_up(at_least, factor), at_most.div_euclid(factor))
            } else {
                (
                    divide_up(-at_most, -factor),
                    (-at_least).div_euclid(-factor),
                )
            };
            let narrower = (self.lower[k].max(lower), self.upper[k].min(upper));
            if narrower != (self.lower[k], self.upper[k]) {
                if narrower.0 > narrower.1 {
                    return Some(place);
                }
                (self.lower[k], self.upper[k]) = narrower;
                let (new_low, new_high) = ends(factor, narrower.0, narrower.1);
                least += new_low - low;
                most += new_high - high;
                moved.push(place);
            }
        }
        None
    }
}

/// Lists behind each other, of places with a factor.
#[derive(Debug, Default)]
pub(crate) struct PlaceLists<Factor> {
    begin: Vec<usize>,
    all: Vec<(u32, Factor)>,
}

impl<Factor: Copy + Default> PlaceLists<Factor> {
    /// Per place, of so many, what is said of it, in that order. It is said twice, to know how much room each needs.
    pub(crate) fn gather<Said>(places: usize, said: impl Fn() -> Said) -> Self
    where
        Said: Iterator<Item = (u32, (u32, Factor))>,
    {
        let mut begin = vec![0; places + 1];
        said().for_each(|(place, _)| begin[place as usize + 1] += 1);
        for place in 1..begin.len() {
            begin[place] += begin[place - 1];
        }
        let mut free = begin.clone();
        let mut all = vec![Default::default(); begin[places]];
        for (place, of) in said() {
            all[free[place as usize]] = of;
            free[place as usize] += 1;
        }
        Self { begin, all }
    }

    /// What is said of a place.
    pub(crate) fn of(&self, place: u32) -> &[(u32, Factor)] {
        &self.all[self.begin[place as usize]..self.begin[place as usize + 1]]
    }
}

/// In which relations each number stands, with its factor there.
pub(crate) type RelationsOf = PlaceLists<i64>;

impl BoundedNumbers {
    /// In which relations each number stands.
    pub(crate) fn relations_of(&self) -> RelationsOf {
        PlaceLists::gather(self.len(), || {
            (0..self.relation_count()).flat_map(|relation| {
                let (_, _, terms) = self.relation(relation);
                let terms = terms.iter();
                terms.map(move |&(number, factor)| (number, (relation as u32, factor)))
            })
        })
    }
}

/// The least and the most that factor × number can be.
pub(crate) fn ends(factor: i64, lower: i64, upper: i64) -> (i64, i64) {
    if factor > 0 {
        (factor * lower, factor * upper)
    } else {
        (factor * upper, factor * lower)
    }
}

/// The quotient, rounded up.
fn divide_up(number: i64, divisor: i64) -> i64 {
    -(-number).div_euclid(divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Total = the sum of the parts.
    fn sum(bounds: &mut BoundedNumbers, total: NumberPlace, parts: &[NumberPlace]) {
        let terms = parts.iter().map(|&part| (part, 1)).chain([(total, -1)]);
        bounds.relate(SumRelation::Zero, 0, terms);
    }

    #[test]
    fn the_last_of_a_sum_follows_from_the_others() {
        let mut bounds = BoundedNumbers::default();
        let [total, shown, hidden] = [(12, 12), (9, 9), (1, 4)].map(|(l, u)| bounds.add(l, u));
        sum(&mut bounds, total, &[shown, hidden]);
        assert_eq!(bounds.propagate(), Propagation::Settled);
        assert_eq!(bounds.get(hidden), (3, 3));
    }

    #[test]
    fn two_hidden_parts_keep_what_they_can_share() {
        let mut bounds = BoundedNumbers::default();
        let [total, a, b] = [(5, 5), (1, 4), (1, 4)].map(|(l, u)| bounds.add(l, u));
        sum(&mut bounds, total, &[a, b]);
        assert_eq!(bounds.propagate(), Propagation::Settled);
        assert_eq!((bounds.get(a), bounds.get(b)), ((1, 4), (1, 4)));
        bounds.narrow(a, 4, 4);
        assert_eq!(bounds.propagate(), Propagation::Settled);
        assert_eq!(bounds.get(b), (1, 1));
    }

    #[test]
    fn a_part_is_no_more_than_its_whole_and_a_constant_shifts_it() {
        let mut bounds = BoundedNumbers::default();
        let [part, whole] = [(0, CEILING), (0, 3)].map(|(l, u)| bounds.add(l, u));
        bounds.relate(SumRelation::AtMostZero, 1, [(part, 1), (whole, -1)]);
        assert_eq!(bounds.propagate(), Propagation::Settled);
        assert_eq!((bounds.get(part), bounds.get(whole)), ((0, 2), (1, 3)));
    }

    /// Factors other than 1 round towards the numbers that fit: 2a = 3b with a from 1 to 4 leaves only 3 and 2.
    #[test]
    fn a_factor_leaves_whole_numbers() {
        let mut bounds = BoundedNumbers::default();
        let [a, b] = [(1, 4), (0, 100)].map(|(l, u)| bounds.add(l, u));
        bounds.relate(SumRelation::Zero, 0, [(a, 2), (b, -3)]);
        assert_eq!(bounds.propagate(), Propagation::Settled);
        assert_eq!((bounds.get(a), bounds.get(b)), ((3, 3), (2, 2)));
    }

    #[test]
    fn numbers_that_do_not_fit_are_named() {
        let mut bounds = BoundedNumbers::default();
        let [total, a, b] = [(3, 3), (2, 4), (2, 4)].map(|(l, u)| bounds.add(l, u));
        sum(&mut bounds, total, &[a, b]);
        assert!(matches!(bounds.propagate(), Propagation::Contradiction(_)));
        let mut crossed = BoundedNumbers::default();
        crossed.add(0, 1);
        let wrong = crossed.add(3, 2);
        assert_eq!(crossed.propagate(), Propagation::Contradiction(wrong));
    }

    /// a < b < a has no end of its own: each step moves a bound by one. The ceiling ends it.
    #[test]
    fn a_circle_ends_in_a_contradiction_or_says_that_it_is_not_done() {
        let mut bounds = BoundedNumbers::default();
        let [a, b] = [(0, 1_000), (0, 1_000)].map(|(l, u)| bounds.add(l, u));
        bounds.relate(SumRelation::AtMostZero, 1, [(a, 1), (b, -1)]);
        bounds.relate(SumRelation::AtMostZero, 1, [(b, 1), (a, -1)]);
        assert!(matches!(bounds.propagate(), Propagation::Contradiction(_)));
        let mut wide = BoundedNumbers::default();
        let [a, b] = [(0, CEILING), (0, CEILING)].map(|(l, u)| wide.add(l, u));
        wide.relate(SumRelation::AtMostZero, 1, [(a, 1), (b, -1)]);
        wide.relate(SumRelation::AtMostZero, 1, [(b, 1), (a, -1)]);
        assert_eq!(wide.propagate(), Propagation::Unfinished);
    }
}
