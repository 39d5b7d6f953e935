//! The formats of a workbook, with those of the report added.
//!
//! Owns that a found cell keeps its number format, font, border and alignment: its format is copied, and only the fill
//! is another. A fout is filled, a signaal striped, an opmerking dotted, so that colour is never all there is.

use std::collections::HashMap;
use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::Event;
use schema::Ernst;

use super::AnnotateError;
use super::write_xml::{met, prefix};

/// Most formats Excel takes.
const MOST: usize = 64_000;

/// The formats of a workbook that has none yet: plain, text, and text that looks like a formula.
pub(super) const EMPTY: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
<xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" quotePrefix=\"1\" applyNumberFormat=\"1\"/></cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";
/// Among them, text.
pub(super) const TEXT: u32 = 1;
/// Among them, text that a spreadsheet could take for a formula.
pub(super) const FORMULA_TEXT: u32 = 2;

/// The order in which the parts of a style sheet stand.
const ORDER: [&str; 11] = [
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
pub(super) enum ReportStyle {
    Title,
    Header,
    Tekst,
    Getal,
    Koppeling,
    Ernst(Ernst),
}

/// One list of a style sheet: fonts, fills or cell formats.
#[derive(Debug, Default)]
struct StyleList {
    begin: String,
    items: Vec<String>,
}

/// A style sheet that formats can be added to.
pub(super) struct Styles {
    /// What stands before the first part: declaration and root.
    main_part: String,
    parts: Vec<(String, String)>,
    tail: String,
    prefix: String,
    lists: [StyleList; 3],
    fills: HashMap<Ernst, usize>,
    font_span: Option<(usize, usize)>,
    coloured: HashMap<(u32, Ernst), u32>,
    own: HashMap<ReportStyle, u32>,
    has_base: bool,
}

const LISTS: [&str; 3] = ["fonts", "fills", "cellXfs"];
const FONTS: usize = 0;
const FILLS: usize = 1;
const CELL_FORMATS: usize = 2;

impl Styles {
    /// Takes a style sheet apart.
    pub(super) fn parse(xml: &[u8]) -> Result<Self, AnnotateError> {
        let xml = std::str::from_utf8(xml)
            .map_err(|_| AnnotateError::Structure)?
            .trim_start_matches('\u{feff}');
        let mut styles = Self {
            main_part: String::new(),
            parts: Vec::new(),
            tail: String::new(),
            prefix: String::new(),
            lists: Default::default(),
            fills: HashMap::new(),
            font_span: None,
            coloured: HashMap::new(),
            own: HashMap::new(),
            has_base: false,
        };
        styles.take_apart(xml)?;
        styles.complete();
        Ok(styles)
    }

    fn take_apart(&mut self, xml: &str) -> Result<(), AnnotateError> {
        let mut reader = Reader::from_str(xml);
        let (mut depth, mut begin, mut item) = (0, 0, 0);
        let mut list: Option<usize> = None;
        loop {
            let before = place(&reader);
            let event = reader.read_event()?;
            let after = place(&reader);
            let (opens, closes) = match &event {
                Event::Eof => break,
                Event::Start(_) => (true, false),
                Event::End(_) => (false, true),
                Event::Empty(_) => (true, true),
                _ => continue,
            };
            if opens {
                depth += 1;
                let (Event::Start(tag) | Event::Empty(tag)) = &event else {
                    continue;
                };
                match depth {
                    1 => {
                        self.prefix = prefix(tag);
                        self.main_part = match &event {
                            Event::Empty(_) => format!("{}<{}>", &xml[..before], &**tag),
                            _ => xml[..after].to_owned(),
                        };
                        self.tail = format!("</{}>", tag.name().into_inner());
                    }
                    2 => {
                        begin = before;
                        list = LISTS
                            .iter()
                            .position(|name| *name == tag.local_name().into_inner());
                        if let Some(list) = list {
                            self.lists[list].begin =
                                format!("<{}>", &*met(tag, &[("count", None)]));
                        }
                        self.parts
                            .push((tag.local_name().into_inner().to_owned(), String::new()));
                    }
                    3 => item = before,
                    _ => {}
                }
            }
            if closes {
                match (depth, list) {
                    (3, Some(list)) => self.lists[list].items.push(xml[item..after].to_owned()),
                    (2, _) => {
                        if let Some(part) = self.parts.last_mut() {
                            xml[begin..after].clone_into(&mut part.1);
                        }
                    }
                    _ => {}
                }
                depth -= 1;
            }
        }
        if self.main_part.is_empty() {
            Err(AnnotateError::Structure)
        } else {
            Ok(())
        }
    }

    /// Puts in what a style sheet must have: the fills 0 and 1 mean none and grey to Excel, whatever they say.
    fn complete(&mut self) {
        let p = self.prefix.clone();
        let defaults = [
            vec![format!(
                "<{p}font><{p}sz val=\"11\"/><{p}name val=\"Calibri\"/></{p}font>"
            )],
            ["none", "gray125"]
                .map(|kind| format!("<{p}fill><{p}patternFill patternType=\"{kind}\"/></{p}fill>"))
                .to_vec(),
            vec![format!(
                "<{p}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>"
            )],
        ];
        for (number, defaults) in defaults.into_iter().enumerate() {
            let list = &mut self.lists[number];
            let has = list.items.len();
            list.items.extend(defaults.into_iter().skip(has));
            if list.begin.is_empty() {
                list.begin = format!("<{p}{}>", LISTS[number]);
                let rang =
                    |name: &str| ORDER.iter().position(|n| *n == name).unwrap_or(ORDER.len());
                let place = self
                    .parts
                    .iter()
                    .position(|(name, _)| rang(name) > rang(LISTS[number]))
                    .unwrap_or(self.parts.len());
                self.parts
                    .insert(place, (LISTS[number].to_owned(), String::new()));
            }
        }
        self.has_base = self.parts.iter().any(|(name, _)| name == "cellStyleXfs");
    }

    fn fill(&mut self, ernst: Ernst) -> usize {
        if let Some(fill) = self.fills.get(&ernst) {
            return *fill;
        }
        let (patroon, before, behind) = match ernst {
            Ernst::Fout => ("solid", "FFFFC7CE", "FFFFC7CE"),
            Ernst::Signaal => ("lightUp", "FFE0A100", "FFFFEB9C"),
            Ernst::Opmerking => ("gray0625", "FF2F75B5", "FFDDEBF7"),
        };
        let p = &self.prefix;
        let fill = format!(
            "<{p}fill><{p}patternFill patternType=\"{patroon}\"><{p}fgColor rgb=\"{before}\"/><{p}bgColor rgb=\"{behind}\"/></{p}patternFill></{p}fill>"
        );
        let number = push(&mut self.lists[FILLS], fill);
        self.fills.insert(ernst, number);
        number
    }

    /// The format of a found cell that had format `was`; `None` when the workbook can't take another.
    pub(super) fn coloured(&mut self, was: u32, ernst: Ernst) -> Option<u32> {
        if let Some(style) = self.coloured.get(&(was, ernst)) {
            return Some(*style);
        }
        if self.lists[CELL_FORMATS].items.len() >= MOST {
            return None;
        }
        let fill = self.fill(ernst).to_string();
        let p = &self.prefix;
        let plain = || format!("<{p}xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>");
        let old = self.lists[CELL_FORMATS]
            .items
            .get(was as usize)
            .cloned()
            .unwrap_or_else(plain);
        let new = refill(&old, &fill).unwrap_or(old);
        let style = u32::try_from(push(&mut self.lists[CELL_FORMATS], new)).ok()?;
        self.coloured.insert((was, ernst), style);
        Some(style)
    }

    /// A format of the report's own.
    pub(super) fn own(&mut self, kind: ReportStyle) -> u32 {
        if let Some(style) = self.own.get(&kind) {
            return *style;
        }
        let (vet, blue) = self.fonts();
        let (font, number_format, fill) = match kind {
            ReportStyle::Title | ReportStyle::Header => (vet, 0, 0),
            ReportStyle::Koppeling => (blue, 0, 0),
            ReportStyle::Tekst => (0, 0, 0),
            ReportStyle::Getal => (0, 3, 0),
            ReportStyle::Ernst(ernst) => (0, 0, self.fill(ernst)),
        };
        let p = &self.prefix;
        let basis = if self.has_base { " xfId=\"0\"" } else { "" };
        let long_line = if kind == ReportStyle::Title {
            ""
        } else {
            " wrapText=\"1\""
        };
        let cell_format = format!(
            "<{p}xf numFmtId=\"{number_format}\" fontId=\"{font}\" fillId=\"{fill}\" borderId=\"0\"{basis} applyNumberFormat=\"1\" \
             applyFont=\"1\" applyFill=\"1\" applyAlignment=\"1\"><{p}alignment vertical=\"top\"{long_line}/></{p}xf>"
        );
        let style = u32::try_from(push(&mut self.lists[CELL_FORMATS], cell_format)).unwrap_or(0);
        self.own.insert(kind, style);
        style
    }

    fn fonts(&mut self) -> (usize, usize) {
        if let Some(pair) = self.font_span {
            return pair;
        }
        let p = &self.prefix;
        let vet = format!(
            "<{p}font><{p}b/><{p}sz val=\"11\"/><{p}name val=\"Calibri\"/><{p}family val=\"2\"/></{p}font>"
        );
        let blue = format!(
            "<{p}font><{p}u/><{p}sz val=\"11\"/><{p}color rgb=\"FF0563C1\"/><{p}name val=\"Calibri\"/><{p}family val=\"2\"/></{p}font>"
        );
        let pair = (
            push(&mut self.lists[FONTS], vet),
            push(&mut self.lists[FONTS], blue),
        );
        self.font_span = Some(pair);
        pair
    }

    /// The style sheet with all that was added.
    pub(super) fn xml(&self) -> Vec<u8> {
        let mut out = self.main_part.clone();
        for (name, content) in &self.parts {
            let Some(number) = LISTS.iter().position(|n| n == name) else {
                out.push_str(content);
                continue;
            };
            let StyleList { begin, items } = &self.lists[number];
            let open = begin.trim_end_matches('>');
            let _ = write!(out, "{open} count=\"{}\">", items.len());
            out.extend(items.iter().map(String::as_str));
            let _ = write!(out, "</{}{name}>", self.prefix);
        }
        out.push_str(&self.tail);
        out.into_bytes()
    }
}

fn push(list: &mut StyleList, item: String) -> usize {
    list.items.push(item);
    list.items.len() - 1
}

/// The cell format with another fill.
fn refill(cell_format: &str, fill: &str) -> Option<String> {
    let mut reader = Reader::from_str(cell_format);
    let event = reader.read_event().ok()?;
    let rest = &cell_format[place(&reader)..];
    let (Event::Start(tag) | Event::Empty(tag)) = &event else {
        return None;
    };
    let new = met(tag, &[("fillId", Some(fill)), ("applyFill", Some("1"))]);
    let closed = if matches!(event, Event::Empty(_)) {
        "/>"
    } else {
        ">"
    };
    Some(format!("<{}{closed}{rest}", &*new))
}

/// How far a reader over text has come.
fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(styles: &Styles) -> String {
        String::from_utf8(styles.xml()).unwrap()
    }

    #[test]
    fn a_found_cell_keeps_all_but_its_fill() {
        let xml = EMPTY.replace(
            "</cellXfs>",
            "<xf numFmtId=\"14\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"><alignment horizontal=\"right\"/></xf></cellXfs>",
        );
        let mut styles = Styles::parse(xml.as_bytes()).unwrap();
        assert_eq!(styles.coloured(3, Ernst::Fout), Some(4));
        assert_eq!(
            (
                styles.coloured(3, Ernst::Signaal),
                styles.coloured(3, Ernst::Fout)
            ),
            (Some(5), Some(4))
        );
        let out = text(&styles);
        assert!(
            out.contains("<xf numFmtId=\"14\" fontId=\"0\" borderId=\"0\" xfId=\"0\" fillId=\"2\" applyFill=\"1\"><alignment horizontal=\"right\"/></xf>"),
            "{out}"
        );
        assert!(
            out.contains("<cellXfs count=\"6\">") && out.contains("<fills count=\"4\">"),
            "{out}"
        );
        assert!(out.ends_with("</cellStyles></styleSheet>"), "{out}");
    }

    #[test]
    fn what_is_missing_is_put_where_it_belongs() {
        let mut styles =
            Styles::parse(b"<s:styleSheet xmlns:s=\"m\"><s:cellXfs><s:xf numFmtId=\"14\"/></s:cellXfs></s:styleSheet>").unwrap();
        assert_eq!(styles.coloured(9, Ernst::Opmerking), Some(1));
        let out = text(&styles);
        let places: Vec<usize> = ["<s:fonts", "<s:fills", "<s:cellXfs"]
            .iter()
            .map(|n| out.find(n).unwrap())
            .collect();
        assert!(places.is_sorted(), "{out}");
        assert_eq!(
            out.matches("<s:fill>").count(),
            3,
            "fills 0 and 1 are Excel's own: {out}"
        );
    }
}
