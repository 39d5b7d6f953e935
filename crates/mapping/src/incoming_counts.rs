//! What comes in with a sheet, counted apart from the reader, so that what the reader lost is found.
//!
//! Owns counting rows and columns as they stand, and what may become of a column. Leaves the balance itself to
//! [`crate::balance`].

use std::collections::BTreeSet;

use rows::FileRefusal;
use rows::invisible_characters::trimmed;
use schema::balance::PassedOver;
use sheets::SourceFile;
use sheets::open_file::Sheet;

use crate::header_row::SEARCH_ROWS;
use crate::table_layout::HeaderRows;

/// What stands in a sheet, counted by itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Incoming {
    /// Rows with anything in them; none where only reading to the end tells.
    pub(crate) rows: Option<u64>,
    /// Rows of the header.
    pub(crate) header: u64,
    /// Rows above the header that look like titles.
    pub(crate) titles: u64,
    /// Rows above the header that look like data.
    pub(crate) data_above: Vec<u64>,
    /// Columns beyond the header with anything in them.
    pub(crate) beyond: u64,
}

impl Incoming {
    /// Counts around a header.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub(crate) fn of(
        sheet: &Sheet,
        file: &SourceFile,
        header: &HeaderRows,
    ) -> Result<Self, FileRefusal> {
        let (last, width) = (header.last, header.headers.len());
        let mut out = Self {
            header: (header.rows.len() as u64).min(last),
            ..Self::default()
        };
        for (row, cells) in sheet.begin(file, SEARCH_ROWS)? {
            if row + out.header > last {
                break;
            }
            if looks_like_data(&cells, width) {
                out.data_above.push(row);
            } else {
                out.titles += 1;
            }
        }
        if let Some(raster) = sheet.raster() {
            let (mut rows, mut beyond) = (BTreeSet::new(), BTreeSet::new());
            for (row, column, _) in raster
                .texts()
                .filter(|(_, _, text)| !trimmed(text).is_empty())
            {
                rows.insert(row);
                if u64::from(row) > last && column as usize >= width {
                    beyond.insert(column);
                }
            }
            out.rows = Some(rows.len() as u64);
            out.beyond = beyond.len() as u64;
        }
        Ok(out)
    }

    /// What stands above the header is known: no data.
    pub(crate) fn know_what_is_above(&mut self) {
        self.titles += self.data_above.len() as u64;
        self.data_above.clear();
    }
}

/// Half the width filled, and numbers or days in it: no title.
fn looks_like_data(cells: &[String], width: usize) -> bool {
    let filled = || cells.iter().filter(|c| !trimmed(c).is_empty());
    let with_digits = filled().filter(|c| c.bytes().any(|b| b.is_ascii_digit()));
    filled().count() * 2 >= width.max(4) && with_digits.count() >= 2
}

/// How many lines inside a cell look like rows of a table this wide: a quote that was never closed swallowed them.
pub(crate) fn swallowed_rows(cell: &str, width: usize) -> u64 {
    if cell.len() < 24 || !cell.contains('\n') {
        return 0;
    }
    let like_a_row = |line: &&str| {
        b";,\t|".iter().any(|sign| {
            line.bytes().filter(|b| b == sign).count() * 2 >= width.saturating_sub(1).max(4)
        })
    };
    cell.lines().skip(1).filter(like_a_row).count() as u64
}

/// What becomes of a column that no field is read from, once something stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ColumnFate {
    /// It is passed over for this reason.
    Passed(PassedOver),
    /// It is asked: by this question, or by one that is open already.
    Asked(Option<String>),
}
