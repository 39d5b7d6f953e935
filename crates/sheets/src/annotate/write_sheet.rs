//! Writing a sheet of our own: rows of text, numbers and links.
//!
//! Owns that no text in it can act as a formula, also when it is copied on, and the one list of texts of a workbook.
//! Leaves what is said to `summary_sheet`.

use std::collections::HashMap;
use std::fmt::Write as _;

use quick_xml::events::Event;
use schema::text::neutral;

use super::AnnotateError;
use super::write_xml::{CELL_TEXT, append, escape, push_text};
use crate::cell_name::cell_name;
use crate::xml::{WorkbookKind, Xml};

/// The texts that our sheets add to those of the workbook.
#[derive(Debug, Default)]
pub(super) struct AddedTexts {
    /// How many there were.
    basis: usize,
    list: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl AddedTexts {
    /// After the texts of this part.
    pub(super) fn after(xml: &[u8]) -> Result<Self, AnnotateError> {
        let mut reader = Xml::from_buffer(xml, WorkbookKind::Xlsx);
        let mut basis = 0;
        loop {
            match reader.next()? {
                Event::Eof => {
                    return Ok(Self {
                        basis,
                        ..Self::default()
                    });
                }
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().into_inner() == "si" => {
                    basis += 1;
                }
                _ => {}
            }
        }
    }

    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.basis + self.list.len();
        self.list.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }

    /// The part with our texts at the end.
    pub(super) fn xml(&self, existing: &[u8]) -> Result<Vec<u8>, AnnotateError> {
        append(existing, "sst", |p| {
            let mut out = String::new();
            for text in &self.list {
                let _ = write!(out, "<{p}si><{p}t xml:space=\"preserve\">");
                push_text(&mut out, text, CELL_TEXT);
                let _ = write!(out, "</{p}t></{p}si>");
            }
            out
        })
    }
}

/// A sheet under way.
#[derive(Debug, Default)]
pub(super) struct SheetText {
    rijen: String,
    rij: u32,
    kolom: u32,
    koppelingen: Vec<(String, String)>,
    laatste: u32,
}

impl SheetText {
    /// Begins the next row.
    pub(super) fn row(&mut self) -> &mut Self {
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
    pub(super) fn number(&self) -> u32 {
        self.rij
    }

    fn step(&mut self) -> String {
        self.kolom += 1;
        self.laatste = self.laatste.max(self.kolom);
        cell_name(self.rij, self.kolom - 1)
    }

    /// A cell with text.
    pub(super) fn text(&mut self, texts: &mut AddedTexts, style: u32, text: &str) -> &mut Self {
        let place = self.step();
        if !text.is_empty() {
            let number = texts.number(&neutral(text));
            let _ = write!(
                self.rijen,
                "<c r=\"{place}\" s=\"{style}\" t=\"s\"><v>{number}</v></c>"
            );
        }
        self
    }

    /// A cell with a whole number.
    pub(super) fn figure(&mut self, style: u32, figure: Option<u64>) -> &mut Self {
        let place = self.step();
        if let Some(figure) = figure {
            let _ = write!(
                self.rijen,
                "<c r=\"{place}\" s=\"{style}\"><v>{figure}</v></c>"
            );
        }
        self
    }

    /// A cell with a link within the workbook.
    pub(super) fn koppeling(
        &mut self,
        texts: &mut AddedTexts,
        style: u32,
        text: &str,
        sheet: &str,
        cell: &str,
    ) -> &mut Self {
        self.text(texts, style, text);
        let target = format!("'{}'!{cell}", sheet.replace('\'', "''"));
        self.koppelingen
            .push((cell_name(self.rij, self.kolom - 1), target));
        self
    }

    /// The sheet as XML. With `filter` the rows from that one on can be filtered, and those above stay in sight.
    pub(super) fn xml(mut self, widths: &[u16], filter: Option<u32>, chosen: bool) -> Vec<u8> {
        self.end_row();
        let mut out = format!(
            "{}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView",
            super::HEADER
        );
        if chosen {
            out.push_str(" tabSelected=\"1\"");
        }
        out.push_str(" workbookViewId=\"0\">");
        if let Some(row) = filter {
            let cell = cell_name(row + 1, 0);
            let _ = write!(
                out,
                "<pane ySplit=\"{row}\" topLeftCell=\"{cell}\" activePane=\"bottomLeft\" state=\"frozen\"/>"
            );
            out.push_str("<selection pane=\"bottomLeft\"/>");
        }
        out.push_str("</sheetView></sheetViews><cols>");
        for (width, column) in widths.iter().zip(1..) {
            let _ = write!(
                out,
                "<col min=\"{column}\" max=\"{column}\" width=\"{width}\" customWidth=\"1\"/>"
            );
        }
        let _ = write!(out, "</cols><sheetData>{}</sheetData>", self.rijen);
        if let Some(row) = filter.filter(|row| self.rij > *row) {
            let _ = write!(
                out,
                "<autoFilter ref=\"A{row}:{}\"/>",
                cell_name(self.rij, self.laatste.max(1) - 1)
            );
        }
        if !self.koppelingen.is_empty() {
            out.push_str("<hyperlinks>");
            for (cell, target) in &self.koppelingen {
                let _ = write!(
                    out,
                    "<hyperlink ref=\"{cell}\" location=\"{}\"/>",
                    escape(target)
                );
            }
            out.push_str("</hyperlinks>");
        }
        out.push_str("</worksheet>");
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a cell with this text holds.
    fn written(text: &str) -> String {
        let mut texts = AddedTexts::default();
        SheetText::default().row().text(&mut texts, 0, text);
        texts.list.remove(0)
    }

    #[test]
    fn nothing_in_the_report_is_a_formula() {
        for formula in [
            "=HYPERLINK(\"x\")",
            "+1",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "  =1",
            "＝1",
        ] {
            assert!(written(formula).starts_with('\''), "{formula}");
        }
        assert_eq!(written("begeleide omgang"), "begeleide omgang");
    }

    #[test]
    fn texts_are_numbered_after_those_of_the_workbook() {
        let sst = b"<sst xmlns=\"m\" count=\"2\"><si><t>a</t></si><si/></sst>";
        let mut texts = AddedTexts::after(sst).unwrap();
        assert_eq!(
            [texts.number("x"), texts.number("y"), texts.number("x")],
            [2, 3, 2]
        );
        let out = String::from_utf8(texts.xml(sst).unwrap()).unwrap();
        assert!(out.ends_with("<si/><si><t xml:space=\"preserve\">x</t></si><si><t xml:space=\"preserve\">y</t></si></sst>"), "{out}");
    }
}
