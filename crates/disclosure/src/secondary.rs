//! What must go along with a hidden number, because together with what stays it would give that number away.
//!
//! Owns the links within one gebied: the last open code of a share, the last open category of a breakdown, the fourth
//! of begin + in - uit = eind, and the same count shown by another indicator. Links between gebieden, years and
//! publications are full disclosure control, which grows here.

use std::collections::{BTreeMap, BTreeSet};

use schema::Cijfer;
use schema::cijfer::Confidential;

use crate::Threshold;
use crate::measure::Measure;

/// Hides further rows until nothing more follows.
pub(crate) fn extend(cijfers: &[Cijfer], threshold: &Threshold, marks: &mut [Confidential]) {
    let all_sums = sums(cijfers, threshold);
    let cells = cells(cijfers, threshold);
    loop {
        let mut new = BTreeSet::new();
        for sum in &all_sums {
            new.extend(partner(cijfers, threshold, sum, marks));
        }
        for cell in &cells {
            new.extend(same_number(cijfers, threshold, cell, marks));
        }
        if new.is_empty() {
            return;
        }
        for place in new {
            marks[place] = Confidential::D;
        }
    }
}

/// Uitvraag, year, level and code.
pub(crate) type GebiedKey<'a> = (&'a str, i32, &'a str, &'a str);

/// What figures must share to be in one sum.
pub(crate) fn gebied(cijfer: &Cijfer) -> GebiedKey<'_> {
    (
        &cijfer.uitvraag,
        cijfer.jaar,
        cijfer.niveau.name(),
        &cijfer.gebied,
    )
}

/// Rows of which the last follows from the others.
struct SumOf {
    rijen: Vec<usize>,
    /// Whether they add up to a number that is known, so that the hidden ones together are.
    adds_up: bool,
}

/// The categories of a breakdown (with their total), the codes of a share, the three classes of duration, and the four
/// of the stock-and-flow identity.
fn sums(cijfers: &[Cijfer], threshold: &Threshold) -> Vec<SumOf> {
    let mut groups: BTreeMap<(GebiedKey<'_>, &str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (place, cijfer) in cijfers.iter().enumerate() {
        let additive = matches!(
            threshold.kinds.of(&cijfer.indicator),
            Measure::Aandeel | Measure::Verdeling | Measure::Telling
        );
        if additive && cijfer.uitsplitsing != "totaal" {
            groups
                .entry((
                    gebied(cijfer),
                    "delen",
                    &cijfer.indicator,
                    &cijfer.uitsplitsing,
                ))
                .or_default()
                .push(place);
        }
        if FLOW.contains(&cijfer.indicator.as_str()) {
            groups
                .entry((
                    gebied(cijfer),
                    "stroom",
                    &cijfer.uitsplitsing,
                    &cijfer.categorie,
                ))
                .or_default()
                .push(place);
        }
        if DURATION.contains(&cijfer.indicator.as_str()) {
            groups
                .entry((
                    gebied(cijfer),
                    "duur",
                    &cijfer.uitsplitsing,
                    &cijfer.categorie,
                ))
                .or_default()
                .push(place);
        }
    }
    groups
        .into_iter()
        .map(|((_, kind, _, _), rows)| SumOf {
            rijen: rows,
            adds_up: kind != "stroom",
        })
        .collect()
}

/// begin + in - uit = eind.
const FLOW: [&str; 4] = ["stroom_begin", "stroom_in", "stroom_uit", "stroom_eind"];
/// Together 1.
const DURATION: [&str; 3] = ["duur_tot_6_maanden", "duur_6_tot_12_maanden", "duur_langer"];

/// Where one row of a sum is hidden, or the hidden ones together are a small number: the row that costs least to hide
/// with them, the smallest that is not 0.
fn partner(
    cijfers: &[Cijfer],
    threshold: &Threshold,
    sum: &SumOf,
    marks: &[Confidential],
) -> Option<usize> {
    let numerator = |place: usize| cijfers[place].teller.unwrap_or(0.0);
    let (open, hidden): (Vec<usize>, Vec<usize>) = sum
        .rijen
        .iter()
        .partition(|&&place| marks[place] == Confidential::F);
    let together: f64 = hidden.iter().map(|&place| numerator(place)).sum();
    let betrays = hidden.len() == 1 || sum.adds_up && threshold.is_small(together);
    let candidates = open
        .into_iter()
        .filter(|&place| betrays && numerator(place) > 0.0);
    candidates.min_by(|&a, &b| numerator(a).total_cmp(&numerator(b)).then(a.cmp(&b)))
}

/// The rows of each cell that say something of children.
fn cells(cijfers: &[Cijfer], threshold: &Threshold) -> Vec<Vec<usize>> {
    let mut cells: BTreeMap<(GebiedKey<'_>, &str, &str), Vec<usize>> = BTreeMap::new();
    for (place, cijfer) in cijfers.iter().enumerate() {
        if threshold.kinds.of(&cijfer.indicator) != Measure::Free {
            cells
                .entry((gebied(cijfer), &cijfer.uitsplitsing, &cijfer.categorie))
                .or_default()
                .push(place);
        }
    }
    cells.into_values().collect()
}

/// The rows of a cell that show a number which a hidden count of that cell is.
fn same_number(
    cijfers: &[Cijfer],
    threshold: &Threshold,
    cell: &[usize],
    marks: &[Confidential],
) -> Vec<usize> {
    let secret: Vec<f64> = cell
        .iter()
        .filter(|&&place| {
            marks[place] != Confidential::F
                && threshold.kinds.of(&cijfers[place].indicator) == Measure::Telling
        })
        .filter_map(|&place| cijfers[place].teller)
        .filter(|&numerator| numerator > 0.0)
        .collect();
    if secret.is_empty() {
        return Vec::new();
    }
    let shows = |place: usize| {
        let cijfer = &cijfers[place];
        let denominator = cijfer
            .noemer
            .filter(|_| threshold.kinds.of(&cijfer.indicator) != Measure::Telling);
        let n = cijfer.n.map(|n| n as f64);
        [cijfer.teller, denominator, n]
            .into_iter()
            .flatten()
            .any(|number| secret.contains(&number))
    };
    cell.iter()
        .copied()
        .filter(|&place| marks[place] == Confidential::F && shows(place))
        .collect()
}
