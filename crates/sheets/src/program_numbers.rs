//! Numbers as programs write them.
//!
//! Owns knowing a number that lost its digits on the way. Leaves numbers as people write them to `mapping`.

/// A number that was made text after it had lost its digits: `1,23E+08`.
pub fn is_power(tekst: &str) -> bool {
    let Some((getal, macht)) = tekst.trim().split_once(['E', 'e']) else {
        return false;
    };
    let cijfers = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let deel = getal
        .split_once([',', '.'])
        .is_none_or(|(_, deel)| cijfers(deel));
    getal.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && deel
        && getal
            .split([',', '.'])
            .next()
            .is_some_and(|heel| heel.len() == 1)
        && macht
            .strip_prefix('+')
            .is_some_and(|m| cijfers(m) && m.len() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_seen() {
        for tekst in ["1,23E+08", "1.23457E+17", "1E+15", "9,9e+9"] {
            assert!(is_power(tekst), "{tekst}");
        }
        for tekst in [
            "45E66",
            "12E+3",
            "E+3",
            "1E+",
            "1,E+3",
            "3E+1234",
            "K1E+08",
            "1,2,3E+4x",
        ] {
            assert!(!is_power(tekst), "{tekst}");
        }
    }
}
