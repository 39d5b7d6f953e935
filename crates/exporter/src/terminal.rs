//! Text for a terminal, harmless.
//!
//! Owns that no value of a levering can move the cursor, clear the screen or turn the reading direction, and writing to
//! stderr so. Leaves what is said to the others.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use schema::text::invisible;

/// Writes to stderr.
pub(crate) fn stderr(text: &str) {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "{}", lines_safe(text));
}

/// The text on one line, with every character that could do something to a terminal written out.
pub(crate) fn safe(text: &str) -> String {
    if !text.chars().any(invisible) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if invisible(character) {
            let _ = write!(out, "\\u{{{:04x}}}", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

fn lines_safe(text: &str) -> String {
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_do_nothing() {
        assert_eq!(
            safe("a\u{1b}[2Jb\u{202e}c\u{9b}\n"),
            "a\\u{001b}[2Jb\\u{202e}c\\u{009b}\\u{000a}"
        );
        assert_eq!(safe("Cliëntnr"), "Cliëntnr");
    }
}
