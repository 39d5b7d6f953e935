//! What a record could become: steps that a walk tries.
//!
//! Owns the choice of steps and the drawing of them; whether a step is taken is for [`super::walk`]. A record takes over
//! a mark of another one, or they exchange one: what is exchanged within a gebied leaves its total as it is.

use super::numbers::WalkKind;
use super::table::{ExactTable, NO_CODE};

/// Profiles that differ in more measures than this are not near.
const NEAR: usize = 4;
/// So many near profiles are kept.
const NEAREST: usize = 24;

/// Numbers as if drawn, the same in every run (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scattered(self.0)
    }

    /// A number below `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (((self.next() >> 32) * limit as u64) >> 32) as usize
    }

    /// One of these; `None` of none.
    pub(super) fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        (!all.is_empty()).then(|| &all[self.below(all.len())])
    }

    /// How unlikely something may be and yet come about, in thousandths of a nat: minus the logarithm of a number drawn
    /// between 0 and 1, to within 60.
    pub(super) fn luck(&mut self) -> i64 {
        let drawn = self.next();
        let halves = i64::from(drawn.leading_zeros());
        let rest = (drawn << drawn.leading_zeros() >> 60 & 7) as i64;
        693 * halves + 87 * (7 - rest)
    }
}

/// Spreads a number over 64 bits.
pub(super) fn scattered(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Records by what they are in the true table, to find others to change with.
pub(super) struct Pools {
    by_gemeente: Vec<Vec<u32>>,
    by_profile: Vec<Vec<u32>>,
    by_measure: Vec<Vec<u32>>,
    /// Per profile those that differ in few measures, itself included.
    near: Vec<Vec<u32>>,
    /// Per area the gemeenten in it that have records.
    lived_in: Vec<Vec<u32>>,
}

impl Pools {
    /// Of the records of these places.
    pub(super) fn new(table: &ExactTable, free: &[u32]) -> Self {
        let mut pools = Self {
            by_gemeente: vec![Vec::new(); table.areas.len()],
            by_profile: vec![Vec::new(); table.profiles.len()],
            by_measure: vec![Vec::new(); table.measures.len()],
            near: Vec::new(),
            lived_in: Vec::new(),
        };
        for &place in free {
            if let Some(record) = table.records.get(place as usize) {
                pools.by_gemeente[record.kind.gemeente as usize].push(place);
                pools.by_profile[record.kind.profile as usize].push(place);
                for &measure in &table.profiles[record.kind.profile as usize] {
                    pools.by_measure[measure as usize].push(place);
                }
            }
        }
        for profile in &table.profiles {
            let others = (0..).zip(&table.profiles);
            let mut near: Vec<(usize, u32)> = others
                .filter(|(other, _)| !pools.by_profile[*other as usize].is_empty())
                .map(|(place, other)| (differences(profile, other), place))
                .filter(|(differ, _)| *differ <= NEAR)
                .collect();
            near.sort_unstable();
            near.truncate(NEAREST);
            pools
                .near
                .push(near.into_iter().map(|(_, place)| place).collect());
        }
        for area in &table.areas {
            let lived_in = area.gemeenten.iter().copied();
            let lived_in = lived_in.filter(|g| !pools.by_gemeente[*g as usize].is_empty());
            pools.lived_in.push(lived_in.collect());
        }
        pools
    }

    /// A record that counts in a measure.
    pub(super) fn in_measure(&self, dice: &mut Dice, measure: u32) -> Option<u32> {
        dice.of(&self.by_measure[measure as usize]).copied()
    }

    /// A record of an area.
    pub(super) fn in_area(&self, dice: &mut Dice, area: u32) -> Option<u32> {
        let gemeente = *dice.of(&self.lived_in[area as usize])?;
        dice.of(&self.by_gemeente[gemeente as usize]).copied()
    }

    /// Another record: of a near profile, of the same gemeente, or of an area around it.
    pub(super) fn partner(&self, dice: &mut Dice, kind: &WalkKind, around: &[u32]) -> Option<u32> {
        match dice.below(4) {
            0 => dice.of(&self.by_gemeente[kind.gemeente as usize]).copied(),
            1 => {
                let area = *dice.of(around)?;
                self.in_area(dice, area)
            }
            _ => {
                let profile = *dice.of(&self.near[kind.profile as usize])?;
                dice.of(&self.by_profile[profile as usize]).copied()
            }
        }
    }
}

/// In how many measures two profiles differ; both in order.
fn differences(one: &[u32], two: &[u32]) -> usize {
    let (mut a, mut b, mut shared) = (0, 0, 0);
    while let (Some(left), Some(right)) = (one.get(a), two.get(b)) {
        shared += usize::from(left == right);
        a += usize::from(left <= right);
        b += usize::from(right <= left);
    }
    one.len() + two.len() - 2 * shared
}

/// What a record becomes, and another one beside it (`None`: it stays).
pub(super) type Proposal = (Option<WalkKind>, Option<Option<WalkKind>>);

/// Draws what a record and another could become.
pub(super) fn propose(
    dice: &mut Dice,
    one: Option<WalkKind>,
    two: Option<WalkKind>,
    breakdowns: usize,
) -> Option<Proposal> {
    let Some(two) = two else {
        return Some((None, None));
    };
    let Some(one) = one else {
        return Some((Some(two), None));
    };
    let (mut a, mut b) = (one, two);
    let exchange = match dice.below(16) {
        0..6 => {
            let differ = |k: &usize| {
                one.codes[*k] != two.codes[*k]
                    && one.codes[*k] != NO_CODE
                    && two.codes[*k] != NO_CODE
            };
            let first = dice.below(breakdowns.max(1));
            let code = (first..breakdowns).chain(0..first).find(differ)?;
            std::mem::swap(&mut a.codes[code], &mut b.codes[code]);
            dice.below(4) > 0
        }
        6..9 => {
            std::mem::swap(&mut a.gemeente, &mut b.gemeente);
            dice.below(4) > 0
        }
        9..14 => {
            std::mem::swap(&mut a.profile, &mut b.profile);
            // What only one of them can have goes along.
            for k in 0..breakdowns {
                if (a.codes[k] == NO_CODE) != (b.codes[k] == NO_CODE) {
                    std::mem::swap(&mut a.codes[k], &mut b.codes[k]);
                }
            }
            dice.below(2) > 0
        }
        14 => {
            a = two;
            false
        }
        _ => return Some((None, None)),
    };
    (a != one).then_some((Some(a), exchange.then_some(Some(b))))
}
