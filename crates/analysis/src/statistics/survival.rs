//! Survival curves from counts per day: Kaplan-Meier with left truncation, and Aalen-Johansen where leaving
//! unhelped competes with starting.
//!
//! Owns the risk set n(t) = #{entry < t <= exit}, events before censorings on the same day, Greenwood's sum, the
//! delta-method variance of Aalen-Johansen and their intervals; and what is read from a curve, such as the median wait
//! ([`Curve::half_day`]), as far as enough people are at risk: a figure beyond the last day with so many is missing, never
//! the last value. Leaves choosing entry and exit to the SQL, and rounding what is read to `disclosure`.

use super::interval::{Bounds, Confidence};
use super::quantiles::DayCount;

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
    /// Variance of each cumulative incidence, by the delta method.
    pub f_variance: Vec<f64>,
}

/// A survival curve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// How many kinds of exit there are.
    pub kinds: usize,
    /// Its steps, by day.
    pub steps: Vec<Step>,
    /// At risk, as (day, n): n from that day until the next. Every change, also where nothing but an entry or a
    /// censoring made it.
    pub at_risk: Vec<(i32, i64)>,
}

/// Rounding in a product of fractions may leave a share a hair off one half where it is exactly that.
const SLACK: f64 = 1.5e-8;

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
    let mut incidences = vec![IncidenceSums::default(); exits.len()];
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
        for (incidence, count) in incidences.iter_mut().zip(&today) {
            incidence.add(s, *count as f64, d as f64, n as f64);
        }
        s *= 1.0 - d as f64 / n as f64;
        greenwood += d as f64 / (n as f64 * (n - d) as f64);
        steps.push(Step {
            day,
            n,
            exits: today,
            s,
            greenwood,
            f: incidences.iter().map(|incidence| incidence.f).collect(),
            f_variance: incidences.iter().map(IncidenceSums::variance).collect(),
        });
    }
    Curve {
        kinds: exits.len(),
        steps,
        at_risk: risk_changes(entries, exits, censored),
    }
}

/// The cumulative incidence of one kind and the sums that its variance needs (delta method: Marubini and Valsecchi,
/// Analysing Survival Data, 10.6; Coviello and Boggess, Stata Journal 2004;4:103):
///
/// Σ (F(t) - F(tj))² dj / (nj (nj - dj)) + Σ S(tj-)² dkj (nj - dkj) / nj³ - 2 Σ (F(t) - F(tj)) S(tj-) dkj / nj²
///
/// With one kind of exit it is S² times Greenwood's sum, without censoring F (1 - F) / n.
#[derive(Debug, Clone, Default)]
struct IncidenceSums {
    f: f64,
    /// Σ g, Σ F g and Σ F² g, with g = d / (n (n - d)).
    hazard: [f64; 3],
    /// Σ S² dk (n - dk) / n³.
    own: f64,
    /// Σ c and Σ F c, with c = S dk / n².
    mixed: [f64; 2],
}

impl IncidenceSums {
    /// A day with `count` exits of this kind among `d` of all kinds and `n` at risk, with `s` in before it.
    fn add(&mut self, s: f64, count: f64, d: f64, n: f64) {
        self.f += s * count / n;
        // Where all leave, F no longer changes, and F(t) - F(tj) is 0 for good.
        if d < n {
            let g = d / (n * (n - d));
            self.hazard[0] += g;
            self.hazard[1] += self.f * g;
            self.hazard[2] += self.f * self.f * g;
        }
        self.own += s * s * count * (n - count) / (n * n * n);
        let mixed = s * count / (n * n);
        self.mixed[0] += mixed;
        self.mixed[1] += self.f * mixed;
    }

    fn variance(&self) -> f64 {
        let f = self.f;
        let hazard = f * f * self.hazard[0] - 2.0 * f * self.hazard[1] + self.hazard[2];
        let mixed = f * self.mixed[0] - self.mixed[1];
        (hazard + self.own - 2.0 * mixed).max(0.0)
    }
}

/// The days from which on another number is at risk.
fn risk_changes(entries: &DayCount, exits: &[&DayCount], censored: &DayCount) -> Vec<(i32, i64)> {
    let mut changes = DayCount::default();
    for &(day, count) in entries.counts() {
        changes.add(day + 1, count.into());
    }
    for out in exits.iter().copied().chain([censored]) {
        for &(day, count) in out.counts() {
            changes.add(day + 1, -i64::from(count));
        }
    }
    changes.merge();
    let mut n = 0;
    changes
        .counts()
        .iter()
        .map(|&(day, change)| {
            n += i64::from(change);
            (day, n)
        })
        .collect()
}

impl Curve {
    /// The same curve, told by clusters: every variance times the design effect (below 1 counts as 1).
    pub fn widened(mut self, design_effect: f64) -> Self {
        let effect = design_effect.max(1.0);
        for step in &mut self.steps {
            step.greenwood *= effect;
            for variance in &mut step.f_variance {
                *variance *= effect;
            }
        }
        self
    }
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

impl Step {
    /// The log-log interval S^exp(±z √G / ln S). Where S is 1 or 0 it does not exist (as in R).
    pub fn bounds(&self, confidence: Confidence) -> Bounds {
        log_log(self.s, self.greenwood.sqrt(), confidence)
    }

    /// The complementary log-log interval of the incidence of a kind, 1 - (1 - F)^exp(∓z σ / ((1 - F) ln(1 - F))).
    /// Where F is 0 or 1 it does not exist. With one kind of exit it is that of S, seen from the other side.
    pub fn incidence_bounds(&self, kind: usize, confidence: Confidence) -> Bounds {
        let rest = 1.0 - self.f[kind];
        if rest <= SLACK {
            return Bounds::default();
        }
        let relative = self.f_variance[kind].sqrt() / rest;
        let others = log_log(rest, relative, confidence);
        Bounds {
            onder: others.boven.map(|share| 1.0 - share),
            boven: others.onder.map(|share| 1.0 - share),
        }
    }
}

/// Limits of a share with this relative standard error that are symmetric on the scale of ln(-ln share).
fn log_log(share: f64, relative_error: f64, confidence: Confidence) -> Bounds {
    if share <= 0.0 || share >= 1.0 {
        return Bounds::default();
    }
    let exponent = confidence.z() * relative_error / share.ln();
    let one = share.powf(exponent.exp());
    let other = share.powf((-exponent).exp());
    Bounds::new(one.min(other), one.max(other))
}

/// Walks once over a day count and sums what lies before a day.
struct DayCursor<'a> {
    counts: &'a [(i32, i32)],
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
            self.tot += i64::from(count);
            self.plek += 1;
        }
        self.tot
    }

    /// Count on `day`, after `before(day)`.
    fn on(&self, day: i32) -> i64 {
        self.counts
            .get(self.plek)
            .filter(|&&(here, _)| here == day)
            .map_or(0, |&(_, count)| i64::from(count))
    }
}
