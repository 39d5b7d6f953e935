//! A reported stock against the rows of another table that are in stock that day. Remembers 12 bytes a row of
//! that table, the groups, and the reported rows.

use std::ops::Range;

use super::{Blik, Setregel, Slot, dagen, getallen};
use crate::hash::Kaart;
use crate::klad::{Eersten, Opslag, Rol};
use crate::tally::Vondsten;
use crate::typering::datum::iso;
use crate::vondst::{Invulling, Vondst};

/// Bytes of a row in stock.
const MAAT: usize = 12;

/// Groups times days that are counted at once.
const CELLEN: usize = 1 << 20;

/// A stock that must equal a count.
#[derive(Debug)]
pub(crate) struct Stand {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) aantal: usize,
    pub(crate) peildatum: usize,
    pub(crate) groep: Vec<usize>,
    /// Of the group, the fields whose values may be shown.
    pub(crate) toonbaar: Vec<usize>,
    pub(crate) bron: usize,
    pub(crate) bron_groep: Vec<usize>,
    pub(crate) in_op: usize,
    pub(crate) uit_op: Vec<usize>,
    /// Group by hash of its values, in order of appearance.
    pub(crate) groepen: Kaart<u32>,
    /// What may be shown of each group.
    pub(crate) namen: Vec<Box<str>>,
    /// Group, first day in stock, first day out of it: 4 bytes each.
    pub(crate) voorraad: Rol,
    /// Day, group, number, row.
    pub(crate) gemeld: Vec<(i32, u32, i32, u64)>,
    /// The quarter ends of the year up to the delivery: on each a stock is asked.
    pub(crate) kwartalen: Vec<i32>,
    /// The stock was counted from these very rows.
    pub(crate) afgeleid: bool,
}

impl Stand {
    fn group(&mut self, hash: u128, velden: &[usize], blik: &Blik<'_>, i: usize) -> u32 {
        let volgende = self.namen.len() as u32;
        let groep = *self.groepen.entry(hash).or_insert(volgende);
        if groep == volgende {
            let toonbaar = velden
                .iter()
                .zip(&self.groep)
                .filter(|(_, v)| self.toonbaar.contains(v));
            let waarden = toonbaar
                .filter(|(v, _)| blik.ruw[**v].is_some())
                .map(|(&v, _)| blik.text(v, i));
            self.namen
                .push(waarden.collect::<Vec<_>>().join(", ").into());
        }
        groep
    }

    fn count_source(&mut self, blik: &Blik<'_>) {
        let velden = self.bron_groep.clone();
        let sleutels = blik.sleutels(&velden);
        let in_op = dagen(blik.kolommen, self.in_op);
        let uit_op: Vec<_> = self
            .uit_op
            .iter()
            .map(|&v| dagen(blik.kolommen, v))
            .collect();
        let opslag = &mut *blik.opslag.borrow_mut();
        for (i, &hash) in sleutels
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| sleutels.is_bekend(*i))
        {
            let Some(erin) = in_op(i) else { continue };
            let eruit = uit_op
                .iter()
                .filter_map(|dag| dag(i))
                .min()
                .unwrap_or(i32::MAX);
            if erin < eruit {
                let groep = self.group(hash, &velden, blik, i);
                let mut record = [0; MAAT];
                record[..4].copy_from_slice(&groep.to_le_bytes());
                record[4..8].copy_from_slice(&erin.to_le_bytes());
                record[8..].copy_from_slice(&eruit.to_le_bytes());
                self.voorraad.append(&record, opslag);
            }
        }
    }

    fn report(&mut self, blik: &Blik<'_>) {
        let velden = self.groep.clone();
        let sleutels = blik.sleutels(&velden);
        let (peildatum, aantal) = (
            dagen(blik.kolommen, self.peildatum),
            getallen(blik.kolommen, self.aantal),
        );
        for (i, &hash) in sleutels
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| sleutels.is_bekend(*i))
        {
            if let (Some(dag), Some(aantal)) = (peildatum(i), aantal(i)) {
                let groep = self.group(hash, &velden, blik, i);
                self.gemeld.push((dag, groep, aantal, blik.rij(i)));
            }
        }
    }

    /// The stock of these groups on these days, one group after another.
    fn count(&self, groepen: &Range<usize>, dagen: &[i32], opslag: &mut Opslag) -> Vec<i32> {
        let mut standen = vec![0; groepen.len() * dagen.len()];
        let mut records = vec![0; MAAT * 4096];
        for begin in (0..self.voorraad.len()).step_by(records.len()) {
            records.truncate(self.voorraad.len() - begin);
            self.voorraad.read(begin, &mut records, opslag);
            for record in records.chunks_exact(MAAT) {
                let getal = |at: usize| {
                    i32::from_le_bytes(record[at..at + 4].try_into().expect("four bytes"))
                };
                let groep = getal(0) as u32 as usize;
                if !groepen.contains(&groep) {
                    continue;
                }
                // Changes first: a row comes in on one day and goes out on another.
                let eigen = &mut standen[(groep - groepen.start) * dagen.len()..][..dagen.len()];
                for (dag, erbij) in [(getal(4), 1), (getal(8), -1)] {
                    if let Some(wissel) = eigen.get_mut(dagen.partition_point(|&d| d < dag)) {
                        *wissel += erbij;
                    }
                }
            }
        }
        for eigen in standen.chunks_exact_mut(dagen.len()) {
            eigen.iter_mut().fold(0, |stand, wissel| {
                *wissel += stand;
                *wissel
            });
        }
        standen
    }

    /// Compares what was reported with what was counted, some groups at a time.
    fn compare(&mut self, grens: usize, opslag: &mut Opslag) -> Verschillen {
        let mut verschillen = Verschillen {
            ontbreekt: Eersten::new(grens),
            wijkt_af: Eersten::new(grens),
        };
        let mut dagen: Vec<i32> = self.gemeld.iter().map(|g| g.0).collect();
        if !dagen.is_empty() {
            dagen.extend(&self.kwartalen);
        }
        dagen.sort_unstable();
        dagen.dedup();
        let per_keer = (CELLEN / dagen.len().max(1)).max(1);
        for begin in (0..self.namen.len())
            .step_by(per_keer)
            .filter(|_| !dagen.is_empty())
        {
            let groepen = begin..self.namen.len().min(begin + per_keer);
            let standen = self.count(&groepen, &dagen, opslag);
            let mut gemeld = vec![false; standen.len()];
            for &(dag, groep, aantal, rij) in self
                .gemeld
                .iter()
                .filter(|g| groepen.contains(&(g.1 as usize)))
            {
                let cel =
                    (groep as usize - begin) * dagen.len() + dagen.partition_point(|&d| d < dag);
                gemeld[cel] = true;
                if aantal != standen[cel] {
                    verschillen.wijkt_af.add((rij, aantal, standen[cel]));
                }
            }
            for cel in (0..standen.len()).filter(|&cel| !gemeld[cel] && standen[cel] > 0) {
                // Not in order of appearance: that could depend on which table came first.
                let naam = &self.namen[begin + cel / dagen.len()];
                verschillen
                    .ontbreekt
                    .add((dagen[cel % dagen.len()], naam.clone(), standen[cel]));
            }
        }
        verschillen
    }
}

/// Where reported stock and counted stock differ.
struct Verschillen {
    /// Day, what may be shown of the group, counted.
    ontbreekt: Eersten<(i32, Box<str>, i32)>,
    /// Row, reported, counted.
    wijkt_af: Eersten<(u64, i32, i32)>,
}

impl Setregel for Stand {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel == self.bron {
            self.count_source(blik);
        } else if blik.tabel == self.tabel {
            self.report(blik);
        }
    }

    fn derived(&mut self, tabel: usize) {
        self.afgeleid |= tabel == self.tabel;
    }

    /// A count of ours is not compared with itself: where the two differ, a value could not be read, and that is told
    /// where it stands.
    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        if self.afgeleid {
            return Vec::new();
        }
        if slot.rijen[self.tabel].is_none() {
            return vec![(
                self.regel,
                format!(
                    "De tabel {} zit niet in de levering.",
                    slot.definitie.tabellen[self.tabel].titel
                ),
            )];
        }
        let Verschillen {
            ontbreekt,
            wijkt_af,
        } = self.compare(vondsten.grens(), &mut slot.opslag.borrow_mut());
        vondsten.count(
            self.regel,
            self.tabel,
            ontbreekt.totaal() + wijkt_af.totaal(),
        );
        let mut list = |rij: Option<u64>, gevonden: String, geteld: i32| {
            let namen = vec![("geteld", Invulling::Tekst(geteld.to_string()))];
            vondsten.list(
                self.regel,
                self.tabel,
                Vondst {
                    rij,
                    veld: Some(self.aantal),
                    gevonden: Some(gevonden.into()),
                    namen,
                    ..Vondst::default()
                },
            );
        };
        for (dag, naam, geteld) in ontbreekt.sorted() {
            list(None, format!("geen rij voor {}, {naam}", iso(dag)), geteld);
        }
        for (rij, aantal, geteld) in wijkt_af.sorted() {
            list(Some(rij), aantal.to_string(), geteld);
        }
        Vec::new()
    }
}
