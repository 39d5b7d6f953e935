//! Whether a gebied differs from the country, and what the missing could do to that.
//!
//! Owns the rule of comparison: the gebied's own 99.8 % interval leaves the country's value out, and for what not
//! everybody delivered it does so whatever the missing did. Leaves the intervals to [`super::interval`], which country's
//! value is compared with and the sentences to others.

use schema::Comparison;

use super::interval::count_bounds;
use super::interval::{Bounds, Confidence};
use super::missing::missing_bounds;

/// Higher or lower when the 99.8 % interval leaves the country's value out; a limit that is not known leaves nothing
/// out.
pub fn verdict(bounds_998: Bounds, national: f64) -> Comparison {
    if bounds_998.onder.is_some_and(|lower| lower > national) {
        Comparison::Higher
    } else if bounds_998.boven.is_some_and(|upper| upper < national) {
        Comparison::Lower
    } else {
        Comparison::Undecided
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
    /// The verdict beside the country's rate. Where aanbieders are missing, which could have brought so many, it must be
    /// the same at both ends of what is possible, or it depends on the response.
    pub fn verdict(self, missing: f64, national: f64) -> Comparison {
        let of = |count: f64, slack: f64| {
            let bounds = count_bounds(count, slack, Confidence::P998, self.design_effect);
            verdict(bounds.scaled(self.factor), national)
        };
        if missing <= 0.0 {
            return of(self.count, self.slack);
        }
        let ends = missing_bounds(self.count, self.slack, missing);
        let at = |end: Option<f64>| of(end.unwrap_or(self.count), 0.0);
        let (lowest, highest) = (at(ends.onder), at(ends.boven));
        if lowest == highest {
            lowest
        } else {
            Comparison::DependsOnResponse
        }
    }
}
