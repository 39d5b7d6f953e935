//! A file as it is offered: by path or as bytes.
//!
//! Owns opening it once, however often it is read, and telling what kind of container it is by its first bytes (never
//! by its name). Leaves reading what is inside to the readers.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rows::characters::is_turning;
use rows::{FileRefusal, RefusalCode};

use crate::held::{Held, Stream};
use crate::query::QueryRows;

/// A file that is offered.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Name for people, without folders.
    pub naam: String,
    /// Where the bytes are.
    pub bron: ByteSource,
    /// What it was opened as, shared by its copies.
    held: Arc<OnceLock<Held>>,
}

/// Where the bytes of a file are.
#[derive(Clone)]
pub enum ByteSource {
    /// On disk.
    Path(PathBuf),
    /// In memory; opening it again copies nothing.
    Bytes(Bytes),
    /// The rows of a query.
    Query(Arc<QueryRows>),
}

impl std::fmt::Debug for ByteSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => f.debug_tuple("Pad").field(path).finish(),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
            Self::Query(rows) => write!(f, "Query({} rows)", rows.rows()),
        }
    }
}

impl SourceFile {
    /// The file at this path; it is opened later.
    pub fn from_path(path: &Path) -> Self {
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        Self::new(harmless(&name), ByteSource::Path(path.to_owned()))
    }

    /// A file in memory.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::new(harmless(&name.into()), ByteSource::Bytes(bytes.into()))
    }

    /// The rows of a query. Nothing about their form is guessed, and they are numbered from 1.
    pub fn from_query(name: impl Into<String>, rows: QueryRows) -> Self {
        Self::new(name.into(), ByteSource::Query(Arc::new(rows)))
    }

    fn new(name: String, source: ByteSource) -> Self {
        Self {
            naam: name,
            bron: source,
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
            ByteSource::Path(path) => Held::open(path)?,
            ByteSource::Bytes(bytes) => Held::from_bytes(bytes.clone()),
            // Its rows are no file.
            ByteSource::Query(_) => Held::from_bytes(Bytes::new()),
        };
        Ok(self.held.get_or_init(|| held))
    }

    /// Its bytes from the beginning.
    pub(crate) fn open(&self) -> Result<Stream, FileRefusal> {
        let held = self.held();
        let held = held.map_err(|error| FileRefusal::io(&error).in_file(&self.naam))?;
        Ok(held.stream())
    }

    /// What the first bytes say it is.
    pub(crate) fn kind(&self) -> Result<FileKind, FileRefusal> {
        if matches!(self.bron, ByteSource::Query(_)) {
            return Ok(FileKind::Query);
        }
        let mut begin = Vec::with_capacity(512);
        let loaded = self.open()?.take(512).read_to_end(&mut begin);
        loaded.map_err(|error| FileRefusal::io(&error).in_file(&self.naam))?;
        recognise(&begin).map_err(|w| w.in_file(&self.naam))
    }
}

/// Refuses the same file twice, and two files of the same name: by its name alone a file is known from here on.
///
/// # Errors
/// When there are such files.
pub fn refuse_doubles(files: &[SourceFile]) -> Result<(), FileRefusal> {
    for (number, file) in files.iter().enumerate() {
        for earlier in &files[..number] {
            let actual = |b: &SourceFile| match &b.bron {
                ByteSource::Path(path) => path.canonicalize().ok(),
                _ => None,
            };
            let message = if actual(file).is_some_and(|path| actual(earlier) == Some(path)) {
                format!(
                    "U geeft het bestand '{}' twee keer. Geef het één keer.",
                    file.naam
                )
            } else if file.naam == earlier.naam {
                format!(
                    "U geeft twee bestanden met de naam '{}'. Geef ze elk een eigen naam.",
                    file.naam
                )
            } else {
                continue;
            };
            return Err(FileRefusal::new(RefusalCode::FileTwice, message).in_file(&file.naam));
        }
    }
    Ok(())
}

/// A name that does nothing to a terminal or a page: it goes into every message.
fn harmless(name: &str) -> String {
    name.chars()
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
pub(crate) enum FileKind {
    Tekst,
    Werkmap,
    Json,
    Query,
}

fn recognise(begin: &[u8]) -> Result<FileKind, FileRefusal> {
    if begin.starts_with(b"PK\x03\x04") || begin.starts_with(b"PK\x05\x06") {
        return Ok(FileKind::Werkmap);
    }
    if begin.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Err(FileRefusal::new(
            RefusalCode::Format,
            "Dit is een oud Excel-bestand (.xls) of een Excel-bestand met een wachtwoord. \
             Open het in Excel, haal het wachtwoord weg en sla het op als .xlsx.",
        ));
    }
    if begin.starts_with(b"%PDF") {
        return Err(FileRefusal::new(
            RefusalCode::Format,
            "Dit is een PDF. Lever een Excel-bestand (.xlsx) of een CSV.",
        ));
    }
    if begin.starts_with(&[0x1f, 0x8b])
        || begin.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        || begin.starts_with(b"7z\xbc\xaf")
    {
        return Err(FileRefusal::new(
            RefusalCode::Format,
            "Dit bestand is ingepakt. Pak het eerst uit.",
        ));
    }
    let without_bom = begin.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(begin);
    let utf16 = [
        [0xff, 0xfe, b'[', 0],
        [0xff, 0xfe, b'{', 0],
        [0xfe, 0xff, 0, b'['],
        [0xfe, 0xff, 0, b'{'],
    ];
    if utf16.iter().any(|json| begin.starts_with(json)) {
        return Err(FileRefusal::new(
            RefusalCode::EncodingUnsupported,
            "Dit is JSON in UTF-16. Sla het bestand op als UTF-8.",
        ));
    }
    match without_bom.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'<') if begin.windows(16).any(|w| w == b"<office:document") => Err(FileRefusal::new(
            RefusalCode::Format,
            "Dit is een plat OpenDocument-bestand (.fods). Sla het op als .ods of .xlsx.",
        )),
        Some(b'<') => Err(FileRefusal::new(
            RefusalCode::Format,
            "Dit bestand is een webpagina of XML, ook als het .xls heet. Open het in Excel en sla het op als .xlsx.",
        )),
        Some(b'[' | b'{') => Ok(FileKind::Json),
        _ => Ok(FileKind::Tekst),
    }
}
