//! One attack: narrow every number, and pick out what points at few children.
//!
//! Owns what counts as found: a count of 1 to 4, or of those of a group that are not in a part of it, that follows
//! exactly or to within one; and a gebied with a single child of which several attributes follow.

use std::collections::{BTreeMap, HashMap};

use super::bounds::{NumberPlace, Propagation};
use super::cells::{FILLED, TOTAL};
use super::observe::{self, Observed, OwnCounts};
use super::publication::{Publication, PublishedRow, Rule, Structure};
use super::report::{AttackEnding, AuditReport, Followed, LevelTally, Profile, What};
use super::system::{Inclusion, NumberName, System};

/// Counts from 1 up to this are small.
pub(crate) const SMALL: i64 = 4;
/// So many attributes of one child make a profile.
const ATTRIBUTES: usize = 2;

/// What is attacked, and with what knowledge.
#[derive(Debug, Clone, Copy)]
pub struct Attack<'a> {
    /// How the numbers hang together.
    pub structure: &'a Structure,
    /// The publication under attack first, then earlier ones.
    pub publications: &'a [Publication<'a>],
    /// An aanbieder that also knows its own counts.
    pub insider: Option<&'a Insider<'a>>,
    /// The first publication before it was protected, shown in full; to tell small counts from others.
    pub exact: Option<&'a [PublishedRow<'a>]>,
}

/// An aanbieder that attacks.
#[derive(Debug, Clone)]
pub struct Insider<'a> {
    /// Its name in the report.
    pub name: String,
    /// Per publication of the attack, in order, what it counts itself in it: every measure, in every gebied and
    /// categorie where that is not 0.
    pub own: Vec<Vec<CellCount<'a>>>,
}

/// One count of an insider.
#[derive(Debug, Clone, Copy)]
pub struct CellCount<'a> {
    /// Measure.
    pub measure: &'a str,
    /// Code of the gebied.
    pub gebied: &'a str,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: &'a str,
    /// `totaal`, or the code.
    pub categorie: &'a str,
    /// How many.
    pub count: i64,
}

/// A number that may be small, with what is known of it.
struct Suspect {
    what: What,
    place: NumberPlace,
    bounds: (i64, i64),
    exact: Option<i64>,
    told: bool,
}

impl Attack<'_> {
    /// Attacks.
    pub fn run(&self) -> AuditReport {
        let mut system = System::new(self.structure, self.publications);
        let own = self.insider.map(|insider| own_counts(&system, insider));
        let observed =
            observe::observe(&mut system, self.structure, self.publications, own.as_ref());
        let outcome = match observed.conflict {
            Some(place) => Propagation::Contradiction(place),
            None => system.bounds.propagate(),
        };
        let (outcome, exact) = match (outcome, self.exact) {
            (Propagation::Settled | Propagation::Unfinished, Some(rows)) => {
                match exact_numbers(self.structure, &system, rows) {
                    Ok(exact) => (outcome, Some(exact)),
                    Err(wrong) => (wrong, None),
                }
            }
            _ => (outcome, None),
        };
        let mut report = AuditReport {
            publications: self.publications.iter().map(|p| p.name.clone()).collect(),
            insider: self.insider.map(|insider| insider.name.clone()),
            numbers: system.bounds.len(),
            relations: system.bounds.relation_count(),
            ending: match outcome {
                Propagation::Settled => AttackEnding::Settled,
                Propagation::Unfinished => AttackEnding::Unfinished,
                Propagation::Contradiction(place) => AttackEnding::Contradiction {
                    number: describe(&system.name(place), self.publications),
                },
            },
            unread: observed.unread.iter().cloned().collect(),
            knows_exact: self.exact.is_some(),
            tallies: Vec::new(),
            followed: Vec::new(),
            profiles: Vec::new(),
        };
        if !matches!(outcome, Propagation::Contradiction(_)) {
            self.pick_out(
                &system,
                &observed,
                own.as_ref(),
                exact.as_ref(),
                &mut report,
            );
            if self.insider.is_none() {
                report.profiles = profiles(&system, self.publications);
            }
        }
        report
    }

    fn pick_out(
        &self,
        system: &System,
        observed: &Observed,
        own: Option<&OwnCounts>,
        exact: Option<&HashMap<NumberPlace, i64>>,
        report: &mut AuditReport,
    ) {
        let known = |place: NumberPlace| {
            let own = own.map_or(0, |own| own[place as usize]);
            exact.and_then(|exact| Some(exact.get(&place)? - own))
        };
        let counts = (0..system.bounds.len() as NumberPlace).map(|place| Suspect {
            what: What::Count,
            place,
            bounds: system.bounds.get(place),
            exact: known(place),
            told: observed.told[place as usize],
        });
        let inclusions = system.inclusions(self.structure);
        let rests = inclusions.iter().map(|&Inclusion { part, whole }| {
            let (part_bounds, whole_bounds) = (system.bounds.get(part), system.bounds.get(whole));
            let lower = (whole_bounds.0 - part_bounds.1).max(0);
            Suspect {
                what: What::Rest,
                place: part,
                bounds: (lower, whole_bounds.1 - part_bounds.0),
                exact: known(part).zip(known(whole)).map(|(a, b)| b - a),
                told: observed.told[part as usize] && observed.told[whole as usize],
            }
        });
        // Of what others count an aanbieder may learn that it is one of two numbers, not which.
        let widest = i64::from(self.insider.is_none());
        let mut tallies: BTreeMap<(What, usize, &str), LevelTally> = BTreeMap::new();
        for suspect in counts.chain(rests) {
            let (lower, upper) = suspect.bounds;
            let certain = lower >= 1 && upper <= SMALL;
            let small = suspect.exact.map(|exact| (1..=SMALL).contains(&exact));
            let width = upper - lower;
            let found = (certain || small == Some(true)) && width <= widest;
            if small != Some(true) && !found {
                continue;
            }
            let name = system.name(suspect.place);
            let key = (suspect.what, name.niveau as usize, name.uitsplitsing);
            let tally = tallies.entry(key).or_insert_with(|| LevelTally {
                what: suspect.what,
                niveau: name.niveau,
                uitsplitsing: name.uitsplitsing.to_owned(),
                small: 0,
                exactly: 0,
                within_one: 0,
                told: 0,
            });
            tally.add(small == Some(true), found.then_some(width), suspect.told);
            if found {
                report.followed.push(Followed {
                    what: suspect.what,
                    publication: self.publications[name.version].name.clone(),
                    measure: name.measure.to_owned(),
                    niveau: name.niveau,
                    gebied: name.gebied.to_owned(),
                    uitsplitsing: name.uitsplitsing.to_owned(),
                    categorie: name.categorie.to_owned(),
                    lower,
                    upper,
                    exact: suspect.exact,
                    told: suspect.told,
                });
            }
        }
        report.tallies = tallies.into_values().collect();
    }
}

/// What the exact rows of the first publication make of its numbers: what stands there, and what follows from that.
fn exact_numbers(
    structure: &Structure,
    system: &System,
    rows: &[PublishedRow<'_>],
) -> Result<HashMap<NumberPlace, i64>, Propagation> {
    let exact = Publication {
        name: String::new(),
        rule: Rule::Threshold,
        rows: rows.to_vec(),
        leveringen: BTreeMap::new(),
        key: String::new(),
    };
    let publications = [exact];
    let mut all = System::new(structure, &publications);
    observe::observe(&mut all, structure, &publications, None);
    let outcome = all.bounds.propagate();
    let same = |place: NumberPlace| {
        let name = all.name(place);
        let cell = (name.gebied, name.uitsplitsing, name.categorie);
        system.place(0, name.measure, cell.0, cell.1, cell.2)
    };
    if let Propagation::Contradiction(place) = outcome {
        return Err(Propagation::Contradiction(same(place).unwrap_or_default()));
    }
    let numbers = (0..all.bounds.len() as NumberPlace).filter_map(|place| {
        let (lower, upper) = all.bounds.get(place);
        (lower == upper).then(|| Some((same(place)?, lower)))?
    });
    Ok(numbers.collect())
}

/// What the insider counts, by number.
pub(crate) fn own_counts(system: &System, insider: &Insider<'_>) -> OwnCounts {
    let mut own = vec![0; system.bounds.len()];
    // What versions share is the same in each; the first is written last.
    for (version, counts) in insider.own.iter().enumerate().rev() {
        for count in counts {
            let place = system.place(
                version,
                count.measure,
                count.gebied,
                count.uitsplitsing,
                count.categorie,
            );
            if let Some(place) = place {
                own[place as usize] = count.count;
            }
        }
    }
    system.complete(&mut own);
    own
}

/// Per gebied the measure that counts one child there and of which most attributes follow.
fn profiles(system: &System, publications: &[Publication<'_>]) -> Vec<Profile> {
    let mut best: BTreeMap<(usize, &str), Profile> = BTreeMap::new();
    let mut found: BTreeMap<(usize, &str, &str), Vec<NumberName<'_>>> = BTreeMap::new();
    for place in 0..system.bounds.len() as NumberPlace {
        if system.bounds.get(place) != (1, 1) {
            continue;
        }
        let name = system.name(place);
        let attributes = found
            .entry((name.version, name.gebied, name.measure))
            .or_default();
        attributes.push(name);
    }
    for ((version, gebied, measure), names) in found {
        let attributes: BTreeMap<&str, &str> = names
            .iter()
            .filter(|name| name.uitsplitsing != TOTAL && name.categorie != FILLED)
            .map(|name| (name.uitsplitsing, name.categorie))
            .collect();
        let single = names.iter().any(|name| name.uitsplitsing == TOTAL);
        let known = best
            .get(&(version, gebied))
            .map_or(0, |p| p.attributes.len());
        if single && attributes.len() >= ATTRIBUTES.max(known + 1) {
            let attributes = attributes.iter();
            let profile = Profile {
                publication: publications[version].name.clone(),
                gebied: gebied.to_owned(),
                measure: measure.to_owned(),
                attributes: attributes
                    .map(|(breakdown, code)| ((*breakdown).to_owned(), (*code).to_owned()))
                    .collect(),
            };
            best.insert((version, gebied), profile);
        }
    }
    best.into_values().collect()
}

/// A number in words.
fn describe(name: &NumberName<'_>, publications: &[Publication<'_>]) -> String {
    format!(
        "{} in {} ({}, {}) of {}",
        name.measure,
        name.gebied,
        name.uitsplitsing,
        name.categorie,
        publications[name.version].name
    )
}
