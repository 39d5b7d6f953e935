//! What every writer of text must do alike: numbers for a Dutch reader, no text that a spreadsheet runs, JSON that
//! does nothing on a terminal.
//!
//! Owns these rules. Leaves layout, quoting and limits to the writer.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Write as _;

use serde::Serialize;

/// A number as a Dutch reader expects it: `1.234.567`.
pub fn grouped_thousands(number: u64) -> String {
    let cijfers = number.to_string();
    let mut out = String::with_capacity(cijfers.len() + cijfers.len() / 3);
    for (i, cijfer) in cijfers.chars().enumerate() {
        if i > 0 && (cijfers.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(cijfer);
    }
    out
}

/// Whether a spreadsheet could take this text for a formula: every export puts an apostrophe in front of it
/// (HOSTILE 31), also where spaces or the full-width signs come first.
pub fn is_formula(text: &str) -> bool {
    const BEGIN: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    text.trim_start_matches([' ', '\u{a0}']).starts_with(BEGIN)
}

/// The text, with an apostrophe in front where a spreadsheet would take it for a formula.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Control characters, characters that turn the reading direction, and characters nobody sees.
pub fn invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A value as indented JSON with a line end. Invisible and control characters are escaped, so that the text means
/// the same and does nothing on a terminal.
pub fn json_text<T: Serialize>(value: &T) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("our own structs have string keys only");
    text.push('\n');
    escape(&text)
}

/// The same on one line, without a line end: for a log.
pub fn json_regel<T: Serialize>(value: &T) -> String {
    escape(&serde_json::to_string(value).expect("our own structs have string keys only"))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character != '\n' && invisible(character) {
            let mut pair = [0; 2];
            for unit in character.encode_utf16(&mut pair) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// The lines without those that came before: what is the same is said once.
pub fn once(lines: impl IntoIterator<Item = String>) -> impl Iterator<Item = String> {
    let mut seen = HashSet::new();
    lines
        .into_iter()
        .filter(move |line| seen.insert(line.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_get_a_point() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(grouped_thousands),
            ["0", "999", "1.000", "1.234.567"]
        );
    }

    #[test]
    fn every_way_to_start_a_formula_is_seen() {
        for formula in [
            "=1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u{a0}=1", "＝1",
            "＋1", "－1", "＠A",
        ] {
            assert!(is_formula(formula), "{formula:?}");
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        for text in ["", "GM0344", "<50.000", "a=b", "2020-01-01"] {
            assert_eq!(neutral(text), text);
        }
        assert!(!is_formula("begeleide omgang") && !is_formula("1-2") && !is_formula(""));
    }

    #[test]
    fn json_stays_json_after_escaping() {
        let text = json_text(&"a\u{1b}\u{9b}\u{202e}\u{e0001}é");
        assert!(!text.trim_end().chars().any(invisible));
        assert_eq!(
            serde_json::from_str::<String>(&text).unwrap(),
            "a\u{1b}\u{9b}\u{202e}\u{e0001}é"
        );
    }
}
