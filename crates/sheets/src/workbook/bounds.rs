//! Filling a sheet: what both readers of workbooks do with a cell.
//!
//! Owns the bounds (place, length, and how much more may come out of a file than is in it), texts that no cell may
//! hold, and numbers as text. Leaves where cells come from to `xlsx` and `ods`.

use rows::Weigering;
use rows::characters::{control_at, is_turning};

use crate::cell::Cell;
use crate::cell_name::{KOLOMMEN, RIJEN};
use crate::grid::Raster;
use crate::oddities::{Gebied, Teken};
use crate::program_numbers::is_power;

/// Longest text in a cell, in characters: that of Excel.
const LANGSTE: usize = 32_767;
/// Merged areas of one sheet.
const SAMENGEVOEGD: usize = 100_000;
/// What one cell takes beside its text.
const PER_CEL: u64 = 16;

/// How much may come out of a workbook: a text that is kept once and shown a million times, or a cell that is
/// repeated, costs the file nothing and us everything.
pub(super) struct Budget(u64);

impl Budget {
    /// Room for what `uitgepakt` bytes of XML can hold without repeating much.
    pub(super) fn new(uitgepakt: u64) -> Self {
        Self((16 << 20) + 8 * uitgepakt)
    }

    fn take(&mut self, bytes: u64) -> Result<(), Weigering> {
        let te_groot = || {
            Weigering::new(
                "SHEET_DIMENSION",
                "Het bestand herhaalt te veel cellen of teksten. Lever het als CSV.",
            )
        };
        self.0 = self.0.checked_sub(bytes).ok_or_else(te_groot)?;
        Ok(())
    }
}

/// A sheet that is being filled.
pub(super) struct Cellen<'a> {
    pub(super) raster: Raster,
    budget: &'a mut Budget,
}

impl<'a> Cellen<'a> {
    pub(super) fn new(naam: &str, verborgen: bool, budget: &'a mut Budget) -> Self {
        Self {
            raster: Raster::new(Some(naam.to_owned()), verborgen, true),
            budget,
        }
    }

    /// Puts a value in a cell: row from 1, column from 0.
    pub(super) fn zet(&mut self, rij: u32, kolom: u32, cell: Cell<'_>) -> Result<(), Weigering> {
        let tekst = cell.text();
        if tekst.is_empty() {
            return Ok(());
        }
        judge_place(rij, kolom)?;
        let hier = |code, bericht: String| {
            Err(Weigering::new(code, bericht).in_cel(u64::from(rij), kolom as usize))
        };
        if tekst.len() > LANGSTE && tekst.chars().count() > LANGSTE {
            return hier(
                "FIELD_TOO_LONG",
                "In deze cel staat een te lange tekst.".to_owned(),
            );
        }
        if let Some((_, teken)) = control_at(tekst.as_bytes()) {
            let wat = if is_turning(teken) {
                "een teken dat de leesrichting omdraait"
            } else {
                "een onzichtbaar stuurteken"
            };
            return hier(
                "CONTROL_CHAR",
                format!(
                    "In deze cel staat {wat} (U+{:04X}). Haal het weg.",
                    teken as u32
                ),
            );
        }
        self.budget.take(tekst.len() as u64 + PER_CEL)?;
        if is_power(tekst) {
            self.raster.bijzonder.noteer(rij, kolom, Teken::Macht);
        }
        self.raster.push(rij, kolom, cell)
    }

    pub(super) fn noteer(&mut self, rij: u32, kolom: u32, teken: Teken) -> Result<(), Weigering> {
        judge_place(rij, kolom)?;
        self.raster.bijzonder.noteer(rij, kolom, teken);
        Ok(())
    }

    pub(super) fn merge(&mut self, gebied: Gebied) -> Result<(), Weigering> {
        if self.raster.bijzonder.samengevoegd.len() >= SAMENGEVOEGD {
            return Err(Weigering::new(
                "SHEET_DIMENSION",
                "Op dit blad zijn te veel cellen samengevoegd. Splits ze.",
            ));
        }
        self.raster.bijzonder.samengevoegd.push(gebied);
        Ok(())
    }

    /// The sheet, with rows and columns in order; a cell that stands in it twice is refused.
    pub(super) fn finish(self) -> Result<Raster, Weigering> {
        let raster = self.raster.finish();
        match raster.double() {
            Some((rij, kolom)) => {
                let weigering = Weigering::new(
                    "CELL_DUPLICATE",
                    "Deze cel staat twee keer in het bestand. Sla het opnieuw op.",
                );
                Err(weigering.in_cel(u64::from(rij), kolom as usize))
            }
            None => Ok(raster),
        }
    }
}

fn judge_place(rij: u32, kolom: u32) -> Result<(), Weigering> {
    if (1..=RIJEN).contains(&rij) && kolom < KOLOMMEN {
        return Ok(());
    }
    Err(Weigering::new(
        "SHEET_DIMENSION",
        "Er staat een cel buiten het werkblad.",
    ))
}

/// A number as text: whole ones without decimals, others as a workbook shows them (15 digits).
pub(super) fn write_number(uit: &mut String, getal: f64) {
    use std::fmt::Write;
    if getal.fract() == 0.0 && getal.abs() < 1e15 {
        let _ = write!(uit, "{:.0}", if getal == 0.0 { 0.0 } else { getal });
        return;
    }
    let afgerond = format!("{getal:.14e}").parse::<f64>().unwrap_or(getal);
    let _ = write!(uit, "{afgerond}");
}

/// A whole number with zeros before it, up to so many digits: shown so, it is a number of somebody's own, and the
/// zeros belong to it.
pub(super) fn write_with_zeros(uit: &mut String, getal: f64, cijfers: u8) {
    use std::fmt::Write;
    if getal.fract() != 0.0 || !(0.0..1e15).contains(&getal) {
        return write_number(uit, getal);
    }
    let _ = write!(uit, "{getal:0>breedte$.0}", breedte = usize::from(cijfers));
}

/// Whether a workbook can't have kept all digits of this number.
pub(super) fn is_too_long(getal: f64) -> bool {
    getal.abs() >= 1e15
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_a_workbook_shows_them() {
        for (getal, tekst) in [
            (7.0, "7"),
            (-0.0, "0"),
            (1.5, "1.5"),
            (0.1 + 0.2, "0.3"),
            (1.125, "1.125"),
            (1e14, "100000000000000"),
        ] {
            let mut uit = String::new();
            write_number(&mut uit, getal);
            assert_eq!(uit, tekst);
        }
    }
}
