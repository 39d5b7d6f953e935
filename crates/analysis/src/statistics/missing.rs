//! How many there can be when some did not deliver.
//!
//! Owns the bounds for a count: nothing of the missing at the least, what they could have brought at the most. Leaves who
//! is missing, and what those like them bring, to the callers. Shares and medians have no such bounds.

use super::interval::Bounds;

/// From `count` less `slack` to `count` plus `slack` plus what the `missing` could have brought, outward to multiples of
/// `slack + 1`: fives for a count that was rounded to fives (slack 4), whole numbers for an exact one (slack 0). Not
/// below 0.
pub fn missing_bounds(count: f64, slack: f64, missing: f64) -> Bounds {
    let base = slack + 1.0;
    Bounds::new(
        (((count - slack) / base).floor() * base).max(0.0),
        ((count + slack + missing) / base).ceil() * base,
    )
}
