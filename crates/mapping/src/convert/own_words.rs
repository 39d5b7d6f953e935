//! The aanbieder's own words for codes, from the koppeling.
//!
//! Owns finding a word as it stands or but for its spelling. Leaves words that the koppeling does not name to
//! `code_words`.

use std::collections::BTreeMap;

use crate::normalise::normal;

/// The aanbieder's own words, from the koppeling.
#[derive(Debug, Default)]
pub(crate) struct Own {
    exact: BTreeMap<String, String>,
    normalised: BTreeMap<String, String>,
}

impl Own {
    /// The words that the koppeling gives for a field.
    pub(crate) fn new(values: Option<&BTreeMap<String, String>>) -> Self {
        let exact = values.cloned().unwrap_or_default();
        let mut normalised: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (word, code) in &exact {
            // Of two words that only differ in spelling and mean something else, neither speaks for a third.
            let same = normalised
                .entry(normal(word))
                .or_insert_with(|| Some(code.clone()));
            if same.as_ref() != Some(code) {
                *same = None;
            }
        }
        // Signs alone (`?`, `-`) have no spelling to take away, and a question mark is no spelling but doubt.
        normalised.remove("");
        let normalised = normalised
            .into_iter()
            .filter_map(|(word, code)| Some((word, code?)))
            .collect();
        Self { exact, normalised }
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.exact.is_empty()
    }

    /// What a value stands for, where the koppeling says so.
    pub(crate) fn get(&self, value: &str) -> Option<&str> {
        let in_spelling = || {
            if value.contains('?') {
                None
            } else {
                self.normalised.get(&normal(value))
            }
        };
        self.exact
            .get(value)
            .or_else(in_spelling)
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_no_spelling() {
        let own = |pairs: &[(&str, &str)]| {
            Own::new(Some(
                &pairs
                    .iter()
                    .map(|(w, c)| ((*w).to_owned(), (*c).to_owned()))
                    .collect(),
            ))
        };
        let dashes = own(&[
            ("…", "bij_ouder"),
            ("?", "onbekend"),
            ("Oma & opa", "bij_familie"),
        ]);
        assert_eq!((dashes.get("-"), dashes.get("?")), (None, Some("onbekend")));
        assert_eq!(
            (dashes.get("oma en opa"), dashes.get("oma en opa?")),
            (Some("bij_familie"), None)
        );
        let twee = own(&[
            ("A/B", "ene"),
            ("A+B", "andere"),
            ("C-D", "ene"),
            ("C D", "ene"),
        ]);
        assert_eq!(
            (twee.get("A B"), twee.get("A-B"), twee.get("c/d")),
            (Some("ene"), Some("ene"), Some("ene"))
        );
        let conflicting = own(&[("A-B", "ene"), ("A/B", "andere")]);
        assert_eq!(
            (conflicting.get("A B"), conflicting.get("A/B")),
            (None, Some("andere"))
        );
    }
}
