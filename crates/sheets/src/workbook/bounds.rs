//! Filling a sheet: what both readers of workbooks do with a cell.
//!
//! Owns the bounds (place, length, and how much more may come out of a file than is in it), texts that no cell may
//! hold, and numbers as text. Leaves where cells come from to `xlsx` and `ods`.

use rows::invisible_characters::{control_at, is_turning};
use rows::{FileRefusal, RefusalCode};

use crate::cell::Cell;
use crate::cell_name::{COLUMNS, ROWS};
use crate::grid::Raster;
use crate::oddities::{CellRegion, Oddity};
use crate::program_numbers::is_power;
use crate::wording;

/// Longest text in a cell, in characters: that of Excel.
const LONGEST: usize = 32_767;
/// Merged areas of one sheet.
const MERGED: usize = 100_000;
/// What one cell takes beside its text.
const PER_CELL: u64 = 16;

/// How much may come out of a workbook: a text that is kept once and shown a million times, or a cell that is
/// repeated, costs the file nothing and us everything.
pub(super) struct Budget(u64);

impl Budget {
    /// Room for what `unpacked` bytes of XML can hold without repeating much.
    pub(super) fn new(unpacked: u64) -> Self {
        Self((16 << 20) + 8 * unpacked)
    }

    fn take(&mut self, bytes: u64) -> Result<(), FileRefusal> {
        let too_large = || {
            FileRefusal::new(
                RefusalCode::SheetDimension,
                wording::workbook::REPEATS_TOO_MUCH,
            )
        };
        self.0 = self.0.checked_sub(bytes).ok_or_else(too_large)?;
        Ok(())
    }
}

/// A sheet that is being filled.
pub(super) struct SheetCells<'a> {
    pub(super) raster: Raster,
    /// Whether a line goes through the cell that comes next.
    pub(super) struck: bool,
    budget: &'a mut Budget,
}

impl<'a> SheetCells<'a> {
    pub(super) fn new(name: &str, hidden: bool, budget: &'a mut Budget) -> Self {
        Self {
            raster: Raster::new(Some(name.to_owned()), hidden, true),
            struck: false,
            budget,
        }
    }

    /// Puts a value in a cell: row from 1, column from 0.
    pub(super) fn set(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<(), FileRefusal> {
        let text = cell.text();
        if text.is_empty() {
            return Ok(());
        }
        judge_place(row, column)?;
        let here = |code, message: String| {
            Err(FileRefusal::new(code, message).in_cell(u64::from(row), column as usize))
        };
        if text.len() > LONGEST && text.chars().count() > LONGEST {
            return here(
                RefusalCode::FieldTooLong,
                wording::workbook::CELL_TOO_LONG.to_owned(),
            );
        }
        if let Some((_, oddity)) = control_at(text.as_bytes()) {
            let what = if is_turning(oddity) {
                wording::workbook::REVERSES_DIRECTION
            } else {
                "een onzichtbaar stuurteken"
            };
            return here(
                RefusalCode::ControlChar,
                wording::workbook::forbidden_character(&what, oddity.into()),
            );
        }
        self.budget.take(text.len() as u64 + PER_CELL)?;
        if is_power(text) {
            self.raster.oddities.note(row, column, Oddity::Power);
        }
        self.raster.oddities.strike(row, self.struck);
        self.raster.push(row, column, cell)
    }

    pub(super) fn note(
        &mut self,
        row: u32,
        column: u32,
        oddity: Oddity,
    ) -> Result<(), FileRefusal> {
        judge_place(row, column)?;
        self.raster.oddities.note(row, column, oddity);
        Ok(())
    }

    pub(super) fn merge(&mut self, gebied: CellRegion) -> Result<(), FileRefusal> {
        if self.raster.oddities.merged.len() >= MERGED {
            return Err(FileRefusal::new(
                RefusalCode::SheetDimension,
                wording::workbook::TOO_MANY_MERGED,
            ));
        }
        self.raster.oddities.merged.push(gebied);
        Ok(())
    }

    /// The sheet, with rows and columns in order; a cell that stands in it twice is refused.
    pub(super) fn finish(mut self) -> Result<Raster, FileRefusal> {
        self.raster.oddities.end_row();
        let raster = self.raster.finish();
        match raster.double() {
            Some((row, column)) => {
                let refusal =
                    FileRefusal::new(RefusalCode::CellDuplicate, wording::workbook::CELL_TWICE);
                Err(refusal.in_cell(u64::from(row), column as usize))
            }
            None => Ok(raster),
        }
    }
}

fn judge_place(row: u32, column: u32) -> Result<(), FileRefusal> {
    if (1..=ROWS).contains(&row) && column < COLUMNS {
        return Ok(());
    }
    Err(FileRefusal::new(
        RefusalCode::SheetDimension,
        wording::workbook::CELL_OUTSIDE,
    ))
}

/// A number as text: whole ones without decimals, others as a workbook shows them (15 digits).
pub(super) fn write_number(out: &mut String, number: f64) {
    use std::fmt::Write;
    if number.fract() == 0.0 && number.abs() < 1e15 {
        let _ = write!(out, "{:.0}", if number == 0.0 { 0.0 } else { number });
        return;
    }
    let rounded = format!("{number:.14e}").parse::<f64>().unwrap_or(number);
    let _ = write!(out, "{rounded}");
}

/// A whole number with zeros before it, up to so many digits: shown so, it is a number of somebody's own, and the
/// zeros belong to it.
pub(super) fn write_with_zeros(out: &mut String, number: f64, cijfers: u8) {
    use std::fmt::Write;
    if number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
        return write_number(out, number);
    }
    let _ = write!(out, "{number:0>width$.0}", width = usize::from(cijfers));
}

/// Whether a workbook can't have kept all digits of this number.
pub(super) fn is_too_long(number: f64) -> bool {
    number.abs() >= 1e15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_a_workbook_shows_them() {
        for (number, text) in [
            (7.0, "7"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (0.1 + 0.2, "0.3"),
            (1.125, "1.125"),
            (1e14, "100000000000000"),
        ] {
            let mut out = String::new();
            write_number(&mut out, number);
            assert_eq!(out, text);
        }
    }
}
