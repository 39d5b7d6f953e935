//! What the numbers of an indicator are: counts of children, a share of them, an amount, or nothing of children.
//!
//! Owns reading that from the metadata, so that a pipeline need not say it twice. What is not known is treated as the
//! most sensitive kind.

use std::collections::HashMap;

use schema::Indicator;
use schema::indicator::Interval;

/// The kind of numbers in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aard {
    /// `teller` is a part of `noemer`, both count children.
    Aandeel,
    /// One of several codes that share out `noemer`, a row each.
    Verdeling,
    /// `teller` counts children; `noemer`, where there is one, is a reference number.
    Telling,
    /// `teller` and `noemer` both count children, neither part of the other.
    Verhouding,
    /// A quantile over `n` children.
    Dagen,
    /// `teller` and `noemer` are sums (euros, minutes, contacts) over `n` children.
    Bedrag,
    /// Nothing here counts children: aanbieders, voorzieningen, places.
    Vrij,
}

/// The kind of every indicator.
#[derive(Debug, Clone)]
pub(crate) struct Aarden(HashMap<String, Aard>);

impl Aarden {
    pub(crate) fn new(indicatoren: &[Indicator]) -> Self {
        Self(
            indicatoren
                .iter()
                .map(|indicator| (indicator.id.clone(), kind(indicator)))
                .collect(),
        )
    }

    pub(crate) fn of(&self, indicator: &str) -> Aard {
        self.0.get(indicator).copied().unwrap_or(Aard::Aandeel)
    }
}

/// Tables with one row per child, or that count children.
const OVER_KINDEREN: [&str; 2] = ["traject.", "wachtlijst."];

fn kind(indicator: &Indicator) -> Aard {
    if !indicator
        .velden
        .iter()
        .any(|veld| OVER_KINDEREN.iter().any(|tabel| veld.starts_with(tabel)))
    {
        return Aard::Vrij;
    }
    match indicator.interval {
        // A share of a code takes its own field as breakdown and knows no other.
        Interval::Wilson if indicator.uitsplitsingen.is_empty() => Aard::Verdeling,
        Interval::Wilson => Aard::Aandeel,
        Interval::Poisson => Aard::Telling,
        Interval::Orde | Interval::KaplanMeier => Aard::Dagen,
        Interval::Geen if is_amount(&indicator.eenheid) => Aard::Bedrag,
        Interval::Geen => Aard::Verhouding,
    }
}

fn is_amount(eenheid: &str) -> bool {
    ["euro", "minuten", "contacten"]
        .iter()
        .any(|woord| eenheid.starts_with(woord))
}
