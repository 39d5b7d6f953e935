//! The parts of an Excel workbook around its sheets: which sheets there are, its texts, its number formats.
//!
//! Owns reading each of them in one pass. Leaves finding parts to `package`, the cells to `sheet`, the texts to `texts`.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Read};

use quick_xml::events::Event;
use rows::Weigering;

use super::bounds::Budget;
use super::number_format::{self, Getalvorm};
use super::sheet::{Bladnaam, read_sheet};
use super::texts::{Teksten, shared_strings};
use super::zip_bounds::Scan;
use super::{Kenmerk, Werkmap};
use crate::file::Bestand;
use crate::held::Stream;
use crate::package::{Package, in_folder, relations, resolve};
use crate::xml::{Vorm, Xml, attr, attr_getal, attr_ja, push_entity};

/// Excel knows 64,000 cell formats.
const STIJLEN: usize = 1 << 16;
const NAMEN: usize = 1 << 16;

pub(super) fn read(bestand: &Bestand, scan: &Scan) -> Result<Werkmap, Weigering> {
    let stroom = BufReader::new(bestand.open()?);
    let mut delen = Package::open(stroom).map_err(|_| Vorm::Xlsx.broken())?;
    let hoofd = relations(&mut delen, "")?;
    let werkboek = hoofd
        .into_iter()
        .find(|r| r.soort == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |r| r.doel);
    let relaties = relations(&mut delen, &werkboek)?;
    let map = in_folder(&werkboek).0;
    // Some programs leave out the relation to parts whose name goes without saying.
    let doel = |soort: &str| {
        relaties
            .iter()
            .find(|r| r.soort == soort)
            .map_or_else(|| resolve(map, &format!("{soort}.xml")), |r| r.doel.clone())
    };
    let inhoud = contents(&mut delen, &werkboek)?;
    let stijlen = styles(&mut delen, &doel("styles"))?;
    let teksten = match part(&mut delen, &doel("sharedStrings"))? {
        Some(deel) => shared_strings(deel)?,
        None => Teksten::default(),
    };
    let mut budget = Budget::new(scan.uitgepakt);
    let mut gelezen = HashSet::new();
    let mut rasters = Vec::new();
    for (blad, id) in &inhoud.bladen {
        let relatie = relaties
            .iter()
            .find(|r| r.id == *id)
            .filter(|r| r.soort == "worksheet");
        // Chart sheets and the like hold no cells.
        let Some(relatie) = relatie else { continue };
        if !gelezen.insert(relatie.doel.to_lowercase()) {
            return Err(Vorm::Xlsx.broken().op_blad(Some(&blad.naam)));
        }
        let deel = part(&mut delen, &relatie.doel)?.ok_or_else(|| Vorm::Xlsx.broken())?;
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

type Delen = Package<BufReader<Stream>>;

fn part<'a>(
    delen: &'a mut Delen,
    naam: &str,
) -> Result<Option<Xml<BufReader<impl Read + 'a>>>, Weigering> {
    let deel = delen.part(naam).map_err(|_| Vorm::Xlsx.broken())?;
    Ok(deel.map(|deel| Xml::new(deel, Vorm::Xlsx)))
}

struct Inhoud {
    /// With the relation to each.
    bladen: Vec<(Bladnaam, String)>,
    vanaf_1904: bool,
}

fn contents(delen: &mut Delen, naam: &str) -> Result<Inhoud, Weigering> {
    let mut xml = part(delen, naam)?.ok_or_else(|| Vorm::Xlsx.broken())?;
    let mut uit = Inhoud {
        bladen: Vec::new(),
        vanaf_1904: false,
    };
    let mut namen = 0;
    loop {
        match xml.next()? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "workbookPr" => uit.vanaf_1904 = attr_ja(&tag, "date1904"),
                "sheet" => {
                    let blad = Bladnaam {
                        naam: attr(&tag, "name").unwrap_or_default().into_owned(),
                        verborgen: attr(&tag, "state").is_some_and(|s| s != "visible"),
                    };
                    let id = attr(&tag, "id").unwrap_or_default().into_owned();
                    uit.bladen.push((blad, id));
                }
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
    let Some(mut xml) = part(delen, naam)? else {
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
                        eigen.insert(nummer, number_format::parse(&opmaak));
                    }
                }
                "cellXfs" => in_cellen = true,
                "xf" if in_cellen => {
                    let nummer = attr_getal(&tag, "numFmtId").unwrap_or_default();
                    uit.push(
                        eigen
                            .get(&nummer)
                            .copied()
                            .unwrap_or_else(|| number_format::builtin(nummer)),
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

/// The properties by which a sjabloon is known.
fn properties(delen: &mut Delen) -> Result<Option<Kenmerk>, Weigering> {
    let Some(mut xml) = part(delen, "docProps/custom.xml")? else {
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
