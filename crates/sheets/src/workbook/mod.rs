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
mod sheet;
mod texts;
mod xlsx;
mod zip_bounds;

use rows::{FileRefusal, RefusalCode, bsn};
use schema::artefacts::{LIST_SHEET, PROPERTY_UITVRAAG, PROPERTY_VERSION};

use crate::wording;

pub use self::day_number::from_serial;
use self::own_sheets::is_ours;
use crate::file::SourceFile;
use crate::grid::Raster;
use crate::remark::Opmerking;
use crate::xml::WorkbookKind;

/// A workbook that was read.
pub(crate) struct Workbook {
    pub(crate) grids: Vec<Raster>,
    /// Names of the sheets that hold a chart and no cells.
    pub(crate) charts: Vec<String>,
    pub(crate) from_1904: bool,
    /// The sjabloon it was made from, where it says so.
    pub(crate) marker: Option<Marker>,
}

/// What a sjabloon says of itself in the properties of the file.
#[derive(Debug, Default, Clone)]
pub struct Marker {
    /// Name of the definition, as in `omgang/2020`.
    pub uitvraag: String,
    /// Version of the definition.
    pub versie: Option<u32>,
}

impl Marker {
    fn look(&mut self, name: &str, value: &str) {
        match name {
            PROPERTY_UITVRAAG => value.clone_into(&mut self.uitvraag),
            PROPERTY_VERSION => self.versie = value.parse().ok(),
            _ => {}
        }
    }

    fn known(self) -> Option<Self> {
        (!self.uitvraag.is_empty()).then_some(self)
    }
}

pub(crate) fn open(file: &SourceFile) -> Result<(Workbook, Vec<Opmerking>), FileRefusal> {
    let scan = zip_bounds::scan(file)?;
    if scan.captions.iter().any(|text| bsn::in_text(text)) {
        return Err(FileRefusal::new(
            RefusalCode::BsnSuspected,
            wording::workbook::BSN_IN_PROPERTIES,
        ));
    }
    let mut workbook = match scan.vorm {
        WorkbookKind::Xlsx => xlsx::read(file, scan)?,
        WorkbookKind::Ods => ods::read(file, scan)?,
    };
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
    Ok((workbook, opmerkingen))
}

/// Whether it is an .xlsx, and safe to take apart.
pub(crate) fn is_xlsx(file: &SourceFile) -> Result<bool, FileRefusal> {
    Ok(matches!(zip_bounds::scan(file)?.vorm, WorkbookKind::Xlsx))
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
