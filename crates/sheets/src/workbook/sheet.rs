//! One sheet of an Excel workbook, cell by cell.
//!
//! Owns what a cell becomes: dates of both calendars, numbers without noise, yes and no, texts with their pieces
//! joined, the stored answers of formulas. Remembers hidden rows and columns and merged areas. Leaves bounds to
//! `bounds`.

use std::io::BufRead;

use quick_xml::events::{BytesStart, Event};
use rows::Weigering;

use super::bounds::{Budget, Cellen, is_too_long, write_number, write_with_zeros};
use super::day_number::from_serial;
use super::number_format::Getalvorm;
use super::texts::{Teksten, push_unescaped};
use crate::cell::{Cell, Kind};
use crate::cell_name::{self, area};
use crate::grid::Raster;
use crate::oddities::{Gebied, Teken};
use crate::xml::{Vorm, Xml, attr, attr_getal, attr_ja, push_entity};

/// A sheet as the workbook lists it.
pub(super) struct Bladnaam {
    pub(super) naam: String,
    pub(super) verborgen: bool,
}

struct Lezer<'a> {
    uit: Cellen<'a>,
    teksten: &'a Teksten,
    stijlen: &'a [Getalvorm],
    vanaf_1904: bool,
    /// Last row, from 1, and last column, plus one.
    rij: u32,
    kolom: u32,
    cel: Option<Cel>,
    /// The text of the cell so far; kept between cells for its room.
    waarde: String,
    tekst: String,
}

/// The cell that is being read.
struct Cel {
    soort: Celsoort,
    vorm: Getalvorm,
    formule: bool,
    gevuld: bool,
    /// Inside `<v>`, or `<t>` of a piece that counts.
    in_waarde: bool,
    uitspraak: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Celsoort {
    Getal,
    Gedeeld,
    Tekst,
    JaNee,
    Fout,
    Datum,
}

pub(super) fn read_sheet<R: BufRead>(
    mut xml: Xml<R>,
    blad: &Bladnaam,
    teksten: &Teksten,
    stijlen: &[Getalvorm],
    vanaf_1904: bool,
    budget: &mut Budget,
) -> Result<Raster, Weigering> {
    let uit = Cellen::new(&blad.naam, blad.verborgen, budget);
    let mut lezer = Lezer {
        uit,
        teksten,
        stijlen,
        vanaf_1904,
        rij: 0,
        kolom: 0,
        cel: None,
        waarde: String::new(),
        tekst: String::new(),
    };
    loop {
        match xml.next()? {
            Event::Start(tag) => lezer.start(&tag)?,
            Event::Empty(tag) => {
                lezer.start(&tag)?;
                lezer.end(tag.local_name().as_ref())?;
            }
            Event::End(tag) => lezer.end(tag.local_name().as_ref())?,
            Event::Text(tekst) if lezer.is_value() => lezer.waarde.push_str(&tekst.into_inner()),
            Event::CData(tekst) if lezer.is_value() => lezer.waarde.push_str(&tekst.into_inner()),
            Event::GeneralRef(verwijzing) if lezer.is_value() => {
                push_entity(&mut lezer.waarde, &verwijzing, Vorm::Xlsx)?
            }
            Event::Eof => return lezer.uit.finish(),
            _ => {}
        }
    }
}

impl Lezer<'_> {
    fn is_value(&self) -> bool {
        self.cel.as_ref().is_some_and(|c| c.in_waarde)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Weigering> {
        let naam = tag.local_name();
        if let Some(cel) = &mut self.cel {
            match naam.as_ref() {
                "v" => (cel.in_waarde, cel.gevuld) = (true, true),
                "t" => (cel.in_waarde, cel.gevuld) = (!cel.uitspraak, true),
                "rPh" => cel.uitspraak = true,
                "f" => cel.formule = true,
                _ => {}
            }
            return Ok(());
        }
        match naam.as_ref() {
            "c" => self.begin_cell(tag)?,
            "row" => {
                self.rij = attr_getal(tag, "r").unwrap_or(self.rij + 1);
                self.kolom = 0;
                if attr_ja(tag, "hidden") {
                    self.uit.raster.bijzonder.hide_rows(self.rij, self.rij);
                }
            }
            "col" if attr_ja(tag, "hidden") => {
                if let (Some(van), Some(tot)) = (attr_getal(tag, "min"), attr_getal(tag, "max")) {
                    self.uit
                        .raster
                        .bijzonder
                        .hide_columns(van.saturating_sub(1), tot.saturating_sub(1));
                }
            }
            "mergeCell" => {
                let gebied = attr(tag, "ref").as_deref().and_then(merged);
                self.uit.merge(gebied.ok_or_else(|| Vorm::Xlsx.broken())?)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn begin_cell(&mut self, tag: &BytesStart<'_>) -> Result<(), Weigering> {
        let (mut soort, mut vorm) = (Celsoort::Getal, Getalvorm::Gewoon);
        self.kolom += 1;
        for attribuut in tag.attributes().with_checks(false).flatten() {
            match attribuut.key.into_inner() {
                "r" => {
                    let (rij, kolom) = cell_name::parse(&attribuut.value)
                        .and_then(|(rij, kolom)| Some((u32::try_from(rij).ok()?, kolom)))
                        .ok_or_else(|| Vorm::Xlsx.broken())?;
                    (self.rij, self.kolom) = (rij, kolom.saturating_add(1));
                }
                "s" => {
                    let stijl = attribuut
                        .value
                        .parse::<usize>()
                        .ok()
                        .and_then(|s| self.stijlen.get(s));
                    vorm = stijl.copied().unwrap_or(Getalvorm::Gewoon);
                }
                "t" => {
                    soort = match &*attribuut.value {
                        "s" => Celsoort::Gedeeld,
                        "str" | "inlineStr" => Celsoort::Tekst,
                        "b" => Celsoort::JaNee,
                        "e" => Celsoort::Fout,
                        "d" => Celsoort::Datum,
                        "n" => Celsoort::Getal,
                        _ => return Err(self.here(Vorm::Xlsx.broken())),
                    }
                }
                _ => {}
            }
        }
        self.waarde.clear();
        self.cel = Some(Cel {
            soort,
            vorm,
            formule: false,
            gevuld: false,
            in_waarde: false,
            uitspraak: false,
        });
        Ok(())
    }

    /// Names the cell that is being read.
    fn here(&self, weigering: Weigering) -> Weigering {
        weigering.in_cel(u64::from(self.rij), self.kolom.saturating_sub(1) as usize)
    }

    fn end(&mut self, naam: &str) -> Result<(), Weigering> {
        let Some(cel) = &mut self.cel else {
            return Ok(());
        };
        match naam {
            "v" | "t" => cel.in_waarde = false,
            "rPh" => cel.uitspraak = false,
            "c" => return self.end_cell(),
            _ => {}
        }
        Ok(())
    }

    fn end_cell(&mut self) -> Result<(), Weigering> {
        let Some(cel) = self.cel.take() else {
            return Ok(());
        };
        let (rij, kolom) = (self.rij, self.kolom.saturating_sub(1));
        let leeg = self.waarde.trim().is_empty();
        if cel.formule {
            let beantwoord = cel.gevuld && (!leeg || cel.soort == Celsoort::Tekst);
            self.uit.noteer(
                rij,
                kolom,
                if beantwoord {
                    Teken::Formule
                } else {
                    Teken::ZonderUitkomst
                },
            )?;
        }
        if leeg && cel.soort != Celsoort::Tekst {
            return Ok(());
        }
        let Self {
            uit, tekst, waarde, ..
        } = self;
        tekst.clear();
        let kind = match cel.soort {
            Celsoort::Gedeeld => {
                let gedeeld = waarde
                    .trim()
                    .parse()
                    .ok()
                    .and_then(|index| self.teksten.get(index));
                let gedeeld = gedeeld
                    .ok_or_else(|| Vorm::Xlsx.broken().in_cel(u64::from(rij), kolom as usize))?;
                return uit.zet(rij, kolom, Cell::Text(gedeeld));
            }
            Celsoort::Tekst => {
                push_unescaped(tekst, waarde);
                Kind::Text
            }
            Celsoort::JaNee => {
                let truth = matches!(waarde.trim(), "1" | "true");
                return uit.zet(rij, kolom, Cell::Truth(truth));
            }
            Celsoort::Fout => {
                uit.noteer(rij, kolom, Teken::Fout)?;
                tekst.push_str(waarde);
                Kind::Error
            }
            Celsoort::Datum => {
                tekst.push_str(waarde.trim().trim_end_matches("T00:00:00"));
                Kind::Date
            }
            Celsoort::Getal => {
                let getal: f64 = waarde
                    .trim()
                    .parse()
                    .map_err(|_| Vorm::Xlsx.broken().in_cel(u64::from(rij), kolom as usize))?;
                put_number(uit, (rij, kolom), getal, cel.vorm, self.vanaf_1904, tekst)?
            }
        };
        uit.zet(rij, kolom, Cell::of(kind, tekst))
    }
}

fn put_number(
    uit: &mut Cellen<'_>,
    (rij, kolom): (u32, u32),
    getal: f64,
    vorm: Getalvorm,
    vanaf_1904: bool,
    tekst: &mut String,
) -> Result<Kind, Weigering> {
    use std::fmt::Write;
    if vorm == Getalvorm::Datum
        && let Some(datum) = from_serial(getal, vanaf_1904)
    {
        let _ = write!(tekst, "{datum}");
        uit.noteer(rij, kolom, Teken::Datum)?;
        return Ok(Kind::Date);
    }
    if vorm == Getalvorm::Procent {
        uit.noteer(rij, kolom, Teken::Procent)?;
    }
    if vorm == Getalvorm::Duur {
        uit.noteer(rij, kolom, Teken::Duur)?;
    }
    if is_too_long(getal) {
        uit.noteer(rij, kolom, Teken::TeLang)?;
    }
    match vorm {
        Getalvorm::Nullen(cijfers) => write_with_zeros(tekst, getal, cijfers),
        // No day of the calendar (29-02-1900, before 1900): the number stays, for `check` to name.
        _ => write_number(tekst, getal),
    }
    if vorm == Getalvorm::Eigen {
        uit.noteer(rij, kolom, Teken::Opmaak)?;
    }
    // Shown with zeros before it, it is a number of somebody's own: those are text.
    Ok(match vorm {
        Getalvorm::Nullen(_) => Kind::Text,
        _ => Kind::Number,
    })
}

/// `B2:C5` as an area; the other way round it is none.
fn merged(naam: &str) -> Option<Gebied> {
    let ((rij, kolom), (tot_rij, tot_kolom)) = area(naam)?;
    (rij <= tot_rij && kolom <= tot_kolom).then_some(Gebied {
        rij,
        kolom,
        tot_rij,
        tot_kolom,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_runs_down_and_to_the_right() {
        assert!(
            merged("B2:C5")
                .is_some_and(|g| (g.rij, g.kolom, g.tot_rij, g.tot_kolom) == (2, 1, 5, 2))
        );
        assert!(merged("C5:B2").is_none());
    }
}
