//! Looks through a workbook's zip before anything is parsed: is it safe to hand on, and which kind of workbook is it?
//!
//! Owns the bounds (entries, ratio, sizes as counted), names, overlaps, active content, and a scan of every XML
//! part for DTDs, depth and length. Nothing reaches the readers of workbooks unscanned: what the scan has against a
//! part is kept until that part is read ([`ZipScan::judge`]). Parts that nobody reads (buttons, queries, labels, themes) are
//! bounded and left as they are.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};

use rows::{FileRefusal, RefusalCode};
use zip::ZipArchive;

use crate::file::SourceFile;
use crate::held::Stream;
use crate::package::{in_folder, part_name};
use crate::wording;
use crate::xml::WorkbookKind;
use crate::zip_scan::ZipScan;

const ENTRIES: u64 = 10_000;
/// Bytes of all parts together, as counted while unpacking.
const TOTAL: u64 = 1 << 30;
/// A part that unpacks to more than this many times its size is a bomb, once it is larger than `SMALL`.
const RATIO: u64 = 100;
const SMALL: u64 = 4 << 20;
/// Styles, relations, workbook and properties are never large.
const MINOR_PART: u64 = 32 << 20;
const DEPTH: usize = 64;
/// Longest tag or text in an XML part.
const LONGEST: usize = 1 << 20;

fn structure(message: &str) -> FileRefusal {
    FileRefusal::new(RefusalCode::ZipStructure, message)
}

fn damaged() -> FileRefusal {
    structure(wording::workbook::DAMAGED)
}

/// Looks through the file, once however often it is asked.
pub(super) fn scan(file: &SourceFile) -> Result<&ZipScan, FileRefusal> {
    if let Some(found) = file.zip_scan.get() {
        return Ok(found);
    }
    let found = look_through(file.open()?)?;
    Ok(file.zip_scan.get_or_init(|| found))
}

fn look_through(mut stream: Stream) -> Result<ZipScan, FileRefusal> {
    let count = count_entries(&mut stream)?;
    let mut zip = ZipArchive::new(stream).map_err(|_| damaged())?;
    // The archive keeps one of each name.
    if (zip.len() as u64) < count {
        return Err(structure(wording::workbook::PART_TWICE));
    }
    if zip.has_overlapping_entries().map_err(|_| damaged())? {
        return Err(structure(wording::workbook::PARTS_OVERLAP));
    }
    let mut names = HashSet::new();
    let mut total = 0;
    let mut captions = Vec::new();
    let mut kind = String::new();
    let mut spoiled = HashMap::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).map_err(|_| damaged())?;
        let name = part_name(&String::from_utf8_lossy(part.name_raw()));
        judge_name(&name)?;
        if !names.insert(name.to_lowercase()) {
            return Err(structure(wording::workbook::PART_TWICE));
        }
        if part.encrypted() {
            return Err(locked());
        }
        let packed = part.compressed_size().max(1);
        let mut xml = XmlScan::new(&name);
        let bytes = count_part(&mut part, &name, packed, total, &mut xml)?;
        if bytes != part.size() {
            return Err(damaged());
        }
        total += bytes;
        if let Some(refusal) = xml.refusal.take() {
            if xml.always_read || refusal.kind() == RefusalCode::ActiveContent {
                return Err(refusal);
            }
            spoiled.insert(name.to_lowercase(), refusal);
        }
        match (name.as_str(), xml.tekst) {
            ("mimetype", Some(text)) => text.trim().clone_into(&mut kind),
            (_, Some(text)) => captions.push(text),
            (_, None) => {}
        }
    }
    let vorm = judge_kind(&names, &kind)?;
    Ok(ZipScan {
        vorm,
        captions,
        unpacked: total,
        spoiled,
    })
}

/// Reads the number of entries from the end record, before a reader makes room for them.
fn count_entries(stream: &mut Stream) -> Result<u64, FileRefusal> {
    let io = |e: std::io::Error| FileRefusal::io(&e);
    let length = stream.seek(SeekFrom::End(0)).map_err(io)?;
    stream
        .seek(SeekFrom::Start(length.saturating_sub(66_000)))
        .map_err(io)?;
    let mut tail = Vec::new();
    stream.take(66_000).read_to_end(&mut tail).map_err(io)?;
    stream.seek(SeekFrom::Start(0)).map_err(io)?;
    let end = tail
        .windows(4)
        .rposition(|w| w == b"PK\x05\x06")
        .ok_or_else(damaged)?;
    let count = tail.get(end + 10..end + 12).ok_or_else(damaged)?;
    // 0xffff means that the real number stands elsewhere: far more than any workbook has.
    let count = u64::from(u16::from_le_bytes([count[0], count[1]]));
    if count > ENTRIES {
        return Err(structure(wording::workbook::TOO_MANY_PARTS));
    }
    Ok(count)
}

fn judge_name(name: &str) -> Result<(), FileRefusal> {
    let piece = name.contains('\0')
        || name.starts_with('/')
        || name.contains(':')
        || name.split('/').any(|d| d == "..");
    if piece {
        return Err(structure(wording::workbook::BAD_PART_NAME));
    }
    let lower = name.to_lowercase();
    let extension = extension(&lower);
    if let Some("zip" | "7z" | "gz") = extension {
        return Err(structure(wording::workbook::FILE_IN_FILE));
    }
    let is_active = lower.ends_with("vbaproject.bin")
        || lower.contains("/embeddings/")
        || lower.contains("/activex/")
        || extension == Some("exe")
        || lower.contains("/macrosheets/")
        // LibreOffice: Basic and other scripts.
        || lower.starts_with("basic/")
        || lower.starts_with("scripts/");
    if is_active {
        return Err(active());
    }
    Ok(())
}

/// What stands behind the last dot of a name in lower case.
fn extension(name: &str) -> Option<&str> {
    Some(name.rsplit_once('.')?.1)
}

fn active() -> FileRefusal {
    let message = wording::workbook::MACROS;
    FileRefusal::new(RefusalCode::ActiveContent, message)
}

fn locked() -> FileRefusal {
    FileRefusal::new(RefusalCode::Format, wording::workbook::PASSWORD)
}

fn count_part(
    part: &mut impl Read,
    name: &str,
    packed: u64,
    total: u64,
    xml: &mut XmlScan,
) -> Result<u64, FileRefusal> {
    let lower = name.to_lowercase();
    let essential = lower.contains("worksheets/")
        || lower.ends_with("sharedstrings.xml")
        || lower == "content.xml";
    let is_xml = xml.is_active;
    let minor = is_xml && !essential && !lower.contains("pivotcache/");
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes: u64 = 0;
    loop {
        let n = part.read(&mut buffer).map_err(|_| damaged())?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        if bytes > SMALL && bytes / packed > RATIO {
            return Err(FileRefusal::new(
                RefusalCode::ZipRatio,
                wording::workbook::UNPACKED_TOO_LARGE,
            ));
        }
        if total + bytes > TOTAL || (minor && bytes > MINOR_PART) {
            return Err(FileRefusal::new(
                RefusalCode::ZipRatio,
                wording::workbook::TOO_LARGE,
            ));
        }
        xml.follow(&buffer[..n]);
    }
    if xml.refusal.is_none() {
        xml.refusal = xml.end(bytes).err();
    }
    Ok(bytes)
}

/// `soort` is what an OpenDocument file says it is.
fn judge_kind(names: &HashSet<String>, kind: &str) -> Result<WorkbookKind, FileRefusal> {
    let others = |message: &str| Err(FileRefusal::new(RefusalCode::Format, message));
    if names.contains("xl/workbook.bin") {
        return others(wording::workbook::BINARY_EXCEL);
    }
    if names.contains("encrypted-package") {
        return Err(locked());
    }
    if names.contains("content.xml")
        && (kind.starts_with(OPEN_DOCUMENT) || names.contains("meta-inf/manifest.xml"))
    {
        let is_spreadsheet = kind.is_empty()
            || kind
                .strip_prefix(OPEN_DOCUMENT)
                .is_some_and(|s| s.starts_with("spreadsheet"));
        return if is_spreadsheet {
            Ok(WorkbookKind::Ods)
        } else {
            others(wording::workbook::NO_SPREADSHEET)
        };
    }
    if names.iter().any(|name| extension(name) == Some("iwa")) {
        return others(wording::workbook::NUMBERS);
    }
    // Which part it is, the relations say: working together in one file gives it another number.
    let is_book = |name: &String| {
        let name = in_folder(name).1;
        name.starts_with("workbook") && extension(name) == Some("xml")
    };
    if !names.iter().any(is_book) {
        return others(wording::workbook::NO_WORKBOOK);
    }
    Ok(WorkbookKind::Xlsx)
}

/// How the type of every OpenDocument file begins.
const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";

/// Follows the bytes of one XML part: just enough of the grammar to bound it.
struct XmlScan {
    is_active: bool,
    /// Read whatever the relations say: relations themselves, properties, comments.
    always_read: bool,
    /// What is against reading it; from there on it is only counted.
    refusal: Option<FileRefusal>,
    is_strings: bool,
    tekst: Option<String>,
    depth: usize,
    toestand: XmlState,
    /// Bytes of the tag or text so far.
    lengte: usize,
    begin: Vec<u8>,
    vorige: u8,
    eerste: bool,
    unique: u64,
}

fn too_long() -> FileRefusal {
    FileRefusal::new(RefusalCode::XmlLimit, wording::workbook::PART_TOO_LONG)
}

/// Elements that start something: links to other programs, objects, macros.
const ACTIVE: [&[u8]; 6] = [
    b"ddeLink",
    b"oleLink",
    b"oleObject",
    b"dde-link",
    b"dde-source",
    b"event-listener ",
];

/// Bytes of a tag that are kept: its name with its prefix.
const BEGIN: usize = 32;

#[derive(Clone, Copy, PartialEq)]
enum XmlState {
    Tekst,
    Tag,
    Quote(u8),
    /// `<?…?>` and `<!…>` other than a DTD.
    Other,
}

impl XmlScan {
    fn new(name: &str) -> Self {
        let lower = name.to_lowercase();
        // What macOS keeps beside the files when it packs a folder.
        let of_macos = lower.starts_with("__macosx/") || in_folder(&lower).1.starts_with("._");
        let collect = !of_macos
            && (lower.starts_with("docprops/")
                || lower.contains("comments")
                || lower == "meta.xml"
                || lower == "mimetype");
        Self {
            always_read: !of_macos
                && (collect
                    || extension(&lower) == Some("rels")
                    || ["[content_types].xml", "meta-inf/manifest.xml"].contains(&&*lower)),
            refusal: None,
            is_active: [".xml", ".rels", ".vml"].iter().any(|e| lower.ends_with(e)),
            is_strings: lower.ends_with("sharedstrings.xml"),
            tekst: collect.then(String::new),
            depth: 0,
            toestand: XmlState::Tekst,
            lengte: 0,
            begin: Vec::with_capacity(BEGIN),
            vorige: 0,
            eerste: true,
            unique: 0,
        }
    }

    /// Looks on, until there is something against the part.
    fn follow(&mut self, bytes: &[u8]) {
        if self.refusal.is_none() {
            self.refusal = self.look(bytes).err();
        }
    }

    fn look(&mut self, bytes: &[u8]) -> Result<(), FileRefusal> {
        if let Some(text) = &mut self.tekst
            && text.len() < 4 << 20
        {
            text.push_str(&String::from_utf8_lossy(bytes));
        }
        if !self.is_active {
            return Ok(());
        }
        if self.eerste && (bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]))
            || bytes.contains(&0)
        {
            return Err(FileRefusal::new(
                RefusalCode::XmlEncoding,
                wording::workbook::UNUSUAL_ENCODING,
            ));
        }
        if self.eerste && self.is_strings {
            self.unique = unique_count(&bytes[..bytes.len().min(2048)]);
        }
        self.eerste = false;
        let mut rest = bytes;
        while let Some((&byte, further)) = rest.split_first() {
            let over = self.dull(rest);
            if over == 0 {
                self.step(byte)?;
                rest = further;
                continue;
            }
            self.lengte += over;
            if self.lengte > LONGEST {
                return Err(too_long());
            }
            self.vorige = rest[over - 1];
            rest = &rest[over..];
        }
        Ok(())
    }

    /// How many of the next bytes change nothing: text, a quoted value, or a tag whose name has been read.
    fn dull(&self, bytes: &[u8]) -> usize {
        let tot = |stop: fn(u8) -> bool| bytes.iter().position(|b| stop(*b)).unwrap_or(bytes.len());
        match self.toestand {
            XmlState::Tekst => tot(|b| b == b'<'),
            XmlState::Quote(b'"') => tot(|b| b == b'"'),
            XmlState::Quote(_) => tot(|b| b == b'\''),
            XmlState::Tag if self.begin.last() == Some(&b' ') => {
                tot(|b| matches!(b, b'>' | b'"' | b'\''))
            }
            XmlState::Tag | XmlState::Other => 0,
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), FileRefusal> {
        self.lengte += 1;
        if self.lengte > LONGEST {
            return Err(too_long());
        }
        match (self.toestand, byte) {
            (XmlState::Tekst, b'<') => {
                self.toestand = XmlState::Tag;
                self.begin.clear();
                self.lengte = 0;
            }
            (XmlState::Tekst, _) => {}
            (XmlState::Tag | XmlState::Other, b'>') => {
                self.close_tag()?;
                self.toestand = XmlState::Tekst;
                self.lengte = 0;
            }
            (XmlState::Tag, b'"' | b'\'') => self.toestand = XmlState::Quote(byte),
            (XmlState::Quote(character), _) if byte == character => self.toestand = XmlState::Tag,
            (XmlState::Tag, _) if self.begin.len() < BEGIN && self.begin.last() != Some(&b' ') => {
                self.begin.push(if byte.is_ascii_whitespace() {
                    b' '
                } else {
                    byte
                });
                if self.begin == b"!DOCTYPE" || self.begin == b"!ENTITY" {
                    return Err(FileRefusal::new(
                        RefusalCode::XmlDtd,
                        wording::workbook::FORBIDDEN_PART,
                    ));
                }
                if matches!(self.begin[..], [b'!' | b'?']) {
                    self.toestand = XmlState::Other;
                }
            }
            (XmlState::Other, _) if self.begin.len() < BEGIN => {
                self.begin.push(byte.to_ascii_uppercase());
                if self.begin.starts_with(b"!DOCTYPE") || self.begin.starts_with(b"!ENTITY") {
                    return Err(FileRefusal::new(
                        RefusalCode::XmlDtd,
                        wording::workbook::FORBIDDEN_PART,
                    ));
                }
            }
            _ => {}
        }
        self.vorige = byte;
        Ok(())
    }

    fn close_tag(&mut self) -> Result<(), FileRefusal> {
        match self.begin.first() {
            Some(b'/') => self.depth = self.depth.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) if self.vorige == b'/' => {}
            Some(_) => self.depth += 1,
        }
        let place = self
            .begin
            .iter()
            .position(|b| *b == b':')
            .map_or(0, |p| p + 1);
        let name = &self.begin[place..];
        if ACTIVE.iter().any(|is_active| name.starts_with(is_active)) {
            return Err(active());
        }
        // The manifest of an OpenDocument file with a password.
        if name.starts_with(b"encryption-data") {
            return Err(locked());
        }
        if self.depth > DEPTH {
            return Err(FileRefusal::new(
                RefusalCode::XmlLimit,
                wording::workbook::PART_TOO_DEEP,
            ));
        }
        Ok(())
    }

    fn end(&self, bytes: u64) -> Result<(), FileRefusal> {
        // The reader makes room for this many strings before it has seen one; each takes five bytes at least.
        if self.unique > bytes / 5 {
            return Err(structure(wording::workbook::TEXTS_MISCOUNTED));
        }
        if self.is_active && (self.depth != 0 || self.toestand != XmlState::Tekst) {
            return Err(damaged());
        }
        Ok(())
    }
}

fn unique_count(begin: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(begin);
    let value = text
        .split_once("uniqueCount=")
        .map(|(_, after)| after.trim_start_matches(['"', '\'']));
    value
        .map(|w| {
            w.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        })
        .and_then(|d| {
            if d.is_empty() {
                None
            } else {
                Some(d.parse().unwrap_or(u64::MAX))
            }
        })
        .unwrap_or(0)
}
