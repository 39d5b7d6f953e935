//! ISO 8601 calendar dates, strictly: `2020-02-29`, nothing shorter or longer.

/// Days since 1970-01-01 of a date in ISO notation, or nothing where it is no date of the calendar.
pub(crate) fn parse_datum(bytes: &[u8]) -> Option<i32> {
    let b: &[u8; 10] = bytes.try_into().ok()?;
    let digit = |i: usize| u32::from(b[i].wrapping_sub(b'0'));
    let cijfers = [0, 1, 2, 3, 5, 6, 8, 9];
    // Without an early exit: nearly every text is a date.
    let vorm = cijfers
        .iter()
        .fold(b[4] == b'-' && b[7] == b'-', |goed, &i| {
            goed & (digit(i) <= 9)
        });
    if !vorm {
        return None;
    }
    let jaar = digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    let (maand, dag) = (digit(5) * 10 + digit(6), digit(8) * 10 + digit(9));
    if !(1..=12).contains(&maand) || dag == 0 || dag > days_in_month(jaar, maand) {
        return None;
    }
    Some(days_since_1970(jaar, maand, dag))
}

fn days_in_month(jaar: u32, maand: u32) -> u32 {
    match maand {
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
fn days_since_1970(jaar: u32, maand: u32, dag: u32) -> i32 {
    let jaar = jaar as i32 - i32::from(maand <= 2);
    let tijdvak = jaar.div_euclid(400);
    let jaar_in_tijdvak = jaar.rem_euclid(400);
    let maand_vanaf_maart = (maand as i32 + 9) % 12;
    let dag_in_jaar = (153 * maand_vanaf_maart + 2) / 5 + dag as i32 - 1;
    let dag_in_tijdvak =
        jaar_in_tijdvak * 365 + jaar_in_tijdvak / 4 - jaar_in_tijdvak / 100 + dag_in_jaar;
    tijdvak * 146_097 + dag_in_tijdvak - 719_468
}

/// A count of days since 1970-01-01 as text.
pub(crate) fn iso(dagen: i32) -> String {
    date(dagen).map_or_else(|| dagen.to_string(), |datum| datum.to_string())
}

/// A count of days since 1970-01-01 as a date.
pub(crate) fn date(dagen: i32) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(1970, 1, 1)?
        .checked_add_signed(chrono::TimeDelta::days(dagen.into()))
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

    fn chrono_says(tekst: &str) -> Option<i32> {
        // chrono also takes `2020-1-1` and signs: what is strict here is the length and the digits.
        let strict = tekst.len() == 10
            && tekst.bytes().enumerate().all(|(i, b)| {
                if i == 4 || i == 7 {
                    b == b'-'
                } else {
                    b.is_ascii_digit()
                }
            });
        NaiveDate::parse_from_str(tekst, "%Y-%m-%d")
            .ok()
            .filter(|_| strict)
            .map(days)
    }

    #[test]
    fn refuses_what_is_no_date() {
        for tekst in [
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
            assert_eq!(parse_datum(tekst.as_bytes()), None, "{tekst}");
        }
        for tekst in [
            "2020-01-01 ",
            "2020-01-01T00:00:00",
            "2020/01/01",
            "20200101",
            "２020-01-01",
            "+020-01-01",
            "2020-01--1",
        ] {
            assert_eq!(parse_datum(tekst.as_bytes()), None, "{tekst}");
        }
        assert_eq!(parse_datum(b"2020-02-29"), Some(18_321));
        assert_eq!(parse_datum(b"2000-02-29"), Some(11_016));
    }

    proptest! {
        #[test]
        fn agrees_with_chrono_on_date_like_text(jaar in 0_u32..10_000, maand in 0_u32..15, dag in 0_u32..34) {
            let tekst = format!("{jaar:04}-{maand:02}-{dag:02}");
            prop_assert_eq!(parse_datum(tekst.as_bytes()), chrono_says(&tekst));
        }

        #[test]
        fn agrees_with_chrono_on_noise(tekst in "[0-9+ -]{9,11}") {
            prop_assert_eq!(parse_datum(tekst.as_bytes()), chrono_says(&tekst));
        }

        #[test]
        fn iso_reads_back(dagen in -700_000_i32..2_900_000) {
            prop_assert_eq!(parse_datum(iso(dagen).as_bytes()), Some(dagen));
        }
    }
}
