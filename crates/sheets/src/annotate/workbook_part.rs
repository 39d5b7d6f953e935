//! The workbook part: which sheets there are, in what order.
//!
//! Owns putting new sheets in front without anything else pointing to another sheet than before: names that belong to
//! a sheet are counted along, and the first new sheet is the one that is shown.

use std::fmt::Write as _;
use std::io::{Read, Seek};

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::AnnotateError;
use super::changed_package::{KINDS, OpcPackage};
use super::write_xml::{copy, escape, met, prefix};
use crate::xml::{WorkbookKind, Xml, attr_met_prefix, relation_id};
use crate::zip_package::Relation;

/// The namespace of the strict form of the standard, in which hardly any program writes.
const STRICT: &[u8] = b"purl.oclc.org/ooxml/spreadsheetml";

/// A sheet as the workbook names it.
#[derive(Debug)]
pub(super) struct BookSheet {
    pub(super) naam: String,
    /// Part of the package.
    pub(super) part: String,
    /// `worksheet`, or another kind that has no cells.
    pub(super) soort: String,
}

/// The workbook part, read.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) part: String,
    pub(super) sheets: Vec<BookSheet>,
    xml: Vec<u8>,
    highest_id: u32,
}

impl Book {
    pub(super) fn lees<R: Read + Seek>(pakket: &mut OpcPackage<R>) -> Result<Self, AnnotateError> {
        let main_part = pakket
            .relations("")?
            .into_iter()
            .find(|r| r.soort == "officeDocument")
            .ok_or(AnnotateError::Structure)?;
        let xml = pakket
            .lees(&main_part.target)?
            .ok_or(AnnotateError::Structure)?;
        if xml.windows(STRICT.len()).any(|piece| piece == STRICT) {
            return Err(AnnotateError::Structure);
        }
        let relations = pakket.relations(&main_part.target)?;
        let mut out = Self {
            part: main_part.target,
            sheets: Vec::new(),
            xml: Vec::new(),
            highest_id: 0,
        };
        let mut reader = Xml::from_buffer(xml.as_slice(), WorkbookKind::Xlsx);
        loop {
            match reader.next()? {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag)
                    if tag.local_name().into_inner() == "sheet" =>
                {
                    out.sheet(&tag, &relations)?;
                }
                _ => {}
            }
        }
        out.xml = xml;
        Ok(out)
    }

    fn sheet(&mut self, tag: &BytesStart<'_>, relations: &[Relation]) -> Result<(), AnnotateError> {
        let id = relation_id(tag).ok_or(AnnotateError::Structure)?;
        let relation = relations
            .iter()
            .find(|r| r.id == id)
            .ok_or(AnnotateError::Structure)?;
        let name = attr_met_prefix(tag, "name").ok_or(AnnotateError::Structure)?;
        self.highest_id = self.highest_id.max(
            attr_met_prefix(tag, "sheetId")
                .and_then(|n| n.parse().ok())
                .unwrap_or(0),
        );
        self.sheets.push(BookSheet {
            naam: name.into_owned(),
            part: relation.target.clone(),
            soort: relation.soort.clone(),
        });
        Ok(())
    }

    /// A name for a new sheet that no other has.
    pub(super) fn free_name(&self, name: &str) -> String {
        let taken = |name: &str| {
            self.sheets
                .iter()
                .any(|b| b.naam.to_lowercase() == name.to_lowercase())
        };
        let names =
            std::iter::once(name.to_owned()).chain((2_u32..).map(|n| format!("{name} {n}")));
        names
            .into_iter()
            .find(|name| !taken(name))
            .expect("the numbers do not end")
    }

    /// The workbook part with these sheets (name, relation) in front.
    pub(super) fn with_sheets(&self, new: &[(&str, &str)]) -> Result<Vec<u8>, AnnotateError> {
        let mut reader = Xml::from_buffer(self.xml.as_slice(), WorkbookKind::Xlsx);
        let mut writer = Writer::new(Vec::with_capacity(self.xml.len() + 512));
        let mut set = false;
        loop {
            let event = reader.next()?;
            let empty = matches!(event, Event::Empty(_));
            match event {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag)
                    if !set && tag.local_name().into_inner() == "sheets" =>
                {
                    set = true;
                    writer.write_event(Event::Start(tag.borrow()))?;
                    writer
                        .get_mut()
                        .extend_from_slice(self.entries(&prefix(&tag), new).as_bytes());
                    if empty {
                        writer.write_event(Event::End(tag.to_end()))?;
                    }
                }
                Event::Start(tag) | Event::Empty(tag) => {
                    let tag = change(&tag, new.len());
                    writer.write_event(if empty {
                        Event::Empty(tag)
                    } else {
                        Event::Start(tag)
                    })?;
                }
                others => copy(&mut writer, others)?,
            }
        }
        if set {
            Ok(writer.into_inner())
        } else {
            Err(AnnotateError::Structure)
        }
    }

    fn entries(&self, p: &str, new: &[(&str, &str)]) -> String {
        let mut out = String::new();
        for ((name, id), number) in new.iter().zip(self.highest_id + 1..) {
            // With its own declaration: not every program has it at the top.
            let _ = write!(
                out,
                "<{p}sheet name=\"{}\" sheetId=\"{number}\" xmlns:r=\"{KINDS}\" r:id=\"{id}\"/>",
                escape(name)
            );
        }
        out
    }
}

/// What counts sheets, counted anew after `before` came in front.
fn change(tag: &BytesStart<'_>, before: usize) -> BytesStart<'static> {
    match tag.local_name().into_inner() {
        "definedName" => {
            let sheet = attr_met_prefix(tag, "localSheetId").and_then(|n| n.parse::<usize>().ok());
            match sheet {
                Some(sheet) => met(
                    tag,
                    &[("localSheetId", Some(&(sheet + before).to_string()))],
                ),
                None => tag.to_owned(),
            }
        }
        "workbookView" => met(tag, &[("activeTab", None), ("firstSheet", None)]),
        _ => tag.to_owned(),
    }
}
