//! Where numbers stand in a walk, and which of them a record that becomes something else moves.
//!
//! Owns the places of the search. The checker counts places of its own.

use std::cmp::Ordering;

use super::table::{CountedCell, ExactTable, MOST_BREAKDOWNS, NO_CODE, NumberAddress, RecordKind};

/// What a record is, in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WalkKind {
    pub(super) gemeente: u32,
    pub(super) profile: u32,
    pub(super) codes: [u8; MOST_BREAKDOWNS],
}

/// A number and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) number: NumberAddress,
    pub(super) place: u32,
}

/// What is published of a number: it can be from `lowest` to `highest`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) lowest: i32,
    pub(super) highest: i32,
    /// The published number where it is shown, else the range it is in.
    pub(super) shown: (i32, i32),
    /// What is counted.
    pub(super) unit: u32,
}

/// Every number by its place.
pub(super) struct NumberMap {
    measures: Vec<MeasurePlaces>,
    profiles: Vec<Vec<u32>>,
    /// Per gemeente (by place among the areas) the areas around it.
    pub(super) around: Vec<Vec<u32>>,
    /// Per number what is published of it.
    pub(super) windows: Vec<Option<Window>>,
}

struct MeasurePlaces {
    begin: u32,
    cells: u32,
    once: bool,
    breakdowns: Vec<BreakdownPlaces>,
}

struct BreakdownPlaces {
    breakdown: usize,
    begin: u32,
    /// The cell of all that have a code, where it is not the total.
    filled: Option<u32>,
}

impl NumberMap {
    pub(super) fn new(table: &ExactTable) -> Self {
        let mut begin = 0;
        let mut measures = Vec::new();
        for measure in &table.measures {
            let mut cells = 1;
            let mut breakdowns = Vec::new();
            for &breakdown in &measure.breakdowns {
                let of = &table.breakdowns[breakdown as usize];
                let codes = of.codes.len() as u32;
                breakdowns.push(BreakdownPlaces {
                    breakdown: breakdown as usize,
                    begin: cells,
                    filled: (!of.complete).then_some(cells + codes),
                });
                cells += codes + u32::from(!of.complete);
            }
            measures.push(MeasurePlaces {
                begin,
                cells,
                once: measure.once,
                breakdowns,
            });
            begin += cells * table.areas.len() as u32;
        }
        let mut around = vec![Vec::new(); table.areas.len()];
        for (place, area) in (0..).zip(&table.areas) {
            for &gemeente in &area.gemeenten {
                around[gemeente as usize].push(place);
            }
        }
        let mut map = Self {
            measures,
            profiles: table.profiles.clone(),
            around,
            windows: vec![None; begin as usize],
        };
        for published in &table.published {
            if let Some(place) = map.place(published.number) {
                let (lowest, highest) = (published.lowest as i32, published.highest as i32);
                let within = table.within as i32;
                map.windows[place as usize] = Some(Window {
                    lowest: (lowest - within).max(0),
                    highest: highest + within,
                    shown: (lowest, highest),
                    unit: table.measures[published.number.measure as usize].unit,
                });
            }
        }
        map
    }

    /// Where a number stands; `None` where its measure has no such breakdown.
    pub(super) fn place(&self, number: NumberAddress) -> Option<u32> {
        let measure = &self.measures[number.measure as usize];
        let of = |wanted: u32| {
            let mut all = measure.breakdowns.iter();
            all.find(|one| one.breakdown == wanted as usize)
        };
        let cell = match number.cell {
            CountedCell::Total => 0,
            CountedCell::Code(breakdown, code) => of(breakdown)?.begin + u32::from(code),
            CountedCell::Filled(breakdown) => of(breakdown)?.filled.unwrap_or(0),
        };
        Some(measure.begin + number.area * measure.cells + cell)
    }

    /// Whether a person counts once in a number.
    pub(super) fn is_once(&self, place: u32) -> bool {
        let after = self
            .measures
            .partition_point(|measure| measure.begin <= place);
        self.measures[after - 1].once
    }

    /// Which number stands there.
    pub(super) fn address(&self, table: &ExactTable, place: u32) -> NumberAddress {
        let measure = self
            .measures
            .partition_point(|measure| measure.begin <= place)
            - 1;
        let of = &self.measures[measure];
        let (area, cell) = ((place - of.begin) / of.cells, (place - of.begin) % of.cells);
        let breakdown = of
            .breakdowns
            .iter()
            .rfind(|breakdown| breakdown.begin <= cell);
        let cell = breakdown.map_or(CountedCell::Total, |one| {
            let code = cell - one.begin;
            if (code as usize) < table.breakdowns[one.breakdown].codes.len() {
                CountedCell::Code(one.breakdown as u32, code as u8)
            } else {
                CountedCell::Filled(one.breakdown as u32)
            }
        });
        NumberAddress {
            measure: measure as u32,
            area,
            cell,
        }
    }

    /// Whether a record lives in an area.
    pub(super) fn lives_in(&self, kind: &WalkKind, area: u32) -> bool {
        self.around_of(kind).contains(&area)
    }

    /// Whether a record counts in a number if it lives in its area.
    pub(super) fn counts(&self, kind: &WalkKind, number: &Placed) -> bool {
        let NumberAddress { measure, cell, .. } = number.number;
        let in_cell = match cell {
            CountedCell::Total => true,
            CountedCell::Code(breakdown, code) => kind.codes[breakdown as usize] == code,
            // Where the breakdown is complete this is the total.
            CountedCell::Filled(breakdown) => kind.codes[breakdown as usize] != NO_CODE,
        };
        in_cell
            && self.profiles[kind.profile as usize]
                .binary_search(&measure)
                .is_ok()
    }

    /// Tells every number that a record counts in now and would not, or would and does not: once per change of 1.
    pub(super) fn each_difference(
        &self,
        old: Option<&WalkKind>,
        new: Option<&WalkKind>,
        tell: &mut impl FnMut(u32, i32),
    ) {
        let (old, new) = match (old, new) {
            (None, None) => return,
            (Some(old), None) => return self.each_number(old, -1, tell),
            (None, Some(new)) => return self.each_number(new, 1, tell),
            (Some(old), Some(new)) => (old, new),
        };
        let olds = &self.profiles[old.profile as usize];
        let news = &self.profiles[new.profile as usize];
        let (mut a, mut b) = (0, 0);
        while a < olds.len() || b < news.len() {
            let left = olds.get(a).copied().unwrap_or(u32::MAX);
            let right = news.get(b).copied().unwrap_or(u32::MAX);
            let measure = &self.measures[left.min(right) as usize];
            match left.cmp(&right) {
                Ordering::Equal => self.each_moved(measure, old, new, tell),
                Ordering::Less => self.each_of_measure(measure, old, -1, tell),
                Ordering::Greater => self.each_of_measure(measure, new, 1, tell),
            }
            a += usize::from(left <= right);
            b += usize::from(right <= left);
        }
    }

    /// The differences within a measure that counts the record both times.
    fn each_moved(
        &self,
        measure: &MeasurePlaces,
        old: &WalkKind,
        new: &WalkKind,
        tell: &mut impl FnMut(u32, i32),
    ) {
        let (olds, news) = (self.around_of(old), self.around_of(new));
        for &area in olds {
            let begin = measure.begin + area * measure.cells;
            if old.gemeente != new.gemeente && !news.contains(&area) {
                measure.each_cell(begin, old, -1, tell);
                continue;
            }
            for of in &measure.breakdowns {
                let (from, to) = (old.codes[of.breakdown], new.codes[of.breakdown]);
                if from != to {
                    of.each_cell(begin, from, -1, tell);
                    of.each_cell(begin, to, 1, tell);
                }
            }
        }
        if old.gemeente != new.gemeente {
            for &area in news.iter().filter(|area| !olds.contains(area)) {
                measure.each_cell(measure.begin + area * measure.cells, new, 1, tell);
            }
        }
    }

    /// Every number that a record counts in.
    pub(super) fn each_number(
        &self,
        kind: &WalkKind,
        change: i32,
        tell: &mut impl FnMut(u32, i32),
    ) {
        for &measure in &self.profiles[kind.profile as usize] {
            self.each_of_measure(&self.measures[measure as usize], kind, change, tell);
        }
    }

    fn each_of_measure(
        &self,
        measure: &MeasurePlaces,
        kind: &WalkKind,
        change: i32,
        tell: &mut impl FnMut(u32, i32),
    ) {
        for &area in self.around_of(kind) {
            measure.each_cell(measure.begin + area * measure.cells, kind, change, tell);
        }
    }

    fn around_of(&self, kind: &WalkKind) -> &[u32] {
        &self.around[kind.gemeente as usize]
    }
}

impl MeasurePlaces {
    fn each_cell(&self, begin: u32, kind: &WalkKind, change: i32, tell: &mut impl FnMut(u32, i32)) {
        tell(begin, change);
        for of in &self.breakdowns {
            of.each_cell(begin, kind.codes[of.breakdown], change, tell);
        }
    }
}

impl BreakdownPlaces {
    fn each_cell(&self, begin: u32, code: u8, change: i32, tell: &mut impl FnMut(u32, i32)) {
        if code != NO_CODE {
            tell(begin + self.begin + u32::from(code), change);
            if let Some(filled) = self.filled {
                tell(begin + filled, change);
            }
        }
    }
}

impl WalkKind {
    pub(super) fn new(kind: &RecordKind) -> Self {
        let mut codes = [NO_CODE; MOST_BREAKDOWNS];
        codes[..kind.codes.len()].copy_from_slice(&kind.codes);
        Self {
            gemeente: kind.gemeente,
            profile: kind.profile,
            codes,
        }
    }

    /// As the table has it, with its number of breakdowns.
    pub(super) fn told(&self, breakdowns: usize) -> RecordKind {
        RecordKind {
            gemeente: self.gemeente,
            profile: self.profile,
            codes: self.codes[..breakdowns].to_vec(),
        }
    }
}
