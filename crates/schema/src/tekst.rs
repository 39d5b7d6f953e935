//! What every writer of text must do alike: numbers for a Dutch reader, no text that a spreadsheet runs, JSON that
//! does nothing on a terminal.
//!
//! Owns these rules. Leaves layout, quoting and limits to the writer.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

/// A number as a Dutch reader expects it: `1.234.567`.
pub fn duizendtal(getal: u64) -> String {
    let cijfers = getal.to_string();
    let mut uit = String::with_capacity(cijfers.len() + cijfers.len() / 3);
    for (i, cijfer) in cijfers.chars().enumerate() {
        if i > 0 && (cijfers.len() - i).is_multiple_of(3) {
            uit.push('.');
        }
        uit.push(cijfer);
    }
    uit
}

/// Whether a spreadsheet could take this text for a formula: every export puts an apostrophe in front of it
/// (HOSTILE 31), also where spaces or the full-width signs come first.
pub fn is_formule(tekst: &str) -> bool {
    const BEGIN: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    tekst.trim_start_matches([' ', '\u{a0}']).starts_with(BEGIN)
}

/// The text, with an apostrophe in front where a spreadsheet would take it for a formula.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if is_formule(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Control characters, characters that turn the reading direction, and characters nobody sees.
pub fn onzichtbaar(teken: char) -> bool {
    teken.is_control()
        || matches!(teken, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// A value as indented JSON with a line end. Invisible and control characters are escaped, so that the text means
/// the same and does nothing on a terminal.
pub fn json_tekst<T: Serialize>(waarde: &T) -> String {
    let mut tekst =
        serde_json::to_string_pretty(waarde).expect("our own structs have string keys only");
    tekst.push('\n');
    escape(&tekst)
}

/// The same on one line, without a line end: for a log.
pub fn json_regel<T: Serialize>(waarde: &T) -> String {
    escape(&serde_json::to_string(waarde).expect("our own structs have string keys only"))
}

fn escape(tekst: &str) -> String {
    let mut uit = String::with_capacity(tekst.len());
    for teken in tekst.chars() {
        if teken != '\n' && onzichtbaar(teken) {
            let mut paar = [0; 2];
            for eenheid in teken.encode_utf16(&mut paar) {
                let _ = write!(uit, "\\u{eenheid:04x}");
            }
        } else {
            uit.push(teken);
        }
    }
    uit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_get_a_point() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(duizendtal),
            ["0", "999", "1.000", "1.234.567"]
        );
    }

    #[test]
    fn every_way_to_start_a_formula_is_seen() {
        for formule in [
            "=1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u{a0}=1", "＝1",
            "＋1", "－1", "＠A",
        ] {
            assert!(is_formule(formule), "{formule:?}");
            assert_eq!(neutral(formule), format!("'{formule}"));
        }
        for tekst in ["", "GM0344", "<50.000", "a=b", "2020-01-01"] {
            assert_eq!(neutral(tekst), tekst);
        }
        assert!(!is_formule("begeleide omgang") && !is_formule("1-2") && !is_formule(""));
    }

    #[test]
    fn json_stays_json_after_escaping() {
        let tekst = json_tekst(&"a\u{1b}\u{9b}\u{202e}\u{e0001}é");
        assert!(!tekst.trim_end().chars().any(onzichtbaar));
        assert_eq!(
            serde_json::from_str::<String>(&tekst).unwrap(),
            "a\u{1b}\u{9b}\u{202e}\u{e0001}é"
        );
    }
}
