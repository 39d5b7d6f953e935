//! The proof of every small number, and its report.
//!
//! Owns the walks for all of them, each for whole regions. Leaves what is small and open to [`super::small_numbers`] and the
//! next table to [`super::search`]; believes none that [`super::check`] does not.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::thread::ScopedJoinHandle;

use schema::Niveau;
use serde::Serialize;
use thiserror::Error;

use super::check::{CheckedTable, Misfit};
use super::free::FreeNumbers;
use super::search::{Effort, TableWalk};
use super::small_numbers::{SmallNumber, Unproven, apart, small_numbers};
use crate::audit::bounds::NumberPlace;
use crate::audit::observe::observe;
use crate::audit::system::System;
use crate::audit::{CellCount, Insider, Publication, Structure, own_counts};

/// What proves less than one in so many of what it is tried on is not worth trying harder: most of it has no other table.
const WORTH_MORE: usize = 10;
/// A walk ends after so many moves, and so many more for each number it is to prove: more than the practice data needs.
const MOVES: u64 = 500_000;
const MOVES_EACH: u64 = 500;
/// So few are tried as hard as can be all the same.
const FEW: usize = 5;
/// So many walks, one beside the other. Always as many: the same figures give the same tables on any machine.
const WALKS: usize = 2;

/// So many times there are walks from the true table: those after the first for what is not proven yet, which another way
/// may prove.
const ROUNDS: usize = 2;

/// What is to be proven, by whoever made it: the first publication, and the true counts behind it.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// How the numbers hang together.
    pub structure: &'a Structure,
    /// The publication to prove first, then earlier ones that a reader has too.
    pub publications: &'a [Publication<'a>],
    /// Every measure in every gebied and categorie of the first where it is not 0.
    pub counts: &'a [CellCount<'a>],
    /// An aanbieder that also knows its own counts: then small is what the others count where it counts itself.
    pub insider: Option<&'a Insider<'a>>,
    /// Of the small numbers these alone, when others were proven before; all where `None`.
    pub only: Option<&'a BTreeSet<Unproven>>,
}

/// What a proof came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProofReport {
    /// How many tables were found.
    pub tables: usize,
    /// Per level how many small numbers there are.
    pub small: BTreeMap<Niveau, usize>,
    /// The small numbers for which no two tables were found.
    pub unproven: Vec<Unproven>,
}

/// Why nothing can be proven.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProofError {
    /// A count is not near its published number.
    #[error("{number} is {count}, which the publication says it is not: these are not its counts")]
    NotPublished {
        /// The number.
        number: String,
        /// What is counted.
        count: i64,
    },
    /// What is declared of the counts is not so.
    #[error("what is declared of {number} does not hold of its counts")]
    NotDeclared {
        /// One of the numbers.
        number: String,
    },
    /// The search stepped to a table that does not fit: a defect of it, and nothing is proven.
    #[error("the search found a table that does not add up at {number}: report this")]
    WrongTable {
        /// One of the numbers.
        number: String,
    },
}

/// The numbers that are to be proven open, and what everybody who may know reckons with.
struct ProofTask<'a> {
    /// The true table.
    checked: &'a CheckedTable<'a>,
    truth: &'a [i64],
    free: &'a FreeNumbers,
    /// Per number the region it lies in; `None` for what lies around regions.
    regions: &'a [Option<u32>],
    small: Vec<SmallNumber>,
    /// Per number the small ones that it is or is a part of.
    small_at: HashMap<NumberPlace, Vec<usize>>,
    apart: i64,
}

/// Where a walk came.
struct Walked {
    /// What each table has more than the one before.
    steps: Vec<Vec<(NumberPlace, i64)>>,
    /// The small numbers, with what they are in these tables.
    small: Vec<SmallNumber>,
}

impl ProofTask<'_> {
    /// All walks, side by side.
    fn walks(&self) -> Vec<Result<Walked, Misfit>> {
        std::thread::scope(|scope| {
            let walks = (0..WALKS).map(|share| scope.spawn(move || self.walk(share)));
            let walks: Vec<_> = walks.collect();
            let walks = walks.into_iter().map(ScopedJoinHandle::join);
            let walks =
                walks.map(|walk| walk.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            walks.collect()
        })
    }

    /// The walk that looks for its share of the small numbers: whole regions.
    fn walk(&self, share: usize) -> Result<Walked, Misfit> {
        let is_mine = |number: &SmallNumber| {
            let region = self.regions[number.place as usize];
            region.unwrap_or_default() as usize % WALKS == share
        };
        let mut checked = self.checked.clone();
        let mut walk = TableWalk::new(self.free, self.regions, self.truth);
        let mut small = self.small.clone();
        let mut steps = Vec::new();
        let share_of = self.small.iter().filter(|number| is_mine(number)).count();
        let moves = MOVES + MOVES_EACH * share_of as u64;
        for effort in Effort::ALL {
            let is_unproven = |number: &SmallNumber| !number.is_open(self.apart);
            let mine = (0..small.len()).filter(|&k| is_mine(&small[k]) && is_unproven(&small[k]));
            let mine: Vec<usize> = mine.collect();
            for &k in &mine {
                if !is_unproven(&small[k]) || walk.looked_for > moves {
                    continue;
                }
                let value = small[k].in_table(|place| walk.value(place));
                let mut goals = small[k].goals(value, self.apart).into_iter();
                let Some(step) = goals.find_map(|goal| walk.step(goal, effort)) else {
                    continue;
                };
                // Nothing counts that does not add up, whatever the search made of it.
                checked.step(&step)?;
                let touched = step
                    .iter()
                    .filter_map(|(place, _)| self.small_at.get(place));
                for &touched in touched.flatten() {
                    let value = small[touched].in_table(|place| checked.value(place));
                    small[touched].see(value);
                }
                steps.push(step);
            }
            let left = mine.iter().filter(|&&k| is_unproven(&small[k])).count();
            if left > FEW && left * WORTH_MORE > mine.len() * (WORTH_MORE - 1) {
                break;
            }
        }
        Ok(Walked { steps, small })
    }
}

impl Proof<'_> {
    /// Looks for tables that are apart at every small number of the first publication, and gives each table to `keep`: what is
    /// different in it from the one before, the first from the true one, by cell, as how many more.
    ///
    /// # Errors
    /// When the counts are not those of the publication, or contradict what is declared of them.
    pub fn run(&self, mut keep: impl FnMut(&[CellCount<'_>])) -> Result<ProofReport, ProofError> {
        let mut system = System::new(self.structure, self.publications);
        let own = self.insider.map(|insider| own_counts(&system, insider));
        observe(&mut system, self.structure, self.publications, own.as_ref());
        let mut truth = self.truth(&system);
        let others = own.iter().flatten();
        truth
            .iter_mut()
            .zip(others)
            .for_each(|(all, own)| *all -= own);
        let relations = system.bounds.relations_of();
        let in_first = |place| system.in_first(place);
        let checked = CheckedTable::new(&system.bounds, &relations, truth.clone(), in_first)
            .map_err(|misfit| told(&system, &truth, misfit))?;
        let mut small = small_numbers(&system, self.structure, &truth);
        if let Some(own) = &own {
            small.retain(|number| number.in_table(|place| own[place as usize]) > 0);
        }
        if let Some(only) = self.only {
            small.retain(|number| only.contains(&number.unproven(&system)));
        }
        let (free, regions) = (FreeNumbers::new(&system), system.regions(self.structure));
        let apart = apart(own.is_some());
        let mut tables = 0;
        for _ in 0..ROUNDS {
            let open = (0..small.len()).filter(|&k| !small[k].is_open(apart));
            let open: Vec<usize> = open.collect();
            if open.is_empty() {
                break;
            }
            let task = ProofTask {
                checked: &checked,
                truth: &truth,
                free: &free,
                regions: &regions,
                small_at: small_at(open.iter().map(|&k| &small[k])),
                small: open.iter().map(|&k| small[k].clone()).collect(),
                apart,
            };
            for walked in task.walks() {
                let Walked {
                    mut steps,
                    small: seen,
                } = walked.map_err(|misfit| {
                    let (Misfit::Count(place) | Misfit::Sum(place)) = misfit;
                    let number = number_name(&system, place);
                    ProofError::WrongTable { number }
                })?;
                tables += steps.len();
                // The next walk begins at the true table again.
                steps.push(way_back(&steps));
                for step in &steps {
                    keep(&named(&system, step));
                }
                for (&k, seen) in open.iter().zip(&seen) {
                    small[k].join(seen);
                }
            }
        }
        Ok(report(&system, &small, apart, tables))
    }

    /// What every number of the first publication truly is.
    fn truth(&self, system: &System) -> Vec<i64> {
        let mut truth = vec![0; system.bounds.len()];
        for count in self.counts {
            let (uitsplitsing, categorie) = (count.uitsplitsing, count.categorie);
            let place = system.place(0, count.measure, count.gebied, uitsplitsing, categorie);
            if let Some(place) = place {
                truth[place as usize] = count.count;
            }
        }
        system.complete(&mut truth);
        truth
    }
}

/// Per number the places of the small ones that it is or is a part of.
fn small_at<'a>(small: impl Iterator<Item = &'a SmallNumber>) -> HashMap<NumberPlace, Vec<usize>> {
    let mut small_at: HashMap<NumberPlace, Vec<usize>> = HashMap::new();
    for (k, number) in small.enumerate() {
        for place in [Some(number.place), number.whole].into_iter().flatten() {
            small_at.entry(place).or_default().push(k);
        }
    }
    small_at
}

/// From where these steps lead back to where they began.
fn way_back(steps: &[Vec<(NumberPlace, i64)>]) -> Vec<(NumberPlace, i64)> {
    let mut more: BTreeMap<NumberPlace, i64> = BTreeMap::new();
    for &(place, step) in steps.iter().flatten() {
        *more.entry(place).or_default() -= step;
    }
    more.into_iter().filter(|&(_, more)| more != 0).collect()
}

fn report(system: &System, small: &[SmallNumber], apart: i64, tables: usize) -> ProofReport {
    let mut report = ProofReport {
        tables,
        ..ProofReport::default()
    };
    for number in small {
        let niveau = system.name(number.place).niveau;
        *report.small.entry(niveau).or_default() += 1;
        if !number.is_open(apart) {
            report.unproven.push(number.unproven(system));
        }
    }
    report
}

/// The differences of a table by the names of its counts.
fn named<'a>(system: &'a System, table: &[(NumberPlace, i64)]) -> Vec<CellCount<'a>> {
    let differences = table.iter().map(|&(place, more)| {
        let name = system.name(place);
        CellCount {
            measure: name.measure,
            gebied: name.gebied,
            uitsplitsing: name.uitsplitsing,
            categorie: name.categorie,
            count: more,
        }
    });
    differences.collect()
}

fn told(system: &System, truth: &[i64], misfit: Misfit) -> ProofError {
    match misfit {
        Misfit::Count(place) => ProofError::NotPublished {
            number: number_name(system, place),
            count: truth[place as usize],
        },
        Misfit::Sum(place) => ProofError::NotDeclared {
            number: number_name(system, place),
        },
    }
}

fn number_name(system: &System, place: NumberPlace) -> String {
    let name = system.name(place);
    let (gebied, of, code) = (name.gebied, name.uitsplitsing, name.categorie);
    format!("{} in {gebied} ({of}, {code})", name.measure)
}
