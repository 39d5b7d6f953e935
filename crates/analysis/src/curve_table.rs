//! The table `curven` beside `cijfers`: the curves that figures are read from.
//!
//! Owns its columns. Leaves what of a curve is shown to `disclosure`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray};
use disclosure::CurveRow;

/// The table `curven`.
pub(crate) fn curves(rows: &[CurveRow]) -> RecordBatch {
    let text = |of: fn(&CurveRow) -> &str| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|row| Some(of(row)))
                .collect::<StringArray>(),
        )
    };
    let number = |of: fn(&CurveRow) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Float64Array>())
    };
    let days: Int32Array = rows.iter().map(|row| Some(row.dag)).collect();
    let at_risk: Int64Array = rows.iter().map(|row| Some(row.at_risk)).collect();
    RecordBatch::try_from_iter_with_nullable([
        ("indicator", text(|row| &row.indicator), false),
        ("niveau", text(|row| row.niveau.name()), false),
        ("gebied", text(|row| &row.gebied), false),
        ("dag", Arc::new(days), false),
        ("aandeel", number(|row| Some(row.aandeel)), false),
        ("onder", number(|row| row.onder), true),
        ("boven", number(|row| row.boven), true),
        ("at_risk", Arc::new(at_risk), false),
    ])
    .expect("the columns are equally long")
}
