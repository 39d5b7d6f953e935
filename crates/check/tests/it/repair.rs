//! Guards: mending everything a first run reports leaves nothing of it in the second, and a second run finds new
//! things only where a mended value had kept a rule from judging.
//!
//! Mended is what a finding points at: its cell; for a rule over a row the fields it compares; the other row or table
//! its sentence names; for a rule over a whole column that column. There the value before the fault is put back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use schema::{Bevinding, Definitie, Ernst, Oordeel, RegelKind};

use crate::levering::{CellRef, TestTables, clean, errors, oordeel};

static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").unwrap());

/// A fault to be: which row, field and value, and which row a value may be copied from.
type FaultChoice = (usize, usize, usize, usize);

fn choices(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<FaultChoice>> {
    proptest::collection::vec(
        (
            any::<usize>(),
            any::<usize>(),
            any::<usize>(),
            any::<usize>(),
        ),
        count,
    )
}

/// What must be mended or explained.
fn open(oordeel: &Oordeel) -> Vec<&Bevinding> {
    oordeel
        .bevindingen
        .iter()
        .filter(|b| b.ernst != Ernst::Opmerking)
        .collect()
}

/// Which finding it is: rule, place and sentence.
fn who(b: &Bevinding) -> (String, String, String, Option<u64>, String) {
    (
        b.code.clone(),
        b.tabel.clone(),
        b.veld.clone(),
        b.plaats.rij,
        b.bericht.clone(),
    )
}

/// The fields that a text of the rule language names.
fn named(definitie: &Definitie, tabel: &str, texts: &[&str]) -> Vec<String> {
    let words: BTreeSet<&str> = texts
        .iter()
        .flat_map(|t| t.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .collect();
    definitie
        .tabel(tabel)
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.clone())
        .filter(|v| words.contains(v.as_str()))
        .collect()
}

/// Everything a finding points at.
fn pointed_at(definitie: &Definitie, levering: &TestTables, b: &Bevinding) -> BTreeSet<CellRef> {
    let regel = definitie.regel(&b.code).unwrap();
    let rows = |tabel: &str| levering.get(tabel).map_or(0, Vec::len);
    // The row of the finding, and the one its sentence names: a row of a pakket stands two lines lower than from 0.
    let other = b
        .bericht
        .rsplit_once("rij ")
        .and_then(|(_, after)| after.trim_end_matches('.').parse::<usize>().ok());
    let own: Vec<usize> = b
        .plaats
        .rij
        .map(|row| row as usize)
        .into_iter()
        .chain(other)
        .map(|row| row - 2)
        .collect();
    let all = |tabel: &str| (0..rows(tabel)).collect::<Vec<_>>();
    let mut out = BTreeSet::new();
    let mut point = |tabel: &str, rows: &[usize], velden: &[String]| {
        out.extend(rows.iter().flat_map(|row| {
            velden
                .iter()
                .map(move |veld| (tabel.to_owned(), *row, veld.clone()))
        }));
    };
    let tabel = definitie.tabel(&b.tabel).unwrap();
    match &regel.soort {
        RegelKind::Record { assert, when } => {
            point(
                &b.tabel,
                &own,
                &named(
                    definitie,
                    &b.tabel,
                    &[assert, when.as_deref().unwrap_or_default()],
                ),
            );
        }
        RegelKind::Uniek {} => point(&b.tabel, &own, &tabel.sleutel),
        RegelKind::Verwijzing { veld, naar: to } => {
            point(&b.tabel, &own, std::slice::from_ref(veld));
            point(to, &all(to), &definitie.tabel(to).unwrap().sleutel);
        }
        RegelKind::Overlap {
            groep: group,
            van,
            tot,
        } => point(
            &b.tabel,
            &own,
            &[group.clone(), vec![van.clone(), tot.clone()]].concat(),
        ),
        RegelKind::LeeftijdVerenigbaar {
            groep: group,
            datum,
            leeftijd,
        } => {
            point(
                &b.tabel,
                &own,
                &[group.clone(), datum.clone(), leeftijd.clone()],
            );
        }
        // A child that is missing from a count may be anywhere: the sentence sends the reader to the trajecten.
        RegelKind::Stand {
            aantal: count,
            peildatum,
            groep: group,
            bron: source,
            in_op: entered_on,
            uit_op: left_on,
        } => {
            point(
                &b.tabel,
                &all(&b.tabel),
                &[group.clone(), vec![count.clone(), peildatum.clone()]].concat(),
            );
            point(
                source,
                &all(source),
                &[group.clone(), vec![entered_on.clone()], left_on.clone()].concat(),
            );
        }
        RegelKind::Aandeel { expr, .. } => point(
            &b.tabel,
            &all(&b.tabel),
            &named(definitie, &b.tabel, &[expr]),
        ),
        RegelKind::AandeelCode { .. } => {
            point(&b.tabel, &all(&b.tabel), std::slice::from_ref(&b.veld));
        }
        _ => point(&b.tabel, &own, std::slice::from_ref(&b.veld)),
    }
    out
}

/// Puts the values before the faults back at these places; gives those that were another.
fn repair(
    levering: &mut TestTables,
    good: &TestTables,
    cells: &BTreeSet<CellRef>,
) -> BTreeSet<CellRef> {
    let mut otherwise = BTreeSet::new();
    for cell @ (tabel, row, veld) in cells {
        let was = good[tabel][*row].get(veld).cloned().unwrap_or_default();
        let nu = levering.get_mut(tabel).unwrap()[*row]
            .insert(veld.clone(), was.clone())
            .unwrap_or_default();
        if nu != was {
            otherwise.insert(cell.clone());
        }
    }
    otherwise
}

/// Puts a fault in: a wrong value, or one copied from another row. `allowed` says from which row, and into which.
fn damage(
    levering: &mut TestTables,
    good: &TestTables,
    (row, veld, value, other): FaultChoice,
    allowed: impl Fn(&str, usize) -> bool,
) -> CellRef {
    let tabellen: Vec<&String> = good.keys().collect();
    // Most rows are trajecten.
    let tabel = if row % 8 == 0 {
        tabellen[row / 8 % tabellen.len()].as_str()
    } else {
        "traject"
    };
    let rows = &good[tabel];
    let row = row / 8 % rows.len();
    let velden = &OMGANG.tabel(tabel).unwrap().velden;
    let veld = &velden[veld % velden.len()].naam;
    let mut values = errors(&OMGANG, tabel, veld);
    let van = other % rows.len();
    if van != row && allowed(tabel, van) {
        values.extend(std::iter::repeat_n(
            rows[van].get(veld).cloned().unwrap_or_default(),
            3,
        ));
    }
    levering.get_mut(tabel).unwrap()[row]
        .insert(veld.clone(), values[value % values.len()].clone());
    (tabel.to_owned(), row, veld.clone())
}

/// What faults share that may hide each other: a child, a reference and what it refers to, or else the row.
fn together(good: &TestTables, (tabel, row, veld): &CellRef) -> String {
    match good[tabel][*row].get("jeugdige_id") {
        _ if veld == "voorziening_id" => veld.clone(),
        Some(kind) => kind.clone(),
        None => format!("{tabel} {row}"),
    }
}

#[test]
fn a_made_levering_is_clean() {
    for seed in 0..20 {
        let good = clean(&OMGANG, seed, 1 + seed as usize % 40, seed % 2 == 0);
        let out = oordeel(&OMGANG, &good);
        assert!(open(&out).is_empty(), "{seed}: {:#?}", open(&out));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any faults, as many as you like, several in one row.
    #[test]
    fn nothing_of_the_first_run_is_left_and_what_is_new_was_hidden(
        seed in any::<u64>(), children in 1_usize..16, wachtlijst in proptest::bool::weighted(0.3), choices in choices(1..24),
    ) {
        let good = clean(&OMGANG, seed, children, wachtlijst);
        let mut levering = good.clone();
        let touched: BTreeSet<CellRef> = choices.iter().map(|k| damage(&mut levering, &good, *k, |_, _| true)).collect();
        let mut first = oordeel(&OMGANG, &levering);
        prop_assert!(!first.afgekapt, "everything is listed");
        for round in 0.. {
            let reported = open(&first);
            if reported.is_empty() {
                break;
            }
            prop_assert!(round <= touched.len(), "every round mends a fault");
            let cells = reported.iter().flat_map(|b| pointed_at(&OMGANG, &levering, b)).collect();
            let hersteld = repair(&mut levering, &good, &cells);
            prop_assert!(!hersteld.is_empty(), "what is reported leads to a fault: {:#?}", reported);
            let then: BTreeSet<_> = reported.iter().map(|b| who(b)).collect();
            let second = oordeel(&OMGANG, &levering);
            for b in open(&second) {
                prop_assert!(!then.contains(&who(b)), "left: {:#?}", b);
                let needed = pointed_at(&OMGANG, &levering, b);
                prop_assert!(!needed.is_disjoint(&hersteld), "could have been found before: {:#?}", b);
            }
            first = second;
        }
    }

    /// Faults that share no child and no reference: the first run reports all there is to report.
    #[test]
    fn one_run_reports_everything(seed in any::<u64>(), children in 2_usize..20, choices in choices(1..24)) {
        let good = clean(&OMGANG, seed, children, false);
        let mut levering = good.clone();
        let mut per_groep: BTreeMap<String, FaultChoice> = BTreeMap::new();
        for choice in choices {
            let mut probe = good.clone();
            let cell = damage(&mut probe, &good, choice, |_, _| false);
            per_groep.entry(together(&good, &cell)).or_insert(choice);
        }
        let gezond = |tabel: &str, row: usize| !per_groep.contains_key(&together(&good, &(tabel.to_owned(), row, String::new())));
        for choice in per_groep.values() {
            damage(&mut levering, &good, *choice, gezond);
        }
        let first = oordeel(&OMGANG, &levering);
        let cells = open(&first).iter().flat_map(|b| pointed_at(&OMGANG, &levering, b)).collect();
        repair(&mut levering, &good, &cells);
        let second = oordeel(&OMGANG, &levering);
        prop_assert!(open(&second).is_empty(), "only in the second run: {:#?}\nafter {:#?}", open(&second), open(&first));
    }
}
