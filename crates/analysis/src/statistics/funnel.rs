//! Funnels: between which limits gebieden lie when nothing but chance tells them apart, and when they differ as
//! gebieden usually do.
//!
//! Owns the limits around the country's value by size, and the variance between gebieden (Spiegelhalter, Statistics
//! in Medicine 2005;24:1185). What lies outside limits that have that variance in them is out of the ordinary; a
//! verdict is [`super::verdict`]'s. Leaves drawing to `report`.

use super::interval::{Bounds, Confidence};
use super::special::{Gamma, root};

/// A point of the curves of a funnel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelPoint {
    /// Size: the denominator of a share, the expected number of a ratio.
    pub size: f64,
    /// Limits at 95 %.
    pub p95: Bounds,
    /// Limits at 99.8 %.
    pub p998: Bounds,
}

/// A value with the variance that chance alone gives it around the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelUnit {
    /// The value of a gebied.
    pub value: f64,
    /// Its variance if its true value were the target.
    pub variance: f64,
}

/// Around what the funnel stands, and what its sizes mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Funnel {
    /// A share, with the country's share and the design effect.
    Share {
        /// The country's share.
        national: f64,
        /// Design effect, at least 1.
        design_effect: f64,
    },
    /// Observed / expected, around 1.
    Ratio {
        /// Design effect, at least 1.
        design_effect: f64,
    },
}

/// Below this number of gebieden nothing is said of how they differ.
const FEWEST_UNITS: usize = 10;
/// The part of the gebieden, on either side, whose deviation is brought in to that of the next.
const BROUGHT_IN: f64 = 0.1;

impl Funnel {
    /// The middle.
    pub fn target(self) -> f64 {
        match self {
            Self::Share { national, .. } => national,
            Self::Ratio { .. } => 1.0,
        }
    }

    /// The variance of a value of this size by chance: π (1 - π) / n for a share, 1 / E for a ratio, times the design
    /// effect. `size` is positive.
    pub fn variance(self, size: f64) -> f64 {
        match self {
            Self::Share {
                national,
                design_effect,
            } => national * (1.0 - national) * design_effect.max(1.0) / size,
            Self::Ratio { design_effect } => design_effect.max(1.0) / size,
        }
    }

    /// Limits by chance alone: π ± z √(π (1 - π) / n) within 0 and 1 for a share; for a ratio the counts at which the
    /// exact Poisson interval just reaches what is expected, divided by that. No size, no limits.
    pub fn limits(self, size: f64, confidence: Confidence) -> Bounds {
        match self {
            Self::Ratio { design_effect } if size > 0.0 => {
                let effective = size / design_effect.max(1.0);
                count_limits(effective, confidence).scaled(1.0 / effective)
            }
            Self::Share { .. } | Self::Ratio { .. } => self.wider_limits(size, 0.0, confidence),
        }
    }

    /// Limits for gebieden that differ by `between` (a variance, see [`between_variance`]): target ± z √(chance +
    /// between), not below 0, and for a share not above 1. No size, no limits.
    pub fn wider_limits(self, size: f64, between: f64, confidence: Confidence) -> Bounds {
        if size <= 0.0 {
            return Bounds::default();
        }
        let width = confidence.z() * (self.variance(size) + between).sqrt();
        let most = match self {
            Self::Share { .. } => 1.0,
            Self::Ratio { .. } => f64::INFINITY,
        };
        Bounds::new(
            (self.target() - width).max(0.0),
            (self.target() + width).min(most),
        )
    }

    /// Points to draw the curves by: `count` sizes from `from` (at least 1) to `to`, each a same factor more. With `between` the
    /// wider limits, without it those by chance alone.
    pub fn curve(self, from: f64, to: f64, count: u32, between: Option<f64>) -> Vec<FunnelPoint> {
        let from = from.max(1.0);
        let growth = (to / from).max(1.0);
        let last = f64::from(count.saturating_sub(1).max(1));
        (0..count)
            .map(|k| {
                let size = from * growth.powf(f64::from(k) / last);
                let limits = |confidence| match between {
                    Some(between) => self.wider_limits(size, between, confidence),
                    None => self.limits(size, confidence),
                };
                FunnelPoint {
                    size,
                    p95: limits(Confidence::P95),
                    p998: limits(Confidence::P998),
                }
            })
            .collect()
    }
}

/// The variance τ² between gebieden beyond chance, additive, by the method of moments with z-scores winsorised at 10
/// and 90 %: ((Σ z² - (k - 1)) / (Σ w - Σ w² / Σ w), w = 1 / variance; 0 where chance explains it. `None` with fewer
/// than 10 gebieden. Units without variance are left out.
pub fn between_variance(units: &[FunnelUnit], target: f64) -> Option<f64> {
    let units: Vec<FunnelUnit> = units
        .iter()
        .copied()
        .filter(|unit| unit.variance > 0.0)
        .collect();
    if units.len() < FEWEST_UNITS {
        return None;
    }
    let mut scores: Vec<f64> = units
        .iter()
        .map(|unit| (unit.value - target) / unit.variance.sqrt())
        .collect();
    scores.sort_by(f64::total_cmp);
    let (low, high) = (
        sorted_quantile(&scores, BROUGHT_IN),
        sorted_quantile(&scores, 1.0 - BROUGHT_IN),
    );
    let squares: f64 = scores.iter().map(|z| z.clamp(low, high).powi(2)).sum();
    let weights: f64 = units.iter().map(|unit| 1.0 / unit.variance).sum();
    let squared_weights: f64 = units.iter().map(|unit| unit.variance.powi(-2)).sum();
    let excess = squares - (units.len() - 1) as f64;
    Some((excess / (weights - squared_weights / weights)).max(0.0))
}

/// Type 7, over sorted values of which there is at least one.
fn sorted_quantile(sorted: &[f64], p: f64) -> f64 {
    let h = (sorted.len() - 1) as f64 * p;
    let (low, weight) = (h.floor(), h - h.floor());
    let at = low as usize;
    let next = (at + 1).min(sorted.len() - 1);
    sorted[at] + weight * (sorted[next] - sorted[at])
}

/// The counts (real numbers) whose exact Poisson interval ends at `mean`: below the lower and above the upper one the
/// interval leaves `mean` out. `mean` is positive.
fn count_limits(mean: f64, confidence: Confidence) -> Bounds {
    let tail = confidence.alpha() / 2.0;
    let reach = 20.0 + 10.0 * mean.sqrt();
    // P(gamma(x) <= mean) falls as x grows. No slope is given: halving is fast enough for what is drawn.
    let solve = |low: f64, chance: f64, added: f64| {
        root(low, mean + reach, mean, |x| {
            (chance - Gamma::new(x + added).at(mean).0, 0.0)
        })
    };
    // Even a count of 0 may have an interval that reaches `mean`.
    let lower = if (-mean).exp() >= tail {
        0.0
    } else {
        solve(0.0, 1.0 - tail, 1.0)
    };
    Bounds::new(lower, solve(0.0, tail, 0.0))
}
