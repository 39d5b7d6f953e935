//! The report as a workbook: a sheet with the counts, a sheet with the places.
//!
//! Owns its layout and that no text in it can act as a formula when it is copied on. Leaves the findings to `beoordeling`.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use schema::{Definitie, Ernst, Oordeel};

use crate::fout::Fout;
use crate::opties::write_whole;

/// Writes the report; the same judgement gives the same bytes.
pub fn write(pad: &Path, oordeel: &Oordeel, definitie: &Definitie) -> Result<(), Fout> {
    let inhoud = make(oordeel, definitie).map_err(|e| Fout::new(format!("kan het rapport niet maken: {}", pad.display())).oorzaak(e))?;
    write_whole(pad, &inhoud)
}

fn make(oordeel: &Oordeel, definitie: &Definitie) -> Result<Vec<u8>, XlsxError> {
    let mut boek = Workbook::new();
    let moment = ExcelDateTime::from_ymd(2020, 1, 1)?;
    boek.set_properties(&DocProperties::new().set_title(format!("Controle {}", definitie.titel)).set_creation_datetime(&moment));
    write_samenvatting(boek.add_worksheet(), oordeel, definitie)?;
    write_bevindingen(boek.add_worksheet(), oordeel)?;
    boek.save_to_buffer()
}

fn kop() -> Format {
    Format::new().set_bold().set_background_color("#DDE6EE").set_text_wrap().set_align(FormatAlign::Top)
}

fn write_samenvatting(blad: &mut Worksheet, oordeel: &Oordeel, definitie: &Definitie) -> Result<(), XlsxError> {
    let wrap = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    blad.set_name("Samenvatting")?;
    for (kolom, (titel, breedte)) in (0_u16..).zip([("Ernst", 12), ("Aantal", 10), ("Regel", 34), ("Wat", 60), ("Waarom gevraagd", 60)]) {
        blad.set_column_width(kolom, breedte)?.write_string_with_format(0, kolom, titel, &kop())?;
    }
    for (rij, regel) in (1_u32..).zip(&oordeel.regels) {
        let tekst = definitie.regel(&regel.code).map(|r| &r.tekst);
        blad.write_string_with_format(rij, 0, ernst(regel.ernst), &wrap)?;
        // Counts stay far below 2^53, where a cell is exact.
        blad.write_number_with_format(rij, 1, regel.aantal as f64, &wrap)?;
        blad.write_string_with_format(rij, 2, neutraal(&regel.code), &wrap)?;
        blad.write_string_with_format(rij, 3, neutraal(tekst.map_or("", |t| &t.titel)), &wrap)?;
        blad.write_string_with_format(rij, 4, neutraal(tekst.map_or("", |t| &t.reden)), &wrap)?;
    }
    blad.set_freeze_panes(1, 0)?;
    Ok(())
}

fn write_bevindingen(blad: &mut Worksheet, oordeel: &Oordeel) -> Result<(), XlsxError> {
    const KOLOMMEN: [(&str, u16); 11] = [
        ("Ernst", 10),
        ("Regel", 30),
        ("Bestand", 22),
        ("Blad", 14),
        ("Rij", 8),
        ("Kolom", 22),
        ("Cel", 14),
        ("Gevonden", 24),
        ("Bericht", 50),
        ("Verwacht", 40),
        ("Zo herstelt u het", 50),
    ];
    blad.set_name("Bevindingen")?;
    for (kolom, (titel, breedte)) in (0_u16..).zip(KOLOMMEN) {
        blad.set_column_width(kolom, breedte)?.write_string_with_format(0, kolom, titel, &kop())?;
    }
    let mut rij = 0;
    for bevinding in &oordeel.bevindingen {
        rij += 1;
        let plaats = &bevinding.plaats;
        let tekst = |t: &Option<String>| neutraal(t.as_deref().unwrap_or_default());
        blad.write_string(rij, 0, ernst(bevinding.ernst))?;
        blad.write_string(rij, 1, neutraal(&bevinding.code))?;
        blad.write_string(rij, 2, tekst(&plaats.bestand))?;
        blad.write_string(rij, 3, tekst(&plaats.blad))?;
        if let Some(nummer) = plaats.rij {
            blad.write_number(rij, 4, nummer as f64)?;
        }
        blad.write_string(rij, 5, tekst(&plaats.kolom))?;
        blad.write_string(rij, 6, tekst(&plaats.cel))?;
        blad.write_string(rij, 7, tekst(&bevinding.gevonden))?;
        blad.write_string(rij, 8, neutraal(&bevinding.bericht))?;
        blad.write_string(rij, 9, neutraal(&bevinding.verwacht))?;
        blad.write_string(rij, 10, neutraal(&bevinding.herstel))?;
    }
    if oordeel.afgekapt {
        blad.write_string(rij + 2, 0, "Niet alle plaatsen staan hier. De aantallen op het blad Samenvatting zijn volledig.")?;
    }
    blad.set_freeze_panes(1, 0)?.autofilter(0, 0, rij, 10)?;
    Ok(())
}

fn ernst(ernst: Ernst) -> &'static str {
    match ernst {
        Ernst::Fout => "fout",
        Ernst::Signaal => "signaal",
        Ernst::Opmerking => "opmerking",
    }
}

/// Text that a spreadsheet could take for a formula gets an apostrophe in front; Excel's limit of a cell is kept.
fn neutraal(tekst: &str) -> String {
    const LANGST: usize = 32_000;
    let kort: String = tekst.chars().take(LANGST).collect();
    if schema::tekst::is_formule(&kort) { format!("'{kort}") } else { kort }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_report_is_a_formula() {
        for formule in ["=HYPERLINK(\"x\")", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            assert!(neutraal(formule).starts_with('\''), "{formule}");
        }
        assert_eq!(neutraal("begeleide omgang"), "begeleide omgang");
    }
}
