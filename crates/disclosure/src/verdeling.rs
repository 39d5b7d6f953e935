//! Which empty codes of a distribution may be shown.
//!
//! Owns the one question that needs all codes of a share at once: what a 0 % says of the children that are there. Where
//! one code holds everybody the whole distribution is hidden: whoever knows a child of the group would know its code.
//! Otherwise an empty code says of no child which of the others is its own, as long as at least two others hold more than
//! the threshold; and that nobody is `onbekend` says how well a field was filled in, and nothing of anybody.

use std::collections::BTreeMap;

use schema::Cijfer;
use schema::cijfer::Vertrouwelijk;

use crate::Drempel;
use crate::aard::Aard;
use crate::gevoelig::{says_all, says_none};
use crate::samenhang::gebied;

/// The code that stands for not known, in every list.
const ONBEKEND: &str = "onbekend";
/// So many other codes must be well filled for an empty one to be shown.
const ANDERE: usize = 2;

/// Hides what an empty code would say of everybody.
pub(crate) fn judge(cijfers: &[Cijfer], drempel: &Drempel, borden: &mut [Vertrouwelijk]) {
    let mut verdelingen: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (plek, cijfer) in cijfers.iter().enumerate() {
        if drempel.aarden.of(&cijfer.indicator) == Aard::Verdeling {
            verdelingen
                .entry((gebied(cijfer), &cijfer.indicator, &cijfer.uitsplitsing))
                .or_default()
                .push(plek);
        }
    }
    for codes in verdelingen.into_values() {
        let een_heeft_alles = codes.iter().any(|&plek| says_all(&cijfers[plek]));
        let gevuld = codes
            .iter()
            .filter(|&&plek| is_filled(&cijfers[plek], drempel))
            .count();
        for plek in codes {
            let zegt_niets = gevuld >= ANDERE || cijfers[plek].categorie == ONBEKEND;
            if says_none(&cijfers[plek]) && (een_heeft_alles || !zegt_niets) {
                borden[plek] = Vertrouwelijk::C;
            }
        }
    }
}

/// Whether a code holds enough children to hide in.
fn is_filled(cijfer: &Cijfer, drempel: &Drempel) -> bool {
    cijfer
        .teller
        .is_some_and(|teller| teller > 0.0 && !drempel.is_small(teller))
}
