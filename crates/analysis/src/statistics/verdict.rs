//! Whether a gebied differs from the country, and what the missing could do to that.
//!
//! Owns the rule of comparison: the gebied's own 99.8 % interval leaves the country's value out, and for what not
//! everybody delivered it does so whatever the missing did. Leaves the intervals to [`super::rounded`], which country's
//! value is compared with and the sentences to others.

use super::interval::{Bounds, Confidence};
use super::missing::{Purpose, Volume, missing_bounds};
use super::rounded::count_bounds;

/// How a figure stands beside the country's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// Clearly higher.
    Higher,
    /// Clearly lower.
    Lower,
    /// The interval holds the country's value: it can't be said.
    Undecided,
    /// It would be clear or not, or the other way, by what the missing did.
    DependsOnResponse,
}

/// Higher or lower when the 99.8 % interval leaves the country's value out; a limit that is not known leaves nothing
/// out.
pub fn verdict(bounds_998: Bounds, national: f64) -> Difference {
    if bounds_998.onder.is_some_and(|lower| lower > national) {
        Difference::Higher
    } else if bounds_998.boven.is_some_and(|upper| upper < national) {
        Difference::Lower
    } else {
        Difference::Undecided
    }
}

/// A rate: a count times a factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComparedRate {
    /// The count, as given.
    pub count: f64,
    /// How far the true one may be from it: 4 for one rounded to fives.
    pub slack: f64,
    /// Design effect of the count, at least 1.
    pub design_effect: f64,
    /// What makes a rate of a count, such as 1000 / inwoners. Above 0.
    pub factor: f64,
}

impl ComparedRate {
    /// The verdict beside the country's rate. Where aanbieders are missing, it must be the same at both ends of what
    /// they could have had, or it depends on the response.
    pub fn verdict(self, missing: &[Volume<'_>], national: f64) -> Difference {
        let of = |count: f64, slack: f64| {
            let bounds = count_bounds(count, slack, Confidence::P998, self.design_effect);
            verdict(bounds.scaled(self.factor), national)
        };
        if missing.is_empty() {
            return of(self.count, self.slack);
        }
        let ends = missing_bounds(self.count, self.slack, missing, Purpose::Verdict);
        let lowest = ends.onder.map_or(Difference::Lower, |count| of(count, 0.0));
        // Of whom nothing is known may have had any number.
        let highest = ends
            .boven
            .map_or(Difference::Higher, |count| of(count, 0.0));
        if lowest == highest {
            lowest
        } else {
            Difference::DependsOnResponse
        }
    }
}
