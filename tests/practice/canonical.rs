//! The tables voorziening and wachtlijst, of an aanbieder that follows the definition.
//!
//! Owns what is not drawn but follows from the trajecten: the voorzieningen and the waiting list per quarter.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::aanbieders::PracticeAanbieder;
use crate::course::PracticeTraject;
use crate::places;
use crate::planted::SECOND_YEAR;
use crate::shares;

/// Writes what this aanbieder keeps besides its trajecten.
pub(crate) fn other_tables(
    dir: &Path,
    aanbieder: &PracticeAanbieder,
    trajecten: &[PracticeTraject],
    jaar: i32,
) -> Result<()> {
    if aanbieder.keeps("voorziening", jaar) {
        voorzieningen(dir, aanbieder, trajecten, jaar)?;
    }
    if aanbieder.keeps("wachtlijst", jaar) {
        wachtlijst(dir, aanbieder, trajecten, jaar)?;
    }
    Ok(())
}

fn voorzieningen(
    dir: &Path,
    aanbieder: &PracticeAanbieder,
    trajecten: &[PracticeTraject],
    jaar: i32,
) -> Result<()> {
    let mut csv = csv::Writer::from_path(dir.join("voorziening.csv"))?;
    csv.write_record([
        "voorziening_id",
        "vorm",
        "vestiging",
        "kader",
        "initiatief",
        "plaatsen",
        "weekend",
    ])?;
    let gemeenten = &places::jeugdregio(aanbieder.jeugdregio).gemeenten;
    for (at, id) in ["V1", "V2"].into_iter().enumerate() {
        let turn = aanbieder.number + at;
        let vestiging = places::gemeente_in(jaar, gemeenten[turn % gemeenten.len()], turn);
        let kader = match at {
            1 if aanbieder.second_is_voluntary() => "vrijwillig",
            _ => "beide",
        };
        let running = trajecten
            .iter()
            .filter(|t| t.voorziening == id && t.startdatum.is_some() && t.einddatum.is_none())
            .count();
        // One in five does not say how many places it has.
        let places_told = if turn % 5 == 4 {
            String::new()
        } else {
            (running + running / 4).max(4).to_string()
        };
        csv.write_record([
            id,
            ["omgangshuis", "ambulant_locatie"][at],
            &vestiging.gemeentecode,
            kader,
            [
                "gemeente",
                "regio",
                "particulier",
                "particulier",
                "onbekend",
            ][turn % 5],
            &places_told,
            ["ja", "nee", "ja"][turn % 3],
        ])?;
    }
    csv.flush()?;
    Ok(())
}

fn wachtlijst(
    dir: &Path,
    aanbieder: &PracticeAanbieder,
    trajecten: &[PracticeTraject],
    jaar: i32,
) -> Result<()> {
    let causes = if jaar >= SECOND_YEAR {
        shares::CAUSE_2021
    } else {
        shares::CAUSE
    };
    let mut csv = csv::Writer::from_path(dir.join("wachtlijst.csv"))?;
    csv.write_record([
        "peildatum",
        "voorziening_id",
        "gemeente",
        "kader",
        "wachtenden",
        "langste_wachttijd_dagen",
        "oorzaak",
    ])?;
    for peildatum in schema::definitie::quarter_ends(jaar) {
        let mut groups: BTreeMap<(&str, &str, &str), (u32, i64)> = BTreeMap::new();
        let waits = |t: &&PracticeTraject| {
            let left = [t.startdatum, t.einddatum].into_iter().flatten().min();
            schema::definitie::in_stock(&peildatum, Some(&t.aanmelddatum), left.as_ref())
        };
        for t in trajecten.iter().filter(waits) {
            let group = groups
                .entry((t.voorziening, &t.gemeente.gemeentecode, t.kader))
                .or_default();
            group.0 += 1;
            group.1 = group.1.max((peildatum - t.aanmelddatum).num_days());
        }
        for (number, ((voorziening, gemeente, kader), (count, longest))) in
            groups.into_iter().enumerate()
        {
            // Some count the longest wait in whole weeks.
            let told = if aanbieder.number % 2 == 1 {
                longest / 7 * 7
            } else {
                longest
            };
            let sum: u32 = causes.iter().map(|(_, weight)| weight).sum();
            let place =
                (number as u32 * 37 + longest as u32 * 11 + aanbieder.number as u32 * 13) % sum;
            let cause = shares::pick_at(place, causes);
            csv.write_record([
                &peildatum.to_string(),
                voorziening,
                gemeente,
                kader,
                &count.to_string(),
                &told.to_string(),
                cause,
            ])?;
        }
    }
    csv.flush()?;
    Ok(())
}
