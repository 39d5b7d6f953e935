//! The two ways out: data to stdout, talk to stderr.
//!
//! Owns what goes where: data, talk and questions, and the log where a delivery goes by itself. Leaves making text harmless
//! to `terminal`, the words to the commands.

use std::io::{self, Write as _};
use std::path::Path;

use schema::tekst::json_tekst;
use serde::Serialize;

use crate::logboek;

pub use crate::terminal::{stderr, veilig};

/// Writes data to stdout, as it is. A reader that went away (`| head`) is no error.
pub fn data(tekst: &str) {
    let mut uit = io::stdout().lock();
    let _ = uit.write_all(tekst.as_bytes()).and_then(|()| uit.flush());
}

/// Writes bytes to stdout, for a file that was asked for with `--uit -`.
///
/// # Errors
/// When stdout cannot take them all.
pub fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut uit = io::stdout().lock();
    uit.write_all(bytes)?;
    uit.flush()
}

/// Says something to the person at the terminal, or to the log of a delivery that goes by itself.
pub fn praat(tekst: &str) {
    if !logboek::bericht(tekst) {
        stderr(tekst);
    }
}

/// Asks something, and leaves the cursor behind it.
pub fn vraag(tekst: &str) {
    let mut uit = io::stderr().lock();
    let _ = write!(uit, "{}", veilig(tekst)).and_then(|()| uit.flush());
}

/// Writes a value as JSON to stdout.
pub fn json<T: Serialize>(waarde: &T) {
    data(&json_tekst(waarde));
}

/// A path in a command line to go on with: between quotes where a shell would otherwise take it apart.
pub fn woord(pad: &Path) -> String {
    let naam = pad.display().to_string();
    if naam
        .chars()
        .all(|c| c.is_alphanumeric() || r"/\:._-+@%~,".contains(c))
    {
        return naam;
    }
    // On Windows a \ before the quote would make it part of the name.
    format!(
        "\"{}\"",
        if cfg!(windows) {
            naam.trim_end_matches('\\')
        } else {
            &naam
        }
    )
}

/// A value for a list: harmless, and cut where it is too long to read.
pub fn kort(tekst: &str) -> String {
    const LANGST: usize = 60;
    let mut uit: String = tekst.chars().take(LANGST).collect();
    if uit.len() < tekst.len() {
        uit.push('…');
    }
    veilig(&uit)
}

/// A number of bytes for people: `12,3 MB`.
pub fn omvang(bytes: u64) -> String {
    const EENHEDEN: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    for (naam, maat) in EENHEDEN {
        if bytes >= maat {
            let tienden = bytes * 10 / maat;
            return format!("{},{} {naam}", tienden / 10, tienden % 10);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_dutch() {
        use schema::tekst::duizendtal;
        assert_eq!(
            (
                duizendtal(0).as_str(),
                duizendtal(999).as_str(),
                duizendtal(1_234_567).as_str()
            ),
            ("0", "999", "1.234.567")
        );
        assert_eq!(
            (omvang(12).as_str(), omvang(12_345_678).as_str()),
            ("12 bytes", "12,3 MB")
        );
    }

    #[test]
    fn a_command_that_is_suggested_can_be_copied() {
        for heel in ["export.xlsx", "/tmp/é/a-b_1.csv"] {
            assert_eq!(woord(Path::new(heel)), heel);
        }
        for los in ["mijn export.csv", "zorg&zuid.csv", "a(1).csv", "a;b"] {
            assert_eq!(woord(Path::new(los)), format!("\"{los}\""));
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(kort(&"x".repeat(100)).chars().count(), 61);
    }
}
