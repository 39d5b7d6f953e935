//! By which rule the counts of a publication were protected.
//!
//! Owns the rules that were ever used, their names, and how a publication tells which one it was. Leaves applying
//! today's to `disclosure`.

use serde_json::Value;

/// How counts were kept from telling of one child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProtectionRule {
    /// Every count is rounded at random to a multiple of 5: today's rule.
    Fives,
    /// Small counts are left out, and the others are exact: the rule before it.
    Threshold,
}

impl ProtectionRule {
    /// The rule of the publication with this `herkomst.json`. What does not say that it was rounded was not.
    pub fn of_provenance(provenance: &[u8]) -> Self {
        // What was rounded says by which key.
        let provenance = serde_json::from_slice(provenance).unwrap_or(Value::Null);
        if provenance["afronding"].is_object() {
            Self::Fives
        } else {
            Self::Threshold
        }
    }

    /// Its name in answers and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fives => "vijftallen",
            Self::Threshold => "drempel",
        }
    }

    /// Whether it is the rule of before.
    pub fn is_older(self) -> bool {
        self == Self::Threshold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_that_it_was_rounded_has_todays_rule() {
        let rule = |text: &str| ProtectionRule::of_provenance(text.as_bytes());
        assert_eq!(
            rule(r#"{"jaar":2020,"afronding":{"sleutel":"a"}}"#).name(),
            "vijftallen"
        );
        for older in [r#"{"jaar":2020}"#, r#"{"afronding":null}"#, "{}", "", "[1]"] {
            assert!(rule(older).is_older(), "{older}");
        }
    }
}
