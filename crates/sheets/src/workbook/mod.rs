//! A workbook (.xlsx or .ods) as sheets of cells.
//!
//! Owns the way in: the zip is looked through first, then the sheets are read with streaming readers of our own, so
//! that every bound is ours. What was passed over or converted is said. Leaves the meaning of odd cells (formulas,
//! hidden and merged ones) and of a sjabloon to `mapping`.

mod bounds;
mod day_number;
mod number_format;
mod ods;
pub(crate) mod own_sheets;
mod xlsx;
mod zip_bounds;

use std::sync::Arc;

use rows::{FileRefusal, RefusalCode, bsn};
use schema::artefacts::LIST_SHEET;

use crate::wording;

pub use self::day_number::from_serial;
use self::own_sheets::is_ours;
use crate::grid::Raster;
use crate::kept_sheets::ReadSheets;
use crate::remark::Opmerking;
use crate::sjabloon_mark::Marker;
use crate::source_file::SourceFile;
use crate::xml::WorkbookKind;

/// A workbook that was read.
struct Workbook {
    grids: Vec<Raster>,
    /// Names of the sheets that hold a chart and no cells.
    charts: Vec<String>,
    from_1904: bool,
    /// The sjabloon it was made from, where it says so.
    marker: Option<Marker>,
}

pub(crate) fn read(file: &SourceFile) -> Result<ReadSheets, FileRefusal> {
    let scan = zip_bounds::scan(file)?;
    if scan.captions.iter().any(|text| bsn::in_text(text)) {
        return Err(FileRefusal::new(
            RefusalCode::BsnSuspected,
            wording::workbook::BSN_IN_PROPERTIES,
        ));
    }
    let mut workbook = match scan.vorm {
        WorkbookKind::Xlsx => xlsx::read(file, scan).map_err(|refusal| scan.later.why(refusal))?,
        WorkbookKind::Ods => ods::read(file, scan)?,
    };
    zip_bounds::look_at_rest(file, scan)?;
    if workbook.charts.iter().any(|name| bsn::in_text(name)) {
        return Err(FileRefusal::new(
            RefusalCode::BsnSuspected,
            wording::workbook::BSN_IN_PROPERTIES,
        ));
    }
    let mut opmerkingen = remarks(&workbook);
    workbook.grids.retain(|raster| {
        let own = is_ours(raster);
        if own {
            let name = raster.naam.as_deref().unwrap_or_default();
            let sentence = wording::workbook::sheet_of_earlier_check(&name);
            opmerkingen.push(Opmerking { code: "", sentence });
        }
        !own
    });
    Ok(ReadSheets {
        grids: workbook.grids.into_iter().map(Arc::new).collect(),
        opmerkingen,
        marker: workbook.marker,
        from_1904: workbook.from_1904,
    })
}

/// Whether it is an .xlsx, and safe to take apart.
pub(crate) fn is_xlsx(file: &SourceFile) -> Result<bool, FileRefusal> {
    let scan = zip_bounds::scan(file)?;
    zip_bounds::look_at_rest(file, scan)?;
    Ok(matches!(scan.vorm, WorkbookKind::Xlsx))
}

fn remarks(workbook: &Workbook) -> Vec<Opmerking> {
    let mut opmerkingen = Vec::new();
    if workbook.from_1904 {
        opmerkingen.push(Opmerking {
            code: "",
            sentence: wording::workbook::DATES_FROM_1904.to_owned(),
        });
    }
    let charts = workbook.charts.iter().map(|name| Opmerking {
        code: "",
        sentence: wording::workbook::sheet_without_cells(name),
    });
    opmerkingen.extend(charts);
    for raster in workbook.grids.iter().filter(|r| r.hidden && !r.is_empty()) {
        let name = raster.naam.as_deref().unwrap_or_default();
        // The sjabloon hides the lists behind its dropdowns itself.
        if name != LIST_SHEET {
            opmerkingen.push(Opmerking {
                code: "",
                sentence: wording::workbook::sheet_hidden(&name),
            });
        }
    }
    opmerkingen
}
