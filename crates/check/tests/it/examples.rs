//! Guards: every rule of every published definition fires on its failing example and is silent on its passing one.

use check::{Judge, PakketOrigin};
use schema::definitie::{FieldOverlay, Phase};
use schema::{Definitie, Oordeel, Regel, RegelKind, Tabel, VeldType};

use crate::support::{TextRow, batch, count, options, pseudonym};

/// The overlays on the table's example row, each with an identity of its own unless it names one.
fn rows(tabel: &Tabel, overlays: &[FieldOverlay]) -> Vec<TextRow> {
    let mut out = Vec::new();
    for (i, overlay) in overlays.iter().enumerate() {
        let mut row = tabel.voorbeeld.clone();
        if overlays.len() > 1 {
            for (v, veld) in tabel
                .velden
                .iter()
                .enumerate()
                .filter(|(_, v)| v.veldtype == VeldType::Pseudoniem)
            {
                row.insert(veld.naam.clone(), pseudonym(1_000_000 * (v + 1) + i));
            }
        }
        row.extend(overlay.clone());
        out.push(row);
    }
    out
}

/// Judges an example: these rows in the rule's table, the example row in every other one.
fn judge(
    definitie: &Definitie,
    regel: &Regel,
    overlays: &[FieldOverlay],
    without: Option<&str>,
) -> Oordeel {
    let own = regel.example_tabel(definitie).unwrap();
    let mut judge = Judge::new(definitie, options(definitie)).unwrap();
    if !regel.vorige.is_empty() {
        let mut previous_jaar = Judge::new(definitie, options(definitie)).unwrap();
        let typed = previous_jaar
            .batch(&own.naam, &batch(own, &rows(own, &regel.vorige)))
            .unwrap();
        judge.previous(&own.naam, &typed).unwrap();
    }
    for tabel in definitie
        .tabellen
        .iter()
        .filter(|t| without != Some(&t.naam))
    {
        let content = if tabel.naam == own.naam {
            rows(tabel, overlays)
        } else {
            vec![tabel.voorbeeld.clone()]
        };
        judge.batch(&tabel.naam, &batch(tabel, &content)).unwrap();
    }
    judge.finish(&PakketOrigin::new(definitie)).unwrap()
}

fn judged(definitie: &Definitie) -> impl Iterator<Item = &Regel> {
    definitie.regels.iter().filter(|r| r.fase == Phase::Pakket)
}

fn definities() -> Vec<Definitie> {
    let names = Definitie::names();
    assert!(names.len() >= 2, "versions are real: {names:?}");
    names
        .iter()
        .map(|name| Definitie::load(name).unwrap())
        .collect()
}

#[test]
fn every_rule_fires_on_its_failing_example() {
    for definitie in definities() {
        for regel in judged(&definitie) {
            let oordeel = if let RegelKind::TabelAfwezig {} = regel.soort {
                judge(
                    &definitie,
                    regel,
                    &[FieldOverlay::new()],
                    regel.tabel.as_deref(),
                )
            } else {
                assert!(
                    !regel.fout.is_empty(),
                    "{} {} has no failing example",
                    definitie.name(),
                    regel.code
                );
                judge(&definitie, regel, &regel.fout, None)
            };
            assert!(
                count(&oordeel, &regel.code) > 0,
                "{} {} is silent:\n{:#?}",
                definitie.name(),
                regel.code,
                oordeel.regels
            );
            let not_judged = oordeel.niet_beoordeeld.iter().any(|n| n.code == regel.code);
            assert!(
                !not_judged,
                "{} {} says it was not judged",
                definitie.name(),
                regel.code
            );
        }
    }
}

/// Each failing overlay of a rule about single rows or cells fires by itself too.
#[test]
fn each_failing_row_fires_alone() {
    for definitie in definities() {
        let single = |r: &&Regel| {
            matches!(
                r.soort,
                RegelKind::Record { .. }
                    | RegelKind::Verplicht {}
                    | RegelKind::Datum {}
                    | RegelKind::Getal {}
                    | RegelKind::Code {}
                    | RegelKind::Lengte {}
                    | RegelKind::Pseudoniem {}
                    | RegelKind::Gemeente {}
                    | RegelKind::NietNegatief { .. }
                    | RegelKind::DatumNaLevering {}
                    | RegelKind::Verwijzing { .. }
            )
        };
        for regel in judged(&definitie).filter(single) {
            for overlay in &regel.fout {
                let oordeel = judge(&definitie, regel, std::slice::from_ref(overlay), None);
                assert!(
                    count(&oordeel, &regel.code) > 0,
                    "{} {} is silent on {overlay:?}",
                    definitie.name(),
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
                definitie.name(),
                regel.code
            );
            let oordeel = judge(&definitie, regel, &regel.goed, None);
            let own: Vec<_> = oordeel
                .bevindingen
                .iter()
                .filter(|b| b.code == regel.code)
                .collect();
            assert!(
                own.is_empty(),
                "{} {} speaks: {own:#?}",
                definitie.name(),
                regel.code
            );
        }
    }
}

/// The example row of each table is what a reader copies: nothing may be said of it.
#[test]
fn example_rows_are_free_of_findings() {
    for definitie in definities() {
        let mut judge = Judge::new(&definitie, options(&definitie)).unwrap();
        for tabel in &definitie.tabellen {
            judge
                .batch(
                    &tabel.naam,
                    &batch(tabel, std::slice::from_ref(&tabel.voorbeeld)),
                )
                .unwrap();
        }
        let oordeel = judge.finish(&PakketOrigin::new(&definitie)).unwrap();
        assert!(
            oordeel.bevindingen.is_empty(),
            "{}: {:#?}",
            definitie.name(),
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
                let words = format!(
                    "{} {} {}",
                    bevinding.bericht, bevinding.verwacht, bevinding.herstel
                );
                assert!(!words.contains('{'), "{}: {words}", bevinding.code);
                for (veld, value) in regel.fout.iter().flatten() {
                    let sensitive = definitie
                        .tabellen
                        .iter()
                        .filter_map(|t| t.veld(veld))
                        .any(|v| v.gevoelig);
                    let recognisable = sensitive && value.len() > 4;
                    assert!(
                        !recognisable || !words.contains(value.as_str()),
                        "{}: {words}",
                        bevinding.code
                    );
                }
            }
        }
    }
}
