//! Who publishes the figures, and on what terms.
//!
//! Owns the name, the way to ask, the address, language and licence, and how a catalogue (DCAT) says them. Leaves where they come
//! from to the settings of the one who publishes.

use serde::{Deserialize, Serialize};

/// The language of what is published, by its address.
pub const LANGUAGE: &str = "<http://publications.europa.eu/resource/authority/language/NLD>";
/// The licence of what is published, by its address.
pub const LICENCE: &str = "<http://publications.europa.eu/resource/authority/licence/CC_BY_4_0>";
/// The licence in words.
pub const LICENCE_NAME: &str = "CC BY 4.0";

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    /// Its name.
    #[serde(rename = "naam", alias = "name")]
    pub name: String,
    /// Where questions go: an e-mail address, or that of a page.
    pub contact: Option<String>,
    /// Where the service is reached from outside, as in `https://omgang.example`.
    #[serde(rename = "adres", alias = "address")]
    pub address: Option<String>,
}

impl Default for Publisher {
    fn default() -> Self {
        Self {
            name: "Omgangsmonitor".to_owned(),
            contact: None,
            address: None,
        }
    }
}

impl Publisher {
    /// What keeps it from being published as it is; nothing when it is fine.
    pub fn defect(&self) -> Option<&'static str> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|^`\\".contains(c);
        let name = self.name.trim();
        if name.is_empty() || name.chars().any(char::is_control) {
            return Some("publisher.name is no name on one line");
        }
        let contact = self.contact.as_deref();
        let reachable = |to: &str| to.starts_with("https://") || to.contains('@');
        if contact.is_some_and(|to| to.contains(bad) || !reachable(to)) {
            return Some("publisher.contact is no e-mail address, and no page with https://");
        }
        None
    }

    /// Where questions go, as a link.
    pub fn contact_link(&self) -> Option<String> {
        let contact = self.contact.as_deref()?;
        Some(if contact.starts_with("https://") {
            contact.to_owned()
        } else {
            format!("mailto:{contact}")
        })
    }

    /// As `<#uitgever>` and `<#contact>`, for a catalogue in Turtle with the prefixes foaf and vcard.
    pub fn turtle(&self) -> String {
        let name = turtle_text(&self.name);
        let reach = match (self.contact_link(), &self.contact) {
            (Some(link), Some(contact)) if link != *contact => format!("vcard:hasEmail <{link}>"),
            (Some(link), _) => format!("vcard:hasURL <{link}>"),
            (None, _) => "vcard:hasURL </>".to_owned(),
        };
        format!(
            "<#uitgever> a foaf:Agent ; foaf:name {name}@nl .\n<#contact> a vcard:Kind, vcard:Organization ; vcard:fn {name} ; {reach} .\n"
        )
    }
}

/// A text between quotes, as Turtle writes it.
pub fn turtle_text(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('\n', "\\n").replace('\r', "\\r"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_does_not_end_before_its_end() {
        assert_eq!(turtle_text("a \"b\" \\ c\n"), r#""a \"b\" \\ c\n""#);
    }

    /// What would break out of an address in a catalogue or on a page is refused.
    #[test]
    fn who_to_ask_is_an_address_and_nothing_else() {
        let with = |contact: &str| Publisher {
            contact: Some(contact.to_owned()),
            ..Publisher::default()
        };
        for (contact, turtle) in [
            ("vraag@a.example", "vcard:hasEmail <mailto:vraag@a.example>"),
            (
                "https://a.example/vraag",
                "vcard:hasURL <https://a.example/vraag>",
            ),
        ] {
            assert_eq!(with(contact).defect(), None);
            assert!(with(contact).turtle().contains(turtle));
        }
        for contact in [
            "",
            "bel ons",
            "a@b> .",
            "javascript:x",
            "http://a.example",
            "a@b\n",
        ] {
            assert!(with(contact).defect().is_some(), "{contact:?}");
        }
        assert!(Publisher::default().turtle().contains("vcard:hasURL </>"));
    }
}
