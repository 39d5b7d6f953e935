//! Any text into the few signs that the scanner knows.
//!
//! Owns what counts as a digit (also full width, raised, circled and of other scripts), as a space, a dash, a dot or a
//! slash, and what is not there for a reader. Leaves what stands in it to `text`.

use std::borrow::Cow;

use crate::invisible_characters::is_invisible;

/// The first of ten digits in a row, in Unicode's own order.
const DIGITS: [u32; 38] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0x2080, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
    0xff10, 0x1_fbf0,
];
/// The first of nine digits in a row, from one: in circles, in brackets, with a point.
const FROM_ONE: [u32; 6] = [0x2460, 0x2474, 0x2488, 0x2776, 0x2780, 0x278a];

/// The text in ASCII: digits as digits, letters as letters, all else as the sign it looks like.
pub(super) fn plain(text: &str) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars().filter(|c| !is_unseen(*c)) {
        out.push(sign(character));
    }
    Cow::Owned(out)
}

/// What changes how a character looks, and nothing else.
fn is_unseen(character: char) -> bool {
    is_invisible(character)
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn sign(character: char) -> u8 {
    if let Ok(byte) = u8::try_from(character)
        && byte.is_ascii()
    {
        return byte;
    }
    if let Some(digit) = digit(u32::from(character)) {
        return b'0' + digit;
    }
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ad}' => b'-',
        '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{3002}' => {
            b'.'
        }
        '\u{2044}' | '\u{2215}' | '\u{29f8}' => b'/',
        '\u{2018}' | '\u{2019}' | '\u{2032}' | '\u{b4}' => b'\'',
        'é' | 'è' | 'ê' | 'ë' | 'É' | 'È' | 'Ê' | 'Ë' => b'e',
        '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(character) - 0xfee0).unwrap_or(b'?'),
        c if c.is_whitespace() => b' ',
        c if c.is_alphabetic() => b'z',
        _ => b'?',
    }
}

fn digit(code: u32) -> Option<u8> {
    let within = |first: u32, from: u32| {
        let place = code.checked_sub(first)?;
        u8::try_from(place + from).ok().filter(|digit| *digit <= 9)
    };
    match code {
        0xb2 => Some(2),
        0xb3 => Some(3),
        0xb9 => Some(1),
        0x24ea | 0x2070 => Some(0),
        0x2074..=0x2079 => within(0x2070, 0),
        0x1_d7ce..=0x1_d7ff => u8::try_from((code - 0x1_d7ce) % 10).ok(),
        _ => DIGITS
            .iter()
            .find_map(|first| within(*first, 0))
            .or_else(|| FROM_ONE.iter().find_map(|first| within(*first, 1))),
    }
}
