//! One sheet of an Excel workbook, cell by cell.
//!
//! Owns what a cell becomes: dates of both calendars, numbers without noise, yes and no, texts with their pieces
//! joined, the stored answers of formulas. Remembers hidden rows and columns and merged areas. Leaves bounds to
//! `bounds`.

use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use rows::FileRefusal;

use crate::cell::{Cell, CellKind};
use crate::cell_name::{self, area};
use crate::grid::Raster;
use crate::oddities::{CellRegion, Oddity};
use crate::workbook::bounds::{Budget, SheetCells, is_too_long, write_number, write_with_zeros};
use crate::workbook::day_number::from_serial;
use crate::workbook::number_format::{CellStyle, NumberFormat};
use crate::workbook::xlsx::texts::{SharedTexts, push_unescaped};
use crate::xml::{WorkbookKind, Xml, attr, attr_number, attr_yes, push_entity};

/// A sheet as the workbook lists it.
pub(super) struct SheetName {
    pub(super) naam: String,
    pub(super) hidden: bool,
}

struct SheetReader<'a> {
    uit: SheetCells<'a>,
    texts: &'a SharedTexts,
    styles: &'a [CellStyle],
    from_1904: bool,
    /// Last row, from 1, and last column, plus one.
    rij: u32,
    kolom: u32,
    cel: Option<OpenCell>,
    /// The text of the cell so far; kept between cells for its room.
    waarde: String,
    tekst: String,
}

/// The cell that is being read.
struct OpenCell {
    soort: StoredKind,
    vorm: NumberFormat,
    formula: bool,
    filled: bool,
    /// Inside `<v>`, or `<t>` of a piece that counts.
    in_value: bool,
    phonetic: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum StoredKind {
    Getal,
    Shared,
    Tekst,
    YesNo,
    Fout,
    Datum,
}

pub(super) fn read_sheet<R: BufRead>(
    mut xml: Xml<R>,
    sheet: &SheetName,
    texts: &SharedTexts,
    styles: &[CellStyle],
    from_1904: bool,
    budget: &mut Budget,
) -> Result<Raster, FileRefusal> {
    let out = SheetCells::new(&sheet.naam, sheet.hidden, budget);
    let mut reader = SheetReader {
        uit: out,
        texts,
        styles,
        from_1904,
        rij: 0,
        kolom: 0,
        cel: None,
        waarde: String::new(),
        tekst: String::new(),
    };
    loop {
        match xml.next()? {
            Event::Start(tag) => reader.start(&tag)?,
            Event::Empty(tag) => {
                reader.start(&tag)?;
                reader.end(tag.local_name().as_ref())?;
            }
            Event::End(tag) => reader.end(tag.local_name().as_ref())?,
            Event::Text(text) if reader.is_value() => reader.waarde.push_str(&text.into_inner()),
            Event::CData(text) if reader.is_value() => reader.waarde.push_str(&text.into_inner()),
            Event::GeneralRef(reference) if reader.is_value() => {
                push_entity(&mut reader.waarde, &reference, WorkbookKind::Xlsx)?;
            }
            Event::Eof => return reader.uit.finish(),
            _ => {}
        }
    }
}

impl SheetReader<'_> {
    fn is_value(&self) -> bool {
        self.cel.as_ref().is_some_and(|c| c.in_value)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), FileRefusal> {
        let name = tag.local_name();
        if let Some(cell) = &mut self.cel {
            match name.as_ref() {
                "v" => (cell.in_value, cell.filled) = (true, true),
                "t" => (cell.in_value, cell.filled) = (!cell.phonetic, true),
                "rPh" => cell.phonetic = true,
                "f" => cell.formula = true,
                _ => {}
            }
            return Ok(());
        }
        match name.as_ref() {
            "c" => self.begin_cell(tag)?,
            "row" => {
                self.rij = attr_number(tag, "r").unwrap_or(self.rij + 1);
                self.kolom = 0;
                if attr_yes(tag, "hidden") {
                    self.uit.raster.oddities.hide_rows(self.rij, self.rij);
                }
            }
            "col" if attr_yes(tag, "hidden") => {
                if let (Some(van), Some(tot)) = (attr_number(tag, "min"), attr_number(tag, "max")) {
                    self.uit
                        .raster
                        .oddities
                        .hide_columns(van.saturating_sub(1), tot.saturating_sub(1));
                }
            }
            "mergeCell" => {
                let gebied = attr(tag, "ref").as_deref().and_then(merged);
                self.uit
                    .merge(gebied.ok_or_else(|| WorkbookKind::Xlsx.broken())?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), FileRefusal> {
        let (mut kind, mut vorm) = (StoredKind::Getal, NumberFormat::Plain);
        self.uit.struck = false;
        self.kolom += 1;
        for attribute in tag.attributes().with_checks(false).flatten() {
            match attribute.key.into_inner() {
                "r" => {
                    let (row, column) = cell_name::parse(&attribute.value)
                        .and_then(|(row, column)| Some((u32::try_from(row).ok()?, column)))
                        .ok_or_else(|| WorkbookKind::Xlsx.broken())?;
                    (self.rij, self.kolom) = (row, column.saturating_add(1));
                }
                "s" => {
                    let style = attribute
                        .value
                        .parse::<usize>()
                        .ok()
                        .and_then(|s| self.styles.get(s));
                    vorm = style.map_or(NumberFormat::Plain, |style| style.format);
                    self.uit.struck = style.is_some_and(|style| style.struck);
                }
                "t" => {
                    kind = match &*attribute.value {
                        "s" => StoredKind::Shared,
                        "str" | "inlineStr" => StoredKind::Tekst,
                        "b" => StoredKind::YesNo,
                        "e" => StoredKind::Fout,
                        "d" => StoredKind::Datum,
                        "n" => StoredKind::Getal,
                        _ => return Err(self.here(WorkbookKind::Xlsx.broken())),
                    }
                }
                _ => {}
            }
        }
        self.waarde.clear();
        self.cel = Some(OpenCell {
            soort: kind,
            vorm,
            formula: false,
            filled: false,
            in_value: false,
            phonetic: false,
        });
        Ok(())
    }

    /// Names the cell that is being read.
    fn here(&self, refusal: FileRefusal) -> FileRefusal {
        refusal.in_cell(u64::from(self.rij), self.kolom.saturating_sub(1) as usize)
    }

    fn end(&mut self, name: &str) -> Result<(), FileRefusal> {
        let Some(cell) = &mut self.cel else {
            return Ok(());
        };
        match name {
            "v" | "t" => cell.in_value = false,
            "rPh" => cell.phonetic = false,
            "c" => return self.end_cell(),
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), FileRefusal> {
        let Some(cell) = self.cel.take() else {
            return Ok(());
        };
        let (row, column) = (self.rij, self.kolom.saturating_sub(1));
        let empty = self.waarde.trim().is_empty();
        if cell.formula {
            let answered = cell.filled && (!empty || cell.soort == StoredKind::Tekst);
            self.uit.note(
                row,
                column,
                if answered {
                    Oddity::Formula
                } else {
                    Oddity::WithoutResult
                },
            )?;
        }
        if empty && cell.soort != StoredKind::Tekst {
            return Ok(());
        }
        let Self {
            uit: out,
            tekst: text,
            waarde: value,
            ..
        } = self;
        text.clear();
        let kind = match cell.soort {
            StoredKind::Shared => {
                let shared = value
                    .trim()
                    .parse()
                    .ok()
                    .and_then(|index| self.texts.get(index));
                let shared = shared.ok_or_else(|| {
                    WorkbookKind::Xlsx
                        .broken()
                        .in_cell(u64::from(row), column as usize)
                })?;
                return out.set(row, column, Cell::Text(shared));
            }
            StoredKind::Tekst => {
                push_unescaped(text, value);
                CellKind::Text
            }
            StoredKind::YesNo => {
                let truth = matches!(value.trim(), "1" | "true");
                return out.set(row, column, Cell::Truth(truth));
            }
            StoredKind::Fout => {
                out.note(row, column, Oddity::Fout)?;
                text.push_str(value);
                CellKind::Error
            }
            StoredKind::Datum => {
                text.push_str(value.trim().trim_end_matches("T00:00:00"));
                CellKind::Date
            }
            StoredKind::Getal => {
                let number: f64 = value.trim().parse().map_err(|_| {
                    WorkbookKind::Xlsx
                        .broken()
                        .in_cell(u64::from(row), column as usize)
                })?;
                put_number(out, (row, column), number, cell.vorm, self.from_1904, text)?
            }
        };
        out.set(row, column, Cell::of(kind, text))
    }
}

/// How Excel shows a zero that is a date.
const ZERO_AS_DATE: &str = "00-01-1900";

fn put_number(
    out: &mut SheetCells<'_>,
    (row, column): (u32, u32),
    number: f64,
    vorm: NumberFormat,
    from_1904: bool,
    text: &mut String,
) -> Result<CellKind, FileRefusal> {
    use std::fmt::Write;
    if vorm == NumberFormat::Datum
        && let Some(datum) = from_serial(number, from_1904)
    {
        let _ = write!(text, "{datum}");
        out.note(row, column, Oddity::Datum)?;
        return Ok(CellKind::Date);
    }
    // What a formula makes of an empty cell: no day, and nobody sees a zero there.
    if vorm == NumberFormat::Datum && number == 0.0 {
        text.push_str(ZERO_AS_DATE);
        return Ok(CellKind::Text);
    }
    if vorm == NumberFormat::Percent {
        out.note(row, column, Oddity::Percent)?;
    }
    if vorm == NumberFormat::Duration {
        out.note(row, column, Oddity::Duration)?;
    }
    if is_too_long(number) {
        out.note(row, column, Oddity::TooLong)?;
    }
    match vorm {
        NumberFormat::Zeros(cijfers) => write_with_zeros(text, number, cijfers),
        // No day of the calendar (29-02-1900, before 1900): the number stays, for `check` to name.
        _ => write_number(text, number),
    }
    if vorm == NumberFormat::Own {
        out.note(row, column, Oddity::Formatting)?;
    }
    // Shown with zeros before it, it is a number of somebody's own: those are text.
    Ok(match vorm {
        NumberFormat::Zeros(_) => CellKind::Text,
        _ => CellKind::Number,
    })
}

/// `B2:C5` as an area; the other way round it is none.
fn merged(name: &str) -> Option<CellRegion> {
    let ((row, column), (to_row, to_column)) = area(name)?;
    (row <= to_row && column <= to_column).then_some(CellRegion {
        rij: row,
        kolom: column,
        to_row,
        to_column,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_runs_down_and_to_the_right() {
        assert!(
            merged("B2:C5")
                .is_some_and(|g| (g.rij, g.kolom, g.to_row, g.to_column) == (2, 1, 5, 2))
        );
        assert!(merged("C5:B2").is_none());
    }
}
