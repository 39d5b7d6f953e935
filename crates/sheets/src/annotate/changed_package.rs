//! The package of a workbook, changed.
//!
//! Owns changing and adding parts, and writing the package back: what was not changed is copied as it was packed.
//! Leaves finding parts to `zip_package`, what is in them to the others.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::AnnotateError;
use super::write_xml::{append, escape};
use crate::xml::{WorkbookKind, Xml};
use crate::zip_package::{Package, Relation, name_of_bytes, read_relations, relations_part};

/// Small parts only: a sheet is streamed.
const SMALL: u64 = 64 << 20;

const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// What the types of relations between parts begin with.
pub(super) const KINDS: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A package and the changes to it.
pub(super) struct OpcPackage<R> {
    old: Package<R>,
    new: BTreeMap<String, Vec<u8>>,
}

impl<R: Read + Seek> OpcPackage<R> {
    pub(super) fn open(stream: R) -> Result<Self, AnnotateError> {
        Ok(Self {
            old: Package::open(stream)?,
            new: BTreeMap::new(),
        })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.new.contains_key(name) || self.old.has(name)
    }

    /// The part as a stream.
    pub(super) fn stream(&mut self, name: &str) -> Result<impl Read + '_, AnnotateError> {
        self.old.part(name)?.ok_or(AnnotateError::Structure)
    }

    /// A small part, as changed so far; `None` where there is none.
    pub(super) fn lees(&mut self, name: &str) -> Result<Option<Vec<u8>>, AnnotateError> {
        if let Some(content) = self.new.get(name) {
            return Ok(Some(content.clone()));
        }
        if !self.has(name) {
            return Ok(None);
        }
        let mut content = Vec::new();
        self.stream(name)?
            .take(SMALL + 1)
            .read_to_end(&mut content)?;
        if content.len() as u64 > SMALL {
            Err(AnnotateError::Structure)
        } else {
            Ok(Some(content))
        }
    }

    /// A part that may be as large as a sheet.
    pub(super) fn read_large(&mut self, name: &str) -> Result<Vec<u8>, AnnotateError> {
        if let Some(content) = self.new.get(name) {
            return Ok(content.clone());
        }
        let mut content = Vec::new();
        self.stream(name)?.read_to_end(&mut content)?;
        Ok(content)
    }

    /// The part as the package spells it.
    pub(super) fn name(&self, name: &str) -> Result<String, AnnotateError> {
        self.old.spelled(name).ok_or(AnnotateError::Structure)
    }

    /// The drawings with notes, of all sheets.
    pub(super) fn drawings(&mut self) -> Result<Vec<String>, AnnotateError> {
        let names = self.old.ending_in(".vml");
        let parts = names.iter().map(|name| {
            Ok(String::from_utf8_lossy(&self.lees(name)?.unwrap_or_default()).into_owned())
        });
        parts.collect()
    }

    /// The part that `part` has this relation to; made, with this root, where there is none.
    pub(super) fn part_of(
        &mut self,
        part: &str,
        kind: &str,
        empty: &str,
    ) -> Result<String, AnnotateError> {
        if let Some(relation) = self
            .relations(part)?
            .into_iter()
            .find(|r| r.soort == kind && self.has(&r.target))
        {
            return self.name(&relation.target);
        }
        // The usual name where it is free: not every reader follows relations.
        let plain = format!("xl/{kind}.xml");
        let name = if self.has(&plain) {
            self.free_name(&format!("xl/{kind}"), ".xml")
        } else {
            plain
        };
        self.add_kind(
            &name,
            &format!("application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"),
        )?;
        self.add_relation(part, kind, &name)?;
        self.set(&name, format!("{}{empty}", super::HEADER).into_bytes());
        Ok(name)
    }

    /// Replaces or adds a part.
    pub(super) fn set(&mut self, name: &str, content: Vec<u8>) {
        let actual = self.old.spelled(name).unwrap_or_else(|| name.to_owned());
        self.new.insert(actual, content);
    }

    /// A name that no part has: `xl/comments3.xml`.
    pub(super) fn free_name(&self, before: &str, after: &str) -> String {
        let names = (1..=u32::MAX).map(|n| format!("{before}{n}{after}"));
        names
            .into_iter()
            .find(|name| !self.has(name))
            .expect("the numbers do not end")
    }

    /// The relations of a part; of the package itself with an empty name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, AnnotateError> {
        match self.lees(&relations_part(part))? {
            Some(xml) => Ok(read_relations(
                Xml::from_buffer(xml.as_slice(), WorkbookKind::Xlsx),
                part,
            )?),
            None => Ok(Vec::new()),
        }
    }

    /// Adds a relation from `part` to `target`, and gives its id.
    pub(super) fn add_relation(
        &mut self,
        part: &str,
        kind: &str,
        target: &str,
    ) -> Result<String, AnnotateError> {
        let place = relations_part(part);
        let xml = self.lees(&place)?.unwrap_or_else(|| {
            format!("{}<Relationships xmlns=\"{RELATIONS}\"/>", super::HEADER).into_bytes()
        });
        let text = String::from_utf8_lossy(&xml).into_owned();
        let id = (1..=u32::MAX)
            .map(|n| format!("rIdUitvraag{n}"))
            .find(|id| !text.contains(&format!("\"{id}\"")));
        let id = id.expect("the numbers do not end");
        let extra = |p: &str| {
            format!(
                "<{p}Relationship Id=\"{id}\" Type=\"{KINDS}/{kind}\" Target=\"/{}\"/>",
                escape(target)
            )
        };
        let xml = append(&xml, "Relationships", extra)?;
        self.set(&place, xml);
        Ok(id)
    }

    /// Says what kind of content a new part has.
    pub(super) fn add_kind(&mut self, part: &str, kind: &str) -> Result<(), AnnotateError> {
        const PART: &str = "[Content_Types].xml";
        let xml = self.lees(PART)?.ok_or(AnnotateError::Structure)?;
        let xml = append(&xml, "Types", |p| {
            format!(
                "<{p}Override PartName=\"/{}\" ContentType=\"{kind}\"/>",
                escape(part)
            )
        })?;
        self.set(PART, xml);
        Ok(())
    }

    /// Says what kind of content parts with this extension have, unless that was said.
    pub(super) fn add_extension(
        &mut self,
        extension: &str,
        kind: &str,
    ) -> Result<(), AnnotateError> {
        const PART: &str = "[Content_Types].xml";
        let xml = self.lees(PART)?.ok_or(AnnotateError::Structure)?;
        let known = format!("extension=\"{extension}\"");
        if String::from_utf8_lossy(&xml)
            .to_lowercase()
            .replace('\'', "\"")
            .contains(&known)
        {
            return Ok(());
        }
        let xml = append(&xml, "Types", |p| {
            format!("<{p}Default Extension=\"{extension}\" ContentType=\"{kind}\"/>")
        })?;
        self.set(PART, xml);
        Ok(())
    }

    /// Writes everything: changed parts as changed, those that `patch` takes through it, the others as they were packed.
    pub(super) fn write<W: Write + Seek>(
        mut self,
        out: W,
        mut patch: impl FnMut(&str, &mut dyn Read, &mut dyn Write) -> Result<(), AnnotateError>,
        wants_patch: impl Fn(&str) -> bool,
    ) -> Result<W, AnnotateError> {
        let mut zip = ZipWriter::new(out);
        for index in 0..self.old.zip.len() {
            let name = name_of_bytes(self.old.zip.by_index_raw(index)?.name_raw());
            if let Some(content) = self.new.remove(&name) {
                zip.start_file(name, options())?;
                zip.write_all(&content)?;
            } else if wants_patch(&name) {
                zip.start_file(name.as_str(), options())?;
                let mut part = self.old.zip.by_index(index)?;
                patch(&name, &mut part, &mut zip)?;
            } else {
                zip.raw_copy_file_rename(self.old.zip.by_index_raw(index)?, name)?;
            }
        }
        for (name, content) in std::mem::take(&mut self.new) {
            zip.start_file(name, options())?;
            zip.write_all(&content)?;
        }
        Ok(zip.finish()?)
    }
}

/// How a new part is packed: the same bytes every time.
pub(super) fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(4))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}
