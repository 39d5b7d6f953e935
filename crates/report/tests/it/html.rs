//! Reads a page as XML: the templates write every page well-formed, so a plain XML reader can judge it.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What the tests want to know of a page.
#[derive(Debug, Default)]
pub struct Pagina {
    pub ids: BTreeSet<String>,
    pub dubbele_ids: Vec<String>,
    pub links: Vec<String>,
    pub koppen: Vec<u8>,
    pub elementen: BTreeMap<String, usize>,
    /// What breaks a rule of accessible pages.
    pub gebreken: Vec<String>,
}

impl Pagina {
    /// Reads a page; panics when it is not well-formed.
    pub fn lees(pad: &str, html: &[u8]) -> Self {
        let tekst = std::str::from_utf8(html).unwrap();
        let tekst = tekst
            .strip_prefix("<!DOCTYPE html>")
            .unwrap_or_else(|| panic!("{pad}: no doctype"));
        let mut lezer = Reader::from_str(tekst);
        let mut pagina = Self::default();
        let mut open: Vec<Element> = Vec::new();
        loop {
            match lezer.read_event().unwrap_or_else(|fout| {
                panic!(
                    "{pad}: not well-formed at {}: {fout}",
                    lezer.buffer_position()
                )
            }) {
                Event::Start(start) => {
                    let element = pagina.element(&start, open.last_mut());
                    open.push(element);
                }
                Event::Empty(start) => {
                    let element = pagina.element(&start, open.last_mut());
                    pagina.sluit(&element);
                }
                Event::End(_) => {
                    let element = open.pop().expect("the reader checks that ends match");
                    pagina.sluit(&element);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty(), "{pad}: {open:?} not closed");
        pagina
    }

    fn element(&mut self, start: &BytesStart<'_>, ouder: Option<&mut Element>) -> Element {
        let naam = start.name().as_ref().to_owned();
        let attributen: BTreeMap<String, String> = start
            .attributes()
            .map(|attribuut| {
                let attribuut = attribuut.unwrap();
                (
                    attribuut.key.as_ref().to_owned(),
                    attribuut.value.to_string(),
                )
            })
            .collect();
        if let Some(id) = attributen.get("id")
            && !self.ids.insert(id.clone())
        {
            self.dubbele_ids.push(id.clone());
        }
        if naam == "a" || naam == "link" {
            self.links.extend(attributen.get("href").cloned());
        }
        if let [b'h', graad @ b'1'..=b'6'] = naam.as_bytes() {
            self.koppen.push(graad - b'0');
        }
        if naam == "th" && !attributen.contains_key("scope") {
            self.gebreken.push("th without scope".to_owned());
        }
        *self.elementen.entry(naam.clone()).or_default() += 1;
        if let Some(ouder) = ouder {
            ouder.kinderen.push(naam.clone());
        }
        Element {
            naam,
            attributen,
            kinderen: Vec::new(),
        }
    }

    fn sluit(&mut self, element: &Element) {
        let eerste = element.kinderen.first().map(String::as_str);
        match element.naam.as_str() {
            "table" if eerste != Some("caption") => {
                self.gebreken.push("table without caption".to_owned())
            }
            "details" if eerste != Some("summary") => {
                self.gebreken.push("details without summary".to_owned())
            }
            "svg" => {
                let beeld = element
                    .attributen
                    .get("role")
                    .is_some_and(|rol| rol == "img");
                let benoemd = element
                    .kinderen
                    .starts_with(&["title".to_owned(), "desc".to_owned()]);
                if beeld && !benoemd {
                    self.gebreken
                        .push("img svg without title and desc".to_owned());
                }
            }
            "ul" | "ol" if element.kinderen.iter().any(|kind| kind != "li") => {
                self.gebreken.push("list with other children".to_owned())
            }
            _ => {}
        }
    }
}

#[derive(Debug)]
struct Element {
    naam: String,
    attributen: BTreeMap<String, String>,
    kinderen: Vec<String>,
}
