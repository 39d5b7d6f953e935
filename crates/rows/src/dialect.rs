//! How a CSV is written: which sign stands between its columns.
//!
//! Owns the `sep=` line and telling the sign from the first piece of text. Leaves dividing the text to `records`, saying
//! what was assumed to the callers.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use crate::encoding::{Codering, Tekststroom};
use crate::records::{Dialect, Limieten, Regels};
use crate::refusal::Weigering;

/// Text looked at to find out how a CSV is written.
const PROEF: usize = 256 * 1024;

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
pub fn find(source: impl Read, codering: Codering) -> Result<Found, Weigering> {
    let (proef, breuk) = sample(source, codering)?;
    let first = proef.lines().next().unwrap_or_default();
    if let Some(delimiter) = declared(first) {
        return Ok(Found {
            delimiter,
            declared: true,
        });
    }
    let delimiter = delimiter(&proef).map_err(|w| breuk.unwrap_or(w))?;
    Ok(Found {
        delimiter,
        declared: false,
    })
}

/// The first piece of text, cut at a line end unless it is all there is, and what broke it off.
fn sample(source: impl Read, codering: Codering) -> Result<(String, Option<Weigering>), Weigering> {
    let mut stroom = Tekststroom::new(source, codering)?;
    let mut bytes = vec![0; PROEF];
    let mut gevuld = 0;
    let mut op = false;
    let mut breuk = None;
    while gevuld + 16 < bytes.len() && !op {
        match stroom.lees(&mut bytes[gevuld..]) {
            Ok(n) => {
                op = n == 0;
                gevuld += n;
            }
            Err(fout) if gevuld == 0 => return Err(fout.op_rij(1)),
            // Reading comes across it again, and then knows the row.
            Err(fout) => {
                breuk = Some(fout);
                break;
            }
        }
    }
    bytes.truncate(gevuld);
    let mut tekst = String::from_utf8(bytes).expect("the stream gives whole UTF-8 characters");
    if !op && let Some(einde) = tekst.rfind(['\n', '\r']) {
        tekst.truncate(einde + 1);
    }
    if tekst.trim().is_empty() {
        return Err(Weigering::empty());
    }
    let breuk = breuk.map(|fout| fout.op_rij(1 + tekst.matches('\n').count() as u64));
    Ok((tekst, breuk))
}

/// The delimiter a `sep=` line declares.
fn declared(regel: &str) -> Option<u8> {
    let kaal = regel.trim_matches(|c| c == '"' || c == '\u{feff}' || c == '\r');
    let teken = kaal
        .get(..4)
        .filter(|k| k.eq_ignore_ascii_case("sep="))
        .map(|_| &kaal[4..])?;
    match teken.as_bytes() {
        [teken] if matches!(teken, b',' | b';' | b'\t' | b'|') => Some(*teken),
        [] if regel.contains('\t') => Some(b'\t'),
        _ => None,
    }
}

fn delimiter(proef: &str) -> Result<u8, Weigering> {
    let mut beste = (0.0, b',');
    let mut stuk = None;
    for scheiding in [b';', b',', b'\t', b'|'] {
        let maat = steadiness(proef, scheiding);
        if maat.score > beste.0 + 1e-9 {
            beste = (maat.score, scheiding);
        }
        if scheiding == b',' && maat.rijen == 0 {
            stuk = Some(maat.fout.unwrap_or_else(Weigering::empty));
        }
    }
    if beste.0 < 0.5 {
        let bericht = "De kolommen zijn niet te herkennen: er staat geen komma, puntkomma, tab of streep tussen. Sla het bestand op als CSV of Excel.";
        return Err(stuk.unwrap_or_else(|| Weigering::new("DELIMITER", bericht)));
    }
    Ok(beste.1)
}

/// How well a delimiter fits.
struct Maat {
    /// Delimiters per row, counted over the rows of the most common width.
    score: f64,
    rijen: usize,
    /// Why not all of it could be read.
    fout: Option<Weigering>,
}

fn steadiness(proef: &str, scheiding: u8) -> Maat {
    let mut maat = Maat {
        score: 0.0,
        rijen: 0,
        fout: None,
    };
    let Ok(stroom) = Tekststroom::new(Cursor::new(proef.as_bytes()), Codering::Utf8) else {
        return maat;
    };
    let mut regels = Regels::new(
        stroom,
        Dialect {
            scheiding,
            strikt: false,
        },
        Limieten::default(),
    );
    let mut breedtes: BTreeMap<usize, usize> = BTreeMap::new();
    while maat.rijen < 200 {
        match regels.los_record() {
            Ok(Some(record)) if record.iter().all(String::is_empty) => {}
            Ok(Some(record)) => {
                *breedtes.entry(record.len()).or_default() += 1;
                maat.rijen += 1;
            }
            Ok(None) => break,
            // What came before it tells enough; the reader will say where this is.
            Err(fout) => {
                maat.fout = Some(fout);
                break;
            }
        }
    }
    let meest = breedtes
        .iter()
        .map(|(breedte, n)| (breedte - 1) * n)
        .max()
        .unwrap_or(0);
    maat.score = meest as f64 / maat.rijen.max(1) as f64;
    maat
}
