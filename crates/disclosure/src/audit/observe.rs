//! What the rows of a publication say of each number, by the rule that protected them.
//!
//! Owns the two rules as an attacker knows them. Leaves how numbers hang together to [`super::system`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use schema::indicator::Kind;

use super::bounds::{CEILING, NumberPlace, SumRelation};
use super::cells::TOTAL;
use super::publication::{
    CountOf, IndicatorCounts, Publication, PublishedRow, Rule, Sign, Structure,
};
use super::system::{Inclusion, System};

/// Under the old rule counts from 1 up to this are hidden.
const SMALL: i64 = 4;
/// Under the old rule a quantile on more than 0 and at most this many is hidden.
const FEW: i64 = 9;
/// Published numbers are multiples of this.
const BASE: i64 = 5;

/// What was read besides bounds.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// The numbers of which a row tells, shown or hidden.
    pub(crate) told: Vec<bool>,
    /// Per key and number the one that stands published, under [`Rule::Rounded`].
    published: HashMap<(KeyNumber, NumberPlace), i64>,
    /// A number that stands there with two different values.
    pub(crate) conflict: Option<NumberPlace>,
    /// What was not read, and why.
    pub(crate) unread: BTreeSet<String>,
}

/// A key of rounding: the first publication that was rounded by it.
type KeyNumber = usize;

/// Exact counts of one aanbieder, by the place of the number; 0 where it counts nothing.
pub(crate) type OwnCounts = Vec<i64>;

/// Narrows every number to what the rows of every version say of it. `own` is what the attacker counts itself: then
/// the numbers stand for what the others count.
pub(crate) fn observe(
    system: &mut System,
    structure: &Structure,
    publications: &[Publication<'_>],
    own: Option<&OwnCounts>,
) -> Observed {
    let mut observed = Observed {
        told: vec![false; system.bounds.len()],
        ..Observed::default()
    };
    for (version, publication) in publications.iter().enumerate() {
        let mut keys = publications.iter();
        let mut reader = RowReader {
            system,
            own,
            version,
            key: keys
                .position(|other| other.key == publication.key)
                .unwrap_or(version),
            rule: publication.rule,
            observed: &mut observed,
        };
        reader.read(structure, &publication.rows);
    }
    let inclusions = system.inclusions(structure);
    let areas = system.area_inclusions(structure);
    for inclusion in inclusions.into_iter().chain(areas) {
        for key in 0..publications.len() {
            tell_apart(system, inclusion, key, &observed.published, own);
        }
    }
    observed
}

/// A part that is published as another number than its whole is another set: the whole is more.
fn tell_apart(
    system: &mut System,
    inclusion: Inclusion,
    key: KeyNumber,
    published: &HashMap<(KeyNumber, NumberPlace), i64>,
    own: Option<&OwnCounts>,
) {
    let Inclusion { part, whole } = inclusion;
    let (Some(a), Some(b)) = (published.get(&(key, part)), published.get(&(key, whole))) else {
        return;
    };
    if a != b {
        let own = |place: NumberPlace| own.map_or(0, |own| own[place as usize]);
        let constant = 1 + own(part) - own(whole);
        let terms = [(part, 1), (whole, -1)];
        system
            .bounds
            .relate(SumRelation::AtMostZero, constant, terms);
    }
}

/// What a row counts, with the number where it is shown.
fn numbers<'a>(
    indicator: &'a IndicatorCounts,
    row: &PublishedRow<'_>,
) -> impl Iterator<Item = (&'a CountOf, Option<i64>)> {
    let whole = |number: Option<f64>| number.filter(|x| x.fract() == 0.0).map(|x| x as i64);
    let numbers = [
        (&indicator.numerator, whole(row.teller)),
        (&indicator.denominator, whole(row.noemer)),
        (&indicator.records, row.n),
    ];
    let numbers = numbers.into_iter();
    numbers.filter_map(|(count, shown)| Some((count.as_ref()?, shown)))
}

struct RowReader<'a> {
    system: &'a mut System,
    own: Option<&'a OwnCounts>,
    version: usize,
    key: KeyNumber,
    rule: Rule,
    observed: &'a mut Observed,
}

impl RowReader<'_> {
    fn read(&mut self, structure: &Structure, rows: &[PublishedRow<'_>]) {
        let indicators: HashMap<&str, &IndicatorCounts> = structure
            .indicators
            .iter()
            .map(|indicator| (indicator.id.as_str(), indicator))
            .collect();
        let mut present: BTreeMap<&str, BTreeSet<(&str, &str, &str)>> = BTreeMap::new();
        for row in rows {
            let Some(&indicator) = indicators.get(row.indicator) else {
                self.unread(format!("indicator {}", row.indicator));
                continue;
            };
            if !self.system.knows(row.gebied) {
                self.unread(format!("gebied {}", row.gebied));
                continue;
            }
            if row.uitsplitsing != TOTAL && !is_code(structure, row) {
                self.unread(format!("code {} of {}", row.categorie, row.uitsplitsing));
                continue;
            }
            self.read_row(indicator, row);
            if indicator.present.is_some() && !is_silent(row) {
                let cell = (row.gebied, row.uitsplitsing, row.categorie);
                present.entry(row.indicator).or_default().insert(cell);
            }
        }
        for (id, cells) in present {
            if let Some(indicator) = indicators.get(id) {
                self.read_absent(structure, indicator, &cells);
            }
        }
    }

    fn read_row(&mut self, indicator: &IndicatorCounts, row: &PublishedRow<'_>) {
        for (count, shown) in numbers(indicator, row) {
            let Some(place) = self.counted(count, row) else {
                continue;
            };
            if shown.is_some() || row.sign != Sign::Shown {
                self.observed.told[place as usize] = true;
            }
            if let Some(shown) = shown {
                self.see(place, shown);
            }
        }
        if let Some(place) = indicator
            .present
            .as_ref()
            .and_then(|c| self.counted(c, row))
        {
            match row.computed {
                true => self.narrow(place, 1, CEILING),
                false if is_silent(row) => {}
                false => self.narrow(place, 0, 0),
            }
        }
        if row.sign != Sign::Shown {
            match self.rule {
                Rule::Threshold => self.read_hidden(indicator, row),
                Rule::Rounded { within } => self.read_below_floor(indicator, row, within),
            }
        }
    }

    /// What the old rule hid a row for, where its kind leaves one reason.
    fn read_hidden(&mut self, indicator: &IndicatorCounts, row: &PublishedRow<'_>) {
        let count = match indicator.kind {
            Kind::Count | Kind::Rate => &indicator.numerator,
            _ => &indicator.records,
        };
        let Some(place) = count.as_ref().and_then(|count| self.counted(count, row)) else {
            return;
        };
        let small = match indicator.kind {
            Kind::Count | Kind::Rate | Kind::Extreme | Kind::Mean | Kind::Minutes | Kind::Money => {
                SMALL
            }
            Kind::Quantile => FEW,
            _ => return,
        };
        match row.sign {
            Sign::Hidden => self.narrow(place, 1, small),
            _ => self.narrow(place, small + 1, CEILING),
        }
    }

    fn read_below_floor(
        &mut self,
        indicator: &IndicatorCounts,
        row: &PublishedRow<'_>,
        within: i64,
    ) {
        let Some((count, floor)) = &indicator.floor else {
            return;
        };
        if let Some(place) = self.counted(count, row) {
            self.narrow(place, 0, floor - BASE + within);
        }
    }

    /// Where rows stand only where something was counted, a gap says that nothing was; not in a gebied of which no row
    /// of the indicator says anything.
    fn read_absent(
        &mut self,
        structure: &Structure,
        indicator: &IndicatorCounts,
        cells: &BTreeSet<(&str, &str, &str)>,
    ) {
        let Some(present) = &indicator.present else {
            return;
        };
        let breakdowns: BTreeSet<&str> = cells.iter().map(|cell| cell.1).collect();
        let gebieden: BTreeSet<&str> = cells.iter().map(|cell| cell.0).collect();
        for gebied in gebieden {
            for uitsplitsing in breakdowns.iter().filter(|b| **b != TOTAL) {
                let codes = structure.breakdowns.get(*uitsplitsing);
                for code in codes.iter().flat_map(|breakdown| &breakdown.codes) {
                    if cells.contains(&(gebied, uitsplitsing, code)) {
                        continue;
                    }
                    let place =
                        self.system
                            .counted(self.version, present, gebied, uitsplitsing, code);
                    if let Some(place) = place {
                        self.narrow(place, 0, 0);
                    }
                }
            }
        }
    }

    fn counted(&self, count: &CountOf, row: &PublishedRow<'_>) -> Option<NumberPlace> {
        let cell = (row.gebied, row.uitsplitsing, row.categorie);
        self.system
            .counted(self.version, count, cell.0, cell.1, cell.2)
    }

    /// A number that stands there.
    fn see(&mut self, place: NumberPlace, shown: i64) {
        match self.rule {
            Rule::Threshold => self.narrow(place, shown, shown),
            Rule::Rounded { within } => {
                let before = self.observed.published.insert((self.key, place), shown);
                if before.is_some_and(|before| before != shown) {
                    self.observed.conflict = self.observed.conflict.or(Some(place));
                }
                self.narrow(place, shown - within, shown + within);
            }
        }
    }

    /// BoundedNumbers of a number as counted by all; the attacker's own part is taken off.
    fn narrow(&mut self, place: NumberPlace, lower: i64, upper: i64) {
        let own = self.own.map_or(0, |own| own[place as usize]);
        self.system.bounds.narrow(place, lower - own, upper - own);
    }

    fn unread(&mut self, what: String) {
        self.observed.unread.insert(what);
    }
}

fn is_code(structure: &Structure, row: &PublishedRow<'_>) -> bool {
    let breakdown = structure.breakdowns.get(row.uitsplitsing);
    breakdown.is_some_and(|b| b.codes.iter().any(|code| code == row.categorie))
}

/// Nobody delivered, so nothing is said.
fn is_silent(row: &PublishedRow<'_>) -> bool {
    let shows = row.teller.is_some() || row.noemer.is_some() || row.n.is_some();
    !row.computed && row.sign == Sign::Shown && !shows
}
