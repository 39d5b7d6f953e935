//! Looks through a workbook's zip before anything is parsed: is it safe to hand on, and which kind of workbook is it?
//!
//! Owns the bounds (entries, ratio, sizes as counted), names, overlaps and parts that do something. Nothing reaches the
//! readers of workbooks unscanned: what `xml_scan` has against a part is kept until that part is read
//! ([`ZipScan::judge`]). Parts that nobody reads (buttons, queries, labels, themes) are bounded and left as they are. Large
//! sheets and texts are unpacked once: bounded by what the zip says of them, and followed while they are read.

pub(super) mod followed;
mod xml_scan;

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek, SeekFrom};

use rows::{FileRefusal, RefusalCode};
use zip::read::ZipFile;

use self::xml_scan::XmlScan;
use crate::held_file::Stream;
use crate::source_file::SourceFile;
use crate::wording;
use crate::xml::WorkbookKind;
use crate::zip_package::{in_folder, name_of_bytes, zip_of};
use crate::zip_scan::{LaterParts, ZipScan};

const ENTRIES: u64 = 10_000;
/// Bytes of all parts together, as counted while unpacking.
const TOTAL: u64 = 1 << 30;
/// A part that unpacks to more than this many times its size is a bomb, once it is larger than `SMALL`.
const RATIO: u64 = 100;
const SMALL: u64 = 4 << 20;
/// From this size on sheets and texts are looked at while they are read.
const LARGE: u64 = 1 << 20;
/// Styles, relations, workbook and properties are never large.
const MINOR_PART: u64 = 32 << 20;

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
    let mut zip = zip_of(stream).map_err(|_| damaged())?;
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
    let later = LaterParts::default();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).map_err(|_| damaged())?;
        let name = name_of_bytes(part.name_raw());
        judge_name(&name)?;
        if !names.insert(name.to_lowercase()) {
            return Err(structure(wording::workbook::PART_TWICE));
        }
        if part.encrypted() {
            return Err(locked());
        }
        let mut xml = XmlScan::new(&name);
        if part.size() >= LARGE && is_of_cells(&name) && xml.is_active && !xml.always_read {
            bound(part.size(), packed_size(&part), total)?;
            total += part.size();
            later.add(&name, part.size());
            continue;
        }
        total += count_part(&mut part, &name, total, &mut xml)?;
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
        later,
    })
}

/// Looks through the large parts that nobody read: what refuses them is what would refuse a small one. One that may not be
/// read stays to be looked at, should someone read it after all.
pub(super) fn look_at_rest(file: &SourceFile, scan: &ZipScan) -> Result<(), FileRefusal> {
    if scan.later.is_empty() {
        return Ok(());
    }
    let mut zip = zip_of(file.open()?).map_err(|_| damaged())?;
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).map_err(|_| damaged())?;
        let name = name_of_bytes(part.name_raw());
        if scan.later.bytes_of(&name).is_none() {
            continue;
        }
        let mut xml = XmlScan::new(&name);
        count_part(&mut part, &name, 0, &mut xml)?;
        match xml.refusal {
            Some(refusal) if refusal.kind() == RefusalCode::ActiveContent => return Err(refusal),
            Some(_) => {}
            None => scan.later.passed(&name),
        }
    }
    Ok(())
}

fn packed_size(part: &ZipFile<'_, Stream>) -> u64 {
    part.compressed_size().max(1)
}

/// Whether a part holds cells, or the texts that they point at; the relations beside them are small, and looked at before
/// they are read.
fn is_of_cells(name: &str) -> bool {
    let lower = name.to_lowercase();
    let in_folder = lower.contains("worksheets/") && extension(&lower) != Some("rels");
    in_folder || lower.ends_with("sharedstrings.xml")
}

/// Refuses what unpacks to so many bytes, where it is more than may come out of it, or out of the whole with what came
/// before.
fn bound(bytes: u64, packed: u64, before: u64) -> Result<(), FileRefusal> {
    let message = if bytes > SMALL && bytes / packed > RATIO {
        wording::workbook::UNPACKED_TOO_LARGE
    } else if before + bytes > TOTAL {
        wording::workbook::TOO_LARGE
    } else {
        return Ok(());
    };
    Err(FileRefusal::new(RefusalCode::ZipRatio, message))
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

/// Unpacks a part and counts its bytes, of which there are as many as it says.
fn count_part(
    part: &mut ZipFile<'_, Stream>,
    name: &str,
    total: u64,
    xml: &mut XmlScan,
) -> Result<u64, FileRefusal> {
    let lower = name.to_lowercase();
    let essential = is_of_cells(name) || lower == "content.xml";
    let is_xml = xml.is_active;
    let minor = is_xml && !essential && !lower.contains("pivotcache/");
    let packed = packed_size(part);
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes: u64 = 0;
    loop {
        let n = part.read(&mut buffer).map_err(|_| damaged())?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        bound(bytes, packed, total)?;
        if minor && bytes > MINOR_PART {
            return Err(FileRefusal::new(
                RefusalCode::ZipRatio,
                wording::workbook::TOO_LARGE,
            ));
        }
        xml.follow(&buffer[..n]);
    }
    xml.end(bytes);
    if bytes == part.size() {
        Ok(bytes)
    } else {
        Err(damaged())
    }
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
