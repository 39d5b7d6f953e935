//! Whole numbers and amounts: digits, at most one minus sign, at most one dot. No spaces, no exponent.

/// A whole number of 32 bits.
pub(crate) fn parse_whole(bytes: &[u8]) -> Option<i32> {
    let (negative, cijfers) = sign(bytes);
    i32::try_from(apply(negative, digits(cijfers, 10)?)).ok()
}

/// Hundredths of an amount of at most 10 digits before the dot and 2 behind it.
pub(crate) fn parse_decimal(bytes: &[u8]) -> Option<i128> {
    let (negative, cijfers) = sign(bytes);
    let hundredths = match cijfers.iter().rev().take(3).position(|&b| b == b'.') {
        None => digits(cijfers, 10)? * 100,
        Some(0) => return None,
        Some(decimals) => {
            let punt = cijfers.len() - decimals - 1;
            let fraction = digits(&cijfers[punt + 1..], 2)?;
            digits(&cijfers[..punt], 10)? * 100
                + if decimals == 1 {
                    fraction * 10
                } else {
                    fraction
                }
        }
    };
    Some(apply(negative, hundredths).into())
}

fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    }
}

fn apply(negative: bool, n: i64) -> i64 {
    if negative { -n } else { n }
}

/// At least one digit and at most `at_most`.
fn digits(bytes: &[u8], at_most: usize) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > at_most {
        return None;
    }
    let mut n = 0;
    for &b in bytes {
        let cijfer = b.wrapping_sub(b'0');
        if cijfer > 9 {
            return None;
        }
        n = n * 10 + i64::from(cijfer);
    }
    Some(n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_what_is_no_plain_number() {
        for text in [
            "",
            "-",
            "+1",
            "1,5",
            "1.5",
            "1e3",
            " 1",
            "1 ",
            "0x1",
            "2147483648",
            "99999999999",
            "--1",
            "١",
        ] {
            assert_eq!(parse_whole(text.as_bytes()), None, "{text}");
        }
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1.234",
            "1,50",
            "1.2.3",
            "12345678901",
            "1e3",
            "€ 5",
            "1.-5",
        ] {
            assert_eq!(parse_decimal(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn reads_amounts_in_hundredths() {
        for (text, hundredths) in [
            ("0", 0),
            ("5", 500),
            ("-5", -500),
            ("5.5", 550),
            ("5.05", 505),
            ("-0.20", -20),
            ("007", 700),
        ] {
            assert_eq!(parse_decimal(text.as_bytes()), Some(hundredths), "{text}");
        }
        assert_eq!(parse_decimal(b"9999999999.99"), Some(999_999_999_999));
    }

    proptest! {
        #[test]
        fn whole_numbers_read_back(n in any::<i32>()) {
            prop_assert_eq!(parse_whole(n.to_string().as_bytes()), Some(n));
        }

        #[test]
        fn amounts_read_back(euro in 0_i128..10_000_000_000, cent in 0_i128..100) {
            prop_assert_eq!(parse_decimal(format!("{euro}.{cent:02}").as_bytes()), Some(euro * 100 + cent));
        }
    }
}
