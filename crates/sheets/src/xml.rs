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
use rows::Weigering;

/// Which of the two it is: for the sentence when it can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vorm {
    Xlsx,
    Ods,
}

impl Vorm {
    pub(crate) fn broken(self) -> Weigering {
        match self {
            Self::Xlsx => Weigering::new(
                "XLSX_INVALID",
                "Het Excel-bestand is niet goed te lezen. Open het in Excel en sla het opnieuw op als .xlsx.",
            ),
            Self::Ods => Weigering::new(
                "ODS_INVALID",
                "Het .ods-bestand is niet goed te lezen. Open het in LibreOffice en sla het opnieuw op.",
            ),
        }
    }
}

/// A part is no XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) Vorm);

impl From<Broken> for Weigering {
    fn from(broken: Broken) -> Self {
        broken.0.broken()
    }
}

/// One part, being read.
pub(crate) struct Xml<R> {
    lezer: Reader<R>,
    buffer: Vec<u8>,
    vorm: Vorm,
}

impl<R: Read> Xml<BufReader<R>> {
    /// A part that is unpacked while it is read.
    pub(crate) fn new(bron: R, vorm: Vorm) -> Self {
        Self::from_buffer(BufReader::with_capacity(64 * 1024, bron), vorm)
    }
}

impl<R: BufRead> Xml<R> {
    /// A part that is in memory.
    pub(crate) fn from_buffer(bron: R, vorm: Vorm) -> Self {
        Self {
            lezer: Reader::from_reader(bron),
            buffer: Vec::new(),
            vorm,
        }
    }

    /// The next event; `Eof` at the end.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, Broken> {
        self.buffer.clear();
        let vorm = self.vorm;
        self.lezer
            .read_event_into(&mut self.buffer)
            .map_err(|_| Broken(vorm))
    }
}

/// The attribute of this local name.
pub(crate) fn attr<'a>(tag: &'a BytesStart<'_>, naam: &str) -> Option<Cow<'a, str>> {
    find(tag, |sleutel| sleutel.rsplit(':').next() == Some(naam))
}

/// The attribute of this name with its prefix, as in `office:value-type`.
pub(crate) fn attr_met_prefix<'a>(tag: &'a BytesStart<'_>, naam: &str) -> Option<Cow<'a, str>> {
    find(tag, |sleutel| sleutel == naam)
}

fn find<'a>(tag: &'a BytesStart<'_>, past: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
    let gevonden = tag
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|a| past(a.key.into_inner()))?;
    if gevonden.value.contains('&') {
        return unescape(&gevonden.value)
            .ok()
            .map(|w| Cow::Owned(w.into_owned()));
    }
    Some(gevonden.value)
}

/// The attribute `id` that has a prefix, as in `r:id`: `sheetId` ends in the same letters, but is another one.
pub(crate) fn relation_id<'a>(tag: &'a BytesStart<'_>) -> Option<Cow<'a, str>> {
    find(tag, |sleutel| sleutel.ends_with(":id"))
}

/// A whole number in an attribute.
pub(crate) fn attr_getal(tag: &BytesStart<'_>, naam: &str) -> Option<u32> {
    attr(tag, naam)?.trim().parse().ok()
}

/// Whether an attribute says yes.
pub(crate) fn attr_ja(tag: &BytesStart<'_>, naam: &str) -> bool {
    attr(tag, naam).is_some_and(|w| matches!(&*w, "1" | "true" | "on"))
}

/// Adds what `&…;` stands for.
pub(crate) fn push_entity(
    uit: &mut String,
    verwijzing: &BytesRef<'_>,
    vorm: Vorm,
) -> Result<(), Broken> {
    let teken = match &**verwijzing {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => verwijzing
            .resolve_char_ref()
            .ok()
            .flatten()
            .ok_or(Broken(vorm))?,
    };
    uit.push(teken);
    Ok(())
}
