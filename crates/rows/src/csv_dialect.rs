//! How a CSV is written: which sign stands between its columns.
//!
//! Owns the `sep=` line and telling from the first piece of text the sign, what stands around the cells, and whether whole
//! lines stand between quotes. Leaves dividing the text to `csv_records`, saying what was assumed to the callers.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use crate::csv_records::{Dialect, RecordLimits, Regels};
use crate::encoding::{TextEncoding, TextStream};
use crate::refusal::FileRefusal;
use crate::refusal_codes::RefusalCode;
use crate::wording;

/// Text looked at to find out how a CSV is written.
const SAMPLE: usize = 256 * 1024;

/// The signs that may stand between columns.
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// What the first piece of a text says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The sign between columns.
    pub delimiter: u8,
    /// A `sep=` line says so; that line is no row.
    pub declared: bool,
    /// The sign around a cell: `"`, or `'` where all of it is written so.
    pub quote: u8,
    /// Whole lines stand between quotes, with this sign behind them.
    pub wrapped: Option<u8>,
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
            quote: quote(&probe, delimiter),
            wrapped: None,
        });
    }
    let wrapped = wrapped(&probe);
    let probe = wrapped.as_ref().map_or(&*probe, |(_, inner)| inner);
    let delimiter = delimiter(probe).map_err(|w| fraction.unwrap_or(w))?;
    Ok(Found {
        delimiter,
        declared: false,
        quote: quote(probe, delimiter),
        wrapped: wrapped.map(|(separator, _)| separator),
    })
}

/// The first records of a text, divided by this sign.
fn records(probe: &str, separator: u8) -> Vec<Vec<String>> {
    let dialect = Dialect {
        separator,
        strict: false,
    };
    let Ok(stream) = TextStream::new(Cursor::new(probe.as_bytes()), TextEncoding::Utf8) else {
        return Vec::new();
    };
    let mut regels = Regels::new(stream, dialect, RecordLimits::default());
    let records = std::iter::from_fn(|| regels.single_record().ok().flatten());
    records
        .filter(|record| !record.iter().all(String::is_empty))
        .take(PROBED)
        .collect()
}

/// Records by which it is told how a text is written.
const PROBED: usize = 200;

/// Whether whole lines stand between quotes (not all of them need to: a program puts them only where there is something
/// to protect): the sign behind the quotes, and the lines within.
fn wrapped(probe: &str) -> Option<(u8, String)> {
    let wrapped = |line: &str| {
        let line = line.trim_end_matches([';', ',', '\t', '|', '\r']);
        let inner = line.strip_prefix('"').and_then(|l| l.strip_suffix('"'));
        inner.is_some_and(|inner| {
            let bare = inner.replace("\"\"", "");
            let divided = |sign: &u8| bare.bytes().filter(|b| b == sign).count() >= 2;
            !bare.contains('"') && SEPARATORS.iter().any(divided)
        })
    };
    if !probe.lines().take(PROBED).any(wrapped) {
        return None;
    }
    SEPARATORS.iter().find_map(|separator| {
        let records = records(probe, *separator);
        let only_first = records
            .iter()
            .all(|record| record.iter().skip(1).all(String::is_empty));
        let lines: Vec<String> = records
            .into_iter()
            .filter_map(|r| r.into_iter().next())
            .collect();
        let inner = lines.join("\n");
        (only_first && lines.len() >= 2 && delimiter(&inner).is_ok()).then_some((*separator, inner))
    })
}

/// The sign around the cells: `'` where every filled cell of the first row stands in it, and no text of another begins
/// with it without ending in it.
fn quote(probe: &str, separator: u8) -> u8 {
    let records = records(probe, separator);
    let open = |cell: &str| cell.starts_with('\'');
    let within = |cell: &str| cell.len() >= 2 && open(cell) && cell.ends_with('\'');
    let header = records.first().map_or(&[][..], Vec::as_slice);
    let header_within = header.iter().filter(|cell| within(cell)).count();
    let header_filled = header.iter().filter(|cell| !cell.is_empty()).count();
    let others = records.iter().skip(1).flatten();
    let contradicted = others.clone().any(|cell| open(cell) && !within(cell));
    let confirmed = others.clone().any(|cell| within(cell));
    if header_within >= 2 && header_within == header_filled && confirmed && !contradicted {
        b'\''
    } else {
        b'"'
    }
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
    for separator in SEPARATORS {
        let measure = steadiness(probe, separator);
        if measure.score > best.0 + 1e-9 {
            best = (measure.score, separator);
        }
        if separator == b',' && measure.rijen == 0 {
            piece = Some(measure.fout.unwrap_or_else(FileRefusal::empty));
        }
    }
    if best.0 < 0.5 {
        let message = wording::NO_SEPARATOR;
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
