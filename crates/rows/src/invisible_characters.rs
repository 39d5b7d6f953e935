//! Characters that nobody sees, or that do something to what is seen.
//!
//! Owns the one list of each kind: invisible ones, marks that turn text round, control characters. Leaves refusing
//! them to the readers.

/// Characters that are there and can't be seen.
pub fn has_invisible(text: &str) -> bool {
    text.chars().any(is_invisible)
}

/// Whether a character takes no room: a joiner, a mark of direction, a soft hyphen.
pub fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

/// Without blanks (also the unbreakable kind) and invisible characters around it.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// Marks that turn the reading direction round: never meant in a delivery.
pub fn is_turning(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The first control character in UTF-8 text other than tab and line ends, with its place.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without a branch per byte, so that it runs over many bytes at once"
)]
pub fn control_at(text: &[u8]) -> Option<(usize, char)> {
    let is_control = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f;
    let (control, high) = text.iter().fold((false, false), |(control, high), &b| {
        (control | is_control(b), high | (b >= 0x80))
    });
    if !control && !high {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let forbidden = |c: char| {
        u8::try_from(c).is_ok_and(is_control) || ('\u{80}'..='\u{9f}').contains(&c) || is_turning(c)
    };
    text.char_indices().find(|&(_, c)| forbidden(c))
}
