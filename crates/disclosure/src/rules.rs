//! What may leave, and how exactly: floors, steps and shares of the largest aanbieder.
//!
//! Owns every number of the rule, per kind of figure, and nothing that knows an indicator by name. Source: the
//! project's own measurements of what an attack finds; the limits for money are those usual for business figures.

use schema::known_aanbieders::KnownAanbieders;
pub use schema::protection::SHARE_FLOOR;

/// Means, money and minutes are given from this published number of records.
pub const MEAN_FLOOR: i64 = 20;
/// From this published n a quantile stands in whole days, below it in weeks of 7 days.
pub const WHOLE_DAYS: i64 = 100;
/// Days in a step of a figure on few records.
pub const WEEK: f64 = 7.0;
/// Parts in a whole, where a share stands in whole points.
pub const WHOLE_POINTS: f64 = 100.0;
/// Parts in a whole, where a share read from a curve stands in steps of five points.
pub const FIVE_POINTS: f64 = 20.0;
/// A curve is given while so many are at risk.
pub const CURVE_FLOOR: i64 = 40;
/// From so many at risk a curve stands in whole days and points.
pub const CURVE_WHOLE_DAYS: i64 = 200;
/// A published number of aanbieders below this is told as one, or as two or more.
pub const NAMED_AANBIEDERS: i64 = 100;
/// From how many aanbieders records come is told from this published count.
pub const TOLD_AANBIEDERS: i64 = 10;
/// Below this share of the records known no figure is given for a gebied.
pub const KNOWN_FLOOR: f64 = 0.5;

/// Money, minutes and places come from at least so many aanbieders.
const MIN_AANBIEDERS: usize = 3;
/// The largest has at most this share.
const LARGEST: f64 = 0.8;
/// p % rule: what is neither of the largest nor of the second is at least this share of the largest.
const P_PERCENT: f64 = 0.1;

/// From which published n a quantile is given, and from which it is compared: the limits at 95 and at 99.8 % then stay
/// clear of the five outermost observations, though the true n may be four less.
pub fn quantile_floors(p: f64) -> (i64, i64) {
    let outer = p.max(1.0 - p);
    match outer {
        _ if outer <= 0.5 => (25, 35),
        _ if outer <= 0.75 => (50, 65),
        _ if outer <= 0.8 => (60, 85),
        _ if outer <= 0.9 => (120, 165),
        _ if outer <= 0.92 => (150, 205),
        // So far out that no floor has been measured.
        _ => (i64::MAX, i64::MAX),
    }
}

/// What the aanbieders brought to a sum, as far as the rule for money needs it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Contributions {
    /// How many brought something.
    pub aanbieders: usize,
    /// What the largest brought.
    pub largest: f64,
    /// What the one after it brought.
    pub second: f64,
    /// All together.
    pub total: f64,
}

impl Contributions {
    /// Of these parts, one per aanbieder.
    pub fn of(parts: impl IntoIterator<Item = f64>) -> Self {
        let mut all = Self::default();
        for part in parts.into_iter().filter(|part| *part != 0.0) {
            let part = part.abs();
            all.aanbieders += 1;
            all.total += part;
            if part > all.largest {
                all.second = all.largest;
                all.largest = part;
            } else if part > all.second {
                all.second = part;
            }
        }
        all
    }

    /// Whether no aanbieder's own part follows closely from the sum.
    pub fn are_safe(&self) -> bool {
        let rest = self.total - self.largest - self.second;
        self.aanbieders >= MIN_AANBIEDERS
            && self.largest <= LARGEST * self.total
            && rest >= P_PERCENT * self.largest
    }
}

/// To three significant figures.
pub fn three_figures(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = value.abs().log10().floor() - 2.0;
    let step = 10_f64.powf(digits.abs());
    if digits < 0.0 {
        (value * step).round() / step
    } else {
        (value / step).round() * step
    }
}

/// From how many aanbieders the records of a figure come, as far as it may be published: from a published count of
/// 100 the number, from 10 only whether it is one, below that nothing.
pub fn told_aanbieders(aanbieders: usize, published: i64) -> Option<KnownAanbieders> {
    match (published, aanbieders) {
        (_, 0) => None,
        (NAMED_AANBIEDERS.., number) => u32::try_from(number).ok().map(KnownAanbieders::Number),
        (TOLD_AANBIEDERS.., 1) => Some(KnownAanbieders::Number(1)),
        (TOLD_AANBIEDERS.., _) => Some(KnownAanbieders::TwoOrMore),
        _ => None,
    }
}
