//! What must go along with a hidden number, because together with what stays it would give that number away.
//!
//! Owns the links within one gebied: the last open code of a share, the last open category of a breakdown, the fourth
//! of begin + in - uit = eind, and the same count shown by another indicator. Links between gebieden, years and
//! publications are full disclosure control, which grows here.

use std::collections::{BTreeMap, BTreeSet};

use schema::Cijfer;
use schema::cijfer::Vertrouwelijk;

use crate::Drempel;
use crate::aard::Aard;

/// Hides further rows until nothing more follows.
pub(crate) fn extend(cijfers: &[Cijfer], drempel: &Drempel, borden: &mut [Vertrouwelijk]) {
    let sommen = sums(cijfers, drempel);
    let cellen = cells(cijfers, drempel);
    loop {
        let mut nieuw = BTreeSet::new();
        for som in &sommen {
            nieuw.extend(partner(cijfers, drempel, som, borden));
        }
        for cel in &cellen {
            nieuw.extend(same_number(cijfers, drempel, cel, borden));
        }
        if nieuw.is_empty() {
            return;
        }
        for plek in nieuw {
            borden[plek] = Vertrouwelijk::D;
        }
    }
}

/// Uitvraag, year, level and code.
pub(crate) type Gebied<'a> = (&'a str, i32, &'a str, &'a str);

/// What figures must share to be in one sum.
pub(crate) fn gebied(cijfer: &Cijfer) -> Gebied<'_> {
    (
        &cijfer.uitvraag,
        cijfer.jaar,
        cijfer.niveau.naam(),
        &cijfer.gebied,
    )
}

/// Rows of which the last follows from the others.
struct Som {
    rijen: Vec<usize>,
    /// Whether they add up to a number that is known, so that the hidden ones together are.
    telt_op: bool,
}

/// The categories of a breakdown (with their total), the codes of a share, the three classes of duration, and the four
/// of the stock-and-flow identity.
fn sums(cijfers: &[Cijfer], drempel: &Drempel) -> Vec<Som> {
    let mut groepen: BTreeMap<(Gebied<'_>, &str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (plek, cijfer) in cijfers.iter().enumerate() {
        let optelbaar = matches!(
            drempel.aarden.of(&cijfer.indicator),
            Aard::Aandeel | Aard::Verdeling | Aard::Telling
        );
        if optelbaar && cijfer.uitsplitsing != "totaal" {
            groepen
                .entry((
                    gebied(cijfer),
                    "delen",
                    &cijfer.indicator,
                    &cijfer.uitsplitsing,
                ))
                .or_default()
                .push(plek);
        }
        if STROOM.contains(&cijfer.indicator.as_str()) {
            groepen
                .entry((
                    gebied(cijfer),
                    "stroom",
                    &cijfer.uitsplitsing,
                    &cijfer.categorie,
                ))
                .or_default()
                .push(plek);
        }
        if DUUR.contains(&cijfer.indicator.as_str()) {
            groepen
                .entry((
                    gebied(cijfer),
                    "duur",
                    &cijfer.uitsplitsing,
                    &cijfer.categorie,
                ))
                .or_default()
                .push(plek);
        }
    }
    groepen
        .into_iter()
        .map(|((_, soort, _, _), rijen)| Som {
            rijen,
            telt_op: soort != "stroom",
        })
        .collect()
}

/// begin + in - uit = eind.
const STROOM: [&str; 4] = ["stroom_begin", "stroom_in", "stroom_uit", "stroom_eind"];
/// Together 1.
const DUUR: [&str; 3] = ["duur_tot_6_maanden", "duur_6_tot_12_maanden", "duur_langer"];

/// Where one row of a sum is hidden, or the hidden ones together are a small number: the row that costs least to hide
/// with them, the smallest that is not 0.
fn partner(
    cijfers: &[Cijfer],
    drempel: &Drempel,
    som: &Som,
    borden: &[Vertrouwelijk],
) -> Option<usize> {
    let teller = |plek: usize| cijfers[plek].teller.unwrap_or(0.0);
    let (open, verborgen): (Vec<usize>, Vec<usize>) = som
        .rijen
        .iter()
        .partition(|&&plek| borden[plek] == Vertrouwelijk::F);
    let samen: f64 = verborgen.iter().map(|&plek| teller(plek)).sum();
    let verraadt = verborgen.len() == 1 || som.telt_op && drempel.is_small(samen);
    let kandidaten = open
        .into_iter()
        .filter(|&plek| verraadt && teller(plek) > 0.0);
    kandidaten.min_by(|&a, &b| teller(a).total_cmp(&teller(b)).then(a.cmp(&b)))
}

/// The rows of each cell that say something of children.
fn cells(cijfers: &[Cijfer], drempel: &Drempel) -> Vec<Vec<usize>> {
    let mut cellen: BTreeMap<(Gebied<'_>, &str, &str), Vec<usize>> = BTreeMap::new();
    for (plek, cijfer) in cijfers.iter().enumerate() {
        if drempel.aarden.of(&cijfer.indicator) != Aard::Vrij {
            cellen
                .entry((gebied(cijfer), &cijfer.uitsplitsing, &cijfer.categorie))
                .or_default()
                .push(plek);
        }
    }
    cellen.into_values().collect()
}

/// The rows of a cell that show a number which a hidden count of that cell is.
fn same_number(
    cijfers: &[Cijfer],
    drempel: &Drempel,
    cel: &[usize],
    borden: &[Vertrouwelijk],
) -> Vec<usize> {
    let geheim: Vec<f64> = cel
        .iter()
        .filter(|&&plek| {
            borden[plek] != Vertrouwelijk::F
                && drempel.aarden.of(&cijfers[plek].indicator) == Aard::Telling
        })
        .filter_map(|&plek| cijfers[plek].teller)
        .filter(|&teller| teller > 0.0)
        .collect();
    if geheim.is_empty() {
        return Vec::new();
    }
    let toont = |plek: usize| {
        let cijfer = &cijfers[plek];
        let noemer = cijfer
            .noemer
            .filter(|_| drempel.aarden.of(&cijfer.indicator) != Aard::Telling);
        let n = cijfer.n.map(|n| n as f64);
        [cijfer.teller, noemer, n]
            .into_iter()
            .flatten()
            .any(|getal| geheim.contains(&getal))
    };
    cel.iter()
        .copied()
        .filter(|&plek| borden[plek] == Vertrouwelijk::F && toont(plek))
        .collect()
}
