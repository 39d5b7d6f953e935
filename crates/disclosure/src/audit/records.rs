//! From the records behind publications, and their rows, to the exact table.
//!
//! Owns which records come and go together, which measures are counted, and what of a published row is held against
//! another table. Leaves the search to [`super::certificate`] and judging to [`super::check_certificate`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::rounding::BASE;

use super::cells::{FILLED, TOTAL, same_measures, used_breakdowns};
use super::publication::{CellOf, CountOf, Link, Publication, PublishedRow, Rule, Sign, Structure};
use super::table::{
    CountedArea, CountedBreakdown, CountedCell, CountedMeasure, ExactRecord, ExactTable,
    MOST_BREAKDOWNS, NO_CODE, NumberAddress, PublishedNumber, RecordKind,
};

/// A record as one statement of the pipeline counts it.
#[derive(Debug, Clone)]
pub struct CountedRecord<'a> {
    /// In which publication, by its place.
    pub version: usize,
    /// Whose it is: what hangs together has one number, such as the trajecten of a child and the children of a gezin.
    pub person: u64,
    /// What its measures count, such as trajecten, children or gezinnen.
    pub unit: u32,
    /// Who delivered it.
    pub aanbieder: &'a str,
    /// Code of the gemeente in which it counts.
    pub gemeente: &'a str,
    /// Its codes, by breakdown.
    pub codes: Vec<(&'a str, &'a str)>,
    /// The measures that count it.
    pub measures: Vec<&'a str>,
}

/// Why there is no exact table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// A rule or a way of telling for which there are no certificates.
    #[error("{0} can't be proven")]
    Unsupported(String),
    /// A gebied or code that the structure has not.
    #[error("{0} is not known")]
    Unknown(String),
    /// A measure of two things, or more codes than there can be.
    #[error("{0} is not one thing")]
    Unclear(String),
}

/// Brings together what is held against other tables. `records` are those of every publication.
///
/// # Errors
/// When a row or a record names what the structure has not, or when a publication can't be proven.
pub fn exact_table(
    structure: &Structure,
    publications: &[Publication<'_>],
    records: &[CountedRecord<'_>],
) -> Result<ExactTable, TableError> {
    let mut reader = Reader::new(structure, publications)?;
    reader.add_records(records)?;
    for (version, publication) in publications.iter().enumerate() {
        for row in &publication.rows {
            reader.read_row(structure, version, row)?;
        }
    }
    let published = std::mem::take(&mut reader.published);
    let published = published.into_iter();
    reader.table.published = published
        .map(|(number, (lowest, highest))| PublishedNumber {
            number,
            lowest,
            highest,
        })
        .collect();
    Ok(reader.table)
}

/// A record, what it is, and the measures that it counts in.
type Counted<'a> = (&'a CountedRecord<'a>, RecordKind, Vec<u32>);

struct Reader {
    table: ExactTable,
    areas: HashMap<String, u32>,
    measures: BTreeMap<(usize, String), u32>,
    /// Per measure those that are a sum with it.
    sums_of: HashMap<u32, Vec<u32>>,
    same: HashMap<String, String>,
    breakdowns: BTreeMap<String, u32>,
    profiles: HashMap<Vec<u32>, u32>,
    aanbieders: HashMap<String, u32>,
    published: BTreeMap<NumberAddress, (i64, i64)>,
}

impl Reader {
    fn new(structure: &Structure, publications: &[Publication<'_>]) -> Result<Self, TableError> {
        let mut reader = Self {
            table: ExactTable::default(),
            areas: HashMap::new(),
            measures: BTreeMap::new(),
            sums_of: HashMap::new(),
            same: same_measures(structure),
            breakdowns: BTreeMap::new(),
            profiles: HashMap::new(),
            aanbieders: HashMap::new(),
            published: BTreeMap::new(),
        };
        for publication in publications {
            let Rule::Rounded { within } = publication.rule else {
                return Err(TableError::Unsupported(publication.name.clone()));
            };
            if publications[0].rule != publication.rule {
                return Err(TableError::Unclear(publication.name.clone()));
            }
            reader.table.within = within;
        }
        if let Some(told) = structure.indicators.iter().find(|i| i.present.is_some()) {
            return Err(TableError::Unsupported(told.id.clone()));
        }
        reader.add_areas(structure)?;
        reader.add_measures(structure, publications)?;
        Ok(reader)
    }

    fn add_areas(&mut self, structure: &Structure) -> Result<(), TableError> {
        let areas = (0..).zip(&structure.areas);
        self.areas = areas
            .map(|(place, area)| (area.gebied.clone(), place))
            .collect();
        for area in &structure.areas {
            let gemeenten = area.gemeenten.iter().map(|code| self.area(code));
            let gemeenten = gemeenten.collect::<Result<Vec<u32>, TableError>>()?;
            self.table.areas.push(CountedArea {
                niveau: area.niveau,
                gebied: area.gebied.clone(),
                gemeenten,
            });
        }
        Ok(())
    }

    fn add_measures(
        &mut self,
        structure: &Structure,
        publications: &[Publication<'_>],
    ) -> Result<(), TableError> {
        let mut told: BTreeMap<Vec<String>, BTreeSet<String>> = BTreeMap::new();
        for (names, of) in used_breakdowns(structure, publications) {
            let names: Vec<String> = names.iter().map(|name| self.canonical(name)).collect();
            told.entry(names).or_default().extend(of);
        }
        if told.values().flatten().collect::<BTreeSet<_>>().len() > MOST_BREAKDOWNS {
            return Err(TableError::Unsupported("so many breakdowns".to_owned()));
        }
        for name in told.values().flatten() {
            let Some(found) = structure.breakdowns.get(name) else {
                return Err(TableError::Unknown(name.clone()));
            };
            if found.codes.len() >= usize::from(NO_CODE) {
                return Err(TableError::Unclear(name.clone()));
            }
            if !self.breakdowns.contains_key(name) {
                let place = self.table.breakdowns.len() as u32;
                self.breakdowns.insert(name.clone(), place);
                self.table.breakdowns.push(CountedBreakdown {
                    name: name.clone(),
                    codes: found.codes.clone(),
                    complete: found.complete,
                });
            }
        }
        let distinct: BTreeSet<String> = structure
            .distinct
            .iter()
            .map(|name| self.canonical(name))
            .collect();
        for version in 0..publications.len() {
            for (names, of) in &told {
                let name = names.join(" + ");
                let place = self.table.measures.len() as u32;
                self.measures.insert((version, name.clone()), place);
                self.table.measures.push(CountedMeasure {
                    version: version as u32,
                    once: names.iter().any(|name| distinct.contains(name)),
                    name,
                    unit: u32::MAX,
                    breakdowns: of.iter().map(|name| self.breakdowns[name]).collect(),
                });
            }
            for names in told.keys().filter(|names| names.len() > 1) {
                let sum = self.measures[&(version, names.join(" + "))];
                for name in names {
                    if let Some(&part) = self.measures.get(&(version, name.clone())) {
                        self.sums_of.entry(part).or_default().push(sum);
                    }
                }
            }
            self.add_parts(structure, version);
        }
        Ok(())
    }

    /// As declared, and the numerator of every share in its denominator.
    fn add_parts(&mut self, structure: &Structure, version: usize) {
        let declared = structure.links.iter().filter_map(|link| match link {
            Link::Part { part, whole } => Some((part.clone(), whole.clone())),
            Link::Equal { .. } => None,
        });
        let shares = structure.indicators.iter().filter_map(|indicator| {
            let (part, whole) = (
                indicator.numerator.as_ref()?,
                indicator.denominator.as_ref()?,
            );
            let is_share = indicator.kind == schema::indicator::Kind::Share;
            (is_share && part.cell == whole.cell).then(|| (part.name(), whole.name()))
        });
        let names: BTreeSet<(String, String)> = declared.chain(shares).collect();
        for (part, whole) in names {
            let place = |name: &str| self.measures.get(&(version, self.canonical(name))).copied();
            if let (Some(part), Some(whole)) = (place(&part), place(&whole))
                && part != whole
            {
                self.table.parts.push((part, whole));
            }
        }
    }

    fn add_records(&mut self, records: &[CountedRecord<'_>]) -> Result<(), TableError> {
        let mut of_person: BTreeMap<u64, Vec<Counted<'_>>> = BTreeMap::new();
        for record in records {
            let measures = self.measures_of(record)?;
            if !measures.is_empty() {
                let kind = self.kind_of(record)?;
                of_person
                    .entry(record.person)
                    .or_default()
                    .push((record, kind, measures));
            }
        }
        for (person, of) in (0..).zip(of_person.into_values()) {
            let mut seen = BTreeSet::new();
            let mut all = of.iter().flat_map(|(_, _, measures)| measures);
            // Two trajecten of a child: what counts it once would have to be counted anew.
            let fixed = !all.all(|measure| seen.insert(*measure));
            let mut whole: Vec<(&str, RecordKind, Vec<u32>)> = Vec::new();
            for (record, kind, measures) in of {
                let fits = whole.iter_mut().find(|(aanbieder, other, _)| {
                    !fixed && *aanbieder == record.aanbieder && agree(&kind, other)
                });
                match fits {
                    None => whole.push((record.aanbieder, kind, measures)),
                    Some((_, other, known)) => {
                        for (code, new) in other.codes.iter_mut().zip(kind.codes) {
                            *code = if *code == NO_CODE { new } else { *code };
                        }
                        known.extend(measures);
                    }
                }
            }
            for (aanbieder, mut kind, mut measures) in whole {
                measures.sort_unstable();
                let next = self.profiles.len() as u32;
                kind.profile = *self.profiles.entry(measures.clone()).or_insert(next);
                if kind.profile == next {
                    self.table.profiles.push(measures);
                }
                let aanbieder = self.aanbieder(aanbieder);
                self.table.records.push(ExactRecord {
                    person,
                    aanbieder,
                    fixed,
                    kind,
                });
            }
        }
        Ok(())
    }

    /// The measures that count a record, sums of them included, in order.
    fn measures_of(&mut self, record: &CountedRecord<'_>) -> Result<Vec<u32>, TableError> {
        let mut found = BTreeSet::new();
        for name in &record.measures {
            let name = (record.version, self.canonical(name));
            if let Some(&measure) = self.measures.get(&name) {
                found.insert(measure);
                found.extend(self.sums_of.get(&measure).into_iter().flatten());
            }
        }
        for &measure in &found {
            let measure = &mut self.table.measures[measure as usize];
            if measure.unit == u32::MAX {
                measure.unit = record.unit;
            }
            if measure.unit != record.unit {
                return Err(TableError::Unclear(measure.name.clone()));
            }
        }
        Ok(found.into_iter().collect())
    }

    fn kind_of(&self, record: &CountedRecord<'_>) -> Result<RecordKind, TableError> {
        let mut codes = vec![NO_CODE; self.table.breakdowns.len()];
        for (breakdown, code) in &record.codes {
            if let Some(&place) = self.breakdowns.get(*breakdown) {
                codes[place as usize] = self.code(place, code)?;
            }
        }
        Ok(RecordKind {
            gemeente: self.area(record.gemeente)?,
            profile: 0,
            codes,
        })
    }

    /// What a row shows, and what it is hidden for.
    fn read_row(
        &mut self,
        structure: &Structure,
        version: usize,
        row: &PublishedRow<'_>,
    ) -> Result<(), TableError> {
        let of = |indicator: &&super::IndicatorCounts| indicator.id == row.indicator;
        let Some(indicator) = structure.indicators.iter().find(of) else {
            return Ok(());
        };
        let whole = |number: Option<f64>| number.filter(|x| x.fract() == 0.0).map(|x| x as i64);
        let shown = [
            (&indicator.numerator, whole(row.teller)),
            (&indicator.denominator, whole(row.noemer)),
            (&indicator.records, row.n),
        ];
        for (count, shown) in shown {
            if let (Some(count), Some(shown)) = (count, shown) {
                self.publish(version, count, row, (shown, shown))?;
            }
        }
        if let (Some((count, floor)), true) = (&indicator.floor, row.sign != Sign::Shown) {
            self.publish(version, count, row, (0, floor - BASE))?;
        }
        Ok(())
    }

    fn publish(
        &mut self,
        version: usize,
        count: &CountOf,
        row: &PublishedRow<'_>,
        (mut lowest, mut highest): (i64, i64),
    ) -> Result<(), TableError> {
        let names: Vec<String> = count.measures.iter().map(|m| self.canonical(m)).collect();
        let Some(&measure) = self.measures.get(&(version, names.join(" + "))) else {
            return Ok(());
        };
        let cell = if row.uitsplitsing == TOTAL {
            CountedCell::Total
        } else {
            let unknown = || TableError::Unknown(row.uitsplitsing.to_owned());
            let breakdown = *self.breakdowns.get(row.uitsplitsing).ok_or_else(unknown)?;
            if count.cell == CellOf::AllCodes || row.categorie == FILLED {
                CountedCell::Filled(breakdown)
            } else {
                CountedCell::Code(breakdown, self.code(breakdown, row.categorie)?)
            }
        };
        let number = NumberAddress {
            measure,
            area: self.area(row.gebied)?,
            cell,
        };
        if let Some(before) = self.published.get(&number) {
            lowest = lowest.max(before.0);
            highest = highest.min(before.1);
        }
        if lowest > highest {
            return Err(TableError::Unclear(format!(
                "{} in {}",
                names.join(" + "),
                row.gebied
            )));
        }
        self.published.insert(number, (lowest, highest));
        Ok(())
    }

    fn canonical(&self, name: &str) -> String {
        self.same.get(name).map_or(name, String::as_str).to_owned()
    }

    fn area(&self, code: &str) -> Result<u32, TableError> {
        let found = self.areas.get(code).copied();
        found.ok_or_else(|| TableError::Unknown(code.to_owned()))
    }

    fn code(&self, breakdown: u32, code: &str) -> Result<u8, TableError> {
        let of = &self.table.breakdowns[breakdown as usize];
        let found = of.codes.iter().position(|known| known == code);
        let found = found.ok_or_else(|| TableError::Unknown(format!("{code} of {}", of.name)))?;
        Ok(found as u8)
    }

    fn aanbieder(&mut self, name: &str) -> u32 {
        if let Some(&known) = self.aanbieders.get(name) {
            return known;
        }
        let next = self.table.aanbieders.len() as u32;
        self.aanbieders.insert(name.to_owned(), next);
        self.table.aanbieders.push(name.to_owned());
        next
    }
}

/// Whether two statements can have counted the same record: it lives in one place, and has one code of each breakdown.
fn agree(one: &RecordKind, two: &RecordKind) -> bool {
    let codes = one.codes.iter().zip(&two.codes);
    let mut codes = codes.map(|(a, b)| a == b || *a == NO_CODE || *b == NO_CODE);
    one.gemeente == two.gemeente && codes.all(|agrees| agrees)
}
