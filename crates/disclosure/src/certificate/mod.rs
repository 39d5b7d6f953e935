//! What proves that a number stays open: other tables of counts that would have been published alike.
//!
//! Owns the proof. Where [`crate::audit`] proves harm, a certificate proves safety: beside the true table of counts it
//! puts others that meet everything a reader may know (each count less than five from the published one, parts and wholes,
//! gebieden within gebieden, which published numbers differ) and that give a small number another value. A number is
//! proven open when two of those tables, the true one among them, are at least two apart there.
//!
//! ```text
//! search.rs   finds tables: one count more or less, and what must move with it
//! check.rs    adds up: whether a table meets everything; shares nothing with the search
//! ```
//!
//! That no table is found within the steps allowed says nothing: the number counts as unproven. Steps are counted and
//! never timed, so that the same figures give the same certificates.

mod check;
mod search;

use std::collections::{BTreeMap, HashMap};

use schema::Niveau;
use serde::Serialize;
use thiserror::Error;

use crate::audit::bounds::{NumberPlace, RelationsOf};
use crate::audit::observe::observe;
use crate::audit::system::{Inclusion, System};
use crate::audit::{CellCount, Publication, SMALL, Structure, What};
use check::{Misfit, check_table, check_truth};
use search::TableSearch;

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
}

/// A small number, and how far other tables are from the true one there.
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

    /// A table is that much more here.
    fn see(&mut self, more: i64) {
        self.least = self.least.min(more);
        self.most = self.most.max(more);
    }
}

impl Proof<'_> {
    /// Looks for two tables that are apart at every small number of the first publication, and gives each table to `keep`: what is
    /// different in it from the true one, by cell, as how many more.
    ///
    /// # Errors
    /// When the counts are not those of the publication, or contradict what is declared of them.
    pub fn run(&self, mut keep: impl FnMut(&[CellCount<'_>])) -> Result<ProofReport, ProofError> {
        let mut system = System::new(self.structure, self.publications);
        observe(&mut system, self.structure, self.publications, None);
        let truth = self.truth(&system);
        let numbers = &system.bounds;
        check_truth(numbers, &truth, |place| system.in_first(place))
            .map_err(|misfit| told(&system, &truth, misfit))?;
        let relations = RelationsOf::new(numbers);
        let mut small = small_numbers(&system, self.structure, &truth);
        let mut at: HashMap<NumberPlace, Vec<usize>> = HashMap::new();
        for (k, number) in small.iter().enumerate() {
            for place in [Some(number.place), number.whole].into_iter().flatten() {
                at.entry(place).or_default().push(k);
            }
        }
        let mut search = TableSearch::new(numbers, &relations, &truth);
        let mut tables = 0;
        for k in 0..small.len() {
            for more in [1, -1, 2, -2] {
                if small[k].proven() {
                    break;
                }
                let found = match (small[k].place, small[k].whole) {
                    (place, None) => search.table(place, more, None),
                    (part, Some(whole)) => search
                        .table(part, -more, Some(whole))
                        .or_else(|| search.table(whole, more, Some(part))),
                };
                // Nothing counts that does not add up, whatever the search made of it.
                let Some(table) =
                    found.filter(|table| check_table(numbers, &relations, &truth, table).is_ok())
                else {
                    continue;
                };
                let change: HashMap<NumberPlace, i64> = table.iter().copied().collect();
                let change = |place: NumberPlace| change.get(&place).copied().unwrap_or(0);
                for &touched in table
                    .iter()
                    .filter_map(|(place, _)| at.get(place))
                    .flatten()
                {
                    let number = &mut small[touched];
                    let of_whole = number
                        .whole
                        .map(|whole| change(whole) - change(number.place));
                    number.see(of_whole.unwrap_or_else(|| change(number.place)));
                }
                tables += 1;
                keep(&named(&system, &table));
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
        .map(|(what, place, whole)| SmallNumber {
            what,
            place,
            whole,
            least: 0,
            most: 0,
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
    let number = |place: NumberPlace| {
        let name = system.name(place);
        let (gebied, of, code) = (name.gebied, name.uitsplitsing, name.categorie);
        format!("{} in {gebied} ({of}, {code})", name.measure)
    };
    match misfit {
        Misfit::Count(place) => ProofError::NotPublished {
            number: number(place),
            count: truth[place as usize],
        },
        Misfit::Sum(place) => ProofError::NotDeclared {
            number: number(place),
        },
    }
}
