//! A field that refers to the key of another table. Remembers the distinct values of both sides, and of each
//! referring value the first rows: the other table may come later.

use super::{Blik, Setregel, Slot};
use crate::hash::Kaart;
use crate::tally::Vondsten;
use crate::tekst::shown;
use crate::vondst::{Invulling, Vondst};

/// Distinct values of which the text is kept; a hostile file could have one per row.
const TEKSTEN: usize = 65_536;

/// A reference that must exist.
#[derive(Debug)]
pub(crate) struct Verwijzing {
    regel: usize,
    tabel: usize,
    veld: usize,
    naar: usize,
    naar_veld: usize,
    bekend: Kaart<()>,
    gebruikt: Kaart<usize>,
    waarden: Vec<Waarde>,
    /// The table was counted from another one, which has the same references.
    afgeleid: bool,
}

#[derive(Debug)]
struct Waarde {
    hash: u128,
    tekst: Option<Box<str>>,
    totaal: u64,
    rijen: Vec<u64>,
}

impl Verwijzing {
    /// Field `veld` of `tabel` refers to field `naar_veld` of table `naar`.
    pub(crate) fn new(
        regel: usize,
        (tabel, veld): (usize, usize),
        (naar, naar_veld): (usize, usize),
    ) -> Self {
        Self {
            regel,
            tabel,
            veld,
            naar,
            naar_veld,
            bekend: Kaart::default(),
            gebruikt: Kaart::default(),
            waarden: Vec::new(),
            afgeleid: false,
        }
    }

    fn refer(&mut self, blik: &Blik<'_>, grens: usize) {
        let sleutels = blik.sleutels(&[self.veld]);
        for (i, &hash) in sleutels
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| sleutels.is_bekend(*i))
        {
            let volgende = self.waarden.len();
            let at = *self.gebruikt.entry(hash).or_insert(volgende);
            if at == volgende {
                let tekst = (volgende < TEKSTEN)
                    .then(|| blik.gevonden(self.veld, i))
                    .flatten();
                self.waarden.push(Waarde {
                    hash,
                    tekst,
                    totaal: 0,
                    rijen: Vec::new(),
                });
            }
            let waarde = &mut self.waarden[at];
            waarde.totaal += 1;
            if waarde.rijen.len() < grens {
                waarde.rijen.push(blik.rij(i));
            }
        }
    }
}

impl Setregel for Verwijzing {
    fn look(&mut self, blik: &Blik<'_>, vondsten: &mut Vondsten) {
        if blik.tabel == self.naar {
            let sleutels = blik.sleutels(&[self.naar_veld]);
            let hashes = sleutels.hashes.iter().enumerate();
            self.bekend.extend(
                hashes
                    .filter(|(i, _)| sleutels.is_bekend(*i))
                    .map(|(_, &hash)| (hash, ())),
            );
        }
        if blik.tabel == self.tabel {
            self.refer(blik, vondsten.grens());
        }
    }

    fn derived(&mut self, tabel: usize) {
        self.afgeleid |= tabel == self.tabel;
    }

    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let naar = &slot.definitie.tabellen[self.naar];
        if self.afgeleid || slot.rijen[self.tabel].is_none() {
            return Vec::new();
        }
        if slot.rijen[self.naar].is_none() {
            return vec![(
                self.regel,
                format!("De tabel {} zit niet in de levering.", naar.titel),
            )];
        }
        for waarde in self
            .waarden
            .iter()
            .filter(|w| !self.bekend.contains_key(&w.hash))
        {
            vondsten.count(self.regel, self.tabel, waarde.totaal);
            let vondst = |rij: u64| Vondst {
                rij: Some(rij),
                veld: Some(self.veld),
                gevonden: waarde.tekst.as_deref().map(shown),
                namen: vec![("naar", Invulling::Tekst(naar.titel.clone()))],
                ..Vondst::default()
            };
            waarde
                .rijen
                .iter()
                .for_each(|&rij| vondsten.list(self.regel, self.tabel, vondst(rij)));
            if let (Some(_), Some(&eerste)) = (&waarde.tekst, waarde.rijen.first()) {
                vondsten.causes(self.regel, self.tabel, self.veld).add(
                    waarde.hash,
                    waarde.totaal,
                    || vondst(eerste),
                );
            }
        }
        Vec::new()
    }
}
