//! Case-mix: what a gebied would have had if each of its strata did as that stratum does in the country.
//!
//! Owns indirect standardisation (Breslow and Day, Statistical Methods in Cancer Research II, 2.3): expected = Σ size ×
//! national rate, the ratio observed / expected and its limits. A ratio is compared with the country
//! (1), never with that of another gebied, because their strata weigh differently. Leaves making strata to SQL.

use std::collections::BTreeMap;

use super::interval::{Bounds, Confidence};
use super::rounded::count_bounds;

/// Events and records of one stratum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stratum {
    /// Records that count.
    pub events: f64,
    /// All records.
    pub size: f64,
}

/// The strata of the country: the sums over all gebieden.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NationalStrata<K> {
    strata: BTreeMap<K, Stratum>,
}

impl<K: Ord> NationalStrata<K> {
    /// Adds a stratum of a gebied.
    pub fn add(&mut self, key: K, stratum: Stratum) {
        let sum = self.strata.entry(key).or_default();
        sum.events += stratum.events;
        sum.size += stratum.size;
    }

    /// Expected events of a gebied from the sizes of its strata. A stratum that the country does not have expects
    /// none. Over gebieden that together are the country the expected add up to the observed.
    pub fn expected<'a>(&self, sizes: impl IntoIterator<Item = (&'a K, f64)>) -> f64
    where
        K: 'a,
    {
        sizes
            .into_iter()
            .filter_map(|(key, size)| Some((self.strata.get(key)?, size)))
            .filter(|(stratum, _)| stratum.size > 0.0)
            .map(|(stratum, size)| size * stratum.events / stratum.size)
            .sum()
    }
}

/// Observed against expected, each known to within a slack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseMix {
    /// Events seen.
    pub observed: f64,
    /// Events expected.
    pub expected: f64,
    /// How far the true number seen may be from it.
    pub observed_slack: f64,
    /// How far the true number expected may be from it: 5 for one rounded to fives, for it need not be whole.
    pub expected_slack: f64,
}

impl CaseMix {
    /// Observed / expected; `None` where none are expected.
    pub fn ratio(self) -> Option<f64> {
        (self.expected > 0.0).then(|| self.observed / self.expected)
    }

    /// Limits of the ratio: those of the observed count (see [`count_bounds`]) against the expected, the outermost over
    /// both slacks. `None` where none are expected; without an upper limit where that may be so.
    pub fn bounds(self, confidence: Confidence, design_effect: f64) -> Option<Bounds> {
        self.ratio()?;
        let observed = count_bounds(
            self.observed,
            self.observed_slack,
            confidence,
            design_effect,
        );
        let most = self.expected + self.expected_slack;
        let fewest = self.expected - self.expected_slack;
        Some(Bounds {
            onder: observed.onder.map(|lower| lower / most),
            boven: observed
                .boven
                .filter(|_| fewest > 0.0)
                .map(|upper| upper / fewest),
        })
    }
}
