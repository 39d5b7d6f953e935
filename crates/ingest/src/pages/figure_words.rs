//! A published or own figure in the words of a Dutch reader: number, unit, and the sign where there is no number.

use schema::text::grouped_thousands;
use schema::{Cijfer, Indicator};

use crate::wording;

/// The sign for no number.
pub(super) const NO_NUMBER: &str = "–";

/// A value with its unit.
pub(super) fn told(value: Option<f64>, indicator: &Indicator, unit: &str) -> String {
    let Some(value) = value else {
        return NO_NUMBER.to_owned();
    };
    match unit {
        "aandeel" => format!("{}%", decimals(value * 100.0, 0)),
        "euro" => format!("€\u{a0}{}", decimals(value, indicator.decimalen)),
        "verhouding" => decimals(value, indicator.decimalen),
        unit => format!("{} {unit}", decimals(value, indicator.decimalen)),
    }
}

/// A published figure; where it has no value the sign that it is not shown, or not there.
pub(super) fn published(cijfer: &Cijfer, indicator: &Indicator) -> String {
    match cijfer.waarde {
        Some(_) => told(cijfer.waarde, indicator, &indicator.eenheid),
        None if is_hidden(cijfer) => wording::page::HIDDEN.to_owned(),
        None => wording::page::NO_FIGURE.to_owned(),
    }
}

/// Whether a figure is there but may not be shown.
pub(super) fn is_hidden(cijfer: &Cijfer) -> bool {
    cijfer.vertrouwelijk == schema::cijfer::Confidential::C
}

/// With a comma, and dots between thousands.
pub(super) fn decimals(value: f64, places: u8) -> String {
    let written = format!("{:.*}", usize::from(places), value.abs());
    let (whole, fraction) = written.split_once('.').unwrap_or((&written, ""));
    let whole = whole
        .parse()
        .map_or_else(|_| whole.to_owned(), grouped_thousands);
    let sign = if value < 0.0 { "-" } else { "" };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole},{fraction}")
    }
}
