//! The parts of an Excel workbook around its sheets: which sheets there are, its texts, its number formats.
//!
//! Owns reading each of them in one pass. Leaves finding parts to `zip_package`, the cells to `sheet`, the texts to `texts`.

mod sheet;
mod texts;

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};

use quick_xml::events::Event;
use rows::{FileRefusal, RefusalCode};

use super::Workbook;
use super::bounds::Budget;
use super::number_format::{self, CellStyle, NumberFormat};
use super::zip_bounds::followed::FollowedPart;
use crate::held_file::Stream;
use crate::sjabloon_mark::Marker;
use crate::source_file::SourceFile;
use crate::wording;
use crate::workbook::xlsx::sheet::{SheetName, read_sheet};
use crate::workbook::xlsx::texts::{SharedTexts, shared_strings};
use crate::xml::{WorkbookKind, Xml, attr, attr_number, attr_yes, push_entity};
use crate::zip_package::{Package, in_folder, relations, relations_part, resolve};
use crate::zip_scan::ZipScan;

/// Excel knows 64,000 cell formats.
const STYLES: usize = 1 << 16;
const NAMES: usize = 1 << 16;

pub(super) fn read(file: &SourceFile, scan: &ZipScan) -> Result<Workbook, FileRefusal> {
    let mut parts = Package::open(file.open()?).map_err(|_| WorkbookKind::Xlsx.broken())?;
    scan.judge(&relations_part(""))?;
    let main_part = relations(&mut parts, "")?;
    let book = main_part
        .into_iter()
        .find(|r| r.soort == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |r| r.target);
    scan.judge(&relations_part(&book))?;
    let relations = relations(&mut parts, &book)?;
    let dir = in_folder(&book).0;
    // Some programs leave out the relation to parts whose name goes without saying.
    let target = |kind: &str| {
        relations.iter().find(|r| r.soort == kind).map_or_else(
            || resolve(dir, &format!("{kind}.xml")),
            |r| r.target.clone(),
        )
    };
    let content = contents(&mut parts, scan, &book)?;
    let styles = styles(&mut parts, scan, &target("styles"))?;
    let texts = match part(&mut parts, scan, &target("sharedStrings"))? {
        Some(part) => shared_strings(part)?,
        None => SharedTexts::default(),
    };
    let mut budget = Budget::new(scan.unpacked);
    let mut loaded = HashSet::new();
    let (mut grids, mut charts) = (Vec::new(), Vec::new());
    for (sheet, id) in &content.sheets {
        let relation = relations.iter().find(|r| r.id == *id);
        // Other sheets hold no cells.
        let Some(relation) = relation.filter(|r| r.soort == "worksheet") else {
            if relation.is_some_and(|r| r.soort == "chartsheet") {
                charts.push(sheet.naam.clone());
            }
            continue;
        };
        if !loaded.insert(relation.target.to_lowercase()) {
            return Err(WorkbookKind::Xlsx.broken().on_sheet(Some(&sheet.naam)));
        }
        let part =
            part(&mut parts, scan, &relation.target)?.ok_or_else(|| WorkbookKind::Xlsx.broken())?;
        let raster = read_sheet(part, sheet, &texts, &styles, content.from_1904, &mut budget);
        grids.push(raster.map_err(|w| w.on_sheet(Some(&sheet.naam)))?);
    }
    let marker = properties(&mut parts, scan)?;
    Ok(Workbook {
        grids,
        charts,
        from_1904: content.from_1904,
        marker,
    })
}

type ZipParts = Package<Stream>;

fn part<'a>(
    parts: &'a mut ZipParts,
    scan: &'a ZipScan,
    name: &str,
) -> Result<Option<Xml<BufReader<impl Read + 'a>>>, FileRefusal> {
    scan.judge(name)?;
    let part = parts.part(name).map_err(|_| WorkbookKind::Xlsx.broken())?;
    Ok(part.map(|part| Xml::new(FollowedPart::new(part, name, scan), WorkbookKind::Xlsx)))
}

struct SheetContent {
    /// With the relation to each.
    sheets: Vec<(SheetName, String)>,
    from_1904: bool,
}

fn contents(parts: &mut ZipParts, scan: &ZipScan, name: &str) -> Result<SheetContent, FileRefusal> {
    let mut xml = part(parts, scan, name)?.ok_or_else(|| WorkbookKind::Xlsx.broken())?;
    let mut out = SheetContent {
        sheets: Vec::new(),
        from_1904: false,
    };
    let mut names = 0;
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "workbookPr" => out.from_1904 = attr_yes(&tag, "date1904"),
                "sheet" => {
                    let sheet = SheetName {
                        naam: attr(&tag, "name").unwrap_or_default().into_owned(),
                        hidden: attr(&tag, "state").is_some_and(|s| s != "visible"),
                    };
                    let id = attr(&tag, "id").unwrap_or_default().into_owned();
                    out.sheets.push((sheet, id));
                }
                "definedName" => {
                    names += 1;
                    if names > NAMES {
                        return Err(FileRefusal::new(
                            RefusalCode::XmlLimit,
                            wording::workbook::TOO_MANY_NAMES,
                        ));
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// Per cell format: how a cell is shown.
fn styles(parts: &mut ZipParts, scan: &ZipScan, name: &str) -> Result<Vec<CellStyle>, FileRefusal> {
    let mut out = Vec::new();
    let Some(mut xml) = part(parts, scan, name)? else {
        return Ok(out);
    };
    let mut own: HashMap<u32, NumberFormat> = HashMap::new();
    let mut struck_fonts: Vec<bool> = Vec::new();
    let (mut in_fonts, mut in_cells) = (false, false);
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(number), Some(format)) =
                        (attr_number(&tag, "numFmtId"), attr(&tag, "formatCode"))
                    {
                        own.insert(number, number_format::parse(&format));
                    }
                }
                "fonts" => in_fonts = true,
                "font" if in_fonts && struck_fonts.len() < STYLES => struck_fonts.push(false),
                "strike" if in_fonts => {
                    if let Some(struck) = struck_fonts.last_mut() {
                        *struck = attr(&tag, "val").is_none() || attr_yes(&tag, "val");
                    }
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells => {
                    let number = attr_number(&tag, "numFmtId").unwrap_or_default();
                    let font = attr_number(&tag, "fontId").unwrap_or_default() as usize;
                    out.push(CellStyle {
                        format: own
                            .get(&number)
                            .copied()
                            .unwrap_or_else(|| number_format::builtin(number)),
                        struck: struck_fonts.get(font).copied().unwrap_or_default(),
                    });
                    if out.len() > STYLES {
                        return Err(FileRefusal::new(
                            RefusalCode::XmlLimit,
                            wording::workbook::TOO_MUCH_FORMATTING,
                        ));
                    }
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "fonts" => in_fonts = false,
                "cellXfs" => in_cells = false,
                _ => {}
            },
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// The properties by which a sjabloon is known.
fn properties(parts: &mut ZipParts, scan: &ZipScan) -> Result<Option<Marker>, FileRefusal> {
    let Some(mut xml) = part(parts, scan, "docProps/custom.xml")? else {
        return Ok(None);
    };
    let mut marker = Marker::default();
    let mut name = String::new();
    let mut value = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.local_name().as_ref() == "property" => {
                name = attr(&tag, "name").unwrap_or_default().into_owned();
                value.clear();
            }
            Event::End(tag) if tag.local_name().as_ref() == "property" => {
                marker.look(&name, value.trim());
            }
            Event::Text(text) => value.push_str(&text.into_inner()),
            Event::GeneralRef(reference) => {
                push_entity(&mut value, &reference, WorkbookKind::Xlsx)?;
            }
            Event::Eof => return Ok(marker.known()),
            _ => {}
        }
    }
}
