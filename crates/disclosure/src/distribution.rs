//! Which empty codes of a distribution may be shown.
//!
//! Owns the one question that needs all codes of a share at once: what a 0 % says of the children that are there. Where
//! one code holds everybody the whole distribution is hidden: whoever knows a child of the group would know its code.
//! Otherwise an empty code says of no child which of the others is its own, as long as at least two others hold more than
//! the threshold; and that nobody is `onbekend` says how well a field was filled in, and nothing of anybody.

use std::collections::BTreeMap;

use schema::Cijfer;
use schema::cijfer::Confidential;

use crate::Threshold;
use crate::measure::Measure;
use crate::primary::{says_all, says_none};
use crate::secondary::gebied;

/// The code that stands for not known, in every list.
const UNKNOWN: &str = "onbekend";
/// So many other codes must be well filled for an empty one to be shown.
const OTHERS: usize = 2;

/// Hides what an empty code would say of everybody.
pub(crate) fn judge(cijfers: &[Cijfer], threshold: &Threshold, marks: &mut [Confidential]) {
    let mut distributions: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (place, cijfer) in cijfers.iter().enumerate() {
        if threshold.kinds.of(&cijfer.indicator) == Measure::Verdeling {
            distributions
                .entry((gebied(cijfer), &cijfer.indicator, &cijfer.uitsplitsing))
                .or_default()
                .push(place);
        }
    }
    for codes in distributions.into_values() {
        let one_has_all = codes.iter().any(|&place| says_all(&cijfers[place]));
        let filled = codes
            .iter()
            .filter(|&&place| is_filled(&cijfers[place], threshold))
            .count();
        for place in codes {
            let says_nothing = filled >= OTHERS || cijfers[place].categorie == UNKNOWN;
            if says_none(&cijfers[place]) && (one_has_all || !says_nothing) {
                marks[place] = Confidential::C;
            }
        }
    }
}

/// Whether a code holds enough children to hide in.
fn is_filled(cijfer: &Cijfer, threshold: &Threshold) -> bool {
    cijfer
        .teller
        .is_some_and(|numerator| numerator > 0.0 && !threshold.is_small(numerator))
}
