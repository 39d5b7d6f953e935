//! This year's levering against the previous one. Remembers a key and a date for each row of the previous one.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch};
use schema::Definitie;

use super::{Blik, Setregel, Slot, dagen};
use crate::fout::CheckFout;
use crate::hash::{Kaart, Sleutels};
use crate::tekst::{number, shown};
use crate::typering::datum::iso;
use crate::typering::{data_type, datum};
use crate::vondst::{Invulling, Vondst, Vondsten};

const GEEN_VORIGE: &str = "Er is geen levering van vorig jaar om mee te vergelijken.";

/// Far more, or far fewer rows than last year.
#[derive(Debug)]
pub(crate) struct JaarFactor {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) factor: f64,
    pub(crate) vorig: Option<u64>,
}

impl Setregel for JaarFactor {
    fn look(&mut self, _blik: &Blik<'_>, _vondsten: &mut Vondsten) {}

    fn previous(&mut self, tabel: usize, batch: &RecordBatch) -> Result<(), CheckFout> {
        if tabel == self.tabel {
            *self.vorig.get_or_insert(0) += batch.num_rows() as u64;
        }
        Ok(())
    }

    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let Some(vorig) = self.vorig else { return vec![(self.regel, GEEN_VORIGE.to_owned())] };
        let nu = slot.rijen[self.tabel].unwrap_or(0);
        let (minst, meest) = (vorig.min(nu) as f64, vorig.max(nu) as f64);
        if meest > 0.0 && meest >= self.factor * minst {
            vondsten.add(self.regel, self.tabel, || Vondst {
                rij: None,
                veld: None,
                gevonden: Some(nu.to_string().into()),
                namen: vec![
                    ("factor", Invulling::Tekst(number(self.factor))),
                    ("vorig", Invulling::Tekst(vorig.to_string())),
                    ("nu", Invulling::Tekst(nu.to_string())),
                ],
                ..Vondst::default()
            });
        }
        Vec::new()
    }
}

/// Rows that were open and are gone (verdwenen), or had ended and are open again (heropend).
#[derive(Debug)]
pub(crate) struct Terugkeer {
    pub(crate) verdwenen: Option<usize>,
    pub(crate) heropend: Option<usize>,
    pub(crate) tabel: usize,
    pub(crate) sleutel: Vec<usize>,
    pub(crate) tot: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// Last day of the year before.
    pub(crate) jaareinde: i32,
    /// The key fields still hold the aanbieder's own identifiers: nothing to compare.
    pub(crate) ruw: bool,
    pub(crate) definitie: Arc<Definitie>,
    pub(crate) vorig: Option<Vorig>,
}

/// The rows of the previous levering.
#[derive(Debug, Default)]
pub(crate) struct Vorig {
    per_sleutel: Kaart<usize>,
    /// Last day, value of the first key field, whether it is here now.
    rijen: Vec<(Option<i32>, Box<str>, bool)>,
}

impl Terugkeer {
    /// Open at the end of last year: later days count as still empty for it.
    fn was_open(&self, tot: Option<i32>) -> bool {
        tot.is_none_or(|tot| tot > self.jaareinde)
    }
}

impl Setregel for Terugkeer {
    fn look(&mut self, blik: &Blik<'_>, vondsten: &mut Vondsten) {
        let Some(vorig) = self.vorig.as_mut().filter(|_| blik.tabel == self.tabel && !self.ruw) else { return };
        let sleutels = Sleutels::of(&self.sleutel.iter().map(|&v| &blik.kolommen[v]).collect::<Vec<_>>(), blik.rijen);
        let tot = dagen(blik.kolommen, self.tot);
        let mut heropend = Vec::new();
        for (i, hash) in sleutels.hashes.iter().enumerate().filter(|(i, _)| sleutels.is_bekend(*i)) {
            let Some(&at) = vorig.per_sleutel.get(hash) else { continue };
            let rij = &mut vorig.rijen[at];
            rij.2 = true;
            if let Some(eind) = rij.0.filter(|&eind| eind <= self.jaareinde) {
                heropend.push((i, eind));
            }
        }
        let Some(regel) = self.heropend else { return };
        for (i, eind) in heropend.into_iter().filter(|&(i, _)| self.was_open(tot(i))) {
            vondsten.add(regel, self.tabel, || Vondst {
                rij: Some(blik.rij(i)),
                veld: Some(self.veld),
                gevonden: Some(format!("vorig jaar beëindigd op {}", iso(eind)).into()),
                namen: Vec::new(),
                ..Vondst::default()
            });
        }
    }

    fn previous(&mut self, tabel: usize, batch: &RecordBatch) -> Result<(), CheckFout> {
        if tabel != self.tabel {
            return Ok(());
        }
        let definitie = &self.definitie.tabellen[self.tabel];
        let kolom = |veld: usize| {
            let veld = &definitie.velden[veld];
            let kolom = batch
                .column_by_name(&veld.naam)
                .ok_or_else(|| CheckFout::VeldOntbreekt { tabel: definitie.naam.clone(), veld: veld.naam.clone() })?;
            let verwacht = data_type(&veld.veldtype);
            if *kolom.data_type() == verwacht {
                return Ok(kolom);
            }
            Err(CheckFout::Kolomtype {
                tabel: definitie.naam.clone(),
                kolom: veld.naam.clone(),
                soort: kolom.data_type().to_string(),
                verwacht: verwacht.to_string(),
            })
        };
        let sleutel = self.sleutel.iter().map(|&v| kolom(v)).collect::<Result<Vec<_>, _>>()?;
        let tot = kolom(self.tot)?.as_primitive::<arrow_array::types::Date32Type>();
        let sleutels = Sleutels::of(&sleutel, batch.num_rows());
        let vorig = self.vorig.get_or_insert_default();
        for (i, &hash) in sleutels.hashes.iter().enumerate().filter(|(i, _)| sleutels.is_bekend(*i)) {
            vorig.per_sleutel.insert(hash, vorig.rijen.len());
            let tekst = sleutel[0].as_string_opt::<i32>().map_or("", |teksten| teksten.value(i));
            vorig.rijen.push((tot.is_valid(i).then(|| tot.value(i)), shown(tekst), false));
        }
        Ok(())
    }

    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let waarom = match &self.vorig {
            _ if self.ruw => "De nummers zijn nog niet versleuteld. Het programma vergelijkt ze als u het pakket maakt.",
            None => GEEN_VORIGE,
            Some(vorig) => {
                let weg = vorig.rijen.iter().filter(|(tot, _, nu)| !nu && self.was_open(*tot));
                for (_, tekst, _) in weg {
                    let Some(regel) = self.verdwenen else { break };
                    vondsten.add(regel, self.tabel, || Vondst {
                        rij: None,
                        veld: Some(self.veld),
                        gevonden: Some(tekst.clone()),
                        namen: Vec::new(),
                        ..Vondst::default()
                    });
                }
                return Vec::new();
            }
        };
        [self.verdwenen, self.heropend].into_iter().flatten().map(|regel| (regel, waarom.to_owned())).collect()
    }
}

/// The last day of the year before `jaar`.
pub(crate) fn year_end_before(jaar: i32) -> i32 {
    chrono::NaiveDate::from_ymd_opt(jaar - 1, 12, 31).map_or(i32::MIN, datum::days)
}
