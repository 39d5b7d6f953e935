//! Where practice aanbieders work and their children live: the jeugdregio's and gemeenten of CBS, with their weights.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use schema::{Gebieden, Gemeente};

use crate::planted::{CROSSING, FIRST_YEAR, SILENT};

/// A jeugdregio of the first year.
#[derive(Debug)]
pub(crate) struct PracticePlace {
    /// `JZ13`.
    pub(crate) code: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Inhabitants.
    pub(crate) inwoners: u32,
    /// Its gemeenten.
    pub(crate) gemeenten: Vec<&'static Gemeente>,
}

/// The jeugdregio's, largest first.
pub(crate) fn jeugdregios() -> &'static [PracticePlace] {
    static PLACES: OnceLock<Vec<PracticePlace>> = OnceLock::new();
    PLACES.get_or_init(|| {
        let mut places: BTreeMap<&str, PracticePlace> = BTreeMap::new();
        for gemeente in Gebieden::get()
            .gemeenten(FIRST_YEAR)
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            let place = places
                .entry(&gemeente.jeugdregio_code)
                .or_insert(PracticePlace {
                    code: &gemeente.jeugdregio_code,
                    name: &gemeente.jeugdregio,
                    inwoners: 0,
                    gemeenten: Vec::new(),
                });
            place.inwoners += inwoners(gemeente);
            place.gemeenten.push(gemeente);
        }
        let mut places: Vec<PracticePlace> = places.into_values().collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.inwoners));
        places
    })
}

/// The jeugdregio with this code.
pub(crate) fn jeugdregio(code: &str) -> &'static PracticePlace {
    jeugdregios()
        .iter()
        .find(|place| place.code == code)
        .expect("the callers name codes from the list")
}

/// Inhabitants: the weight of a gemeente, so that use per inwoner is the same in each.
pub(crate) fn inwoners(gemeente: &Gemeente) -> u32 {
    gemeente
        .inwoners
        .expect("CBS gives the inwoners of every gemeente in the first year")
}

/// Where children of a jeugdregio get help, of the regio's where somebody works: most at home, some in another regio of
/// their provincie (of the next one, where it has no other). Shares that add up to 1.
pub(crate) fn helped_in(home: &PracticePlace, served: &[&'static str]) -> Vec<(&'static str, f64)> {
    let near = |apart: u32| {
        jeugdregios()
            .iter()
            .filter(|other| {
                other.code != home.code && other.code != SILENT && served.contains(&other.code)
            })
            .filter(|other| provincie(other).abs_diff(provincie(home)) <= apart)
            .collect::<Vec<_>>()
    };
    let others = if home.code == SILENT {
        Vec::new()
    } else {
        Some(near(0))
            .filter(|others| !others.is_empty())
            .unwrap_or_else(|| near(1))
    };
    let sum: u32 = others.iter().map(|other| other.inwoners).sum();
    if sum == 0 {
        return vec![(home.code, 1.0)];
    }
    let away = others.iter().map(|other| {
        (
            other.code,
            CROSSING * f64::from(other.inwoners) / f64::from(sum),
        )
    });
    std::iter::once((home.code, 1.0 - CROSSING))
        .chain(away)
        .collect()
}

/// The number of its provincie at CBS: neighbours mostly have numbers that follow.
fn provincie(place: &PracticePlace) -> u32 {
    let code = place
        .gemeenten
        .first()
        .map_or("", |gemeente| gemeente.provincie_code.as_str());
    code.trim_start_matches("PV")
        .parse()
        .expect("a provincie is PV and a number")
}

/// The gemeente as it is called in a later year; of a split one, the part that `number` falls in.
pub(crate) fn gemeente_in(
    jaar: i32,
    gemeente: &'static Gemeente,
    number: usize,
) -> &'static Gemeente {
    let gebieden = Gebieden::get();
    if let Some(same) = gebieden.gemeente(jaar, &gemeente.gemeentecode) {
        return same;
    }
    let successors = gebieden.successors(jaar, &gemeente.gemeentecode);
    successors
        .get(number % successors.len().max(1))
        .copied()
        .expect("a gemeente that ended has a successor")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planted::PlantedProfile;

    #[test]
    fn children_cross_to_neighbours_only() {
        let served: Vec<&str> = jeugdregios().iter().map(|place| place.code).collect();
        for place in jeugdregios() {
            let shares = helped_in(place, &served);
            let sum: f64 = shares.iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{}: {sum}", place.code);
            assert!(
                shares.len() > 1 || place.code == SILENT,
                "{} has no neighbour",
                place.code
            );
            assert!(place.code == SILENT || shares.iter().all(|(code, _)| *code != SILENT));
        }
    }

    /// Haaren was split over four gemeenten in 2021, Appingedam became part of Eemsdelta.
    #[test]
    fn a_gemeente_that_ended_goes_on_as_its_successor() {
        let of = |code: &str| {
            Gebieden::get()
                .gemeente(FIRST_YEAR, code)
                .expect("it existed")
        };
        assert_eq!(gemeente_in(2021, of("GM0003"), 7).gemeentecode, "GM1979");
        let parts: std::collections::BTreeSet<&str> = (0..8)
            .map(|number| {
                gemeente_in(2021, of("GM0788"), number)
                    .gemeentecode
                    .as_str()
            })
            .collect();
        assert_eq!(parts.len(), 4);
        assert_eq!(gemeente_in(2021, of("GM0344"), 7).gemeentecode, "GM0344");
    }

    /// A figure that differs where nothing is planted differs by chance: most regio's must be as usual, and a planted
    /// one must differ in one thing, or nobody can tell which of the two was found.
    #[test]
    fn a_planted_jeugdregio_differs_in_one_thing() {
        let mut planted = 0;
        for area in jeugdregios() {
            let (own, usual) = (PlantedProfile::of(area.code), PlantedProfile::USUAL);
            let differs = [
                own.gebruik != usual.gebruik,
                own.wachten != usual.wachten,
                own.duur != usual.duur,
                own.on_plan(0) != usual.on_plan(0) || own.on_plan(200) != usual.on_plan(200),
                own.onbegeleide_omgang != usual.onbegeleide_omgang,
            ];
            let count = differs.iter().filter(|d| **d).count();
            assert!(count <= 1, "{}: {own:?}", area.code);
            planted += count;
        }
        assert_eq!(planted, 13);
        assert_eq!(PlantedProfile::of(SILENT), PlantedProfile::USUAL);
    }
}
