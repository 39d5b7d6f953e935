//! What each formula makes of its numbers: value, limits, numerator and denominator.
//!
//! Owns which interval belongs to which formula. Leaves looking the numbers up to [`crate::formulas`] and the intervals
//! themselves to [`crate::statistics`].

use disclosure::FigureBasis;
use schema::cijfer::Reason;

use crate::cell_measures::{READABLE_CURVE, View};
use crate::pipeline::{ClassBound, QueueResult};
use crate::statistics::interval::share_bounds;
use crate::statistics::queue::Queue;
use crate::statistics::survival::{Crossing, Curve};
use crate::statistics::{Bounds, Confidence, DayCount, quantiles};

/// What a formula gives.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FormulaResult {
    /// The value; `None` = cannot be computed.
    pub waarde: Option<f64>,
    /// Why there is none, where that can be said.
    pub reason: Option<Reason>,
    /// The interval that is shown.
    pub grenzen: Bounds,
    /// The wider interval by which it is compared with Nederland; `None` where it is not compared.
    pub comparison: Option<Bounds>,
    /// Numerator.
    pub teller: Option<f64>,
    /// Denominator.
    pub noemer: Option<f64>,
    /// Number of records it rests on.
    pub n: Option<i64>,
    /// What is behind it, for the rule of its kind.
    pub basis: FigureBasis,
}
/// A rounded numerator may exceed its rounded denominator: the share is then 1.
pub(crate) fn share(
    numerator: i64,
    denominator: i64,
    slack: i64,
    design_effect: f64,
) -> FormulaResult {
    let (x, n) = (numerator as f64, denominator as f64);
    let bounds = |confidence| share_bounds(x, n, slack as f64, confidence, design_effect);
    FormulaResult {
        waarde: (denominator > 0).then(|| (x / n).min(1.0)),
        reason: None,
        grenzen: bounds(Confidence::P95).unwrap_or_default(),
        comparison: bounds(Confidence::P998),
        teller: Some(x),
        noemer: Some(n),
        n: Some(denominator),
        basis: FigureBasis::default(),
    }
}

pub(crate) fn ratio(numerator: f64, denominator: f64, n: i64) -> FormulaResult {
    let value = (denominator > 0.0).then(|| numerator / denominator);
    FormulaResult {
        waarde: value,
        teller: Some(numerator),
        noemer: Some(denominator),
        n: Some(n),
        ..FormulaResult::default()
    }
}

/// `n` is the number of records as it is in view; the days are exact.
pub(crate) fn quantile(days: &DayCount, p: f64, n: i64, design_effect: f64) -> FormulaResult {
    if days.n() == 0 {
        return FormulaResult {
            n: Some(0),
            ..FormulaResult::default()
        };
    }
    let (bounds, comparison) = (
        days.clustered_quantile_bounds(p, Confidence::P95, design_effect),
        days.clustered_quantile_bounds(p, Confidence::P998, design_effect),
    );
    let exact = days.n();
    let edge = |confidence| quantiles::edges(exact, p, confidence, design_effect);
    let ((low, high), (low_998, high_998)) = (edge(Confidence::P95), edge(Confidence::P998));
    FormulaResult {
        waarde: days.quantile_of(p),
        grenzen: bounds,
        comparison: Some(comparison),
        n: Some(n),
        basis: FigureBasis {
            p: Some(p),
            outermost: [low, high, low_998, high_998],
            ..FigureBasis::default()
        },
        ..FormulaResult::default()
    }
}

/// The way out that is read from a curve: the first of its kinds.
pub(crate) const READ: usize = 0;

/// The first day on which at least half were out. It is read where enough are at risk to say it at all; whether there
/// are enough to show it is decided by what is behind it.
pub(crate) fn half_day(curve: &Curve, view: View<'_>) -> FormulaResult {
    let fewest = view.curve_floor();
    let bounds = |confidence| curve.half_day_bounds(READ, fewest, confidence);
    match curve.half_day(READ, READABLE_CURVE) {
        Crossing::At(day) => FormulaResult {
            waarde: Some(f64::from(day)),
            grenzen: bounds(Confidence::P95),
            comparison: Some(bounds(Confidence::P998)),
            basis: at_risk_until(curve, day),
            ..FormulaResult::default()
        },
        Crossing::NotReached if curve.half_day(READ, fewest) == Crossing::NotReached => {
            FormulaResult {
                reason: Some(Reason::NotReached),
                basis: FigureBasis {
                    at_risk: Some(fewest),
                    ..FigureBasis::default()
                },
                ..FormulaResult::default()
            }
        }
        _ => FormulaResult::default(),
    }
}

/// The share that was out on a day.
pub(crate) fn share_on(curve: &Curve, day: u32) -> FormulaResult {
    let day = i32::try_from(day).expect("a norm is some weeks");
    let at = |confidence| curve.incidence_at(READ, day, READABLE_CURVE, confidence);
    let Some(read) = at(Confidence::P95) else {
        return FormulaResult::default();
    };
    FormulaResult {
        waarde: Some(read.share),
        grenzen: read.bounds,
        comparison: at(Confidence::P998).map(|wide| wide.bounds),
        basis: at_risk_until(curve, day),
        ..FormulaResult::default()
    }
}

/// Fewest at risk on the days from 0 to `day`.
fn at_risk_until(curve: &Curve, day: i32) -> FigureBasis {
    let later = curve
        .at_risk
        .iter()
        .filter(|(from, _)| (1..=day).contains(from))
        .map(|&(_, n)| n);
    FigureBasis {
        at_risk: later.chain([curve.risk_on(0)]).min(),
        ..FigureBasis::default()
    }
}

pub(crate) fn longest_class(days: &DayCount, bounds: &[ClassBound]) -> FormulaResult {
    let class = |day: i32| {
        bounds
            .iter()
            .find(|limit| limit.tot.is_none_or(|tot| day <= tot))
            .map(|limit| limit.waarde)
    };
    FormulaResult {
        waarde: days.longest().and_then(class),
        n: Some(days.n()),
        ..FormulaResult::default()
    }
}

/// The days that a queue is reckoned with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct YearAndNorm {
    /// In the year.
    pub(crate) year: u32,
    /// The norm for waiting.
    pub(crate) norm: u32,
}

pub(crate) fn queue(
    inflow: i64,
    outflow: i64,
    waiting: i64,
    outcome: QueueResult,
    days: YearAndNorm,
) -> FormulaResult {
    let weeks = f64::from(days.year) / 7.0;
    let row = Queue {
        instroom: inflow as f64 / weeks,
        uitstroom: outflow as f64 / weeks,
        wachtend: waiting as f64,
        norm: f64::from(days.norm) / 7.0,
    };
    let (value, numerator, denominator) = match outcome {
        QueueResult::Belasting => (row.load(), inflow, outflow),
        QueueResult::Wegwerktijd => (row.clearing_time(), waiting, outflow),
        QueueResult::NormWachtrij => (Some(row.norm_queue()), inflow, 0),
        QueueResult::Inhaalcapaciteit => (row.catch_up_capacity(), inflow, waiting),
    };
    let denominator = (outcome != QueueResult::NormWachtrij).then_some(denominator as f64);
    let n = match outcome {
        QueueResult::Belasting | QueueResult::NormWachtrij => inflow,
        QueueResult::Wegwerktijd | QueueResult::Inhaalcapaciteit => waiting,
    };
    FormulaResult {
        waarde: value,
        teller: Some(numerator as f64),
        noemer: denominator,
        n: Some(n),
        ..FormulaResult::default()
    }
}
