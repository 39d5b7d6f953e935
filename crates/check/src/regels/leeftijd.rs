//! Ages of one group that can't all belong to one birth date. Remembers 24 bytes of each row with a date and an age.

use chrono::{Datelike, NaiveDate};

use super::{Blik, Setregel, Slot, dagen, getallen};
use crate::klad::{Eersten, Lid, Vakken};
use crate::tally::Vondsten;
use crate::typering::datum::{date, days};
use crate::vondst::{Invulling, Vondst};

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
    /// Date and age.
    pub(crate) rijen: Vakken<2>,
}

/// A row with the first and last birth date its age leaves possible.
#[derive(Debug, Clone, Copy)]
struct Geboren {
    rij: u32,
    jaren: i32,
    vroegst: i32,
    laatst: i32,
}

impl Geboren {
    fn new(lid: &Lid<2>) -> Option<Self> {
        let [dag, jaren] = lid.getallen;
        let (vroegst, laatst) = births(dag, jaren)?;
        Some(Self {
            rij: lid.rij,
            jaren,
            vroegst,
            laatst,
        })
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
        let (datum, leeftijd) = (
            dagen(blik.kolommen, self.datum),
            getallen(blik.kolommen, self.leeftijd),
        );
        let beide = |i: usize| {
            let (dag, jaren) = (datum(i)?, leeftijd(i)?);
            (0..=150).contains(&jaren).then_some([dag, jaren])
        };
        self.rijen.add_all(
            &blik.sleutels(&[self.groep]),
            blik.begin,
            beide,
            &mut blik.opslag.borrow_mut(),
        );
    }

    /// Of the rows that contradict another one, all but the first are found, and each names another one: so every
    /// row that may be wrong is named.
    fn finish(&mut self, slot: &Slot<'_>, vondsten: &mut Vondsten) -> Vec<(usize, String)> {
        let mut gevonden = Eersten::new(vondsten.grens());
        let mut rijen: Vec<Geboren> = Vec::new();
        self.rijen.groups(&mut slot.opslag.borrow_mut(), |leden| {
            rijen.clear();
            rijen.extend(leden.iter().filter_map(Geboren::new));
            contradictions(&rijen, &mut gevonden);
        });
        vondsten.count(self.regel, self.tabel, gevonden.totaal());
        for (rij, ander, jaren) in gevonden.sorted() {
            let vondst = Vondst {
                rij: Some(rij.into()),
                veld: Some(self.veld),
                gevonden: Some(jaren.to_string().into()),
                namen: vec![("ander", Invulling::Rij(ander.into()))],
                ..Vondst::default()
            };
            vondsten.list(self.regel, self.tabel, vondst);
        }
        Vec::new()
    }
}

/// The rows of one group that contradict another, each with one it contradicts: the first of them where it can be,
/// which itself is named and not found.
fn contradictions(rijen: &[Geboren], gevonden: &mut Eersten<(u32, u32, i32)>) {
    let (Some(jongst), Some(oudst)) = (
        rijen.iter().max_by_key(|r| r.vroegst),
        rijen.iter().min_by_key(|r| r.laatst),
    ) else {
        return;
    };
    // What contradicts any row contradicts one of these two.
    let mut betwist = rijen.iter().filter(|r| !r.fits(jongst) || !r.fits(oudst));
    let Some(eerste) = betwist.next() else { return };
    for rij in betwist {
        let ander = [eerste, jongst, oudst]
            .into_iter()
            .find(|ander| !ander.fits(rij))
            .expect("it contradicts one of the two");
        gevonden.add((rij.rij, ander.rij, rij.jaren));
    }
}

/// First and last birth date of somebody who is `jaren` old on day `dag`. Who is born on 29 February may have its
/// birthday on 28 February or 1 March: both are possible.
fn births(dag: i32, jaren: i32) -> Option<(i32, i32)> {
    let datum = date(dag)?;
    let laatst = years_before(datum, jaren)?;
    let te_vroeg = years_before(datum, jaren + 1)?;
    let schrikkeldag =
        |d: NaiveDate| d.month() == 2 && d.day() >= 28 || d.month() == 3 && d.day() == 1;
    let speling = i32::from(schrikkeldag(datum));
    Some((days(te_vroeg) + 1 - speling, days(laatst) + speling))
}

fn years_before(datum: NaiveDate, jaren: i32) -> Option<NaiveDate> {
    let jaar = datum.year() - jaren;
    datum
        .with_year(jaar)
        .or_else(|| NaiveDate::from_ymd_opt(jaar, 2, 28))
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
