//! What rules found, counted and listed.
//!
//! Owns the exact counts and the bounded lists: per rule and table (of what looks at every field, per field) the first
//! findings in the order of row and field, whatever the batches. A finding costs nothing until it is there, and little when
//! its list is full.

use std::collections::BTreeMap;

use crate::rule_hit::Hit;
use crate::rule_language::bits;
use crate::shared_cause::Causes;

/// The findings of one rule in one table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tally {
    /// All of them.
    pub(crate) total: u64,
    /// The first ones.
    pub(crate) list: Vec<Hit>,
    /// How many of the list came from earlier batches and will stay.
    vast: usize,
    /// Of the list that will stay, how many are about each field.
    kept: BTreeMap<Option<usize>, usize>,
    /// Per field, what made several of them.
    pub(crate) oorzaken: Vec<(usize, Causes)>,
    /// Per field, how many of the findings are about its cells alone.
    cells: BTreeMap<usize, u64>,
    /// A number for all rows that were marked, in whatever order.
    pub(crate) row_mark: u64,
}

/// The findings of all rules in all tables.
#[derive(Debug)]
pub(crate) struct Hits {
    limit: usize,
    tallies: Vec<Vec<Tally>>,
}

impl Hits {
    /// No findings yet; at most `limit` are listed per rule, and of a rule that looks at every field per field.
    pub(crate) fn new(regels: usize, tabellen: usize, limit: usize) -> Self {
        Self {
            limit,
            tallies: vec![vec![Tally::default(); tabellen]; regels],
        }
    }

    /// Most findings that are listed per rule, or per field of it.
    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    /// Counts one finding, and lists it while there is room. Findings of one batch come in order of row and field.
    pub(crate) fn add(&mut self, regel: usize, tabel: usize, hit: impl FnOnce() -> Hit) {
        let tally = &mut self.tallies[regel][tabel];
        tally.total += 1;
        if tally.list.len() < self.limit {
            tally.list.push(hit());
        }
    }

    /// Counts the set bits as findings of those rows of the batch, and lists the first ones. May be called for one
    /// field after another, and each has room of its own: those of one may be taken away later.
    pub(crate) fn add_rows(
        &mut self,
        regel: usize,
        tabel: usize,
        rows: &[u64],
        hit: impl FnMut(usize) -> Hit,
    ) {
        let tally = &mut self.tallies[regel][tabel];
        tally.total += bits::count(rows);
        let mut hits = bits::positions(rows).map(hit);
        let Some(first) = hits.next() else {
            return;
        };
        let kept = tally.kept.get(&first.veld).copied().unwrap_or_default();
        let room = self.limit.saturating_sub(kept);
        tally
            .list
            .extend(std::iter::once(first).chain(hits).take(room));
    }

    /// Notes that so many of the findings are about the cells of one field, and of no other.
    pub(crate) fn in_cells(&mut self, regel: usize, tabel: usize, veld: usize, count: u64) {
        *self.tallies[regel][tabel].cells.entry(veld).or_default() += count;
    }

    /// Counts findings without listing them.
    pub(crate) fn count(&mut self, regel: usize, tabel: usize, count: u64) {
        self.tallies[regel][tabel].total += count;
    }

    /// Lists a finding that is counted elsewhere.
    pub(crate) fn list(&mut self, regel: usize, tabel: usize, hit: Hit) {
        self.tallies[regel][tabel].list.push(hit);
    }

    /// The causes of one rule in one field.
    pub(crate) fn causes(&mut self, regel: usize, tabel: usize, veld: usize) -> &mut Causes {
        let causes = &mut self.tallies[regel][tabel].oorzaken;
        let at = causes
            .iter()
            .position(|(v, _)| *v == veld)
            .unwrap_or_else(|| {
                causes.push((veld, Causes::default()));
                causes.len() - 1
            });
        &mut causes[at].1
    }

    /// Remembers which rows these are, in one number for all of them.
    pub(crate) fn mark(&mut self, regel: usize, tabel: usize, begin: u64, rows: &[u64]) {
        const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
        let mark = |i: usize| {
            let row = (begin + i as u64 + 1).wrapping_mul(MIX);
            (row ^ (row >> 29)).wrapping_mul(MIX)
        };
        let tally = &mut self.tallies[regel][tabel];
        tally.row_mark =
            bits::positions(rows).fold(tally.row_mark, |sum, i| sum.wrapping_add(mark(i)));
    }

    /// Ends a batch: what is listed now comes before all that later batches bring.
    pub(crate) fn end_batch(&mut self) {
        let limit = self.limit;
        for tally in self
            .tallies
            .iter_mut()
            .flatten()
            .filter(|tally| tally.list.len() > tally.vast)
        {
            tally.settle(limit);
            tally.vast = tally.list.len();
        }
    }

    /// Ends everything: rules over sets may have found earlier rows last.
    pub(crate) fn finish(mut self) -> Vec<Vec<Tally>> {
        for tally in self.tallies.iter_mut().flatten() {
            tally.vast = 0;
            tally.kept.clear();
            tally.settle(self.limit);
        }
        self.tallies
    }
}

impl Tally {
    /// Whether all of the findings point at one field, of a rule that does not judge cell by cell.
    pub(crate) fn is_about(&self, veld: usize) -> bool {
        let mut list = self.list.iter();
        self.cells.is_empty() && self.total > 0 && list.all(|hit| hit.veld == Some(veld))
    }

    /// Takes the findings about the cells of a field away; how many there were.
    pub(crate) fn take_cells(&mut self, veld: usize) -> u64 {
        let count = self.cells.remove(&veld).unwrap_or_default();
        if count > 0 {
            self.total -= count;
            self.list.retain(|hit| hit.veld != Some(veld));
            self.oorzaken.retain(|(v, _)| *v != veld);
        }
        count
    }

    /// Puts the findings of the current batch in order, and cuts those of each field.
    fn settle(&mut self, limit: usize) {
        let mut new = self.list.split_off(self.vast);
        new.sort_by_key(|v| (v.rij, v.veld));
        let kept = &mut self.kept;
        new.retain(|hit| {
            let of_field = kept.entry(hit.veld).or_default();
            *of_field += 1;
            *of_field <= limit
        });
        self.list.append(&mut new);
    }
}
