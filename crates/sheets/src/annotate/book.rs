//! The workbook part: which sheets there are, in what order.
//!
//! Owns putting new sheets in front without anything else pointing to another sheet than before: names that belong to
//! a sheet are counted along, and the first new sheet is the one that is shown.

use std::fmt::Write as _;
use std::io::{Read, Seek};

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::RapportFout;
use super::changed_package::{Pakket, SOORTEN};
use super::write_xml::{copy, escape, met, prefix};
use crate::package::Relatie;
use crate::xml::{Vorm, Xml, attr_met_prefix, relation_id};

/// The namespace of the strict form of the standard, in which hardly any program writes.
const STRIKT: &[u8] = b"purl.oclc.org/ooxml/spreadsheetml";

/// A sheet as the workbook names it.
#[derive(Debug)]
pub(super) struct Werkblad {
    pub(super) naam: String,
    /// Part of the package.
    pub(super) deel: String,
    /// `worksheet`, or another kind that has no cells.
    pub(super) soort: String,
}

/// The workbook part, read.
#[derive(Debug)]
pub(super) struct Werkboek {
    pub(super) deel: String,
    pub(super) bladen: Vec<Werkblad>,
    xml: Vec<u8>,
    hoogste_id: u32,
}

impl Werkboek {
    pub(super) fn lees<R: Read + Seek>(pakket: &mut Pakket<R>) -> Result<Self, RapportFout> {
        let hoofd = pakket
            .relaties("")?
            .into_iter()
            .find(|r| r.soort == "officeDocument")
            .ok_or(RapportFout::Opbouw)?;
        let xml = pakket.lees(&hoofd.doel)?.ok_or(RapportFout::Opbouw)?;
        if xml.windows(STRIKT.len()).any(|stuk| stuk == STRIKT) {
            return Err(RapportFout::Opbouw);
        }
        let relaties = pakket.relaties(&hoofd.doel)?;
        let mut uit = Self {
            deel: hoofd.doel,
            bladen: Vec::new(),
            xml: Vec::new(),
            hoogste_id: 0,
        };
        let mut lezer = Xml::from_buffer(xml.as_slice(), Vorm::Xlsx);
        loop {
            match lezer.next()? {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag)
                    if tag.local_name().into_inner() == "sheet" =>
                {
                    uit.sheet(&tag, &relaties)?
                }
                _ => {}
            }
        }
        uit.xml = xml;
        Ok(uit)
    }

    fn sheet(&mut self, tag: &BytesStart<'_>, relaties: &[Relatie]) -> Result<(), RapportFout> {
        let id = relation_id(tag).ok_or(RapportFout::Opbouw)?;
        let relatie = relaties
            .iter()
            .find(|r| r.id == id)
            .ok_or(RapportFout::Opbouw)?;
        let naam = attr_met_prefix(tag, "name").ok_or(RapportFout::Opbouw)?;
        self.hoogste_id = self.hoogste_id.max(
            attr_met_prefix(tag, "sheetId")
                .and_then(|n| n.parse().ok())
                .unwrap_or(0),
        );
        self.bladen.push(Werkblad {
            naam: naam.into_owned(),
            deel: relatie.doel.clone(),
            soort: relatie.soort.clone(),
        });
        Ok(())
    }

    /// A name for a new sheet that no other has.
    pub(super) fn vrije_naam(&self, naam: &str) -> String {
        let bezet = |naam: &str| {
            self.bladen
                .iter()
                .any(|b| b.naam.to_lowercase() == naam.to_lowercase())
        };
        let namen =
            std::iter::once(naam.to_owned()).chain((2_u32..).map(|n| format!("{naam} {n}")));
        namen
            .into_iter()
            .find(|naam| !bezet(naam))
            .expect("the numbers do not end")
    }

    /// The workbook part with these sheets (name, relation) in front.
    pub(super) fn met_bladen(&self, nieuw: &[(&str, &str)]) -> Result<Vec<u8>, RapportFout> {
        let mut lezer = Xml::from_buffer(self.xml.as_slice(), Vorm::Xlsx);
        let mut schrijver = Writer::new(Vec::with_capacity(self.xml.len() + 512));
        let mut gezet = false;
        loop {
            let event = lezer.next()?;
            let leeg = matches!(event, Event::Empty(_));
            match event {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag)
                    if !gezet && tag.local_name().into_inner() == "sheets" =>
                {
                    gezet = true;
                    schrijver.write_event(Event::Start(tag.borrow()))?;
                    schrijver
                        .get_mut()
                        .extend_from_slice(self.entries(&prefix(&tag), nieuw).as_bytes());
                    if leeg {
                        schrijver.write_event(Event::End(tag.to_end()))?;
                    }
                }
                Event::Start(tag) | Event::Empty(tag) => {
                    let tag = change(&tag, nieuw.len());
                    schrijver.write_event(if leeg {
                        Event::Empty(tag)
                    } else {
                        Event::Start(tag)
                    })?;
                }
                anders => copy(&mut schrijver, anders)?,
            }
        }
        if gezet {
            Ok(schrijver.into_inner())
        } else {
            Err(RapportFout::Opbouw)
        }
    }

    fn entries(&self, p: &str, nieuw: &[(&str, &str)]) -> String {
        let mut uit = String::new();
        for ((naam, id), nummer) in nieuw.iter().zip(self.hoogste_id + 1..) {
            // With its own declaration: not every program has it at the top.
            let _ = write!(
                uit,
                "<{p}sheet name=\"{}\" sheetId=\"{nummer}\" xmlns:r=\"{SOORTEN}\" r:id=\"{id}\"/>",
                escape(naam)
            );
        }
        uit
    }
}

/// What counts sheets, counted anew after `ervoor` came in front.
fn change(tag: &BytesStart<'_>, ervoor: usize) -> BytesStart<'static> {
    match tag.local_name().into_inner() {
        "definedName" => {
            let blad = attr_met_prefix(tag, "localSheetId").and_then(|n| n.parse::<usize>().ok());
            match blad {
                Some(blad) => met(tag, &[("localSheetId", Some(&(blad + ervoor).to_string()))]),
                None => tag.to_owned(),
            }
        }
        "workbookView" => met(tag, &[("activeTab", None), ("firstSheet", None)]),
        _ => tag.to_owned(),
    }
}
