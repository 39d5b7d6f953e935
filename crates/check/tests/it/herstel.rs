//! Guards: mending everything a first run reports leaves nothing of it in the second, and a second run finds new
//! things only where a mended value had kept a rule from judging.
//!
//! Mended is what a finding points at: its cell; for a rule over a row the fields it compares; the other row or table
//! its sentence names; for a rule over a whole column that column. There the value before the fault is put back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::prelude::*;
use schema::{Bevinding, Definitie, Ernst, Oordeel, Soort};

use crate::levering::{Cel, Levering, fouten, oordeel, schoon};

static OMGANG: LazyLock<Definitie> = LazyLock::new(|| Definitie::load("omgang/2020").unwrap());

/// A fault to be: which row, field and value, and which row a value may be copied from.
type Keuze = (usize, usize, usize, usize);

fn keuzes(aantal: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Keuze>> {
    proptest::collection::vec(
        (
            any::<usize>(),
            any::<usize>(),
            any::<usize>(),
            any::<usize>(),
        ),
        aantal,
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
fn wie(b: &Bevinding) -> (String, String, String, Option<u64>, String) {
    (
        b.code.clone(),
        b.tabel.clone(),
        b.veld.clone(),
        b.plaats.rij,
        b.bericht.clone(),
    )
}

/// The fields that a text of the rule language names.
fn genoemd(definitie: &Definitie, tabel: &str, teksten: &[&str]) -> Vec<String> {
    let woorden: BTreeSet<&str> = teksten
        .iter()
        .flat_map(|t| t.split(|c: char| !(c.is_alphanumeric() || c == '_')))
        .collect();
    definitie
        .tabel(tabel)
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.clone())
        .filter(|v| woorden.contains(v.as_str()))
        .collect()
}

/// Everything a finding points at.
fn aangewezen(definitie: &Definitie, levering: &Levering, b: &Bevinding) -> BTreeSet<Cel> {
    let regel = definitie.regel(&b.code).unwrap();
    let rijen = |tabel: &str| levering.get(tabel).map_or(0, Vec::len);
    // The row of the finding, and the one its sentence names: a row of a pakket stands two lines lower than from 0.
    let ander = b
        .bericht
        .rsplit_once("rij ")
        .and_then(|(_, na)| na.trim_end_matches('.').parse::<usize>().ok());
    let eigen: Vec<usize> = b
        .plaats
        .rij
        .map(|rij| rij as usize)
        .into_iter()
        .chain(ander)
        .map(|rij| rij - 2)
        .collect();
    let alle = |tabel: &str| (0..rijen(tabel)).collect::<Vec<_>>();
    let mut uit = BTreeSet::new();
    let mut wijs = |tabel: &str, rijen: &[usize], velden: &[String]| {
        uit.extend(rijen.iter().flat_map(|rij| {
            velden
                .iter()
                .map(move |veld| (tabel.to_owned(), *rij, veld.clone()))
        }));
    };
    let tabel = definitie.tabel(&b.tabel).unwrap();
    match &regel.soort {
        Soort::Record { assert, when } => {
            wijs(
                &b.tabel,
                &eigen,
                &genoemd(
                    definitie,
                    &b.tabel,
                    &[assert, when.as_deref().unwrap_or_default()],
                ),
            );
        }
        Soort::Uniek {} => wijs(&b.tabel, &eigen, &tabel.sleutel),
        Soort::Verwijzing { veld, naar } => {
            wijs(&b.tabel, &eigen, std::slice::from_ref(veld));
            wijs(naar, &alle(naar), &definitie.tabel(naar).unwrap().sleutel);
        }
        Soort::Overlap { groep, van, tot } => wijs(
            &b.tabel,
            &eigen,
            &[groep.clone(), vec![van.clone(), tot.clone()]].concat(),
        ),
        Soort::LeeftijdVerenigbaar {
            groep,
            datum,
            leeftijd,
        } => {
            wijs(
                &b.tabel,
                &eigen,
                &[groep.clone(), datum.clone(), leeftijd.clone()],
            );
        }
        // A child that is missing from a count may be anywhere: the sentence sends the reader to the trajecten.
        Soort::Stand {
            aantal,
            peildatum,
            groep,
            bron,
            in_op,
            uit_op,
        } => {
            wijs(
                &b.tabel,
                &alle(&b.tabel),
                &[groep.clone(), vec![aantal.clone(), peildatum.clone()]].concat(),
            );
            wijs(
                bron,
                &alle(bron),
                &[groep.clone(), vec![in_op.clone()], uit_op.clone()].concat(),
            );
        }
        Soort::Aandeel { expr, .. } => wijs(
            &b.tabel,
            &alle(&b.tabel),
            &genoemd(definitie, &b.tabel, &[expr]),
        ),
        Soort::AandeelCode { .. } => wijs(&b.tabel, &alle(&b.tabel), std::slice::from_ref(&b.veld)),
        _ => wijs(&b.tabel, &eigen, std::slice::from_ref(&b.veld)),
    }
    uit
}

/// Puts the values before the faults back at these places; gives those that were another.
fn herstel(levering: &mut Levering, goed: &Levering, cellen: &BTreeSet<Cel>) -> BTreeSet<Cel> {
    let mut anders = BTreeSet::new();
    for cel @ (tabel, rij, veld) in cellen {
        let was = goed[tabel][*rij].get(veld).cloned().unwrap_or_default();
        let nu = levering.get_mut(tabel).unwrap()[*rij]
            .insert(veld.clone(), was.clone())
            .unwrap_or_default();
        if nu != was {
            anders.insert(cel.clone());
        }
    }
    anders
}

/// Puts a fault in: a wrong value, or one copied from another row. `mag` says from which row, and into which.
fn beschadig(
    levering: &mut Levering,
    goed: &Levering,
    (rij, veld, waarde, ander): Keuze,
    mag: impl Fn(&str, usize) -> bool,
) -> Cel {
    let tabellen: Vec<&String> = goed.keys().collect();
    // Most rows are trajecten.
    let tabel = if rij % 8 == 0 {
        tabellen[rij / 8 % tabellen.len()].as_str()
    } else {
        "traject"
    };
    let rijen = &goed[tabel];
    let rij = rij / 8 % rijen.len();
    let velden = &OMGANG.tabel(tabel).unwrap().velden;
    let veld = &velden[veld % velden.len()].naam;
    let mut waarden = fouten(&OMGANG, tabel, veld);
    let van = ander % rijen.len();
    if van != rij && mag(tabel, van) {
        waarden.extend(std::iter::repeat_n(
            rijen[van].get(veld).cloned().unwrap_or_default(),
            3,
        ));
    }
    levering.get_mut(tabel).unwrap()[rij]
        .insert(veld.clone(), waarden[waarde % waarden.len()].clone());
    (tabel.to_owned(), rij, veld.clone())
}

/// What faults share that may hide each other: a child, a reference and what it refers to, or else the row.
fn samen(goed: &Levering, (tabel, rij, veld): &Cel) -> String {
    match goed[tabel][*rij].get("jeugdige_id") {
        _ if veld == "voorziening_id" => veld.clone(),
        Some(kind) => kind.clone(),
        None => format!("{tabel} {rij}"),
    }
}

#[test]
fn a_made_levering_is_clean() {
    for seed in 0..20 {
        let goed = schoon(&OMGANG, seed, 1 + seed as usize % 40, seed % 2 == 0);
        let uit = oordeel(&OMGANG, &goed);
        assert!(open(&uit).is_empty(), "{seed}: {:#?}", open(&uit));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any faults, as many as you like, several in one row.
    #[test]
    fn nothing_of_the_first_run_is_left_and_what_is_new_was_hidden(
        seed in any::<u64>(), kinderen in 1_usize..16, wachtlijst in proptest::bool::weighted(0.3), keuzes in keuzes(1..24),
    ) {
        let goed = schoon(&OMGANG, seed, kinderen, wachtlijst);
        let mut levering = goed.clone();
        let geraakt: BTreeSet<Cel> = keuzes.iter().map(|k| beschadig(&mut levering, &goed, *k, |_, _| true)).collect();
        let mut eerste = oordeel(&OMGANG, &levering);
        prop_assert!(!eerste.afgekapt, "everything is listed");
        for ronde in 0.. {
            let gemeld = open(&eerste);
            if gemeld.is_empty() {
                break;
            }
            prop_assert!(ronde <= geraakt.len(), "every round mends a fault");
            let cellen = gemeld.iter().flat_map(|b| aangewezen(&OMGANG, &levering, b)).collect();
            let hersteld = herstel(&mut levering, &goed, &cellen);
            prop_assert!(!hersteld.is_empty(), "what is reported leads to a fault: {:#?}", gemeld);
            let toen: BTreeSet<_> = gemeld.iter().map(|b| wie(b)).collect();
            let tweede = oordeel(&OMGANG, &levering);
            for b in open(&tweede) {
                prop_assert!(!toen.contains(&wie(b)), "left: {:#?}", b);
                let nodig = aangewezen(&OMGANG, &levering, b);
                prop_assert!(!nodig.is_disjoint(&hersteld), "could have been found before: {:#?}", b);
            }
            eerste = tweede;
        }
    }

    /// Faults that share no child and no reference: the first run reports all there is to report.
    #[test]
    fn one_run_reports_everything(seed in any::<u64>(), kinderen in 2_usize..20, keuzes in keuzes(1..24)) {
        let goed = schoon(&OMGANG, seed, kinderen, false);
        let mut levering = goed.clone();
        let mut per_groep: BTreeMap<String, Keuze> = BTreeMap::new();
        for keuze in keuzes {
            let mut proef = goed.clone();
            let cel = beschadig(&mut proef, &goed, keuze, |_, _| false);
            per_groep.entry(samen(&goed, &cel)).or_insert(keuze);
        }
        let gezond = |tabel: &str, rij: usize| !per_groep.contains_key(&samen(&goed, &(tabel.to_owned(), rij, String::new())));
        for keuze in per_groep.values() {
            beschadig(&mut levering, &goed, *keuze, gezond);
        }
        let eerste = oordeel(&OMGANG, &levering);
        let cellen = open(&eerste).iter().flat_map(|b| aangewezen(&OMGANG, &levering, b)).collect();
        herstel(&mut levering, &goed, &cellen);
        let tweede = oordeel(&OMGANG, &levering);
        prop_assert!(open(&tweede).is_empty(), "only in the second run: {:#?}\nafter {:#?}", open(&tweede), open(&eerste));
    }
}
