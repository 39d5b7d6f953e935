//! Reads the XML parts of a workbook, one event at a time.
//!
//! Owns the few things every part needs: events, attributes by their name with or without its prefix, and entities. A
//! part has passed `zip_bounds` before, so it has no DTD, no great depth and no long texts. Leaves what the parts mean
//! to their readers, writing XML to `annotate`.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart, Event};
use rows::{FileRefusal, RefusalCode};

use crate::wording;

/// Which of the two it is: for the sentence when it can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkbookKind {
    Xlsx,
    Ods,
}

impl WorkbookKind {
    pub(crate) fn broken(self) -> FileRefusal {
        match self {
            Self::Xlsx => {
                FileRefusal::new(RefusalCode::XlsxInvalid, wording::workbook::XLSX_UNREADABLE)
            }
            Self::Ods => {
                FileRefusal::new(RefusalCode::OdsInvalid, wording::workbook::ODS_UNREADABLE)
            }
        }
    }
}

/// A part is no XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) WorkbookKind);

impl From<Broken> for FileRefusal {
    fn from(broken: Broken) -> Self {
        broken.0.broken()
    }
}

/// One part, being read.
pub(crate) struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    vorm: WorkbookKind,
}

impl<R: Read> Xml<BufReader<R>> {
    /// A part that is unpacked while it is read.
    pub(crate) fn new(source: R, vorm: WorkbookKind) -> Self {
        Self::from_buffer(BufReader::with_capacity(64 * 1024, source), vorm)
    }
}

impl<R: BufRead> Xml<R> {
    /// A part that is in memory.
    pub(crate) fn from_buffer(source: R, vorm: WorkbookKind) -> Self {
        Self {
            reader: Reader::from_reader(source),
            buffer: Vec::new(),
            vorm,
        }
    }

    /// The next event; `Eof` at the end.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, Broken> {
        self.buffer.clear();
        let vorm = self.vorm;
        self.reader
            .read_event_into(&mut self.buffer)
            .map_err(|_| Broken(vorm))
    }
}

/// The attribute of this local name.
pub(crate) fn attr<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    find(tag, |key| key.rsplit(':').next() == Some(name))
}

/// The attribute of this name with its prefix, as in `office:value-type`.
pub(crate) fn attr_met_prefix<'a>(tag: &'a BytesStart<'_>, name: &str) -> Option<Cow<'a, str>> {
    find(tag, |key| key == name)
}

fn find<'a>(tag: &'a BytesStart<'_>, past: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
    let found = tag
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| past(a.key.into_inner()))?;
    if found.value.contains('&') {
        return unescape(&found.value)
            .ok()
            .map(|w| Cow::Owned(w.into_owned()));
    }
    Some(found.value)
}

/// The attribute `id` that has a prefix, as in `r:id`: `sheetId` ends in the same letters, but is another one.
pub(crate) fn relation_id<'a>(tag: &'a BytesStart<'_>) -> Option<Cow<'a, str>> {
    find(tag, |key| key.ends_with(":id"))
}

/// A whole number in an attribute.
pub(crate) fn attr_number(tag: &BytesStart<'_>, name: &str) -> Option<u32> {
    attr(tag, name)?.trim().parse().ok()
}

/// Whether an attribute says yes.
pub(crate) fn attr_yes(tag: &BytesStart<'_>, name: &str) -> bool {
    attr(tag, name).is_some_and(|w| matches!(&*w, "1" | "true" | "on"))
}

/// Adds what `&…;` stands for.
pub(crate) fn push_entity(
    out: &mut String,
    reference: &BytesRef<'_>,
    vorm: WorkbookKind,
) -> Result<(), Broken> {
    let character = match &**reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => reference
            .resolve_char_ref()
            .ok()
            .flatten()
            .ok_or(Broken(vorm))?,
    };
    out.push(character);
    Ok(())
}
