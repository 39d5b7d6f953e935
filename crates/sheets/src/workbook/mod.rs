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

use rows::{Weigering, bsn};
use schema::artefacten::{EIGENSCHAP_UITVRAAG, EIGENSCHAP_VERSIE, LIJSTBLAD};

pub use self::day_number::from_serial;
use self::own_sheets::is_ours;
use crate::file::Bestand;
use crate::grid::Raster;
use crate::remark::Opmerking;
use crate::xml::Vorm;

/// A workbook that was read.
pub(crate) struct Werkmap {
    pub(crate) rasters: Vec<Raster>,
    vanaf_1904: bool,
    /// The sjabloon it was made from, where it says so.
    pub(crate) kenmerk: Option<Kenmerk>,
}

/// What a sjabloon says of itself in the properties of the file.
#[derive(Debug, Default, Clone)]
pub struct Kenmerk {
    /// Name of the definition, as in `omgang/2020`.
    pub uitvraag: String,
    /// Version of the definition.
    pub versie: Option<u32>,
}

impl Kenmerk {
    fn zie(&mut self, naam: &str, waarde: &str) {
        match naam {
            EIGENSCHAP_UITVRAAG => waarde.clone_into(&mut self.uitvraag),
            EIGENSCHAP_VERSIE => self.versie = waarde.parse().ok(),
            _ => {}
        }
    }

    fn bekend(self) -> Option<Self> {
        (!self.uitvraag.is_empty()).then_some(self)
    }
}

pub(crate) fn open(bestand: &Bestand) -> Result<(Werkmap, Vec<Opmerking>), Weigering> {
    let scan = zip_bounds::scan(bestand)?;
    if scan.bijschriften.iter().any(|tekst| bsn::in_tekst(tekst)) {
        return Err(Weigering::new(
            "BSN_SUSPECTED",
            "In de eigenschappen of de opmerkingen van het bestand staat een getal dat een BSN kan zijn. Haal het weg.",
        ));
    }
    let mut werkmap = match scan.vorm {
        Vorm::Xlsx => xlsx::read(bestand, &scan)?,
        Vorm::Ods => ods::read(bestand, &scan)?,
    };
    let mut opmerkingen = remarks(&werkmap);
    werkmap.rasters.retain(|raster| {
        let eigen = is_ours(raster);
        if eigen {
            let naam = raster.naam.as_deref().unwrap_or_default();
            let zin =
                format!("Het blad '{naam}' is van een eerdere controle. Het is niet gebruikt.");
            opmerkingen.push(Opmerking { code: "", zin });
        }
        !eigen
    });
    Ok((werkmap, opmerkingen))
}

/// Whether it is an .xlsx, and safe to take apart.
pub(crate) fn is_xlsx(bestand: &Bestand) -> Result<bool, Weigering> {
    Ok(matches!(zip_bounds::scan(bestand)?.vorm, Vorm::Xlsx))
}

fn remarks(werkmap: &Werkmap) -> Vec<Opmerking> {
    let mut opmerkingen = Vec::new();
    if werkmap.vanaf_1904 {
        opmerkingen.push(Opmerking {
            code: "",
            zin: "Het Excel-bestand telt datums vanaf 1904. Dat is omgerekend.".to_owned(),
        });
    }
    for raster in werkmap
        .rasters
        .iter()
        .filter(|r| r.verborgen && !r.is_empty())
    {
        let naam = raster.naam.as_deref().unwrap_or_default();
        // The sjabloon hides the lists behind its dropdowns itself.
        if naam != LIJSTBLAD {
            opmerkingen.push(Opmerking {
                code: "",
                zin: format!("Het blad '{naam}' is verborgen. Het is niet gebruikt."),
            });
        }
    }
    opmerkingen
}
