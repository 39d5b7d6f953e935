//! How a CSV is written: which sign stands between its columns.
//!
//! Owns the `sep=` line and telling the sign from the first piece of text. Leaves dividing the text to `records`, saying
//! what was assumed to the callers.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use crate::codes::RefusalCode;
use crate::encoding::{TextEncoding, TextStream};
use crate::records::{Dialect, RecordLimits, Regels};
use crate::refusal::FileRefusal;

/// Text looked at to find out how a CSV is written.
const SAMPLE: usize = 256 * 1024;

/// What the first piece of a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The sign between columns.
    pub delimiter: u8,
    /// A `sep=` line says so; that line is no row.
    pub declared: bool,
}

/// Finds out how the text that `source` begins with is written.
///
/// # Errors
/// When there is no text, or no sign stands between columns.
pub fn find(source: impl Read, encoding: TextEncoding) -> Result<Found, FileRefusal> {
    let (probe, fraction) = sample(source, encoding)?;
    let first = probe.lines().next().unwrap_or_default();
    if let Some(delimiter) = declared(first) {
        return Ok(Found {
            delimiter,
            declared: true,
        });
    }
    let delimiter = delimiter(&probe).map_err(|w| fraction.unwrap_or(w))?;
    Ok(Found {
        delimiter,
        declared: false,
    })
}

/// The first piece of text, cut at a line end unless it is all there is, and what broke it off.
fn sample(
    source: impl Read,
    encoding: TextEncoding,
) -> Result<(String, Option<FileRefusal>), FileRefusal> {
    let mut stream = TextStream::new(source, encoding)?;
    let mut bytes = vec![0; SAMPLE];
    let mut filled = 0;
    let mut on = false;
    let mut fraction = None;
    while filled + 16 < bytes.len() && !on {
        match stream.lees(&mut bytes[filled..]) {
            Ok(n) => {
                on = n == 0;
                filled += n;
            }
            Err(error) if filled == 0 => return Err(error.at_row(1)),
            // Reading comes across it again, and then knows the row.
            Err(error) => {
                fraction = Some(error);
                break;
            }
        }
    }
    bytes.truncate(filled);
    let mut text = String::from_utf8(bytes).expect("the stream gives whole UTF-8 characters");
    if !on && let Some(end) = text.rfind(['\n', '\r']) {
        text.truncate(end + 1);
    }
    if text.trim().is_empty() {
        return Err(FileRefusal::empty());
    }
    let fraction = fraction.map(|error| error.at_row(1 + text.matches('\n').count() as u64));
    Ok((text, fraction))
}

/// The delimiter a `sep=` line declares.
fn declared(regel: &str) -> Option<u8> {
    let bare = regel.trim_matches(|c| c == '"' || c == '\u{feff}' || c == '\r');
    let character = bare
        .get(..4)
        .filter(|k| k.eq_ignore_ascii_case("sep="))
        .map(|_| &bare[4..])?;
    match character.as_bytes() {
        [character] if matches!(character, b',' | b';' | b'\t' | b'|') => Some(*character),
        [] if regel.contains('\t') => Some(b'\t'),
        _ => None,
    }
}

fn delimiter(probe: &str) -> Result<u8, FileRefusal> {
    let mut best = (0.0, b',');
    let mut piece = None;
    for separator in [b';', b',', b'\t', b'|'] {
        let measure = steadiness(probe, separator);
        if measure.score > best.0 + 1e-9 {
            best = (measure.score, separator);
        }
        if separator == b',' && measure.rijen == 0 {
            piece = Some(measure.fout.unwrap_or_else(FileRefusal::empty));
        }
    }
    if best.0 < 0.5 {
        let message = "De kolommen zijn niet te herkennen: er staat geen komma, puntkomma, tab of streep tussen. Sla het bestand op als CSV of Excel.";
        return Err(piece.unwrap_or_else(|| FileRefusal::new(RefusalCode::Delimiter, message)));
    }
    Ok(best.1)
}

/// How well a delimiter fits.
struct DialectMeasure {
    /// Delimiters per row, counted over the rows of the most common width.
    score: f64,
    rijen: usize,
    /// Why not all of it could be read.
    fout: Option<FileRefusal>,
}

fn steadiness(probe: &str, separator: u8) -> DialectMeasure {
    let mut measure = DialectMeasure {
        score: 0.0,
        rijen: 0,
        fout: None,
    };
    let Ok(stream) = TextStream::new(Cursor::new(probe.as_bytes()), TextEncoding::Utf8) else {
        return measure;
    };
    let mut regels = Regels::new(
        stream,
        Dialect {
            separator,
            strict: false,
        },
        RecordLimits::default(),
    );
    let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
    while measure.rijen < 200 {
        match regels.single_record() {
            Ok(Some(record)) if record.iter().all(String::is_empty) => {}
            Ok(Some(record)) => {
                *widths.entry(record.len()).or_default() += 1;
                measure.rijen += 1;
            }
            Ok(None) => break,
            // What came before it tells enough; the reader will say where this is.
            Err(error) => {
                measure.fout = Some(error);
                break;
            }
        }
    }
    let most = widths
        .iter()
        .map(|(width, n)| (width - 1) * n)
        .max()
        .unwrap_or(0);
    measure.score = most as f64 / measure.rijen.max(1) as f64;
    measure
}
