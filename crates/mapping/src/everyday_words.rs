//! Words of everyday Dutch in a cell: for nothing, for no number, for no day yet, for yes and no.
//!
//! Owns these lists. Leaves words that stand for a code to `code_words`.

use crate::normalise::normal;

/// Words that say that there is nothing.
const EMPTY_WORDS: [&str; 19] = [
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "/",
    "n.v.t.",
    "nvt",
    "n.v.t",
    "nvt.",
    "n/a",
    "null",
    "(leeg)",
    "leeg",
    "#n/b",
    "#n/a",
    "none",
    "niet van toepassing",
];

/// Whether a cell says that there is nothing.
#[inline]
pub(crate) fn is_empty_word(value: &str) -> bool {
    let begin = value.bytes().next();
    let can = begin.is_some_and(|b| {
        matches!(
            b,
            b'-' | b'.' | b'/' | b'(' | b'#' | b'n' | b'N' | b'l' | b'L' | 0xe2
        )
    });
    can && value.len() <= 20 && EMPTY_WORDS.iter().any(|w| w.eq_ignore_ascii_case(value))
}

/// Words that stand where a number of one's own should: as a number they would make one child of all who have none.
const NOT_A_NUMBER: [&str; 12] = [
    "onbekend",
    "onb",
    "onb.",
    "unknown",
    "geen",
    "geen nummer",
    "niet bekend",
    "nog niet bekend",
    "nb",
    "n.b.",
    "nnb",
    "n.n.b.",
];

/// Whether what stands among numbers of one's own says that there is none.
pub(crate) fn is_not_a_number(value: &str) -> bool {
    let only = |characters: &[u8]| value.bytes().all(|b| characters.contains(&b));
    NOT_A_NUMBER.iter().any(|w| w.eq_ignore_ascii_case(value))
        || only(b"0")
        || only(b"?")
        || (only(b"xX") && value.len() > 1)
}

/// Whether a number of one's own may be none of the kind: quick, and no more than a first look.
#[inline]
pub(crate) fn is_odd_number(value: &str) -> bool {
    let begin = value.bytes().next();
    (value.len() <= 16
        && begin.is_some_and(|b| {
            matches!(
                b.to_ascii_lowercase(),
                b'0' | b'?' | b'o' | b'u' | b'g' | b'n' | b'x'
            )
        }))
        || value.bytes().rev().take(4).any(|b| b == b'+')
}

/// `ja` or `nee` out of the words for it.
pub(crate) fn yes_no(value: &str) -> Option<&'static str> {
    match normal(value).as_str() {
        "ja" | "j" | "yes" | "y" | "true" | "waar" | "1" | "x" => Some("ja"),
        "nee" | "n" | "no" | "false" | "onwaar" | "0" | "neen" => Some("nee"),
        _ => None,
    }
}

/// Words among days that say that there is none yet.
const NO_DAY_YET: [&str; 12] = [
    "loopt nog",
    "loopt",
    "lopend",
    "nog lopend",
    "doorlopend",
    "heden",
    "tot heden",
    "nog niet",
    "nog niet gestart",
    "nog niet afgesloten",
    "nog bezig",
    "nog geen",
];

/// Whether what stands among days says that there is none yet.
pub(crate) fn is_no_day_yet(value: &str) -> bool {
    NO_DAY_YET.contains(&normal(value).as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_no_day_are_known() {
        for text in ["Loopt nog", "(heden)", "nog niet."] {
            assert!(is_no_day_yet(text), "{text}");
        }
        for text in ["onbekend", "niet", "01-02-2020", "loopt"] {
            assert_eq!(is_no_day_yet(text), text == "loopt", "{text}");
        }
    }

    #[test]
    fn words_for_no_number_are_known() {
        for text in ["onbekend", "Geen", "0", "000", "?", "??", "xxx", "N.B."] {
            assert!(is_not_a_number(text) && is_odd_number(text), "{text}");
        }
        for text in ["1", "00207", "K0", "onbekend1", "geen12", "x1", "1e5"] {
            assert!(!is_not_a_number(text), "{text}");
        }
    }
}
