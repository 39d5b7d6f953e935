//! Guards: counts are exact whatever the listing, a finding keeps its place, a mistake of the caller is an error.

use std::sync::Arc;

use arrow_array::{Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use check::{CheckError, Judge, Options, PakketOrigin, RegelError, toelichting_key};
use schema::Verdict;

use crate::support::{
    TextRow, batch, count, oordeel, options, pseudonym, record, row, sample_definitie,
};

fn rows(n: usize, velden: &[(&str, &str)]) -> Vec<TextRow> {
    (0..n)
        .map(|i| {
            let mut r = row(velden);
            r.insert("nummer".to_owned(), pseudonym(i));
            r
        })
        .collect()
}

#[test]
fn totals_are_exact_where_the_list_is_cut() {
    let definitie = sample_definitie(&record("A_KLEIN", "a < 5", None));
    let limit = Options {
        per_regel: 7,
        ..options(&definitie)
    };
    let out = oordeel(
        &definitie,
        limit,
        &[(
            "rij",
            rows(1000, &[("a", "5"), ("begin", "x"), ("eind", "y")]),
        )],
    );
    assert_eq!((count(&out, "A_KLEIN"), count(&out, "DATUM")), (1000, 2000));
    assert!(out.afgekapt);
    assert_eq!(out.bevindingen.len(), 14);
    // The first ones in the order of row and field, not all of one column.
    let datums: Vec<_> = out
        .bevindingen
        .iter()
        .filter(|b| b.code == "DATUM")
        .map(|b| b.plaats.cel.clone().unwrap())
        .collect();
    assert_eq!(datums, ["E2", "F2", "E3", "F3", "E4", "F4", "E5"]);
    assert_eq!(out.verdict, Verdict::Afgekeurd);
    // Most frequent first.
    assert_eq!(
        out.regels
            .iter()
            .map(|r| r.code.as_str())
            .collect::<Vec<_>>(),
        ["DATUM", "A_KLEIN"]
    );
}

#[test]
fn nothing_listed_still_counts() {
    let definitie = sample_definitie("");
    let limit = Options {
        per_regel: 0,
        ..options(&definitie)
    };
    let out = oordeel(&definitie, limit, &[("rij", rows(3, &[("a", "x")]))]);
    assert_eq!(
        (count(&out, "GETAL"), out.bevindingen.len(), out.afgekapt),
        (3, 0, true)
    );
}

#[test]
fn a_finding_names_its_cell_and_what_was_meant() {
    let definitie = sample_definitie("");
    let velden = [
        ("nummer", "aaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("kleur", "Groen"),
        ("plaats", "0344"),
        ("actief", "J"),
        ("tekst", "negenteken"),
    ];
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("rij", vec![row(&velden)])],
    );
    let een = |code: &str, veld: &str| {
        out.bevindingen
            .iter()
            .find(|b| b.code == code && b.veld == veld)
            .unwrap()
    };
    let colour = een("CODE", "kleur");
    assert_eq!(colour.plaats.bestand.as_deref(), Some("rij.csv"));
    assert_eq!(
        (
            colour.plaats.rij,
            colour.plaats.cel.as_deref(),
            colour.plaats.kolom.as_deref()
        ),
        (Some(2), Some("G2"), Some("kleur"))
    );
    assert_eq!(colour.gevonden.as_deref(), Some("Groen"));
    assert_eq!(colour.bericht, "Kleur is geen code.");
    assert_eq!(colour.verwacht, "rood, groen, blauw, geen_van_deze_kleuren");
    assert_eq!(colour.herstel, "Kies. Bedoelt u groen?");
    assert_eq!(een("CODE", "actief").herstel, "Kies. Bedoelt u ja?");
    assert_eq!(
        een("GEMEENTE", "plaats").herstel,
        "Zoek op. Bedoelt u GM0344 (Utrecht)?"
    );
    assert_eq!(een("LENGTE", "tekst").verwacht, "8 tekens.");
}

#[test]
fn a_duplicate_names_the_first_row() {
    let regel = "[[regel]]\ncode = \"DUBBEL\"\nernst = \"fout\"\nsoort = \"uniek\"\ngoed = [{}]\nfout = [{}]\n\
        tekst = { titel = \"t\", bericht = \"{sleutel}: al in {eerder}.\", verwacht = \"v\", herstel = \"h\", reden = \"r\" }";
    let definitie = sample_definitie(regel);
    let mut rows = rows(5, &[]);
    rows[3] = rows[1].clone();
    rows[4] = rows[1].clone();
    let out = oordeel(&definitie, options(&definitie), &[("rij", rows)]);
    let places: Vec<_> = out
        .bevindingen
        .iter()
        .map(|b| (b.plaats.rij, b.bericht.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (Some(5), "Nummer: al in rij 3."),
            (Some(6), "Nummer: al in rij 3.")
        ]
    );
}

#[test]
fn raw_identifiers_are_not_judged_as_pseudonyms() {
    let definitie = sample_definitie("");
    let rows = vec![row(&[("nummer", "C-107"), ("a", "1")])];
    assert_eq!(
        count(
            &oordeel(&definitie, options(&definitie), &[("rij", rows.clone())]),
            "PSEUDONIEM"
        ),
        1
    );
    let raw = Options {
        raw_ids: true,
        ..options(&definitie)
    };
    let out = oordeel(&definitie, raw, &[("rij", rows)]);
    assert_eq!((out.verdict, out.bevindingen.len()), (Verdict::Akkoord, 0));
    assert_eq!(
        out.niet_beoordeeld
            .iter()
            .map(|n| n.code.as_str())
            .collect::<Vec<_>>(),
        ["PSEUDONIEM"]
    );
}

#[test]
fn the_fingerprint_follows_the_data() {
    let definitie = sample_definitie(
        &record("A_KLEIN", "a < 5", Some("b > 0"))
            .replace("ernst = \"fout\"", "ernst = \"signaal\""),
    );
    let judge = |rows| oordeel(&definitie, options(&definitie), &[("rij", rows)]);
    let small = [("a", "5"), ("b", "1")];
    let een = judge(rows(3, &small));
    let key = toelichting_key(&een, "A_KLEIN").unwrap();
    assert_eq!(key.len(), 32);
    assert_eq!(
        toelichting_key(&een.clone().masked(&definitie), "A_KLEIN"),
        Some(key.clone()),
        "masked alike"
    );
    assert_ne!(
        toelichting_key(&judge(rows(4, &small)), "A_KLEIN"),
        Some(key.clone()),
        "one more"
    );
    let mut moved = rows(4, &small);
    moved[0].remove("a");
    assert_ne!(
        toelichting_key(&judge(moved), "A_KLEIN"),
        Some(key.clone()),
        "other rows"
    );
    let otherwise = judge(rows(3, &[("a", "5"), ("b", "2")]));
    assert_ne!(
        toelichting_key(&otherwise, "A_KLEIN"),
        Some(key.clone()),
        "another value beside the cell"
    );
    let mut many = rows(3000, &small);
    let thousands = toelichting_key(&judge(many.clone()), "A_KLEIN");
    many[2998].remove("a");
    many.extend(rows(3001, &small).pop());
    assert_ne!(
        toelichting_key(&judge(many), "A_KLEIN"),
        thousands,
        "another row beyond the listing"
    );
    assert_eq!(toelichting_key(&een, "DATUM"), None);
}

/// An answer given over the own file must fit the pakket that is made of it: other identifiers, other places.
#[test]
fn the_fingerprint_is_the_same_before_and_after_pseudonyms() {
    struct Elders;
    impl schema::Origin for Elders {
        fn place(&self, _tabel: &str, row: Option<u64>, veld: Option<&str>) -> schema::Place {
            schema::Place {
                rij: row.map(|row| row + 17),
                kolom: veld.map(|v| format!("Onze {v}")),
                ..schema::Place::default()
            }
        }
    }
    let definitie = sample_definitie(
        &record("A_KLEIN", "a < 5", None).replace("ernst = \"fout\"", "ernst = \"signaal\""),
    );
    let pakket = rows(3, &[("a", "5")]);
    let mut own = pakket.clone();
    own.iter_mut()
        .enumerate()
        .for_each(|(i, row)| drop(row.insert("nummer".to_owned(), format!("C-{i}"))));
    let mut judge = Judge::new(
        &definitie,
        Options {
            raw_ids: true,
            ..options(&definitie)
        },
    )
    .unwrap();
    judge
        .batch("rij", &batch(definitie.tabel("rij").unwrap(), &own))
        .unwrap();
    let local = toelichting_key(&judge.finish(&Elders).unwrap(), "A_KLEIN");
    let service = oordeel(&definitie, options(&definitie), &[("rij", pakket)]).masked(&definitie);
    assert!(local.is_some());
    assert_eq!(local, toelichting_key(&service, "A_KLEIN"));
}

#[test]
fn a_caller_that_errs_is_told() {
    let definitie = sample_definitie("");
    let mut judge = Judge::new(&definitie, options(&definitie)).unwrap();
    let tabel = definitie.tabel("rij").unwrap();
    let good = batch(tabel, &rows(1, &[]));
    assert!(matches!(
        judge.batch("kolom", &good),
        Err(CheckError::UnknownTabel(_))
    ));
    let column = |name: &str, kind| Field::new(name, kind, true);
    let foreign = Schema::new(vec![column("vreemd", DataType::Utf8)]);
    let foreign = RecordBatch::try_new(
        Arc::new(foreign),
        vec![Arc::new(StringArray::from(vec!["x"]))],
    )
    .unwrap();
    assert!(matches!(
        judge.batch("rij", &foreign),
        Err(CheckError::UnknownColumn { .. })
    ));
    let number = Schema::new(vec![column("a", DataType::Int32)]);
    let number =
        RecordBatch::try_new(Arc::new(number), vec![Arc::new(Int32Array::from(vec![1]))]).unwrap();
    assert!(matches!(
        judge.batch("rij", &number),
        Err(CheckError::ColumnType { .. })
    ));
    let duplicate = Schema::new(vec![
        column("a", DataType::Utf8),
        column("a", DataType::Utf8),
    ]);
    let values: Arc<StringArray> = Arc::new(StringArray::from(vec!["1"]));
    let duplicate =
        RecordBatch::try_new(Arc::new(duplicate), vec![values.clone(), values]).unwrap();
    assert!(matches!(
        judge.batch("rij", &duplicate),
        Err(CheckError::DuplicateColumn { .. })
    ));
    judge.batch("rij", &good).unwrap();
    let typed = judge.batch("rij", &batch(tabel, &[])).unwrap();
    assert!(matches!(
        judge.previous("rij", &typed),
        Err(CheckError::PreviousTooLate(_))
    ));
    assert_eq!(
        judge.finish(&PakketOrigin::new(&definitie)).unwrap().rijen["rij"],
        1
    );
}

#[test]
fn a_definition_that_errs_is_refused() {
    let error = |regels: &str| {
        Judge::new(&sample_definitie(regels), options(&sample_definitie(""))).unwrap_err()
    };
    assert!(matches!(
        error(&record("X", "a / 2 > 1", None)),
        RegelError::Expression { .. }
    ));
    assert!(matches!(
        error(&record("X", "TRUE", Some("c = 1"))),
        RegelError::Expression { .. }
    ));
    let text = include_str!("../fixtures/trial.toml")
        .replace("soort = \"datum\"", "soort = \"datum_na_levering\"");
    let bare = schema::Definitie::parse("proef/2020", &text, |_| {
        Some("code,label,definitie,cbs,ijw,vanaf,tot,synoniemen\na,a,a,,,,,\n".to_owned())
    });
    assert!(matches!(
        Judge::new(&bare.unwrap(), options(&sample_definitie(""))),
        Err(RegelError::Uncovered { .. })
    ));
}
