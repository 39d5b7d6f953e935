//! The texts of an Excel workbook that its cells point at.
//!
//! Owns reading them into one buffer and Excel's own way of writing a character. Leaves the cells to `sheet`.

use std::io::BufRead;

use quick_xml::events::Event;

use crate::xml::{Broken, WorkbookKind, Xml, push_entity};

/// The texts that cells point at, in one buffer.
#[derive(Default)]
pub(super) struct SharedTexts {
    tekst: String,
    ends: Vec<usize>,
}

impl SharedTexts {
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let tot = *self.ends.get(index)?;
        let van = index.checked_sub(1).map_or(0, |i| self.ends[i]);
        Some(&self.tekst[van..tot])
    }
}

pub(super) fn shared_strings(mut xml: Xml<impl BufRead>) -> Result<SharedTexts, Broken> {
    let mut out = SharedTexts::default();
    // A piece of text counts, unless it says how another one is pronounced.
    let (mut in_text, mut phonetic) = (false, false);
    let mut loose = String::new();
    loop {
        match xml.next()? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_text = !phonetic,
                "rPh" => phonetic = true,
                "si" => loose.clear(),
                _ => {}
            },
            Event::Empty(tag) if tag.local_name().as_ref() == "si" => {
                out.ends.push(out.tekst.len());
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => phonetic = false,
                "si" => {
                    push_unescaped(&mut out.tekst, &loose);
                    out.ends.push(out.tekst.len());
                }
                _ => {}
            },
            Event::Text(text) if in_text => loose.push_str(&text.into_inner()),
            Event::CData(text) if in_text => loose.push_str(&text.into_inner()),
            Event::GeneralRef(reference) if in_text => {
                push_entity(&mut loose, &reference, WorkbookKind::Xlsx)?;
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// Adds a text in which Excel wrote a character as `_x000D_`.
pub(super) fn push_unescaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(place) = rest.find("_x") {
        let code = rest
            .get(place + 2..place + 7)
            .filter(|c| c.ends_with('_'))
            .and_then(|c| u32::from_str_radix(&c[..4], 16).ok());
        match code.and_then(char::from_u32) {
            Some(character) => {
                out.push_str(&rest[..place]);
                out.push(character);
                rest = &rest[place + 7..];
            }
            None => {
                out.push_str(&rest[..place + 2]);
                rest = &rest[place + 2..];
            }
        }
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters() {
        let lees = |t: &str| {
            let mut out = String::new();
            push_unescaped(&mut out, t);
            out
        };
        assert_eq!(lees("a_x000D_b"), "a\rb");
        assert_eq!(lees("_x005F_x000D_"), "_x000D_");
        assert_eq!(lees("max_x_é_xzzzz_"), "max_x_é_xzzzz_");
        assert_eq!(lees("_x00"), "_x00");
        assert_eq!(lees("_xé1234"), "_xé1234");
    }
}
