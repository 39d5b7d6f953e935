//! The small change of writing XML: attributes, escapes, and adding to the end of an element.
//!
//! Owns how text from a file gets into XML without being able to be anything but text. Names are compared without
//! their prefix, and what is added takes the prefix of what stands there. Leaves the meaning of parts to the others.

use std::fmt::Write as _;

use quick_xml::Writer;
use quick_xml::events::{BytesStart, Event};

use super::AnnotateError;
use crate::xml::{WorkbookKind, Xml};

/// The tag with some attributes set or (with `None`) taken out; the others stay as they are.
pub(super) fn met(tag: &BytesStart<'_>, changes: &[(&str, Option<&str>)]) -> BytesStart<'static> {
    let name = tag.name().into_inner().to_owned();
    let mut out = name.clone();
    let mut set = |key: &str, value: &str| {
        let _ = write!(out, " {key}=\"{}\"", value.replace('"', "&quot;"));
    };
    let mut attributes = tag.attributes();
    for attribute in attributes.with_checks(false).flatten() {
        let key = attribute.key.into_inner();
        if !changes.iter().any(|(s, _)| *s == key) {
            set(key, &attribute.value);
        }
    }
    for (key, value) in changes {
        if let Some(value) = value {
            set(key, &escape(value));
        }
    }
    BytesStart::from_content(out, name.len())
}

/// What stands before the local name: `x:`, or nothing.
pub(super) fn prefix(tag: &BytesStart<'_>) -> String {
    tag.name()
        .prefix()
        .map_or_else(String::new, |p| format!("{}:", p.into_inner()))
}

/// Text for an attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            character if invalid(character) => out.push('\u{fffd}'),
            character => out.push(character),
        }
    }
    out
}

/// Text for a cell or a note: characters that XML lacks in Excel's own way (`_x001F_`), and text that looks like that
/// protected. At most as long as Excel takes; true when something was cut off.
pub(super) fn push_text(out: &mut String, text: &str, longest: usize) -> bool {
    let mut length = 0;
    for (place, character) in text.char_indices() {
        length += character.len_utf16();
        if length > longest {
            return true;
        }
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '_' if is_code(&text.as_bytes()[place..]) => out.push_str("_x005F_"),
            character if invalid(character) => {
                let _ = write!(out, "_x{:04X}_", u32::from(character));
            }
            character => out.push(character),
        }
    }
    false
}

fn invalid(character: char) -> bool {
    (character < ' ' && character != '\t' && character != '\n')
        || matches!(character, '\u{fffe}' | '\u{ffff}')
}

fn is_code(bytes: &[u8]) -> bool {
    bytes.len() >= 7
        && bytes[1] == b'x'
        && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
        && bytes[6] == b'_'
}

/// Longest text of a cell or note, in UTF-16 units.
pub(super) const CELL_TEXT: usize = 32_767;

/// A part with `extra` added at the end of its first element of this name; `extra` is told the prefix to use.
pub(super) fn append(
    xml: &[u8],
    parent: &str,
    extra: impl FnOnce(&str) -> String,
) -> Result<Vec<u8>, AnnotateError> {
    let mut extra = Some(extra);
    let mut reader = Xml::from_buffer(xml, WorkbookKind::Xlsx);
    let mut writer = Writer::new(Vec::with_capacity(xml.len() + 512));
    loop {
        match reader.next()? {
            Event::Eof => break,
            Event::Empty(tag) if extra.is_some() && tag.local_name().into_inner() == parent => {
                let text = extra.take().map(|f| f(&prefix(&tag))).unwrap_or_default();
                writer.write_event(Event::Start(tag.borrow()))?;
                writer.get_mut().extend_from_slice(text.as_bytes());
                writer.write_event(Event::End(tag.to_end()))?;
            }
            Event::End(tag) if extra.is_some() && tag.local_name().into_inner() == parent => {
                let before = tag
                    .name()
                    .prefix()
                    .map_or_else(String::new, |p| format!("{}:", p.into_inner()));
                let text = extra.take().map(|f| f(&before)).unwrap_or_default();
                writer.get_mut().extend_from_slice(text.as_bytes());
                writer.write_event(Event::End(tag))?;
            }
            others => copy(&mut writer, others)?,
        }
    }
    if extra.is_some() {
        Err(AnnotateError::Structure)
    } else {
        Ok(writer.into_inner())
    }
}

/// Writes an event as it was; the encoding is always UTF-8 by now.
pub(super) fn copy<W: std::io::Write>(
    writer: &mut Writer<W>,
    event: Event<'_>,
) -> Result<(), AnnotateError> {
    match event {
        Event::Decl(declaration)
            if declaration
                .encoding()
                .is_some_and(|e| e.is_ok_and(|e| !e.eq_ignore_ascii_case("utf-8"))) =>
        {
            writer.get_mut().write_all(super::HEADER.as_bytes())?;
        }
        others => writer.write_event(others)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut out = String::new();
        assert!(!push_text(&mut out, "a<b>&\"c\u{1}_x0041_\n", 100));
        assert_eq!(out, "a&lt;b&gt;&amp;\"c_x0001__x005F_x0041_\n");
        let mut short = String::new();
        assert!(push_text(&mut short, "aé😀b", 3));
        assert_eq!(short, "aé");
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
        let out = append(b"<p:Types xmlns:p=\"t\"/>", "Types", |p| {
            format!("<{p}Default/>")
        })
        .unwrap();
        assert_eq!(out, b"<p:Types xmlns:p=\"t\"><p:Default/></p:Types>");
    }
}
