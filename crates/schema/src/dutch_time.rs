//! Dutch time: programs keep UTC, people read the clock on their wall.
//!
//! Owns how a date is written for them, and which clock that is: the one of Amsterdam, with its history, from the time zone database as it was at the build.
//! Nothing is read from the machine, so every machine says the same.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use jiff::Timestamp;
use jiff::tz::{self, TimeZone};

static AMSTERDAM: TimeZone = tz::get!("Europe/Amsterdam");

/// What a clock in the Netherlands says.
pub fn local(moment: DateTime<Utc>) -> NaiveDateTime {
    // Beyond the years that a time zone is known for there is UTC.
    let ahead = Timestamp::from_second(moment.timestamp())
        .map_or(0, |moment| AMSTERDAM.to_offset(moment).seconds());
    moment.naive_utc() + TimeDelta::seconds(ahead.into())
}

/// A date as a Dutch reader expects it: `1 mei 2021`.
pub fn datum_nl(datum: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    format!(
        "{} {} {}",
        datum.day(),
        MONTHS[datum.month0() as usize],
        datum.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_time_starts_and_ends_on_the_right_days() {
        for (utc, here) in [
            ("2021-03-28T00:59:00Z", "2021-03-28T01:59:00"),
            ("2021-03-28T01:00:00Z", "2021-03-28T03:00:00"),
            ("2021-10-31T00:59:00Z", "2021-10-31T02:59:00"),
            ("2021-10-31T01:00:00Z", "2021-10-31T02:00:00"),
            ("2020-12-31T23:30:00Z", "2021-01-01T00:30:00"),
            ("2089-07-01T00:00:00Z", "2089-07-01T02:00:00"),
            // Summer ended in September then, and there was none before 1977.
            ("1995-10-01T12:00:00Z", "1995-10-01T13:00:00"),
            ("1976-07-01T12:00:00Z", "1976-07-01T13:00:00"),
        ] {
            assert_eq!(local(utc.parse().unwrap()), here.parse().unwrap(), "{utc}");
        }
    }
}
