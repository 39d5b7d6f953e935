//! Cells that no table uses: other sheets, titles above a header, columns beside a table.
//!
//! Owns looking for BSNs in them: what is not read as data lies in the file all the same. Leaves the columns of a
//! table to `convert` and `survey`.

use std::collections::BTreeMap;

use rows::bsn::{self, ColumnTest};
use rows::{FileRefusal, RefusalCode};
use sheets::grid::Raster;

use crate::wording;

/// Judges the cells (row from 1, column from 0) for which `unused` is true.
pub(crate) fn judge(raster: &Raster, unused: impl Fn(u32, u32) -> bool) -> Result<(), FileRefusal> {
    let mut probes: BTreeMap<u32, ColumnTest> = BTreeMap::new();
    for (row, column, text) in raster.texts().filter(|(_, _, text)| text.len() >= 8) {
        if !unused(row, column) {
            continue;
        }
        let in_words = text.chars().any(char::is_alphabetic) && bsn::in_text(text);
        probes.entry(column).or_default().look(text);
        if in_words {
            return Err(suspect().in_cell(u64::from(row), column as usize));
        }
    }
    let suspicious = probes.iter().find(|(_, probe)| probe.suspicious());
    match suspicious {
        Some((column, _)) => Err(suspect().in_column(
            &schema::bevinding::column_letters(*column as usize),
            *column as usize,
        )),
        None => Ok(()),
    }
}

fn suspect() -> FileRefusal {
    FileRefusal::new(RefusalCode::BsnSuspected, wording::cells::BSN_OUTSIDE_TABLE)
}
