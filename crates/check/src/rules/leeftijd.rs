//! Ages of one group that can't all belong to one birth date. Remembers 24 bytes of each row with a date and an age.

use chrono::{Datelike, NaiveDate};

use super::{BatchView, Ending, SetRegel, day_column, numbers};
use crate::rule_hit::{Filling, Hit};
use crate::spill::{Buckets, Firsts, Member};
use crate::tally::Hits;
use crate::typing::date::{date, days};

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
    pub(crate) rijen: Buckets<2>,
}

/// A row with the first and last birth date its age leaves possible.
#[derive(Debug, Clone, Copy)]
struct Born {
    rij: u32,
    jaren: i32,
    earliest: i32,
    latest: i32,
}

impl Born {
    fn new(member: &Member<2>) -> Option<Self> {
        let [day, jaren] = member.numbers;
        let (earliest, latest) = births(day, jaren)?;
        Some(Self {
            rij: member.rij,
            jaren,
            earliest,
            latest,
        })
    }

    fn fits(&self, other: &Self) -> bool {
        self.earliest <= other.latest && other.earliest <= self.latest
    }
}

impl SetRegel for Leeftijd {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel != self.tabel {
            return;
        }
        let (datum, leeftijd) = (
            day_column(view.kolommen, self.datum),
            numbers(view.kolommen, self.leeftijd),
        );
        let both = |i: usize| {
            let (day, jaren) = (datum(i)?, leeftijd(i)?);
            (0..=150).contains(&jaren).then_some([day, jaren])
        };
        self.rijen.add_all(
            &view.keys(&[self.groep]),
            view.begin,
            both,
            &mut view.storage.borrow_mut(),
        );
    }

    /// Of the rows that contradict another one, all but the first are found, and each names another one: so every
    /// row that may be wrong is named.
    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let mut found = Firsts::new(hits.limit());
        let mut rows: Vec<Born> = Vec::new();
        self.rijen
            .groups(&mut ending.storage.borrow_mut(), |members| {
                rows.clear();
                rows.extend(members.iter().filter_map(Born::new));
                contradictions(&rows, &mut found);
            });
        hits.count(self.regel, self.tabel, found.total());
        for (row, other, jaren) in found.sorted() {
            let hit = Hit {
                rij: Some(row.into()),
                veld: Some(self.veld),
                gevonden: Some(jaren.to_string().into()),
                names: vec![("ander", Filling::Row(other.into()))],
                ..Hit::default()
            };
            hits.list(self.regel, self.tabel, hit);
        }
        Vec::new()
    }
}

/// The rows of one group that contradict another, each with one it contradicts: the first of them where it can be,
/// which itself is named and not found.
fn contradictions(rows: &[Born], found: &mut Firsts<(u32, u32, i32)>) {
    let (Some(youngest), Some(oldest)) = (
        rows.iter().max_by_key(|r| r.earliest),
        rows.iter().min_by_key(|r| r.latest),
    ) else {
        return;
    };
    // What contradicts any row contradicts one of these two.
    let mut disputed = rows.iter().filter(|r| !r.fits(youngest) || !r.fits(oldest));
    let Some(first) = disputed.next() else { return };
    for row in disputed {
        let other = [first, youngest, oldest]
            .into_iter()
            .find(|other| !other.fits(row))
            .expect("it contradicts one of the two");
        found.add((row.rij, other.rij, row.jaren));
    }
}

/// First and last birth date of somebody who is `jaren` old on day `day`. Who is born on 29 February may have its
/// birthday on 28 February or 1 March: both are possible.
fn births(day: i32, jaren: i32) -> Option<(i32, i32)> {
    let datum = date(day)?;
    let latest = years_before(datum, jaren)?;
    let too_early = years_before(datum, jaren + 1)?;
    let leap_day = |d: NaiveDate| d.month() == 2 && d.day() >= 28 || d.month() == 3 && d.day() == 1;
    let slack = i32::from(leap_day(datum));
    Some((days(too_early) + 1 - slack, days(latest) + slack))
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
        fn own_birth_date_is_possible(born in 10_000_i32..18_000, later in 0_i32..8_000) {
            let (birth_date, on) = (date(born).unwrap(), date(born + later).unwrap());
            let jaren = on.years_since(birth_date).unwrap() as i32;
            let (earliest, latest) = births(born + later, jaren).unwrap();
            prop_assert!((earliest..=latest).contains(&born), "{birth_date} {on} {jaren}");
        }
    }
}
