//! Two rows of one group overlap in time. Remembers 16 bytes a row, and sorts the groups of several rows at the end.

use arrow_array::ArrayRef;

use super::{Blik, Setregel, Slot, dagen};
use crate::expr::bits;
use crate::expr::rekenen::{known_bits, wide};
use crate::hash::GEEN;
use crate::typering::datum::iso;
use crate::vondst::{Invulling, Vondst, Vondsten};

/// Periods of one group that must not overlap.
#[derive(Debug)]
pub(crate) struct Overlap {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) groep: usize,
    /// Coded fields of the group with their width in bits: together at most 32.
    pub(crate) codes: Vec<(usize, u32)>,
    pub(crate) van: usize,
    pub(crate) tot: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// One per row.
    pub(crate) perioden: Vec<Periode>,
    /// The groups of several rows, one bit for each first row.
    pub(crate) meer: Vec<u64>,
}

/// From the first day up to but not including the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Periode {
    groep: u32,
    codes: u32,
    van: i32,
    tot: i32,
}

const GEEN_PERIODE: Periode = Periode { groep: GEEN, codes: 0, van: 0, tot: 0 };

impl Setregel for Overlap {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        let (codes, bekend) = packed_codes(&self.codes, blik.kolommen, blik.rijen);
        let (van, tot) = (dagen(blik.kolommen, self.van), dagen(blik.kolommen, self.tot));
        self.meer.resize(bits::words(blik.rij(blik.rijen) as usize), 0);
        for (i, &groep) in blik.groepen[self.groep].per_rij.iter().enumerate() {
            let begin = van(i).filter(|_| groep != GEEN && bekend[i / 64] >> (i % 64) & 1 == 1);
            let eind = tot(i).unwrap_or(i32::MAX);
            let periode = match begin {
                Some(van) if van < eind => Periode { groep, codes: codes[i], van, tot: eind },
                _ => GEEN_PERIODE,
            };
            self.perioden.push(periode);
            if groep != GEEN && u64::from(groep) != blik.rij(i) {
                self.meer[groep as usize / 64] |= 1 << (groep % 64);
            }
        }
    }

    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let meer = |p: &Periode| p.groep != GEEN && self.meer[p.groep as usize / 64] >> (p.groep % 64) & 1 == 1;
        let mut rijen: Vec<u32> = (0_u32..).zip(&self.perioden).filter(|(_, p)| meer(p)).map(|(rij, _)| rij).collect();
        rijen.sort_unstable_by_key(|&rij| {
            let p = self.perioden[rij as usize];
            (p.groep, p.codes, p.van, rij)
        });
        let mut langste: Option<u32> = None;
        let mut gevonden: Vec<(u32, u32)> = Vec::new();
        for &rij in &rijen {
            let p = self.perioden[rij as usize];
            let vorige = langste.map(|l| (l, self.perioden[l as usize])).filter(|(_, v)| (v.groep, v.codes) == (p.groep, p.codes));
            if let Some((ander, v)) = vorige {
                if p.van < v.tot {
                    gevonden.push((rij, ander));
                }
                if p.tot <= v.tot {
                    continue;
                }
            }
            langste = Some(rij);
        }
        gevonden.sort_unstable();
        for (rij, ander) in gevonden {
            vondsten.add(self.regel, self.tabel, || Vondst {
                rij: Some(rij.into()),
                veld: Some(self.veld),
                gevonden: Some(iso(self.perioden[rij as usize].van).into()),
                namen: vec![("eerder", Invulling::Rij(ander.into()))],
                ..Vondst::default()
            });
        }
        self.perioden = Vec::new();
        Vec::new()
    }
}

/// The coded fields of each row in one number, and the rows for which all are known.
fn packed_codes(velden: &[(usize, u32)], kolommen: &[ArrayRef], rijen: usize) -> (Vec<u32>, Vec<u64>) {
    let mut codes = vec![0_u32; rijen];
    let mut bekend = bits::ones(rijen);
    for &(veld, breedte) in velden {
        let waarden = wide(&kolommen[veld], 0, rijen);
        codes.iter_mut().zip(waarden).for_each(|(c, w)| *c = (*c << breedte) | w as u32);
        if let Some(nulls) = kolommen[veld].nulls() {
            bekend = bits::and(bekend, &known_bits(nulls, 0, rijen));
        }
    }
    (codes, bekend)
}
