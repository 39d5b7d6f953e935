//! The key of a table occurs twice. Remembers 16 bytes a row, and the text of the field that names the cell.

use super::{Blik, Setregel, Slot};
use crate::klad::{Eersten, Teksten, Vakken};
use crate::oorzaak::VERSCHILLEND;
use crate::tally::Vondsten;
use crate::vondst::{Invulling, Vondst};

/// A key that must be unique.
#[derive(Debug)]
pub(crate) struct Uniek {
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
    pub(crate) rijen: Vakken<0>,
    pub(crate) teksten: Teksten,
}

impl Setregel for Uniek {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        let sleutels = blik.sleutels(&self.velden);
        self.rijen.add_all(
            &sleutels,
            blik.begin,
            |_| Some([]),
            &mut blik.opslag.borrow_mut(),
        );
        self.teksten.add(blik, self.veld, |i| sleutels.is_bekend(i));
    }

    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let opslag = &mut *slot.opslag.borrow_mut();
        let mut dubbel = Eersten::new(vondsten.grens());
        // One more than are counted apart: that one tells that it is not all.
        let mut oorzaken = Eersten::new(if self.een { VERSCHILLEND + 1 } else { 0 });
        self.rijen.groups(opslag, |leden| {
            let eerste = leden[0].rij;
            leden[1..]
                .iter()
                .for_each(|lid| dubbel.add((lid.rij, eerste)));
            oorzaken.add((leden[1].rij, eerste, leden.len() as u64 - 1));
        });
        let mut vondst = |rij: u32, eerste: u32| Vondst {
            rij: Some(rij.into()),
            veld: Some(self.veld),
            gevonden: self.teksten.get(rij.into(), opslag),
            namen: vec![
                ("sleutel", Invulling::Tekst(self.sleutel.clone())),
                ("eerder", Invulling::Rij(eerste.into())),
            ],
            ..Vondst::default()
        };
        vondsten.count(self.regel, self.tabel, dubbel.totaal());
        for (rij, eerste) in dubbel.sorted() {
            vondsten.list(self.regel, self.tabel, vondst(rij, eerste));
        }
        for (rij, eerste, aantal) in oorzaken.sorted() {
            vondsten
                .causes(self.regel, self.tabel, self.veld)
                .add(eerste.into(), aantal, || vondst(rij, eerste));
        }
        Vec::new()
    }
}
