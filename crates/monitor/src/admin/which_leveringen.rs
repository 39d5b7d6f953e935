//! Which leveringen a beheerder means, and how one is told of in a list.

use anyhow::Result;
use clap::Args;
use lake::{Levering, LeveringId};

/// Which leveringen.
#[derive(Debug, Args)]
pub struct Which {
    /// Ids of leveringen
    #[arg(required_unless_present = "all")]
    leveringen: Vec<String>,
    /// All that can be
    #[arg(long, conflicts_with = "leveringen")]
    all: bool,
}

impl Which {
    /// The ids as typed, or all of `candidates`.
    pub(super) fn of(&self, candidates: &[Levering]) -> Result<Vec<LeveringId>> {
        if self.all {
            return Ok(candidates.iter().map(|levering| levering.id).collect());
        }
        self.leveringen.iter().map(|id| parse_id(id)).collect()
    }
}

/// The columns that say which levering it is.
pub(super) const DESCRIBED: [&str; 5] = ["levering", "kvk", "uitvraag", "jaar", "toestand"];

pub(super) fn described(levering: &Levering) -> Vec<String> {
    vec![
        levering.id.to_string(),
        levering.kvk.clone(),
        levering.uitvraag.clone(),
        levering.jaar.to_string(),
        levering.toestand.name().to_owned(),
    ]
}

/// The id of a levering, as somebody typed it.
pub(crate) fn parse_id(text: &str) -> Result<LeveringId> {
    text.parse()
        .map_err(|_| anyhow::anyhow!("`{text}` is no id of a levering"))
}
