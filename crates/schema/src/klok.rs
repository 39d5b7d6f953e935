//! Dutch time: programs keep UTC, people read the clock on their wall.
//!
//! Owns the one rule of summer time that is needed here: from the last Sunday of March to the last Sunday of
//! October, both at 01:00 UTC (Directive 2000/84/EC; so in the Netherlands since 1996).

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// What a clock in the Netherlands says.
pub fn local(moment: DateTime<Utc>) -> NaiveDateTime {
    let utc = moment.naive_utc();
    let begin = last_sunday(utc.year(), 3).and_hms_opt(1, 0, 0);
    let eind = last_sunday(utc.year(), 10).and_hms_opt(1, 0, 0);
    let zomer = begin.is_some_and(|begin| utc >= begin) && eind.is_some_and(|eind| utc < eind);
    utc + TimeDelta::hours(if zomer { 2 } else { 1 })
}

fn last_sunday(jaar: i32, maand: u32) -> NaiveDate {
    let laatste = NaiveDate::from_ymd_opt(jaar, maand, 31)
        .expect("March and October have 31 days in every year chrono knows");
    laatste - Days::new(u64::from(laatste.weekday().num_days_from_sunday()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_time_starts_and_ends_on_the_last_sunday() {
        for (utc, hier) in [
            ("2021-03-28T00:59:00Z", "2021-03-28T01:59:00"),
            ("2021-03-28T01:00:00Z", "2021-03-28T03:00:00"),
            ("2021-10-31T00:59:00Z", "2021-10-31T02:59:00"),
            ("2021-10-31T01:00:00Z", "2021-10-31T02:00:00"),
            ("2020-12-31T23:30:00Z", "2021-01-01T00:30:00"),
        ] {
            assert_eq!(local(utc.parse().unwrap()), hier.parse().unwrap(), "{utc}");
        }
    }
}
