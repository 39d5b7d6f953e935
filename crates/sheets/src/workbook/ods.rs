//! An OpenDocument spreadsheet (.ods), cell by cell, straight from `content.xml`.
//!
//! Owns what a cell becomes (the stored value, not what is shown), repeated cells and rows within bounds, hidden and
//! merged ones, and the properties of the file. What was deleted under change tracking, drawings and tables inside
//! a cell are passed over. Leaves bounds to `bounds`.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};

use quick_xml::events::{BytesStart, Event};
use rows::{Weigering, bsn};

use super::bounds::{Budget, Cellen, is_too_long, write_number};
use super::zip_bounds::Scan;
use super::{Kenmerk, Werkmap};
use crate::cell::{Cell, Kind};
use crate::cell_name::{KOLOMMEN, RIJEN};
use crate::file::Bestand;
use crate::grid::Raster;
use crate::oddities::{Gebied, Teken};
use crate::package::Package;
use crate::xml::{Vorm, Xml, attr_getal, attr_met_prefix, push_entity};

/// Blanks that `<text:s>` may stand for at once.
const SPATIES: u32 = 32_767;

pub(super) fn read(bestand: &Bestand, scan: &Scan) -> Result<Werkmap, Weigering> {
    let broken = || Vorm::Ods.broken();
    let mut delen = Package::open(BufReader::new(bestand.open()?)).map_err(|_| broken())?;
    let kenmerk = match delen.part("meta.xml").map_err(|_| broken())? {
        Some(deel) => properties(Xml::new(deel, Vorm::Ods))?,
        None => None,
    };
    let inhoud = delen.part("content.xml").map_err(|_| broken())?;
    let inhoud = inhoud.ok_or_else(broken)?;
    let rasters = sheets(
        Xml::new(inhoud, Vorm::Ods),
        &mut Budget::new(scan.uitgepakt),
    )?;
    Ok(Werkmap {
        rasters,
        vanaf_1904: false,
        kenmerk,
    })
}

fn properties<R: BufRead>(mut xml: Xml<R>) -> Result<Option<Kenmerk>, Weigering> {
    let mut kenmerk = Kenmerk::default();
    let (mut naam, mut waarde) = (String::new(), String::new());
    loop {
        match xml.next()? {
            Event::Start(tag) => {
                naam = attr_met_prefix(&tag, "meta:name")
                    .unwrap_or_default()
                    .into_owned();
                waarde.clear();
            }
            Event::End(tag) if tag.name().as_ref() == "meta:user-defined" => {
                kenmerk.zie(&naam, waarde.trim())
            }
            Event::Text(tekst) => waarde.push_str(&tekst.into_inner()),
            Event::Eof => return Ok(kenmerk.bekend()),
            _ => {}
        }
    }
}

/// Goes through the document: styles first, then the sheets.
fn sheets<R: BufRead>(mut xml: Xml<R>, budget: &mut Budget) -> Result<Vec<Raster>, Weigering> {
    let mut rasters: Vec<Raster> = Vec::new();
    let mut verborgen: HashSet<String> = HashSet::new();
    let mut stijl = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) if tag.name().as_ref() == "style:style" => {
                stijl = attr_met_prefix(&tag, "style:name")
                    .unwrap_or_default()
                    .into_owned();
            }
            Event::Start(tag) | Event::Empty(tag)
                if tag.name().as_ref() == "style:table-properties"
                    && attr_met_prefix(&tag, "table:display").is_some_and(|d| d == "false") =>
            {
                verborgen.insert(stijl.clone());
            }
            Event::Start(tag) if tag.name().as_ref() == "table:tracked-changes" => {
                judge_aside(&aside(&mut xml)?)?
            }
            Event::Start(tag) if tag.name().as_ref() == "table:table" => {
                let naam = attr_met_prefix(&tag, "table:name")
                    .unwrap_or_default()
                    .into_owned();
                let is_verborgen = attr_met_prefix(&tag, "table:style-name")
                    .is_some_and(|s| verborgen.contains(&*s));
                let raster = read_sheet(&mut xml, Cellen::new(&naam, is_verborgen, budget));
                rasters.push(raster.map_err(|w| w.op_blad(Some(&naam)))?);
            }
            Event::Eof => return Ok(rasters),
            _ => {}
        }
    }
}

/// Passes over the rest of an element that has just begun.
fn skip<R: BufRead>(xml: &mut Xml<R>) -> Result<(), Weigering> {
    let mut diepte = 1;
    while diepte > 0 {
        match xml.next()? {
            Event::Start(_) => diepte += 1,
            Event::End(_) => diepte -= 1,
            Event::Eof => return Err(Vorm::Ods.broken()),
            _ => {}
        }
    }
    Ok(())
}

/// The texts in the rest of an element that has just begun: a comment, or what was deleted.
fn aside<R: BufRead>(xml: &mut Xml<R>) -> Result<String, Weigering> {
    let mut uit = String::new();
    let mut diepte = 1;
    while diepte > 0 {
        match xml.next()? {
            Event::Start(_) => diepte += 1,
            Event::End(_) => {
                diepte -= 1;
                uit.push('\n');
            }
            Event::Text(tekst) => uit.push_str(&tekst.into_inner()),
            Event::Eof => return Err(Vorm::Ods.broken()),
            _ => {}
        }
    }
    Ok(uit)
}

fn judge_aside(tekst: &str) -> Result<(), Weigering> {
    if !bsn::in_tekst(tekst) {
        return Ok(());
    }
    let bericht = "In een opmerking of een verwijderde cel staat een getal dat een BSN kan zijn. Haal het weg.";
    Err(Weigering::new("BSN_SUSPECTED", bericht))
}

struct Lezer<'a> {
    uit: Cellen<'a>,
    /// The row that is being read, from 1, and how often it stands there.
    rij: u32,
    herhaald: u32,
    kolom: u32,
    /// First column that has not been described yet.
    kolom_beschreven: u32,
    /// Filled cells of the row: column, times, text, marks.
    cellen: Vec<Gevuld>,
}

struct Gevuld {
    kolom: u32,
    aantal: u32,
    kind: Kind,
    tekst: String,
    tekens: Vec<Teken>,
}

fn read_sheet<R: BufRead>(xml: &mut Xml<R>, uit: Cellen<'_>) -> Result<Raster, Weigering> {
    let mut lezer = Lezer {
        uit,
        rij: 0,
        herhaald: 1,
        kolom: 0,
        kolom_beschreven: 0,
        cellen: Vec::new(),
    };
    loop {
        let (gebeurd, tag) = match xml.next()? {
            Event::Start(tag) => (Gebeurd::Begin, tag.into_owned()),
            Event::Empty(tag) => (Gebeurd::Leeg, tag.into_owned()),
            Event::End(tag) => match tag.name().as_ref() {
                "table:table-row" => {
                    lezer.end_row()?;
                    continue;
                }
                "table:table" => return lezer.uit.finish(),
                _ => continue,
            },
            Event::Eof => return Err(Vorm::Ods.broken()),
            _ => continue,
        };
        match tag.name().as_ref() {
            "table:table-column" => lezer.column(&tag),
            "table:table-row" => {
                lezer.begin_row(&tag)?;
                if gebeurd == Gebeurd::Leeg {
                    lezer.end_row()?;
                }
            }
            "table:table-cell" | "table:covered-table-cell" => lezer.cell(xml, &tag, gebeurd)?,
            // These only group rows and columns.
            "table:table-row-group"
            | "table:table-rows"
            | "table:table-header-rows"
            | "table:table-column-group"
            | "table:table-columns"
            | "table:table-header-columns" => {}
            _ if gebeurd == Gebeurd::Begin => skip(xml)?,
            _ => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Gebeurd {
    Begin,
    Leeg,
}

fn repeated(tag: &BytesStart<'_>, naam: &str) -> u32 {
    attr_getal(tag, naam).unwrap_or(1).max(1)
}

impl Lezer<'_> {
    fn column(&mut self, tag: &BytesStart<'_>) {
        let van = self.kolom_beschreven;
        self.kolom_beschreven = van.saturating_add(repeated(tag, "number-columns-repeated"));
        if attr_met_prefix(tag, "table:visibility").is_some_and(|z| z != "visible") {
            self.uit
                .raster
                .bijzonder
                .hide_columns(van, self.kolom_beschreven - 1);
        }
    }

    fn begin_row(&mut self, tag: &BytesStart<'_>) -> Result<(), Weigering> {
        self.rij = self
            .rij
            .saturating_add(self.herhaald * u32::from(self.rij > 0))
            .max(1);
        self.herhaald = repeated(tag, "number-rows-repeated").min(RIJEN + 1);
        self.kolom = 0;
        if attr_met_prefix(tag, "table:visibility").is_some_and(|z| z != "visible") {
            self.uit
                .raster
                .bijzonder
                .hide_rows(self.rij, self.rij.saturating_add(self.herhaald - 1));
        }
        if self.rij > 2 * RIJEN {
            return Err(Weigering::new(
                "SHEET_DIMENSION",
                "Er staat een rij buiten het werkblad.",
            ));
        }
        Ok(())
    }

    /// Puts the filled cells of the row in the sheet, as often as the row stands there.
    fn end_row(&mut self) -> Result<(), Weigering> {
        if self.cellen.is_empty() {
            return Ok(());
        }
        for rij in self.rij..self.rij.saturating_add(self.herhaald) {
            for cel in &self.cellen {
                for kolom in cel.kolom..cel.kolom.saturating_add(cel.aantal) {
                    for teken in &cel.tekens {
                        self.uit.noteer(rij, kolom, *teken)?;
                    }
                    self.uit.zet(rij, kolom, Cell::of(cel.kind, &cel.tekst))?;
                }
            }
        }
        self.cellen.clear();
        Ok(())
    }

    fn cell<R: BufRead>(
        &mut self,
        xml: &mut Xml<R>,
        tag: &BytesStart<'_>,
        gebeurd: Gebeurd,
    ) -> Result<(), Weigering> {
        let kolom = self.kolom;
        let aantal = repeated(tag, "number-columns-repeated").min(KOLOMMEN + 1);
        self.kolom = kolom.saturating_add(aantal);
        let getoond = if gebeurd == Gebeurd::Begin {
            shown(xml)?
        } else {
            String::new()
        };
        let (breed, hoog) = (
            repeated(tag, "number-columns-spanned"),
            repeated(tag, "number-rows-spanned"),
        );
        if breed > 1 || hoog > 1 {
            let (tot_rij, tot_kolom) = (
                self.rij.saturating_add(hoog - 1),
                kolom.saturating_add(breed - 1),
            );
            self.uit.merge(Gebied {
                rij: self.rij,
                kolom,
                tot_rij,
                tot_kolom,
            })?;
        }
        let mut tekens = Vec::new();
        let soort = attr_met_prefix(tag, "office:value-type");
        let (kind, tekst) = value(tag, soort.as_deref(), getoond, &mut tekens)?;
        if attr_met_prefix(tag, "table:formula").is_some() {
            tekens.push(if soort.is_none() && tekst.is_empty() {
                Teken::ZonderUitkomst
            } else {
                Teken::Formule
            });
        }
        if !tekst.is_empty() || !tekens.is_empty() {
            self.cellen.push(Gevuld {
                kolom,
                aantal,
                kind,
                tekst,
                tekens,
            });
        }
        Ok(())
    }
}

/// The stored value of a cell, and of what kind it is.
fn value(
    tag: &BytesStart<'_>,
    soort: Option<&str>,
    getoond: String,
    tekens: &mut Vec<Teken>,
) -> Result<(Kind, String), Weigering> {
    let opgeslagen = |naam: &str| attr_met_prefix(tag, naam).map(|w| w.into_owned());
    if attr_met_prefix(tag, "calcext:value-type").is_some_and(|s| s == "error") {
        tekens.push(Teken::Fout);
        return Ok((Kind::Error, getoond));
    }
    Ok(match soort {
        Some("float" | "percentage" | "currency") => {
            let Some(waarde) = opgeslagen("office:value") else {
                return Ok((Kind::Text, getoond));
            };
            let getal: f64 = waarde.trim().parse().map_err(|_| Vorm::Ods.broken())?;
            if soort == Some("percentage") {
                tekens.push(Teken::Procent);
            }
            if is_too_long(getal) {
                tekens.push(Teken::TeLang);
            }
            let cijfers = getoond.bytes().all(|b| b.is_ascii_digit());
            if cijfers
                && getoond.len() > 1
                && getoond.starts_with('0')
                && getoond.parse() == Ok(getal)
            {
                // Zeros before it belong to a number of somebody's own.
                return Ok((Kind::Text, getoond));
            }
            if getoond.chars().any(char::is_alphabetic) {
                tekens.push(Teken::Opmaak);
            }
            let mut tekst = String::new();
            write_number(&mut tekst, getal);
            (Kind::Number, tekst)
        }
        Some("date") => {
            tekens.push(Teken::Datum);
            let waarde = opgeslagen("office:date-value").unwrap_or(getoond);
            // The time of day says nothing here, as with Excel.
            let day = waarde.split_once('T').map(|(day, _)| day.to_owned());
            (Kind::Date, day.unwrap_or(waarde))
        }
        Some("time") => {
            tekens.push(Teken::Duur);
            let time = opgeslagen("office:time-value");
            (Kind::Text, time.unwrap_or(getoond))
        }
        Some("boolean") => match opgeslagen("office:boolean-value").as_deref() {
            Some("true") => (Kind::Truth, Cell::Truth(true).text().to_owned()),
            Some("false") => (Kind::Truth, Cell::Truth(false).text().to_owned()),
            _ => (Kind::Text, getoond),
        },
        _ => {
            let text = opgeslagen("office:string-value").filter(|t| !t.is_empty());
            (Kind::Text, text.unwrap_or(getoond))
        }
    })
}

/// The text inside a cell: its paragraphs, without comments and drawings.
fn shown<R: BufRead>(xml: &mut Xml<R>) -> Result<String, Weigering> {
    let mut uit = String::new();
    let mut alineas = 0;
    // Depth inside the cell, and inside a paragraph.
    let (mut diepte, mut in_alinea) = (1_usize, 0_usize);
    loop {
        let (gebeurd, naam, spaties) = match xml.next()? {
            Event::Start(tag) => (
                Some(Gebeurd::Begin),
                tag.name().as_ref().to_owned(),
                attr_getal(&tag, "c"),
            ),
            Event::Empty(tag) => (
                Some(Gebeurd::Leeg),
                tag.name().as_ref().to_owned(),
                attr_getal(&tag, "c"),
            ),
            Event::End(_) => (None, String::new(), None),
            Event::Text(tekst) if in_alinea > 0 => {
                push_text(&mut uit, &tekst.into_inner());
                continue;
            }
            Event::CData(tekst) if in_alinea > 0 => {
                push_text(&mut uit, &tekst.into_inner());
                continue;
            }
            Event::GeneralRef(verwijzing) if in_alinea > 0 => {
                push_entity(&mut uit, &verwijzing, Vorm::Ods)?;
                continue;
            }
            Event::Eof => return Err(Vorm::Ods.broken()),
            _ => continue,
        };
        match (gebeurd, naam.as_str()) {
            (None, _) => {
                diepte -= 1;
                in_alinea = in_alinea.saturating_sub(1);
                if diepte == 0 {
                    return Ok(uit);
                }
            }
            (Some(_), "text:s") if in_alinea > 0 => {
                (0..spaties.unwrap_or(1).min(SPATIES)).for_each(|_| uit.push(' '))
            }
            (Some(_), "text:tab") if in_alinea > 0 => uit.push('\t'),
            (Some(_), "text:line-break") if in_alinea > 0 => uit.push('\n'),
            (Some(Gebeurd::Begin), "text:p" | "text:h") if in_alinea == 0 => {
                if alineas > 0 {
                    uit.push('\n');
                }
                (alineas, diepte, in_alinea) = (alineas + 1, diepte + 1, 1);
                continue;
            }
            (Some(Gebeurd::Begin), "text:span" | "text:a" | "text:ruby" | "text:ruby-base")
                if in_alinea > 0 =>
            {
                (diepte, in_alinea) = (diepte + 1, in_alinea + 1);
                continue;
            }
            (Some(Gebeurd::Begin), "text:list" | "text:list-item" | "text:section")
                if in_alinea == 0 =>
            {
                diepte += 1;
                continue;
            }
            (Some(Gebeurd::Begin), "office:annotation") => {
                judge_aside(&aside(xml)?)?;
                continue;
            }
            (Some(Gebeurd::Begin), _) => {
                skip(xml)?;
                continue;
            }
            (Some(Gebeurd::Leeg), _) => continue,
        }
        // What began and stands for a blank ends again as well.
        if gebeurd == Some(Gebeurd::Begin) {
            skip(xml)?;
        }
    }
}

/// Adds text. Where a line was broken off to keep the XML readable, a run of blanks counts as one; otherwise blanks
/// stay, as LibreOffice has them.
fn push_text(uit: &mut String, tekst: &str) {
    if !tekst.contains('\n') {
        uit.push_str(tekst);
        return;
    }
    for teken in tekst.chars() {
        if !matches!(teken, ' ' | '\t' | '\n' | '\r') {
            uit.push(teken);
        } else if !uit.ends_with([' ', '\n']) && !uit.is_empty() {
            uit.push(' ');
        }
    }
}
