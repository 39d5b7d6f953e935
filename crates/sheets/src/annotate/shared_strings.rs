//! Writing a sheet of our own: rows of text, numbers and links.
//!
//! Owns that no text in it can act as a formula, also when it is copied on, and the one list of texts of a workbook.
//! Leaves what is said to `summary_sheet`.

use std::collections::HashMap;
use std::fmt::Write as _;

use quick_xml::events::Event;

use super::RapportFout;
use super::write_xml::{CELTEKST, escape, push_tekst, voeg_toe};
use crate::cell_name::celnaam;
use crate::xml::{Vorm, Xml};

/// The texts that our sheets add to those of the workbook.
#[derive(Debug, Default)]
pub(super) struct Teksten {
    /// How many there were.
    basis: usize,
    lijst: Vec<String>,
    nummers: HashMap<String, usize>,
}

impl Teksten {
    /// After the texts of this part.
    pub(super) fn after(xml: &[u8]) -> Result<Self, RapportFout> {
        let mut lezer = Xml::from_buffer(xml, Vorm::Xlsx);
        let mut basis = 0;
        loop {
            match lezer.next()? {
                Event::Eof => {
                    return Ok(Self {
                        basis,
                        ..Self::default()
                    });
                }
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "si" => {
                    basis += 1
                }
                _ => {}
            }
        }
    }

    fn nummer(&mut self, tekst: &str) -> usize {
        if let Some(nummer) = self.nummers.get(tekst) {
            return *nummer;
        }
        let nummer = self.basis + self.lijst.len();
        self.lijst.push(tekst.to_owned());
        self.nummers.insert(tekst.to_owned(), nummer);
        nummer
    }

    /// The part with our texts at the end.
    pub(super) fn xml(&self, bestaand: &[u8]) -> Result<Vec<u8>, RapportFout> {
        voeg_toe(bestaand, "sst", |p| {
            let mut uit = String::new();
            for tekst in &self.lijst {
                let _ = write!(uit, "<{p}si><{p}t xml:space=\"preserve\">");
                push_tekst(&mut uit, tekst, CELTEKST);
                let _ = write!(uit, "</{p}t></{p}si>");
            }
            uit
        })
    }
}

/// Text that a spreadsheet could take for a formula gets an apostrophe in front.
fn neutraal(tekst: &str) -> std::borrow::Cow<'_, str> {
    if schema::tekst::is_formule(tekst) {
        format!("'{tekst}").into()
    } else {
        tekst.into()
    }
}

/// A sheet under way.
#[derive(Debug, Default)]
pub(super) struct Bladtekst {
    rijen: String,
    rij: u32,
    kolom: u32,
    koppelingen: Vec<(String, String)>,
    laatste: u32,
}

impl Bladtekst {
    /// Begins the next row.
    pub(super) fn rij(&mut self) -> &mut Self {
        self.end_row();
        self.rij += 1;
        self.kolom = 0;
        let _ = write!(self.rijen, "<row r=\"{}\">", self.rij);
        self
    }

    fn end_row(&mut self) {
        if self.rij > 0 {
            self.rijen.push_str("</row>");
        }
    }

    /// The row that is being written.
    pub(super) fn nummer(&self) -> u32 {
        self.rij
    }

    fn step(&mut self) -> String {
        self.kolom += 1;
        self.laatste = self.laatste.max(self.kolom);
        celnaam(self.rij, self.kolom - 1)
    }

    /// A cell with text.
    pub(super) fn tekst(&mut self, teksten: &mut Teksten, stijl: u32, tekst: &str) -> &mut Self {
        let plek = self.step();
        if !tekst.is_empty() {
            let nummer = teksten.nummer(&neutraal(tekst));
            let _ = write!(
                self.rijen,
                "<c r=\"{plek}\" s=\"{stijl}\" t=\"s\"><v>{nummer}</v></c>"
            );
        }
        self
    }

    /// A cell with a whole number.
    pub(super) fn getal(&mut self, stijl: u32, getal: Option<u64>) -> &mut Self {
        let plek = self.step();
        if let Some(getal) = getal {
            let _ = write!(
                self.rijen,
                "<c r=\"{plek}\" s=\"{stijl}\"><v>{getal}</v></c>"
            );
        }
        self
    }

    /// A cell with a link within the workbook.
    pub(super) fn koppeling(
        &mut self,
        teksten: &mut Teksten,
        stijl: u32,
        tekst: &str,
        blad: &str,
        cel: &str,
    ) -> &mut Self {
        self.tekst(teksten, stijl, tekst);
        let doel = format!("'{}'!{cel}", blad.replace('\'', "''"));
        self.koppelingen
            .push((celnaam(self.rij, self.kolom - 1), doel));
        self
    }

    /// The sheet as XML. With `filter` the rows from that one on can be filtered, and those above stay in sight.
    pub(super) fn xml(mut self, breedtes: &[u16], filter: Option<u32>, gekozen: bool) -> Vec<u8> {
        self.end_row();
        let mut uit = format!(
            "{}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView",
            super::KOP
        );
        if gekozen {
            uit.push_str(" tabSelected=\"1\"");
        }
        uit.push_str(" workbookViewId=\"0\">");
        if let Some(rij) = filter {
            let cel = celnaam(rij + 1, 0);
            let _ = write!(
                uit,
                "<pane ySplit=\"{rij}\" topLeftCell=\"{cel}\" activePane=\"bottomLeft\" state=\"frozen\"/>"
            );
            uit.push_str("<selection pane=\"bottomLeft\"/>");
        }
        uit.push_str("</sheetView></sheetViews><cols>");
        for (breedte, kolom) in breedtes.iter().zip(1..) {
            let _ = write!(
                uit,
                "<col min=\"{kolom}\" max=\"{kolom}\" width=\"{breedte}\" customWidth=\"1\"/>"
            );
        }
        let _ = write!(uit, "</cols><sheetData>{}</sheetData>", self.rijen);
        if let Some(rij) = filter.filter(|rij| self.rij > *rij) {
            let _ = write!(
                uit,
                "<autoFilter ref=\"A{rij}:{}\"/>",
                celnaam(self.rij, self.laatste.max(1) - 1)
            );
        }
        if !self.koppelingen.is_empty() {
            uit.push_str("<hyperlinks>");
            for (cel, doel) in &self.koppelingen {
                let _ = write!(
                    uit,
                    "<hyperlink ref=\"{cel}\" location=\"{}\"/>",
                    escape(doel)
                );
            }
            uit.push_str("</hyperlinks>");
        }
        uit.push_str("</worksheet>");
        uit.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_report_is_a_formula() {
        for formule in [
            "=HYPERLINK(\"x\")",
            "+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "  =1",
            "＝1",
        ] {
            assert!(neutraal(formule).starts_with('\''), "{formule}");
        }
        assert_eq!(neutraal("begeleide omgang"), "begeleide omgang");
    }

    #[test]
    fn texts_are_numbered_after_those_of_the_workbook() {
        let sst = b"<sst xmlns=\"m\" count=\"2\"><si><t>a</t></si><si/></sst>";
        let mut teksten = Teksten::after(sst).unwrap();
        assert_eq!(
            [
                teksten.nummer("x"),
                teksten.nummer("y"),
                teksten.nummer("x")
            ],
            [2, 3, 2]
        );
        let uit = String::from_utf8(teksten.xml(sst).unwrap()).unwrap();
        assert!(uit.ends_with("<si/><si><t xml:space=\"preserve\">x</t></si><si><t xml:space=\"preserve\">y</t></si></sst>"), "{uit}");
    }
}
