//! The package of a workbook: parts in a zip, found by following relations.
//!
//! Owns finding a part by its name, whatever its case, and reading which part points to which. Nothing outside the file
//! is ever followed. Leaves whether the zip is safe to `workbook::zip_bounds`, what is in the parts to their readers,
//! changing parts to `annotate`.

use std::collections::HashMap;
use std::io::{BufRead, Read, Seek};

use quick_xml::events::Event;
use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config};
use zip::result::ZipError;

use crate::xml::{Broken, WorkbookKind, Xml, attr};

/// The name of a part as the format has it: some programs on Windows write its folders with backslashes.
pub(crate) fn part_name(name: &str) -> String {
    name.replace('\\', "/")
}

/// The name of a part out of its bytes in the zip, one way for who looks through a zip and for who reads it.
pub(crate) fn name_of_bytes(raw: &[u8]) -> String {
    part_name(&String::from_utf8_lossy(raw))
}

/// A relation from one part to another.
#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub(crate) id: String,
    /// The last piece of its type, as in `worksheet`.
    pub(crate) soort: String,
    /// Name of the part, without a slash in front.
    pub(crate) target: String,
}

/// The zip in a stream, from its first byte on: looking for one further on would read all that comes before its end.
pub(crate) fn zip_of<R: Read + Seek>(stream: R) -> Result<ZipArchive<R>, ZipError> {
    let config = Config {
        archive_offset: ArchiveOffset::Known(0),
    };
    ZipArchive::with_config(config, stream)
}

/// A zip, with its parts by their name in lower case: names differ in case between programs.
pub(crate) struct Package<R> {
    pub(crate) zip: ZipArchive<R>,
    /// With its place, and its name as it is spelled.
    names: HashMap<String, (usize, String)>,
}

impl<R: Read + Seek> Package<R> {
    /// The zip seeks before each of its reads: a buffer around the stream would be filled anew each time, and read all
    /// of it many times over.
    pub(crate) fn open(stream: R) -> Result<Self, ZipError> {
        let zip = zip_of(stream)?;
        let mut names = HashMap::new();
        for index in 0..zip.len() {
            let spelled = name_of_bytes(zip.by_index_data(index)?.name_raw());
            names.insert(spelled.to_lowercase(), (index, spelled));
        }
        Ok(Self { zip, names })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.names.contains_key(&name.to_lowercase())
    }

    /// The part as the package spells it, with slashes.
    pub(crate) fn spelled(&self, name: &str) -> Option<String> {
        let (_, spelled) = self.names.get(&name.to_lowercase())?;
        Some(spelled.clone())
    }

    /// The parts whose name ends so, in lower case.
    pub(crate) fn ending_in(&self, end: &str) -> Vec<String> {
        let mut names: Vec<String> = self
            .names
            .keys()
            .filter(|n| n.ends_with(end))
            .cloned()
            .collect();
        names.sort();
        names
    }

    /// A part, unpacked while it is read; `None` where there is none.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<impl Read + '_>, ZipError> {
        match self.names.get(&name.to_lowercase()) {
            Some((index, _)) => self.zip.by_index(*index).map(Some),
            None => Ok(None),
        }
    }
}

/// The relations that a part with relations holds; `of` is the part they belong to.
pub(crate) fn read_relations(
    mut xml: Xml<impl BufRead>,
    of: &str,
) -> Result<Vec<Relation>, Broken> {
    let mut out = Vec::new();
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag)
                if tag.local_name().into_inner() == "Relationship" =>
            {
                let text = |name: &str| attr(&tag, name).unwrap_or_default().into_owned();
                if text("TargetMode").eq_ignore_ascii_case("external") {
                    continue;
                }
                let kind = text("Type")
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                out.push(Relation {
                    id: text("Id"),
                    soort: kind,
                    target: resolve(in_folder(of).0, &part_name(&text("Target"))),
                });
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// The part that holds the relations of `part`; those of the package itself with an empty name.
pub(crate) fn relations_part(part: &str) -> String {
    let (folder, name) = in_folder(part);
    if folder.is_empty() {
        format!("_rels/{name}.rels")
    } else {
        format!("{folder}/_rels/{name}.rels")
    }
}

/// The folder of a part and its name there.
pub(crate) fn in_folder(part: &str) -> (&str, &str) {
    part.rsplit_once('/').unwrap_or(("", part))
}

/// The name of a part, seen from a folder in the zip.
pub(crate) fn resolve(folder: &str, target: &str) -> String {
    if let Some(from_root) = target.strip_prefix('/') {
        return from_root.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|d| !d.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps.join("/")
}

/// The relations of a part of a package that can't be changed.
pub(crate) fn relations<R: Read + Seek>(
    package: &mut Package<R>,
    of: &str,
) -> Result<Vec<Relation>, Broken> {
    let part = package
        .part(&relations_part(of))
        .map_err(|_| Broken(WorkbookKind::Xlsx))?;
    match part {
        Some(part) => read_relations(Xml::new(part, WorkbookKind::Xlsx), of),
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_from_their_folder() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            (
                "xl",
                "/xl/worksheets/sheet1.xml",
                "xl/worksheets/sheet1.xml",
            ),
            ("xl/a", "../b.xml", "xl/b.xml"),
            ("xl/worksheets", "../comments1.xml", "xl/comments1.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            // A name in the zip, nothing else.
            ("", "../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolve(folder, target), part);
        }
    }

    #[test]
    fn every_part_has_its_relations_beside_it() {
        assert_eq!(
            (relations_part(""), relations_part("xl/workbook.xml")),
            ("_rels/.rels".into(), "xl/_rels/workbook.xml.rels".into())
        );
    }
}
