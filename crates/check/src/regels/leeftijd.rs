//! Ages of one group that can't all belong to one birth date. Remembers a date and an age a row, and of groups of
//! two rows or more the birth dates still possible.

use chrono::{Datelike, NaiveDate};

use super::{Blik, Setregel, Slot, dagen, getallen};
use crate::hash::{GEEN, PerRij};
use crate::typering::datum::{date, days};
use crate::vondst::{Vondst, Vondsten};

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
    /// Per group the first row with both date and age.
    pub(crate) gezien: Vec<(i32, i16)>,
    /// Per group of several rows, by its first row, the birth dates still possible.
    pub(crate) mogelijk: PerRij<(i32, i32)>,
}

/// Stands for a group of which no age is known yet.
const ONBEKEND: (i32, i16) = (0, -1);

impl Setregel for Leeftijd {
    fn look(&mut self, blik: &Blik<'_>, vondsten: &mut Vondsten) {
        if blik.tabel != self.tabel {
            return;
        }
        let (datum, leeftijd) = (dagen(blik.kolommen, self.datum), getallen(blik.kolommen, self.leeftijd));
        self.gezien.resize(blik.rij(blik.rijen) as usize, ONBEKEND);
        for (i, &groep) in blik.groepen[self.groep].per_rij.iter().enumerate() {
            let (Some(dag), Some(jaren)) = (datum(i), leeftijd(i)) else { continue };
            if groep == GEEN || !(0..=150).contains(&jaren) {
                continue;
            }
            let eerste = &mut self.gezien[groep as usize];
            if *eerste == ONBEKEND {
                *eerste = (dag, jaren as i16);
                continue;
            }
            let (Some(oud), Some(nieuw)) = (births(eerste.0, eerste.1.into()), births(dag, jaren)) else { continue };
            let ruimte = self.mogelijk.entry(groep).or_insert(oud);
            let smaller = (ruimte.0.max(nieuw.0), ruimte.1.min(nieuw.1));
            if smaller.0 <= smaller.1 {
                *ruimte = smaller;
                continue;
            }
            vondsten.add(self.regel, self.tabel, || Vondst {
                rij: Some(blik.rij(i)),
                veld: Some(self.veld),
                gevonden: blik.gevonden(self.veld, i),
                namen: Vec::new(),
            });
        }
    }

    fn finish(&mut self, _slot: &Slot<'_>, _vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        Vec::new()
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
