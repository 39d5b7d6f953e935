//! The formats of a workbook, with those of the report added.
//!
//! Owns that a found cell keeps its number format, font, border and alignment: its format is copied, and only the fill
//! is another. A fout is filled, a signaal striped, an opmerking dotted, so that colour is never all there is.

use std::collections::HashMap;
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::Event;
use schema::Ernst;

use super::RapportFout;
use super::write_xml::{met, prefix};

/// Most formats Excel takes.
const MEESTE: usize = 64_000;

/// The formats of a workbook that has none yet: plain, text, and text that looks like a formula.
pub(super) const LEEG: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" quotePrefix=\"1\" applyNumberFormat=\"1\"/></cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";
/// Among them, text.
pub(super) const TEKST: u32 = 1;
/// Among them, text that a spreadsheet could take for a formula.
pub(super) const FORMULETEKST: u32 = 2;

/// The order in which the parts of a style sheet stand.
const ORDE: [&str; 11] = [
    "numFmts",
    "fonts",
    "fills",
    "borders",
    "cellStyleXfs",
    "cellXfs",
    "cellStyles",
    "dxfs",
    "tableStyles",
    "colors",
    "extLst",
];

/// The report's own formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Eigen {
    Titel,
    Kop,
    Tekst,
    Getal,
    Koppeling,
    Ernst(Ernst),
}

/// One list of a style sheet: fonts, fills or cell formats.
#[derive(Debug, Default)]
struct Lijst {
    begin: String,
    items: Vec<String>,
}

/// A style sheet that formats can be added to.
pub(super) struct Stijlen {
    /// What stands before the first part: declaration and root.
    hoofd: String,
    delen: Vec<(String, String)>,
    staart: String,
    prefix: String,
    lijsten: [Lijst; 3],
    vullingen: HashMap<Ernst, usize>,
    lettertypen: Option<(usize, usize)>,
    gekleurd: HashMap<(u32, Ernst), u32>,
    eigen: HashMap<Eigen, u32>,
    heeft_basis: bool,
}

const LIJSTEN: [&str; 3] = ["fonts", "fills", "cellXfs"];
const FONTS: usize = 0;
const FILLS: usize = 1;
const XFS: usize = 2;

impl Stijlen {
    /// Takes a style sheet apart.
    pub(super) fn parse(xml: &[u8]) -> Result<Self, RapportFout> {
        let xml = std::str::from_utf8(xml)
            .map_err(|_| RapportFout::Opbouw)?
            .trim_start_matches('\u{feff}');
        let mut stijlen = Self {
            hoofd: String::new(),
            delen: Vec::new(),
            staart: String::new(),
            prefix: String::new(),
            lijsten: Default::default(),
            vullingen: HashMap::new(),
            lettertypen: None,
            gekleurd: HashMap::new(),
            eigen: HashMap::new(),
            heeft_basis: false,
        };
        stijlen.take_apart(xml)?;
        stijlen.complete();
        Ok(stijlen)
    }

    fn take_apart(&mut self, xml: &str) -> Result<(), RapportFout> {
        let mut lezer = Reader::from_str(xml);
        let (mut diepte, mut begin, mut item) = (0, 0, 0);
        let mut lijst: Option<usize> = None;
        loop {
            let voor = plek(&lezer);
            let event = lezer.read_event()?;
            let na = plek(&lezer);
            let (gaat_open, gaat_dicht) = match &event {
                Event::Eof => break,
                Event::Start(_) => (true, false),
                Event::End(_) => (false, true),
                Event::Empty(_) => (true, true),
                _ => continue,
            };
            if gaat_open {
                diepte += 1;
                let (Event::Start(tag) | Event::Empty(tag)) = &event else {
                    continue;
                };
                match diepte {
                    1 => {
                        self.prefix = prefix(tag);
                        self.hoofd = match &event {
                            Event::Empty(_) => format!("{}<{}>", &xml[..voor], &**tag),
                            _ => xml[..na].to_owned(),
                        };
                        self.staart = format!("</{}>", tag.name().into_inner());
                    }
                    2 => {
                        begin = voor;
                        lijst = LIJSTEN
                            .iter()
                            .position(|naam| *naam == tag.local_name().into_inner());
                        if let Some(lijst) = lijst {
                            self.lijsten[lijst].begin =
                                format!("<{}>", &*met(tag, &[("count", None)]));
                        }
                        self.delen
                            .push((tag.local_name().into_inner().to_owned(), String::new()));
                    }
                    3 => item = voor,
                    _ => {}
                }
            }
            if gaat_dicht {
                match (diepte, lijst) {
                    (3, Some(lijst)) => self.lijsten[lijst].items.push(xml[item..na].to_owned()),
                    (2, _) => {
                        if let Some(deel) = self.delen.last_mut() {
                            xml[begin..na].clone_into(&mut deel.1);
                        }
                    }
                    _ => {}
                }
                diepte -= 1;
            }
        }
        if self.hoofd.is_empty() {
            Err(RapportFout::Opbouw)
        } else {
            Ok(())
        }
    }

    /// Puts in what a style sheet must have: the fills 0 and 1 mean none and grey to Excel, whatever they say.
    fn complete(&mut self) {
        let p = self.prefix.clone();
        let standaard = [
            vec![format!(
                "<{p}font><{p}sz val=\"11\"/><{p}name val=\"Calibri\"/></{p}font>"
            )],
            ["none", "gray125"]
                .map(|soort| {
                    format!("<{p}fill><{p}patternFill patternType=\"{soort}\"/></{p}fill>")
                })
                .to_vec(),
            vec![format!(
                "<{p}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
            )],
        ];
        for (nummer, standaard) in standaard.into_iter().enumerate() {
            let lijst = &mut self.lijsten[nummer];
            let heeft = lijst.items.len();
            lijst.items.extend(standaard.into_iter().skip(heeft));
            if lijst.begin.is_empty() {
                lijst.begin = format!("<{p}{}>", LIJSTEN[nummer]);
                let rang = |naam: &str| ORDE.iter().position(|n| *n == naam).unwrap_or(ORDE.len());
                let plek = self
                    .delen
                    .iter()
                    .position(|(naam, _)| rang(naam) > rang(LIJSTEN[nummer]))
                    .unwrap_or(self.delen.len());
                self.delen
                    .insert(plek, (LIJSTEN[nummer].to_owned(), String::new()));
            }
        }
        self.heeft_basis = self.delen.iter().any(|(naam, _)| naam == "cellStyleXfs");
    }

    fn fill(&mut self, ernst: Ernst) -> usize {
        if let Some(vulling) = self.vullingen.get(&ernst) {
            return *vulling;
        }
        let (patroon, voor, achter) = match ernst {
            Ernst::Fout => ("solid", "FFFFC7CE", "FFFFC7CE"),
            Ernst::Signaal => ("lightUp", "FFE0A100", "FFFFEB9C"),
            Ernst::Opmerking => ("gray0625", "FF2F75B5", "FFDDEBF7"),
        };
        let p = &self.prefix;
        let vulling = format!(
            "<{p}fill><{p}patternFill patternType=\"{patroon}\"><{p}fgColor rgb=\"{voor}\"/><{p}bgColor rgb=\"{achter}\"/></{p}patternFill></{p}fill>"
        );
        let nummer = push(&mut self.lijsten[FILLS], vulling);
        self.vullingen.insert(ernst, nummer);
        nummer
    }

    /// The format of a found cell that had format `was`; `None` when the workbook can't take another.
    pub(super) fn gekleurd(&mut self, was: u32, ernst: Ernst) -> Option<u32> {
        if let Some(stijl) = self.gekleurd.get(&(was, ernst)) {
            return Some(*stijl);
        }
        if self.lijsten[XFS].items.len() >= MEESTE {
            return None;
        }
        let vulling = self.fill(ernst).to_string();
        let p = &self.prefix;
        let gewoon = || format!("<{p}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>");
        let oud = self.lijsten[XFS]
            .items
            .get(was as usize)
            .cloned()
            .unwrap_or_else(gewoon);
        let nieuw = refill(&oud, &vulling).unwrap_or(oud);
        let stijl = u32::try_from(push(&mut self.lijsten[XFS], nieuw)).ok()?;
        self.gekleurd.insert((was, ernst), stijl);
        Some(stijl)
    }

    /// A format of the report's own.
    pub(super) fn eigen(&mut self, soort: Eigen) -> u32 {
        if let Some(stijl) = self.eigen.get(&soort) {
            return *stijl;
        }
        let (vet, blauw) = self.fonts();
        let (lettertype, getalvorm, vulling) = match soort {
            Eigen::Titel | Eigen::Kop => (vet, 0, 0),
            Eigen::Koppeling => (blauw, 0, 0),
            Eigen::Tekst => (0, 0, 0),
            Eigen::Getal => (0, 3, 0),
            Eigen::Ernst(ernst) => (0, 0, self.fill(ernst)),
        };
        let p = &self.prefix;
        let basis = if self.heeft_basis { " xfId=\"0\"" } else { "" };
        let lange_regel = if soort == Eigen::Titel {
            ""
        } else {
            " wrapText=\"1\""
        };
        let xf = format!(
            "<{p}xf numFmtId=\"{getalvorm}\" fontId=\"{lettertype}\" fillId=\"{vulling}\" borderId=\"0\"{basis} applyNumberFormat=\"1\" \
             applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><{p}alignment vertical=\"top\"{lange_regel}/></{p}xf>"
        );
        let stijl = u32::try_from(push(&mut self.lijsten[XFS], xf)).unwrap_or(0);
        self.eigen.insert(soort, stijl);
        stijl
    }

    fn fonts(&mut self) -> (usize, usize) {
        if let Some(paar) = self.lettertypen {
            return paar;
        }
        let p = &self.prefix;
        let vet = format!(
            "<{p}font><{p}b/><{p}sz val=\"11\"/><{p}name val=\"Calibri\"/><{p}family val=\"2\"/></{p}font>"
        );
        let blauw = format!(
            "<{p}font><{p}u/><{p}sz val=\"11\"/><{p}color rgb=\"FF0563C1\"/><{p}name val=\"Calibri\"/><{p}family val=\"2\"/></{p}font>"
        );
        let paar = (
            push(&mut self.lijsten[FONTS], vet),
            push(&mut self.lijsten[FONTS], blauw),
        );
        self.lettertypen = Some(paar);
        paar
    }

    /// The style sheet with all that was added.
    pub(super) fn xml(&self) -> Vec<u8> {
        let mut uit = self.hoofd.clone();
        for (naam, inhoud) in &self.delen {
            let Some(nummer) = LIJSTEN.iter().position(|n| n == naam) else {
                uit.push_str(inhoud);
                continue;
            };
            let Lijst { begin, items } = &self.lijsten[nummer];
            let open = begin.trim_end_matches('>');
            let _ = write!(uit, "{open} count=\"{}\">", items.len());
            items.iter().for_each(|item| uit.push_str(item));
            let _ = write!(uit, "</{}{naam}>", self.prefix);
        }
        uit.push_str(&self.staart);
        uit.into_bytes()
    }
}

fn push(lijst: &mut Lijst, item: String) -> usize {
    lijst.items.push(item);
    lijst.items.len() - 1
}

/// The cell format with another fill.
fn refill(xf: &str, vulling: &str) -> Option<String> {
    let mut lezer = Reader::from_str(xf);
    let event = lezer.read_event().ok()?;
    let rest = &xf[plek(&lezer)..];
    let (Event::Start(tag) | Event::Empty(tag)) = &event else {
        return None;
    };
    let nieuw = met(tag, &[("fillId", Some(vulling)), ("applyFill", Some("1"))]);
    let dicht = if matches!(event, Event::Empty(_)) {
        "/>"
    } else {
        ">"
    };
    Some(format!("<{}{dicht}{rest}", &*nieuw))
}

/// How far a reader over text has come.
fn plek(lezer: &Reader<&[u8]>) -> usize {
    usize::try_from(lezer.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tekst(stijlen: &Stijlen) -> String {
        String::from_utf8(stijlen.xml()).unwrap()
    }

    #[test]
    fn a_found_cell_keeps_all_but_its_fill() {
        let xml = LEEG.replace(
            "</cellXfs>",
            "<xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"><alignment horizontal=\"right\"/></xf></cellXfs>",
        );
        let mut stijlen = Stijlen::parse(xml.as_bytes()).unwrap();
        assert_eq!(stijlen.gekleurd(3, Ernst::Fout), Some(4));
        assert_eq!(
            (
                stijlen.gekleurd(3, Ernst::Signaal),
                stijlen.gekleurd(3, Ernst::Fout)
            ),
            (Some(5), Some(4))
        );
        let uit = tekst(&stijlen);
        assert!(
            uit.contains("<xf numFmtId=\"14\" fontId=\"0\" borderId=\"0\" xfId=\"0\" fillId=\"2\" applyFill=\"1\"><alignment horizontal=\"right\"/></xf>"),
            "{uit}"
        );
        assert!(
            uit.contains("<cellXfs count=\"6\">") && uit.contains("<fills count=\"4\">"),
            "{uit}"
        );
        assert!(uit.ends_with("</cellStyles></styleSheet>"), "{uit}");
    }

    #[test]
    fn what_is_missing_is_put_where_it_belongs() {
        let mut stijlen =
            Stijlen::parse(b"<s:styleSheet xmlns:s=\"m\"><s:cellXfs><s:xf numFmtId=\"14\"/></s:cellXfs></s:styleSheet>").unwrap();
        assert_eq!(stijlen.gekleurd(9, Ernst::Opmerking), Some(1));
        let uit = tekst(&stijlen);
        let plekken: Vec<usize> = ["<s:fonts", "<s:fills", "<s:cellXfs"]
            .iter()
            .map(|n| uit.find(n).unwrap())
            .collect();
        assert!(plekken.is_sorted(), "{uit}");
        assert_eq!(
            uit.matches("<s:fill>").count(),
            3,
            "fills 0 and 1 are Excel's own: {uit}"
        );
    }
}
