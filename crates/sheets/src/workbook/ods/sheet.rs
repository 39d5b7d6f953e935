//! One sheet of an OpenDocument spreadsheet: its rows and columns.
//!
//! Owns repeated cells and rows within bounds, and hidden, merged and struck ones. Leaves what a cell becomes to `cell`,
//! bounds to `bounds`.

use std::collections::HashSet;
use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use rows::{FileRefusal, RefusalCode};

use super::cell::{constant, shown, value};
use super::{OdsEvent, skip};
use crate::cell::{Cell, CellKind};
use crate::cell_name::{COLUMNS, ROWS};
use crate::grid::Raster;
use crate::oddities::{CellRegion, Oddity};
use crate::wording;
use crate::workbook::bounds::SheetCells;
use crate::xml::{WorkbookKind, Xml, attr_met_prefix, attr_number};

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

pub(super) fn read_sheet<R: BufRead>(
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
