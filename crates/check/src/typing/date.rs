//! ISO 8601 calendar dates, strictly: `2020-02-29`, nothing shorter or longer.

/// Days since 1970-01-01 of a date in ISO notation, or nothing where it is no date of the calendar.
pub(crate) fn parse_datum(bytes: &[u8]) -> Option<i32> {
    let b: &[u8; 10] = bytes.try_into().ok()?;
    let digit = |i: usize| u32::from(b[i].wrapping_sub(b'0'));
    let cijfers = [0, 1, 2, 3, 5, 6, 8, 9];
    // Without an early exit: nearly every text is a date.
    let vorm = cijfers
        .iter()
        .fold(b[4] == b'-' && b[7] == b'-', |good, &i| {
            good & (digit(i) <= 9)
        });
    if !vorm {
        return None;
    }
    let jaar = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    let (month, day) = (digit(5) * 10 + digit(6), digit(8) * 10 + digit(9));
    if !(1..=12).contains(&month) || day == 0 || day > days_in_month(jaar, month) {
        return None;
    }
    Some(days_since_1970(jaar, month, day))
}

/// The first day that can be one of a delivery: 1 January 1950. What lies too far ahead is for the rules.
const FIRST_DAY: i32 = -7_305;

/// The same, of a cell: a year that can't be (0020, 1920) is a slip, and no date.
pub(crate) fn parse_cell(bytes: &[u8]) -> Option<i32> {
    parse_datum(bytes).filter(|day| *day >= FIRST_DAY)
}

fn days_in_month(jaar: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(jaar) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(jaar: u32) -> bool {
    jaar.is_multiple_of(4) && (!jaar.is_multiple_of(100) || jaar.is_multiple_of(400))
}

/// Years counted from March, so that the leap day comes last (H. Hinnant, "chrono-compatible low-level date
/// algorithms").
fn days_since_1970(jaar: u32, month: u32, day: u32) -> i32 {
    let jaar = jaar as i32 - i32::from(month <= 2);
    let era = jaar.div_euclid(400);
    let year_of_era = jaar.rem_euclid(400);
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// A count of days since 1970-01-01 as text.
pub(crate) fn iso(days: i32) -> String {
    date(days).map_or_else(|| days.to_string(), |datum| datum.to_string())
}

/// A count of days since 1970-01-01 as a date.
pub(crate) fn date(days: i32) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(1970, 1, 1)?
        .checked_add_signed(chrono::TimeDelta::days(days.into()))
}

/// Days since 1970-01-01 of a date.
pub(crate) fn days(datum: chrono::NaiveDate) -> i32 {
    use chrono::Datelike;
    datum.num_days_from_ce() - 719_163
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn library_says(text: &str) -> Option<i32> {
        // chrono also takes `2020-1-1` and signs: what is strict here is the length and the digits.
        let strict = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| {
                if i == 4 || i == 7 {
                    b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .ok()
            .filter(|_| strict)
            .map(days)
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2020-2-1",
            "30-02-2025",
            "2025-02-30",
            "2023-02-29",
            "1900-02-29",
            "2021-04-31",
            "0000-00-00",
            "2025-13-01",
        ] {
            assert_eq!(parse_datum(text.as_bytes()), None, "{text}");
        }
        for text in [
            "2020-01-01 ",
            "2020-01-01T00:00:00",
            "2020/01/01",
            "20200101",
            "２020-01-01",
            "+020-01-01",
            "2020-01--1",
        ] {
            assert_eq!(parse_datum(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_datum(b"2020-02-29"), Some(18_321));
        assert_eq!(parse_datum(b"2000-02-29"), Some(11_016));
    }

    /// A slip for 2020 made a child wait a hundred years.
    #[test]
    fn a_year_that_cannot_be_is_no_date() {
        for (text, good) in [
            ("0020-01-20", false),
            ("1920-01-20", false),
            ("1949-12-31", false),
            ("1950-01-01", true),
            ("2999-12-31", true),
        ] {
            assert_eq!(parse_cell(text.as_bytes()).is_some(), good, "{text}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_chrono_on_date_like_text(jaar in 0_u32..10_000, month in 0_u32..15, day in 0_u32..34) {
            let text = format!("{jaar:04}-{month:02}-{day:02}");
            prop_assert_eq!(parse_datum(text.as_bytes()), library_says(&text));
        }

        #[test]
        fn agrees_with_chrono_on_noise(text in "[0-9+ -]{9,11}") {
            prop_assert_eq!(parse_datum(text.as_bytes()), library_says(&text));
        }

        #[test]
        fn iso_reads_back(days in -700_000_i32..2_900_000) {
            prop_assert_eq!(parse_datum(iso(days).as_bytes()), Some(days));
        }
    }
}
