//! From what is unproven to what to leave out of a publication.
//!
//! Owns which breakdown of which indicator tells of a number. Leaves leaving it out, and proving again, to whoever
//! publishes.

use std::collections::{BTreeMap, BTreeSet};

use schema::Niveau;

use super::cells::same_measures;
use super::certificate::UnprovenNumber;
use super::publication::{Publication, Structure};
use super::table::Group;

/// From narrow to wide: where a number has no row of its own, it follows from those that it is in.
const WIDER: [Niveau; 5] = [
    Niveau::Gemeente,
    Niveau::Jeugdregio,
    Niveau::Grootteklasse,
    Niveau::Provincie,
    Niveau::Nederland,
];

/// The groups of the publication (the first is proven) that tell of what is unproven, each with how much of it: those of
/// its own niveau, else of the narrowest wider one that has rows; of a code, else of the totals.
pub fn leave_out(
    structure: &Structure,
    publication: &Publication<'_>,
    unproven: &[UnprovenNumber],
) -> BTreeMap<Group, usize> {
    let same = same_measures(structure);
    let canonical = |name: &str| same.get(name).map_or(name, String::as_str).to_owned();
    let niveau_of: BTreeMap<&str, Niveau> = structure
        .areas
        .iter()
        .map(|area| (area.gebied.as_str(), area.niveau))
        .collect();
    let mut told: BTreeSet<(&str, Niveau, &str)> = BTreeSet::new();
    for row in &publication.rows {
        if let Some(&niveau) = niveau_of.get(row.gebied) {
            told.insert((row.indicator, niveau, row.uitsplitsing));
        }
    }
    let mut indicators: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for indicator in &structure.indicators {
        for count in indicator.counts() {
            let names: Vec<String> = count.measures.iter().map(|name| canonical(name)).collect();
            for name in names.iter().chain([&names.join(" + ")]) {
                indicators
                    .entry(name.clone())
                    .or_default()
                    .insert(&indicator.id);
            }
        }
    }
    let mut groups = BTreeMap::new();
    for number in unproven.iter().filter(|number| number.version == 0) {
        let of = indicators.get(&number.measure);
        let of: Vec<&str> = of.into_iter().flatten().copied().collect();
        let own = WIDER
            .iter()
            .position(|niveau| *niveau == number.niveau)
            .unwrap_or(0);
        let narrowest = [number.uitsplitsing.as_str(), super::cells::TOTAL]
            .into_iter()
            .find_map(|cell| {
                let tells =
                    |niveau: &&Niveau| of.iter().any(|id| told.contains(&(*id, **niveau, cell)));
                WIDER[own..]
                    .iter()
                    .find(tells)
                    .map(|niveau| (*niveau, cell))
            });
        let Some((niveau, uitsplitsing)) = narrowest else {
            continue;
        };
        for indicator in of
            .iter()
            .filter(|id| told.contains(&(**id, niveau, uitsplitsing)))
        {
            let group = Group {
                indicator: (*indicator).to_owned(),
                niveau,
                uitsplitsing: uitsplitsing.to_owned(),
            };
            *groups.entry(group).or_default() += 1;
        }
    }
    groups
}
