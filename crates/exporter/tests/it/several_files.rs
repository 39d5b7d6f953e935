//! More files or sheets than one: every place says in which, also the place of another row that a finding speaks of.

use schema::{Definitie, Oordeel};

use crate::data::{DAY, TextRow, UITVRAAG, csv, met, trajecten};
use crate::support::{CommandOutput, TestFolder};

/// A koppeling that reads trajecten from each of these files.
fn koppeling(files: &[&str]) -> String {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden = &definitie.tabel("traject").unwrap().velden;
    let columns: String = velden
        .iter()
        .flat_map(|v| [v.naam.as_str(), " = \"", &v.naam, "\"\n"])
        .collect();
    let tabel = |b: &&str| {
        format!("\n[[tabel]]\nnaam = \"traject\"\nbestand = \"{b}\"\n[tabel.kolommen]\n{columns}")
    };
    format!(
        "uitvraag = \"omgang/2020\"\n{}",
        files.iter().map(tabel).collect::<String>()
    )
}

/// Two files; the last row of the second has the number of the second row of the first.
fn twee() -> TestFolder {
    let others = |rows: Vec<TextRow>, van: usize| -> Vec<TextRow> {
        let mut rows = rows;
        for (i, row) in rows.iter_mut().enumerate() {
            row.insert("traject_id".to_owned(), format!("T{}", van + i));
            row.insert("jeugdige_id".to_owned(), format!("K{}", van + i));
        }
        rows
    };
    let folder = met(&[]);
    folder.write("noord.csv", csv(&others(trajecten(&[&[], &[], &[]]), 0)));
    let mut south = others(trajecten(&[&[], &[], &[]]), 10);
    south[2].insert("traject_id".to_owned(), "T1".to_owned());
    folder.write("zuid.csv", csv(&south));
    folder.write("k.toml", koppeling(&["noord.csv", "zuid.csv"]));
    folder
}

fn check(folder: &TestFolder, files: &[&str], more: &[&str]) -> CommandOutput {
    folder.run(
        &[
            &["controleer"],
            files,
            &UITVRAAG,
            &DAY,
            &["--koppeling", "k.toml"],
            more,
        ]
        .concat(),
    )
}

/// The place was `A4` and the other one `rij 3`, of two files of which neither was named.
#[test]
fn a_place_names_its_file_as_soon_as_more_than_one_was_read() {
    let folder = twee();
    let result = check(&folder, &["noord.csv", "zuid.csv"], &[]);
    assert!(
        result.stdout.contains("zuid.csv A4 (traject_id)"),
        "{}",
        result.everything()
    );
    assert!(
        result
            .stdout
            .contains("dezelfde waarde bij Trajectnummer: noord.csv A3."),
        "{}",
        result.everything()
    );
    let json = check(&folder, &["noord.csv", "zuid.csv"], &["--json"]);
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
    let word = Definitie::load("omgang/2020")
        .unwrap()
        .tabel("traject")
        .unwrap()
        .voorbeeld["kader"]
        .clone();
    folder.write("noord.csv", folder.lees("noord.csv").replace(&word, "moet"));
    let result = check(&folder, &["noord.csv", "zuid.csv"], &[]);
    assert!(
        result.stdout.contains("de eerste keer in noord.csv "),
        "{}",
        result.everything()
    );
}

#[test]
fn one_file_is_not_named_with_every_place() {
    let folder = met(&trajecten(&[
        &[("traject_id", "T")],
        &[("traject_id", "T")],
    ]));
    let json = folder.run(
        &[
            &["controleer", "traject.csv", "--json"],
            &UITVRAAG[..],
            &DAY,
        ]
        .concat(),
    );
    assert!(!json.stdout.contains("meer_bestanden"), "{}", json.stdout);
    let result = folder.run(&[&["controleer", "traject.csv"], &UITVRAAG[..], &DAY].concat());
    assert!(
        result.stdout.contains("    A3 (traject_id)"),
        "{}",
        result.stdout
    );
    assert!(result.stdout.contains(": rij 2."), "{}", result.stdout);
}
