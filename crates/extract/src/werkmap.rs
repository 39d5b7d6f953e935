//! A workbook (.xlsx) as sheets of cells.
//!
//! Owns what a cell becomes: dates of both Excel calendars, numbers without noise, yes and no, and formulas whose
//! answer was never stored. Reads with the streaming cell reader only, after `zipscan` has passed the file.

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};

use crate::bestand::{Bestand, Stroom};
use crate::bsn;
use crate::datum::from_serial;
use crate::opening::Opmerking;
use crate::raster::Raster;
use crate::weigering::Weigering;
use crate::zipscan;

pub(crate) fn open(bestand: &Bestand) -> Result<(Vec<Raster>, Vec<Opmerking>), Weigering> {
    let scan = zipscan::scan(bestand)?;
    if scan.bijschriften.iter().any(|tekst| bsn::in_tekst(tekst)) {
        return Err(Weigering::new(
            "BSN_SUSPECTED",
            "In de eigenschappen of de opmerkingen van het Excel-bestand staat een getal dat een BSN kan zijn. Haal het weg.",
        ));
    }
    let mut werkmap = Xlsx::new(std::io::BufReader::new(bestand.open()?)).map_err(|e| broken(&e))?;
    let vanaf_1904 = werkmap.has_1904_epoch();
    let bladen: Vec<(String, bool)> = werkmap
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet)
        .map(|s| (s.name.clone(), s.visible != SheetVisible::Visible))
        .collect();
    let mut rasters = Vec::new();
    for (naam, verborgen) in bladen {
        let raster = read_sheet(&mut werkmap, &naam, verborgen, vanaf_1904).map_err(|w| w.op_blad(Some(&naam)))?;
        rasters.push(raster.finish());
    }
    let opmerkingen = remarks(&rasters, vanaf_1904);
    Ok((rasters, opmerkingen))
}

fn remarks(rasters: &[Raster], vanaf_1904: bool) -> Vec<Opmerking> {
    let mut opmerkingen = Vec::new();
    if vanaf_1904 {
        opmerkingen.push(Opmerking { code: "", zin: "Het Excel-bestand telt datums vanaf 1904. Dat is omgerekend.".to_owned() });
    }
    for raster in rasters.iter().filter(|r| r.verborgen && !r.is_empty()) {
        let naam = raster.naam.as_deref().unwrap_or_default();
        opmerkingen.push(Opmerking { code: "", zin: format!("Het blad '{naam}' is verborgen. Het is niet gebruikt.") });
    }
    opmerkingen
}

fn broken(fout: &XlsxError) -> Weigering {
    match fout {
        XlsxError::Password => {
            Weigering::new("FORMAT", "Het bestand is met een wachtwoord beveiligd. Haal het wachtwoord weg en sla het op als .xlsx.")
        }
        _ => Weigering::new("XLSX_INVALID", "Het Excel-bestand is niet goed te lezen. Open het in Excel en sla het opnieuw op als .xlsx."),
    }
}

type Werkmap = Xlsx<std::io::BufReader<Box<dyn Stroom>>>;

fn read_sheet(werkmap: &mut Werkmap, naam: &str, verborgen: bool, vanaf_1904: bool) -> Result<Raster, Weigering> {
    let mut raster = Raster::new(Some(naam.to_owned()), verborgen, true);
    let mut cellen = werkmap.worksheet_cells_reader(naam).map_err(|e| broken(&e))?;
    let mut tekst = String::new();
    while let Some(cel) = cellen.next_cell_with_formula_metadata().map_err(|e| broken(&e))? {
        let (rij, kolom) = cel.pos;
        if rij >= 1_048_576 || kolom >= 16_384 {
            return Err(Weigering::new("SHEET_DIMENSION", "Er staat een cel buiten het werkblad."));
        }
        if cel.formula.is_some() && matches!(cel.value, DataRef::Empty) {
            raster.formule.get_or_insert((rij + 1, kolom));
        }
        tekst.clear();
        write_cell(&mut tekst, &cel.value, vanaf_1904);
        if tekst.chars().any(crate::tekst::is_turning) {
            return Err(Weigering::new("CONTROL_CHAR", "In deze cel staat een teken dat de leesrichting omdraait.")
                .in_cel(u64::from(rij) + 1, kolom as usize));
        }
        if !tekst.is_empty() {
            raster.push(rij + 1, kolom, &tekst)?;
        }
    }
    Ok(raster)
}

/// The cell as text: dates as ISO, whole numbers without decimals.
fn write_cell(uit: &mut String, waarde: &DataRef<'_>, vanaf_1904: bool) {
    use std::fmt::Write;
    let _ = match waarde {
        DataRef::Empty => Ok(()),
        DataRef::String(tekst) => uit.write_str(tekst),
        DataRef::SharedString(tekst) => uit.write_str(tekst),
        DataRef::Int(getal) => write!(uit, "{getal}"),
        DataRef::Float(getal) => write_number(uit, *getal),
        DataRef::Bool(ja) => uit.write_str(if *ja { "ja" } else { "nee" }),
        DataRef::DateTime(moment) if moment.is_duration() => write_number(uit, moment.as_f64()),
        DataRef::DateTime(moment) => match from_serial(moment.as_f64(), vanaf_1904) {
            Some(datum) => write!(uit, "{datum}"),
            // No day of the calendar (29-02-1900, before 1900): the number stays, for `check` to name.
            None => write_number(uit, moment.as_f64()),
        },
        DataRef::DateTimeIso(tekst) | DataRef::DurationIso(tekst) => uit.write_str(tekst),
        DataRef::Error(fout) => write!(uit, "{fout}"),
    };
}

fn write_number(uit: &mut String, getal: f64) -> std::fmt::Result {
    use std::fmt::Write;
    if getal.fract() == 0.0 && getal.abs() < 1e15 {
        return write!(uit, "{getal:.0}");
    }
    let tekst = format!("{getal}");
    uit.push_str(&tekst);
    // Three decimals would pass for a thousand point further on.
    if tekst.split_once('.').is_some_and(|(_, deel)| deel.len() == 3) {
        uit.push('0');
    }
    Ok(())
}
