//! A file as it is offered: by path or as bytes.
//!
//! Owns opening it once, however often it is read, and telling what kind of container it is by its first bytes (never
//! by its name). Leaves reading what is inside to the readers.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use rows::encoding::TextEncoding;
use rows::invisible_characters::is_turning;
use rows::{FileRefusal, RefusalCode};

use crate::held_file::{Held, Stream};
use crate::kept_sheets::{KeptSheets, ReadSheets};
use crate::presumed_encoding::{KnownEncoding, ProvingStream};
use crate::query_rows::QueryRows;
use crate::wording;
use crate::zip_scan::ZipScan;

/// A file that is offered.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Name for people, without folders.
    pub naam: String,
    /// Where the bytes are.
    pub bron: ByteSource,
    /// What it was opened as, shared by its copies.
    held: Arc<OnceLock<Held>>,
    /// What is known of the encoding of a text, shared likewise.
    encoding: KnownEncoding,
    /// What a look through the zip of a workbook found, shared likewise.
    pub(crate) zip_scan: Arc<OnceLock<ZipScan>>,
    /// The sheets that were read of it, where it is not kept itself.
    sheets: KeptSheets,
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
            encoding: KnownEncoding::default(),
            zip_scan: Arc::default(),
            sheets: KeptSheets::default(),
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

    /// Lets a text that is too large to be kept be taken for what its beginning says, which spares a reading of all of
    /// it. Once it was read [`SourceFile::is_as_presumed`] must be asked.
    ///
    /// # Errors
    /// When it can't be opened or read.
    pub fn presume_encoding(&self) -> std::io::Result<()> {
        if matches!(self.held()?, Held::Handle(_)) {
            self.encoding.permit();
        }
        Ok(())
    }

    /// Whether the text was in the encoding that its beginning said; looks through it where it was not read to its end.
    /// Where it was not, all that was read of it must be read anew.
    pub fn is_as_presumed(&self) -> bool {
        self.encoding.is_as_presumed(|| self.open())
    }

    /// Its sheets, by `read`. Those of a file that is too large to be kept are kept in its place.
    pub(crate) fn read_sheets(
        &self,
        read: impl FnOnce(&Self) -> Result<ReadSheets, FileRefusal>,
    ) -> Result<Arc<ReadSheets>, FileRefusal> {
        if let Some(sheets) = self.sheets.get() {
            return Ok(sheets);
        }
        let sheets = Arc::new(read(self)?);
        if matches!(self.held.get(), Some(Held::Handle(_))) {
            self.sheets.set(Some(Arc::clone(&sheets)));
        }
        Ok(sheets)
    }

    /// Lets go of the sheets that were read of it.
    pub(crate) fn forget_sheets(&self) {
        self.sheets.set(None);
    }

    /// How the text is encoded.
    pub(crate) fn encoding(&self) -> Result<TextEncoding, FileRefusal> {
        self.encoding.get(|| self.open())
    }

    /// The bytes of a text from the beginning: what was presumed of them is proven on the way.
    pub(crate) fn text(&self) -> Result<ProvingStream, FileRefusal> {
        Ok(self.encoding.prove(self.open()?))
    }

    /// What the first bytes say it is.
    pub(crate) fn kind(&self) -> Result<FileKind, FileRefusal> {
        if matches!(self.bron, ByteSource::Query(_)) {
            return Ok(FileKind::Query);
        }
        let mut begin = Vec::with_capacity(512);
        let loaded = self.open()?.take(512).read_to_end(&mut begin);
        loaded.map_err(|error| FileRefusal::io(&error).in_file(&self.naam))?;
        if begin.starts_with(&COMPOUND) {
            let refusal = compound(self.open()?, &begin);
            return Err(refusal.in_file(&self.naam));
        }
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
                wording::file::given_twice(&file.naam)
            } else if file.naam == earlier.naam {
                wording::file::same_name(&file.naam)
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

/// How a compound file begins: what old Excel writes, and what is put around a workbook that is locked.
const COMPOUND: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Entries of a directory that are looked at: locked and old workbooks have less than ten.
const ENTRIES: u64 = 64;

/// Says what stands in a compound file, by the names in its directory.
fn compound(mut stream: Stream, begin: &[u8]) -> FileRefusal {
    let names = compound_names(&mut stream, begin).unwrap_or_default();
    let has = |part: &str| names.iter().any(|name| name == part);
    let message = if has("EncryptedPackage") {
        wording::file::ENCRYPTED_EXCEL
    } else if has("Workbook") || has("Book") {
        wording::file::OLD_EXCEL
    } else if has("WordDocument") {
        wording::file::WORD
    } else {
        wording::file::OLD_OFFICE
    };
    FileRefusal::new(RefusalCode::Format, message)
}

/// The names in the first piece of the directory of a compound file ([MS-CFB], 2.2 and 2.6.1).
fn compound_names(stream: &mut Stream, begin: &[u8]) -> Option<Vec<String>> {
    const ENTRY: usize = 128;
    const NAME: usize = 64;
    let shift = u16::from_le_bytes(begin.get(30..32)?.try_into().ok()?);
    let sector = u32::from_le_bytes(begin.get(48..52)?.try_into().ok()?);
    if shift > 12 {
        return None;
    }
    let place = (u64::from(sector) + 1) << shift;
    stream.seek(SeekFrom::Start(place)).ok()?;
    let mut directory = Vec::new();
    let mut read = stream.take(ENTRIES * ENTRY as u64);
    read.read_to_end(&mut directory).ok()?;
    let names = directory.chunks_exact(ENTRY).map(|entry| {
        let units = entry[..NAME]
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let name: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
        String::from_utf16_lossy(&name)
    });
    Some(names.collect())
}

/// Whether a text is SYLK: `ID;P…`, and after it lines that each begin with the letter of a record. A CSV whose first
/// column is called `ID` has other lines.
fn is_sylk(begin: &[u8]) -> bool {
    const RECORDS: [&str; 9] = ["P", "F", "B", "C", "O", "W", "NN", "NE", "E"];
    let text = String::from_utf8_lossy(begin);
    let mut lines = text.split(['\r', '\n']).filter(|line| !line.is_empty());
    let is_first = lines.next().is_some_and(|line| line.starts_with("ID;P"));
    let mut others = lines.map(|line| line.split(';').next().unwrap_or_default());
    is_first
        && others
            .next()
            .is_some_and(|record| RECORDS.contains(&record))
        && others
            .next()
            .is_some_and(|record| RECORDS.contains(&record))
}

fn recognise(begin: &[u8]) -> Result<FileKind, FileRefusal> {
    if begin.starts_with(b"PK\x03\x04") || begin.starts_with(b"PK\x05\x06") {
        return Ok(FileKind::Werkmap);
    }
    if is_sylk(begin) {
        return Err(FileRefusal::new(RefusalCode::Format, wording::file::SYLK));
    }
    if begin.starts_with(b"%PDF") {
        return Err(FileRefusal::new(RefusalCode::Format, wording::file::PDF));
    }
    if begin.starts_with(&[0x1f, 0x8b])
        || begin.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        || begin.starts_with(b"7z\xbc\xaf")
    {
        return Err(FileRefusal::new(
            RefusalCode::Format,
            wording::file::COMPRESSED,
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
            wording::file::JSON_IN_UTF_16,
        ));
    }
    match without_bom.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'<') if begin.windows(16).any(|w| w == b"<office:document") => Err(FileRefusal::new(
            RefusalCode::Format,
            wording::file::FLAT_DOCUMENT,
        )),
        Some(b'<') => Err(FileRefusal::new(
            RefusalCode::Format,
            wording::file::WEB_PAGE,
        )),
        Some(b'[' | b'{') => Ok(FileKind::Json),
        _ => Ok(FileKind::Tekst),
    }
}
