//! What proves that a number stays open: other tables of counts that would have been published alike.
//!
//! Owns the proof. Where [`crate::audit`] proves harm, a certificate proves safety: beside the true table of counts it
//! puts others that meet everything a reader may know (each count less than five from the published one, parts and wholes,
//! gebieden within gebieden, which published numbers differ) and that give a small number another value. A number is
//! proven open when two of those tables, the true one among them, are at least two apart there.
//!
//! ```text
//! search.rs   walks from the true table to others, each a few counts from the one before
//! check.rs    adds up: whether a table meets everything; shares nothing with the search
//! ```
//!
//! The tables are a walk: away from the true one, where no count stands at its limit any more, there is more room, and one
//! table speaks for many numbers. That none is found within the steps allowed says nothing: the number counts as unproven.
//! Steps are counted and never timed, so that the same figures give the same certificates.

mod check;
mod free;
mod search;

use std::collections::{BTreeMap, HashMap};

use schema::Niveau;
use serde::Serialize;
use thiserror::Error;

use crate::audit::bounds::{NumberPlace, RelationsOf};
use crate::audit::observe::observe;
use crate::audit::system::{Inclusion, System};
use crate::audit::{CellCount, Publication, SMALL, Structure, What};
use check::{CheckedTable, Misfit};
use free::FreeNumbers;
use search::{Effort, Goal, TableWalk};

/// So far apart must two tables be at a small number.
const APART: i64 = 2;

/// What is to be proven, by whoever made it: the first publication, and the true counts behind it.
#[derive(Debug, Clone, Copy)]
pub struct Proof<'a> {
    /// How the numbers hang together.
    pub structure: &'a Structure,
    /// The publication to prove first, then earlier ones that a reader has too.
    pub publications: &'a [Publication<'a>],
    /// Every measure in every gebied and categorie of the first where it is not 0.
    pub counts: &'a [CellCount<'a>],
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

/// A small number without a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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

/// A small number, and what it is in the tables so far.
struct SmallNumber {
    what: What,
    /// The count, or the part of which the rest is small.
    place: NumberPlace,
    /// The whole, of a rest.
    whole: Option<NumberPlace>,
    least: i64,
    most: i64,
}

impl SmallNumber {
    fn proven(&self) -> bool {
        self.most - self.least >= APART
    }

    fn in_table(&self, value: impl Fn(NumberPlace) -> i64) -> i64 {
        let at = value(self.place);
        self.whole.map_or(at, |whole| value(whole) - at)
    }

    fn see(&mut self, value: i64) {
        self.least = self.least.min(value);
        self.most = self.most.max(value);
    }

    /// What a next table is to have here, where it now is `value`: what would prove it first, then what comes half way.
    fn goals(&self, value: i64) -> Vec<Goal> {
        let mut wanted = vec![self.least + APART - value, self.most - APART - value];
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
}

impl Proof<'_> {
    /// Looks for two tables that are apart at every small number of the first publication, and gives each table to `keep`: what is
    /// different in it from the one before, the first from the true one, by cell, as how many more.
    ///
    /// # Errors
    /// When the counts are not those of the publication, or contradict what is declared of them.
    pub fn run(&self, mut keep: impl FnMut(&[CellCount<'_>])) -> Result<ProofReport, ProofError> {
        let mut system = System::new(self.structure, self.publications);
        observe(&mut system, self.structure, self.publications, None);
        let truth = self.truth(&system);
        let relations = RelationsOf::new(&system.bounds);
        let mut checked = CheckedTable::new(&system.bounds, &relations, truth.clone(), |place| {
            system.in_first(place)
        })
        .map_err(|misfit| told(&system, &truth, misfit))?;
        let mut small = small_numbers(&system, self.structure, &truth);
        let mut at: HashMap<NumberPlace, Vec<usize>> = HashMap::new();
        for (k, number) in small.iter().enumerate() {
            for place in [Some(number.place), number.whole].into_iter().flatten() {
                at.entry(place).or_default().push(k);
            }
        }
        let regions = system.regions(self.structure);
        let free = FreeNumbers::new(&system);
        let mut walk = TableWalk::new(&free, &regions, &truth);
        let mut tables = 0;
        for effort in Effort::ALL {
            for k in 0..small.len() {
                if small[k].proven() {
                    continue;
                }
                let value = small[k].in_table(|place| walk.value(place));
                let mut goals = small[k].goals(value).into_iter();
                let Some(step) = goals.find_map(|goal| walk.step(goal, effort)) else {
                    continue;
                };
                // Nothing counts that does not add up, whatever the search made of it.
                checked.step(&step).map_err(|misfit| {
                    let (Misfit::Count(place) | Misfit::Sum(place)) = misfit;
                    let number = number_name(&system, place);
                    ProofError::WrongTable { number }
                })?;
                let numbers = step.iter().filter_map(|(place, _)| at.get(place));
                for &touched in numbers.flatten() {
                    let value = small[touched].in_table(|place| checked.value(place));
                    small[touched].see(value);
                }
                tables += 1;
                keep(&named(&system, &step));
            }
        }
        Ok(report(&system, &small, tables))
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

/// Every count of 1 to 4 of the first publication, and every 1 to 4 that a part leaves of its whole.
fn small_numbers(system: &System, structure: &Structure, truth: &[i64]) -> Vec<SmallNumber> {
    let is_small = |value: i64| (1..=SMALL).contains(&value);
    let places = 0..truth.len() as NumberPlace;
    let counts = places
        .filter(|&place| is_small(truth[place as usize]))
        .map(|place| (What::Count, place, None));
    let inclusions = system.inclusions(structure).into_iter();
    let rests = inclusions
        .filter(|all| is_small(truth[all.whole as usize] - truth[all.part as usize]))
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

fn report(system: &System, small: &[SmallNumber], tables: usize) -> ProofReport {
    let mut report = ProofReport {
        tables,
        ..ProofReport::default()
    };
    for number in small {
        let name = system.name(number.place);
        *report.small.entry(name.niveau).or_default() += 1;
        if !number.proven() {
            report.unproven.push(Unproven {
                what: number.what,
                measure: name.measure.to_owned(),
                niveau: name.niveau,
                gebied: name.gebied.to_owned(),
                uitsplitsing: name.uitsplitsing.to_owned(),
                categorie: name.categorie.to_owned(),
            });
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
