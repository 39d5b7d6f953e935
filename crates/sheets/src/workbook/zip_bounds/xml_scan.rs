//! Looks through the XML of a part while it is unpacked, before anything parses it.
//!
//! Owns what may not be in it (a DTD, another encoding, something that starts something) and how deep and long it may be.
//! Leaves the bounds on what is unpacked to `zip_bounds`.

use rows::{FileRefusal, RefusalCode};

use super::{active, damaged, extension, locked, structure};
use crate::wording;
use crate::zip_package::in_folder;

const DEPTH: usize = 64;
/// Longest tag or text in an XML part.
const LONGEST: usize = 1 << 20;

/// Follows the bytes of one XML part: just enough of the grammar to bound it.
pub(super) struct XmlScan {
    pub(super) is_active: bool,
    /// Read whatever the relations say: relations themselves, properties, comments.
    pub(super) always_read: bool,
    /// What is against reading it; from there on it is only counted.
    pub(super) refusal: Option<FileRefusal>,
    is_strings: bool,
    /// What stands in a part about the file itself.
    pub(super) tekst: Option<String>,
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
    pub(super) fn new(name: &str) -> Self {
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
    pub(super) fn follow(&mut self, bytes: &[u8]) {
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

    /// The part has ended, after so many bytes.
    pub(super) fn end(&mut self, bytes: u64) {
        if self.refusal.is_none() {
            self.refusal = self.judge_end(bytes).err();
        }
    }

    fn judge_end(&self, bytes: u64) -> Result<(), FileRefusal> {
        // Each takes five bytes at least. Our reader never believes the count, but a program that gets the file back
        // marked may make room for so many.
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
