//! A workbook made from what was read: for a CSV, JSON, or several files together.
//!
//! Owns that every cell is text as it stood in the file, so that no zero gets lost and nothing turns into a number or
//! a formula, and that row 17 of the file is row 17 of the sheet where that fits. Leaves colours and notes to the rest.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{Cursor, Write};

use schema::Oordeel;
use schema::tekst::duizendtal;
use zip::ZipWriter;

use super::changed_package::{SOORTEN, opties};
use super::places::{Doelblad, Vorm};
use super::styles;
use super::write_xml::{CELTEKST, escape, push_tekst};
use super::{KOP, RapportFout};
use crate::cell_name::{KOLOMMEN, RIJEN, celnaam};
use crate::file::Bestand;
use crate::open_file::{self, Blad};

/// Rows at the top of a file that come along in any case: among them is the header.
const BOVENSTE: u64 = 10;

/// A workbook without any findings in it.
pub(super) struct Basis {
    pub(super) bytes: Vec<u8>,
    pub(super) doelen: Vec<Doelblad>,
    /// What is not as it was, as Dutch sentences.
    pub(super) zinnen: Vec<String>,
}

/// A workbook of these files.
pub(super) fn make(
    bestanden: &[Bestand],
    oordeel: &Oordeel,
    meeste_rijen: u32,
) -> Result<Basis, RapportFout> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut doelen: Vec<Doelblad> = Vec::new();
    let mut zinnen = Vec::new();
    for bestand in bestanden {
        let geopend = open_file::open(bestand)?;
        let zichtbaar = geopend.bladen.iter().filter(|b| !b.verborgen);
        for blad in zichtbaar {
            let deel = format!("xl/worksheets/blad{}.xml", doelen.len() + 1);
            let naam = sheet_name(&doelen, bestand, blad, bestanden.len() > 1);
            zip.start_file(deel.as_str(), opties().compression_level(Some(1)))?;
            let vorm = Bron {
                bestand,
                blad,
                oordeel,
                naam: &naam,
                meeste_rijen,
            }
            .write(&mut zip, &mut zinnen)?;
            doelen.push(Doelblad {
                naam,
                deel,
                bestand: bestand.naam.clone(),
                bron: blad.naam.clone(),
                vorm,
            });
        }
    }
    for (naam, inhoud) in skeleton(&doelen) {
        zip.start_file(naam, opties())?;
        zip.write_all(inhoud.as_bytes())?;
    }
    Ok(Basis {
        bytes: zip.finish()?.into_inner(),
        doelen,
        zinnen,
    })
}

fn skeleton(doelen: &[Doelblad]) -> Vec<(&'static str, String)> {
    const SOORT: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut soorten = format!(
        "{KOP}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{SOORT}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{SOORT}.styles+xml\"/>"
    );
    let relaties =
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    let mut wijzers = format!(
        "{KOP}{relaties}<Relationship Id=\"rIdStijl\" Type=\"{SOORTEN}/styles\" Target=\"styles.xml\"/>"
    );
    let mut bladen = String::new();
    for (doel, nummer) in doelen.iter().zip(1..) {
        let Doelblad { naam, deel, .. } = doel;
        let _ = write!(
            soorten,
            "<Override PartName=\"/{deel}\" ContentType=\"{SOORT}.worksheet+xml\"/>"
        );
        let _ = write!(
            wijzers,
            "<Relationship Id=\"rId{nummer}\" Type=\"{SOORTEN}/worksheet\" Target=\"/{deel}\"/>"
        );
        let _ = write!(
            bladen,
            "<sheet name=\"{}\" sheetId=\"{nummer}\" r:id=\"rId{nummer}\"/>",
            escape(naam)
        );
    }
    let hoofd = format!(
        "{KOP}{relaties}<Relationship Id=\"rId1\" Type=\"{SOORTEN}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let werkboek = format!(
        "{KOP}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{SOORTEN}\">\
         <bookViews><workbookView/></bookViews><sheets>{bladen}</sheets></workbook>"
    );
    vec![
        ("[Content_Types].xml", format!("{soorten}</Types>")),
        ("_rels/.rels", hoofd),
        (
            "xl/_rels/workbook.xml.rels",
            format!("{wijzers}</Relationships>"),
        ),
        ("xl/workbook.xml", werkboek),
        ("xl/styles.xml", format!("{KOP}{}", styles::LEEG)),
    ]
}

/// A name Excel takes, that no sheet has: after the file, or after the sheet.
fn sheet_name(doelen: &[Doelblad], bestand: &Bestand, blad: &Blad, meer_bestanden: bool) -> String {
    let stam = bestand
        .naam
        .rsplit_once('.')
        .map_or(bestand.naam.as_str(), |(stam, _)| stam);
    let heel = match &blad.naam {
        Some(naam) if meer_bestanden => format!("{stam} {naam}"),
        Some(naam) => naam.clone(),
        None => stam.to_owned(),
    };
    let schoon = |c: char| {
        if c.is_control() || "[]:*?/\\".contains(c) {
            ' '
        } else {
            c
        }
    };
    let kaal: String = heel.chars().map(schoon).take(28).collect();
    let kaal = kaal.trim_matches([' ', '\'']);
    let kaal = if kaal.is_empty() || kaal.eq_ignore_ascii_case("history") {
        "Blad"
    } else {
        kaal
    };
    let bezet = |naam: &str| {
        doelen
            .iter()
            .any(|d| d.naam.to_lowercase() == naam.to_lowercase())
    };
    let namen = std::iter::once(kaal.to_owned()).chain((2_u32..100).map(|n| format!("{kaal} {n}")));
    namen
        .into_iter()
        .find(|naam| !bezet(naam))
        .unwrap_or_else(|| format!("Blad {}", doelen.len() + 1))
}

/// A sheet that is made.
struct Bron<'a> {
    bestand: &'a Bestand,
    blad: &'a Blad,
    oordeel: &'a Oordeel,
    naam: &'a str,
    meeste_rijen: u32,
}

impl Bron<'_> {
    /// Writes the sheet: whole, or only the rows with findings where it has more rows than a sheet can hold.
    fn write(
        &self,
        zip: &mut ZipWriter<Cursor<Vec<u8>>>,
        zinnen: &mut Vec<String>,
    ) -> Result<Vorm, RapportFout> {
        let laatste = self.blad.laatste_rij(self.bestand)?;
        let objecten = !self.blad.heeft_cellen();
        let mut schrijver = Schrijver {
            zip,
            xml: begin(),
            gekort: 0,
        };
        let vorm = if laatste + u64::from(objecten) > u64::from(self.meeste_rijen) {
            self.write_extract(&mut schrijver, laatste, zinnen)?
        } else {
            self.write_whole(&mut schrijver, objecten)?
        };
        if schrijver.gekort > 0 {
            let (aantal, naam) = (duizendtal(schrijver.gekort), self.naam);
            zinnen.push(format!(
                "Op het blad {naam} is in {aantal} cellen de tekst afgekapt: een cel kan niet meer dan 32.767 tekens hebben."
            ));
        }
        schrijver.finish()?;
        Ok(vorm)
    }

    fn write_whole(
        &self,
        schrijver: &mut Schrijver<'_>,
        objecten: bool,
    ) -> Result<Vorm, RapportFout> {
        let mut koppen = Vec::new();
        self.blad.elke_rij(self.bestand, &mut |rij, cellen| {
            if rij == 0 {
                koppen = headers(cellen);
            }
            schrijver.row(
                u32::try_from(rij + u64::from(objecten)).unwrap_or(RIJEN),
                cellen,
            )
        })?;
        Ok(if objecten {
            Vorm::Objecten(koppen)
        } else {
            Vorm::Gelijk
        })
    }

    fn write_extract(
        &self,
        schrijver: &mut Schrijver<'_>,
        laatste: u64,
        zinnen: &mut Vec<String>,
    ) -> Result<Vorm, RapportFout> {
        let wanted = self.rows_with_findings();
        let (mut rijen, mut koppen) = (Vec::new(), Vec::new());
        schrijver.row(1, &[(0, "Rij in uw bestand")])?;
        self.blad.elke_rij(self.bestand, &mut |rij, cellen| {
            if rij == 0 {
                koppen = headers(cellen);
            }
            if rij > BOVENSTE && !wanted.contains(&rij) {
                return Ok(());
            }
            rijen.push(rij);
            let eigen = rij.to_string();
            let verschoven = std::iter::once((0, eigen.as_str()))
                .chain(cellen.iter().map(|(kolom, tekst)| (kolom + 1, *tekst)));
            schrijver.row(
                u32::try_from(rijen.len() + 1).unwrap_or(RIJEN),
                &verschoven.collect::<Vec<_>>(),
            )
        })?;
        zinnen.push(format!(
            "Het bestand heeft {} rijen; een werkblad kan er {}. Op het blad {} staan {} rijen: die met een bevinding, en de bovenste. \
             In de eerste kolom staat het nummer van de rij in uw bestand.",
            duizendtal(laatste),
            duizendtal(u64::from(self.meeste_rijen)),
            self.naam,
            duizendtal(rijen.len() as u64)
        ));
        Ok(Vorm::Uittreksel { rijen, koppen })
    }

    fn rows_with_findings(&self) -> BTreeSet<u64> {
        let hier = self.oordeel.bevindingen.iter().map(|b| &b.plaats);
        let hier = hier
            .filter(|p| p.bestand.as_ref() == Some(&self.bestand.naam) && p.blad == self.blad.naam);
        let rijen: BTreeSet<u64> = hier.filter_map(|p| p.rij).collect();
        // With the rows at the top they must fit below the line that says what the first column is.
        let ruimte = u64::from(self.meeste_rijen).saturating_sub(BOVENSTE + 2);
        rijen
            .into_iter()
            .take(usize::try_from(ruimte).unwrap_or(0))
            .collect()
    }
}

/// The names above the columns, by their position.
fn headers(cellen: &[(u32, &str)]) -> Vec<String> {
    cellen.iter().map(|(_, kop)| (*kop).to_owned()).collect()
}

fn begin() -> String {
    format!(
        "{KOP}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetViews><sheetView workbookViewId=\"0\"/></sheetViews><sheetFormatPr defaultColWidth=\"16\" defaultRowHeight=\"15\"/><sheetData>"
    )
}

struct Schrijver<'a> {
    zip: &'a mut ZipWriter<Cursor<Vec<u8>>>,
    xml: String,
    /// Cells whose text was too long.
    gekort: u64,
}

impl Schrijver<'_> {
    fn row(&mut self, rij: u32, cellen: &[(u32, &str)]) -> Result<(), RapportFout> {
        let _ = write!(self.xml, "<row r=\"{rij}\">");
        for (kolom, tekst) in cellen
            .iter()
            .filter(|(kolom, tekst)| *kolom < KOLOMMEN && !tekst.is_empty())
        {
            let stijl = if schema::tekst::is_formule(tekst) {
                styles::FORMULETEKST
            } else {
                styles::TEKST
            };
            let _ = write!(
                self.xml,
                "<c r=\"{}\" s=\"{stijl}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
                celnaam(rij, *kolom)
            );
            self.gekort += u64::from(push_tekst(&mut self.xml, tekst, CELTEKST));
            self.xml.push_str("</t></is></c>");
        }
        self.xml.push_str("</row>");
        if self.xml.len() > 256 * 1024 {
            self.zip.write_all(self.xml.as_bytes())?;
            self.xml.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), RapportFout> {
        self.xml.push_str("</sheetData></worksheet>");
        Ok(self.zip.write_all(self.xml.as_bytes())?)
    }
}
