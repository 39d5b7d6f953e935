//! Two rows of one group overlap in time. Remembers 24 bytes of each row with a period.

use super::{BatchView, Ending, SetRegel, day_column};
use crate::rule_hit::{Filling, Hit};
use crate::spill::{Buckets, Firsts, Member};
use crate::tally::Hits;
use crate::typing::date::iso;

/// Periods of one group that must not overlap.
#[derive(Debug)]
pub(crate) struct Overlap {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) groep: Vec<usize>,
    pub(crate) van: usize,
    pub(crate) tot: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// From the first day up to but not including the last.
    pub(crate) rijen: Buckets<2>,
}

impl SetRegel for Overlap {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel != self.tabel {
            return;
        }
        let (van, tot) = (
            day_column(view.kolommen, self.van),
            day_column(view.kolommen, self.tot),
        );
        let period = |i: usize| {
            let (van, tot) = (van(i)?, tot(i).unwrap_or(i32::MAX));
            (van < tot).then_some([van, tot])
        };
        self.rijen.add_all(
            &view.keys(&self.groep),
            view.begin,
            period,
            &mut view.storage.borrow_mut(),
        );
    }

    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let mut found = Firsts::new(hits.limit());
        self.rijen
            .groups(&mut ending.storage.borrow_mut(), |members| {
                overlaps(members, &mut found);
            });
        hits.count(self.regel, self.tabel, found.total());
        for (row, other, van) in found.sorted() {
            let hit = Hit {
                rij: Some(row.into()),
                veld: Some(self.veld),
                gevonden: Some(iso(van).into()),
                names: vec![("eerder", Filling::Row(other.into()))],
                ..Hit::default()
            };
            hits.list(self.regel, self.tabel, hit);
        }
        Vec::new()
    }
}

/// The rows of one group that begin before one that began earlier has ended: the row, the other one, its first day.
fn overlaps(members: &mut [Member<2>], found: &mut Firsts<(u32, u32, i32)>) {
    members.sort_unstable_by_key(|member| (member.numbers[0], member.rij));
    let (mut longest, mut end) = (members[0].rij, members[0].numbers[1]);
    for member in &members[1..] {
        let [van, tot] = member.numbers;
        if van < end {
            found.add((member.rij, longest, van));
        }
        if tot > end {
            (longest, end) = (member.rij, tot);
        }
    }
}
