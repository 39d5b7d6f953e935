//! Looks for other tables that would have been published alike, until nothing sensitive is left unproven.
//!
//! Owns what to aim at, in which order, and how long. A round makes one table per group of aanbieders whose records stay
//! as they are, so that it also counts against what these know; everybody else's records move. The first rounds move
//! everything, later ones what is around the numbers that are left, one or a few at a time. Rounds and steps are
//! counted, never timed: the same exact table gives the same tables. Leaves the steps to [`super::walk`] and judging to
//! [`super::check_certificate`]: only what that accepts counts.

use std::collections::{BTreeMap, BTreeSet};

use schema::Niveau;
use serde::{Deserialize, Serialize};

use super::cells::{FILLED, TOTAL};
use super::check_certificate::{CertificateChecker, CertificateRefusal, MarkPairs};
use super::numbers::{NumberMap, Placed, WalkKind};
use super::proposal::scattered;
use super::report::What;
use super::table::{Attacker, CountedCell, ExactTable, NumberAddress, OtherTable, SensitiveNumber};
use super::walk::{Aim, Ground, Walk};

/// So many tables are made at a time, each with the records of other aanbieders as they are.
const GROUPS: usize = 4;
/// So many rounds move everything,
const WIDE_ROUNDS: usize = 3;
/// with so many steps per record.
const WIDE_STEPS: usize = 80;
/// Up to this round all that is left is brought nearer together,
const JOINT_ROUNDS: usize = 9;
/// with so many steps for a number.
const JOINT_STEPS: usize = 200;
/// Up to this round what is left is brought nearer one by one, and published numbers may be too far off on the way,
const SINGLE_ROUNDS: usize = 13;
/// with so many steps for a number, and again as many with each such round.
const SINGLE_STEPS: usize = 1_500;
/// A walk makes no more steps than this, and so many per record: what is not reached then is unproven.
const MOST_STEPS: usize = 50_000;

/// What was proven, and by which tables.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// The tables. Each was accepted, and proves something that those before it do not.
    pub tables: Vec<OtherTable>,
    /// How many numbers are sensitive, counted for everybody and for every aanbieder.
    pub sensitive: usize,
    /// What they leave: it may be safe, and is not shown to be.
    pub unproven: Vec<UnprovenNumber>,
}

/// A number that was not proven.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnprovenNumber {
    /// The aanbieder that could learn it from its own records beside the publication; `None`: everybody.
    pub insider: Option<String>,
    /// A count, or what it leaves of its whole.
    pub what: What,
    /// In which publication, by its place.
    pub version: usize,
    /// Measure; of several that always are the same number, one.
    pub measure: String,
    /// Level.
    pub niveau: Niveau,
    /// Gebied.
    pub gebied: String,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
    /// `totaal`, the code, or `gevuld` for all that have one.
    pub categorie: String,
}

/// Looks for tables that prove everything sensitive.
///
/// # Errors
/// When the exact table and what is published of it contradict each other.
pub fn certify(table: &ExactTable) -> Result<Proof, CertificateRefusal> {
    let mut checker = CertificateChecker::new(table)?;
    let search = Search::new(table);
    let mut tables = Vec::new();
    for round in 0..SINGLE_ROUNDS {
        let left: Vec<Left> = checker.unproven().collect();
        if left.is_empty() {
            break;
        }
        for found in search.round(round, &left) {
            let before = checker.open();
            checker.check(&found)?;
            if checker.open() < before {
                tables.push(found);
            }
        }
    }
    let unproven = checker
        .unproven()
        .map(|(attacker, number, _)| named(table, attacker, number));
    let mut unproven: Vec<UnprovenNumber> = unproven.collect();
    unproven.sort();
    Ok(Proof {
        tables,
        sensitive: checker.sensitive(),
        unproven,
    })
}

type Left = (Attacker, SensitiveNumber, (i64, i64));

struct Search<'a> {
    table: &'a ExactTable,
    map: NumberMap,
    marks: MarkPairs,
    bound: Vec<bool>,
    counts: Vec<i32>,
    sets: Vec<u64>,
    /// Per aanbieder in which group its records stay as they are.
    group_of: Vec<usize>,
}

impl<'a> Search<'a> {
    fn new(table: &'a ExactTable) -> Self {
        let map = NumberMap::new(table);
        let mut counts = vec![0; map.windows.len()];
        let mut sets = vec![0_u64; map.windows.len()];
        let mut once: BTreeSet<(u32, u32)> = BTreeSet::new();
        let mut of_person: BTreeMap<u32, usize> = BTreeMap::new();
        for record in &table.records {
            *of_person.entry(record.person).or_default() += 1;
        }
        for (place, record) in (1..).zip(&table.records) {
            map.each_number(&WalkKind::new(&record.kind), 1, &mut |number, _| {
                let by_person = record.fixed && map.is_once(number);
                if !by_person || once.insert((record.person, number)) {
                    let who = if by_person {
                        u64::from(record.person) | 1 << 40
                    } else {
                        place
                    };
                    counts[number as usize] += 1;
                    let set = &mut sets[number as usize];
                    *set = set.wrapping_add(scattered(who));
                }
            });
        }
        let bound = table
            .records
            .iter()
            .map(|record| of_person[&record.person] > 1);
        Self {
            table,
            marks: MarkPairs::new(table),
            bound: bound.collect(),
            group_of: groups(table),
            map,
            counts,
            sets,
        }
    }

    /// One table per group of aanbieders.
    fn round(&self, round: usize, left: &[Left]) -> Vec<OtherTable> {
        let ground = Ground {
            table: self.table,
            map: &self.map,
            marks: &self.marks,
            bound: &self.bound,
            counts: &self.counts,
            sets: &self.sets,
        };
        let ground = &ground;
        std::thread::scope(|scope| {
            let walks = (0..GROUPS).map(|group| {
                let seed = (round * GROUPS + group) as u64;
                scope.spawn(move || self.walk(ground, round, group, left, seed))
            });
            let walks: Vec<_> = walks.collect();
            let tables = walks
                .into_iter()
                .map(|walk| walk.join().expect("a walk does not panic"));
            tables.flatten().collect()
        })
    }

    fn walk(
        &self,
        ground: &Ground<'_>,
        round: usize,
        group: usize,
        left: &[Left],
        seed: u64,
    ) -> Option<OtherTable> {
        let still: Vec<bool> = self.group_of.iter().map(|of| *of == group).collect();
        let alone = round >= JOINT_ROUNDS;
        let aims = left
            .iter()
            .enumerate()
            .filter(|(k, (attacker, ..))| match attacker {
                Attacker::Anybody => !alone || k % GROUPS == (group + round) % GROUPS,
                Attacker::Insider(aanbieder) => still[*aanbieder as usize],
            });
        let aims = aims.filter_map(|(k, left)| self.aim(left, scattered(seed ^ (k as u64) << 20)));
        let aims: Vec<Aim> = aims.collect();
        let records = self.table.records.len();
        let most = MOST_STEPS + WIDE_STEPS * records;
        let mut walk = Walk::new(ground, &still, seed);
        if round < WIDE_ROUNDS {
            walk.aim(aims);
            walk.wander(WIDE_STEPS * records);
        } else if aims.is_empty() {
            return None;
        } else if alone {
            let steps = SINGLE_STEPS * (1 + round - JOINT_ROUNDS);
            for aim in aims.into_iter().take(most / steps) {
                walk.aim(vec![aim]);
                walk.pursue(steps);
            }
        } else {
            let steps = most.min(JOINT_STEPS * aims.len());
            walk.aim(aims);
            walk.hunt(steps);
        }
        walk.table()
    }

    /// Where to bring a number so that it is left open: up or down as there is room, else by one alone.
    fn aim(&self, (attacker, number, (least, most)): &Left, draw: u64) -> Option<Aim> {
        let (whole, part) = match *number {
            SensitiveNumber::Count { number } => (number, None),
            SensitiveNumber::Rest { part, whole } => (whole, Some(part)),
        };
        let placed = |number: NumberAddress| {
            let place = self
                .map
                .place(number)
                .expect("it is a number of this table");
            Placed { number, place }
        };
        let (whole, part) = (placed(whole), part.map(placed));
        let count = |number: Placed| self.counts[number.place as usize];
        let value = count(whole) - part.map_or(0, count);
        let (up, down) = match attacker {
            Attacker::Anybody => (*least as i32 + 2, *most as i32 - 2),
            Attacker::Insider(_) => (1, -1),
        };
        let window = self.map.windows[whole.place as usize].filter(|_| part.is_none());
        let (lowest, highest) = window.map_or((0, i32::MAX), |w| (w.lowest, w.highest));
        let can_be = |more: &i32| (lowest..=highest).contains(&(value + more));
        let ways = [up, down].into_iter().filter(can_be).collect::<Vec<i32>>();
        let ways = if ways.is_empty() {
            [1, -1].into_iter().filter(can_be).collect()
        } else {
            ways
        };
        let more = *ways.get(draw as usize % ways.len().max(1))?;
        Some(Aim {
            whole,
            part,
            goal: value + more,
            upward: more > 0,
        })
    }
}

/// Spreads the aanbieders over groups so that those that help in the same gemeenten are in different ones: the largest
/// first, each where it has the fewest neighbours.
fn groups(table: &ExactTable) -> Vec<usize> {
    let mut lives: Vec<BTreeMap<u32, usize>> = vec![BTreeMap::new(); table.aanbieders.len()];
    for record in &table.records {
        *lives[record.aanbieder as usize]
            .entry(record.kind.gemeente)
            .or_default() += 1;
    }
    let mut order: Vec<usize> = (0..lives.len()).collect();
    order.sort_by_key(|aanbieder| {
        (
            usize::MAX - lives[*aanbieder].values().sum::<usize>(),
            *aanbieder,
        )
    });
    let mut taken = vec![BTreeMap::<u32, usize>::new(); GROUPS];
    let mut group_of = vec![0; lives.len()];
    for aanbieder in order {
        let own = &lives[aanbieder];
        let beside = |group: &usize| {
            let of = own
                .iter()
                .map(|(g, n)| n.min(taken[*group].get(g).unwrap_or(&0)));
            of.sum::<usize>()
        };
        let group = (0..GROUPS).min_by_key(beside).expect("there are groups");
        for (&gemeente, &records) in own {
            *taken[group].entry(gemeente).or_default() += records;
        }
        group_of[aanbieder] = group;
    }
    group_of
}

fn named(table: &ExactTable, attacker: Attacker, number: SensitiveNumber) -> UnprovenNumber {
    let (what, number) = match number {
        SensitiveNumber::Count { number } => (What::Count, number),
        SensitiveNumber::Rest { part, .. } => (What::Rest, part),
    };
    let NumberAddress {
        measure,
        area,
        cell,
    } = number;
    let breakdown = |place: u32| &table.breakdowns[place as usize];
    let (uitsplitsing, categorie) = match cell {
        CountedCell::Total => (TOTAL, TOTAL),
        CountedCell::Code(of, code) => {
            let of = breakdown(of);
            (of.name.as_str(), of.codes[code as usize].as_str())
        }
        CountedCell::Filled(of) => (breakdown(of).name.as_str(), FILLED),
    };
    let area = &table.areas[area as usize];
    let measure = &table.measures[measure as usize];
    UnprovenNumber {
        insider: match attacker {
            Attacker::Anybody => None,
            Attacker::Insider(aanbieder) => Some(table.aanbieders[aanbieder as usize].clone()),
        },
        what,
        version: measure.version as usize,
        measure: measure.name.clone(),
        niveau: area.niveau,
        gebied: area.gebied.clone(),
        uitsplitsing: uitsplitsing.to_owned(),
        categorie: categorie.to_owned(),
    }
}
