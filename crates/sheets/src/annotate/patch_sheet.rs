//! One sheet: looked through first, then written again with the found cells in another format.
//!
//! Owns finding cells however the file names them (with or without `r`, with prefixes, in any order), putting in cells
//! and rows that were not there, and the place of the drawing with notes. Everything else goes through as it stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::io::{Read, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::AnnotateError;
use super::changed_package::KINDS;
use super::write_xml::{copy, met, prefix};
use crate::cell_name::{CellAt, area, cell_at, cell_name};
use crate::xml::{WorkbookKind, Xml, attr_met_prefix, relation_id};

/// Cells by row and column.
pub(super) type CellSet = HashSet<CellAt>;

/// What a sheet holds, as far as the report needs to know.
#[derive(Debug, Default)]
pub(super) struct SheetScan {
    /// Formats of the looked-for cells that are there.
    pub(super) styles: HashMap<(u32, u32), u32>,
    /// Looked-for rows that are there, with their format.
    rijen: HashMap<u32, Option<u32>>,
    /// First and last column, format.
    kolommen: Vec<(u32, u32, u32)>,
    /// Merged areas: first and last row and column.
    pub(super) merged: Vec<(CellAt, CellAt)>,
    /// Relation to the drawing with notes.
    pub(super) legacy: Option<String>,
    /// Selected in the window.
    pub(super) selected: bool,
}

impl SheetScan {
    /// The format of a cell, also of one that is not there.
    pub(super) fn style(&self, (row, column): (u32, u32)) -> u32 {
        let from_cell = self.styles.get(&(row, column)).copied();
        let from_row = || self.rijen.get(&row).copied().flatten();
        let from_column = || {
            self.kolommen
                .iter()
                .find(|(van, tot, _)| (*van..=*tot).contains(&column))
                .map(|(_, _, style)| *style)
        };
        from_cell
            .or_else(from_row)
            .or_else(from_column)
            .unwrap_or(0)
    }
}

/// What is to be changed in a sheet.
#[derive(Debug, Default)]
pub(super) struct SheetPlan {
    /// New formats, by row and column; with whether the cell is there.
    cells: BTreeMap<u32, BTreeMap<u32, (u32, bool)>>,
    /// Rows that are to be put in.
    new_rows: VecDeque<u32>,
    /// Relation to the drawing with notes, where the sheet has none yet.
    legacy: Option<String>,
}

impl SheetPlan {
    pub(super) fn new(styles: &[(CellAt, u32)], scan: &SheetScan, legacy: Option<String>) -> Self {
        let mut plan = Self {
            legacy,
            ..Self::default()
        };
        for ((row, column), style) in styles {
            plan.cells.entry(*row).or_default().insert(
                *column,
                (*style, scan.styles.contains_key(&(*row, *column))),
            );
        }
        plan.new_rows = plan
            .cells
            .keys()
            .filter(|row| !scan.rijen.contains_key(row))
            .copied()
            .collect();
        plan
    }

    /// The last row and column that are put in.
    fn extent(&self) -> Option<(u32, u32)> {
        let new = |row: &BTreeMap<u32, (u32, bool)>| {
            row.iter()
                .filter(|(_, (_, er))| !er)
                .map(|(column, _)| *column)
                .max()
        };
        let rows = self
            .cells
            .iter()
            .filter_map(|(row, cells)| Some((*row, new(cells)?)));
        rows.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))
    }
}

/// Where a reader is in the grid: what has no name follows what came before.
#[derive(Debug, Default)]
struct GridCursor {
    rij: u32,
    kolom: u32,
}

impl GridCursor {
    fn row(&mut self, tag: &BytesStart<'_>) -> u32 {
        self.rij = attr_met_prefix(tag, "r")
            .and_then(|r| r.trim().parse().ok())
            .unwrap_or(self.rij + 1);
        self.kolom = 0;
        self.rij
    }

    fn cell(&mut self, tag: &BytesStart<'_>) -> (u32, u32) {
        let place = attr_met_prefix(tag, "r")
            .and_then(|r| cell_at(&r))
            .unwrap_or((self.rij, self.kolom));
        self.kolom = place.1 + 1;
        place
    }
}

/// Looks through a sheet for these cells; without any only at what stands before its rows.
pub(super) fn scan(stream: impl Read, wanted: &CellSet) -> Result<SheetScan, AnnotateError> {
    let rows: HashSet<u32> = wanted.iter().map(|(row, _)| *row).collect();
    let mut reader = Xml::new(stream, WorkbookKind::Xlsx);
    let mut out = SheetScan::default();
    let mut cursor = GridCursor::default();
    let (mut in_data, mut wanted_row) = (false, false);
    loop {
        let event = reader.next()?;
        let tag = match &event {
            Event::Eof => return Ok(out),
            Event::End(tag) if tag.local_name().into_inner() == "sheetData" => {
                in_data = false;
                continue;
            }
            Event::Start(tag) | Event::Empty(tag) => tag,
            _ => continue,
        };
        match (tag.local_name().into_inner(), in_data) {
            ("sheetData", _) if wanted.is_empty() => return Ok(out),
            ("sheetData", _) => in_data = matches!(event, Event::Start(_)),
            ("row", true) => {
                let row = cursor.row(tag);
                wanted_row = rows.contains(&row);
                if wanted_row {
                    out.rijen
                        .insert(row, attr_met_prefix(tag, "s").and_then(|s| s.parse().ok()));
                }
            }
            ("c", true) if wanted_row => {
                let place = cursor.cell(tag);
                if wanted.contains(&place) {
                    out.styles.insert(
                        place,
                        attr_met_prefix(tag, "s")
                            .and_then(|s| s.parse().ok())
                            .unwrap_or(0),
                    );
                }
            }
            ("sheetView", false) => out.selected |= attr_met_prefix(tag, "tabSelected").is_some(),
            ("col", false) => out.kolommen.extend(column_format(tag)),
            ("mergeCell", false) => out
                .merged
                .extend(attr_met_prefix(tag, "ref").and_then(|r| area(&r))),
            ("legacyDrawing", false) => {
                out.legacy = relation_id(tag).map(Cow::into_owned);
            }
            _ => {}
        }
    }
}

fn column_format(tag: &BytesStart<'_>) -> Option<(u32, u32, u32)> {
    let number = |name: &str| attr_met_prefix(tag, name)?.parse::<u32>().ok();
    Some((
        number("min")?.checked_sub(1)?,
        number("max")?.checked_sub(1)?,
        number("style")?,
    ))
}

/// Writes a sheet again with the changes of the plan.
pub(super) fn patch(
    stream: &mut dyn Read,
    out: &mut dyn Write,
    plan: &mut SheetPlan,
) -> Result<(), AnnotateError> {
    let mut reader = Xml::new(stream, WorkbookKind::Xlsx);
    let mut work = SheetEdit {
        writer: Writer::new(std::io::BufWriter::with_capacity(64 * 1024, out)),
        extent: plan.extent(),
        plan,
        cursor: GridCursor::default(),
        prefix: String::new(),
        in_data: false,
        after_data: false,
        depth: 0,
        open: VecDeque::new(),
        rij: 0,
    };
    loop {
        match reader.next()? {
            Event::Eof => break,
            event => work.event(event)?,
        }
    }
    work.writer.get_mut().flush()?;
    Ok(())
}

struct SheetEdit<'a, W: Write> {
    writer: Writer<W>,
    plan: &'a mut SheetPlan,
    extent: Option<(u32, u32)>,
    cursor: GridCursor,
    prefix: String,
    in_data: bool,
    after_data: bool,
    depth: usize,
    /// Cells that are still to be put in the current row, with their format.
    open: VecDeque<(u32, u32)>,
    rij: u32,
}

impl<W: Write> SheetEdit<'_, W> {
    fn event(&mut self, event: Event<'_>) -> Result<(), AnnotateError> {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                self.tag(&tag, false)
            }
            Event::Empty(tag) => {
                self.depth += 1;
                self.tag(&tag, true)?;
                self.depth -= 1;
                Ok(())
            }
            Event::End(tag) => {
                match tag.local_name().into_inner() {
                    "row" if self.in_data => self.put_cells(u32::MAX)?,
                    "sheetData" => {
                        self.put_rows(u32::MAX)?;
                        self.in_data = false;
                        self.after_data = true;
                    }
                    _ if self.depth == 1 => self.put_legacy()?,
                    _ => {}
                }
                self.depth -= 1;
                Ok(self.writer.write_event(Event::End(tag))?)
            }
            others => copy(&mut self.writer, others),
        }
    }

    fn tag(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), AnnotateError> {
        match (tag.local_name().into_inner(), self.in_data) {
            ("row", true) => return self.row(tag, empty),
            ("c", true) => return self.cell(tag, empty),
            ("sheetData", _) => {
                self.prefix = prefix(tag);
                if empty && !self.plan.new_rows.is_empty() {
                    self.writer.write_event(Event::Start(tag.borrow()))?;
                    self.put_rows(u32::MAX)?;
                    self.writer.write_event(Event::End(tag.to_end()))?;
                    self.after_data = true;
                    return Ok(());
                }
                self.in_data = !empty;
                self.after_data = empty;
            }
            ("sheetView", false) => return self.write(&met(tag, &[("tabSelected", None)]), empty),
            ("dimension", false) => {
                if let Some(larger) = self.larger(tag) {
                    return self.write(&met(tag, &[("ref", Some(&larger))]), empty);
                }
            }
            (name, false) if self.after_data && self.depth == 2 && AFTER_LEGACY.contains(&name) => {
                self.put_legacy()?;
            }
            _ => {}
        }
        self.write(tag, empty)
    }

    fn write(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), AnnotateError> {
        let tag = tag.borrow();
        Ok(self.writer.write_event(if empty {
            Event::Empty(tag)
        } else {
            Event::Start(tag)
        })?)
    }

    /// The used area, when cells are put in outside it.
    fn larger(&self, tag: &BytesStart<'_>) -> Option<String> {
        let (row, column) = self.extent?;
        let (van, tot) = area(&attr_met_prefix(tag, "ref")?)?;
        let larger = (tot.0.max(row), tot.1.max(column));
        (larger != tot).then(|| {
            format!(
                "{}:{}",
                cell_name(van.0, van.1),
                cell_name(larger.0, larger.1)
            )
        })
    }

    fn row(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), AnnotateError> {
        self.rij = self.cursor.row(tag);
        self.put_rows(self.rij)?;
        let new = self.plan.cells.get_mut(&self.rij).map(|cells| {
            let new: VecDeque<(u32, u32)> = cells
                .iter()
                .filter(|(_, (_, er))| !er)
                .map(|(k, (style, _))| (*k, *style))
                .collect();
            // A row that stands in the file twice gets them once.
            cells.retain(|_, (_, er)| *er);
            new
        });
        self.open = new.unwrap_or_default();
        if self.open.is_empty() {
            return self.write(tag, empty);
        }
        // `spans` is only a hint, and no longer true.
        self.write(&met(tag, &[("spans", None)]), false)?;
        if empty {
            self.put_cells(u32::MAX)?;
            self.writer.write_event(Event::End(tag.to_end()))?;
        }
        Ok(())
    }

    fn cell(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), AnnotateError> {
        let Some(cells) = self.plan.cells.get(&self.rij) else {
            return self.write(tag, empty);
        };
        let (_, column) = self.cursor.cell(tag);
        let style = cells.get(&column).map(|(style, _)| *style);
        self.put_cells(column)?;
        match style {
            Some(style) => self.write(&met(tag, &[("s", Some(&style.to_string()))]), empty),
            None => self.write(tag, empty),
        }
    }

    /// Puts in the cells of this row that come before column `tot`.
    fn put_cells(&mut self, tot: u32) -> Result<(), AnnotateError> {
        while let Some((column, style)) = self.open.pop_front_if(|(column, _)| *column < tot) {
            write!(
                self.writer.get_mut(),
                "<{}c r=\"{}\" s=\"{style}\"/>",
                self.prefix,
                cell_name(self.rij, column)
            )?;
        }
        Ok(())
    }

    /// Puts in the rows that come before row `tot`.
    fn put_rows(&mut self, tot: u32) -> Result<(), AnnotateError> {
        while let Some(row) = self.plan.new_rows.pop_front_if(|row| *row < tot) {
            let p = &self.prefix;
            let out = self.writer.get_mut();
            write!(out, "<{p}row r=\"{row}\">")?;
            for (column, (style, _)) in self.plan.cells.remove(&row).unwrap_or_default() {
                write!(
                    out,
                    "<{p}c r=\"{}\" s=\"{style}\"/>",
                    cell_name(row, column)
                )?;
            }
            write!(out, "</{p}row>")?;
        }
        Ok(())
    }

    fn put_legacy(&mut self) -> Result<(), AnnotateError> {
        if let Some(id) = self.plan.legacy.take() {
            write!(
                self.writer.get_mut(),
                "<{}legacyDrawing xmlns:r=\"{KINDS}\" r:id=\"{id}\"/>",
                self.prefix
            )?;
        }
        Ok(())
    }
}

/// What comes after the drawing with notes.
const AFTER_LEGACY: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
];
