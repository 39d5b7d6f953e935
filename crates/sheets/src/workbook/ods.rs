//! An OpenDocument spreadsheet (.ods), cell by cell, straight from `content.xml`.
//!
//! Owns what a cell becomes (the stored value, not what is shown), repeated cells and rows within bounds, hidden and
//! merged ones, and the properties of the file. What was deleted under change tracking, drawings and tables inside
//! a cell are passed over. Leaves bounds to `bounds`.

use std::collections::HashSet;
use std::io::BufRead;

use chrono::NaiveDate;
use quick_xml::events::{BytesStart, Event};
use rows::{FileRefusal, RefusalCode, bsn};

use super::bounds::{Budget, SheetCells, is_too_long, write_number};
use super::{Marker, Workbook};
use crate::cell::{Cell, CellKind};
use crate::cell_name::{COLUMNS, ROWS};
use crate::file::SourceFile;
use crate::grid::Raster;
use crate::oddities::{CellRegion, Oddity};
use crate::package::Package;
use crate::wording;
use crate::xml::{WorkbookKind, Xml, attr_met_prefix, attr_number, push_entity};
use crate::zip_scan::ZipScan;

/// Blanks that `<text:s>` may stand for at once.
const SPACES: u32 = 32_767;

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

struct OdsReader<'a> {
    uit: SheetCells<'a>,
    /// Styles that draw a line through the text, and whether that of the row does.
    struck: &'a HashSet<String>,
    row_struck: bool,
    /// The row that is being read, from 1, and how often it stands there.
    rij: u32,
    repeated: u32,
    kolom: u32,
    /// First column that has not been described yet.
    columns_described: u32,
    /// Filled cells of the row: column, times, text, marks.
    cells: Vec<Filled>,
}

struct Filled {
    kolom: u32,
    aantal: u32,
    kind: CellKind,
    tekst: String,
    characters: Vec<Oddity>,
    struck: bool,
}

fn read_sheet<R: BufRead>(
    xml: &mut Xml<R>,
    struck: &HashSet<String>,
    out: SheetCells<'_>,
) -> Result<Raster, FileRefusal> {
    let mut reader = OdsReader {
        uit: out,
        struck,
        row_struck: false,
        rij: 0,
        repeated: 1,
        kolom: 0,
        columns_described: 0,
        cells: Vec::new(),
    };
    loop {
        let (event, tag) = match xml.next()? {
            Event::Start(tag) => (OdsEvent::Begin, tag.into_owned()),
            Event::Empty(tag) => (OdsEvent::Empty, tag.into_owned()),
            Event::End(tag) => match tag.name().as_ref() {
                "table:table-row" => {
                    reader.end_row()?;
                    continue;
                }
                "table:table" => return reader.uit.finish(),
                _ => continue,
            },
            Event::Eof => return Err(WorkbookKind::Ods.broken()),
            _ => continue,
        };
        match tag.name().as_ref() {
            "table:table-column" => reader.column(&tag),
            "table:table-row" => {
                reader.begin_row(&tag)?;
                if event == OdsEvent::Empty {
                    reader.end_row()?;
                }
            }
            "table:table-cell" | "table:covered-table-cell" => reader.cell(xml, &tag, event)?,
            // These only group rows and columns.
            "table:table-row-group"
            | "table:table-rows"
            | "table:table-header-rows"
            | "table:table-column-group"
            | "table:table-columns"
            | "table:table-header-columns" => {}
            _ if event == OdsEvent::Begin => skip(xml)?,
            _ => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum OdsEvent {
    Begin,
    Empty,
}

fn repeated(tag: &BytesStart<'_>, name: &str) -> u32 {
    attr_number(tag, name).unwrap_or(1).max(1)
}

impl OdsReader<'_> {
    fn column(&mut self, tag: &BytesStart<'_>) {
        let van = self.columns_described;
        self.columns_described = van.saturating_add(repeated(tag, "number-columns-repeated"));
        if attr_met_prefix(tag, "table:visibility").is_some_and(|z| z != "visible") {
            self.uit
                .raster
                .oddities
                .hide_columns(van, self.columns_described - 1);
        }
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>) -> Result<(), FileRefusal> {
        self.rij = self
            .rij
            .saturating_add(self.repeated * u32::from(self.rij > 0))
            .max(1);
        self.repeated = repeated(tag, "number-rows-repeated").min(ROWS + 1);
        self.kolom = 0;
        self.row_struck = self.has_struck_style(tag, "table:default-cell-style-name");
        if attr_met_prefix(tag, "table:visibility").is_some_and(|z| z != "visible") {
            self.uit
                .raster
                .oddities
                .hide_rows(self.rij, self.rij.saturating_add(self.repeated - 1));
        }
        if self.rij > 2 * ROWS {
            return Err(FileRefusal::new(
                RefusalCode::SheetDimension,
                wording::workbook::ROW_OUTSIDE,
            ));
        }
        Ok(())
    }

    fn has_struck_style(&self, tag: &BytesStart<'_>, name: &str) -> bool {
        attr_met_prefix(tag, name).is_some_and(|style| self.struck.contains(&*style))
    }

    /// Puts the filled cells of the row in the sheet, as often as the row stands there.
    fn end_row(&mut self) -> Result<(), FileRefusal> {
        if self.cells.is_empty() {
            return Ok(());
        }
        for row in self.rij..self.rij.saturating_add(self.repeated) {
            for cell in &self.cells {
                for column in cell.kolom..cell.kolom.saturating_add(cell.aantal) {
                    for character in &cell.characters {
                        self.uit.note(row, column, *character)?;
                    }
                    self.uit.struck = cell.struck;
                    self.uit
                        .set(row, column, Cell::of(cell.kind, &cell.tekst))?;
                }
            }
        }
        self.cells.clear();
        Ok(())
    }

    fn cell<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        tag: &BytesStart<'_>,
        event: OdsEvent,
    ) -> Result<(), FileRefusal> {
        let column = self.kolom;
        let count = repeated(tag, "number-columns-repeated").min(COLUMNS + 1);
        self.kolom = column.saturating_add(count);
        let shown = if event == OdsEvent::Begin {
            shown(xml)?
        } else {
            String::new()
        };
        let (breed, high) = (
            repeated(tag, "number-columns-spanned"),
            repeated(tag, "number-rows-spanned"),
        );
        if breed > 1 || high > 1 {
            let (to_row, to_column) = (
                self.rij.saturating_add(high - 1),
                column.saturating_add(breed - 1),
            );
            self.uit.merge(CellRegion {
                rij: self.rij,
                kolom: column,
                to_row,
                to_column,
            })?;
        }
        let struck = match attr_met_prefix(tag, "table:style-name") {
            Some(_) => self.has_struck_style(tag, "table:style-name"),
            None => self.row_struck,
        };
        let mut characters = Vec::new();
        let value_type = attr_met_prefix(tag, "office:value-type");
        let formula = attr_met_prefix(tag, "table:formula");
        let constant = formula.as_deref().and_then(constant);
        let (kind, text) = match constant {
            Some(truth) => (CellKind::Truth, Cell::Truth(truth).text().to_owned()),
            None => value(tag, value_type.as_deref(), shown, &mut characters)?,
        };
        if formula.is_some() && constant.is_none() {
            characters.push(if value_type.is_none() && text.is_empty() {
                Oddity::WithoutResult
            } else {
                Oddity::Formula
            });
        }
        if !text.is_empty() || !characters.is_empty() {
            self.cells.push(Filled {
                kolom: column,
                aantal: count,
                kind,
                tekst: text,
                characters,
                struck,
            });
        }
        Ok(())
    }
}

/// A truth value out of an Excel workbook: `LibreOffice` keeps it as a formula, of which the answer is 1 or 0.
fn constant(formula: &str) -> Option<bool> {
    match formula {
        "of:=TRUE()" => Some(true),
        "of:=FALSE()" => Some(false),
        _ => None,
    }
}

/// The stored value of a cell, and of what kind it is.
fn value(
    tag: &BytesStart<'_>,
    value_type: Option<&str>,
    shown: String,
    characters: &mut Vec<Oddity>,
) -> Result<(CellKind, String), FileRefusal> {
    let stored = |name: &str| attr_met_prefix(tag, name).map(std::borrow::Cow::into_owned);
    if attr_met_prefix(tag, "calcext:value-type").is_some_and(|s| s == "error") {
        characters.push(Oddity::Fout);
        return Ok((CellKind::Error, shown));
    }
    Ok(match value_type {
        Some("float" | "percentage" | "currency") => {
            let Some(value) = stored("office:value") else {
                return Ok((CellKind::Text, shown));
            };
            let number: f64 = value
                .trim()
                .parse()
                .map_err(|_| WorkbookKind::Ods.broken())?;
            if value_type == Some("percentage") {
                characters.push(Oddity::Percent);
            }
            if is_too_long(number) {
                characters.push(Oddity::TooLong);
            }
            let cijfers = shown.bytes().all(|b| b.is_ascii_digit());
            if cijfers && shown.len() > 1 && shown.starts_with('0') && shown.parse() == Ok(number) {
                // Zeros before it belong to a number of somebody's own.
                return Ok((CellKind::Text, shown));
            }
            if shown.chars().any(char::is_alphabetic) {
                characters.push(Oddity::Formatting);
            }
            let mut text = String::new();
            write_number(&mut text, number);
            (CellKind::Number, text)
        }
        Some("date") => {
            characters.push(Oddity::Datum);
            let value = stored("office:date-value").unwrap_or(shown);
            (CellKind::Date, shown_day(value))
        }
        Some("time") => {
            characters.push(Oddity::Duration);
            let time = stored("office:time-value");
            (CellKind::Text, time.unwrap_or(shown))
        }
        Some("boolean") => match stored("office:boolean-value").as_deref() {
            Some("true") => (CellKind::Truth, Cell::Truth(true).text().to_owned()),
            Some("false") => (CellKind::Truth, Cell::Truth(false).text().to_owned()),
            _ => (CellKind::Text, shown),
        },
        _ => {
            let text = stored("office:string-value").filter(|t| !t.is_empty());
            (CellKind::Text, text.unwrap_or(shown))
        }
    })
}

/// The text inside a cell: its paragraphs, without comments and drawings.
fn shown<R: BufRead>(xml: &mut Xml<R>) -> Result<String, FileRefusal> {
    let mut out = String::new();
    let mut paragraphs = 0;
    // Depth inside the cell, and inside a paragraph.
    let (mut depth, mut in_paragraph) = (1_usize, 0_usize);
    loop {
        let (event, name, spaces) = match xml.next()? {
            Event::Start(tag) => (
                Some(OdsEvent::Begin),
                tag.name().as_ref().to_owned(),
                attr_number(&tag, "c"),
            ),
            Event::Empty(tag) => (
                Some(OdsEvent::Empty),
                tag.name().as_ref().to_owned(),
                attr_number(&tag, "c"),
            ),
            Event::End(_) => (None, String::new(), None),
            Event::Text(text) if in_paragraph > 0 => {
                push_text(&mut out, &text.into_inner());
                continue;
            }
            Event::CData(text) if in_paragraph > 0 => {
                push_text(&mut out, &text.into_inner());
                continue;
            }
            Event::GeneralRef(reference) if in_paragraph > 0 => {
                push_entity(&mut out, &reference, WorkbookKind::Ods)?;
                continue;
            }
            Event::Eof => return Err(WorkbookKind::Ods.broken()),
            _ => continue,
        };
        match (event, name.as_str()) {
            (None, _) => {
                depth -= 1;
                in_paragraph = in_paragraph.saturating_sub(1);
                if depth == 0 {
                    return Ok(out);
                }
            }
            (Some(_), "text:s") if in_paragraph > 0 => {
                (0..spaces.unwrap_or(1).min(SPACES)).for_each(|_| out.push(' '));
            }
            (Some(_), "text:tab") if in_paragraph > 0 => out.push('\t'),
            (Some(_), "text:line-break") if in_paragraph > 0 => out.push('\n'),
            (Some(OdsEvent::Begin), "text:p" | "text:h") if in_paragraph == 0 => {
                if paragraphs > 0 {
                    out.push('\n');
                }
                (paragraphs, depth, in_paragraph) = (paragraphs + 1, depth + 1, 1);
                continue;
            }
            (Some(OdsEvent::Begin), "text:span" | "text:a" | "text:ruby" | "text:ruby-base")
                if in_paragraph > 0 =>
            {
                (depth, in_paragraph) = (depth + 1, in_paragraph + 1);
                continue;
            }
            (Some(OdsEvent::Begin), "text:list" | "text:list-item" | "text:section")
                if in_paragraph == 0 =>
            {
                depth += 1;
                continue;
            }
            (Some(OdsEvent::Begin), "office:annotation") => {
                judge_aside(&aside(xml)?)?;
                continue;
            }
            (Some(OdsEvent::Begin), _) => {
                skip(xml)?;
                continue;
            }
            (Some(OdsEvent::Empty), _) => continue,
        }
        // What began and stands for a blank ends again as well.
        if event == Some(OdsEvent::Begin) {
            skip(xml)?;
        }
    }
}

/// Adds text. Where a line was broken off to keep the XML readable, a run of blanks counts as one; otherwise blanks
/// stay, as LibreOffice has them.
fn push_text(out: &mut String, text: &str) {
    if !text.contains('\n') {
        out.push_str(text);
        return;
    }
    for character in text.chars() {
        if !matches!(character, ' ' | '\t' | '\n' | '\r') {
            out.push(character);
        } else if !out.ends_with([' ', '\n']) && !out.is_empty() {
            out.push(' ');
        }
    }
}
/// The day that is shown of a moment: a hair under midnight it is the next, as with Excel. Else the time says nothing.
fn shown_day(value: String) -> String {
    let Some((day, time)) = value.split_once('T') else {
        return value;
    };
    let hair = time
        .strip_prefix("23:59:59.")
        .is_some_and(|part| part >= "9995");
    let next = hair
        .then(|| day.parse::<NaiveDate>().ok()?.succ_opt())
        .flatten();
    next.map_or_else(|| day.to_owned(), |next| next.to_string())
}
