//! What is sensitive of itself.
//!
//! Owns the primary rules: small counts, quantiles on few, shares of all or nobody. Leaves what gives such a number
//! away through another row to [`crate::secondary`], and an empty code among others to [`crate::distribution`].

use schema::cijfer::{Confidential, Status};
use schema::{Cijfer, Niveau};

use crate::Threshold;
use crate::measure::Measure;

/// Quantiles on fewer children than this say too little and point at one of them.
const MIN_N: i64 = 10;

/// Whether a row is hidden of itself.
pub(crate) fn judge(cijfer: &Cijfer, threshold: &Threshold) -> Confidential {
    let small = |count: Option<f64>| count.is_some_and(|a| threshold.is_small(a));
    let n_is_small = small(cijfer.n.map(|n| n as f64));
    let hidden = match threshold.kinds.of(&cijfer.indicator) {
        Measure::Free => false,
        Measure::Amount => n_is_small,
        Measure::Telling => n_is_small || small(cijfer.teller),
        Measure::Verhouding => n_is_small || small(cijfer.teller) || small(cijfer.noemer),
        Measure::Days => n_is_small || too_few(cijfer, threshold),
        Measure::Aandeel => small_share(cijfer, threshold) || says_all(cijfer) || says_none(cijfer),
        Measure::Verdeling => small_share(cijfer, threshold) || says_all(cijfer),
    };
    if hidden {
        Confidential::C
    } else {
        Confidential::F
    }
}

/// Whether it is hidden because it rests on too few to say anything of at all; of a curve `analysis` has said so.
pub(crate) fn too_few(cijfer: &Cijfer, threshold: &Threshold) -> bool {
    let few = cijfer.status == Status::L || cijfer.n.is_some_and(|n| n > 0 && n < MIN_N);
    threshold.kinds.of(&cijfer.indicator) == Measure::Days && few
}

/// Those of the noemer that are not in the teller.
pub(crate) fn rest(cijfer: &Cijfer) -> Option<f64> {
    cijfer
        .noemer
        .zip(cijfer.teller)
        .map(|(denominator, numerator)| denominator - numerator)
}

fn small_share(cijfer: &Cijfer, threshold: &Threshold) -> bool {
    let numbers = [
        cijfer.n.map(|n| n as f64),
        cijfer.teller,
        cijfer.noemer,
        rest(cijfer),
    ];
    numbers
        .into_iter()
        .flatten()
        .any(|number| threshold.is_small(number))
}

/// 100 % says the same of every child in the group. Of the whole country it is no secret.
pub(crate) fn says_all(cijfer: &Cijfer) -> bool {
    some_regionally(cijfer) && cijfer.teller == cijfer.noemer
}

/// 0 % of a share says the other side of every child in the group.
pub(crate) fn says_none(cijfer: &Cijfer) -> bool {
    some_regionally(cijfer) && cijfer.teller == Some(0.0)
}

fn some_regionally(cijfer: &Cijfer) -> bool {
    cijfer.noemer.is_some_and(|denominator| denominator > 0.0) && cijfer.niveau != Niveau::Nederland
}
