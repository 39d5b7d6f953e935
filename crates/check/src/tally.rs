//! What rules found, counted and listed.
//!
//! Owns the exact counts and the bounded lists: per rule and table the first findings in the order of row and
//! field, whatever the batches. A finding costs nothing until it is there, and little when its list is full.

use crate::expr::bits;
use crate::oorzaak::Oorzaken;
use crate::vondst::Vondst;

/// The findings of one rule in one table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bak {
    /// All of them.
    pub(crate) totaal: u64,
    /// The first ones.
    pub(crate) lijst: Vec<Vondst>,
    /// How many of the list came from earlier batches and will stay.
    vast: usize,
    /// Per field, what made several of them.
    pub(crate) oorzaken: Vec<(usize, Oorzaken)>,
    /// A number for all rows that were marked, in whatever order.
    pub(crate) rijmerk: u64,
}

/// The findings of all rules in all tables.
#[derive(Debug)]
pub(crate) struct Vondsten {
    grens: usize,
    bakken: Vec<Vec<Bak>>,
}

impl Vondsten {
    /// No findings yet; at most `grens` are listed per rule.
    pub(crate) fn new(regels: usize, tabellen: usize, grens: usize) -> Self {
        Self {
            grens,
            bakken: vec![vec![Bak::default(); tabellen]; regels],
        }
    }

    /// Most findings that are listed per rule.
    pub(crate) fn grens(&self) -> usize {
        self.grens
    }

    /// Counts one finding, and lists it while there is room. Findings of one batch come in order of row and field.
    pub(crate) fn add(&mut self, regel: usize, tabel: usize, vondst: impl FnOnce() -> Vondst) {
        let bak = &mut self.bakken[regel][tabel];
        bak.totaal += 1;
        if bak.lijst.len() < self.grens {
            bak.lijst.push(vondst());
        }
    }

    /// Counts the set bits as findings of those rows of the batch, and lists the first ones. May be called for one
    /// field after another: enough of each is kept to have the first rows of all.
    pub(crate) fn add_rows(
        &mut self,
        regel: usize,
        tabel: usize,
        rijen: &[u64],
        mut vondst: impl FnMut(usize) -> Vondst,
    ) {
        let bak = &mut self.bakken[regel][tabel];
        bak.totaal += bits::count(rijen);
        let ruimte = self.grens - bak.vast;
        bak.lijst
            .extend(bits::positions(rijen).take(ruimte).map(&mut vondst));
    }

    /// Counts findings without listing them.
    pub(crate) fn count(&mut self, regel: usize, tabel: usize, aantal: u64) {
        self.bakken[regel][tabel].totaal += aantal;
    }

    /// Lists a finding that is counted elsewhere.
    pub(crate) fn list(&mut self, regel: usize, tabel: usize, vondst: Vondst) {
        self.bakken[regel][tabel].lijst.push(vondst);
    }

    /// The causes of one rule in one field.
    pub(crate) fn causes(&mut self, regel: usize, tabel: usize, veld: usize) -> &mut Oorzaken {
        let oorzaken = &mut self.bakken[regel][tabel].oorzaken;
        let at = oorzaken
            .iter()
            .position(|(v, _)| *v == veld)
            .unwrap_or_else(|| {
                oorzaken.push((veld, Oorzaken::default()));
                oorzaken.len() - 1
            });
        &mut oorzaken[at].1
    }

    /// Remembers which rows these are, in one number for all of them.
    pub(crate) fn mark(&mut self, regel: usize, tabel: usize, begin: u64, rijen: &[u64]) {
        const VERMENG: u64 = 0x9E37_79B9_7F4A_7C15;
        let merk = |i: usize| {
            let rij = (begin + i as u64 + 1).wrapping_mul(VERMENG);
            (rij ^ (rij >> 29)).wrapping_mul(VERMENG)
        };
        let bak = &mut self.bakken[regel][tabel];
        bak.rijmerk = bits::positions(rijen).fold(bak.rijmerk, |som, i| som.wrapping_add(merk(i)));
    }

    /// Ends a batch: what is listed now comes before all that later batches bring.
    pub(crate) fn end_batch(&mut self) {
        let grens = self.grens;
        for bak in self
            .bakken
            .iter_mut()
            .flatten()
            .filter(|bak| bak.lijst.len() > bak.vast)
        {
            bak.settle(grens);
            bak.vast = bak.lijst.len();
        }
    }

    /// Ends everything: rules over sets may have found earlier rows last.
    pub(crate) fn finish(mut self) -> Vec<Vec<Bak>> {
        for bak in self.bakken.iter_mut().flatten() {
            bak.vast = 0;
            bak.settle(self.grens);
        }
        self.bakken
    }
}

impl Bak {
    /// Puts the findings of the current batch in order and cuts them.
    fn settle(&mut self, grens: usize) {
        self.lijst[self.vast..].sort_by_key(|v| (v.rij, v.veld));
        self.lijst.truncate(grens.max(self.vast));
    }
}
