//! This year's levering against the previous one. Remembers a key and a date for each row of the previous one, and of
//! those that were still open what an aanbieder finds them back by.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Date32Type;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use schema::{Definitie, Tabel, Veldtype};

use super::{Blik, Setregel, Slot, Vergelijk, dagen};
use crate::fout::CheckFout;
use crate::hash::{Kaart, Sleutels};
use crate::tally::Vondsten;
use crate::tekst::{number, shown};
use crate::typering::datum::iso;
use crate::typering::{data_type, datum};
use crate::vondst::{Invulling, Vondst};

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
        let Some(vorig) = self.vorig else {
            return vec![(self.regel, GEEN_VORIGE.to_owned())];
        };
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
    /// Fields of last year's row by which an aanbieder, who does not know pseudonyms, finds it back.
    pub(crate) toon: Vec<usize>,
    /// The key fields still hold the aanbieder's own identifiers.
    pub(crate) ruw: bool,
    /// Makes pseudonyms of them.
    pub(crate) versleutel: Option<Versleutel>,
    /// Last year's pseudonyms were made with another key.
    pub(crate) andere_sleutel: bool,
    pub(crate) definitie: Arc<Definitie>,
    pub(crate) vorig: Option<Vorig>,
}

/// The rows of the previous levering.
#[derive(Debug, Default)]
pub(crate) struct Vorig {
    per_sleutel: Kaart<usize>,
    /// Last day, what is shown of it (empty where it had ended), whether it is here now.
    rijen: Vec<(Option<i32>, Box<str>, bool)>,
}

/// Makes pseudonyms of the aanbieder's own identifiers in a field.
#[derive(Clone)]
pub(crate) struct Versleutel(pub(crate) Arc<Maak>);

/// From the field and its identifiers to their pseudonyms.
pub(crate) type Maak = dyn Fn(&str, &StringArray) -> StringArray + Send + Sync;

impl std::fmt::Debug for Versleutel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Versleutel")
    }
}

impl Terugkeer {
    /// Whether keys of this year and last year can be compared.
    fn vergelijkbaar(&self) -> bool {
        !self.andere_sleutel && (!self.ruw || self.versleutel.is_some())
    }

    /// A key column, as a pseudonym where it is not one yet.
    fn sleutelkolom(&self, kolommen: &[ArrayRef], v: usize) -> ArrayRef {
        let veld = &self.definitie.tabellen[self.tabel].velden[v];
        match &self.versleutel {
            Some(versleutel) if self.ruw && veld.veldtype == Veldtype::Pseudoniem => {
                Arc::new((versleutel.0)(&veld.naam, kolommen[v].as_string()))
            }
            _ => Arc::clone(&kolommen[v]),
        }
    }
}

impl Setregel for Terugkeer {
    fn compare_by(&mut self, sleutel: &Vergelijk) {
        match sleutel {
            Vergelijk::Met(versleutel) => self.versleutel = Some(versleutel.clone()),
            Vergelijk::AndereSleutel => self.andere_sleutel = true,
        }
    }

    fn look(&mut self, blik: &Blik<'_>, vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel || self.vorig.is_none() || !self.vergelijkbaar() {
            return;
        }
        let kolommen: Vec<ArrayRef> = self
            .sleutel
            .iter()
            .map(|&v| self.sleutelkolom(blik.kolommen, v))
            .collect();
        let sleutels = Sleutels::of(&kolommen.iter().collect::<Vec<_>>(), blik.rijen);
        let Some(vorig) = self.vorig.as_mut() else {
            return;
        };
        let tot = dagen(blik.kolommen, self.tot);
        let mut heropend = Vec::new();
        for (i, hash) in sleutels
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| sleutels.is_bekend(*i))
        {
            let Some(&at) = vorig.per_sleutel.get(hash) else {
                continue;
            };
            let rij = &mut vorig.rijen[at];
            rij.2 = true;
            if let Some(eind) = rij.0.filter(|&eind| eind <= self.jaareinde) {
                heropend.push((i, eind));
            }
        }
        let Some(regel) = self.heropend else { return };
        for (i, eind) in heropend
            .into_iter()
            .filter(|&(i, _)| open_at(self.jaareinde, tot(i)))
        {
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
        let sleutel = self
            .sleutel
            .iter()
            .map(|&v| previous_column(definitie, batch, v))
            .collect::<Result<Vec<_>, _>>()?;
        let tot = previous_column(definitie, batch, self.tot)?.as_primitive::<Date32Type>();
        let velden = &definitie.velden;
        let toon: Vec<(&str, &ArrayRef)> = self
            .toon
            .iter()
            .filter_map(|&v| {
                Some((
                    velden[v].label.as_str(),
                    batch.column_by_name(&velden[v].naam)?,
                ))
            })
            .collect();
        let sleutels = Sleutels::of(&sleutel, batch.num_rows());
        let jaareinde = self.jaareinde;
        let vorig = self.vorig.get_or_insert_default();
        for (i, &hash) in sleutels
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| sleutels.is_bekend(*i))
        {
            vorig.per_sleutel.insert(hash, vorig.rijen.len());
            let einde = tot.is_valid(i).then(|| tot.value(i));
            let getoond = if open_at(jaareinde, einde) {
                recognisable(&toon, i)
            } else {
                Box::default()
            };
            vorig.rijen.push((einde, getoond, false));
        }
        Ok(())
    }

    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let waarom = match &self.vorig {
            None => GEEN_VORIGE,
            Some(_) if self.andere_sleutel => {
                "De levering van vorig jaar is met een andere sleutel gemaakt. De nummers zijn niet te vergelijken."
            }
            Some(_) if !self.vergelijkbaar() => {
                "De nummers zijn nog niet versleuteld. Geef ook uw sleutel, dan worden ze vergeleken."
            }
            Some(vorig) => {
                let weg = vorig
                    .rijen
                    .iter()
                    .filter(|(tot, _, nu)| !nu && open_at(self.jaareinde, *tot));
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
        [self.verdwenen, self.heropend]
            .into_iter()
            .flatten()
            .map(|regel| (regel, waarom.to_owned()))
            .collect()
    }
}

/// Open on day `dag`: later days count as still empty for it.
fn open_at(dag: i32, tot: Option<i32>) -> bool {
    tot.is_none_or(|tot| tot > dag)
}

/// What a row of last year is found back by, as in `Startdatum 2019-04-15, Gemeente GM0344`.
fn recognisable(toon: &[(&str, &ArrayRef)], rij: usize) -> Box<str> {
    let delen = toon
        .iter()
        .filter_map(|(label, kolom)| Some(format!("{label} {}", cell_text(kolom, rij)?)));
    delen.collect::<Vec<_>>().join(", ").into()
}

fn cell_text(kolom: &ArrayRef, rij: usize) -> Option<Box<str>> {
    if kolom.is_null(rij) {
        return None;
    }
    match kolom.data_type() {
        DataType::Utf8 => Some(shown(kolom.as_string::<i32>().value(rij))),
        DataType::Date32 => Some(iso(kolom.as_primitive::<Date32Type>().value(rij)).into()),
        DataType::Dictionary(..) => {
            let codes = kolom.as_any_dictionary();
            let teksten = codes.values().as_string_opt::<i32>()?;
            Some(teksten.value(*codes.normalized_keys().get(rij)?).into())
        }
        _ => None,
    }
}

/// The stock at the turn of the year, by last year's levering and by this one.
#[derive(Debug)]
pub(crate) struct StandVervolgt {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) van: usize,
    pub(crate) tot: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// Last day of the year before.
    pub(crate) jaareinde: i32,
    pub(crate) definitie: Arc<Definitie>,
    pub(crate) vorig: Option<u64>,
    pub(crate) nu: u64,
}

impl StandVervolgt {
    /// The rows that had begun and not ended on the last day of the year before.
    fn count(&self, van: &ArrayRef, tot: &ArrayRef) -> u64 {
        let (van, tot) = (
            van.as_primitive::<Date32Type>(),
            tot.as_primitive::<Date32Type>(),
        );
        let in_stand = |i: &usize| {
            let begonnen = van.is_valid(*i) && van.value(*i) <= self.jaareinde;
            begonnen && open_at(self.jaareinde, tot.is_valid(*i).then(|| tot.value(*i)))
        };
        (0..van.len()).filter(in_stand).count() as u64
    }
}

impl Setregel for StandVervolgt {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel == self.tabel && self.vorig.is_some() {
            self.nu += self.count(&blik.kolommen[self.van], &blik.kolommen[self.tot]);
        }
    }

    fn previous(&mut self, tabel: usize, batch: &RecordBatch) -> Result<(), CheckFout> {
        if tabel == self.tabel {
            let definitie = &self.definitie.tabellen[tabel];
            let (van, tot) = (
                previous_column(definitie, batch, self.van)?,
                previous_column(definitie, batch, self.tot)?,
            );
            let stand = self.count(van, tot);
            *self.vorig.get_or_insert(0) += stand;
        }
        Ok(())
    }

    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let Some(vorig) = self.vorig else {
            return vec![(self.regel, GEEN_VORIGE.to_owned())];
        };
        if vorig != self.nu {
            vondsten.add(self.regel, self.tabel, || Vondst {
                rij: None,
                veld: Some(self.veld),
                gevonden: Some(self.nu.to_string().into()),
                namen: vec![
                    ("vorig", Invulling::Tekst(vorig.to_string())),
                    ("nu", Invulling::Tekst(self.nu.to_string())),
                ],
                ..Vondst::default()
            });
        }
        Vec::new()
    }
}

/// A column of last year's batch, of the type it has this year.
fn previous_column<'b>(
    tabel: &Tabel,
    batch: &'b RecordBatch,
    v: usize,
) -> Result<&'b ArrayRef, CheckFout> {
    let (veld, naam) = (&tabel.velden[v], tabel.naam.clone());
    let kolom = batch.column_by_name(&veld.naam);
    let kolom = kolom.ok_or_else(|| CheckFout::VeldOntbreekt {
        tabel: naam.clone(),
        veld: veld.naam.clone(),
    })?;
    let verwacht = data_type(&veld.veldtype);
    if *kolom.data_type() == verwacht {
        return Ok(kolom);
    }
    let soort = kolom.data_type().to_string();
    Err(CheckFout::Kolomtype {
        tabel: naam,
        kolom: veld.naam.clone(),
        soort,
        verwacht: verwacht.to_string(),
    })
}

/// The last day of the year before `jaar`.
pub(crate) fn year_end_before(jaar: i32) -> i32 {
    chrono::NaiveDate::from_ymd_opt(jaar - 1, 12, 31).map_or(i32::MIN, datum::days)
}
