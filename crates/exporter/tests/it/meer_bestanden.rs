//! More files or sheets than one: every place says in which, also the place of another row that a finding speaks of.

use schema::{Definitie, Oordeel};

use crate::gegevens::{DAG, Rij, UITVRAAG, csv, met, trajecten};
use crate::hulp::{Uitslag, Werkmap};

/// A koppeling that reads trajecten from each of these files.
fn koppeling(bestanden: &[&str]) -> String {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden = &definitie.tabel("traject").unwrap().velden;
    let kolommen: String = velden
        .iter()
        .map(|v| format!("{0} = \"{0}\"\n", v.naam))
        .collect();
    let tabel = |b: &&str| {
        format!("\n[[tabel]]\nnaam = \"traject\"\nbestand = \"{b}\"\n[tabel.kolommen]\n{kolommen}")
    };
    format!(
        "uitvraag = \"omgang/2020\"\n{}",
        bestanden.iter().map(tabel).collect::<String>()
    )
}

/// Two files; the last row of the second has the number of the second row of the first.
fn twee() -> Werkmap {
    let anders = |rijen: Vec<Rij>, van: usize| -> Vec<Rij> {
        let mut rijen = rijen;
        for (i, rij) in rijen.iter_mut().enumerate() {
            rij.insert("traject_id".to_owned(), format!("T{}", van + i));
            rij.insert("jeugdige_id".to_owned(), format!("K{}", van + i));
        }
        rijen
    };
    let werk = met(&[]);
    werk.schrijf("noord.csv", csv(&anders(trajecten(&[&[], &[], &[]]), 0)));
    let mut zuid = anders(trajecten(&[&[], &[], &[]]), 10);
    zuid[2].insert("traject_id".to_owned(), "T1".to_owned());
    werk.schrijf("zuid.csv", csv(&zuid));
    werk.schrijf("k.toml", koppeling(&["noord.csv", "zuid.csv"]));
    werk
}

fn controleer(werk: &Werkmap, bestanden: &[&str], meer: &[&str]) -> Uitslag {
    werk.draai(
        &[
            &["controleer"],
            bestanden,
            &UITVRAAG,
            &DAG,
            &["--koppeling", "k.toml"],
            meer,
        ]
        .concat(),
    )
}

/// The place was `A4` and the other one `rij 3`, of two files of which neither was named.
#[test]
fn a_place_names_its_file_as_soon_as_more_than_one_was_read() {
    let werk = twee();
    let uitslag = controleer(&werk, &["noord.csv", "zuid.csv"], &[]);
    assert!(
        uitslag.stdout.contains("zuid.csv A4 (traject_id)"),
        "{}",
        uitslag.alles()
    );
    assert!(
        uitslag
            .stdout
            .contains("dezelfde waarde bij Trajectnummer: noord.csv A3."),
        "{}",
        uitslag.alles()
    );
    let json = controleer(&werk, &["noord.csv", "zuid.csv"], &["--json"]);
    let oordeel: Oordeel = serde_json::from_str(&json.stdout).unwrap();
    assert!(oordeel.meer_bestanden);
    assert!(
        oordeel
            .bevindingen
            .iter()
            .any(|b| b.bericht.ends_with(": noord.csv A3.")),
        "{}",
        json.stdout
    );
    // A cause says it too.
    let woord = Definitie::load("omgang/2020")
        .unwrap()
        .tabel("traject")
        .unwrap()
        .voorbeeld["kader"]
        .clone();
    werk.schrijf("noord.csv", werk.lees("noord.csv").replace(&woord, "moet"));
    let uitslag = controleer(&werk, &["noord.csv", "zuid.csv"], &[]);
    assert!(
        uitslag.stdout.contains("de eerste keer in noord.csv "),
        "{}",
        uitslag.alles()
    );
}

#[test]
fn one_file_is_not_named_with_every_place() {
    let werk = met(&trajecten(&[
        &[("traject_id", "T")],
        &[("traject_id", "T")],
    ]));
    let json = werk.draai(
        &[
            &["controleer", "traject.csv", "--json"],
            &UITVRAAG[..],
            &DAG,
        ]
        .concat(),
    );
    assert!(!json.stdout.contains("meer_bestanden"), "{}", json.stdout);
    let uitslag = werk.draai(&[&["controleer", "traject.csv"], &UITVRAAG[..], &DAG].concat());
    assert!(
        uitslag.stdout.contains("    A3 (traject_id)"),
        "{}",
        uitslag.stdout
    );
    assert!(uitslag.stdout.contains(": rij 2."), "{}", uitslag.stdout);
}
