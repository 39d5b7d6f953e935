//! What a person says by name before a levering takes the place of the one that counts.
//!
//! Owns the closed list and its names, the same in register, API, page and command. Leaves when one is needed to
//! `lake`, and the sentences to `ingest`.

use serde::{Deserialize, Serialize};

/// Something that may be lost when a levering replaces another, and that must be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// Another key of pseudonyms: no traject can be recognised.
    AndereSleutel,
    /// A tabel with less than half of its rows.
    MinderRijen,
    /// A tabel that had rows has none any more.
    MinderTabellen,
}

impl Confirmation {
    /// Every one, in the order in which they are asked.
    pub const ALL: [Self; 3] = [Self::AndereSleutel, Self::MinderRijen, Self::MinderTabellen];

    /// The name by which it is confirmed.
    pub fn name(self) -> &'static str {
        match self {
            Self::AndereSleutel => "andere_sleutel",
            Self::MinderRijen => "minder_rijen",
            Self::MinderTabellen => "minder_tabellen",
        }
    }

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_what_travels() {
        for confirmation in Confirmation::ALL {
            let json = serde_json::to_value(confirmation).unwrap();
            assert_eq!(json, confirmation.name());
            assert_eq!(Confirmation::parse(confirmation.name()), Some(confirmation));
        }
        assert_eq!(Confirmation::parse("ja"), None);
    }
}
