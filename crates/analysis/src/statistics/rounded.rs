//! Limits of shares and counts whose numbers were rounded and whose records come in clusters.
//!
//! Owns how rounding widens an interval and how a design effect does. `slack` is how far a true number may lie from
//! the given one: 4 for counts rounded at random to fives (less than 5 away), 0 for exact ones. A design effect is at
//! least 1; what is below counts as 1. At 95 % the limits are the usual approximations, at 99.8 %, by which gebieden
//! are compared, the exact ones. Leaves the formulas to [`super::interval`], the design effect to [`super::cluster`].

use super::interval::{Bounds, Confidence, byar, exact_poisson, exact_share, wilson};

/// From this (effective) count on Byar's approximation is shown; below it the exact limits.
const BYAR_FROM: f64 = 10.0;

/// What is expected as it may be shown: the nearest multiple of five, and how far what is true may be from it.
pub fn in_fives(expected: f64) -> (f64, f64) {
    ((expected / 5.0).round() * 5.0, 2.5)
}

/// Limits of a share, from 0 to 1: the outermost of the method's limits over numerators within `slack` (from 0 to the
/// whole denominator) and denominators within `slack`, each on the effective numbers, divided by `design_effect`.
/// Wilson at 95 %, exact binomial (Clopper-Pearson) at 99.8 %. `None` for a denominator of 0.
///
/// A limit rises with the numerator and falls with the denominator, so the outermost are at the corners.
pub fn share_bounds(
    numerator: f64,
    denominator: f64,
    slack: f64,
    confidence: Confidence,
    design_effect: f64,
) -> Option<Bounds> {
    if denominator <= 0.0 {
        return None;
    }
    let at = |x: f64, n: f64| {
        let effect = design_effect.max(1.0);
        let x = x.clamp(0.0, n);
        match confidence {
            Confidence::P95 => wilson(x / effect, n / effect, confidence),
            Confidence::P998 => exact_share(x / effect, n / effect, confidence),
        }
    };
    let lowest = at(numerator - slack, denominator + slack)?;
    let fewest = (denominator - slack).max(0.0);
    // With nothing left in the denominator anything may be true.
    let highest = at(numerator + slack, fewest).unwrap_or(Bounds::new(0.0, 1.0));
    Some(Bounds {
        onder: lowest.onder,
        boven: highest.boven,
    })
}

/// Limits of a count (not below 0): the outermost of the method's limits over counts within `slack`, each on the
/// effective count, divided by `design_effect` and multiplied back. At 95 % exact Poisson below an effective count of
/// 10 and Byar from there, at 99.8 % exact Poisson.
pub fn count_bounds(count: f64, slack: f64, confidence: Confidence, design_effect: f64) -> Bounds {
    let effect = design_effect.max(1.0);
    let at = |count: f64| one_count(count.max(0.0) / effect, confidence).scaled(effect);
    Bounds {
        onder: at(count - slack).onder,
        boven: at(count + slack).boven,
    }
}

fn one_count(count: f64, confidence: Confidence) -> Bounds {
    match confidence {
        Confidence::P998 => exact_poisson(count, confidence),
        Confidence::P95 if count >= BYAR_FROM => byar(count, confidence),
        // The approximation starts a hair lower than the exact limits end, and a limit may not fall as the count
        // rises.
        Confidence::P95 => lower_of(
            exact_poisson(count, confidence),
            byar(BYAR_FROM, confidence),
        ),
    }
}

fn lower_of(one: Bounds, other: Bounds) -> Bounds {
    let lower = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a.min(b));
    Bounds {
        onder: lower(one.onder, other.onder),
        boven: lower(one.boven, other.boven),
    }
}
