//! Day numbers: how a workbook keeps a date.
//!
//! Owns both calendars of Excel, with the day that never was. Leaves which numbers are dates to `number_format`.

use chrono::{Days, NaiveDate};

/// Milliseconds in a day: Excel shows no smaller part of one.
const DAY_MILLISECONDS: f64 = 86_400_000.0;

/// The date of an Excel day number, as Excel shows it: a hair under midnight is the day that begins then. 29 February
/// 1900 (day 60) never was.
pub fn from_serial(days: f64, from_1904: bool) -> Option<NaiveDate> {
    if !days.is_finite() || days < 0.0 {
        return None;
    }
    let heel = ((days * DAY_MILLISECONDS).round() / DAY_MILLISECONDS).floor() as u64;
    let (zero, last) = match (from_1904, heel) {
        (true, _) => (NaiveDate::from_ymd_opt(1904, 1, 1)?, 2_957_003),
        (false, 1..=59) => (NaiveDate::from_ymd_opt(1899, 12, 31)?, 59),
        (false, 61..) => (NaiveDate::from_ymd_opt(1899, 12, 30)?, 2_958_465),
        (false, _) => return None,
    };
    if heel > last {
        None
    } else {
        zero.checked_add_days(Days::new(heel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn excel_days() {
        assert_eq!(from_serial(43_569.0, false), datum("2019-04-14"));
        assert_eq!(from_serial(43_569.75, false), datum("2019-04-14"));
        assert_eq!(
            from_serial(43_568.999_999_999_99, false),
            datum("2019-04-14")
        );
        assert_eq!(from_serial(43_568.999_99, false), datum("2019-04-13"));
        assert_eq!(from_serial(42_107.0, true), datum("2019-04-14"));
        assert_eq!(from_serial(59.0, false), datum("1900-02-28"));
        assert_eq!(from_serial(61.0, false), datum("1900-03-01"));
        for impossible in [60.0, -1.0, 0.0, 2_958_466.0, f64::NAN] {
            assert_eq!(from_serial(impossible, false), None, "{impossible}");
        }
    }
}
