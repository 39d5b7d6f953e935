//! A file as it is offered: by path or as bytes.
//!
//! Owns opening it once, however often it is read, and telling what kind of container it is by its first bytes (never
//! by its name). Leaves reading what is inside to the readers.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rows::Weigering;
use rows::characters::is_turning;

use crate::held::{Held, Stream};
use crate::query::QueryRows;

/// A file that is offered.
#[derive(Debug, Clone)]
pub struct Bestand {
    /// Name for people, without folders.
    pub naam: String,
    /// Where the bytes are.
    pub bron: Bron,
    /// What it was opened as, shared by its copies.
    held: Arc<OnceLock<Held>>,
}

/// Where the bytes of a file are.
#[derive(Clone)]
pub enum Bron {
    /// On disk.
    Pad(PathBuf),
    /// In memory; opening it again copies nothing.
    Bytes(Bytes),
    /// The rows of a query.
    Query(Arc<QueryRows>),
}

impl std::fmt::Debug for Bron {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pad(pad) => f.debug_tuple("Pad").field(pad).finish(),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Query(rows) => write!(f, "Query({} rows)", rows.rows()),
        }
    }
}

impl Bestand {
    /// The file at this path; it is opened later.
    pub fn from_path(pad: &Path) -> Self {
        let naam = pad.file_name().map_or_else(
            || pad.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        Self::new(harmless(&naam), Bron::Pad(pad.to_owned()))
    }

    /// A file in memory.
    pub fn from_bytes(naam: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::new(harmless(&naam.into()), Bron::Bytes(bytes.into()))
    }

    /// The rows of a query. Nothing about their form is guessed, and they are numbered from 1.
    pub fn from_query(naam: impl Into<String>, rows: QueryRows) -> Self {
        Self::new(naam.into(), Bron::Query(Arc::new(rows)))
    }

    fn new(naam: String, bron: Bron) -> Self {
        Self {
            naam,
            bron,
            held: Arc::default(),
        }
    }

    /// Opens it, unless it is open: a small file is in memory from here on.
    ///
    /// # Errors
    /// When it can't be opened or read.
    pub fn hold(&self) -> std::io::Result<()> {
        self.held().map(drop)
    }

    fn held(&self) -> std::io::Result<&Held> {
        if let Some(held) = self.held.get() {
            return Ok(held);
        }
        let held = match &self.bron {
            Bron::Pad(pad) => Held::open(pad)?,
            Bron::Bytes(bytes) => Held::from_bytes(bytes.clone()),
            // Its rows are no file.
            Bron::Query(_) => Held::from_bytes(Bytes::new()),
        };
        Ok(self.held.get_or_init(|| held))
    }

    /// Its bytes from the beginning.
    pub(crate) fn open(&self) -> Result<Stream, Weigering> {
        let held = self.held();
        let held = held.map_err(|fout| Weigering::io(&fout).in_bestand(&self.naam))?;
        Ok(held.stream())
    }

    /// What the first bytes say it is.
    pub(crate) fn soort(&self) -> Result<Bestandssoort, Weigering> {
        if matches!(self.bron, Bron::Query(_)) {
            return Ok(Bestandssoort::Query);
        }
        let mut begin = Vec::with_capacity(512);
        let gelezen = self.open()?.take(512).read_to_end(&mut begin);
        gelezen.map_err(|fout| Weigering::io(&fout).in_bestand(&self.naam))?;
        recognise(&begin).map_err(|w| w.in_bestand(&self.naam))
    }
}

/// Refuses the same file twice, and two files of the same name: by its name alone a file is known from here on.
///
/// # Errors
/// When there are such files.
pub fn refuse_doubles(bestanden: &[Bestand]) -> Result<(), Weigering> {
    for (nummer, bestand) in bestanden.iter().enumerate() {
        for eerder in &bestanden[..nummer] {
            let echt = |b: &Bestand| match &b.bron {
                Bron::Pad(pad) => pad.canonicalize().ok(),
                _ => None,
            };
            let bericht = if echt(bestand).is_some_and(|pad| echt(eerder) == Some(pad)) {
                format!(
                    "U geeft het bestand '{}' twee keer. Geef het één keer.",
                    bestand.naam
                )
            } else if bestand.naam == eerder.naam {
                format!(
                    "U geeft twee bestanden met de naam '{}'. Geef ze elk een eigen naam.",
                    bestand.naam
                )
            } else {
                continue;
            };
            return Err(Weigering::new("FILE_TWICE", bericht).in_bestand(&bestand.naam));
        }
    }
    Ok(())
}

/// A name that does nothing to a terminal or a page: it goes into every message.
fn harmless(naam: &str) -> String {
    naam.chars()
        .map(|c| {
            if c.is_control() || is_turning(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// The containers that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bestandssoort {
    Tekst,
    Werkmap,
    Json,
    Query,
}

fn recognise(begin: &[u8]) -> Result<Bestandssoort, Weigering> {
    if begin.starts_with(b"PK\x03\x04") || begin.starts_with(b"PK\x05\x06") {
        return Ok(Bestandssoort::Werkmap);
    }
    if begin.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Err(Weigering::new(
            "FORMAT",
            "Dit is een oud Excel-bestand (.xls) of een Excel-bestand met een wachtwoord. \
             Open het in Excel, haal het wachtwoord weg en sla het op als .xlsx.",
        ));
    }
    if begin.starts_with(b"%PDF") {
        return Err(Weigering::new(
            "FORMAT",
            "Dit is een PDF. Lever een Excel-bestand (.xlsx) of een CSV.",
        ));
    }
    if begin.starts_with(&[0x1f, 0x8b])
        || begin.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        || begin.starts_with(b"7z\xbc\xaf")
    {
        return Err(Weigering::new(
            "FORMAT",
            "Dit bestand is ingepakt. Pak het eerst uit.",
        ));
    }
    let zonder_bom = begin.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(begin);
    let utf16 = [
        [0xff, 0xfe, b'[', 0],
        [0xff, 0xfe, b'{', 0],
        [0xfe, 0xff, 0, b'['],
        [0xfe, 0xff, 0, b'{'],
    ];
    if utf16.iter().any(|json| begin.starts_with(json)) {
        return Err(Weigering::new(
            "ENCODING_UNSUPPORTED",
            "Dit is JSON in UTF-16. Sla het bestand op als UTF-8.",
        ));
    }
    match zonder_bom.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'<') if begin.windows(16).any(|w| w == b"<office:document") => Err(Weigering::new(
            "FORMAT",
            "Dit is een plat OpenDocument-bestand (.fods). Sla het op als .ods of .xlsx.",
        )),
        Some(b'<') => Err(Weigering::new(
            "FORMAT",
            "Dit bestand is een webpagina of XML, ook als het .xls heet. Open het in Excel en sla het op als .xlsx.",
        )),
        Some(b'[' | b'{') => Ok(Bestandssoort::Json),
        _ => Ok(Bestandssoort::Tekst),
    }
}
