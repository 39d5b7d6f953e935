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
    geboren: &StringArray,
    op: Option<&StringArray>,
    op_verplicht: bool,
) -> (StringArray, Vec<(usize, Option<String>)>) {
    // Only whole dates: chrono reads `02-03-05` as a day in the year 2.
    let dag = |kolom: &StringArray, rij: usize| {
        let tekst = kolom
            .is_valid(rij)
            .then(|| kolom.value(rij))
            .filter(|tekst| is_canonical(tekst));
        tekst.and_then(|tekst| tekst.parse::<NaiveDate>().ok())
    };
    let mut zonder = Vec::new();
    let mut leeftijd = |rij: usize| {
        if geboren.is_null(rij) {
            return None;
        }
        let Some(geboren) = dag(geboren, rij) else {
            zonder.push((rij, Some(geboren.value(rij).to_owned())));
            return None;
        };
        let Some(op_dag) = op.and_then(|op| dag(op, rij)) else {
            // An empty date is told where it stands, if it may not be empty.
            if op_verplicht || op.is_some_and(|op| op.is_valid(rij)) {
                zonder.push((rij, None));
            }
            return None;
        };
        Some(age(geboren, op_dag).to_string())
    };
    let leeftijden = (0..geboren.len()).map(&mut leeftijd).collect();
    (leeftijden, zonder)
}

/// Completed years; below zero where the birth lies later.
fn age(geboren: NaiveDate, op: NaiveDate) -> i32 {
    let nog_niet_jarig = (op.month(), op.day()) < (geboren.month(), geboren.day());
    op.year() - geboren.year() - i32::from(nog_niet_jarig)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A birth date that can't be read, and one whose other date can't: both were called empty, in a cell that is filled.
    #[test]
    fn an_age_that_cannot_be_taken_says_why() {
        let geboren = StringArray::from(vec![
            Some("2010-04-02"),
            Some("31-13-2010"),
            Some("2010-04-02"),
            Some("2010-04-02"),
            None,
        ]);
        let op = StringArray::from(vec![
            Some("2020-04-02"),
            Some("2020-04-02"),
            Some("wk 3"),
            None,
            None,
        ]);
        let (leeftijden, zonder) = ages(&geboren, Some(&op), true);
        assert_eq!(
            leeftijden,
            StringArray::from(vec![Some("10"), None, None, None, None])
        );
        let half = StringArray::from(vec![Some("02-03-05")]);
        assert_eq!(
            ages(&half, Some(&op.slice(0, 1)), true).1,
            [(0, Some("02-03-05".to_owned()))],
            "no day in the year 2"
        );
        assert_eq!(
            zonder,
            [(1, Some("31-13-2010".to_owned())), (2, None), (3, None)]
        );
        let (_, zonder) = ages(&geboren, Some(&op), false);
        assert_eq!(
            zonder.last(),
            Some(&(2, None)),
            "an optional date is told nowhere else"
        );
    }

    #[test]
    fn ages_are_completed_years() {
        let dag = |t: &str| t.parse::<NaiveDate>().unwrap();
        assert_eq!(age(dag("2010-04-02"), dag("2019-08-02")), 9);
        assert_eq!(age(dag("2010-08-02"), dag("2019-08-02")), 9);
        assert_eq!(age(dag("2010-08-03"), dag("2019-08-02")), 8);
        assert_eq!(age(dag("2012-02-29"), dag("2021-02-28")), 8);
        assert_eq!(age(dag("2020-02-01"), dag("2019-08-02")), -1);
    }
}
