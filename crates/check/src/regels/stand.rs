//! A reported stock against the rows of another table that are in stock that day. Remembers 12 bytes a row of
//! that table, and the reported rows.

use std::collections::{BTreeMap, BTreeSet};

use arrow_array::{Array, StringArray};

use super::{Blik, Setregel, Slot, dagen, getallen};
use crate::hash::{Kaart, Sleutels};
use crate::typering::datum::iso;
use crate::vondst::{Invulling, Vondst, Vondsten};

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
    /// Group, first day in stock, first day out of it.
    pub(crate) voorraad: Vec<(u32, i32, i32)>,
    /// Day, group, number, row.
    pub(crate) gemeld: Vec<(i32, u32, i32, u64)>,
}

impl Stand {
    fn group(&mut self, hash: u128, velden: &[usize], blik: &Blik<'_>, i: usize) -> u32 {
        let volgende = self.namen.len() as u32;
        let groep = *self.groepen.entry(hash).or_insert(volgende);
        if groep == volgende {
            let toonbaar = velden.iter().zip(&self.groep).filter(|(_, v)| self.toonbaar.contains(v));
            let waarden = toonbaar.filter_map(|(&v, _)| blik.ruw[v].map(|r: &StringArray| if r.is_valid(i) { r.value(i) } else { "" }));
            self.namen.push(waarden.collect::<Vec<_>>().join(", ").into());
        }
        groep
    }

    fn count_source(&mut self, blik: &Blik<'_>) {
        let velden = self.bron_groep.clone();
        let sleutels = Sleutels::of(&velden.iter().map(|&v| &blik.kolommen[v]).collect::<Vec<_>>(), blik.rijen);
        let in_op = dagen(blik.kolommen, self.in_op);
        let uit_op: Vec<_> = self.uit_op.iter().map(|&v| dagen(blik.kolommen, v)).collect();
        for (i, &hash) in sleutels.hashes.iter().enumerate().filter(|(i, _)| sleutels.is_bekend(*i)) {
            let Some(erin) = in_op(i) else { continue };
            let eruit = uit_op.iter().filter_map(|dag| dag(i)).min().unwrap_or(i32::MAX);
            if erin < eruit {
                let groep = self.group(hash, &velden, blik, i);
                self.voorraad.push((groep, erin, eruit));
            }
        }
    }

    fn report(&mut self, blik: &Blik<'_>) {
        let velden = self.groep.clone();
        let sleutels = Sleutels::of(&velden.iter().map(|&v| &blik.kolommen[v]).collect::<Vec<_>>(), blik.rijen);
        let (peildatum, aantal) = (dagen(blik.kolommen, self.peildatum), getallen(blik.kolommen, self.aantal));
        for (i, &hash) in sleutels.hashes.iter().enumerate().filter(|(i, _)| sleutels.is_bekend(*i)) {
            if let (Some(dag), Some(aantal)) = (peildatum(i), aantal(i)) {
                let groep = self.group(hash, &velden, blik, i);
                self.gemeld.push((dag, groep, aantal, blik.rij(i)));
            }
        }
    }

    /// Per group the days on which rows enter and leave the stock, sorted.
    fn movements(&mut self) -> Vec<(Vec<i32>, Vec<i32>)> {
        let mut per_groep = vec![(Vec::new(), Vec::new()); self.namen.len()];
        for (groep, erin, eruit) in std::mem::take(&mut self.voorraad) {
            per_groep[groep as usize].0.push(erin);
            per_groep[groep as usize].1.push(eruit);
        }
        for (erin, eruit) in &mut per_groep {
            erin.sort_unstable();
            eruit.sort_unstable();
        }
        per_groep
    }
}

impl Setregel for Stand {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel == self.bron {
            self.count_source(blik);
        } else if blik.tabel == self.tabel {
            self.report(blik);
        }
    }

    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        if slot.rijen[self.tabel].is_none() {
            return vec![(self.regel, format!("De tabel {} zit niet in de levering.", slot.definitie.tabellen[self.tabel].titel))];
        }
        let per_groep = self.movements();
        let geteld = |groep: u32, dag: i32| {
            let (erin, eruit) = &per_groep[groep as usize];
            erin.partition_point(|&d| d <= dag) - eruit.partition_point(|&d| d <= dag)
        };
        let namen = |n: usize| vec![("geteld", Invulling::Tekst(n.to_string()))];
        let mut gemeld_op: BTreeMap<i32, BTreeSet<u32>> = BTreeMap::new();
        let mut ontbreekt = Vec::new();
        for &(dag, groep, _, _) in &self.gemeld {
            gemeld_op.entry(dag).or_default().insert(groep);
        }
        for (&dag, groepen) in &gemeld_op {
            let anderen = (0..self.namen.len() as u32).filter(|groep| !groepen.contains(groep));
            ontbreekt.extend(anderen.map(|groep| (dag, &self.namen[groep as usize], geteld(groep, dag))).filter(|o| o.2 > 0));
        }
        // Not in order of appearance: that could depend on which table came first.
        ontbreekt.sort();
        for (dag, naam, aantal) in ontbreekt {
            vondsten.add(self.regel, self.tabel, || Vondst {
                rij: None,
                veld: Some(self.aantal),
                gevonden: Some(format!("geen rij voor {}, {naam}", iso(dag)).into()),
                namen: namen(aantal),
                ..Vondst::default()
            });
        }
        for &(dag, groep, aantal, rij) in &self.gemeld {
            let verwacht = geteld(groep, dag);
            if usize::try_from(aantal).ok() != Some(verwacht) {
                vondsten.add(self.regel, self.tabel, || Vondst {
                    rij: Some(rij),
                    veld: Some(self.aantal),
                    gevonden: Some(aantal.to_string().into()),
                    namen: namen(verwacht),
                    ..Vondst::default()
                });
            }
        }
        Vec::new()
    }
}
