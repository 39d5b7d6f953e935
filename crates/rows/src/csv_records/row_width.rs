//! Which records are rows, by their width.
//!
//! Owns padding and cutting where that loses nothing, passing over remarks and blank lines within their bounds, and when
//! short rows are a habit of the file. Leaves finding the cells to `scan`.

use std::io::Read;

use super::{Regels, Skipped};
use crate::refusal::FileRefusal;
use crate::refusal_codes::RefusalCode;
use crate::wording;

/// Where one in so many rows is short, that is how the file was written.
const MANY_SHORT: u64 = 10;

/// Rows whose last, empty cells were left out, as Excel does.
#[derive(Default)]
pub(super) struct ShortRows {
    pub(super) count: u64,
    /// Row and number of columns of the first.
    first: (u64, usize),
    /// Whether the last cell of a row that is as wide as the header is ever empty.
    empty_tail: bool,
}

impl<R: Read> Regels<R> {
    /// Whether these few cells are a whole row with other signs between the columns, rather than a remark.
    fn in_another_dialect(&self, cells: &[(u32, u32)], width: usize) -> bool {
        let bytes = || {
            cells
                .iter()
                .flat_map(|&(van, tot)| &self.buffer[van as usize..tot as usize])
        };
        width > 2
            && [b';', b'\t', b'|', b',']
                .iter()
                .any(|character| bytes().filter(|b| *b == character).count() + 1 >= width)
    }

    /// Whether the record just scanned is a row; pads or cuts it where that loses nothing.
    pub(super) fn accept(
        &mut self,
        cells: &mut Vec<(u32, u32)>,
        from: usize,
        width: usize,
    ) -> Result<bool, FileRefusal> {
        let count = cells.len() - from;
        if count == 1 && cells[from].0 == cells[from].1 {
            cells.truncate(from);
            self.empty_lines += 1;
            if self.empty_lines > self.limits.empty_lines {
                return Err(FileRefusal::new(
                    RefusalCode::BlankRows,
                    wording::TOO_MANY_EMPTY_LINES,
                ));
            }
            return Ok(false);
        }
        if self.rijen >= self.limits.rijen {
            return Err(FileRefusal::new(
                RefusalCode::TooManyRows,
                wording::too_many_rows(&self.limits.rijen),
            ));
        }
        if count == width {
            self.rijen += 1;
            self.short.empty_tail |= cells.last().is_some_and(|(van, tot)| van == tot);
            return Ok(true);
        }
        let filled = cells[from..]
            .iter()
            .filter(|&&(van, tot)| {
                !self.buffer[van as usize..tot as usize]
                    .trim_ascii()
                    .is_empty()
            })
            .count();
        let extra_empty =
            count > width && cells[from + width..].iter().all(|&(van, tot)| van == tot);
        if !self.dialect.strict && extra_empty {
            cells.truncate(from + width);
            self.rijen += 1;
            return Ok(true);
        }
        if !self.dialect.strict
            && count < width
            && filled <= 2
            && !self.in_another_dialect(&cells[from..], width)
        {
            let reason = if filled == 0 {
                Skipped::Empty
            } else {
                Skipped::Footnote
            };
            self.skipped.push((self.record, reason));
            cells.truncate(from);
            return Ok(false);
        }
        let ends_filled = cells.last().is_some_and(|(van, tot)| van < tot);
        if !self.dialect.strict
            && count < width
            && ends_filled
            && !self.in_another_dialect(&cells[from..], width)
        {
            if self.short.count == 0 {
                self.short.first = (self.record, count);
            }
            self.short.count += 1;
            self.rijen += 1;
            let empty = cells.last().map_or((0, 0), |(_, tot)| (*tot, *tot));
            cells.resize(from + width, empty);
            return Ok(true);
        }
        Err(wrong_width(self.record, count, width))
    }

    /// Refuses short rows of which nothing shows that it is their last cells that are not there: there is only one, or
    /// no row has them empty and hardly any row is short.
    pub(super) fn judge_short_rows(&self) -> Result<(), FileRefusal> {
        let ShortRows {
            count,
            first: (row, columns),
            empty_tail,
        } = self.short;
        let is_habit = count > 1 && (empty_tail || count * MANY_SHORT >= self.rijen);
        if count == 0 || is_habit {
            return Ok(());
        }
        Err(wrong_width(row, columns, self.width))
    }
}

fn wrong_width(row: u64, columns: usize, width: usize) -> FileRefusal {
    let message = wording::columns_differ(&row, &columns, &width);
    FileRefusal::new(RefusalCode::RowWidth, message).at_row(row)
}
