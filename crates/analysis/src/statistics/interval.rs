//! Intervals: Wilson and the exact one for shares, exact Poisson and Byar for counts.
//!
//! Owns the two levels of confidence in use (95 % is shown, 99.8 % decides whether a gebied differs), which method a share
//! or count gets at each ([`share_bounds`], [`count_bounds`]: at 95 % the usual approximations, at 99.8 % the exact ones),
//! and how rounding and a design effect widen its limits. `slack` is how far a true number may lie from the given one: 4
//! for counts rounded at random to fives (less than 5 away), 0 for exact ones. A design effect is at least 1; what is below
//! counts as 1. Leaves the design effect to [`super::cluster`], order statistics to [`super::quantiles`] and survival
//! curves to [`super::survival`].

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;

use super::special::{Beta, Gamma};

/// A level of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// 95 %: what is shown.
    P95,
    /// 99.8 %: what a word such as *duidelijk hoger* needs.
    P998,
}

impl Confidence {
    /// Standard normal quantile at `1 - alpha / 2`.
    pub fn z(self) -> f64 {
        match self {
            Self::P95 => 1.959_963_984_540_054,
            Self::P998 => 3.090_232_306_167_813_5,
        }
    }

    /// Probability outside the interval, both sides together.
    pub fn alpha(self) -> f64 {
        match self {
            Self::P95 => 0.05,
            Self::P998 => 0.002,
        }
    }
}

/// Lower and upper limit; `None` where that side is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    /// Lower limit.
    pub onder: Option<f64>,
    /// Upper limit.
    pub boven: Option<f64>,
}

impl Bounds {
    /// Both limits known.
    pub fn new(lower: f64, above: f64) -> Self {
        Self {
            onder: Some(lower),
            boven: Some(above),
        }
    }

    /// Both limits times `factor`, which is positive.
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            onder: self.onder.map(|g| g * factor),
            boven: self.boven.map(|g| g * factor),
        }
    }
}

/// Limits that were computed before: a country has half a million figures, and nearly all are made of the same small
/// counts.
pub(super) struct Remembered<K, V>(RefCell<HashMap<K, V>>);

/// Most limits that are remembered: some tens of megabytes.
const REMEMBERED: usize = 1 << 18;

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K: Eq + Hash, V: Copy> Remembered<K, V> {
    pub(super) fn get_or(&self, key: K, compute: impl FnOnce() -> V) -> V {
        if let Some(known) = self.0.borrow().get(&key) {
            return *known;
        }
        let value = compute();
        let mut known = self.0.borrow_mut();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, value);
        value
    }
}

/// Wilson's interval for a share `x / n`; `None` for `n = 0`.
pub fn wilson(x: f64, n: f64, confidence: Confidence) -> Option<Bounds> {
    if n <= 0.0 {
        return None;
    }
    let z = confidence.z();
    let midden = 2.0 * x + z * z;
    let width = z * (z * z + 4.0 * x * (1.0 - x / n)).max(0.0).sqrt();
    let divisor = 2.0 * (n + z * z);
    // At none and at all of them one limit is known; rounding may not leave it a hair off.
    let lower = if x <= 0.0 {
        0.0
    } else {
        (midden - width) / divisor
    };
    let upper = if x >= n {
        1.0
    } else {
        (midden + width) / divisor
    };
    Some(Bounds::new(lower.clamp(0.0, 1.0), upper.clamp(0.0, 1.0)))
}

/// The exact (Clopper-Pearson) interval for a share `x / n`, by quantiles of the beta distribution; `None` for `n = 0`.
/// Real numbers are taken as they are, so that a count divided by a design effect can be given. A share above 1 is 1.
pub fn exact_share(x: f64, n: f64, confidence: Confidence) -> Option<Bounds> {
    thread_local! {
        static KNOWN: Remembered<(u64, u64, Confidence), Option<Bounds>> = Remembered::default();
    }
    let key = (x.to_bits(), n.to_bits(), confidence);
    KNOWN.with(|known| known.get_or(key, || beta_limits(x, n, confidence)))
}

fn beta_limits(x: f64, n: f64, confidence: Confidence) -> Option<Bounds> {
    let guess = wilson(x.clamp(0.0, n.max(0.0)), n, confidence)?;
    let tail = confidence.alpha() / 2.0;
    let lower = if x <= 0.0 {
        0.0
    } else if x >= n {
        // All of them: P(X <= p) = p^n.
        tail.powf(1.0 / n)
    } else {
        Beta::new(x, n - x + 1.0).quantile(tail, guess.onder.unwrap_or(0.5))
    };
    let upper = if x >= n {
        1.0
    } else if x <= 0.0 {
        1.0 - tail.powf(1.0 / n)
    } else {
        Beta::new(x + 1.0, n - x).quantile(1.0 - tail, guess.boven.unwrap_or(0.5))
    };
    Some(Bounds::new(lower, upper))
}

/// Byar's approximation for a count; for 0 its lower limit is 0.
pub fn byar(x: f64, confidence: Confidence) -> Bounds {
    let z = confidence.z();
    let above = x + 1.0;
    let lower = if x > 0.0 {
        x * (1.0 - 1.0 / (9.0 * x) - z / (3.0 * x.sqrt())).powi(3)
    } else {
        0.0
    };
    Bounds::new(
        lower.max(0.0),
        above * (1.0 - 1.0 / (9.0 * above) + z / (3.0 * above.sqrt())).powi(3),
    )
}

/// The exact (Garwood) interval of a Poisson count, by quantiles of the gamma distribution (half those of chi-square
/// with 2x and 2x + 2 degrees). Real numbers are taken as they are.
pub fn exact_poisson(x: f64, confidence: Confidence) -> Bounds {
    thread_local! {
        static KNOWN: Remembered<(u64, Confidence), Bounds> = Remembered::default();
    }
    KNOWN.with(|known| known.get_or((x.to_bits(), confidence), || gamma_limits(x, confidence)))
}

fn gamma_limits(x: f64, confidence: Confidence) -> Bounds {
    let tail = confidence.alpha() / 2.0;
    let guess = byar(x, confidence);
    let lower = if x <= 0.0 {
        0.0
    } else {
        Gamma::new(x).quantile(tail, guess.onder.unwrap_or(x))
    };
    let shape = x.max(0.0) + 1.0;
    Bounds::new(
        lower,
        Gamma::new(shape).quantile(1.0 - tail, guess.boven.unwrap_or(shape)),
    )
}

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
