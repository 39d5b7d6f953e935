//! Small text files that a person wrote, in any editor: settings, koppeling, answers, token.
//!
//! Owns their encoding (UTF-8, with or without a mark, or the UTF-16 that PowerShell makes of `>`), and Dutch words for
//! what is wrong with a TOML file. Leaves what the words in them mean to their owners, and data files to `sheets`.

use std::io;
use std::path::Path;

use crate::wording;
use serde::de::DeserializeOwned;

const PATH_ERROR: &str = wording::files::BACKSLASH;

/// Reads a text file, without its byte order mark.
///
/// # Errors
/// When it can't be read or is no text.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let bytes = std::fs::read(path)?;
    let units = |loose: fn([u8; 2]) -> u16| {
        bytes[2..]
            .chunks(2)
            .map(|e| loose([e[0], *e.get(1).unwrap_or(&0)]))
            .collect::<Vec<_>>()
    };
    let text = match bytes.as_slice() {
        [0xff, 0xfe, ..] => String::from_utf16(&units(u16::from_le_bytes)).ok(),
        [0xfe, 0xff, ..] => String::from_utf16(&units(u16::from_be_bytes)).ok(),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        _ => None,
    };
    match text {
        Some(text) => Ok(text),
        None => {
            String::from_utf8(bytes).map_err(|_| io::Error::other(wording::files::NOT_UTF8_TEXT))
        }
    }
}

/// Reads settings; what is wrong is told with its line.
pub(crate) fn toml<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let loaded = toml::from_str(text).map_err(|e| {
        let regel = e
            .span()
            .map(|s| text[..s.start.min(text.len())].matches('\n').count() + 1);
        format!(
            "{}{}",
            regel.map_or_else(String::new, |r| format!("regel {r}: ")),
            in_dutch(e.message())
        )
    })?;
    // "C:\temp" is read as C:, a tab and emp: nobody means that.
    let list: toml::Table = toml::from_str(text).map_err(|e| in_dutch(e.message()))?;
    match control(&list) {
        Some(key) => Err(format!("bij {key}: {PATH_ERROR}")),
        None => Ok(loaded),
    }
}

/// The key of a value with a character that is no text. A query may have more than one line.
fn control(list: &toml::Table) -> Option<&str> {
    list.iter().find_map(|(key, value)| match value {
        toml::Value::Table(_) if key == "tabellen" => None,
        toml::Value::Table(list) => control(list),
        toml::Value::Array(values) => values
            .iter()
            .filter_map(toml::Value::as_str)
            .any(has_control)
            .then_some(key.as_str()),
        value => value
            .as_str()
            .is_some_and(has_control)
            .then_some(key.as_str()),
    })
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// What the TOML reader found, in Dutch where it is one of the usual things.
fn in_dutch(message: &str) -> String {
    let name = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unknown field") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        return wording::files::unknown_key(&name, &known.join(", "));
    }
    if message.starts_with("unknown variant") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        return wording::files::unknown_choice(&name, &known.join(", "));
    }
    if message.starts_with("missing field") {
        return format!("`{name}` ontbreekt");
    }
    if message.starts_with("duplicate key") {
        return wording::files::TWICE.to_owned();
    }
    if message.starts_with("missing escaped value") || message.contains("unicode value digits") {
        return PATH_ERROR.to_owned();
    }
    message.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_an_editor_makes_of_it_reads_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        let units: Vec<u16> = "\u{feff}één\r\n".encode_utf16().collect();
        let little = units.iter().flat_map(|e| e.to_le_bytes()).collect();
        let be = units.iter().flat_map(|e| e.to_be_bytes()).collect();
        for bytes in [
            "één\r\n".as_bytes().to_vec(),
            "\u{feff}één\r\n".as_bytes().to_vec(),
            little,
            be,
        ] {
            crate::atomic_file::write_whole(&path, &bytes).unwrap();
            assert_eq!(read(&path).unwrap(), "één\r\n");
        }
        for bytes in [&b"\xe9\xe9n"[..], b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf\xff"] {
            crate::atomic_file::write_whole(&path, bytes).unwrap();
            assert!(read(&path).unwrap_err().to_string().contains("UTF-8"));
        }
    }

    #[test]
    fn a_windows_path_between_double_quotes_is_never_misread() {
        for path in [
            r"C:\Users\ik",
            r"C:\temp\x.csv",
            r"D:\new",
            r"\\server\cijfers",
            r"C:\exports\x",
        ] {
            for regel in [format!("a = \"{path}\""), format!("[b]\na = [\"{path}\"]")] {
                let failure = toml::<toml::Table>(&regel).unwrap_err();
                assert!(
                    failure.contains("enkele aanhalingstekens"),
                    "{path}: {failure}"
                );
            }
            assert_eq!(
                toml::<toml::Table>(&format!("a = '{path}'")).unwrap()["a"].as_str(),
                Some(path)
            );
        }
        assert!(toml::<toml::Table>("[tabellen]\nt = \"\"\"\nSELECT 1\nFROM t\"\"\"").is_ok());
    }
}
