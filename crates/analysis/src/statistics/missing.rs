//! How many there can be when some did not deliver.
//!
//! Owns the bounds for a count: nothing of the missing at the least, their usual volume at the most. Leaves which
//! aanbieders are missing in a gebied, and which are like them, to others. Shares and medians have no such bounds.

use super::days::DayCount;
use super::interval::Bounds;

/// What is known of the volume of an aanbieder that did not deliver.
#[derive(Debug, Clone, Copy)]
pub enum Volume<'a> {
    /// Its number of last year in this gebied, as published.
    LastYear(i64),
    /// Numbers (merged) of aanbieders of its kind in gebieden of this size.
    Like(&'a DayCount),
}

/// What the bounds are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To show: what is not known is the median of the like.
    Picture,
    /// To compare by: what is not known is the 90th percentile of the like.
    Verdict,
}

impl Purpose {
    fn quantile(self) -> f64 {
        match self {
            Self::Picture => 0.5,
            Self::Verdict => 0.9,
        }
    }
}

/// From `count` less `slack` to `count` plus `slack` plus the volumes of the missing, outward to multiples of
/// `slack + 1`: fives for a count that was rounded to fives (slack 4), whole numbers for an exact one (slack 0). Not
/// below 0. Without an upper limit where of one of the missing nothing is known.
pub fn missing_bounds(count: f64, slack: f64, missing: &[Volume<'_>], purpose: Purpose) -> Bounds {
    let base = slack + 1.0;
    let volumes: Option<f64> = missing.iter().map(|volume| volume.at_most(purpose)).sum();
    Bounds {
        onder: Some((((count - slack) / base).floor() * base).max(0.0)),
        boven: volumes.map(|more| ((count + slack + more) / base).ceil() * base),
    }
}

impl Volume<'_> {
    fn at_most(self, purpose: Purpose) -> Option<f64> {
        match self {
            Self::LastYear(number) => Some(number as f64),
            Self::Like(numbers) => numbers.quantile_of(purpose.quantile()),
        }
    }
}
