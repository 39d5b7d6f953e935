//! Reads a page as XML: the templates write every page well-formed, so a plain XML reader can judge it.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// What the tests want to know of a page.
#[derive(Debug, Default)]
pub(crate) struct ParsedPage {
    pub(crate) ids: BTreeSet<String>,
    pub(crate) double_ids: Vec<String>,
    pub(crate) links: Vec<String>,
    pub(crate) headers: Vec<u8>,
    pub(crate) elements: BTreeMap<String, usize>,
    /// What breaks a rule of accessible pages.
    pub(crate) defects: Vec<String>,
}

impl ParsedPage {
    /// Reads a page; panics when it is not well-formed.
    pub(crate) fn lees(path: &str, html: &[u8]) -> Self {
        let text = std::str::from_utf8(html).unwrap();
        let text = text
            .strip_prefix("<!DOCTYPE html>")
            .unwrap_or_else(|| panic!("{path}: no doctype"));
        let mut reader = Reader::from_str(text);
        let mut page = Self::default();
        let mut open: Vec<Element> = Vec::new();
        loop {
            match reader.read_event().unwrap_or_else(|error| {
                panic!(
                    "{path}: not well-formed at {}: {error}",
                    reader.buffer_position()
                )
            }) {
                Event::Start(start) => {
                    let element = page.element(&start, &mut open);
                    open.push(element);
                }
                Event::Empty(start) => {
                    let element = page.element(&start, &mut open);
                    page.close(&element);
                }
                Event::End(_) => {
                    let element = open.pop().expect("the reader checks that ends match");
                    page.close(&element);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty(), "{path}: {open:?} not closed");
        page
    }

    fn element(&mut self, start: &BytesStart<'_>, open: &mut [Element]) -> Element {
        let name = start.name().as_ref().to_owned();
        let attributes: BTreeMap<String, String> = start
            .attributes()
            .map(|attribute| {
                let attribute = attribute.unwrap();
                (
                    attribute.key.as_ref().to_owned(),
                    attribute.value.to_string(),
                )
            })
            .collect();
        if let Some(id) = attributes.get("id")
            && !self.ids.insert(id.clone())
        {
            self.double_ids.push(id.clone());
        }
        if name == "a" || name == "link" {
            self.links.extend(attributes.get("href").cloned());
        }
        if let [b'h', level @ b'1'..=b'6'] = name.as_bytes() {
            self.headers.push(level - b'0');
        }
        // A header over one column, in the head of its table, is one without saying so; a row header is not.
        let in_head = open.iter().any(|element| element.naam == "thead");
        let spans = attributes.keys().any(|name| name.ends_with("span"));
        if name == "th" && (!in_head || spans) && !attributes.contains_key("scope") {
            self.defects.push("th without scope".to_owned());
        }
        *self.elements.entry(name.clone()).or_default() += 1;
        if let Some(parent) = open.last_mut() {
            parent.children.push(name.clone());
        }
        Element {
            naam: name,
            attributes,
            children: Vec::new(),
        }
    }

    fn close(&mut self, element: &Element) {
        let first = element.children.first().map(String::as_str);
        match element.naam.as_str() {
            "table" if first != Some("caption") => {
                self.defects.push("table without caption".to_owned());
            }
            "details" if first != Some("summary") => {
                self.defects.push("details without summary".to_owned());
            }
            "svg" => {
                let image = element
                    .attributes
                    .get("role")
                    .is_some_and(|role| role == "img");
                let named = element
                    .children
                    .starts_with(&["title".to_owned(), "desc".to_owned()]);
                if image && !named {
                    self.defects
                        .push("img svg without title and desc".to_owned());
                }
            }
            "ul" | "ol" if element.children.iter().any(|kind| kind != "li") => {
                self.defects.push("list with other children".to_owned());
            }
            _ => {}
        }
    }
}

#[derive(Debug)]
struct Element {
    naam: String,
    attributes: BTreeMap<String, String>,
    children: Vec<String>,
}
