//! Whole numbers and amounts: digits, at most one minus sign, at most one dot. No spaces, no exponent.

/// A whole number of 32 bits.
pub(crate) fn parse_geheel(bytes: &[u8]) -> Option<i32> {
    let (negatief, cijfers) = sign(bytes);
    i32::try_from(apply(negatief, digits(cijfers, 10)?)).ok()
}

/// Hundredths of an amount of at most 10 digits before the dot and 2 behind it.
pub(crate) fn parse_decimaal(bytes: &[u8]) -> Option<i128> {
    let (negatief, cijfers) = sign(bytes);
    let honderdsten = match cijfers.iter().rev().take(3).position(|&b| b == b'.') {
        None => digits(cijfers, 10)? * 100,
        Some(0) => return None,
        Some(decimalen) => {
            let punt = cijfers.len() - decimalen - 1;
            let fractie = digits(&cijfers[punt + 1..], 2)?;
            digits(&cijfers[..punt], 10)? * 100
                + if decimalen == 1 {
                    fractie * 10
                } else {
                    fractie
                }
        }
    };
    Some(apply(negatief, honderdsten).into())
}

fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    }
}

fn apply(negatief: bool, n: i64) -> i64 {
    if negatief { -n } else { n }
}

/// At least one digit and at most `hoogstens`.
fn digits(bytes: &[u8], hoogstens: usize) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > hoogstens {
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
        for tekst in [
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
            assert_eq!(parse_geheel(tekst.as_bytes()), None, "{tekst}");
        }
        for tekst in [
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
            assert_eq!(parse_decimaal(tekst.as_bytes()), None, "{tekst}");
        }
    }

    #[test]
    fn reads_amounts_in_hundredths() {
        for (tekst, honderdsten) in [
            ("0", 0),
            ("5", 500),
            ("-5", -500),
            ("5.5", 550),
            ("5.05", 505),
            ("-0.20", -20),
            ("007", 700),
        ] {
            assert_eq!(
                parse_decimaal(tekst.as_bytes()),
                Some(honderdsten),
                "{tekst}"
            );
        }
        assert_eq!(parse_decimaal(b"9999999999.99"), Some(999_999_999_999));
    }

    proptest! {
        #[test]
        fn whole_numbers_read_back(n in any::<i32>()) {
            prop_assert_eq!(parse_geheel(n.to_string().as_bytes()), Some(n));
        }

        #[test]
        fn amounts_read_back(euro in 0_i128..10_000_000_000, cent in 0_i128..100) {
            prop_assert_eq!(parse_decimaal(format!("{euro}.{cent:02}").as_bytes()), Some(euro * 100 + cent));
        }
    }
}
