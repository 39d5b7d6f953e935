//! The canonical tables, as an aanbieder that follows the definition exports them.
//!
//! Owns what is not drawn but follows from the trajecten: the voorzieningen and the waiting list per quarter.

use std::path::Path;

use anyhow::Result;

use crate::words::euro;
use crate::world::{PracticeAanbieder, PracticeTraject};

/// The three canonical tables, as an aanbieder that follows the datapackage exports them.
pub fn canonical(
    dir: &Path,
    aanbieder: &PracticeAanbieder,
    trajecten: &[PracticeTraject],
    jaar: i32,
) -> Result<()> {
    let header = [
        "traject_id",
        "jeugdige_id",
        "gezin_id",
        "voorziening_id",
        "gemeente",
        "leeftijd_bij_aanmelding",
        "kader",
        "wettelijk_kader",
        "aanleiding",
        "verwijzer",
        "omgang_met",
        "verblijf",
        "vorm",
        "intensiteit",
        "begeleiding",
        "rapportage_aan",
        "bekostiging",
        "productcode",
        "aanmelddatum",
        "startdatum",
        "einddatum",
        "reden_einde",
        "vervolg",
        "contacten",
        "minuten",
        "weekendcontacten",
        "kosten",
    ];
    let mut csv = csv::Writer::from_path(dir.join("traject.csv"))?;
    csv.write_record(header)?;
    for t in trajecten {
        csv.write_record(canonical_row(t))?;
    }
    csv.flush()?;
    voorzieningen(dir, aanbieder, trajecten)?;
    wachtlijst(dir, trajecten, jaar)
}

fn canonical_row(t: &PracticeTraject) -> [String; 27] {
    [
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.gezin_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeente.clone(),
        t.leeftijd.to_string(),
        t.kader.to_owned(),
        "jeugdwet".to_owned(),
        t.aanleiding.to_owned(),
        t.verwijzer.to_owned(),
        t.omgang_met.to_owned(),
        "bij_ouder".to_owned(),
        t.vorm.to_owned(),
        t.intensity.to_owned(),
        t.begeleiding.to_owned(),
        t.report_to.to_owned(),
        t.bekostiging.to_owned(),
        "45A01".to_owned(),
        t.aanmelddatum.to_string(),
        t.startdatum.map(|d| d.to_string()).unwrap_or_default(),
        t.einddatum.map(|d| d.to_string()).unwrap_or_default(),
        t.end_reason.unwrap_or_default().to_owned(),
        t.follow_up.unwrap_or_default().to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
        t.weekend_contacten.to_string(),
        euro(t.kosten),
    ]
}

fn voorzieningen(
    dir: &Path,
    aanbieder: &PracticeAanbieder,
    trajecten: &[PracticeTraject],
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
    let vestiging = trajecten
        .first()
        .map(|t| t.gemeente.clone())
        .unwrap_or_default();
    for (number, id) in ["V1", "V2"].into_iter().enumerate() {
        let running = trajecten
            .iter()
            .filter(|t| t.voorziening_id == id && t.startdatum.is_some() && t.einddatum.is_none())
            .count();
        let places = (running + running / 4).max(4).to_string();
        let vorm = ["omgangshuis", "ambulant_locatie"][number];
        let initiative = ["gemeente", "regio", "particulier"]
            [(aanbieder.kvk.len() + aanbieder.map.len() + number) % 3];
        csv.write_record([
            id,
            vorm,
            &vestiging,
            "beide",
            initiative,
            &places,
            ["ja", "nee"][number],
        ])?;
    }
    csv.flush()?;
    Ok(())
}

fn wachtlijst(dir: &Path, trajecten: &[PracticeTraject], jaar: i32) -> Result<()> {
    const CAUSES: [&str; 4] = [
        "stijging_vraag",
        "schaarste_aanbod",
        "planning",
        "wacht_op_betrokkenen",
    ];
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
        let mut groups: std::collections::BTreeMap<(&str, &str, &str), (u32, i64)> =
            std::collections::BTreeMap::new();
        let wait = |t: &&PracticeTraject| {
            let left = [t.startdatum, t.einddatum].into_iter().flatten().min();
            schema::definitie::in_stock(&peildatum, Some(&t.aanmelddatum), left.as_ref())
        };
        for t in trajecten.iter().filter(wait) {
            let group = groups
                .entry((t.voorziening_id, &t.gemeente, t.kader))
                .or_default();
            group.0 += 1;
            group.1 = group.1.max((peildatum - t.aanmelddatum).num_days());
        }
        for (number, ((voorziening, gemeente, kader), (count, longest))) in
            groups.into_iter().enumerate()
        {
            let cause = CAUSES[number % CAUSES.len()];
            csv.write_record([
                &peildatum.to_string(),
                voorziening,
                gemeente,
                kader,
                &count.to_string(),
                &longest.to_string(),
                cause,
            ])?;
        }
    }
    csv.flush()?;
    Ok(())
}
