//! The measures of a publication, and the cells in which each of them counts.
//!
//! Owns how the cells of a measure lie beside each other in one gebied, and which measures are one by another name.
//! Leaves gebieden and sums to [`super::system`].

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::bounds::NumberPlace;
use super::publication::{Link, Publication, Structure};

/// Categorie of all records with a code.
pub(super) const FILLED: &str = "gevuld";
/// BreakdownCodes and categorie of a total.
pub(super) const TOTAL: &str = "totaal";

/// The cells of one measure in one gebied; the first is its total.
pub(super) struct MeasureCells {
    pub(super) name: String,
    /// NumberPlace of its first number.
    pub(super) begin: usize,
    pub(super) cells: usize,
    pub(super) breakdowns: Vec<BreakdownCells>,
    /// The measures it is the sum of, where it is made up.
    pub(super) sum_of: Vec<usize>,
    pub(super) distinct: bool,
}

pub(super) struct BreakdownCells {
    pub(super) name: String,
    pub(super) codes: Vec<String>,
    pub(super) begin: usize,
    /// The cell of all that have a code: the total itself where every record has one.
    pub(super) all_codes: usize,
}

impl MeasureCells {
    pub(super) fn cell(&self, uitsplitsing: &str, categorie: &str) -> Option<usize> {
        if uitsplitsing == TOTAL {
            return Some(0);
        }
        let breakdown = self.breakdowns.iter().find(|b| b.name == uitsplitsing)?;
        if categorie == FILLED {
            return Some(breakdown.all_codes);
        }
        let code = breakdown.codes.iter().position(|code| code == categorie)?;
        Some(breakdown.begin + code)
    }

    /// BreakdownCodes and categorie of a cell.
    pub(super) fn cell_name(&self, cell: usize) -> (&str, &str) {
        let of = self
            .breakdowns
            .iter()
            .find(|b| b.code_cells().contains(&cell) || b.all_codes == cell && cell != 0);
        of.map_or((TOTAL, TOTAL), |breakdown| {
            let code = breakdown.codes.get(cell - breakdown.begin);
            (&breakdown.name, code.map_or(FILLED, String::as_str))
        })
    }

    pub(super) fn in_slot(&self, slot: usize, cell: usize) -> NumberPlace {
        NumberPlace::try_from(self.begin + slot * self.cells + cell).expect("the number was made")
    }
}

impl BreakdownCells {
    pub(super) fn code_cells(&self) -> std::ops::Range<usize> {
        self.begin..self.begin + self.codes.len()
    }
}

/// The names of the measures of a count.
pub(super) type CountOfName = Vec<String>;

/// Per measure that a link says always is another one: the name both go by.
pub(super) fn same_measures(structure: &Structure) -> HashMap<String, String> {
    let mut same: BTreeMap<String, String> = BTreeMap::new();
    for link in &structure.links {
        let Link::Equal { sum, equal } = link else {
            continue;
        };
        if let ([a], [b]) = (sum.as_slice(), equal.as_slice()) {
            let name = |m: &String| same.get(m).unwrap_or(m).clone();
            let (a, b) = (name(a), name(b));
            let (first, other) = if a <= b { (a, b) } else { (b, a) };
            for target in same.values_mut().filter(|target| **target == other) {
                target.clone_from(&first);
            }
            same.insert(other, first.clone());
            same.insert(first.clone(), first);
        }
    }
    same.into_iter().collect()
}

/// Per count of which rows tell, the breakdowns in which they do.
pub(super) fn used_breakdowns(
    structure: &Structure,
    publications: &[Publication<'_>],
) -> BTreeMap<CountOfName, BTreeSet<String>> {
    let rows = publications.iter().flat_map(|p| &p.rows);
    let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        seen.entry(row.indicator)
            .or_default()
            .insert(row.uitsplitsing);
    }
    let mut used: BTreeMap<CountOfName, BTreeSet<String>> = BTreeMap::new();
    for indicator in &structure.indicators {
        let Some(breakdowns) = seen.get(indicator.id.as_str()) else {
            continue;
        };
        for count in indicator.counts() {
            let singles = count.measures.iter().map(|name| vec![name.clone()]);
            for names in singles.chain([count.measures.clone()]) {
                let of = breakdowns.iter().filter(|b| **b != TOTAL);
                used.entry(names)
                    .or_default()
                    .extend(of.map(|b| (*b).to_owned()));
            }
        }
    }
    add_linked(structure, &mut used);
    used
}

/// Measures of which no row tells, but a link to those of which rows do: what they leave for the others is known of them. They
/// are told apart where all others of the link are.
fn add_linked(structure: &Structure, used: &mut BTreeMap<CountOfName, BTreeSet<String>>) {
    let same = same_measures(structure);
    let name = |measure: &String| same.get(measure).unwrap_or(measure).clone();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (names, breakdowns) in used.iter() {
        if let [measure] = names.as_slice() {
            let of = known.entry(name(measure)).or_default();
            of.extend(breakdowns.iter().cloned());
        }
    }
    loop {
        let before = known.len();
        for link in &structure.links {
            let linked: Vec<String> = match link {
                Link::Equal { sum, equal } => sum.iter().chain(equal).map(name).collect(),
                Link::Part { part, whole } => [part, whole].map(name).to_vec(),
            };
            let of_known = linked.iter().filter_map(|measure| known.get(measure));
            let shared = of_known.cloned().reduce(|a, b| &a & &b);
            let Some(shared) = shared else {
                continue;
            };
            for measure in linked {
                if let Entry::Vacant(vacant) = known.entry(measure) {
                    used.insert(vec![vacant.key().clone()], shared.clone());
                    vacant.insert(shared.clone());
                }
            }
        }
        if known.len() == before {
            return;
        }
    }
}
