//! Ages out of birth dates, which may never travel themselves.
//!
//! Owns completed years on a day, and which rows have none for want of a date. Leaves reading dates to `column`.

use arrow_array::{Array, StringArray};
use chrono::{Datelike, NaiveDate};

use crate::dates::is_canonical;

/// Whole years between the birth dates and the dates in `op`, and the rows where there are none though a birth date
/// stands there: with what stands there, where that is no date; without it where the other date is the one that
/// is not readable. An unreadable birth date may never travel: it becomes no age, only a finding.
pub(crate) fn ages(
    born: &StringArray,
    on: Option<&StringArray>,
    on_required: bool,
) -> (StringArray, Vec<(usize, Option<String>)>) {
    // Only whole dates: chrono reads `02-03-05` as a day in the year 2.
    let day = |column: &StringArray, row: usize| {
        let text = column
            .is_valid(row)
            .then(|| column.value(row))
            .filter(|text| is_canonical(text));
        text.and_then(|text| text.parse::<NaiveDate>().ok())
    };
    let mut without = Vec::new();
    let mut leeftijd = |row: usize| {
        if born.is_null(row) {
            return None;
        }
        let Some(born) = day(born, row) else {
            without.push((row, Some(born.value(row).to_owned())));
            return None;
        };
        let Some(on_day) = on.and_then(|on| day(on, row)) else {
            // An empty date is told where it stands, if it may not be empty.
            if on_required || on.is_some_and(|on| on.is_valid(row)) {
                without.push((row, None));
            }
            return None;
        };
        Some(age(born, on_day).to_string())
    };
    let leeftijd_values = (0..born.len()).map(&mut leeftijd).collect();
    (leeftijd_values, without)
}

/// Completed years; below zero where the birth lies later.
fn age(born: NaiveDate, on: NaiveDate) -> i32 {
    let before_birthday = (on.month(), on.day()) < (born.month(), born.day());
    on.year() - born.year() - i32::from(before_birthday)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A birth date that can't be read, and one whose other date can't: both were called empty, in a cell that is filled.
    #[test]
    fn an_age_that_cannot_be_taken_says_why() {
        let born = StringArray::from(vec![
            Some("2010-04-02"),
            Some("31-13-2010"),
            Some("2010-04-02"),
            Some("2010-04-02"),
            None,
        ]);
        let on = StringArray::from(vec![
            Some("2020-04-02"),
            Some("2020-04-02"),
            Some("wk 3"),
            None,
            None,
        ]);
        let (leeftijd_values, without) = ages(&born, Some(&on), true);
        assert_eq!(
            leeftijd_values,
            StringArray::from(vec![Some("10"), None, None, None, None])
        );
        let half = StringArray::from(vec![Some("02-03-05")]);
        assert_eq!(
            ages(&half, Some(&on.slice(0, 1)), true).1,
            [(0, Some("02-03-05".to_owned()))],
            "no day in the year 2"
        );
        assert_eq!(
            without,
            [(1, Some("31-13-2010".to_owned())), (2, None), (3, None)]
        );
        let (_, without) = ages(&born, Some(&on), false);
        assert_eq!(
            without.last(),
            Some(&(2, None)),
            "an optional date is told nowhere else"
        );
    }

    #[test]
    fn ages_are_completed_years() {
        let day = |t: &str| t.parse::<NaiveDate>().unwrap();
        assert_eq!(age(day("2010-04-02"), day("2019-08-02")), 9);
        assert_eq!(age(day("2010-08-02"), day("2019-08-02")), 9);
        assert_eq!(age(day("2010-08-03"), day("2019-08-02")), 8);
        assert_eq!(age(day("2012-02-29"), day("2021-02-28")), 8);
        assert_eq!(age(day("2020-02-01"), day("2019-08-02")), -1);
    }
}
