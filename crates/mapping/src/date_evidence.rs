//! What the values of a column say about how its dates are written.
//!
//! Owns the evidence a whole column gives for a form, and when it proves one. Leaves reading a form to `dates`.

use std::collections::BTreeMap;

use chrono::Datelike;

use crate::dates::DateForm as V;
use crate::dates::{DateForm, moment, read_plain, stands_for_none, without_time};
use crate::weights::FORM_LIKELY;

/// What the values of a column say about how its dates are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct DateEvidence {
    pub(crate) filled: u64,
    all: FittingForms,
    /// The same for each sign that stands between day, month and year.
    per_char: BTreeMap<char, FittingForms>,
    /// Dates that need no choosing (in a workbook: real ones), and whether one lies after the 12th of its month.
    vast: u64,
    fixed_after_twelfth: bool,
    /// Values without a digit.
    words: u64,
    /// Day numbers without a format may count from 1904 here, or be copied from where they do not.
    from_1904: bool,
}

/// Which forms fit some values.
#[derive(Debug, Clone, Default)]
struct FittingForms {
    /// Per set of forms that fit: how many values.
    per_set: BTreeMap<u16, u64>,
    /// Whether the forms that fit ever gave different dates.
    difference: bool,
}

/// What follows from the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum FormJudgement {
    /// These are no dates.
    Geen,
    /// Proven, this sure.
    Vorm(DateForm, f64),
    /// These forms all fit.
    Question(Vec<DateForm>),
    /// Written with several signs, of which one leaves these forms open: it may come from elsewhere.
    Mixed(Vec<DateForm>),
    /// Texts of this form for every day after the 12th, dates of the program itself for the others.
    Reversed(DateForm),
}

impl FittingForms {
    fn add(&mut self, set: u16, difference: bool, count: u64) {
        *self.per_set.entry(set).or_default() += count;
        self.difference |= difference;
    }

    fn fits(&self, vorm: DateForm) -> u64 {
        self.per_set
            .iter()
            .filter(|(set, _)| *set & vorm.bit() != 0)
            .map(|(_, n)| n)
            .sum()
    }

    /// The form that these values prove, if any; `aandeel` of them are dates.
    fn oordeel(&self, share: f64) -> FormJudgement {
        let fitting: Vec<(DateForm, u64)> = V::ALL
            .into_iter()
            .map(|v| (v, self.fits(v)))
            .filter(|(_, n)| *n > 0)
            .collect();
        let Some(most) = fitting.iter().map(|(_, n)| *n).max() else {
            return FormJudgement::Vorm(V::Iso, 1.0);
        };
        let best: Vec<DateForm> = fitting
            .iter()
            .filter(|(_, n)| *n == most)
            .map(|(v, _)| *v)
            .collect();
        // Values that some other form explains and this one does not.
        let against: u64 = self
            .per_set
            .iter()
            .filter(|(set, _)| **set != 0 && **set & best[0].bit() == 0)
            .map(|(_, n)| n)
            .sum();
        match best[..] {
            [vorm] if against == 0 => {
                FormJudgement::Vorm(vorm, if vorm == V::Excel { FORM_LIKELY } else { share })
            }
            [_, ..] if against == 0 && !self.difference => {
                FormJudgement::Vorm(best[0], FORM_LIKELY)
            }
            _ => FormJudgement::Question(fitting.into_iter().map(|(v, _)| v).collect()),
        }
    }

    /// Whether each value leaves one form only.
    fn proves_each(&self) -> bool {
        self.per_set.keys().all(|set| set.count_ones() <= 1)
    }
}

impl DateEvidence {
    /// Evidence from a workbook that counts its days from 1904.
    pub(crate) fn of_1904(&mut self) {
        self.from_1904 = true;
    }

    /// Looks at one value that is not empty and occurs `aantal` times. A date that stands for none says nothing.
    pub(crate) fn look(&mut self, text: &str, count: u64, jaar: i32) {
        if stands_for_none(text) {
            return;
        }
        self.filled += count;
        if let Some(datum) = V::Iso.lees(text, jaar) {
            self.vast += count;
            self.fixed_after_twelfth |= datum.day() > 12;
            return;
        }
        if read_plain(text, jaar).is_some() || moment(text).is_some() {
            return;
        }
        if !text.bytes().any(|b| b.is_ascii_digit()) {
            self.words += count;
        }
        let (mut set, mut difference) = (0, false);
        let mut first = None;
        for vorm in V::ALL {
            if let Some(datum) = vorm.lees(text, jaar) {
                set |= vorm.bit();
                difference |= first.replace(datum).is_some_and(|e| e != datum);
            }
        }
        self.all.add(set, difference, count);
        if let Some(character) = without_time(text)
            .chars()
            .find(|c| !c.is_ascii_digit())
            .filter(|_| set != 0)
        {
            self.per_char
                .entry(character)
                .or_default()
                .add(set, difference, count);
        }
    }

    /// Share of the values that are a date in some form.
    pub(crate) fn share(&self) -> f64 {
        if self.filled == 0 {
            return 0.0;
        }
        let none = self.all.per_set.get(&0).copied().unwrap_or(0);
        (self.filled - none) as f64 / self.filled as f64
    }

    /// The same, of the values that are no words without a digit (`loopt nog`), which say nothing about the others.
    pub(crate) fn share_without_words(&self) -> f64 {
        let none = self.all.per_set.get(&0).copied().unwrap_or(0);
        let dates = self.filled - none;
        if dates == 0 {
            return 0.0;
        }
        dates as f64 / (self.filled - self.words) as f64
    }

    /// The form, if the values prove one. However many of them are words (`loopt nog`), the others are dates.
    pub(crate) fn oordeel(&self) -> FormJudgement {
        if self.filled == 0 || self.share() == 0.0 {
            return FormJudgement::Geen;
        }
        let oordeel = self.all.oordeel(self.share());
        if self.from_1904 && matches!(oordeel, FormJudgement::Vorm(V::Excel, _)) {
            return FormJudgement::Question(vec![V::Excel1904, V::Excel]);
        }
        let FormJudgement::Vorm(
            vorm @ (V::DayMonthYear | V::MonthDayYear | V::DayMonthYear2 | V::MonthDayYear2),
            _,
        ) = oordeel
        else {
            return oordeel;
        };
        let open = self
            .per_char
            .values()
            .find_map(|forms| match forms.oordeel(1.0) {
                FormJudgement::Question(forms) => Some(forms),
                _ => None,
            });
        match open {
            Some(forms) => FormJudgement::Mixed(forms),
            None if self.vast > 0 && !self.fixed_after_twelfth && self.all.proves_each() => {
                FormJudgement::Reversed(vorm)
            }
            None => oordeel,
        }
    }

    /// The signs between day, month and year.
    pub(crate) fn characters(&self) -> impl Iterator<Item = char> + '_ {
        self.per_char.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn datum(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    fn oordeel(values: &[&str]) -> FormJudgement {
        let mut receipt = DateEvidence::default();
        for value in values {
            receipt.look(value, 1, 2020);
        }
        receipt.oordeel()
    }

    #[test]
    fn a_column_proves_its_form_or_is_asked() {
        assert_eq!(
            oordeel(&["02-04-2010", "16-12-2011"]),
            FormJudgement::Vorm(V::DayMonthYear, 1.0)
        );
        assert_eq!(
            oordeel(&["04-02-2010", "12-16-2011"]),
            FormJudgement::Vorm(V::MonthDayYear, 1.0)
        );
        assert_eq!(
            oordeel(&["02-04-2010", "03-05-2011"]),
            FormJudgement::Question(vec![V::DayMonthYear, V::MonthDayYear])
        );
        assert_eq!(
            oordeel(&["16-12-2011", "12-16-2011"]),
            FormJudgement::Question(vec![V::DayMonthYear, V::MonthDayYear])
        );
        assert_eq!(
            oordeel(&["05-05-2010", "03-03-2011"]),
            FormJudgement::Vorm(V::DayMonthYear, 0.9)
        );
        assert_eq!(
            oordeel(&["2020-01-02", "2 mrt 2020"]),
            FormJudgement::Vorm(V::Iso, 1.0)
        );
        assert_eq!(
            oordeel(&["31-12-19", "25-03-20"]),
            FormJudgement::Vorm(V::DayMonthYear2, 1.0)
        );
        assert!(
            matches!(oordeel(&["01-02-03", "04-05-06"]), FormJudgement::Question(v) if v.len() == 3)
        );
        assert_eq!(
            oordeel(&["20070826", "20130112"]),
            FormJudgement::Vorm(V::YearMonthDay8, 1.0)
        );
        assert_eq!(oordeel(&["Ouder", "Opa"]), FormJudgement::Geen);
    }

    /// `13-11-2019` beside `01/04/2020` came out of two systems: that the first has its day in front says nothing
    /// about the second, which was read as 1 April all the same.
    #[test]
    fn one_sign_proves_nothing_about_another() {
        let open = vec![V::DayMonthYear, V::MonthDayYear];
        assert_eq!(
            oordeel(&["13-11-2019", "01/04/2020"]),
            FormJudgement::Mixed(open.clone())
        );
        assert_eq!(
            oordeel(&["13-11-2019", "01/04/2020", "02-04-2020"]),
            FormJudgement::Mixed(open)
        );
        assert_eq!(
            oordeel(&["13-11-2019", "21/04/2020", "01/04/2020"]),
            FormJudgement::Vorm(V::DayMonthYear, 1.0)
        );
        assert_eq!(
            oordeel(&["13-11-2019", "05/05/2020"]),
            FormJudgement::Vorm(V::DayMonthYear, 1.0)
        );
    }

    /// A program set to another country reads what it can (`04/01/2020` as 4 January) and leaves the rest as text: the
    /// real dates are then the swapped ones.
    #[test]
    fn real_dates_up_to_the_twelfth_beside_texts_after_it_are_asked_about() {
        assert_eq!(
            oordeel(&["04/13/2020", "2020-01-04", "2020-03-12"]),
            FormJudgement::Reversed(V::MonthDayYear)
        );
        assert_eq!(
            oordeel(&["13/04/2020", "2020-01-04"]),
            FormJudgement::Reversed(V::DayMonthYear)
        );
        assert_eq!(
            oordeel(&["13/04/2020", "2020-01-04", "2020-01-31"]),
            FormJudgement::Vorm(V::DayMonthYear, 1.0)
        );
        assert_eq!(
            oordeel(&["13/04/2020", "01/04/2020", "2020-01-04"]),
            FormJudgement::Vorm(V::DayMonthYear, 1.0)
        );
        for (text, meant) in [
            ("2020-01-04", "2020-04-01"),
            ("04/13/2020", "2020-04-13"),
            ("13-04-20", "2020-04-13"),
        ] {
            assert_eq!(V::Swapped.lees(text, 2020), datum(meant), "{text}");
        }
        for open in ["04/01/2020", "2020-01-13"] {
            assert_eq!(V::Swapped.lees(open, 2020), None, "{open}");
        }
    }
}
