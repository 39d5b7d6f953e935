//! Survival curves from counts per day: Kaplan-Meier with left truncation, and Aalen-Johansen where leaving
//! unhelped competes with starting.
//!
//! Owns the risk set n(t) = #{entry < t <= exit}, events before censorings on the same day, Greenwood's sum and
//! the log-log interval. Leaves choosing entry and exit to the SQL.

use super::days::DayCount;
use super::interval::{Bounds, Confidence};

/// One step of the curve, at a day on which something happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The day.
    pub day: i32,
    /// At risk just before it.
    pub n: i64,
    /// Exits of each kind on that day.
    pub exits: Vec<i64>,
    /// Share that is still in, after that day.
    pub s: f64,
    /// Greenwood's sum up to and including that day.
    pub greenwood: f64,
    /// Cumulative incidence per kind of exit: with `s` they add up to 1.
    pub f: Vec<f64>,
}

/// A survival curve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Its steps, by day.
    pub steps: Vec<Step>,
}

/// Rounding in a product of fractions may leave S a hair above 0.5 where it is exactly that.
const SLACK: f64 = 1.5e-8;

/// The curve from entries and exits per day: one count of exits per kind, and one of those still in when
/// observation stopped. Someone who entered at day `e` is at risk on the days after `e`.
pub fn survival_curve(entries: &DayCount, exits: &[&DayCount], censored: &DayCount) -> Curve {
    let mut days: Vec<i32> = exits
        .iter()
        .flat_map(|e| e.counts())
        .map(|&(day, _)| day)
        .collect();
    days.sort_unstable();
    days.dedup();
    let mut entered = DayCursor::new(entries);
    let mut out: Vec<DayCursor<'_>> = exits.iter().map(|e| DayCursor::new(e)).collect();
    let mut stopped = DayCursor::new(censored);
    let mut s = 1.0;
    let mut greenwood = 0.0;
    let mut f = vec![0.0; exits.len()];
    let mut steps = Vec::with_capacity(days.len());
    for day in days {
        let gone: i64 =
            out.iter_mut().map(|cursor| cursor.before(day)).sum::<i64>() + stopped.before(day);
        let n = entered.before(day) - gone;
        let today: Vec<i64> = out.iter().map(|cursor| cursor.on(day)).collect();
        let d: i64 = today.iter().sum();
        if n <= 0 {
            continue;
        }
        for (kind, count) in today.iter().enumerate() {
            f[kind] += s * *count as f64 / n as f64;
        }
        s *= 1.0 - d as f64 / n as f64;
        greenwood += d as f64 / (n as f64 * (n - d) as f64);
        steps.push(Step {
            day,
            n,
            exits: today,
            s,
            greenwood,
            f: f.clone(),
        });
    }
    Curve { steps }
}

impl Curve {
    /// First day on which at most half is still in; `None` = not reached.
    pub fn median(&self) -> Option<i32> {
        self.steps
            .iter()
            .find(|step| step.s <= 0.5 + SLACK)
            .map(|step| step.day)
    }

    /// Where the log-log limits of the curve cross one half.
    pub fn median_bounds(&self, confidence: Confidence) -> Bounds {
        let first = |limit: fn(&Bounds) -> Option<f64>| {
            self.steps
                .iter()
                .find(|step| limit(&step.bounds(confidence)).is_some_and(|g| g <= 0.5 + SLACK))
                .map(|step| f64::from(step.day))
        };
        Bounds {
            onder: first(|g| g.onder),
            boven: first(|g| g.boven),
        }
    }

    /// Fewest at risk on the steps up to and including `day`.
    pub fn fewest_at_risk(&self, day: i32) -> Option<i64> {
        self.steps
            .iter()
            .take_while(|step| step.day <= day)
            .map(|step| step.n)
            .min()
    }
}

impl Step {
    /// The log-log interval S^exp(±z √G / ln S). Where S is 1 or 0 it does not exist (as in R).
    pub fn bounds(&self, confidence: Confidence) -> Bounds {
        if self.s <= 0.0 || self.s >= 1.0 {
            return Bounds::default();
        }
        let log_s = self.s.ln();
        let result = confidence.z() * self.greenwood.sqrt() / log_s;
        let een = self.s.powf(result.exp());
        let other = self.s.powf((-result).exp());
        Bounds::new(een.min(other), een.max(other))
    }
}

/// Walks once over a day count and sums what lies before a day.
struct DayCursor<'a> {
    counts: &'a [(i32, i64)],
    plek: usize,
    tot: i64,
}

impl<'a> DayCursor<'a> {
    fn new(telling: &'a DayCount) -> Self {
        Self {
            counts: telling.counts(),
            plek: 0,
            tot: 0,
        }
    }

    /// Sum over the days before `day`; each call with a later day.
    fn before(&mut self, day: i32) -> i64 {
        while let Some(&(here, count)) = self.counts.get(self.plek)
            && here < day
        {
            self.tot += count;
            self.plek += 1;
        }
        self.tot
    }

    /// Count on `day`, after `before(day)`.
    fn on(&self, day: i32) -> i64 {
        self.counts
            .get(self.plek)
            .filter(|&&(here, _)| here == day)
            .map_or(0, |&(_, count)| count)
    }
}
