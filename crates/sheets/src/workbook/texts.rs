//! The texts of an Excel workbook that its cells point at.
//!
//! Owns reading them into one buffer and Excel's own way of writing a character. Leaves the cells to `sheet`.

use std::io::BufRead;

use quick_xml::events::Event;

use crate::xml::{Broken, Vorm, Xml, push_entity};

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

pub(super) fn shared_strings(mut xml: Xml<impl BufRead>) -> Result<Teksten, Broken> {
    let mut uit = Teksten::default();
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

#[cfg(test)]
mod tests {
    use super::*;

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
