//! Notes on cells: the comments part and the drawing that goes with it.
//!
//! Owns adding notes beside those the aanbieder made (a cell has one note: ours is put below theirs), and the numbers
//! of their shapes. Leaves what notes say to `plaatsen`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::RapportFout;
use super::places::Notitie;
use super::write_xml::{CELTEKST, copy, prefix, push_tekst};
use crate::cell_name::{celnaam, celplek};
use crate::xml::{Vorm, Xml, attr_met_prefix};

/// Shapes that one number of an `idmap` has room for.
const PER_GROEP: usize = 1023;

/// Who the notes are from.
const AUTEUR: &str = "uitvraag";

/// The comments of a sheet after ours were added.
#[derive(Debug, Default)]
pub(super) struct Samen {
    pub(super) xml: Vec<u8>,
    /// Cells that had a note before.
    pub(super) hadden: Vec<(u32, u32)>,
    /// Notes of ours on a cell with a conversation, which hides them.
    pub(super) in_gesprek: usize,
}

/// A new comments part.
pub(super) fn comments(notities: &[Notitie]) -> Vec<u8> {
    let mut uit = format!(
        "{}<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>{AUTEUR}</author></authors><commentList>",
        super::KOP
    );
    notities
        .iter()
        .for_each(|notitie| push_comment(&mut uit, "", notitie, 0));
    uit.push_str("</commentList></comments>");
    uit.into_bytes()
}

fn push_comment(uit: &mut String, p: &str, notitie: &Notitie, auteur: usize) {
    let plek = celnaam(notitie.plek.0, notitie.plek.1);
    let _ = write!(
        uit,
        "<{p}comment ref=\"{plek}\" authorId=\"{auteur}\"><{p}text>"
    );
    push_run(uit, p, &notitie.tekst);
    let _ = write!(uit, "</{p}text></{p}comment>");
}

fn push_run(uit: &mut String, p: &str, tekst: &str) {
    let _ = write!(
        uit,
        "<{p}r><{p}rPr><{p}sz val=\"9\"/><{p}color indexed=\"81\"/><{p}rFont val=\"Tahoma\"/><{p}family val=\"2\"/></{p}rPr><{p}t xml:space=\"preserve\">"
    );
    push_tekst(uit, tekst, CELTEKST);
    let _ = write!(uit, "</{p}t></{p}r>");
}

/// An existing comments part with ours added.
pub(super) fn merge_comments(xml: &[u8], notities: &[Notitie]) -> Result<Samen, RapportFout> {
    let mut lezer = Xml::from_buffer(xml, Vorm::Xlsx);
    let mut samen = Samenvoeger {
        schrijver: Writer::new(Vec::with_capacity(xml.len() + notities.len() * 512)),
        open: notities.iter().map(|n| (n.plek, n)).collect(),
        auteurs: Vec::new(),
        in_auteur: false,
        huidig: None,
        diepte: 0,
        tekst_op: None,
        samen: Samen::default(),
    };
    loop {
        match lezer.next()? {
            Event::Eof => break,
            event => samen.event(event)?,
        }
    }
    if !samen.open.is_empty() {
        return Err(RapportFout::Opbouw);
    }
    Ok(Samen {
        xml: samen.schrijver.into_inner(),
        ..samen.samen
    })
}

struct Samenvoeger<'a> {
    schrijver: Writer<Vec<u8>>,
    /// Notes that are still to be written.
    open: BTreeMap<(u32, u32), &'a Notitie>,
    auteurs: Vec<String>,
    in_auteur: bool,
    /// The note of ours that goes below the comment that is being read.
    huidig: Option<&'a Notitie>,
    diepte: usize,
    /// Depth of the text of that comment.
    tekst_op: Option<usize>,
    samen: Samen,
}

impl Samenvoeger<'_> {
    fn push(&mut self, tekst: &str) {
        self.schrijver.get_mut().extend_from_slice(tekst.as_bytes());
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), RapportFout> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => {
                // Opened, so that something can be put in.
                self.start(&tag)?;
                self.end(tag.to_end().name().into_inner())
            }
            Event::End(tag) => self.end(tag.name().into_inner()),
            Event::Text(tekst) => {
                if self.in_auteur
                    && let Some(auteur) = self.auteurs.last_mut()
                {
                    auteur.push_str(&tekst);
                }
                Ok(self.schrijver.write_event(Event::Text(tekst))?)
            }
            anders => copy(&mut self.schrijver, anders),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), RapportFout> {
        self.diepte += 1;
        match tag.local_name().into_inner() {
            "author" => {
                self.auteurs.push(String::new());
                self.in_auteur = true;
            }
            "comment" => self.comment(tag),
            "text" if self.huidig.is_some() => self.tekst_op = Some(self.diepte),
            // Plain text can't have a piece after it: it becomes a piece itself.
            "t" if self.tekst_op.is_some_and(|d| d + 1 == self.diepte) => {
                self.push(&format!("<{}r>", prefix(tag)))
            }
            _ => {}
        }
        Ok(self.schrijver.write_event(Event::Start(tag.borrow()))?)
    }

    fn comment(&mut self, tag: &BytesStart<'_>) {
        let Some(plek) = attr_met_prefix(tag, "ref").and_then(|r| celplek(&r)) else {
            return;
        };
        self.samen.hadden.push(plek);
        self.huidig = self.open.remove(&plek);
        let auteur = attr_met_prefix(tag, "authorId").and_then(|id| id.parse::<usize>().ok());
        let gesprek = auteur
            .and_then(|a| self.auteurs.get(a))
            .is_some_and(|naam| naam.starts_with("tc="));
        self.samen.in_gesprek += usize::from(gesprek && self.huidig.is_some());
    }

    fn end(&mut self, naam: &str) -> Result<(), RapportFout> {
        let (p, lokaal) = naam
            .split_once(':')
            .map_or((String::new(), naam), |(p, lokaal)| {
                (format!("{p}:"), lokaal)
            });
        match lokaal {
            "author" => self.in_auteur = false,
            "authors" => self.push(&format!("<{p}author>{AUTEUR}</{p}author>")),
            "text" if self.tekst_op == Some(self.diepte) => {
                if let Some(notitie) = self.huidig.take() {
                    let mut stuk = String::new();
                    push_run(&mut stuk, &p, &format!("\n\n{}", notitie.tekst));
                    self.push(&stuk);
                }
                self.tekst_op = None;
            }
            "commentList" => {
                let mut meer = String::new();
                std::mem::take(&mut self.open)
                    .values()
                    .for_each(|n| push_comment(&mut meer, &p, n, self.auteurs.len()));
                self.push(&meer);
            }
            _ => {}
        }
        self.push(&format!("</{naam}>"));
        if lokaal == "t" && self.tekst_op.is_some_and(|d| d + 1 == self.diepte) {
            self.push(&format!("</{p}r>"));
        }
        self.diepte -= 1;
        Ok(())
    }
}

/// Hands out numbers for shapes, so that no two sheets share one.
#[derive(Debug)]
pub(super) struct Vormnummers(usize);

impl Vormnummers {
    /// Numbers after all that these drawings use.
    pub(super) fn after<'a>(tekeningen: impl Iterator<Item = &'a str>) -> Self {
        let hoogste = tekeningen.filter_map(idmap).flat_map(|(van, tot, vml)| {
            vml[van..tot]
                .split(',')
                .filter_map(|n| n.trim().parse::<usize>().ok())
                .collect::<Vec<_>>()
        });
        Self(hoogste.max().unwrap_or(0).min(1 << 20) + 1)
    }

    fn take(&mut self, vormen: usize) -> std::ops::Range<usize> {
        let van = self.0;
        self.0 += vormen.div_ceil(PER_GROEP).max(1);
        van..self.0
    }
}

/// Where the numbers of an `idmap` stand in a drawing.
fn idmap(vml: &str) -> Option<(usize, usize, &str)> {
    let tag = vml.find(":idmap")?;
    let van = tag + vml[tag..].find("data=")? + 6;
    let teken = vml[..van].chars().next_back()?;
    let tot = van + vml[van..].find(teken)?;
    Some((van, tot, vml))
}

const NAAMRUIMTEN: [(&str, &str); 3] = [
    ("v", "urn:schemas-microsoft-com:vml"),
    ("o", "urn:schemas-microsoft-com:office:office"),
    ("x", "urn:schemas-microsoft-com:office:excel"),
];

/// The drawing for notes on these cells: new, or added to an existing one.
pub(super) fn drawing(
    bestaand: Option<&str>,
    cellen: &[(u32, u32)],
    nummers: &mut Vormnummers,
) -> Result<Vec<u8>, RapportFout> {
    let groepen = nummers.take(cellen.len());
    let data: Vec<String> = groepen.clone().map(|n| n.to_string()).collect();
    let data = data.join(",");
    let naamruimten = |vml: &str| -> String {
        let ontbreekt = NAAMRUIMTEN
            .iter()
            .filter(|(p, uri)| !vml.contains(&format!("xmlns:{p}=\"{uri}\"")));
        ontbreekt
            .map(|(p, uri)| format!(" xmlns:{p}=\"{uri}\""))
            .collect()
    };
    let (mut uit, staart, extra) = match bestaand {
        None => {
            let hoofd = format!(
                "<xml{}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{data}\"/></o:shapelayout>",
                naamruimten("")
            );
            (hoofd, "</xml>", String::new())
        }
        Some(vml) => {
            let einde = vml.rfind("</xml").ok_or(RapportFout::Opbouw)?;
            let mut hoofd = vml[..einde].to_owned();
            if let Some((_, tot, _)) = idmap(vml).filter(|(_, tot, _)| *tot < einde) {
                hoofd.insert_str(tot, &format!(",{data}"));
            }
            (hoofd, &vml[einde..], naamruimten(vml))
        }
    };
    if !uit.contains("id=\"_x0000_t202\"") {
        let _ = write!(
            uit,
            "<v:shapetype{extra} id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
             <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
        );
    }
    for (volgnummer, cel) in cellen.iter().enumerate() {
        let nummer = (groepen.start + volgnummer / PER_GROEP) * 1024 + 1 + volgnummer % PER_GROEP;
        push_shape(&mut uit, &extra, nummer, *cel);
    }
    uit.push_str(staart);
    Ok(uit.into_bytes())
}

fn push_shape(uit: &mut String, extra: &str, nummer: usize, (rij, kolom): (u32, u32)) {
    let (links, boven) = (
        (kolom + 1).min(16_378),
        rij.saturating_sub(2).min(1_048_564),
    );
    let _ = write!(
        uit,
        "<v:shape{extra} id=\"_x0000_s{nummer}\" type=\"#_x0000_t202\" style=\"position:absolute;width:240pt;height:120pt;visibility:hidden\" \
         fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:path o:connecttype=\"none\"/><v:textbox/>\
         <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{links}, 12, {boven}, 4, {}, 12, {}, 4</x:Anchor>\
         <x:AutoFill>False</x:AutoFill><x:Row>{}</x:Row><x:Column>{kolom}</x:Column></x:ClientData></v:shape>",
        links + 4,
        boven + 8,
        rij - 1
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notitie(rij: u32, kolom: u32) -> Notitie {
        Notitie {
            plek: (rij, kolom),
            tekst: "Fout: <hier>".to_owned(),
        }
    }

    #[test]
    fn ours_goes_below_theirs() {
        let xml = "<x:comments xmlns:x=\"m\"><x:authors><x:author>Piet</x:author></x:authors><x:commentList>\
                   <x:comment ref=\"B2\" authorId=\"0\"><x:text><x:t>Klopt &amp; niet?</x:t></x:text></x:comment></x:commentList></x:comments>";
        let samen = merge_comments(xml.as_bytes(), &[notitie(2, 1), notitie(3, 0)]).unwrap();
        let uit = String::from_utf8(samen.xml).unwrap();
        assert!(
            uit.contains("<x:text><x:r><x:t>Klopt &amp; niet?</x:t></x:r><x:r>"),
            "{uit}"
        );
        assert!(
            uit.contains("\n\nFout: &lt;hier&gt;</x:t></x:r></x:text>"),
            "{uit}"
        );
        assert!(
            uit.contains("<x:comment ref=\"A3\" authorId=\"1\">")
                && uit.contains("<x:author>uitvraag</x:author></x:authors>"),
            "{uit}"
        );
        assert_eq!(
            (
                samen.hadden,
                samen.in_gesprek,
                uit.matches("ref=\"B2\"").count()
            ),
            (vec![(2, 1)], 0, 1)
        );
    }

    #[test]
    fn a_conversation_is_counted() {
        let xml = "<comments><authors><author>tc={1}</author></authors><commentList>\
                   <comment ref=\"A1\" authorId=\"0\"><text/></comment></commentList></comments>";
        assert_eq!(
            merge_comments(xml.as_bytes(), &[notitie(1, 0)])
                .unwrap()
                .in_gesprek,
            1
        );
    }

    #[test]
    fn no_shape_number_is_given_twice() {
        let oud = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\"><o:idmap v:ext=\"edit\" data=\"1,3\"/><v:shape/></xml>";
        let mut nummers = Vormnummers::after(std::iter::once(oud));
        let cellen: Vec<(u32, u32)> = (1..=1500).map(|rij| (rij, 0)).collect();
        let vml = String::from_utf8(drawing(Some(oud), &cellen, &mut nummers).unwrap()).unwrap();
        assert!(
            vml.contains("data=\"1,3,4,5\"")
                && vml.contains("_x0000_s4097\"")
                && vml.contains("_x0000_s5121\""),
            "{}",
            &vml[..600]
        );
        assert!(vml.ends_with("</v:shape></xml>") && vml.matches("<v:shape ").count() == 1500);
        let nieuw = String::from_utf8(drawing(None, &cellen[..1], &mut nummers).unwrap()).unwrap();
        assert!(
            nieuw.contains("data=\"6\"") && nieuw.contains("_x0000_s6145\""),
            "{nieuw}"
        );
    }
}
