//! Numbers as programs write them.
//!
//! Owns knowing a number that lost its digits on the way. Leaves numbers as people write them to `mapping`.

/// A number that was made text after it had lost its digits: `1,23E+08`.
pub fn is_power(text: &str) -> bool {
    let Some((number, power)) = text.trim().split_once(['E', 'e']) else {
        return false;
    };
    let cijfers = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let part = number
        .split_once([',', '.'])
        .is_none_or(|(_, part)| cijfers(part));
    number.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && part
        && number
            .split([',', '.'])
            .next()
            .is_some_and(|heel| heel.len() == 1)
        && power
            .strip_prefix('+')
            .is_some_and(|m| cijfers(m) && m.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_seen() {
        for text in ["1,23E+08", "1.23457E+17", "1E+15", "9,9e+9"] {
            assert!(is_power(text), "{text}");
        }
        for text in [
            "45E66",
            "12E+3",
            "E+3",
            "1E+",
            "1,E+3",
            "3E+1234",
            "K1E+08",
            "1,2,3E+4x",
        ] {
            assert!(!is_power(text), "{text}");
        }
    }
}
