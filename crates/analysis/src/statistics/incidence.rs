//! What is read from a curve, as far as enough people are at risk.
//!
//! Owns the floor of people at risk: a figure beyond the last day that meets it is missing, never the last value. Leaves
//! the curve to [`super::survival`] and rounding what is read to `disclosure`.

use super::interval::{Bounds, Confidence};
use super::survival::{Curve, SLACK, Step};

/// Where an incidence reaches one half.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// On this day.
    At(i32),
    /// Never: it can no longer, or it did not while enough were at risk to the end.
    NotReached,
    /// Too few are at risk before it is known.
    TooFew,
}

/// A share of those referred that left by some day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IncidenceAt {
    /// The share.
    pub share: f64,
    /// Its limits; a share of 0 or 1 has none.
    pub bounds: Bounds,
    /// At risk on that day.
    pub at_risk: i64,
}

/// A point of a curve to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// The day.
    pub day: i32,
    /// At risk on it.
    pub at_risk: i64,
    /// Share that is still in after it.
    pub s: f64,
    /// Limits of that share.
    pub s_bounds: Bounds,
    /// Per kind of exit the share that left that way, and its limits.
    pub f: Vec<(f64, Bounds)>,
}

impl Curve {
    /// How many are at risk on `day`.
    pub fn risk_on(&self, day: i32) -> i64 {
        let after = self.at_risk.partition_point(|&(from, _)| from <= day);
        after.checked_sub(1).map_or(0, |at| self.at_risk[at].1)
    }

    /// The last day up to which, from day 0, at least `fewest` (above 0) are at risk on every day; `None` where there
    /// are fewer on day 0.
    pub fn last_day(&self, fewest: i64) -> Option<i32> {
        if self.risk_on(0) < fewest {
            return None;
        }
        self.at_risk
            .iter()
            .find(|&&(from, n)| from > 0 && n < fewest)
            .map(|&(from, _)| from - 1)
    }

    /// The first day on which the incidence of `kind` is one half, read where at least `fewest` are at risk. It is not
    /// reached when it no longer can be (more than half stayed or left otherwise), or when it was not on the last day
    /// of all on which anything happened, with so many still at risk.
    pub fn half_day(&self, kind: usize, fewest: i64) -> Crossing {
        let Some(last) = self.last_day(fewest) else {
            return Crossing::TooFew;
        };
        let known = self.steps.iter().take_while(|step| step.day <= last);
        if let Some(step) = known.clone().find(|step| step.f[kind] >= 0.5 - SLACK) {
            return Crossing::At(step.day);
        }
        let most = known.last().map_or(1.0, |step| step.f[kind] + step.s);
        let end = self.at_risk.last().map_or(0, |&(from, _)| from - 1);
        if most < 0.5 - SLACK || last >= end {
            Crossing::NotReached
        } else {
            Crossing::TooFew
        }
    }

    /// Where the limits of the incidence of `kind` cross one half: the upper one first. A side is `None` where that is
    /// not before fewer than `fewest` are at risk.
    pub fn half_day_bounds(&self, kind: usize, fewest: i64, confidence: Confidence) -> Bounds {
        let Some(last) = self.last_day(fewest) else {
            return Bounds::default();
        };
        let first = |limit: fn(Bounds) -> Option<f64>| {
            self.steps
                .iter()
                .take_while(|step| step.day <= last)
                .find(|step| {
                    limit(step.incidence_bounds(kind, confidence))
                        .is_some_and(|share| share >= 0.5 - SLACK)
                })
                .map(|step| f64::from(step.day))
        };
        Bounds {
            onder: first(|bounds| bounds.boven),
            boven: first(|bounds| bounds.onder),
        }
    }

    /// The incidence of `kind` on `day`; `None` where on that day or an earlier one fewer than `fewest` are at risk.
    pub fn incidence_at(
        &self,
        kind: usize,
        day: i32,
        fewest: i64,
        confidence: Confidence,
    ) -> Option<IncidenceAt> {
        if day > self.last_day(fewest)? {
            return None;
        }
        let step = self.step_on(day);
        Some(IncidenceAt {
            share: step.map_or(0.0, |step| step.f[kind]),
            bounds: step.map_or_else(Bounds::default, |step| {
                step.incidence_bounds(kind, confidence)
            }),
            at_risk: self.risk_on(day),
        })
    }

    /// The curve on every `interval`th day from 0 (1 for days, 7 for weeks), as far as at least `fewest` are at risk.
    pub fn points(&self, interval: u16, fewest: i64, confidence: Confidence) -> Vec<CurvePoint> {
        let Some(last) = self.last_day(fewest) else {
            return Vec::new();
        };
        (0..=last)
            .step_by(usize::from(interval.max(1)))
            .map(|day| self.point(day, confidence))
            .collect()
    }

    fn point(&self, day: i32, confidence: Confidence) -> CurvePoint {
        let step = self.step_on(day);
        CurvePoint {
            day,
            at_risk: self.risk_on(day),
            s: step.map_or(1.0, |step| step.s),
            s_bounds: step.map_or_else(Bounds::default, |step| step.bounds(confidence)),
            f: (0..self.kinds)
                .map(|kind| {
                    step.map_or((0.0, Bounds::default()), |step| {
                        (step.f[kind], step.incidence_bounds(kind, confidence))
                    })
                })
                .collect(),
        }
    }

    /// The last step up to and including `day`.
    fn step_on(&self, day: i32) -> Option<&Step> {
        let after = self.steps.partition_point(|step| step.day <= day);
        after.checked_sub(1).map(|at| &self.steps[at])
    }
}
