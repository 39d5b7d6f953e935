//! Survival curves from counts per day: Kaplan-Meier with left truncation, and Aalen-Johansen where leaving
//! unhelped competes with starting.
//!
//! Owns the risk set n(t) = #{entry < t <= exit}, events before censorings on the same day, Greenwood's sum, the
//! delta-method variance of Aalen-Johansen and their intervals. Leaves choosing entry and exit to the SQL, and
//! reading figures and points to draw from a curve to [`super::incidence`].

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
pub(super) const SLACK: f64 = 1.5e-8;

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
