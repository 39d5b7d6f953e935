//! The sheets that an earlier report put in a workbook.
//!
//! Owns what they say in their first cell, so that nobody takes them for the aanbieder's own. Leaves writing them to
//! `annotate`.

use crate::grid::Raster;

/// What the first cell of the summary says.
pub(crate) const MARKER: &str = "Controle door uitvraag";
/// What the first cell of the list says.
pub(crate) const LIST_MARKER: &str = "Bevindingen door uitvraag";

/// Whether a sheet that is read was written here, for an earlier report.
pub(crate) fn is_ours(raster: &Raster) -> bool {
    raster.texts().next().is_some_and(|(row, column, text)| {
        (row, column) == (1, 0) && [MARKER, LIST_MARKER].contains(&text)
    })
}
