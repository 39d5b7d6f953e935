//! Notes on cells: the comments part and the drawing that goes with it.
//!
//! Owns adding notes beside those the aanbieder made (a cell has one note: ours is put below theirs), and the numbers
//! of their shapes. Leaves what notes say to `places`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::AnnotateError;
use super::places::Note;
use super::write_xml::{CELL_TEXT, copy, prefix, push_text};
use crate::cell_name::{cell_at, cell_name};
use crate::xml::{WorkbookKind, Xml, attr_met_prefix};

/// Shapes that one number of an `id_table` has room for.
const PER_GROUP: usize = 1023;

/// Who the notes are from.
const AUTHOR: &str = "uitvraag";

/// The comments of a sheet after ours were added.
#[derive(Debug, Default)]
pub(super) struct MergedNotes {
    pub(super) xml: Vec<u8>,
    /// Cells that had a note before.
    pub(super) had_notes: Vec<(u32, u32)>,
    /// Notes of ours on a cell with a conversation, which hides them.
    pub(super) in_thread: usize,
}

/// A new comments part.
pub(super) fn comments(notes: &[Note]) -> Vec<u8> {
    let mut out = format!(
        "{}<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>{AUTHOR}</author></authors><commentList>",
        super::HEADER
    );
    for note in notes {
        push_comment(&mut out, "", note, 0);
    }
    out.push_str("</commentList></comments>");
    out.into_bytes()
}

fn push_comment(out: &mut String, p: &str, note: &Note, author: usize) {
    let place = cell_name(note.plek.0, note.plek.1);
    let _ = write!(
        out,
        "<{p}comment ref=\"{place}\" authorId=\"{author}\"><{p}text>"
    );
    push_run(out, p, &note.tekst);
    let _ = write!(out, "</{p}text></{p}comment>");
}

fn push_run(out: &mut String, p: &str, text: &str) {
    let _ = write!(
        out,
        "<{p}r><{p}rPr><{p}sz val=\"9\"/><{p}color indexed=\"81\"/><{p}rFont val=\"Tahoma\"/><{p}family val=\"2\"/></{p}rPr><{p}t xml:space=\"preserve\">"
    );
    push_text(out, text, CELL_TEXT);
    let _ = write!(out, "</{p}t></{p}r>");
}

/// An existing comments part with ours added.
pub(super) fn merge_comments(xml: &[u8], notes: &[Note]) -> Result<MergedNotes, AnnotateError> {
    let mut reader = Xml::from_buffer(xml, WorkbookKind::Xlsx);
    let mut together = NoteMerger {
        writer: Writer::new(Vec::with_capacity(xml.len() + notes.len() * 512)),
        open: notes.iter().map(|n| (n.plek, n)).collect(),
        authors: Vec::new(),
        in_author: false,
        current: None,
        depth: 0,
        text_at: None,
        together: MergedNotes::default(),
    };
    loop {
        match reader.next()? {
            Event::Eof => break,
            event => together.event(event)?,
        }
    }
    if !together.open.is_empty() {
        return Err(AnnotateError::Structure);
    }
    Ok(MergedNotes {
        xml: together.writer.into_inner(),
        ..together.together
    })
}

struct NoteMerger<'a> {
    writer: Writer<Vec<u8>>,
    /// Notes that are still to be written.
    open: BTreeMap<(u32, u32), &'a Note>,
    authors: Vec<String>,
    in_author: bool,
    /// The note of ours that goes below the comment that is being read.
    current: Option<&'a Note>,
    depth: usize,
    /// Depth of the text of that comment.
    text_at: Option<usize>,
    together: MergedNotes,
}

impl NoteMerger<'_> {
    fn push(&mut self, text: &str) {
        self.writer.get_mut().extend_from_slice(text.as_bytes());
    }

    fn event(&mut self, event: Event<'_>) -> Result<(), AnnotateError> {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::Empty(tag) => {
                // Opened, so that something can be put in.
                self.start(&tag)?;
                self.end(tag.to_end().name().into_inner());
                Ok(())
            }
            Event::End(tag) => {
                self.end(tag.name().into_inner());
                Ok(())
            }
            Event::Text(text) => {
                if self.in_author
                    && let Some(author) = self.authors.last_mut()
                {
                    author.push_str(&text);
                }
                Ok(self.writer.write_event(Event::Text(text))?)
            }
            others => copy(&mut self.writer, others),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), AnnotateError> {
        self.depth += 1;
        match tag.local_name().into_inner() {
            "author" => {
                self.authors.push(String::new());
                self.in_author = true;
            }
            "comment" => self.comment(tag),
            "text" if self.current.is_some() => self.text_at = Some(self.depth),
            // Plain text can't have a piece after it: it becomes a piece itself.
            "t" if self.text_at.is_some_and(|d| d + 1 == self.depth) => {
                self.push(&format!("<{}r>", prefix(tag)));
            }
            _ => {}
        }
        Ok(self.writer.write_event(Event::Start(tag.borrow()))?)
    }

    fn comment(&mut self, tag: &BytesStart<'_>) {
        let Some(place) = attr_met_prefix(tag, "ref").and_then(|r| cell_at(&r)) else {
            return;
        };
        self.together.had_notes.push(place);
        self.current = self.open.remove(&place);
        let author = attr_met_prefix(tag, "authorId").and_then(|id| id.parse::<usize>().ok());
        let dialogue = author
            .and_then(|a| self.authors.get(a))
            .is_some_and(|name| name.starts_with("tc="));
        self.together.in_thread += usize::from(dialogue && self.current.is_some());
    }

    fn end(&mut self, name: &str) {
        let (p, local) = name
            .split_once(':')
            .map_or((String::new(), name), |(p, local)| (format!("{p}:"), local));
        match local {
            "author" => self.in_author = false,
            "authors" => self.push(&format!("<{p}author>{AUTHOR}</{p}author>")),
            "text" if self.text_at == Some(self.depth) => {
                if let Some(note) = self.current.take() {
                    let mut piece = String::new();
                    push_run(&mut piece, &p, &format!("\n\n{}", note.tekst));
                    self.push(&piece);
                }
                self.text_at = None;
            }
            "commentList" => {
                let mut more = String::new();
                for note in std::mem::take(&mut self.open).values() {
                    push_comment(&mut more, &p, note, self.authors.len());
                }
                self.push(&more);
            }
            _ => {}
        }
        self.push(&format!("</{name}>"));
        if local == "t" && self.text_at.is_some_and(|d| d + 1 == self.depth) {
            self.push(&format!("</{p}r>"));
        }
        self.depth -= 1;
    }
}

/// Hands out numbers for shapes, so that no two sheets share one.
#[derive(Debug)]
pub(super) struct ShapeNumbers(usize);

impl ShapeNumbers {
    /// Numbers after all that these drawings use.
    pub(super) fn after<'a>(drawings: impl Iterator<Item = &'a str>) -> Self {
        let highest = drawings.filter_map(id_table).flat_map(|(van, tot, vml)| {
            vml[van..tot]
                .split(',')
                .filter_map(|n| n.trim().parse::<usize>().ok())
                .collect::<Vec<_>>()
        });
        Self(highest.max().unwrap_or(0).min(1 << 20) + 1)
    }

    fn take(&mut self, forms: usize) -> std::ops::Range<usize> {
        let van = self.0;
        self.0 += forms.div_ceil(PER_GROUP).max(1);
        van..self.0
    }
}

/// Where the numbers of an `id_table` stand in a drawing.
fn id_table(vml: &str) -> Option<(usize, usize, &str)> {
    let tag = vml.find(":idmap")?;
    let van = tag + vml[tag..].find("data=")? + 6;
    let character = vml[..van].chars().next_back()?;
    let tot = van + vml[van..].find(character)?;
    Some((van, tot, vml))
}

const NAME_SPACES: [(&str, &str); 3] = [
    ("v", "urn:schemas-microsoft-com:vml"),
    ("o", "urn:schemas-microsoft-com:office:office"),
    ("x", "urn:schemas-microsoft-com:office:excel"),
];

/// The drawing for notes on these cells: new, or added to an existing one.
pub(super) fn drawing(
    existing: Option<&str>,
    cells: &[(u32, u32)],
    numbers: &mut ShapeNumbers,
) -> Result<Vec<u8>, AnnotateError> {
    let groups = numbers.take(cells.len());
    let data: Vec<String> = groups.clone().map(|n| n.to_string()).collect();
    let data = data.join(",");
    let name_spaces = |vml: &str| -> String {
        let all = NAME_SPACES.map(|(p, uri)| format!("xmlns:{p}=\"{uri}\""));
        let missing = all.iter().filter(|declared| !vml.contains(*declared));
        missing.flat_map(|declared| [" ", declared]).collect()
    };
    let (mut out, tail, extra) = match existing {
        None => {
            let head = format!(
                "<xml{}><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"{data}\"/></o:shapelayout>",
                name_spaces("")
            );
            (head, "</xml>", String::new())
        }
        Some(vml) => {
            let end = vml.rfind("</xml").ok_or(AnnotateError::Structure)?;
            let mut head = vml[..end].to_owned();
            if let Some((_, tot, _)) = id_table(vml).filter(|(_, tot, _)| *tot < end) {
                head.insert_str(tot, &format!(",{data}"));
            }
            (head, &vml[end..], name_spaces(vml))
        }
    };
    if !out.contains("id=\"_x0000_t202\"") {
        let _ = write!(
            out,
            "<v:shapetype{extra} id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\">\
             <v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>"
        );
    }
    for (sequence, cell) in cells.iter().enumerate() {
        let number = (groups.start + sequence / PER_GROUP) * 1024 + 1 + sequence % PER_GROUP;
        push_shape(&mut out, &extra, number, *cell);
    }
    out.push_str(tail);
    Ok(out.into_bytes())
}

fn push_shape(out: &mut String, extra: &str, number: usize, (row, column): (u32, u32)) {
    let (links, above) = (
        (column + 1).min(16_378),
        row.saturating_sub(2).min(1_048_564),
    );
    let _ = write!(
        out,
        "<v:shape{extra} id=\"_x0000_s{number}\" type=\"#_x0000_t202\" style=\"position:absolute;width:240pt;height:120pt;visibility:hidden\" \
         fillcolor=\"#ffffe1\" o:insetmode=\"auto\"><v:fill color2=\"#ffffe1\"/><v:path o:connecttype=\"none\"/><v:textbox/>\
         <x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{links}, 12, {above}, 4, {}, 12, {}, 4</x:Anchor>\
         <x:AutoFill>False</x:AutoFill><x:Row>{}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
        links + 4,
        above + 8,
        row - 1
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(row: u32, column: u32) -> Note {
        Note {
            plek: (row, column),
            tekst: "Fout: <hier>".to_owned(),
        }
    }

    #[test]
    fn ours_goes_below_theirs() {
        let xml = "<x:comments xmlns:x=\"m\"><x:authors><x:author>Piet</x:author></x:authors><x:commentList>\
                   <x:comment ref=\"B2\" authorId=\"0\"><x:text><x:t>Klopt &amp; niet?</x:t></x:text></x:comment></x:commentList></x:comments>";
        let together = merge_comments(xml.as_bytes(), &[note(2, 1), note(3, 0)]).unwrap();
        let out = String::from_utf8(together.xml).unwrap();
        assert!(
            out.contains("<x:text><x:r><x:t>Klopt &amp; niet?</x:t></x:r><x:r>"),
            "{out}"
        );
        assert!(
            out.contains("\n\nFout: &lt;hier&gt;</x:t></x:r></x:text>"),
            "{out}"
        );
        assert!(
            out.contains("<x:comment ref=\"A3\" authorId=\"1\">")
                && out.contains("<x:author>uitvraag</x:author></x:authors>"),
            "{out}"
        );
        assert_eq!(
            (
                together.had_notes,
                together.in_thread,
                out.matches("ref=\"B2\"").count()
            ),
            (vec![(2, 1)], 0, 1)
        );
    }

    #[test]
    fn a_conversation_is_counted() {
        let xml = "<comments><authors><author>tc={1}</author></authors><commentList>\
                   <comment ref=\"A1\" authorId=\"0\"><text/></comment></commentList></comments>";
        assert_eq!(
            merge_comments(xml.as_bytes(), &[note(1, 0)])
                .unwrap()
                .in_thread,
            1
        );
    }

    #[test]
    fn no_shape_number_is_given_twice() {
        let old = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\"><o:idmap v:ext=\"edit\" data=\"1,3\"/><v:shape/></xml>";
        let mut numbers = ShapeNumbers::after(std::iter::once(old));
        let cells: Vec<(u32, u32)> = (1..=1500).map(|row| (row, 0)).collect();
        let vml = String::from_utf8(drawing(Some(old), &cells, &mut numbers).unwrap()).unwrap();
        assert!(
            vml.contains("data=\"1,3,4,5\"")
                && vml.contains("_x0000_s4097\"")
                && vml.contains("_x0000_s5121\""),
            "{}",
            &vml[..600]
        );
        assert!(vml.ends_with("</v:shape></xml>") && vml.matches("<v:shape ").count() == 1500);
        let new = String::from_utf8(drawing(None, &cells[..1], &mut numbers).unwrap()).unwrap();
        assert!(
            new.contains("data=\"6\"") && new.contains("_x0000_s6145\""),
            "{new}"
        );
    }
}
