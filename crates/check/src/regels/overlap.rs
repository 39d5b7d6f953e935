//! Two rows of one group overlap in time. Remembers 24 bytes of each row with a period.

use super::{Blik, Setregel, Slot, dagen};
use crate::klad::{Eersten, Lid, Vakken};
use crate::tally::Vondsten;
use crate::typering::datum::iso;
use crate::vondst::{Invulling, Vondst};

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
    pub(crate) rijen: Vakken<2>,
}

impl Setregel for Overlap {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        let (van, tot) = (
            dagen(blik.kolommen, self.van),
            dagen(blik.kolommen, self.tot),
        );
        let periode = |i: usize| {
            let (van, tot) = (van(i)?, tot(i).unwrap_or(i32::MAX));
            (van < tot).then_some([van, tot])
        };
        self.rijen.add_all(
            &blik.sleutels(&self.groep),
            blik.begin,
            periode,
            &mut blik.opslag.borrow_mut(),
        );
    }

    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let mut gevonden = Eersten::new(vondsten.grens());
        self.rijen.groups(&mut slot.opslag.borrow_mut(), |leden| {
            overlaps(leden, &mut gevonden)
        });
        vondsten.count(self.regel, self.tabel, gevonden.totaal());
        for (rij, ander, van) in gevonden.sorted() {
            let vondst = Vondst {
                rij: Some(rij.into()),
                veld: Some(self.veld),
                gevonden: Some(iso(van).into()),
                namen: vec![("eerder", Invulling::Rij(ander.into()))],
                ..Vondst::default()
            };
            vondsten.list(self.regel, self.tabel, vondst);
        }
        Vec::new()
    }
}

/// The rows of one group that begin before one that began earlier has ended: the row, the other one, its first day.
fn overlaps(leden: &mut [Lid<2>], gevonden: &mut Eersten<(u32, u32, i32)>) {
    leden.sort_unstable_by_key(|lid| (lid.getallen[0], lid.rij));
    let (mut langste, mut einde) = (leden[0].rij, leden[0].getallen[1]);
    for lid in &leden[1..] {
        let [van, tot] = lid.getallen;
        if van < einde {
            gevonden.add((lid.rij, langste, van));
        }
        if tot > einde {
            (langste, einde) = (lid.rij, tot);
        }
    }
}
