//! Spelling, taken away: what two people may write differently and mean the same by.
//!
//! Owns the normal form of headers and words (case, accents, punctuation, brackets, invisible characters) and how
//! alike two of them are. Leaves what follows from likeness to `headers`, `code_words` and `gemeente`.

use rows::characters::is_invisible;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, no accents, words of letters and digits with one space between; `&` and `+` mean `en`, and a sign
/// that means something (`€`, `#`) stays.
pub(crate) fn normal(tekst: &str) -> String {
    if tekst.is_ascii() {
        return spell(tekst.chars());
    }
    spell(
        tekst
            .nfkd()
            .filter(|&c| !is_combining_mark(c) && !is_invisible(c)),
    )
}

fn spell(tekens: impl Iterator<Item = char>) -> String {
    let mut uit = String::with_capacity(24);
    let mut spatie = false;
    for teken in tekens.filter(|c| !matches!(c, '\'' | '’' | '‘' | '´' | '`')) {
        let los = matches!(teken, '&' | '+' | '€' | '#' | '%');
        if !los && !teken.is_alphanumeric() {
            spatie = true;
            continue;
        }
        if (spatie || los) && !uit.is_empty() {
            uit.push(' ');
        }
        spatie = los;
        match teken {
            '&' | '+' => uit.push_str("en"),
            _ if teken.is_ascii() => uit.push(teken.to_ascii_lowercase()),
            _ => uit.extend(teken.to_lowercase()),
        }
    }
    uit
}

/// The normal form without its spaces.
pub(crate) fn compact(normaal: &str) -> String {
    normaal.chars().filter(|c| *c != ' ').collect()
}

/// How alike two compact forms are, 0 to 1.
pub(crate) fn likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    strsim::normalized_damerau_levenshtein(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_taken_away() {
        assert_eq!(normal("  Cliënt-nr. "), "client nr");
        assert_eq!(normal("Beëindigd op"), "beeindigd op");
        assert_eq!(normal("prof+vrijw"), "prof en vrijw");
        assert_eq!(normal("prof & vrijw"), "prof en vrijw");
        assert_eq!(normal("'s-Gravenhage"), "s gravenhage");
        assert_eq!(normal("Kosten (€)"), "kosten €");
        assert_eq!(normal("Ge\u{200b}meente\u{a0}"), "gemeente");
        assert_eq!(normal("İstanbul"), normal("istanbul"));
    }
}
