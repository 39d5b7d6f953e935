//! What is sensitive of itself.
//!
//! Owns the primary rules: small counts, quantiles on few, shares of all or nobody. Leaves what gives such a number
//! away through another row to [`crate::samenhang`], and an empty code among others to [`crate::verdeling`].

use schema::cijfer::{Status, Vertrouwelijk};
use schema::{Cijfer, Niveau};

use crate::Drempel;
use crate::aard::Aard;

/// Quantiles on fewer children than this say too little and point at one of them.
const KLEINSTE_N: i64 = 10;

/// Whether a row is hidden of itself.
pub(crate) fn judge(cijfer: &Cijfer, drempel: &Drempel) -> Vertrouwelijk {
    let klein = |aantal: Option<f64>| aantal.is_some_and(|a| drempel.is_small(a));
    let n_klein = klein(cijfer.n.map(|n| n as f64));
    let verborgen = match drempel.aarden.of(&cijfer.indicator) {
        Aard::Vrij => false,
        Aard::Bedrag => n_klein,
        Aard::Telling => n_klein || klein(cijfer.teller),
        Aard::Verhouding => n_klein || klein(cijfer.teller) || klein(cijfer.noemer),
        Aard::Dagen => n_klein || too_few(cijfer, drempel),
        Aard::Aandeel => small_share(cijfer, drempel) || says_all(cijfer) || says_none(cijfer),
        Aard::Verdeling => small_share(cijfer, drempel) || says_all(cijfer),
    };
    if verborgen {
        Vertrouwelijk::C
    } else {
        Vertrouwelijk::F
    }
}

/// Whether it is hidden because it rests on too few to say anything of at all; of a curve `analysis` has said so.
pub(crate) fn too_few(cijfer: &Cijfer, drempel: &Drempel) -> bool {
    let weinig = cijfer.status == Status::L || cijfer.n.is_some_and(|n| n > 0 && n < KLEINSTE_N);
    drempel.aarden.of(&cijfer.indicator) == Aard::Dagen && weinig
}

/// Those of the noemer that are not in the teller.
pub(crate) fn rest(cijfer: &Cijfer) -> Option<f64> {
    cijfer
        .noemer
        .zip(cijfer.teller)
        .map(|(noemer, teller)| noemer - teller)
}

fn small_share(cijfer: &Cijfer, drempel: &Drempel) -> bool {
    let getallen = [
        cijfer.n.map(|n| n as f64),
        cijfer.teller,
        cijfer.noemer,
        rest(cijfer),
    ];
    getallen
        .into_iter()
        .flatten()
        .any(|getal| drempel.is_small(getal))
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
    cijfer.noemer.is_some_and(|noemer| noemer > 0.0) && cijfer.niveau != Niveau::Nederland
}
