//! The aanbieder's own words for codes, from the koppeling.
//!
//! Owns finding a word as it stands or but for its spelling. Leaves words that the koppeling does not name to
//! `code_words`.

use std::collections::BTreeMap;

use crate::normalise::normal;

/// The aanbieder's own words, from the koppeling.
#[derive(Debug, Default)]
pub(crate) struct Eigen {
    precies: BTreeMap<String, String>,
    genormaliseerd: BTreeMap<String, String>,
}

impl Eigen {
    /// The words that the koppeling gives for a field.
    pub(crate) fn new(waarden: Option<&BTreeMap<String, String>>) -> Self {
        let precies = waarden.cloned().unwrap_or_default();
        let mut genormaliseerd: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (woord, code) in &precies {
            // Of two words that only differ in spelling and mean something else, neither speaks for a third.
            let zelfde = genormaliseerd
                .entry(normal(woord))
                .or_insert_with(|| Some(code.clone()));
            if zelfde.as_ref() != Some(code) {
                *zelfde = None;
            }
        }
        // Signs alone (`?`, `-`) have no spelling to take away, and a question mark is no spelling but doubt.
        genormaliseerd.remove("");
        let genormaliseerd = genormaliseerd
            .into_iter()
            .filter_map(|(woord, code)| Some((woord, code?)))
            .collect();
        Self {
            precies,
            genormaliseerd,
        }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.precies.is_empty()
    }

    /// What a value stands for, where the koppeling says so.
    pub(crate) fn get(&self, waarde: &str) -> Option<&str> {
        let in_spelling = || {
            if waarde.contains('?') {
                None
            } else {
                self.genormaliseerd.get(&normal(waarde))
            }
        };
        self.precies
            .get(waarde)
            .or_else(in_spelling)
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_no_spelling() {
        let eigen = |paren: &[(&str, &str)]| {
            Eigen::new(Some(
                &paren
                    .iter()
                    .map(|(w, c)| ((*w).to_owned(), (*c).to_owned()))
                    .collect(),
            ))
        };
        let streepjes = eigen(&[
            ("…", "bij_ouder"),
            ("?", "onbekend"),
            ("Oma & opa", "bij_familie"),
        ]);
        assert_eq!(
            (streepjes.get("-"), streepjes.get("?")),
            (None, Some("onbekend"))
        );
        assert_eq!(
            (streepjes.get("oma en opa"), streepjes.get("oma en opa?")),
            (Some("bij_familie"), None)
        );
        let twee = eigen(&[
            ("A/B", "ene"),
            ("A+B", "andere"),
            ("C-D", "ene"),
            ("C D", "ene"),
        ]);
        assert_eq!(
            (twee.get("A B"), twee.get("A-B"), twee.get("c/d")),
            (Some("ene"), Some("ene"), Some("ene"))
        );
        let strijdig = eigen(&[("A-B", "ene"), ("A/B", "andere")]);
        assert_eq!(
            (strijdig.get("A B"), strijdig.get("A/B")),
            (None, Some("andere"))
        );
    }
}
