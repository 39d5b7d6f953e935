//! What the values of a column say about how its dates are written.
//!
//! Owns the evidence a whole column gives for a form, and when it proves one. Leaves reading a form to `dates`.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::dates::Datumvorm as V;
use crate::dates::{Datumvorm, read_plain, without_time};
use crate::weights::{DATES_FROM, FORM_LIKELY};

/// What the values of a column say about how its dates are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Datumbewijs {
    pub(crate) gevuld: u64,
    alle: Vormen,
    /// The same for each sign that stands between day, month and year.
    per_teken: BTreeMap<char, Vormen>,
    /// Dates that need no choosing (in a workbook: real ones), and whether one lies after the 12th of its month.
    vast: u64,
    vast_na_12e: bool,
}

/// Which forms fit some values.
#[derive(Debug, Clone, Default)]
struct Vormen {
    /// Per set of forms that fit: how many values.
    per_set: BTreeMap<u16, u64>,
    /// Whether the forms that fit ever gave different dates.
    verschil: bool,
}

/// What follows from the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Vormoordeel {
    /// These are no dates.
    Geen,
    /// Proven, this sure.
    Vorm(Datumvorm, f64),
    /// These forms all fit.
    Vraag(Vec<Datumvorm>),
    /// Written with several signs, of which one leaves these forms open: it may come from elsewhere.
    Gemengd(Vec<Datumvorm>),
    /// Texts of this form for every day after the 12th, dates of the program itself for the others.
    Verwisseld(Datumvorm),
}

impl Vormen {
    fn add(&mut self, set: u16, verschil: bool, aantal: u64) {
        *self.per_set.entry(set).or_default() += aantal;
        self.verschil |= verschil;
    }

    fn fits(&self, vorm: Datumvorm) -> u64 {
        self.per_set
            .iter()
            .filter(|(set, _)| *set & vorm.bit() != 0)
            .map(|(_, n)| n)
            .sum()
    }

    /// The form that these values prove, if any; `aandeel` of them are dates.
    fn oordeel(&self, aandeel: f64) -> Vormoordeel {
        let passend: Vec<(Datumvorm, u64)> = V::ALLE
            .into_iter()
            .map(|v| (v, self.fits(v)))
            .filter(|(_, n)| *n > 0)
            .collect();
        let Some(meeste) = passend.iter().map(|(_, n)| *n).max() else {
            return Vormoordeel::Vorm(V::Iso, 1.0);
        };
        let beste: Vec<Datumvorm> = passend
            .iter()
            .filter(|(_, n)| *n == meeste)
            .map(|(v, _)| *v)
            .collect();
        // Values that some other form explains and this one does not.
        let tegen: u64 = self
            .per_set
            .iter()
            .filter(|(set, _)| **set != 0 && **set & beste[0].bit() == 0)
            .map(|(_, n)| n)
            .sum();
        match beste[..] {
            [vorm] if tegen == 0 => Vormoordeel::Vorm(
                vorm,
                if vorm == V::Excel {
                    FORM_LIKELY
                } else {
                    aandeel
                },
            ),
            [_, ..] if tegen == 0 && !self.verschil => Vormoordeel::Vorm(beste[0], FORM_LIKELY),
            _ => Vormoordeel::Vraag(passend.into_iter().map(|(v, _)| v).collect()),
        }
    }

    /// Whether each value leaves one form only.
    fn proves_each(&self) -> bool {
        self.per_set.keys().all(|set| set.count_ones() <= 1)
    }
}

impl Datumbewijs {
    /// Looks at one value that is not empty and occurs `aantal` times.
    pub(crate) fn zie(&mut self, tekst: &str, aantal: u64, jaar: i32) {
        self.gevuld += aantal;
        if let Some(datum) = V::Iso.lees(tekst, jaar) {
            self.vast += aantal;
            self.vast_na_12e |= datum.day() > 12;
            return;
        }
        if read_plain(tekst, jaar).is_some() {
            return;
        }
        let (mut set, mut verschil) = (0, false);
        let mut eerste = None;
        for vorm in V::ALLE {
            if let Some(datum) = vorm.lees(tekst, jaar) {
                set |= vorm.bit();
                verschil |= eerste.replace(datum).is_some_and(|e| e != datum);
            }
        }
        self.alle.add(set, verschil, aantal);
        if let Some(teken) = without_time(tekst)
            .chars()
            .find(|c| !c.is_ascii_digit())
            .filter(|_| set != 0)
        {
            self.per_teken
                .entry(teken)
                .or_default()
                .add(set, verschil, aantal);
        }
    }

    /// Share of the values that are a date in some form.
    pub(crate) fn aandeel(&self) -> f64 {
        if self.gevuld == 0 {
            return 0.0;
        }
        let geen = self.alle.per_set.get(&0).copied().unwrap_or(0);
        (self.gevuld - geen) as f64 / self.gevuld as f64
    }

    /// The form, if the values prove one.
    pub(crate) fn oordeel(&self) -> Vormoordeel {
        if self.gevuld == 0 || self.aandeel() < DATES_FROM {
            return Vormoordeel::Geen;
        }
        let oordeel = self.alle.oordeel(self.aandeel());
        let Vormoordeel::Vorm(
            vorm @ (V::DagMaandJaar | V::MaandDagJaar | V::DagMaandJaar2 | V::MaandDagJaar2),
            _,
        ) = oordeel
        else {
            return oordeel;
        };
        let open = self
            .per_teken
            .values()
            .find_map(|vormen| match vormen.oordeel(1.0) {
                Vormoordeel::Vraag(vormen) => Some(vormen),
                _ => None,
            });
        match open {
            Some(vormen) => Vormoordeel::Gemengd(vormen),
            None if self.vast > 0 && !self.vast_na_12e && self.alle.proves_each() => {
                Vormoordeel::Verwisseld(vorm)
            }
            None => oordeel,
        }
    }

    /// The signs between day, month and year.
    pub(crate) fn tekens(&self) -> impl Iterator<Item = char> + '_ {
        self.per_teken.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn datum(tekst: &str) -> Option<NaiveDate> {
        tekst.parse().ok()
    }

    fn oordeel(waarden: &[&str]) -> Vormoordeel {
        let mut bewijs = Datumbewijs::default();
        waarden.iter().for_each(|w| bewijs.zie(w, 1, 2020));
        bewijs.oordeel()
    }

    #[test]
    fn a_column_proves_its_form_or_is_asked() {
        assert_eq!(
            oordeel(&["02-04-2010", "16-12-2011"]),
            Vormoordeel::Vorm(V::DagMaandJaar, 1.0)
        );
        assert_eq!(
            oordeel(&["04-02-2010", "12-16-2011"]),
            Vormoordeel::Vorm(V::MaandDagJaar, 1.0)
        );
        assert_eq!(
            oordeel(&["02-04-2010", "03-05-2011"]),
            Vormoordeel::Vraag(vec![V::DagMaandJaar, V::MaandDagJaar])
        );
        assert_eq!(
            oordeel(&["16-12-2011", "12-16-2011"]),
            Vormoordeel::Vraag(vec![V::DagMaandJaar, V::MaandDagJaar])
        );
        assert_eq!(
            oordeel(&["05-05-2010", "03-03-2011"]),
            Vormoordeel::Vorm(V::DagMaandJaar, 0.9)
        );
        assert_eq!(
            oordeel(&["2020-01-02", "2 mrt 2020"]),
            Vormoordeel::Vorm(V::Iso, 1.0)
        );
        assert_eq!(
            oordeel(&["31-12-19", "25-03-20"]),
            Vormoordeel::Vorm(V::DagMaandJaar2, 1.0)
        );
        assert!(
            matches!(oordeel(&["01-02-03", "04-05-06"]), Vormoordeel::Vraag(v) if v.len() == 3)
        );
        assert_eq!(
            oordeel(&["20070826", "20130112"]),
            Vormoordeel::Vorm(V::JaarMaandDag8, 1.0)
        );
        assert_eq!(oordeel(&["Ouder", "Opa"]), Vormoordeel::Geen);
    }

    /// `13-11-2019` beside `01/04/2020` came out of two systems: that the first has its day in front says nothing
    /// about the second, which was read as 1 April all the same.
    #[test]
    fn one_sign_proves_nothing_about_another() {
        let open = vec![V::DagMaandJaar, V::MaandDagJaar];
        assert_eq!(
            oordeel(&["13-11-2019", "01/04/2020"]),
            Vormoordeel::Gemengd(open.clone())
        );
        assert_eq!(
            oordeel(&["13-11-2019", "01/04/2020", "02-04-2020"]),
            Vormoordeel::Gemengd(open)
        );
        assert_eq!(
            oordeel(&["13-11-2019", "21/04/2020", "01/04/2020"]),
            Vormoordeel::Vorm(V::DagMaandJaar, 1.0)
        );
        assert_eq!(
            oordeel(&["13-11-2019", "05/05/2020"]),
            Vormoordeel::Vorm(V::DagMaandJaar, 1.0)
        );
    }

    /// A program set to another country reads what it can (`04/01/2020` as 4 January) and leaves the rest as text: the
    /// real dates are then the swapped ones.
    #[test]
    fn real_dates_up_to_the_twelfth_beside_texts_after_it_are_asked_about() {
        assert_eq!(
            oordeel(&["04/13/2020", "2020-01-04", "2020-03-12"]),
            Vormoordeel::Verwisseld(V::MaandDagJaar)
        );
        assert_eq!(
            oordeel(&["13/04/2020", "2020-01-04"]),
            Vormoordeel::Verwisseld(V::DagMaandJaar)
        );
        assert_eq!(
            oordeel(&["13/04/2020", "2020-01-04", "2020-01-31"]),
            Vormoordeel::Vorm(V::DagMaandJaar, 1.0)
        );
        assert_eq!(
            oordeel(&["13/04/2020", "01/04/2020", "2020-01-04"]),
            Vormoordeel::Vorm(V::DagMaandJaar, 1.0)
        );
        for (tekst, bedoeld) in [
            ("2020-01-04", "2020-04-01"),
            ("04/13/2020", "2020-04-13"),
            ("13-04-20", "2020-04-13"),
        ] {
            assert_eq!(V::Omgewisseld.lees(tekst, 2020), datum(bedoeld), "{tekst}");
        }
        for open in ["04/01/2020", "2020-01-13"] {
            assert_eq!(V::Omgewisseld.lees(open, 2020), None, "{open}");
        }
    }
}
