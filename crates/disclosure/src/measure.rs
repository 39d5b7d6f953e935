//! What the numbers of an indicator are: counts of children, a share of them, an amount, or nothing of children.
//!
//! Owns which protection goes with the kind that an indicator declares. A figure of an indicator that is not known is
//! treated as the most sensitive kind.

use std::collections::HashMap;

use schema::Indicator;
use schema::indicator::Kind;

/// The kind of numbers in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// `teller` is a part of `noemer`, both count children.
    Aandeel,
    /// One of several codes that share out `noemer`, a row each.
    Verdeling,
    /// `teller` counts children; `noemer`, where there is one, is a reference number.
    Telling,
    /// `teller` and `noemer` both count children, neither part of the other.
    Verhouding,
    /// A quantile over `n` children.
    Days,
    /// `teller` and `noemer` are sums (euros, minutes, contacts) over `n` children.
    Amount,
    /// Nothing here counts children: aanbieders, voorzieningen, places.
    Free,
}

/// The kind of every indicator.
#[derive(Debug, Clone)]
pub(crate) struct Measures(HashMap<String, Measure>);

impl Measures {
    pub(crate) fn new(indicators: &[Indicator]) -> Self {
        Self(
            indicators
                .iter()
                .map(|indicator| (indicator.id.clone(), of_kind(indicator.kind)))
                .collect(),
        )
    }

    pub(crate) fn of(&self, indicator: &str) -> Measure {
        self.0.get(indicator).copied().unwrap_or(Measure::Aandeel)
    }
}

/// How a declared kind is protected.
fn of_kind(kind: Kind) -> Measure {
    match kind {
        Kind::Count | Kind::Rate => Measure::Telling,
        Kind::Share => Measure::Aandeel,
        Kind::Distribution => Measure::Verdeling,
        Kind::Ratio | Kind::Extreme => Measure::Verhouding,
        Kind::Quantile | Kind::Curve => Measure::Days,
        Kind::Mean | Kind::Minutes | Kind::Money => Measure::Amount,
        Kind::Places | Kind::Public => Measure::Free,
    }
}
