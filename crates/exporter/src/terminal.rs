//! Text for a terminal, harmless.
//!
//! Owns that no value of a levering can move the cursor, clear the screen or turn the reading direction, and writing to
//! stderr so. Leaves what is said to the others.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use schema::tekst::onzichtbaar;

/// Writes to stderr.
pub fn stderr(tekst: &str) {
    let mut uit = io::stderr().lock();
    let _ = writeln!(uit, "{}", regels_veilig(tekst));
}

/// The text on one line, with every character that could do something to a terminal written out.
pub fn veilig(tekst: &str) -> String {
    if !tekst.chars().any(onzichtbaar) {
        return tekst.to_owned();
    }
    let mut uit = String::with_capacity(tekst.len() + 8);
    for teken in tekst.chars() {
        if onzichtbaar(teken) {
            let _ = write!(uit, "\\u{{{:04x}}}", u32::from(teken));
        } else {
            uit.push(teken);
        }
    }
    uit
}

fn regels_veilig(tekst: &str) -> String {
    tekst.split('\n').map(veilig).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_do_nothing() {
        assert_eq!(
            veilig("a\u{1b}[2Jb\u{202e}c\u{9b}\n"),
            "a\\u{001b}[2Jb\\u{202e}c\\u{009b}\\u{000a}"
        );
        assert_eq!(veilig("Cliëntnr"), "Cliëntnr");
    }
}
