//! From a publication to numbers and relations.
//!
//! Owns which numbers there are (one per measure, gebied and cell, of every version of the publication) and which
//! sums tie them. Leaves what the rows say of each number to [`super::observe`], and narrowing to [`super::bounds`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schema::gebieden::Niveau;

use super::bounds::{BoundedNumbers, CEILING, NumberPlace, SumRelation};
use super::cells::{
    BreakdownCells, CountOfName, FILLED, MeasureCells, same_measures, used_breakdowns,
};
use super::links::{equal_links, made_up, part_links};
use super::nesting::{area_sums, areas_within};
use super::publication::{CellOf, CountOf, Publication, Structure, made_up_name};

/// The numbers of an attack, and what ties them.
pub(crate) struct System {
    /// The numbers.
    pub(crate) bounds: BoundedNumbers,
    measures: Vec<MeasureCells>,
    by_name: HashMap<String, usize>,
    areas: Vec<(Niveau, String)>,
    by_gebied: HashMap<String, usize>,
    /// Per version, per gebied: where its numbers stand.
    slots: Vec<Vec<usize>>,
    /// Per slot the first version and the gebied it was made for.
    slot_of: Vec<(usize, usize)>,
    /// Per slot those of the gemeenten it is made up of; empty of a gemeente itself, and where not all have one.
    gemeente_slots: Vec<Vec<usize>>,
}

/// A number by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberName<'a> {
    /// Measure; of several that always are the same number, one.
    pub(crate) measure: &'a str,
    /// Level of the gebied.
    pub(crate) niveau: Niveau,
    /// The gebied.
    pub(crate) gebied: &'a str,
    /// `totaal`, or the breakdown.
    pub(crate) uitsplitsing: &'a str,
    /// `totaal`, the code, or `gevuld` for all records with a code.
    pub(crate) categorie: &'a str,
    /// Which publication, by its place.
    pub(crate) version: usize,
}

/// A number and another that it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inclusion {
    /// The part.
    pub(crate) part: NumberPlace,
    /// The whole.
    pub(crate) whole: NumberPlace,
}

impl System {
    /// The numbers that the rows of these publications are about, with their sums.
    pub(crate) fn new(structure: &Structure, publications: &[Publication<'_>]) -> Self {
        let same = same_measures(structure);
        let mut system = Self {
            bounds: BoundedNumbers::default(),
            measures: Vec::new(),
            by_name: HashMap::new(),
            areas: structure
                .areas
                .iter()
                .map(|area| (area.niveau, area.gebied.clone()))
                .collect(),
            by_gebied: HashMap::new(),
            slots: Vec::new(),
            slot_of: Vec::new(),
            gemeente_slots: Vec::new(),
        };
        let places = system.areas.iter().enumerate();
        system.by_gebied = places.map(|(k, (_, code))| (code.clone(), k)).collect();
        system.add_slots(publications);
        system.find_gemeente_slots(structure);
        system.add_measures(structure, &same, &used_breakdowns(structure, publications));
        for version in 0..system.slots.len() {
            system.tie_breakdowns(version);
            system.tie_areas(version, structure);
            system.tie_links(version, structure);
        }
        system
    }

    /// The number of a measure in a cell; `None` where there is none.
    pub(crate) fn place(
        &self,
        version: usize,
        measure: &str,
        gebied: &str,
        uitsplitsing: &str,
        categorie: &str,
    ) -> Option<NumberPlace> {
        let measure = &self.measures[*self.by_name.get(measure)?];
        let cell = measure.cell(uitsplitsing, categorie)?;
        Some(self.at(measure, version, *self.by_gebied.get(gebied)?, cell))
    }

    /// The number that a count of a row is.
    pub(crate) fn counted(
        &self,
        version: usize,
        count: &CountOf,
        gebied: &str,
        uitsplitsing: &str,
        categorie: &str,
    ) -> Option<NumberPlace> {
        let categorie = match count.cell {
            CellOf::Own => categorie,
            CellOf::AllCodes => FILLED,
        };
        self.place(version, &count.name(), gebied, uitsplitsing, categorie)
    }

    /// Whether there is such a gebied.
    pub(crate) fn knows(&self, gebied: &str) -> bool {
        self.by_gebied.contains_key(gebied)
    }

    /// What a number is; of a number that several versions share, its name in the first.
    pub(crate) fn name(&self, place: NumberPlace) -> NumberName<'_> {
        let (measure, slot, cell) = self.cell_of(place);
        let (version, area) = self.slot_of[slot];
        let (uitsplitsing, categorie) = measure.cell_name(cell);
        NumberName {
            measure: &measure.name,
            niveau: self.areas[area].0,
            gebied: &self.areas[area].1,
            uitsplitsing,
            categorie,
            version,
        }
    }

    /// Every code beside all codes and beside the total, within every gebied of every version, every part of a declared link, and
    /// what is added up beside its sum.
    pub(crate) fn inclusions(&self, structure: &Structure) -> Vec<Inclusion> {
        let mut found = Vec::new();
        let mut links = part_links(&self.measures, &self.by_name, structure);
        // Children are no part of their trajecten: they are no more, but another set.
        links.retain(|link| {
            let [part, whole] = [0, 1].map(|k| &self.measures[link.terms[k].0]);
            part.distinct == whole.distinct
        });
        let sums = [
            made_up(&self.measures),
            equal_links(&self.measures, &self.by_name, structure),
        ]
        .concat();
        for slot in 0..self.slot_of.len() {
            for measure in &self.measures {
                for breakdown in &measure.breakdowns {
                    let whole = measure.in_slot(slot, breakdown.all_codes);
                    found.extend(breakdown.code_cells().map(|cell| Inclusion {
                        part: measure.in_slot(slot, cell),
                        whole,
                    }));
                    if breakdown.all_codes != 0 {
                        let whole = measure.in_slot(slot, 0);
                        let parts = breakdown.code_cells().chain([breakdown.all_codes]);
                        found.extend(parts.map(|cell| Inclusion {
                            part: measure.in_slot(slot, cell),
                            whole,
                        }));
                    }
                }
            }
            for sum in &sums {
                let Some(whole) = sum.only_whole() else {
                    continue;
                };
                let parts = (0..sum.terms.len()).filter(|&k| k != whole);
                let pairs = parts.flat_map(|part| sum.cells.iter().map(move |cells| (part, cells)));
                found.extend(pairs.map(|(part, cells)| {
                    let at = |k: usize| self.measures[sum.terms[k].0].in_slot(slot, cells[k]);
                    Inclusion {
                        part: at(part),
                        whole: at(whole),
                    }
                }));
            }
            for link in &links {
                let [part, whole] = [0, 1].map(|k| &self.measures[link.terms[k].0]);
                found.extend(link.cells.iter().map(|cells| Inclusion {
                    part: part.in_slot(slot, cells[0]),
                    whole: whole.in_slot(slot, cells[1]),
                }));
            }
        }
        found
    }

    /// Every gebied within another one, for every cell of the measures that count records.
    pub(crate) fn area_inclusions(&self, structure: &Structure) -> Vec<Inclusion> {
        let mut found = Vec::new();
        let within = areas_within(structure);
        for version in 0..self.slots.len() {
            for &(part, whole) in &within {
                for measure in &self.measures {
                    found.extend((0..measure.cells).map(|cell| Inclusion {
                        part: self.at(measure, version, part, cell),
                        whole: self.at(measure, version, whole, cell),
                    }));
                }
            }
        }
        found
    }

    /// Per number the jeugdregio that its gebied is or lies in, as a place in [`Structure::areas`]; `None` around them.
    pub(crate) fn regions(&self, structure: &Structure) -> Vec<Option<u32>> {
        let is_region = |area: usize| self.areas[area].0 == Niveau::Jeugdregio;
        let mut region = vec![None; self.areas.len()];
        for (part, whole) in areas_within(structure) {
            if is_region(whole) && self.areas[part].0 == Niveau::Gemeente {
                region[part] = Some(whole as u32);
            }
        }
        for area in (0..region.len()).filter(|&area| is_region(area)) {
            region[area] = Some(area as u32);
        }
        let mut regions = vec![None; self.bounds.len()];
        for measure in &self.measures {
            for (slot, &(_, area)) in self.slot_of.iter().enumerate() {
                let numbers = measure.in_slot(slot, 0) as usize..;
                regions[numbers][..measure.cells].fill(region[area]);
            }
        }
        regions
    }

    /// The numbers of gemeenten that a number is the sum of: `true` and those in `parts`, or `false` for a number of a gemeente, of
    /// what counts once in all gebieden it touches, or of a gebied of which not every gemeente has numbers.
    pub(crate) fn gemeenten_of(&self, place: NumberPlace, parts: &mut Vec<NumberPlace>) -> bool {
        let (measure, slot, cell) = self.cell_of(place);
        let gemeenten = &self.gemeente_slots[slot];
        if measure.distinct || gemeenten.is_empty() {
            return false;
        }
        parts.extend(gemeenten.iter().map(|&slot| measure.in_slot(slot, cell)));
        true
    }

    /// Where the numbers of its gebied and version stand.
    pub(crate) fn slot(&self, place: NumberPlace) -> usize {
        self.cell_of(place).1
    }

    fn cell_of(&self, place: NumberPlace) -> (&MeasureCells, usize, usize) {
        let place = place as usize;
        let after = self.measures.partition_point(|m| m.begin <= place);
        let measure = &self.measures[after - 1];
        let within = place - measure.begin;
        (measure, within / measure.cells, within % measure.cells)
    }

    /// Gives every made-up number the sum of what it is made of, and every number of all codes that of its codes.
    pub(crate) fn complete(&self, values: &mut [i64]) {
        let made_up = made_up(&self.measures);
        for slot in 0..self.slot_of.len() {
            for measure in &self.measures {
                for breakdown in measure.breakdowns.iter().filter(|b| b.all_codes != 0) {
                    let codes = breakdown.code_cells();
                    values[measure.in_slot(slot, breakdown.all_codes) as usize] = codes
                        .map(|cell| values[measure.in_slot(slot, cell) as usize])
                        .sum();
                }
            }
            for link in &made_up {
                for cells in &link.cells {
                    let places = link.terms.iter().zip(cells);
                    let mut places = places
                        .map(|(&(m, _), &cell)| self.measures[m].in_slot(slot, cell) as usize);
                    let Some(whole) = places.next() else {
                        continue;
                    };
                    values[whole] = places.map(|part| values[part]).sum();
                }
            }
        }
    }

    /// Whether a number is one of the first publication.
    pub(crate) fn in_first(&self, place: NumberPlace) -> bool {
        self.name(place).version == 0
    }

    fn at(&self, measure: &MeasureCells, version: usize, area: usize, cell: usize) -> NumberPlace {
        measure.in_slot(self.slots[version][area], cell)
    }

    /// Where the same leveringen are counted the numbers of two versions are the same.
    fn add_slots(&mut self, publications: &[Publication<'_>]) {
        let mut by_text: HashMap<(usize, &str), usize> = HashMap::new();
        for (version, publication) in publications.iter().enumerate() {
            let mut slots = Vec::with_capacity(self.areas.len());
            for (area, (_, gebied)) in self.areas.iter().enumerate() {
                let text = publication.leveringen.get(gebied);
                let known = text.and_then(|text| by_text.get(&(area, text.as_str())));
                let slot = known.copied().unwrap_or(self.slot_of.len());
                if slot == self.slot_of.len() {
                    self.slot_of.push((version, area));
                }
                if let Some(text) = text {
                    by_text.insert((area, text), slot);
                }
                slots.push(slot);
            }
            self.slots.push(slots);
        }
    }

    fn find_gemeente_slots(&mut self, structure: &Structure) {
        let of_slot = self.slot_of.iter().map(|&(version, area)| {
            let area = &structure.areas[area];
            if area.niveau == Niveau::Gemeente {
                return Vec::new();
            }
            let slots = area.gemeenten.iter().map(|gemeente| {
                let own = *self.by_gebied.get(gemeente.as_str())?;
                (self.areas[own].0 == Niveau::Gemeente).then(|| self.slots[version][own])
            });
            slots.collect::<Option<Vec<usize>>>().unwrap_or_default()
        });
        self.gemeente_slots = of_slot.collect();
    }

    fn add_measures(
        &mut self,
        structure: &Structure,
        same: &HashMap<String, String>,
        used: &BTreeMap<CountOfName, BTreeSet<String>>,
    ) {
        let canonical = |name: &str| same.get(name).map_or(name, String::as_str).to_owned();
        let mut breakdowns: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (names, of) in used {
            for name in names {
                let of = of.iter().map(String::as_str);
                breakdowns.entry(canonical(name)).or_default().extend(of);
            }
        }
        for (name, of) in &breakdowns {
            let distinct = structure.distinct.iter().any(|d| canonical(d) == *name);
            self.add_measure(name.clone(), structure, of, Vec::new(), distinct);
        }
        for names in used.keys().filter(|names| names.len() > 1) {
            let parts: Vec<usize> = names
                .iter()
                .filter_map(|name| self.by_name.get(&canonical(name)).copied())
                .collect();
            let of = used[names].iter().map(String::as_str).collect();
            self.add_measure(made_up_name(names), structure, &of, parts, false);
        }
        for (name, canonical) in same {
            if let Some(&measure) = self.by_name.get(canonical) {
                self.by_name.insert(name.clone(), measure);
            }
        }
    }

    fn add_measure(
        &mut self,
        name: String,
        structure: &Structure,
        breakdowns: &BTreeSet<&str>,
        sum_of: Vec<usize>,
        distinct: bool,
    ) {
        let mut measure = MeasureCells {
            name: name.clone(),
            begin: self.bounds.len(),
            cells: 1,
            breakdowns: Vec::new(),
            sum_of,
            distinct,
        };
        for &breakdown in breakdowns {
            let Some(found) = structure.breakdowns.get(breakdown) else {
                continue;
            };
            let begin = measure.cells;
            measure.cells += found.codes.len();
            let all_codes = if found.complete { 0 } else { measure.cells };
            measure.cells += usize::from(!found.complete);
            measure.breakdowns.push(BreakdownCells {
                name: breakdown.to_owned(),
                codes: found.codes.clone(),
                begin,
                all_codes,
            });
        }
        for _ in 0..measure.cells * self.slot_of.len() {
            self.bounds.add(0, CEILING);
        }
        self.by_name.insert(name, self.measures.len());
        self.measures.push(measure);
    }

    /// The codes of a breakdown add up to all that have one.
    fn tie_breakdowns(&mut self, version: usize) {
        for area in 0..self.areas.len() {
            if self.first_version(version, area) != version {
                continue;
            }
            let slot = self.slots[version][area];
            for measure in &self.measures {
                for breakdown in &measure.breakdowns {
                    let whole = measure.in_slot(slot, breakdown.all_codes);
                    let codes: Vec<NumberPlace> = breakdown
                        .code_cells()
                        .map(|cell| measure.in_slot(slot, cell))
                        .collect();
                    add_up(&mut self.bounds, measure.distinct, whole, &codes);
                    if breakdown.all_codes != 0 {
                        let total = measure.in_slot(slot, 0);
                        self.bounds
                            .relate(SumRelation::AtMostZero, 0, [(whole, 1), (total, -1)]);
                    }
                }
            }
        }
    }

    /// Gemeenten, and gebieden that lie within another, add up to it.
    fn tie_areas(&mut self, version: usize, structure: &Structure) {
        for (whole, parts) in area_sums(structure) {
            let first = self.first_version(version, whole);
            let mut versions = parts.iter().map(|&part| self.first_version(version, part));
            if first != version && versions.all(|other| other == first) {
                continue;
            }
            for measure in &self.measures {
                for cell in 0..measure.cells {
                    let parts: Vec<NumberPlace> = parts
                        .iter()
                        .map(|&area| self.at(measure, version, area, cell))
                        .collect();
                    let whole = self.at(measure, version, whole, cell);
                    add_up(&mut self.bounds, measure.distinct, whole, &parts);
                }
            }
        }
    }

    /// What is declared between measures, and what a made-up one is the sum of.
    fn tie_links(&mut self, version: usize, structure: &Structure) {
        let links = [
            made_up(&self.measures),
            part_links(&self.measures, &self.by_name, structure),
            equal_links(&self.measures, &self.by_name, structure),
        ]
        .concat();
        for area in 0..self.areas.len() {
            if self.first_version(version, area) != version {
                continue;
            }
            let slot = self.slots[version][area];
            for link in &links {
                for cells in &link.cells {
                    let terms = link.terms.iter().zip(cells);
                    let terms = terms.map(|(&(m, factor), &cell)| {
                        (self.measures[m].in_slot(slot, cell), factor)
                    });
                    self.bounds.relate(link.relation, 0, terms);
                }
            }
        }
    }

    /// The first version that has the same numbers in this gebied: what ties them was said there.
    fn first_version(&self, version: usize, area: usize) -> usize {
        self.slot_of[self.slots[version][area]].0
    }
}

/// Parts and their whole. What counts once in every part it touches adds up to no less.
fn add_up(bounds: &mut BoundedNumbers, distinct: bool, whole: NumberPlace, parts: &[NumberPlace]) {
    if distinct {
        let terms = parts.iter().map(|&part| (part, -1)).chain([(whole, 1)]);
        bounds.relate(SumRelation::AtMostZero, 0, terms);
        for &part in parts {
            bounds.relate(SumRelation::AtMostZero, 0, [(part, 1), (whole, -1)]);
        }
    } else {
        let terms = parts.iter().map(|&part| (part, 1)).chain([(whole, -1)]);
        bounds.relate(SumRelation::Zero, 0, terms);
    }
}
