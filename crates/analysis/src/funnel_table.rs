//! The table `trechters` beside `cijfers`: the limits of funnels.
//!
//! Owns its columns and what a funnel is drawn around; it is made of what may leave alone. Leaves the limits to
//! [`crate::statistics::funnel`].

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use schema::indicator::Kind;
use schema::{Cijfer, Indicator, Niveau};

use crate::statistics::funnel::{Funnel, FunnelUnit, between_variance};

/// Points on the axis of a funnel.
const POINTS: u32 = 40;
/// The niveaus of which the gebieden are compared with each other.
const COMPARED: [Niveau; 3] = [Niveau::Provincie, Niveau::Jeugdregio, Niveau::Gemeente];

/// A row of the table `trechters`.
struct FunnelRow<'a> {
    indicator: &'a str,
    niveau: Niveau,
    numbers: [Option<f64>; 8],
    units: i64,
}

/// The table `trechters`: around the value of Nederland, for every share and rate of which gebieden of a niveau are shown.
/// `effects` are the design effects.
pub(crate) fn funnels(
    rows: &[Cijfer],
    indicators: &[Indicator],
    effects: &BTreeMap<String, f64>,
) -> RecordBatch {
    let mut table = Vec::new();
    let shares = indicators
        .iter()
        .filter(|indicator| matches!(indicator.kind, Kind::Share | Kind::Rate));
    for indicator in shares {
        let totals: Vec<&Cijfer> = rows
            .iter()
            .filter(|row| row.indicator == indicator.id && row.uitsplitsing == Cijfer::TOTAL)
            .collect();
        let national = totals.iter().find(|row| row.niveau == Niveau::Nederland);
        let Some(national) = national.filter(|row| row.waarde.is_some_and(|value| value > 0.0))
        else {
            continue;
        };
        let effect = effects.get(&indicator.id).copied().unwrap_or(1.0);
        for niveau in COMPARED {
            let units: Vec<(f64, f64)> = totals
                .iter()
                .filter(|row| row.niveau == niveau)
                .filter_map(|row| row.waarde.zip(row.noemer))
                .filter(|(_, size)| *size > 0.0)
                .collect();
            table.extend(funnel(indicator, niveau, national, effect, &units));
        }
    }
    batch(&table)
}

/// One funnel, around the `national` value, of `(value, denominator)` per gebied.
fn funnel<'a>(
    indicator: &'a Indicator,
    niveau: Niveau,
    national: &Cijfer,
    effect: f64,
    units: &[(f64, f64)],
) -> Vec<FunnelRow<'a>> {
    let sizes = || units.iter().map(|(_, size)| *size);
    let (least, most) = (
        sizes().fold(f64::INFINITY, f64::min),
        sizes().fold(0.0, f64::max),
    );
    if units.is_empty() {
        return Vec::new();
    }
    let value = national.waarde.unwrap_or_default();
    // A rate is drawn as a ratio to that of Nederland, over what was expected at that rate.
    let of_nederland = national.teller.zip(national.noemer);
    let (shape, expected, scale) = match (indicator.kind, of_nederland) {
        (Kind::Rate, Some((events, people))) if people > 0.0 => {
            let ratio = Funnel::Ratio {
                design_effect: effect,
            };
            (ratio, events / people, value)
        }
        _ => {
            let share = Funnel::Share {
                national: value,
                design_effect: effect,
            };
            (share, 1.0, 1.0)
        }
    };
    let seen: Vec<FunnelUnit> = units
        .iter()
        .map(|(own, size)| FunnelUnit {
            value: own / scale,
            variance: shape.variance(size * expected),
        })
        .collect();
    let between = between_variance(&seen, shape.target());
    let plain = shape.curve(least * expected, most * expected, POINTS, None);
    let wide = shape.curve(
        least * expected,
        most * expected,
        POINTS,
        between.or(Some(0.0)),
    );
    let scaled = |limit: Option<f64>| limit.map(|limit| limit * scale);
    plain
        .iter()
        .zip(&wide)
        .map(|(point, wider)| FunnelRow {
            indicator: &indicator.id,
            niveau,
            numbers: [
                Some(point.size / expected),
                Some(value),
                scaled(point.p95.onder),
                scaled(point.p95.boven),
                scaled(point.p998.onder),
                scaled(point.p998.boven),
                scaled(wider.p998.onder).filter(|_| between.is_some()),
                scaled(wider.p998.boven).filter(|_| between.is_some()),
            ],
            units: i64::try_from(units.len()).expect("there are some hundreds"),
        })
        .collect()
}

fn batch(rows: &[FunnelRow<'_>]) -> RecordBatch {
    const NUMBERS: [&str; 8] = [
        "omvang",
        "midden",
        "onder",
        "boven",
        "onder_998",
        "boven_998",
        "onder_998_tussen",
        "boven_998_tussen",
    ];
    let indicators: StringArray = rows.iter().map(|row| Some(row.indicator)).collect();
    let niveaus: StringArray = rows.iter().map(|row| Some(row.niveau.name())).collect();
    let units: Int64Array = rows.iter().map(|row| Some(row.units)).collect();
    let mut columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("indicator", Arc::new(indicators), false),
        ("niveau", Arc::new(niveaus), false),
    ];
    for (place, name) in NUMBERS.into_iter().enumerate() {
        let numbers: Float64Array = rows.iter().map(|row| row.numbers[place]).collect();
        columns.push((name, Arc::new(numbers), place > 1));
    }
    columns.push(("gebieden", Arc::new(units), false));
    RecordBatch::try_from_iter_with_nullable(columns).expect("the columns are equally long")
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;
    use arrow::datatypes::Float64Type;

    use super::*;

    /// Twelve regio's around a share of 40 %, and one rate of 5 per 10,000.
    #[test]
    fn a_funnel_lies_around_nederland_and_narrows_with_size() {
        let pipeline = crate::Pipeline::load("omgang").expect("it is compiled in");
        let row = |indicator: &str, niveau, gebied: &str, x: f64, n: f64, factor: f64| {
            let mut row = Cijfer::from_cells(Cijfer::COLUMNS.iter().map(|column| {
                use schema::cijfer::{ColumnKind, Value};
                match (column.name, column.kind) {
                    ("niveau", _) => Value::Text("nederland"),
                    ("status", _) => Value::Text("A"),
                    ("vertrouwelijk", _) => Value::Text("F"),
                    (_, _) if column.nullable => Value::Empty,
                    (_, ColumnKind::Text) => Value::Text(Cijfer::TOTAL),
                    (_, ColumnKind::Decimal) => Value::Decimal(0.0),
                    (_, _) => Value::Whole(2020),
                }
            }))
            .expect("every column has a cell");
            (row.indicator, row.gebied) = (indicator.into(), gebied.into());
            row.niveau = niveau;
            (row.teller, row.noemer, row.waarde) = (Some(x), Some(n), Some(x / n * factor));
            row
        };
        let share = |k: u32| {
            let n = f64::from(100 + 50 * k);
            let x = n * if k.is_multiple_of(2) { 0.3 } else { 0.5 };
            row(
                "uitkomst_volgens_plan",
                Niveau::Jeugdregio,
                &format!("JZ{k:02}"),
                x,
                n,
                1.0,
            )
        };
        let rate = |k: u32| {
            let n = f64::from(100_000 * (k + 1));
            row(
                "gebruik_per_10000_inwoners",
                Niveau::Jeugdregio,
                &format!("JZ{k:02}"),
                n / 2_000.0,
                n,
                10_000.0,
            )
        };
        let mut rows: Vec<Cijfer> = (0..12).map(share).chain((0..12).map(rate)).collect();
        rows.push(row(
            "uitkomst_volgens_plan",
            Niveau::Nederland,
            "NL00",
            400.0,
            1_000.0,
            1.0,
        ));
        rows.push(row(
            "gebruik_per_10000_inwoners",
            Niveau::Nederland,
            "NL00",
            500.0,
            1_000_000.0,
            10_000.0,
        ));
        let table = funnels(&rows, &pipeline.metadata(), &BTreeMap::new());
        assert_eq!(table.num_rows(), 2 * POINTS as usize);
        let column = |name: &str| table[name].as_primitive::<Float64Type>().clone();
        let of = |name: &str, row: usize| column(name).value(row);
        // The file has gebruik before uitkomst; the first and last point of each.
        let last = POINTS as usize;
        for (first, middle, least, most) in [(0, 5.0, 1e5, 1.2e6), (last, 0.4, 100.0, 650.0)] {
            assert!((of("midden", first) - middle).abs() < 1e-9);
            assert!((of("omvang", first) - least).abs() < 1e-6 * least);
            assert!((of("omvang", first + last - 1) - most).abs() < 1e-6 * most);
            let width = |row| of("boven_998", row) - of("onder_998", row);
            assert!(width(first) > 1.5 * width(first + last - 1));
            assert!(of("onder_998", first) < of("onder", first) && of("onder", first) < middle);
            assert!(middle < of("boven", first) && of("boven", first) < of("boven_998", first));
        }
        // Shares of 30 and 50 % differ more than by chance; the rates are all alike.
        let wider = |row| of("boven_998_tussen", row) - of("boven_998", row);
        assert!(
            wider(last) > 0.01 && wider(0).abs() < 0.5,
            "{} {}",
            wider(last),
            wider(0)
        );
    }
}
