//! What is told about a file in which a BSN stands, without it.
//!
//! Owns hiding one in a name or a sentence, and in a judgement. Leaves whether there is one to the module above.

use std::borrow::Cow;

use schema::{Bevinding, Oordeel};

use super::{candidate, eleven_test, in_text};
use crate::RefusalCode;

/// The text, with `#` for every digit where a BSN stands in it.
pub fn hidden(text: &str) -> Cow<'_, str> {
    if !in_text(text) {
        return Cow::Borrowed(text);
    }
    let digits = text.chars().map(|c| if c.is_numeric() { '#' } else { c });
    let digits: String = digits.collect();
    Cow::Owned(if in_text(&digits) {
        "(weggelaten)".to_owned()
    } else {
        digits
    })
}

/// Hides BSNs in the findings of a judgement. Where a column of them was found no value is told at all: what stands in
/// the cell beside may be the other half.
pub fn hide_in(oordeel: &mut Oordeel) {
    let suspected = RefusalCode::BsnSuspected.name();
    let all = oordeel.regels.iter().any(|r| r.code == suspected);
    // A cause is its value: without it nothing is left to tell.
    oordeel.oorzaken.retain(|cause| {
        let value = cause.eerste.gevonden.as_deref();
        !value.is_some_and(|value| all || is_bsn(value))
    });
    let causes = oordeel.oorzaken.iter_mut().map(|o| &mut o.eerste);
    for bevinding in oordeel.bevindingen.iter_mut().chain(causes) {
        hide_in_finding(bevinding, all);
    }
}

/// Whether a value in a cell may be one. Of eight digits it is a date as a rule, and worth telling.
fn is_bsn(value: &str) -> bool {
    const NINE_DIGITS: u32 = 100_000_000;
    in_text(value) || candidate(value).is_some_and(|n| n >= NINE_DIGITS && eleven_test(n))
}

fn hide_in_finding(bevinding: &mut Bevinding, all: bool) {
    let Bevinding {
        plaats: place,
        gevonden: found,
        bericht: message,
        verwacht: expected,
        herstel: recover,
        ..
    } = bevinding;
    for value in [found, &mut place.nummer] {
        if value.as_deref().is_some_and(|value| all || is_bsn(value)) {
            *value = None;
        }
    }
    let names = [
        &mut place.bestand,
        &mut place.blad,
        &mut place.kolom,
        &mut place.cel,
    ];
    let texts = names
        .into_iter()
        .flatten()
        .chain([message, expected, recover]);
    for text in texts {
        if let Cow::Owned(without) = hidden(text) {
            *text = without;
        }
    }
}

#[cfg(test)]
mod tests {
    use schema::Place;

    use super::*;

    fn finding(found: &str, message: &str) -> Oordeel {
        let place = Place {
            bestand: Some("export 111222333.csv".to_owned()),
            ..Place::default()
        };
        let mut oordeel = Oordeel::refused("NUMBER", "traject", place, message.to_owned());
        oordeel.bevindingen[0].gevonden = Some(found.to_owned());
        oordeel.bevindingen[0].plaats.nummer = Some(found.to_owned());
        oordeel
    }

    #[test]
    fn a_finding_keeps_its_words_and_loses_the_number() {
        for found in ["111222333", "1112.22.333", "111222333,00"] {
            let mut oordeel = finding(found, "'111222333' is te veel.");
            hide_in(&mut oordeel);
            let bevinding = &oordeel.bevindingen[0];
            assert_eq!(bevinding.gevonden, None);
            assert_eq!(bevinding.plaats.nummer, None);
            assert_eq!(bevinding.bericht, "'#########' is te veel.");
            assert_eq!(
                bevinding.plaats.bestand.as_deref(),
                Some("export #########.csv")
            );
        }
    }

    #[test]
    fn other_values_are_told() {
        for found in ["20201305", "12", "2021-01-03T12:00:00.111222333"] {
            let mut oordeel = finding(found, "Dit klopt niet.");
            hide_in(&mut oordeel);
            assert_eq!(oordeel.bevindingen[0].gevonden.as_deref(), Some(found));
        }
    }
}
