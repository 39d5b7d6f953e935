//! Small text files that a person wrote, in any editor: settings, koppeling, answers, token.
//!
//! Owns their encoding (UTF-8, with or without a mark, or the UTF-16 that PowerShell makes of `>`), and Dutch words for
//! what is wrong with a TOML file. Leaves what the words in them mean to their owners, and data files to `sheets`.

use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

const PAD: &str = "een \\ heeft hier een andere betekenis; zet een pad van Windows tussen enkele aanhalingstekens, zoals 'C:\\export\\cijfers.csv'";

/// Reads a text file, without its byte order mark.
///
/// # Errors
/// When it can't be read or is no text.
pub fn read(pad: &Path) -> io::Result<String> {
    let bytes = std::fs::read(pad)?;
    let eenheden = |los: fn([u8; 2]) -> u16| {
        bytes[2..]
            .chunks(2)
            .map(|e| los([e[0], *e.get(1).unwrap_or(&0)]))
            .collect::<Vec<_>>()
    };
    let tekst = match bytes.as_slice() {
        [0xff, 0xfe, ..] => String::from_utf16(&eenheden(u16::from_le_bytes)).ok(),
        [0xfe, 0xff, ..] => String::from_utf16(&eenheden(u16::from_be_bytes)).ok(),
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        _ => None,
    };
    match tekst {
        Some(tekst) => Ok(tekst),
        None => String::from_utf8(bytes).map_err(|_| {
            io::Error::other("het is geen tekst in UTF-8; sla het bestand opnieuw op als UTF-8")
        }),
    }
}

/// Reads settings; what is wrong is told with its line.
pub fn toml<T: DeserializeOwned>(tekst: &str) -> Result<T, String> {
    let gelezen = toml::from_str(tekst).map_err(|e| {
        let regel = e
            .span()
            .map(|s| tekst[..s.start.min(tekst.len())].matches('\n').count() + 1);
        format!(
            "{}{}",
            regel.map_or_else(String::new, |r| format!("regel {r}: ")),
            nederlands(e.message())
        )
    })?;
    // "C:\temp" is read as C:, a tab and emp: nobody means that.
    let lijst: toml::Table = toml::from_str(tekst).map_err(|e| nederlands(e.message()))?;
    match control(&lijst) {
        Some(sleutel) => Err(format!("bij {sleutel}: {PAD}")),
        None => Ok(gelezen),
    }
}

/// The key of a value with a character that is no text. A query may have more than one line.
fn control(lijst: &toml::Table) -> Option<&str> {
    lijst.iter().find_map(|(sleutel, waarde)| match waarde {
        toml::Value::Table(_) if sleutel == "tabellen" => None,
        toml::Value::Table(lijst) => control(lijst),
        toml::Value::Array(waarden) => waarden
            .iter()
            .filter_map(toml::Value::as_str)
            .any(has_control)
            .then_some(sleutel.as_str()),
        waarde => waarde
            .as_str()
            .is_some_and(has_control)
            .then_some(sleutel.as_str()),
    })
}

fn has_control(tekst: &str) -> bool {
    tekst.chars().any(char::is_control)
}

/// What the TOML reader found, in Dutch where it is one of the usual things.
fn nederlands(bericht: &str) -> String {
    let naam = bericht.split('`').nth(1).unwrap_or_default();
    if bericht.starts_with("unknown field") {
        let bekend: Vec<&str> = bericht.split('`').skip(3).step_by(2).collect();
        return format!(
            "`{naam}` is hier onbekend; bekend zijn: {}",
            bekend.join(", ")
        );
    }
    if bericht.starts_with("unknown variant") {
        let bekend: Vec<&str> = bericht.split('`').skip(3).step_by(2).collect();
        return format!("`{naam}` kan hier niet; kies uit {}", bekend.join(", "));
    }
    if bericht.starts_with("missing field") {
        return format!("`{naam}` ontbreekt");
    }
    if bericht.starts_with("duplicate key") {
        return "dezelfde naam staat er twee keer".to_owned();
    }
    if bericht.starts_with("missing escaped value") || bericht.contains("unicode value digits") {
        return PAD.to_owned();
    }
    bericht.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_an_editor_makes_of_it_reads_the_same() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("a.txt");
        let eenheden: Vec<u16> = "\u{feff}één\r\n".encode_utf16().collect();
        let le = eenheden.iter().flat_map(|e| e.to_le_bytes()).collect();
        let be = eenheden.iter().flat_map(|e| e.to_be_bytes()).collect();
        for bytes in [
            "één\r\n".as_bytes().to_vec(),
            "\u{feff}één\r\n".as_bytes().to_vec(),
            le,
            be,
        ] {
            std::fs::write(&pad, bytes).unwrap();
            assert_eq!(read(&pad).unwrap(), "één\r\n");
        }
        for bytes in [&b"\xe9\xe9n"[..], b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf\xff"] {
            std::fs::write(&pad, bytes).unwrap();
            assert!(read(&pad).unwrap_err().to_string().contains("UTF-8"));
        }
    }

    #[test]
    fn a_windows_path_between_double_quotes_is_never_misread() {
        for pad in [
            r"C:\Users\ik",
            r"C:\temp\x.csv",
            r"D:\new",
            r"\\server\cijfers",
            r"C:\exports\x",
        ] {
            for regel in [format!("a = \"{pad}\""), format!("[b]\na = [\"{pad}\"]")] {
                let fout = toml::<toml::Table>(&regel).unwrap_err();
                assert!(fout.contains("enkele aanhalingstekens"), "{pad}: {fout}");
            }
            assert_eq!(
                toml::<toml::Table>(&format!("a = '{pad}'")).unwrap()["a"].as_str(),
                Some(pad)
            );
        }
        assert!(toml::<toml::Table>("[tabellen]\nt = \"\"\"\nSELECT 1\nFROM t\"\"\"").is_ok());
    }
}
