//! What is told about a file in which a BSN stands, without it.
//!
//! Owns hiding one in a name or a sentence, and in a judgement. Leaves whether there is one to the module above.

use std::borrow::Cow;

use schema::{Bevinding, Oordeel};

use super::{eleven_test, in_text};
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
    let causes = oordeel.oorzaken.iter_mut().map(|o| &mut o.eerste);
    for bevinding in oordeel.bevindingen.iter_mut().chain(causes) {
        hide_in_finding(bevinding, all);
    }
    if all {
        // A cause is its value.
        oordeel.oorzaken.retain(|o| o.eerste.code == suspected);
    }
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
    if found
        .as_deref()
        .is_some_and(|text| all || super::candidate(text).is_some_and(eleven_test))
    {
        *found = None;
    }
    let names = [
        found,
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
