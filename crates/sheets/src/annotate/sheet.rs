//! One sheet: looked through first, then written again with the found cells in another format.
//!
//! Owns finding cells however the file names them (with or without `r`, with prefixes, in any order), putting in cells
//! and rows that were not there, and the place of the drawing with notes. Everything else goes through as it stands.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::io::{Read, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::RapportFout;
use super::changed_package::SOORTEN;
use super::write_xml::{copy, met, prefix};
use crate::cell_name::{Celplek, area, celnaam, celplek};
use crate::xml::{Vorm, Xml, attr_met_prefix, relation_id};

/// Cells by row and column.
pub(super) type Cellen = HashSet<Celplek>;

/// What a sheet holds, as far as the report needs to know.
#[derive(Debug, Default)]
pub(super) struct Bladscan {
    /// Formats of the looked-for cells that are there.
    pub(super) stijlen: HashMap<(u32, u32), u32>,
    /// Looked-for rows that are there, with their format.
    rijen: HashMap<u32, Option<u32>>,
    /// First and last column, format.
    kolommen: Vec<(u32, u32, u32)>,
    /// Merged areas: first and last row and column.
    pub(super) samengevoegd: Vec<(Celplek, Celplek)>,
    /// Relation to the drawing with notes.
    pub(super) legacy: Option<String>,
    /// Selected in the window.
    pub(super) geselecteerd: bool,
}

impl Bladscan {
    /// The format of a cell, also of one that is not there.
    pub(super) fn stijl(&self, (rij, kolom): (u32, u32)) -> u32 {
        let van_cel = self.stijlen.get(&(rij, kolom)).copied();
        let van_rij = || self.rijen.get(&rij).copied().flatten();
        let van_kolom = || {
            self.kolommen
                .iter()
                .find(|(van, tot, _)| (*van..=*tot).contains(&kolom))
                .map(|(_, _, stijl)| *stijl)
        };
        van_cel.or_else(van_rij).or_else(van_kolom).unwrap_or(0)
    }
}

/// What is to be changed in a sheet.
#[derive(Debug, Default)]
pub(super) struct Bladplan {
    /// New formats, by row and column; with whether the cell is there.
    cellen: BTreeMap<u32, BTreeMap<u32, (u32, bool)>>,
    /// Rows that are to be put in.
    nieuwe_rijen: VecDeque<u32>,
    /// Relation to the drawing with notes, where the sheet has none yet.
    legacy: Option<String>,
}

impl Bladplan {
    pub(super) fn new(stijlen: &[(Celplek, u32)], scan: &Bladscan, legacy: Option<String>) -> Self {
        let mut plan = Self {
            legacy,
            ..Self::default()
        };
        for ((rij, kolom), stijl) in stijlen {
            plan.cellen
                .entry(*rij)
                .or_default()
                .insert(*kolom, (*stijl, scan.stijlen.contains_key(&(*rij, *kolom))));
        }
        plan.nieuwe_rijen = plan
            .cellen
            .keys()
            .filter(|rij| !scan.rijen.contains_key(rij))
            .copied()
            .collect();
        plan
    }

    /// The last row and column that are put in.
    fn uiterste(&self) -> Option<(u32, u32)> {
        let nieuw = |rij: &BTreeMap<u32, (u32, bool)>| {
            rij.iter()
                .filter(|(_, (_, er))| !er)
                .map(|(kolom, _)| *kolom)
                .max()
        };
        let rijen = self
            .cellen
            .iter()
            .filter_map(|(rij, cellen)| Some((*rij, nieuw(cellen)?)));
        rijen.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))
    }
}

/// Where a reader is in the grid: what has no name follows what came before.
#[derive(Debug, Default)]
struct Loper {
    rij: u32,
    kolom: u32,
}

impl Loper {
    fn rij(&mut self, tag: &BytesStart<'_>) -> u32 {
        self.rij = attr_met_prefix(tag, "r")
            .and_then(|r| r.trim().parse().ok())
            .unwrap_or(self.rij + 1);
        self.kolom = 0;
        self.rij
    }

    fn cel(&mut self, tag: &BytesStart<'_>) -> (u32, u32) {
        let plek = attr_met_prefix(tag, "r")
            .and_then(|r| celplek(&r))
            .unwrap_or((self.rij, self.kolom));
        self.kolom = plek.1 + 1;
        plek
    }
}

/// Looks through a sheet for these cells.
pub(super) fn scan(stroom: impl Read, gezocht: &Cellen) -> Result<Bladscan, RapportFout> {
    let rijen: HashSet<u32> = gezocht.iter().map(|(rij, _)| *rij).collect();
    let mut lezer = Xml::new(stroom, Vorm::Xlsx);
    let mut uit = Bladscan::default();
    let mut loper = Loper::default();
    let (mut in_data, mut gezochte_rij) = (false, false);
    loop {
        let event = lezer.next()?;
        let tag = match &event {
            Event::Eof => return Ok(uit),
            Event::End(tag) if tag.local_name().into_inner() == "sheetData" => {
                in_data = false;
                continue;
            }
            Event::Start(tag) | Event::Empty(tag) => tag,
            _ => continue,
        };
        match (tag.local_name().into_inner(), in_data) {
            ("sheetData", _) => in_data = matches!(event, Event::Start(_)),
            ("row", true) => {
                let rij = loper.rij(tag);
                gezochte_rij = rijen.contains(&rij);
                if gezochte_rij {
                    uit.rijen
                        .insert(rij, attr_met_prefix(tag, "s").and_then(|s| s.parse().ok()));
                }
            }
            ("c", true) if gezochte_rij => {
                let plek = loper.cel(tag);
                if gezocht.contains(&plek) {
                    uit.stijlen.insert(
                        plek,
                        attr_met_prefix(tag, "s")
                            .and_then(|s| s.parse().ok())
                            .unwrap_or(0),
                    );
                }
            }
            ("sheetView", false) => {
                uit.geselecteerd |= attr_met_prefix(tag, "tabSelected").is_some()
            }
            ("col", false) => uit.kolommen.extend(column_format(tag)),
            ("mergeCell", false) => uit
                .samengevoegd
                .extend(attr_met_prefix(tag, "ref").and_then(|r| area(&r))),
            ("legacyDrawing", false) => {
                uit.legacy = relation_id(tag).map(Cow::into_owned);
            }
            _ => {}
        }
    }
}

fn column_format(tag: &BytesStart<'_>) -> Option<(u32, u32, u32)> {
    let getal = |naam: &str| attr_met_prefix(tag, naam)?.parse::<u32>().ok();
    Some((
        getal("min")?.checked_sub(1)?,
        getal("max")?.checked_sub(1)?,
        getal("style")?,
    ))
}

/// Writes a sheet again with the changes of the plan.
pub(super) fn patch(
    stroom: &mut dyn Read,
    uit: &mut dyn Write,
    plan: &mut Bladplan,
) -> Result<(), RapportFout> {
    let mut lezer = Xml::new(stroom, Vorm::Xlsx);
    let mut werk = Werk {
        schrijver: Writer::new(std::io::BufWriter::with_capacity(64 * 1024, uit)),
        uiterste: plan.uiterste(),
        plan,
        loper: Loper::default(),
        prefix: String::new(),
        in_data: false,
        na_data: false,
        diepte: 0,
        open: VecDeque::new(),
        rij: 0,
    };
    loop {
        match lezer.next()? {
            Event::Eof => break,
            event => werk.event(event)?,
        }
    }
    werk.schrijver.get_mut().flush()?;
    Ok(())
}

struct Werk<'a, W: Write> {
    schrijver: Writer<W>,
    plan: &'a mut Bladplan,
    uiterste: Option<(u32, u32)>,
    loper: Loper,
    prefix: String,
    in_data: bool,
    na_data: bool,
    diepte: usize,
    /// Cells that are still to be put in the current row, with their format.
    open: VecDeque<(u32, u32)>,
    rij: u32,
}

impl<W: Write> Werk<'_, W> {
    fn event(&mut self, event: Event<'_>) -> Result<(), RapportFout> {
        match event {
            Event::Start(tag) => {
                self.diepte += 1;
                self.tag(&tag, false)
            }
            Event::Empty(tag) => {
                self.diepte += 1;
                self.tag(&tag, true)?;
                self.diepte -= 1;
                Ok(())
            }
            Event::End(tag) => {
                match tag.local_name().into_inner() {
                    "row" if self.in_data => self.put_cells(u32::MAX)?,
                    "sheetData" => {
                        self.put_rows(u32::MAX)?;
                        self.in_data = false;
                        self.na_data = true;
                    }
                    _ if self.diepte == 1 => self.put_legacy()?,
                    _ => {}
                }
                self.diepte -= 1;
                Ok(self.schrijver.write_event(Event::End(tag))?)
            }
            anders => copy(&mut self.schrijver, anders),
        }
    }

    fn tag(&mut self, tag: &BytesStart<'_>, leeg: bool) -> Result<(), RapportFout> {
        match (tag.local_name().into_inner(), self.in_data) {
            ("row", true) => return self.row(tag, leeg),
            ("c", true) => return self.cell(tag, leeg),
            ("sheetData", _) => {
                self.prefix = prefix(tag);
                if leeg && !self.plan.nieuwe_rijen.is_empty() {
                    self.schrijver.write_event(Event::Start(tag.borrow()))?;
                    self.put_rows(u32::MAX)?;
                    self.schrijver.write_event(Event::End(tag.to_end()))?;
                    self.na_data = true;
                    return Ok(());
                }
                self.in_data = !leeg;
                self.na_data = leeg;
            }
            ("sheetView", false) => return self.write(&met(tag, &[("tabSelected", None)]), leeg),
            ("dimension", false) => {
                if let Some(groter) = self.larger(tag) {
                    return self.write(&met(tag, &[("ref", Some(&groter))]), leeg);
                }
            }
            (naam, false) if self.na_data && self.diepte == 2 && AFTER_LEGACY.contains(&naam) => {
                self.put_legacy()?
            }
            _ => {}
        }
        self.write(tag, leeg)
    }

    fn write(&mut self, tag: &BytesStart<'_>, leeg: bool) -> Result<(), RapportFout> {
        let tag = tag.borrow();
        Ok(self.schrijver.write_event(if leeg {
            Event::Empty(tag)
        } else {
            Event::Start(tag)
        })?)
    }

    /// The used area, when cells are put in outside it.
    fn larger(&self, tag: &BytesStart<'_>) -> Option<String> {
        let (rij, kolom) = self.uiterste?;
        let (van, tot) = area(&attr_met_prefix(tag, "ref")?)?;
        let groter = (tot.0.max(rij), tot.1.max(kolom));
        (groter != tot)
            .then(|| format!("{}:{}", celnaam(van.0, van.1), celnaam(groter.0, groter.1)))
    }

    fn row(&mut self, tag: &BytesStart<'_>, leeg: bool) -> Result<(), RapportFout> {
        self.rij = self.loper.rij(tag);
        self.put_rows(self.rij)?;
        let nieuw = self.plan.cellen.get_mut(&self.rij).map(|cellen| {
            let nieuw: VecDeque<(u32, u32)> = cellen
                .iter()
                .filter(|(_, (_, er))| !er)
                .map(|(k, (stijl, _))| (*k, *stijl))
                .collect();
            // A row that stands in the file twice gets them once.
            cellen.retain(|_, (_, er)| *er);
            nieuw
        });
        self.open = nieuw.unwrap_or_default();
        if self.open.is_empty() {
            return self.write(tag, leeg);
        }
        // `spans` is only a hint, and no longer true.
        self.write(&met(tag, &[("spans", None)]), false)?;
        if leeg {
            self.put_cells(u32::MAX)?;
            self.schrijver.write_event(Event::End(tag.to_end()))?;
        }
        Ok(())
    }

    fn cell(&mut self, tag: &BytesStart<'_>, leeg: bool) -> Result<(), RapportFout> {
        let Some(cellen) = self.plan.cellen.get(&self.rij) else {
            return self.write(tag, leeg);
        };
        let (_, kolom) = self.loper.cel(tag);
        let stijl = cellen.get(&kolom).map(|(stijl, _)| *stijl);
        self.put_cells(kolom)?;
        match stijl {
            Some(stijl) => self.write(&met(tag, &[("s", Some(&stijl.to_string()))]), leeg),
            None => self.write(tag, leeg),
        }
    }

    /// Puts in the cells of this row that come before column `tot`.
    fn put_cells(&mut self, tot: u32) -> Result<(), RapportFout> {
        while let Some((kolom, stijl)) = self.open.pop_front_if(|(kolom, _)| *kolom < tot) {
            write!(
                self.schrijver.get_mut(),
                "<{}c r=\"{}\" s=\"{stijl}\"/>",
                self.prefix,
                celnaam(self.rij, kolom)
            )?;
        }
        Ok(())
    }

    /// Puts in the rows that come before row `tot`.
    fn put_rows(&mut self, tot: u32) -> Result<(), RapportFout> {
        while let Some(rij) = self.plan.nieuwe_rijen.pop_front_if(|rij| *rij < tot) {
            let p = &self.prefix;
            let uit = self.schrijver.get_mut();
            write!(uit, "<{p}row r=\"{rij}\">")?;
            for (kolom, (stijl, _)) in self.plan.cellen.remove(&rij).unwrap_or_default() {
                write!(uit, "<{p}c r=\"{}\" s=\"{stijl}\"/>", celnaam(rij, kolom))?;
            }
            write!(uit, "</{p}row>")?;
        }
        Ok(())
    }

    fn put_legacy(&mut self) -> Result<(), RapportFout> {
        if let Some(id) = self.plan.legacy.take() {
            write!(
                self.schrijver.get_mut(),
                "<{}legacyDrawing xmlns:r=\"{SOORTEN}\" r:id=\"{id}\"/>",
                self.prefix
            )?;
        }
        Ok(())
    }
}

/// What comes after the drawing with notes.
const AFTER_LEGACY: [&str; 9] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
    "AlternateContent",
];
