//! Characters that are not what they seem: invisible ones, and letters of another alphabet that look like ours.
//!
//! Owns taking such differences away for a comparison, and saying that they are there. Changes no value.

use crate::tekst::onzichtbaar;

/// A lower-case letter in its plain form: without accent, of our alphabet.
pub fn plain(teken: char) -> char {
    match teken {
        'à' | 'á' | 'â' | 'ä' | 'å' | 'ã' => 'a',
        'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => lookalike(teken).unwrap_or(teken),
    }
}

/// The letter of ours that a lower-case letter of another alphabet looks like.
fn lookalike(teken: char) -> Option<char> {
    Some(match teken {
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
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(teken) - 0xfee0)?,
        _ => return None,
    })
}

/// What nobody sees in a value, as a Dutch sentence. Names the character, never the value.
pub fn hidden(waarde: &str) -> Option<String> {
    for teken in waarde.chars().take(200) {
        let nummer = u32::from(teken);
        if onzichtbaar(teken) {
            return Some(format!(
                "Er staat een onzichtbaar teken in (U+{nummer:04X}). Typ de waarde opnieuw."
            ));
        }
        if let Some(gelijkend) = teken.to_lowercase().next().and_then(lookalike) {
            return Some(format!(
                "Er staat een teken in dat lijkt op een {gelijkend}, maar het niet is (U+{nummer:04X}). Typ de waarde opnieuw."
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_said() {
        for (waarde, deel) in [
            ("vrij\u{200b}willig", "onzichtbaar teken in (U+200B)"),
            ("vrijwillig\u{feff}", "onzichtbaar teken in (U+FEFF)"),
            ("\u{0}ouder", "onzichtbaar teken in (U+0000)"),
            ("v\u{ad}rijwillig", "onzichtbaar teken in (U+00AD)"),
            ("\u{43e}uder", "lijkt op een o, maar het niet is (U+043E)"),
            ("\u{41e}uder", "lijkt op een o, maar het niet is (U+041E)"),
            ("ｏuder", "lijkt op een o, maar het niet is (U+FF4F)"),
        ] {
            let zin = hidden(waarde).unwrap_or_default();
            assert!(zin.contains(deel), "{waarde:?}: {zin}");
        }
        for waarde in ["vrijwillig", "Cliënt", "één", "", "pro\u{a0}f"] {
            assert_eq!(hidden(waarde), None, "{waarde}");
        }
    }
}
