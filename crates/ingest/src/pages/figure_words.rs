//! A published or own figure in the words of a Dutch reader: as the pages of a publication write it, or the sign where
//! there is no number.

use schema::{Cijfer, Indicator};

use crate::figure_source::FigureWriter;
use crate::wording;

/// The sign for no number.
pub(super) const NO_NUMBER: &str = "–";

/// A value with its unit.
pub(super) fn told(
    writer: &FigureWriter,
    value: Option<f64>,
    indicator: &Indicator,
    unit: &str,
) -> String {
    value.map_or_else(
        || NO_NUMBER.to_owned(),
        |value| writer(indicator, unit, value),
    )
}

/// A published figure; where it has no value the sign that it is not shown, or not there.
pub(super) fn published(writer: &FigureWriter, cijfer: &Cijfer, indicator: &Indicator) -> String {
    match cijfer.waarde {
        Some(_) => told(writer, cijfer.waarde, indicator, &indicator.eenheid),
        None if is_hidden(cijfer) => wording::page::HIDDEN.to_owned(),
        None => wording::page::NO_FIGURE.to_owned(),
    }
}

/// Whether a figure is there but may not be shown.
pub(super) fn is_hidden(cijfer: &Cijfer) -> bool {
    cijfer.vertrouwelijk == schema::cijfer::Confidential::C
}
