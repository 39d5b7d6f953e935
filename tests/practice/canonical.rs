//! The canonical tables, as an aanbieder that follows the definition exports them.
//!
//! Owns what is not drawn but follows from the trajecten: the voorzieningen and the waiting list per quarter.

use std::path::Path;

use anyhow::Result;

use crate::words::euro;
use crate::world::{Aanbieder, Traject};

/// The three canonical tables, as an aanbieder that follows the datapackage exports them.
pub fn canoniek(map: &Path, aanbieder: &Aanbieder, trajecten: &[Traject], jaar: i32) -> Result<()> {
    let kop = [
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
    let mut csv = csv::Writer::from_path(map.join("traject.csv"))?;
    csv.write_record(kop)?;
    for t in trajecten {
        csv.write_record(canoniek_rij(t))?;
    }
    csv.flush()?;
    voorzieningen(map, aanbieder, trajecten)?;
    wachtlijst(map, trajecten, jaar)
}

fn canoniek_rij(t: &Traject) -> [String; 27] {
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
        t.intensiteit.to_owned(),
        t.begeleiding.to_owned(),
        t.rapportage_aan.to_owned(),
        t.bekostiging.to_owned(),
        "45A01".to_owned(),
        t.aanmelddatum.to_string(),
        t.startdatum.map(|d| d.to_string()).unwrap_or_default(),
        t.einddatum.map(|d| d.to_string()).unwrap_or_default(),
        t.reden_einde.unwrap_or_default().to_owned(),
        t.vervolg.unwrap_or_default().to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
        t.weekendcontacten.to_string(),
        euro(t.kosten),
    ]
}

fn voorzieningen(map: &Path, aanbieder: &Aanbieder, trajecten: &[Traject]) -> Result<()> {
    let mut csv = csv::Writer::from_path(map.join("voorziening.csv"))?;
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
    for (nummer, id) in ["V1", "V2"].into_iter().enumerate() {
        let lopend = trajecten
            .iter()
            .filter(|t| t.voorziening_id == id && t.startdatum.is_some() && t.einddatum.is_none())
            .count();
        let plaatsen = (lopend + lopend / 4).max(4).to_string();
        let vorm = ["omgangshuis", "ambulant_locatie"][nummer];
        let initiatief = ["gemeente", "regio", "particulier"]
            [(aanbieder.kvk.len() + aanbieder.map.len() + nummer) % 3];
        csv.write_record([
            id,
            vorm,
            &vestiging,
            "beide",
            initiatief,
            &plaatsen,
            ["ja", "nee"][nummer],
        ])?;
    }
    csv.flush()?;
    Ok(())
}

fn wachtlijst(map: &Path, trajecten: &[Traject], jaar: i32) -> Result<()> {
    const OORZAKEN: [&str; 4] = [
        "stijging_vraag",
        "schaarste_aanbod",
        "planning",
        "wacht_op_betrokkenen",
    ];
    let mut csv = csv::Writer::from_path(map.join("wachtlijst.csv"))?;
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
        let mut groepen: std::collections::BTreeMap<(&str, &str, &str), (u32, i64)> =
            std::collections::BTreeMap::new();
        let wacht = |t: &&Traject| {
            let left = [t.startdatum, t.einddatum].into_iter().flatten().min();
            schema::definitie::in_stock(&peildatum, Some(&t.aanmelddatum), left.as_ref())
        };
        for t in trajecten.iter().filter(wacht) {
            let groep = groepen
                .entry((t.voorziening_id, &t.gemeente, t.kader))
                .or_default();
            groep.0 += 1;
            groep.1 = groep.1.max((peildatum - t.aanmelddatum).num_days());
        }
        for (nummer, ((voorziening, gemeente, kader), (aantal, langste))) in
            groepen.into_iter().enumerate()
        {
            let oorzaak = OORZAKEN[nummer % OORZAKEN.len()];
            csv.write_record([
                &peildatum.to_string(),
                voorziening,
                gemeente,
                kader,
                &aantal.to_string(),
                &langste.to_string(),
                oorzaak,
            ])?;
        }
    }
    csv.flush()?;
    Ok(())
}
