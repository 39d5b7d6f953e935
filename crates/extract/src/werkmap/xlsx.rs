//! The parts of an Excel workbook around its sheets: which sheets there are, its texts, its number formats.
//!
//! Owns finding the parts by their relations and reading each of them in one pass. Nothing outside the file is ever
//! followed. Leaves the cells to `blad`.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::blad::read_sheet;
use super::cellen::Budget;
use super::opmaak::{self, Getalvorm};
use super::xml::{Vorm, Xml, attr, attr_getal, attr_ja, push_entity};
use super::zipscan::Scan;
use super::{Kenmerk, Werkmap};
use crate::bestand::{Bestand, Stroom};
use crate::weigering::Weigering;

/// Excel knows 64,000 cell formats.
const STIJLEN: usize = 1 << 16;
const NAMEN: usize = 1 << 16;

/// The zip, with its parts by their name in lower case: names differ in case between programs.
struct Delen {
    zip: ZipArchive<BufReader<Box<dyn Stroom>>>,
    namen: HashMap<String, usize>,
}

impl Delen {
    fn open(bestand: &Bestand) -> Result<Self, Weigering> {
        let zip =
            ZipArchive::new(BufReader::new(bestand.open()?)).map_err(|_| Vorm::Xlsx.broken())?;
        let namen = zip
            .file_names()
            .enumerate()
            .filter_map(|(i, naam)| Some((naam.ok()?.to_lowercase(), i)))
            .collect();
        Ok(Self { zip, namen })
    }

    fn part(&mut self, naam: &str) -> Result<Option<Xml<BufReader<impl Read + '_>>>, Weigering> {
        let Some(index) = self.namen.get(&naam.to_lowercase()) else {
            return Ok(None);
        };
        let deel = self.zip.by_index(*index).map_err(|_| Vorm::Xlsx.broken())?;
        Ok(Some(Xml::new(deel, Vorm::Xlsx)))
    }
}

pub(super) fn read(bestand: &Bestand, scan: &Scan) -> Result<Werkmap, Weigering> {
    let mut delen = Delen::open(bestand)?;
    let hoofd = relations(&mut delen, "_rels/.rels", "")?;
    let werkboek = hoofd
        .into_iter()
        .find(|r| r.soort == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |r| r.doel);
    let (map, naam) = werkboek.rsplit_once('/').unwrap_or(("", &werkboek));
    let relaties = relations(&mut delen, &format!("{map}/_rels/{naam}.rels"), map)?;
    // Some programs leave out the relation to parts whose name goes without saying.
    let doel = |soort: &str| {
        relaties
            .iter()
            .find(|r| r.soort == soort)
            .map_or_else(|| resolve(map, &format!("{soort}.xml")), |r| r.doel.clone())
    };
    let inhoud = contents(&mut delen, &werkboek)?;
    let stijlen = styles(&mut delen, &doel("styles"))?;
    let teksten = shared_strings(&mut delen, &doel("sharedStrings"))?;
    let mut budget = Budget::new(scan.uitgepakt);
    let mut gelezen = HashSet::new();
    let mut rasters = Vec::new();
    for blad in &inhoud.bladen {
        let relatie = relaties
            .iter()
            .find(|r| r.id == blad.relatie)
            .filter(|r| r.soort == "worksheet");
        // Chart sheets and the like hold no cells.
        let Some(relatie) = relatie else { continue };
        if !gelezen.insert(relatie.doel.to_lowercase()) {
            return Err(Vorm::Xlsx.broken().op_blad(Some(&blad.naam)));
        }
        let deel = delen
            .part(&relatie.doel)?
            .ok_or_else(|| Vorm::Xlsx.broken())?;
        let raster = read_sheet(
            deel,
            blad,
            &teksten,
            &stijlen,
            inhoud.vanaf_1904,
            &mut budget,
        );
        rasters.push(raster.map_err(|w| w.op_blad(Some(&blad.naam)))?);
    }
    let kenmerk = properties(&mut delen)?;
    Ok(Werkmap {
        rasters,
        vanaf_1904: inhoud.vanaf_1904,
        kenmerk,
    })
}

struct Relatie {
    id: String,
    /// Last part of the type, as in `worksheet`.
    soort: String,
    /// Name of the part in the zip.
    doel: String,
}

fn relations(delen: &mut Delen, naam: &str, map: &str) -> Result<Vec<Relatie>, Weigering> {
    let mut uit = Vec::new();
    let Some(mut xml) = delen.part(naam)? else {
        return Ok(uit);
    };
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag)
                if tag.local_name().as_ref() == "Relationship" =>
            {
                let tekst = |naam: &str| attr(&tag, naam).unwrap_or_default().into_owned();
                if tekst("TargetMode").eq_ignore_ascii_case("external") {
                    continue;
                }
                let soort = tekst("Type")
                    .rsplit('/')
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                uit.push(Relatie {
                    id: tekst("Id"),
                    soort,
                    doel: resolve(map, &tekst("Target")),
                });
            }
            Event::Eof => return Ok(uit),
            _ => {}
        }
    }
}

/// The name of a part, seen from a folder in the zip.
pub(crate) fn resolve(map: &str, doel: &str) -> String {
    if let Some(vanaf_wortel) = doel.strip_prefix('/') {
        return vanaf_wortel.to_owned();
    }
    let mut delen: Vec<&str> = map.split('/').filter(|d| !d.is_empty()).collect();
    for deel in doel.split('/') {
        match deel {
            "" | "." => {}
            ".." => {
                delen.pop();
            }
            _ => delen.push(deel),
        }
    }
    delen.join("/")
}

/// A sheet as the workbook lists it.
pub(super) struct Bladnaam {
    pub(super) naam: String,
    pub(super) verborgen: bool,
    relatie: String,
}

struct Inhoud {
    bladen: Vec<Bladnaam>,
    vanaf_1904: bool,
}

fn contents(delen: &mut Delen, naam: &str) -> Result<Inhoud, Weigering> {
    let mut xml = delen.part(naam)?.ok_or_else(|| Vorm::Xlsx.broken())?;
    let mut uit = Inhoud {
        bladen: Vec::new(),
        vanaf_1904: false,
    };
    let mut namen = 0;
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "workbookPr" => uit.vanaf_1904 = attr_ja(&tag, "date1904"),
                "sheet" => uit.bladen.push(Bladnaam {
                    naam: attr(&tag, "name").unwrap_or_default().into_owned(),
                    verborgen: attr(&tag, "state").is_some_and(|s| s != "visible"),
                    // `sheetId` ends in the same letters, but is another attribute.
                    relatie: attr(&tag, "id").unwrap_or_default().into_owned(),
                }),
                "definedName" => {
                    namen += 1;
                    if namen > NAMEN {
                        return Err(Weigering::new(
                            "XML_LIMIT",
                            "Het Excel-bestand heeft te veel namen. Lever het als CSV.",
                        ));
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(uit),
            _ => {}
        }
    }
}

/// Per cell format: how a number is shown.
fn styles(delen: &mut Delen, naam: &str) -> Result<Vec<Getalvorm>, Weigering> {
    let mut uit = Vec::new();
    let Some(mut xml) = delen.part(naam)? else {
        return Ok(uit);
    };
    let mut eigen: HashMap<u32, Getalvorm> = HashMap::new();
    let mut in_cellen = false;
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "numFmt" => {
                    if let (Some(nummer), Some(opmaak)) =
                        (attr_getal(&tag, "numFmtId"), attr(&tag, "formatCode"))
                    {
                        eigen.insert(nummer, opmaak::parse(&opmaak));
                    }
                }
                "cellXfs" => in_cellen = true,
                "xf" if in_cellen => {
                    let nummer = attr_getal(&tag, "numFmtId").unwrap_or_default();
                    uit.push(
                        eigen
                            .get(&nummer)
                            .copied()
                            .unwrap_or_else(|| opmaak::builtin(nummer)),
                    );
                    if uit.len() > STIJLEN {
                        return Err(Weigering::new(
                            "XML_LIMIT",
                            "Het Excel-bestand heeft te veel celopmaak. Lever het als CSV.",
                        ));
                    }
                }
                _ => {}
            },
            Event::End(tag) if tag.local_name().as_ref() == "cellXfs" => in_cellen = false,
            Event::Eof => return Ok(uit),
            _ => {}
        }
    }
}

/// The texts that cells point at, in one buffer.
#[derive(Default)]
pub(super) struct Teksten {
    tekst: String,
    einden: Vec<usize>,
}

impl Teksten {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let tot = *self.einden.get(index)?;
        let van = index.checked_sub(1).map_or(0, |i| self.einden[i]);
        Some(&self.tekst[van..tot])
    }
}

fn shared_strings(delen: &mut Delen, naam: &str) -> Result<Teksten, Weigering> {
    let mut uit = Teksten::default();
    let Some(mut xml) = delen.part(naam)? else {
        return Ok(uit);
    };
    // A piece of text counts, unless it says how another one is pronounced.
    let (mut in_tekst, mut uitspraak) = (false, false);
    let mut los = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_tekst = !uitspraak,
                "rPh" => uitspraak = true,
                "si" => los.clear(),
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                uit.einden.push(uit.tekst.len())
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_tekst = false,
                "rPh" => uitspraak = false,
                "si" => {
                    push_unescaped(&mut uit.tekst, &los);
                    uit.einden.push(uit.tekst.len());
                }
                _ => {}
            },
            Event::Text(tekst) if in_tekst => los.push_str(&tekst.into_inner()),
            Event::CData(tekst) if in_tekst => los.push_str(&tekst.into_inner()),
            Event::GeneralRef(verwijzing) if in_tekst => {
                push_entity(&mut los, &verwijzing, Vorm::Xlsx)?
            }
            Event::Eof => return Ok(uit),
            _ => {}
        }
    }
}

/// Adds a text in which Excel wrote a character as `_x000D_`.
pub(super) fn push_unescaped(uit: &mut String, tekst: &str) {
    let mut rest = tekst;
    while let Some(plek) = rest.find("_x") {
        let code = rest
            .get(plek + 2..plek + 7)
            .filter(|c| c.ends_with('_'))
            .and_then(|c| u32::from_str_radix(&c[..4], 16).ok());
        match code.and_then(char::from_u32) {
            Some(teken) => {
                uit.push_str(&rest[..plek]);
                uit.push(teken);
                rest = &rest[plek + 7..];
            }
            None => {
                uit.push_str(&rest[..plek + 2]);
                rest = &rest[plek + 2..];
            }
        }
    }
    uit.push_str(rest);
}

/// The properties by which a sjabloon is known.
fn properties(delen: &mut Delen) -> Result<Option<Kenmerk>, Weigering> {
    let Some(mut xml) = delen.part("docProps/custom.xml")? else {
        return Ok(None);
    };
    let mut kenmerk = Kenmerk::default();
    let mut naam = String::new();
    let mut waarde = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) if tag.local_name().as_ref() == "property" => {
                naam = attr(&tag, "name").unwrap_or_default().into_owned();
                waarde.clear();
            }
            Event::End(tag) if tag.local_name().as_ref() == "property" => {
                kenmerk.zie(&naam, waarde.trim())
            }
            Event::Text(tekst) => waarde.push_str(&tekst.into_inner()),
            Event::GeneralRef(verwijzing) => push_entity(&mut waarde, &verwijzing, Vorm::Xlsx)?,
            Event::Eof => return Ok(kenmerk.bekend()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_from_their_folder() {
        assert_eq!(
            resolve("xl", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolve("xl", "/xl/worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(resolve("xl/a", "../b.xml"), "xl/b.xml");
        assert_eq!(
            resolve("", "../../etc/passwd"),
            "etc/passwd",
            "a name in the zip, nothing else"
        );
    }

    #[test]
    fn escaped_characters() {
        let lees = |t: &str| {
            let mut uit = String::new();
            push_unescaped(&mut uit, t);
            uit
        };
        assert_eq!(lees("a_x000D_b"), "a\rb");
        assert_eq!(lees("_x005F_x000D_"), "_x000D_");
        assert_eq!(lees("max_x_é_xzzzz_"), "max_x_é_xzzzz_");
        assert_eq!(lees("_x00"), "_x00");
        assert_eq!(lees("_xé1234"), "_xé1234");
    }
}
