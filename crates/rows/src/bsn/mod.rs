//! Is it a BSN? The one judgement for every door, and for everything that is kept.
//!
//! Owns the elfproef. A text is judged by itself ([`in_text`]); a column by its rate, for about 1 in 11 random numbers
//! passes ([`ColumnScan`], [`ColumnTest`]), and by its name ([`forbidden_header`]); numbers divided over cells by theirs
//! ([`SplitTest`]). Never gives back a value: only that there is one; and hides one in what is told
//! ([`hidden`], [`hide_in`]).

mod column;
mod forbidden_names;
mod hide;
mod plain;
mod split;
mod text;

pub use column::{ColumnScan, ColumnTest, ScanKind, binomial_tail, candidate};
pub use forbidden_names::forbidden_header;
pub use hide::{hidden, hide_in};
pub use split::SplitTest;

/// Whether nine digits pass the elfproef (and are not all zero).
pub fn eleven_test(number: u32) -> bool {
    if number == 0 || number > 999_999_999 {
        return false;
    }
    let mut rest = number;
    let mut sum: i64 = -i64::from(rest % 10);
    for weight in 2..=9 {
        rest /= 10;
        sum += weight * i64::from(rest % 10);
    }
    sum % 11 == 0
}

/// Whether a text holds a number of nine digits that passes the elfproef, in any form in which people write one.
pub fn in_text(text: &str) -> bool {
    text::numbers(text, eleven_test)
}

/// Whether a field names something by a number of one's own: by the format of a definition its name ends in `_id`.
pub fn is_identifier(veld: &str) -> bool {
    veld.ends_with("_id")
}

/// A hash without a key, of whatever: MD5, SHA-1 or SHA-2 in hexadecimal, bare or with its name before it. That of a BSN
/// is turned back in seconds.
pub fn is_bare_hash(cell: &str) -> bool {
    let value = cell
        .rsplit_once([':', '}', '$'])
        .map_or(cell, |(_, value)| value);
    let value = value.strip_prefix("0x").unwrap_or(value);
    matches!(value.len(), 32 | 40 | 56 | 64 | 96 | 128)
        && value.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eleven_test_knows_good_and_bad_numbers() {
        assert!(eleven_test(123_456_782));
        assert!(eleven_test(111_222_333));
        assert!(eleven_test(12_345_672));
        assert!(!eleven_test(123_456_789));
        assert!(!eleven_test(0));
    }

    /// The twenty digits were found by fuzzing: they do not fit in 64 bits.
    #[test]
    fn eight_digits_dots_and_spaces_are_candidates() {
        for text in [
            "123456782",
            "12345672",
            "1234.56.782",
            "123 456 782",
            "0123456782",
            "'123456782",
        ] {
            assert!(candidate(text).is_some(), "{text}");
        }
        for text in [
            "2020-03-12",
            "1234567",
            "K12345678",
            "1234567890",
            "99999999999999999999",
            "12-03-2020",
            "12.03.2020",
        ] {
            assert_eq!(candidate(text), None, "{text}");
        }
    }

    #[test]
    fn text_with_a_number_inside_is_seen() {
        assert!(in_text("bsn 123456782."));
        assert!(in_text("1234.56.782"));
        assert!(in_text("dossier 7 123456782"));
        assert!(!in_text("tel 0612345678"));
        assert!(!in_text("123456789"));
        assert!(!in_text("20201231143000"));
    }
}
