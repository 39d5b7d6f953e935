//! Case-mix: what a gebied would have had if each of its strata did as that stratum does in the country.
//!
//! Owns indirect standardisation (Breslow and Day, Statistical Methods in Cancer Research II, 2.3): expected = Σ size ×
//! national rate, the ratio observed / expected and its limits. A ratio is compared with the country
//! (1), never with that of another gebied, because their strata weigh differently. Leaves making strata to SQL.

use super::interval::count_bounds;
use super::interval::{Bounds, Confidence};

/// Events and records of one stratum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stratum {
    /// Records that count.
    pub events: f64,
    /// All records.
    pub size: f64,
}

/// Expected events of a gebied from the sizes of its strata, each beside the same stratum of the country. A stratum that
/// the country does not have expects none. Over gebieden that together are the country the expected add up to the
/// observed.
pub fn expected(
    sizes: impl IntoIterator<Item = f64>,
    national: impl IntoIterator<Item = Stratum>,
) -> f64 {
    sizes
        .into_iter()
        .zip(national)
        .filter(|(_, stratum)| stratum.size > 0.0)
        .map(|(size, stratum)| size * stratum.events / stratum.size)
        .sum()
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
    /// How far the true number expected may be from it.
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
