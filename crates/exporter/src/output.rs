//! The two ways out: data to stdout, talk to stderr.
//!
//! Owns what goes where: data, talk and questions, and the log where a delivery goes by itself. Leaves making text harmless
//! to `terminal`, the words to the commands.

use std::io::{self, Write as _};
use std::path::Path;

use schema::text::json_text;
use serde::Serialize;

use crate::event_log;

pub(crate) use crate::terminal::{safe, stderr};

/// Writes data to stdout, as it is. A reader that went away (`| head`) is no error.
pub(crate) fn data(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes bytes to stdout, for a file that was asked for with `--uit -`.
///
/// # Errors
/// When stdout cannot take them all.
pub(crate) fn bytes(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}

/// Says something to the person at the terminal, or to the log of a delivery that goes by itself.
pub(crate) fn talk(text: &str) {
    if !event_log::message(text) {
        stderr(text);
    }
}

/// Asks something, and leaves the cursor behind it.
pub(crate) fn ask(text: &str) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "{}", safe(text)).and_then(|()| out.flush());
}

/// Writes a value as JSON to stdout.
pub(crate) fn json<T: Serialize>(value: &T) {
    data(&json_text(value));
}

/// A path in a command line to go on with: between quotes where a shell would otherwise take it apart.
pub(crate) fn word(path: &Path) -> String {
    let name = path.display().to_string();
    if name
        .chars()
        .all(|c| c.is_alphanumeric() || r"/\:._-+@%~,".contains(c))
    {
        return name;
    }
    // On Windows a \ before the quote would make it part of the name.
    format!(
        "\"{}\"",
        if cfg!(windows) {
            name.trim_end_matches('\\')
        } else {
            &name
        }
    )
}

/// A value for a list: harmless, and cut where it is too long to read.
pub(crate) fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut out: String = text.chars().take(LONGEST).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    safe(&out)
}

/// A number of bytes for people: `12,3 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)];
    for (name, unit_size) in UNITS {
        if bytes >= unit_size {
            let tenths = bytes * 10 / unit_size;
            return format!("{},{} {name}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_dutch() {
        use schema::text::grouped_thousands;
        assert_eq!(
            (
                grouped_thousands(0).as_str(),
                grouped_thousands(999).as_str(),
                grouped_thousands(1_234_567).as_str()
            ),
            ("0", "999", "1.234.567")
        );
        assert_eq!(
            (size(12).as_str(), size(12_345_678).as_str()),
            ("12 bytes", "12,3 MB")
        );
    }

    #[test]
    fn a_command_that_is_suggested_can_be_copied() {
        for heel in ["export.xlsx", "/tmp/é/a-b_1.csv"] {
            assert_eq!(word(Path::new(heel)), heel);
        }
        for loose in ["mijn export.csv", "zorg&zuid.csv", "a(1).csv", "a;b"] {
            assert_eq!(word(Path::new(loose)), format!("\"{loose}\""));
        }
    }

    #[test]
    fn long_values_are_cut() {
        assert_eq!(short(&"x".repeat(100)).chars().count(), 61);
    }
}
