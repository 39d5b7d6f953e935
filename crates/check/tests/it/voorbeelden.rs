//! Guards: every rule of every published definition fires on its failing example and is silent on its passing one.

use check::{Controle, PakketHerkomst};
use schema::definitie::{Fase, Overlay};
use schema::{Definitie, Oordeel, Regel, Soort, Tabel, Veldtype};

use crate::hulp::{Rij, aantal, batch, opties, pseudoniem};

/// The overlays on the table's example row, each with an identity of its own unless it names one.
fn rijen(tabel: &Tabel, overlays: &[Overlay]) -> Vec<Rij> {
    let mut uit = Vec::new();
    for (i, overlay) in overlays.iter().enumerate() {
        let mut rij = tabel.voorbeeld.clone();
        if overlays.len() > 1 {
            for (v, veld) in tabel
                .velden
                .iter()
                .enumerate()
                .filter(|(_, v)| v.veldtype == Veldtype::Pseudoniem)
            {
                rij.insert(veld.naam.clone(), pseudoniem(1_000_000 * (v + 1) + i));
            }
        }
        rij.extend(overlay.clone());
        uit.push(rij);
    }
    uit
}

/// Judges an example: these rows in the rule's table, the example row in every other one.
fn judge(
    definitie: &Definitie,
    regel: &Regel,
    overlays: &[Overlay],
    zonder: Option<&str>,
) -> Oordeel {
    let eigen = regel.voorbeeldtabel(definitie).unwrap();
    let mut controle = Controle::new(definitie, opties(definitie)).unwrap();
    if !regel.vorige.is_empty() {
        let mut vorig_jaar = Controle::new(definitie, opties(definitie)).unwrap();
        let getypt = vorig_jaar
            .partij(&eigen.naam, &batch(eigen, &rijen(eigen, &regel.vorige)))
            .unwrap();
        controle.vorige(&eigen.naam, &getypt).unwrap();
    }
    for tabel in definitie
        .tabellen
        .iter()
        .filter(|t| zonder != Some(&t.naam))
    {
        let inhoud = if tabel.naam == eigen.naam {
            rijen(tabel, overlays)
        } else {
            vec![tabel.voorbeeld.clone()]
        };
        controle
            .partij(&tabel.naam, &batch(tabel, &inhoud))
            .unwrap();
    }
    controle.afronden(&PakketHerkomst::new(definitie)).unwrap()
}

fn judged(definitie: &Definitie) -> impl Iterator<Item = &Regel> {
    definitie.regels.iter().filter(|r| r.fase == Fase::Pakket)
}

fn definities() -> Vec<Definitie> {
    let namen = Definitie::names();
    assert!(namen.len() >= 2, "versions are real: {namen:?}");
    namen
        .iter()
        .map(|naam| Definitie::load(naam).unwrap())
        .collect()
}

#[test]
fn every_rule_fires_on_its_failing_example() {
    for definitie in definities() {
        for regel in judged(&definitie) {
            let oordeel = if let Soort::TabelAfwezig {} = regel.soort {
                judge(&definitie, regel, &[Overlay::new()], regel.tabel.as_deref())
            } else {
                assert!(
                    !regel.fout.is_empty(),
                    "{} {} has no failing example",
                    definitie.naam(),
                    regel.code
                );
                judge(&definitie, regel, &regel.fout, None)
            };
            assert!(
                aantal(&oordeel, &regel.code) > 0,
                "{} {} is silent:\n{:#?}",
                definitie.naam(),
                regel.code,
                oordeel.regels
            );
            let niet = oordeel.niet_beoordeeld.iter().any(|n| n.code == regel.code);
            assert!(
                !niet,
                "{} {} says it was not judged",
                definitie.naam(),
                regel.code
            );
        }
    }
}

/// Each failing overlay of a rule about single rows or cells fires by itself too.
#[test]
fn each_failing_row_fires_alone() {
    for definitie in definities() {
        let enkel = |r: &&Regel| {
            matches!(
                r.soort,
                Soort::Record { .. }
                    | Soort::Verplicht {}
                    | Soort::Datum {}
                    | Soort::Getal {}
                    | Soort::Code {}
                    | Soort::Lengte {}
                    | Soort::Pseudoniem {}
                    | Soort::Gemeente {}
                    | Soort::NietNegatief { .. }
                    | Soort::DatumNaLevering {}
                    | Soort::Verwijzing { .. }
            )
        };
        for regel in judged(&definitie).filter(enkel) {
            for overlay in &regel.fout {
                let oordeel = judge(&definitie, regel, std::slice::from_ref(overlay), None);
                assert!(
                    aantal(&oordeel, &regel.code) > 0,
                    "{} {} is silent on {overlay:?}",
                    definitie.naam(),
                    regel.code
                );
            }
        }
    }
}

#[test]
fn every_rule_is_silent_on_its_passing_example() {
    for definitie in definities() {
        for regel in judged(&definitie) {
            assert!(
                !regel.goed.is_empty(),
                "{} {} has no passing example",
                definitie.naam(),
                regel.code
            );
            let oordeel = judge(&definitie, regel, &regel.goed, None);
            let eigen: Vec<_> = oordeel
                .bevindingen
                .iter()
                .filter(|b| b.code == regel.code)
                .collect();
            assert!(
                eigen.is_empty(),
                "{} {} speaks: {eigen:#?}",
                definitie.naam(),
                regel.code
            );
        }
    }
}

/// The example row of each table is what a reader copies: nothing may be said of it.
#[test]
fn example_rows_are_free_of_findings() {
    for definitie in definities() {
        let mut controle = Controle::new(&definitie, opties(&definitie)).unwrap();
        for tabel in &definitie.tabellen {
            controle
                .partij(
                    &tabel.naam,
                    &batch(tabel, std::slice::from_ref(&tabel.voorbeeld)),
                )
                .unwrap();
        }
        let oordeel = controle.afronden(&PakketHerkomst::new(&definitie)).unwrap();
        assert!(
            oordeel.bevindingen.is_empty(),
            "{}: {:#?}",
            definitie.naam(),
            oordeel.bevindingen
        );
    }
}

/// Words of a finding never hold a value of the row: the service shows them to others.
#[test]
fn words_hold_no_values() {
    for definitie in definities() {
        for regel in judged(&definitie).filter(|r| !r.fout.is_empty()) {
            let oordeel = judge(&definitie, regel, &regel.fout, None);
            for bevinding in &oordeel.bevindingen {
                let woorden = format!(
                    "{} {} {}",
                    bevinding.bericht, bevinding.verwacht, bevinding.herstel
                );
                assert!(!woorden.contains('{'), "{}: {woorden}", bevinding.code);
                for (veld, waarde) in regel.fout.iter().flatten() {
                    let gevoelig = definitie
                        .tabellen
                        .iter()
                        .filter_map(|t| t.veld(veld))
                        .any(|v| v.gevoelig);
                    let herkenbaar = gevoelig && waarde.len() > 4;
                    assert!(
                        !herkenbaar || !woorden.contains(waarde.as_str()),
                        "{}: {woorden}",
                        bevinding.code
                    );
                }
            }
        }
    }
}
