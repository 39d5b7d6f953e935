//! The small change of writing XML: attributes, escapes, and adding to the end of an element.
//!
//! Owns how text from a file gets into XML without being able to be anything but text. Names are compared without
//! their prefix, and what is added takes the prefix of what stands there. Leaves the meaning of parts to the others.

use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::RapportFout;
use crate::xml::{Vorm, Xml};

/// The tag with some attributes set or (with `None`) taken out; the others stay as they are.
pub(super) fn met(
    tag: &BytesStart<'_>,
    wijzigingen: &[(&str, Option<&str>)],
) -> BytesStart<'static> {
    let naam = tag.name().into_inner().to_owned();
    let mut uit = naam.clone();
    let mut zet = |sleutel: &str, waarde: &str| {
        let _ = write!(uit, " {sleutel}=\"{}\"", waarde.replace('"', "&quot;"));
    };
    let mut attributen = tag.attributes();
    for attribuut in attributen.with_checks(false).flatten() {
        let sleutel = attribuut.key.into_inner();
        if !wijzigingen.iter().any(|(s, _)| *s == sleutel) {
            zet(sleutel, &attribuut.value);
        }
    }
    for (sleutel, waarde) in wijzigingen {
        if let Some(waarde) = waarde {
            zet(sleutel, &escape(waarde));
        }
    }
    BytesStart::from_content(uit, naam.len())
}

/// What stands before the local name: `x:`, or nothing.
pub(super) fn prefix(tag: &BytesStart<'_>) -> String {
    tag.name()
        .prefix()
        .map_or_else(String::new, |p| format!("{}:", p.into_inner()))
}

/// Text for an attribute.
pub(super) fn escape(tekst: &str) -> String {
    let mut uit = String::with_capacity(tekst.len());
    for teken in tekst.chars() {
        match teken {
            '&' => uit.push_str("&amp;"),
            '<' => uit.push_str("&lt;"),
            '>' => uit.push_str("&gt;"),
            '"' => uit.push_str("&quot;"),
            '\n' => uit.push_str("&#10;"),
            teken if ongeldig(teken) => uit.push('\u{fffd}'),
            teken => uit.push(teken),
        }
    }
    uit
}

/// Text for a cell or a note: characters that XML lacks in Excel's own way (`_x001F_`), and text that looks like that
/// protected. At most as long as Excel takes; true when something was cut off.
pub(super) fn push_tekst(uit: &mut String, tekst: &str, langst: usize) -> bool {
    let mut lengte = 0;
    for (plek, teken) in tekst.char_indices() {
        lengte += teken.len_utf16();
        if lengte > langst {
            return true;
        }
        match teken {
            '&' => uit.push_str("&amp;"),
            '<' => uit.push_str("&lt;"),
            '>' => uit.push_str("&gt;"),
            '_' if is_code(&tekst.as_bytes()[plek..]) => uit.push_str("_x005F_"),
            teken if ongeldig(teken) => {
                let _ = write!(uit, "_x{:04X}_", u32::from(teken));
            }
            teken => uit.push(teken),
        }
    }
    false
}

fn ongeldig(teken: char) -> bool {
    (teken < ' ' && teken != '\t' && teken != '\n') || matches!(teken, '\u{fffe}' | '\u{ffff}')
}

fn is_code(bytes: &[u8]) -> bool {
    bytes.len() >= 7
        && bytes[1] == b'x'
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
        && bytes[6] == b'_'
}

/// Longest text of a cell or note, in UTF-16 units.
pub(super) const CELTEKST: usize = 32_767;

/// A part with `erbij` added at the end of its first element of this name; `erbij` is told the prefix to use.
pub(super) fn voeg_toe(
    xml: &[u8],
    ouder: &str,
    erbij: impl FnOnce(&str) -> String,
) -> Result<Vec<u8>, RapportFout> {
    let mut erbij = Some(erbij);
    let mut lezer = Xml::from_buffer(xml, Vorm::Xlsx);
    let mut schrijver = Writer::new(Vec::with_capacity(xml.len() + 512));
    loop {
        match lezer.next()? {
            Event::Eof => break,
            Event::Empty(tag) if erbij.is_some() && tag.local_name().into_inner() == ouder => {
                let tekst = erbij.take().map(|f| f(&prefix(&tag))).unwrap_or_default();
                schrijver.write_event(Event::Start(tag.borrow()))?;
                schrijver.get_mut().extend_from_slice(tekst.as_bytes());
                schrijver.write_event(Event::End(tag.to_end()))?;
            }
            Event::End(tag) if erbij.is_some() && tag.local_name().into_inner() == ouder => {
                let voor = tag
                    .name()
                    .prefix()
                    .map_or_else(String::new, |p| format!("{}:", p.into_inner()));
                let tekst = erbij.take().map(|f| f(&voor)).unwrap_or_default();
                schrijver.get_mut().extend_from_slice(tekst.as_bytes());
                schrijver.write_event(Event::End(tag))?;
            }
            anders => copy(&mut schrijver, anders)?,
        }
    }
    if erbij.is_some() {
        Err(RapportFout::Opbouw)
    } else {
        Ok(schrijver.into_inner())
    }
}

/// Writes an event as it was; the encoding is always UTF-8 by now.
pub(super) fn copy<W: std::io::Write>(
    schrijver: &mut Writer<W>,
    event: Event<'_>,
) -> Result<(), RapportFout> {
    match event {
        Event::Decl(decl)
            if decl
                .encoding()
                .is_some_and(|e| e.is_ok_and(|e| !e.eq_ignore_ascii_case("utf-8"))) =>
        {
            schrijver.get_mut().write_all(super::KOP.as_bytes())?;
        }
        anders => schrijver.write_event(anders)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut uit = String::new();
        assert!(!push_tekst(&mut uit, "a<b>&\"c\u{1}_x0041_\n", 100));
        assert_eq!(uit, "a&lt;b&gt;&amp;\"c_x0001__x005F_x0041_\n");
        let mut kort = String::new();
        assert!(push_tekst(&mut kort, "aé😀b", 3));
        assert_eq!(kort, "aé");
    }

    #[test]
    fn an_attribute_is_set_and_the_rest_stays() {
        let tag = BytesStart::from_content("x:c r='B2' t=\"s\" s=\"3\"", 3);
        assert_eq!(
            &*met(&tag, &[("s", Some("9"))]),
            "x:c r=\"B2\" t=\"s\" s=\"9\""
        );
        assert_eq!(&*met(&tag, &[("t", None)]), "x:c r=\"B2\" s=\"3\"");
    }

    #[test]
    fn an_empty_element_is_opened_to_add_to() {
        let uit = voeg_toe(b"<p:Types xmlns:p=\"t\"/>", "Types", |p| {
            format!("<{p}Default/>")
        })
        .unwrap();
        assert_eq!(uit, b"<p:Types xmlns:p=\"t\"><p:Default/></p:Types>");
    }
}
