//! An OpenDocument spreadsheet (.ods), straight from `content.xml`.
//!
//! Owns which sheets there are, which styles hide or strike, the properties of the file, and passing over what is no cell:
//! what was deleted under change tracking, drawings, comments. Leaves rows and columns to `sheet`, one cell to `cell`.

mod cell;
mod sheet;

use std::collections::HashSet;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use rows::{FileRefusal, RefusalCode, bsn};

use self::sheet::read_sheet;
use super::Workbook;
use super::bounds::{Budget, SheetCells};
use crate::grid::Raster;
use crate::sjabloon_mark::Marker;
use crate::source_file::SourceFile;
use crate::wording;
use crate::xml::{WorkbookKind, Xml, attr_met_prefix};
use crate::zip_package::Package;
use crate::zip_scan::ZipScan;

/// How an element comes in.
#[derive(Clone, Copy, PartialEq)]
enum OdsEvent {
    Begin,
    Empty,
}

pub(super) fn read(file: &SourceFile, scan: &ZipScan) -> Result<Workbook, FileRefusal> {
    let broken = || WorkbookKind::Ods.broken();
    let mut parts = Package::open(file.open()?).map_err(|_| broken())?;
    let marker = match parts.part("meta.xml").map_err(|_| broken())? {
        Some(part) => properties(Xml::new(part, WorkbookKind::Ods))?,
        None => None,
    };
    scan.judge("content.xml")?;
    let content = parts.part("content.xml").map_err(|_| broken())?;
    let content = content.ok_or_else(broken)?;
    let grids = sheets(
        Xml::new(content, WorkbookKind::Ods),
        &mut Budget::new(scan.unpacked),
    )?;
    Ok(Workbook {
        grids,
        charts: Vec::new(),
        from_1904: false,
        marker,
    })
}

fn properties<R: BufRead>(mut xml: Xml<R>) -> Result<Option<Marker>, FileRefusal> {
    let mut marker = Marker::default();
    let (mut name, mut value) = (String::new(), String::new());
    loop {
        match xml.next()? {
            Event::Start(tag) => {
                name = attr_met_prefix(&tag, "meta:name")
                    .unwrap_or_default()
                    .into_owned();
                value.clear();
            }
            Event::End(tag) if tag.name().as_ref() == "meta:user-defined" => {
                marker.look(&name, value.trim());
            }
            Event::Text(text) => value.push_str(&text.into_inner()),
            Event::Eof => return Ok(marker.known()),
            _ => {}
        }
    }
}

/// Goes through the document: styles first, then the sheets.
fn sheets<R: BufRead>(mut xml: Xml<R>, budget: &mut Budget) -> Result<Vec<Raster>, FileRefusal> {
    let mut grids: Vec<Raster> = Vec::new();
    let mut hidden: HashSet<String> = HashSet::new();
    let mut struck: HashSet<String> = HashSet::new();
    let mut style = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "style:style" => {
                style = attr_met_prefix(&tag, "style:name")
                    .unwrap_or_default()
                    .into_owned();
            }
            Event::Start(tag) | Event::Empty(tag)
                if tag.name().as_ref() == "style:table-properties"
                    && attr_met_prefix(&tag, "table:display").is_some_and(|d| d == "false") =>
            {
                hidden.insert(style.clone());
            }
            Event::Start(tag) | Event::Empty(tag)
                if tag.name().as_ref() == "style:text-properties" && is_struck(&tag) =>
            {
                struck.insert(style.clone());
            }
            Event::Start(tag) if tag.name().as_ref() == "table:tracked-changes" => {
                judge_aside(&aside(&mut xml)?)?;
            }
            Event::Start(tag) if tag.name().as_ref() == "table:table" => {
                let name = attr_met_prefix(&tag, "table:name")
                    .unwrap_or_default()
                    .into_owned();
                let is_hidden =
                    attr_met_prefix(&tag, "table:style-name").is_some_and(|s| hidden.contains(&*s));
                let raster =
                    read_sheet(&mut xml, &struck, SheetCells::new(&name, is_hidden, budget));
                grids.push(raster.map_err(|w| w.on_sheet(Some(&name)))?);
            }
            Event::Eof => return Ok(grids),
            _ => {}
        }
    }
}

/// Whether a style draws a line through the text.
fn is_struck(tag: &BytesStart<'_>) -> bool {
    ["type", "style"].iter().any(|kind| {
        attr_met_prefix(tag, &format!("style:text-line-through-{kind}"))
            .is_some_and(|line| line != "none")
    })
}

/// Passes over the rest of an element that has just begun.
fn skip<R: BufRead>(xml: &mut Xml<R>) -> Result<(), FileRefusal> {
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(WorkbookKind::Ods.broken()),
            _ => {}
        }
    }
    Ok(())
}

/// The texts in the rest of an element that has just begun: a comment, or what was deleted.
fn aside<R: BufRead>(xml: &mut Xml<R>) -> Result<String, FileRefusal> {
    let mut out = String::new();
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Event::Start(_) => depth += 1,
            Event::End(_) => {
                depth -= 1;
                out.push('\n');
            }
            Event::Text(text) => out.push_str(&text.into_inner()),
            Event::Eof => return Err(WorkbookKind::Ods.broken()),
            _ => {}
        }
    }
    Ok(out)
}

fn judge_aside(text: &str) -> Result<(), FileRefusal> {
    if !bsn::in_text(text) {
        return Ok(());
    }
    let message = wording::workbook::BSN_IN_REMARK;
    Err(FileRefusal::new(RefusalCode::BsnSuspected, message))
}
