//! The key of a table occurs twice. Remembers nothing but the shared group of the key.

use super::{Blik, Setregel, Slot};
use crate::hash::GEEN;
use crate::vondst::{Invulling, Vondst, Vondsten};

/// A key that must be unique.
#[derive(Debug)]
pub(crate) struct Uniek {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) groep: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// The key is that field alone: rows with the same value there have one cause.
    pub(crate) een: bool,
    /// Labels of the key fields, as a sentence has them.
    pub(crate) sleutel: String,
}

impl Setregel for Uniek {
    fn look(&mut self, blik: &Blik<'_>, vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        for (i, &eerste) in blik.groepen[self.groep].per_rij.iter().enumerate() {
            let rij = blik.rij(i);
            if eerste == GEEN || u64::from(eerste) == rij {
                continue;
            }
            let vondst = || Vondst {
                rij: Some(rij),
                veld: Some(self.veld),
                gevonden: blik.gevonden(self.veld, i),
                namen: vec![("sleutel", Invulling::Tekst(self.sleutel.clone())), ("eerder", Invulling::Rij(eerste.into()))],
                ..Vondst::default()
            };
            vondsten.add(self.regel, self.tabel, vondst);
            if self.een {
                vondsten.causes(self.regel, self.tabel, self.veld).add(eerste.into(), 1, vondst);
            }
        }
    }

    fn finish(&mut self, _slot: &Slot<'_>, _vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        Vec::new()
    }
}
