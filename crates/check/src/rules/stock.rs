//! A reported stock against the rows of another table that are in stock that day. Remembers 12 bytes a row of
//! that table, the groups, and the reported rows.

use std::ops::Range;

use super::{BatchView, Ending, SetRegel, day_column, numbers};
use crate::row_key::HashedMap;
use crate::rule_hit::{Filling, Hit};
use crate::spill::{Firsts, SpillRun, SpillStore};
use crate::tally::Hits;
use crate::typing::date::iso;
use crate::wording;

/// Bytes of a row in stock.
const SIZE: usize = 12;

/// Groups times days that are counted at once.
const CELLS: usize = 1 << 20;

/// A stock that must equal a count.
#[derive(Debug)]
pub(crate) struct Stock {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) aantal: usize,
    pub(crate) peildatum: usize,
    pub(crate) groep: Vec<usize>,
    /// Of the group, the fields whose values may be shown.
    pub(crate) visible: Vec<usize>,
    pub(crate) bron: usize,
    pub(crate) source_group: Vec<usize>,
    pub(crate) in_op: usize,
    pub(crate) uit_op: Vec<usize>,
    /// Group by hash of its values, in order of appearance.
    pub(crate) groups: HashedMap<u32>,
    /// What may be shown of each group.
    pub(crate) names: Vec<Box<str>>,
    /// Group, first day in stock, first day out of it: 4 bytes each.
    pub(crate) stock: SpillRun,
    /// Day, group, number, row.
    pub(crate) reported: Vec<(i32, u32, i32, u64)>,
    /// The quarter ends of the year up to the delivery: on each a stock is asked.
    pub(crate) quarters: Vec<i32>,
    /// The stock was counted from these very rows.
    pub(crate) afgeleid: bool,
}

impl Stock {
    fn group(&mut self, hash: u128, velden: &[usize], view: &BatchView<'_>, i: usize) -> u32 {
        let next = self.names.len() as u32;
        let grouping = *self.groups.entry(hash).or_insert(next);
        if grouping == next {
            let visible = velden
                .iter()
                .zip(&self.groep)
                .filter(|(_, v)| self.visible.contains(v));
            let values = visible
                .filter(|(v, _)| view.raw[**v].is_some())
                .map(|(&v, _)| view.text(v, i));
            self.names
                .push(values.collect::<Vec<_>>().join(", ").into());
        }
        grouping
    }

    fn count_source(&mut self, view: &BatchView<'_>) {
        let velden = self.source_group.clone();
        let keys = view.keys(&velden);
        let entered_on = day_column(view.kolommen, self.in_op);
        let left_on: Vec<_> = self
            .uit_op
            .iter()
            .map(|&v| day_column(view.kolommen, v))
            .collect();
        let storage = &mut *view.storage.borrow_mut();
        for (i, &hash) in keys
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| keys.is_known(*i))
        {
            let Some(entered) = entered_on(i) else {
                continue;
            };
            let left = left_on
                .iter()
                .filter_map(|day| day(i))
                .min()
                .unwrap_or(i32::MAX);
            if entered < left {
                let grouping = self.group(hash, &velden, view, i);
                let mut record = [0; SIZE];
                record[..4].copy_from_slice(&grouping.to_le_bytes());
                record[4..8].copy_from_slice(&entered.to_le_bytes());
                record[8..].copy_from_slice(&left.to_le_bytes());
                self.stock.append(&record, storage);
            }
        }
    }

    fn report(&mut self, view: &BatchView<'_>) {
        let velden = self.groep.clone();
        let keys = view.keys(&velden);
        let (peildatum, count) = (
            day_column(view.kolommen, self.peildatum),
            numbers(view.kolommen, self.aantal),
        );
        for (i, &hash) in keys
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| keys.is_known(*i))
        {
            if let (Some(day), Some(count)) = (peildatum(i), count(i)) {
                let grouping = self.group(hash, &velden, view, i);
                self.reported.push((day, grouping, count, view.row(i)));
            }
        }
    }

    /// The stock of these groups on these days, one group after another.
    fn count(
        &self,
        groups: &Range<usize>,
        day_column: &[i32],
        storage: &mut SpillStore,
    ) -> Vec<i32> {
        let mut stocks = vec![0; groups.len() * day_column.len()];
        let mut records = vec![0; SIZE * 4096];
        for begin in (0..self.stock.len()).step_by(records.len()) {
            records.truncate(self.stock.len() - begin);
            self.stock.read(begin, &mut records, storage);
            for record in records.chunks_exact(SIZE) {
                let number = |at: usize| {
                    i32::from_le_bytes(record[at..at + 4].try_into().expect("four bytes"))
                };
                let grouping = number(0) as u32 as usize;
                if !groups.contains(&grouping) {
                    continue;
                }
                // Changes first: a row comes in on one day and goes out on another.
                let own =
                    &mut stocks[(grouping - groups.start) * day_column.len()..][..day_column.len()];
                for (day, extra) in [(number(4), 1), (number(8), -1)] {
                    if let Some(change) = own.get_mut(day_column.partition_point(|&d| d < day)) {
                        *change += extra;
                    }
                }
            }
        }
        for own in stocks.chunks_exact_mut(day_column.len()) {
            own.iter_mut().fold(0, |stock, change| {
                *change += stock;
                *change
            });
        }
        stocks
    }

    /// Compares what was reported with what was counted, some groups at a time.
    fn compare(&mut self, limit: usize, storage: &mut SpillStore) -> Differences {
        let mut differences = Differences {
            missing: Firsts::new(limit),
            deviating: Firsts::new(limit),
        };
        let mut day_column: Vec<i32> = self.reported.iter().map(|g| g.0).collect();
        if !day_column.is_empty() {
            day_column.extend(&self.quarters);
        }
        day_column.sort_unstable();
        day_column.dedup();
        let at_once = (CELLS / day_column.len().max(1)).max(1);
        for begin in (0..self.names.len())
            .step_by(at_once)
            .filter(|_| !day_column.is_empty())
        {
            let groups = begin..self.names.len().min(begin + at_once);
            let stocks = self.count(&groups, &day_column, storage);
            let mut reported = vec![false; stocks.len()];
            for &(day, grouping, count, row) in self
                .reported
                .iter()
                .filter(|g| groups.contains(&(g.1 as usize)))
            {
                let cell = (grouping as usize - begin) * day_column.len()
                    + day_column.partition_point(|&d| d < day);
                reported[cell] = true;
                if count != stocks[cell] {
                    differences.deviating.add((row, count, stocks[cell]));
                }
            }
            for cell in (0..stocks.len()).filter(|&cell| !reported[cell] && stocks[cell] > 0) {
                // Not in order of appearance: that could depend on which table came first.
                let name = &self.names[begin + cell / day_column.len()];
                differences.missing.add((
                    day_column[cell % day_column.len()],
                    name.clone(),
                    stocks[cell],
                ));
            }
        }
        differences
    }
}

/// Where reported stock and counted stock differ.
struct Differences {
    /// Day, what may be shown of the group, counted.
    missing: Firsts<(i32, Box<str>, i32)>,
    /// Row, reported, counted.
    deviating: Firsts<(u64, i32, i32)>,
}

impl SetRegel for Stock {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel == self.bron {
            self.count_source(view);
        } else if view.tabel == self.tabel {
            self.report(view);
        }
    }

    fn derived(&mut self, tabel: usize) {
        self.afgeleid |= tabel == self.tabel;
    }

    /// A count of ours is not compared with itself: where the two differ, a value could not be read, and that is told
    /// where it stands.
    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        if self.afgeleid {
            return Vec::new();
        }
        if ending.rijen[self.tabel].is_none() {
            return vec![(
                self.regel,
                wording::table_absent(&ending.definitie.tabellen[self.tabel].titel),
            )];
        }
        let Differences { missing, deviating } =
            self.compare(hits.limit(), &mut ending.storage.borrow_mut());
        hits.count(self.regel, self.tabel, missing.total() + deviating.total());
        let mut list = |row: Option<u64>, found: String, counted: i32| {
            let names = vec![("geteld", Filling::Tekst(counted.to_string()))];
            hits.list(
                self.regel,
                self.tabel,
                Hit {
                    rij: row,
                    veld: Some(self.aantal),
                    gevonden: Some(found.into()),
                    names,
                    ..Hit::default()
                },
            );
        };
        for (day, name, counted) in missing.sorted() {
            list(None, wording::no_row(&iso(day), &name), counted);
        }
        for (row, count, counted) in deviating.sorted() {
            list(Some(row), count.to_string(), counted);
        }
        Vec::new()
    }
}
