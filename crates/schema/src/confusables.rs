//! Characters that are not what they seem: invisible ones, and letters of another alphabet that look like ours.
//!
//! Owns taking such differences away for a comparison, and saying that they are there. Changes no value.

use crate::text::invisible;
use crate::wording;

/// A lower-case letter in its plain form: without accent, of our alphabet.
pub fn plain(character: char) -> char {
    match character {
        'à' | 'á' | 'â' | 'ä' | 'å' | 'ã' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => lookalike(character).unwrap_or(character),
    }
}

/// The letter of ours that a lower-case letter of another alphabet looks like.
fn lookalike(character: char) -> Option<char> {
    Some(match character {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ı' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' | 'μ' => 'm',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ζ' => 'z',
        // Full width.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0)?,
        _ => return None,
    })
}

/// What nobody sees in a value, as a Dutch sentence. Names the character, never the value.
pub fn hidden(value: &str) -> Option<String> {
    for character in value.chars().take(200) {
        let number = u32::from(character);
        if invisible(character) {
            return Some(wording::values::invisible_character(number));
        }
        if let Some(lookalike_of) = character.to_lowercase().next().and_then(lookalike) {
            return Some(wording::values::lookalike(&lookalike_of, number));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_said() {
        for (value, part) in [
            ("vrij\u{200b}willig", "onzichtbaar teken in (U+200B)"),
            ("vrijwillig\u{feff}", "onzichtbaar teken in (U+FEFF)"),
            ("\u{0}ouder", "onzichtbaar teken in (U+0000)"),
            ("v\u{ad}rijwillig", "onzichtbaar teken in (U+00AD)"),
            ("\u{43e}uder", "lijkt op een o, maar het niet is (U+043E)"),
            ("\u{41e}uder", "lijkt op een o, maar het niet is (U+041E)"),
            ("ｏuder", "lijkt op een o, maar het niet is (U+FF4F)"),
        ] {
            let sentence = hidden(value).unwrap_or_default();
            assert!(sentence.contains(part), "{value:?}: {sentence}");
        }
        for value in ["vrijwillig", "Cliënt", "één", "", "pro\u{a0}f"] {
            assert_eq!(hidden(value), None, "{value}");
        }
    }
}
