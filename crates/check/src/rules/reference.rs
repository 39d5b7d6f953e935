//! A field that refers to the key of another table. Remembers the distinct values of both sides, and of each
//! referring value the first rows: the other table may come later.

use super::{BatchView, Ending, SetRegel};
use crate::finding_words::shown;
use crate::row_key::{HashedMap, HashedSet};
use crate::rule_hit::{Filling, Hit};
use crate::tally::Hits;
use crate::wording;

/// Distinct values of which the text is kept; a hostile file could have one per row.
const TEXTS: usize = 65_536;

/// A reference that must exist.
#[derive(Debug)]
pub(crate) struct ReferenceRule {
    regel: usize,
    tabel: usize,
    veld: usize,
    naar: usize,
    target_veld: usize,
    known: HashedSet,
    used: HashedMap<usize>,
    waarden: Vec<ReferredValue>,
    /// The table was counted from another one, which has the same references.
    afgeleid: bool,
}

#[derive(Debug)]
struct ReferredValue {
    hash: u128,
    tekst: Option<Box<str>>,
    total: u64,
    rijen: Vec<u64>,
}

impl ReferenceRule {
    /// Field `veld` of `tabel` refers to field `target_veld` of table `naar`.
    pub(crate) fn new(
        regel: usize,
        (tabel, veld): (usize, usize),
        (to, target_veld): (usize, usize),
    ) -> Self {
        Self {
            regel,
            tabel,
            veld,
            naar: to,
            target_veld,
            known: HashedSet::default(),
            used: HashedMap::default(),
            waarden: Vec::new(),
            afgeleid: false,
        }
    }

    fn refer(&mut self, view: &BatchView<'_>, limit: usize) {
        let keys = view.keys(&[self.veld]);
        for (i, &hash) in keys
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| keys.is_known(*i))
        {
            let next = self.waarden.len();
            let at = *self.used.entry(hash).or_insert(next);
            if at == next {
                let text = (next < TEXTS).then(|| view.found(self.veld, i)).flatten();
                self.waarden.push(ReferredValue {
                    hash,
                    tekst: text,
                    total: 0,
                    rijen: Vec::new(),
                });
            }
            let value = &mut self.waarden[at];
            value.total += 1;
            if value.rijen.len() < limit {
                value.rijen.push(view.row(i));
            }
        }
    }
}

impl SetRegel for ReferenceRule {
    fn look(&mut self, view: &BatchView<'_>, hits: &mut Hits) {
        if view.tabel == self.naar {
            let keys = view.keys(&[self.target_veld]);
            let hashes = keys.hashes.iter().enumerate();
            self.known.extend(
                hashes
                    .filter(|(i, _)| keys.is_known(*i))
                    .map(|(_, &hash)| hash),
            );
        }
        if view.tabel == self.tabel {
            self.refer(view, hits.limit());
        }
    }

    fn derived(&mut self, tabel: usize) {
        self.afgeleid |= tabel == self.tabel;
    }

    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let to = &ending.definitie.tabellen[self.naar];
        if self.afgeleid || ending.rijen[self.tabel].is_none() {
            return Vec::new();
        }
        if ending.rijen[self.naar].is_none() {
            return vec![(self.regel, wording::table_absent(&to.titel))];
        }
        for value in self
            .waarden
            .iter()
            .filter(|w| !self.known.contains(&w.hash))
        {
            hits.count(self.regel, self.tabel, value.total);
            let hit = |row: u64| Hit {
                rij: Some(row),
                veld: Some(self.veld),
                gevonden: value.tekst.as_deref().map(shown),
                names: vec![("naar", Filling::Tekst(to.titel.clone()))],
                ..Hit::default()
            };
            value
                .rijen
                .iter()
                .for_each(|&row| hits.list(self.regel, self.tabel, hit(row)));
            if let (Some(_), Some(&first)) = (&value.tekst, value.rijen.first()) {
                hits.causes(self.regel, self.tabel, self.veld)
                    .add(value.hash, value.total, || hit(first));
            }
        }
        Vec::new()
    }
}
