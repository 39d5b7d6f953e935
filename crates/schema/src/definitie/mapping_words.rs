//! Words of the field of work, by which columns and values that an aanbieder named itself are recognised.
//!
//! Owns the section `[koppelwoorden]` of a definition: what words mean in this uitvraag and not in Dutch at large. Leaves
//! the names of fields and codes to those, and what words of everyday Dutch mean to `mapping`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::Definitie;

/// The words of `[koppelwoorden]`: in lower case, without accents.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MappingWords {
    /// Words in a header that add nothing to the name of a field: everything in the file is about them.
    #[serde(rename = "zegt_niets")]
    pub neutral: Vec<String>,
    /// Words in a header that make it another field: someone else's, or of another time.
    #[serde(rename = "iets_anders")]
    pub changing: Vec<String>,
    /// Words in the header of a number that make it count over another time than the year, or something else.
    #[serde(rename = "telt_anders")]
    pub counting_otherwise: Vec<String>,
    /// Words of columns that no uitvraag asks: a header of these alone is left out without a question.
    #[serde(rename = "nooit_gevraagd")]
    pub never_asked: Vec<String>,
    /// Short forms in headers, with what they stand for.
    #[serde(rename = "afkortingen")]
    pub abbreviations: BTreeMap<String, String>,
    /// Words in a cell that never choose a code: they say that it is over, not why or how.
    #[serde(rename = "kiest_niets")]
    pub vague: Vec<String>,
    /// Codes that stand in lists of many kinds, and so say nothing of what a column is about.
    #[serde(rename = "algemene_codes")]
    pub general_codes: Vec<String>,
}

impl MappingWords {
    /// A word has one meaning, and a general code is a code.
    pub(super) fn verify(&self, definitie: &Definitie) -> Result<(), String> {
        let words = self.neutral.iter().chain(&self.changing);
        let mut seen = BTreeSet::new();
        for word in words.chain(self.abbreviations.keys()) {
            if !seen.insert(word) {
                return Err(format!("[koppelwoorden] holds `{word}` twice"));
            }
        }
        let all = seen
            .into_iter()
            .chain(&self.vague)
            .chain(&self.counting_otherwise)
            .chain(&self.never_asked);
        for word in all.chain(self.abbreviations.values()) {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            if word.is_empty() || !word.chars().all(plain) {
                return Err(format!(
                    "[koppelwoorden]: `{word}` is not one word of a-z and 0-9"
                ));
            }
        }
        for code in &self.general_codes {
            let mut lists = definitie.codelijsten.values();
            if !lists.any(|list| list.code(code).is_some()) {
                return Err(format!("[koppelwoorden]: `{code}` is in no code list"));
            }
        }
        Ok(())
    }
}
