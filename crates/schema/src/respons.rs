//! What becomes of an aanbieder from whom a levering is expected.
//!
//! Owns the closed set of outcomes and which of them are response. Leaves finding the outcome to `lake`.

use serde::{Deserialize, Serialize};

/// What became of an expected aanbieder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A signed levering counts.
    Geleverd,
    /// A signed nulopgave counts.
    Nulopgave,
    /// It stopped.
    Gestopt,
    /// It refused.
    Geweigerd,
    /// Nothing (signed) came.
    Onbekend,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] = [
        Self::Geleverd,
        Self::Nulopgave,
        Self::Gestopt,
        Self::Geweigerd,
        Self::Onbekend,
    ];

    /// The name in tables and pages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Geleverd => "geleverd",
            Self::Nulopgave => "nulopgave",
            Self::Gestopt => "gestopt",
            Self::Geweigerd => "geweigerd",
            Self::Onbekend => "onbekend",
        }
    }

    /// The outcome of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    /// Whether it counts as response: a levering or a nulopgave.
    pub fn is_respons(self) -> bool {
        matches!(self, Self::Geleverd | Self::Nulopgave)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_found_back_by_its_name_and_only_two_are_response() {
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.name()), Some(outcome));
            let json = serde_json::to_string(&outcome).unwrap();
            assert_eq!(json, format!("\"{}\"", outcome.name()));
        }
        assert_eq!(Outcome::parse("verwacht"), None);
        let response = Outcome::ALL.into_iter().filter(|o| o.is_respons());
        assert!(response.eq([Outcome::Geleverd, Outcome::Nulopgave]));
    }
}
