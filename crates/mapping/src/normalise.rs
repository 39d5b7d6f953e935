//! Spelling, taken away: what two people may write differently and mean the same by.
//!
//! Owns the normal form of headers and words (case, accents, punctuation, brackets, invisible characters) and how
//! alike two of them are. Leaves what follows from likeness to `header_likeness`, `code_words` and `gemeente`.

use rows::invisible_characters::is_invisible;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case, no accents, words of letters and digits with one space between; `&` and `+` mean `en`, and a sign
/// that means something (`€`, `#`) stays.
pub(crate) fn normal(text: &str) -> String {
    if text.is_ascii() {
        return spell(text.chars());
    }
    spell(
        text.nfkd()
            .filter(|&c| !is_combining_mark(c) && !is_invisible(c)),
    )
}

fn spell(characters: impl Iterator<Item = char>) -> String {
    let mut out = String::with_capacity(24);
    let mut space = false;
    for character in characters.filter(|c| !matches!(c, '\'' | '’' | '‘' | '´' | '`')) {
        let loose = matches!(character, '&' | '+' | '€' | '#' | '%');
        if !loose && !character.is_alphanumeric() {
            space = true;
            continue;
        }
        if (space || loose) && !out.is_empty() {
            out.push(' ');
        }
        space = loose;
        match character {
            '&' | '+' => out.push_str("en"),
            _ if character.is_ascii() => out.push(character.to_ascii_lowercase()),
            _ => out.extend(character.to_lowercase()),
        }
    }
    out
}

/// The normal form without its spaces.
pub(crate) fn compact(normal_form: &str) -> String {
    normal_form.chars().filter(|c| *c != ' ').collect()
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
