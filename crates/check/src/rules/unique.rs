//! The key of a table occurs twice. Remembers 16 bytes a row, and the text of the field that names the cell.

use super::{BatchView, Ending, SetRegel};
use crate::rule_hit::{Filling, Hit};
use crate::shared_cause::DISTINCT;
use crate::spill::{Buckets, Firsts, SpilledTexts};
use crate::tally::Hits;

/// A key that must be unique.
#[derive(Debug)]
pub(crate) struct Unique {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    /// The fields of the key.
    pub(crate) velden: Vec<usize>,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// The key is that field alone: rows with the same value there have one cause.
    pub(crate) een: bool,
    /// Labels of the key fields, as a sentence has them.
    pub(crate) sleutel: String,
    pub(crate) rijen: Buckets<0>,
    pub(crate) texts: SpilledTexts,
}

impl SetRegel for Unique {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel != self.tabel {
            return;
        }
        let keys = view.keys(&self.velden);
        self.rijen.add_all(
            &keys,
            view.begin,
            |_| Some([]),
            &mut view.storage.borrow_mut(),
        );
        self.texts.add(view, self.veld, |i| keys.is_known(i));
    }

    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let storage = &mut *ending.storage.borrow_mut();
        let mut duplicate = Firsts::new(hits.limit());
        // One more than are counted apart: that one tells that it is not all.
        let mut causes = Firsts::new(if self.een { DISTINCT + 1 } else { 0 });
        self.rijen.groups(storage, |members| {
            let first = members[0].rij;
            members[1..]
                .iter()
                .for_each(|member| duplicate.add((member.rij, first)));
            causes.add((members[1].rij, first, members.len() as u64 - 1));
        });
        let mut hit = |row: u32, first: u32| Hit {
            rij: Some(row.into()),
            veld: Some(self.veld),
            gevonden: self.texts.get(row.into(), storage),
            names: vec![
                ("sleutel", Filling::Tekst(self.sleutel.clone())),
                ("eerder", Filling::Row(first.into())),
            ],
            ..Hit::default()
        };
        hits.count(self.regel, self.tabel, duplicate.total());
        for (row, first) in duplicate.sorted() {
            hits.list(self.regel, self.tabel, hit(row, first));
        }
        for (row, first, count) in causes.sorted() {
            hits.causes(self.regel, self.tabel, self.veld)
                .add(first.into(), count, || hit(row, first));
        }
        Vec::new()
    }
}
