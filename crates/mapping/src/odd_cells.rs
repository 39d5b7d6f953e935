//! Odd cells, judged once it is known where the table is and which of its columns are used.
//!
//! Owns what becomes of formulas, errors, hidden, merged and struck-out cells: what can be read in one way only is said, the rest is
//! refused with its place. Leaves finding and remembering them to `sheets`.

use std::collections::BTreeSet;

use rows::invisible_characters::trimmed;
use rows::{FileRefusal, RefusalCode};
use schema::VeldType;
use schema::bevinding::column_letters;
use sheets::grid::Raster;
use sheets::oddities::{CellRegion, Oddity};

use crate::row_filter::is_total;
use crate::table_layout::is_nameless;
use crate::wording;

/// A column of the table that becomes a field.
pub(crate) struct Used<'a> {
    pub(crate) number: usize,
    pub(crate) kop: &'a str,
    pub(crate) veldtype: &'a VeldType,
}

/// Judges the structure of a table: merged cells among its rows, and formulas without an answer in these columns.
pub(crate) fn judge_table(
    raster: &Raster,
    header_row: u64,
    headers: &[String],
    columns: impl Iterator<Item = usize>,
) -> Result<(), FileRefusal> {
    judge_merged(raster, header_row, headers)?;
    judge_struck(raster, header_row, headers.len())?;
    for number in columns {
        let Some((count, first)) = raster
            .oddities
            .below(header_row, number, Oddity::WithoutResult)
        else {
            continue;
        };
        // Of a total nobody needs the outcome.
        let rows = raster.oddities.rows(number, Oddity::WithoutResult);
        let totals = totals(raster, rows);
        let wanted = rows
            .iter()
            .find(|row| u64::from(**row) > header_row && !totals.contains(row));
        if wanted.is_some() || count > rows.len() as u64 {
            let row = wanted.map_or(first, |row| u64::from(*row));
            let message = wording::cells::FORMULA_WITHOUT_RESULT;
            return Err(FileRefusal::new(RefusalCode::Formula, message).in_cell(row, number));
        }
    }
    Ok(())
}

/// Which of these rows begin with a word for a total.
fn totals(raster: &Raster, rows: &[u32]) -> BTreeSet<u32> {
    let begins = raster.rows().filter(|(row, _)| rows.contains(row));
    let is_total = |cells: &[(u32, &str)]| cells.first().is_some_and(|(_, text)| is_total(text));
    begins
        .filter_map(|(row, cells)| is_total(&cells).then_some(row))
        .collect()
}

/// Judges the cells of the columns that are used; gives what is to be said of them.
pub(crate) fn judge_columns(
    raster: &Raster,
    header_row: u64,
    columns: &[Used<'_>],
) -> Result<Vec<String>, FileRefusal> {
    let location = raster
        .naam
        .as_ref()
        .map_or_else(|| "Het bestand".to_owned(), |b| format!("Blad '{b}'"));
    let mut sentences = Vec::new();
    for column in columns {
        judge_values(raster, header_row, column)?;
        let (header, letters) = (column.kop, column_letters(column.number));
        if let Some((count, row)) =
            raster
                .oddities
                .below(header_row, column.number, Oddity::Formula)
        {
            let cells = if count == 1 {
                wording::cells::one_formula(&letters, &row)
            } else {
                wording::cells::formulas(&count, &letters, &row)
            };
            sentences.push(wording::cells::formulas_used(&location, &header, &cells));
        }
        let text = matches!(
            column.veldtype,
            VeldType::Pseudoniem | VeldType::Tekst { .. }
        );
        if let (true, Some((_, row))) = (
            text,
            raster
                .oddities
                .below(header_row, column.number, Oddity::Formatting),
        ) {
            sentences.push(wording::cells::own_notation(
                &location, &header, &letters, &row,
            ));
        }
        if raster.oddities.is_hidden_column(column.number) {
            sentences.push(wording::cells::column_hidden(&location, &header, &letters));
        }
    }
    sentences
        .extend(hidden_rows(raster, header_row).map(|sentence| format!("{location}: {sentence}")));
    Ok(sentences)
}

fn judge_values(raster: &Raster, header_row: u64, column: &Used<'_>) -> Result<(), FileRefusal> {
    let number = matches!(column.veldtype, VeldType::Pseudoniem);
    let text = number || matches!(column.veldtype, VeldType::Tekst { .. });
    let numeric = matches!(column.veldtype, VeldType::Whole | VeldType::Decimal);
    let cases = [
        (
            Oddity::Fout,
            true,
            RefusalCode::Formula,
            wording::cells::ERROR_VALUE,
        ),
        (
            Oddity::Datum,
            number,
            RefusalCode::Number,
            wording::cells::NUMBER_TO_DATE,
        ),
        (
            Oddity::TooLong,
            text,
            RefusalCode::Number,
            wording::cells::TOO_MANY_DIGITS,
        ),
        (
            Oddity::Power,
            text,
            RefusalCode::Number,
            wording::cells::POWER_OF_TEN,
        ),
        (
            Oddity::Percent,
            numeric,
            RefusalCode::Number,
            wording::cells::PERCENTAGE,
        ),
        (
            Oddity::Duration,
            numeric,
            RefusalCode::Number,
            wording::cells::DURATION,
        ),
    ];
    for (oddity, holds, code, what) in cases {
        if let (true, Some((count, row))) = (
            holds,
            raster.oddities.below(header_row, column.number, oddity),
        ) {
            let location = if count == 1 {
                "In deze cel".to_owned()
            } else {
                wording::cells::in_cells(&count)
            };
            return Err(FileRefusal::new(code, format!("{location} {what}"))
                .at_row(row)
                .in_column(column.kop, column.number));
        }
    }
    Ok(())
}

/// A merged area hides which row or column its value belongs to. Titles and notes may be merged: their rows hold
/// nothing else. So may cells of one row, over columns that have no name of their own: report tools make a column wide so.
fn judge_merged(raster: &Raster, header_row: u64, headers: &[String]) -> Result<(), FileRefusal> {
    let width = headers.len();
    let only_wide = |g: &CellRegion| {
        let covered = headers.get(g.kolom as usize + 1..width.min(g.to_column as usize + 1));
        g.rij == g.to_row && covered.is_none_or(|names| names.iter().all(|name| is_nameless(name)))
    };
    let touches = |g: &&CellRegion| {
        u64::from(g.to_row) > header_row && (g.kolom as usize) < width && !only_wide(g)
    };
    let mut gebieden = raster.oddities.merged.iter().filter(touches).peekable();
    if gebieden.peek().is_none() {
        return Ok(());
    }
    let rows = full_rows(raster, header_row, width);
    for gebied in gebieden {
        let first = rows.partition_point(|r| *r < gebied.rij);
        let in_data = rows.get(first).is_some_and(|r| *r <= gebied.to_row);
        if in_data && raster.is_filled(gebied.rij, gebied.kolom) {
            let corner =
                |column: u32, row: u32| format!("{}{row}", column_letters(column as usize));
            let (van, tot) = (
                corner(gebied.kolom, gebied.rij),
                corner(gebied.to_column, gebied.to_row),
            );
            let message = wording::cells::cells_merged(&van, &tot);
            return Err(FileRefusal::new(RefusalCode::MergedCells, message)
                .in_cell(u64::from(gebied.rij), gebied.kolom as usize));
        }
    }
    Ok(())
}

/// A row that somebody struck out counts for a program and not for a reader: nobody knows which is meant.
fn judge_struck(raster: &Raster, header_row: u64, width: usize) -> Result<(), FileRefusal> {
    let struck = raster.oddities.struck_rows();
    if struck.is_empty() {
        return Ok(());
    }
    let rows = full_rows(raster, header_row, width).into_iter();
    let struck: Vec<u32> = rows.filter(|row| struck.contains(*row)).collect();
    let message = match struck[..] {
        [] => return Ok(()),
        [_] => wording::cells::ONE_ROW_STRUCK.to_owned(),
        _ => wording::cells::rows_struck(&struck.len()),
    };
    Err(FileRefusal::new(RefusalCode::StruckOut, message).at_row(u64::from(struck[0])))
}

/// Rows below the header with more than one filled cell that are no totals, in order.
fn full_rows(raster: &Raster, header_row: u64, width: usize) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::new();
    let mut current_row = 0;
    let (mut filled, mut total) = (0, false);
    for (row, _, text) in raster.texts().filter(|(r, k, t)| {
        u64::from(*r) > header_row && (*k as usize) < width && !trimmed(t).is_empty()
    }) {
        if row != current_row {
            (current_row, filled, total) = (row, 0, is_total(text));
        }
        filled += 1;
        if filled == 2 && !total {
            out.push(row);
        }
    }
    out
}

/// Says which hidden rows hold data.
fn hidden_rows(raster: &Raster, header_row: u64) -> Option<String> {
    let runs = raster.oddities.hidden_rows();
    let mut rows: Vec<u32> = Vec::new();
    let mut count: u64 = 0;
    let mut previous = 0;
    for (row, _, _) in raster
        .texts()
        .filter(|(r, _, _)| u64::from(*r) > header_row)
    {
        if row == previous {
            continue;
        }
        previous = row;
        if runs.contains(row) {
            count += 1;
            if rows.len() < 5 {
                rows.push(row);
            }
        }
    }
    if count == 0 {
        return None;
    }
    let named: Vec<String> = rows.iter().map(u32::to_string).collect();
    let more = if count > rows.len() as u64 {
        format!(" en nog {}", count - rows.len() as u64)
    } else {
        String::new()
    };
    let what = if count == 1 {
        wording::cells::ONE_ROW_HIDDEN.to_owned()
    } else {
        wording::cells::rows_hidden(&count)
    };
    let closing = if count == 1 {
        wording::cells::HIDDEN_ROW_COUNTS
    } else {
        wording::cells::HIDDEN_ROWS_COUNT
    };
    Some(wording::cells::rows_hidden_by_filter(
        &what,
        &named.join(", "),
        &more,
        &closing,
    ))
}
