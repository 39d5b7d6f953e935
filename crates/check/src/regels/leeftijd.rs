//! Ages of one group that can't all belong to one birth date. Remembers a date and an age a row, and 16 bytes for
//! each row that is not the first of its group.

use chrono::{Datelike, NaiveDate};

use super::{Blik, Setregel, Slot, dagen, getallen};
use crate::hash::GEEN;
use crate::typering::datum::{date, days};
use crate::vondst::{Invulling, Vondst, Vondsten};

/// Ages that must fit one birth date.
#[derive(Debug)]
pub(crate) struct Leeftijd {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) groep: usize,
    /// The field with the date on which the age was taken.
    pub(crate) datum: usize,
    /// The field with the age in whole years.
    pub(crate) leeftijd: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// Per row, for the first row of each group, its date and age.
    pub(crate) eerste: Vec<(i32, i16)>,
    /// The other rows with both: group, row, date, age.
    pub(crate) meer: Vec<(u32, u32, i32, i16)>,
}

/// Stands for a row without date or age.
const ONBEKEND: (i32, i16) = (0, -1);

/// A row with the first and last birth date its age leaves possible.
#[derive(Debug, Clone, Copy)]
struct Geboren {
    rij: u32,
    jaren: i16,
    vroegst: i32,
    laatst: i32,
}

impl Geboren {
    fn new(rij: u32, (dag, jaren): (i32, i16)) -> Option<Self> {
        let (vroegst, laatst) = births(dag, jaren.into())?;
        Some(Self { rij, jaren, vroegst, laatst })
    }

    fn fits(&self, ander: &Self) -> bool {
        self.vroegst <= ander.laatst && ander.vroegst <= self.laatst
    }
}

impl Setregel for Leeftijd {
    fn look(&mut self, blik: &Blik<'_>, _vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        let (datum, leeftijd) = (dagen(blik.kolommen, self.datum), getallen(blik.kolommen, self.leeftijd));
        self.eerste.resize(blik.rij(blik.rijen) as usize, ONBEKEND);
        for (i, &groep) in blik.groepen[self.groep].per_rij.iter().enumerate() {
            let (Some(dag), Some(jaren)) = (datum(i), leeftijd(i)) else { continue };
            if groep == GEEN || !(0..=150).contains(&jaren) {
                continue;
            }
            let rij = blik.rij(i) as u32;
            if groep == rij {
                self.eerste[rij as usize] = (dag, jaren as i16);
            } else {
                self.meer.push((groep, rij, dag, jaren as i16));
            }
        }
    }

    /// Of the rows that contradict another one, all but the first are found, and each names another one: so every
    /// row that may be wrong is named.
    fn finish(&mut self, _slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let mut meer = std::mem::take(&mut self.meer);
        meer.sort_unstable();
        let mut gevonden: Vec<(Geboren, u32)> = Vec::new();
        for rijen in meer.chunk_by(|a, b| a.0 == b.0) {
            let groep = rijen[0].0;
            let eerste = Some(self.eerste[groep as usize]).filter(|e| *e != ONBEKEND).and_then(|e| Geboren::new(groep, e));
            let rest = rijen.iter().filter_map(|&(_, rij, dag, jaren)| Geboren::new(rij, (dag, jaren)));
            contradictions(&eerste.into_iter().chain(rest).collect::<Vec<_>>(), &mut gevonden);
        }
        gevonden.sort_unstable_by_key(|(geboren, _)| geboren.rij);
        for (geboren, ander) in gevonden {
            vondsten.add(self.regel, self.tabel, || Vondst {
                rij: Some(geboren.rij.into()),
                veld: Some(self.veld),
                gevonden: Some(geboren.jaren.to_string().into()),
                namen: vec![("ander", Invulling::Rij(ander.into()))],
                ..Vondst::default()
            });
        }
        Vec::new()
    }
}

/// The rows of one group that contradict another, each with one it contradicts: the first of them where it can be,
/// which itself is named and not found.
fn contradictions(rijen: &[Geboren], gevonden: &mut Vec<(Geboren, u32)>) {
    let (Some(jongst), Some(oudst)) = (rijen.iter().max_by_key(|r| r.vroegst), rijen.iter().min_by_key(|r| r.laatst)) else { return };
    // What contradicts any row contradicts one of these two.
    let mut betwist = rijen.iter().filter(|r| !r.fits(jongst) || !r.fits(oudst));
    let Some(eerste) = betwist.next() else { return };
    for rij in betwist {
        let ander = [eerste, jongst, oudst].into_iter().find(|ander| !ander.fits(rij)).expect("it contradicts one of the two");
        gevonden.push((*rij, ander.rij));
    }
}

/// First and last birth date of somebody who is `jaren` old on day `dag`. Who is born on 29 February may have its
/// birthday on 28 February or 1 March: both are possible.
fn births(dag: i32, jaren: i32) -> Option<(i32, i32)> {
    let datum = date(dag)?;
    let laatst = years_before(datum, jaren)?;
    let te_vroeg = years_before(datum, jaren + 1)?;
    let schrikkeldag = |d: NaiveDate| d.month() == 2 && d.day() >= 28 || d.month() == 3 && d.day() == 1;
    let speling = i32::from(schrikkeldag(datum));
    Some((days(te_vroeg) + 1 - speling, days(laatst) + speling))
}

fn years_before(datum: NaiveDate, jaren: i32) -> Option<NaiveDate> {
    let jaar = datum.year() - jaren;
    datum.with_year(jaar).or_else(|| NaiveDate::from_ymd_opt(jaar, 2, 28))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The age of a child on a day always leaves its own birth date possible.
        #[test]
        fn own_birth_date_is_possible(geboren in 10_000_i32..18_000, later in 0_i32..8_000) {
            let (geboortedatum, op) = (date(geboren).unwrap(), date(geboren + later).unwrap());
            let jaren = op.years_since(geboortedatum).unwrap() as i32;
            let (vroegst, laatst) = births(geboren + later, jaren).unwrap();
            prop_assert!((vroegst..=laatst).contains(&geboren), "{geboortedatum} {op} {jaren}");
        }
    }
}
