//! Curves that may leave: so many weeks of them as enough people are at risk, in coarse steps.
//!
//! Owns how far and how finely a curve is shown. Leaves the curve to `analysis` and the numbers of the rule to
//! [`crate::rules`].

use schema::Niveau;
use serde::{Deserialize, Serialize};

use crate::rounding::BASE;
use crate::rules::{CURVE_FLOOR, CURVE_WHOLE_DAYS, FIVE_POINTS, WHOLE_POINTS};

/// A point of a curve as it was computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointToShow {
    /// The day.
    pub day: i32,
    /// Share that was out by then, 0 to 1.
    pub share: f64,
    /// Lower 95 % limit.
    pub lower: Option<f64>,
    /// Upper 95 % limit.
    pub upper: Option<f64>,
    /// How many are at risk on the day, exactly.
    pub at_risk: i64,
    /// The same, rounded.
    pub rounded: i64,
}

/// A row of the table `curven`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CurveRow {
    /// The indicator that is read from the curve.
    pub indicator: String,
    /// The level.
    pub niveau: Niveau,
    /// The gebied.
    pub gebied: String,
    /// Days from the beginning.
    pub dag: i32,
    /// Share that was out by then, 0 to 1.
    pub aandeel: f64,
    /// Lower 95 % limit.
    pub onder: Option<f64>,
    /// Upper 95 % limit.
    pub boven: Option<f64>,
    /// How many are at risk on the day, in fives.
    pub at_risk: i64,
}

/// The rows of one curve: up to the day on which too few are at risk, in fifths of a tenth or, with many, in whole percents,
/// limits outward.
pub(crate) fn shown(
    indicator: &str,
    niveau: Niveau,
    gebied: &str,
    points: &[PointToShow],
) -> Vec<CurveRow> {
    let mut fewest = i64::MAX;
    let mut rows = Vec::new();
    for point in points {
        fewest = fewest.min(point.at_risk);
        if fewest < CURVE_FLOOR {
            break;
        }
        let parts = if fewest < CURVE_WHOLE_DAYS {
            FIVE_POINTS
        } else {
            WHOLE_POINTS
        };
        rows.push(CurveRow {
            indicator: indicator.to_owned(),
            niveau,
            gebied: gebied.to_owned(),
            dag: point.day,
            aandeel: (point.share * parts).round() / parts,
            onder: point.lower.map(|low| (low * parts + 1e-9).floor() / parts),
            boven: point.upper.map(|up| (up * parts - 1e-9).ceil() / parts),
            at_risk: point.rounded,
        });
    }
    rows
}

/// Whether the numbers at risk of a row are rounded.
pub(crate) fn is_rounded(row: &CurveRow) -> bool {
    row.at_risk % BASE == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_ends_where_too_few_are_at_risk_and_never_begins_again() {
        let point = |day, at_risk| PointToShow {
            day,
            share: 0.123,
            lower: Some(0.101),
            upper: Some(0.149),
            at_risk,
            rounded: at_risk / 5 * 5,
        };
        let points = [point(0, 300), point(7, 199), point(14, 39), point(21, 300)];
        let rows = shown("curve", Niveau::Jeugdregio, "JZ01", &points);
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.dag, row.aandeel, row.onder, row.boven, row.at_risk))
            .collect();
        assert_eq!(
            told,
            [
                (0, 0.12, Some(0.1), Some(0.15), 300),
                (7, 0.1, Some(0.1), Some(0.15), 195)
            ]
        );
    }
}
