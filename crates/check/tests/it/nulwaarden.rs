//! Guards: what is empty or unreadable is unknown, and unknown passes.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, UInt8Type, UInt16Type};
use check::{Controle, PakketHerkomst};
use schema::Verdict;

use crate::hulp::{aantal, batch, oordeel, opties, proef, pseudoniem, record, rij};

#[test]
fn an_unknown_outcome_passes_and_an_unknown_question_is_not_asked() {
    let regels = [
        record("KLEINER", "a < b", None),
        record("ALS", "a < 0", Some("b > 0")),
        record("NOOIT", "a IS NULL", None),
    ]
    .concat();
    let definitie = proef(&regels);
    let nummer = pseudoniem(0);
    let judge = |velden: &[(&str, &str)]| {
        let mut r = rij(velden);
        r.insert("nummer".to_owned(), nummer.clone());
        let uit = oordeel(&definitie, opties(&definitie), &[("rij", vec![r])]);
        (
            aantal(&uit, "KLEINER"),
            aantal(&uit, "ALS"),
            aantal(&uit, "NOOIT"),
        )
    };
    assert_eq!(judge(&[("a", "2"), ("b", "1")]), (1, 1, 1));
    assert_eq!(judge(&[("a", "2")]), (0, 0, 1));
    assert_eq!(judge(&[("b", "1")]), (0, 0, 0));
    assert_eq!(judge(&[]), (0, 0, 0));
    assert_eq!(judge(&[("a", "-1"), ("b", "1")]), (0, 0, 1));
}

/// A value that broke its type was reported once; rules over the row do not pile up on it.
#[test]
fn an_unreadable_value_is_said_once() {
    let regels = [
        record("GEVULD", "begin IS NOT NULL", None),
        record("ALS", "FALSE", Some("eind IS NULL")),
    ]
    .concat();
    let definitie = proef(&regels);
    let nummer = pseudoniem(0);
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[(
            "rij",
            vec![rij(&[
                ("nummer", &nummer),
                ("begin", "31-12"),
                ("eind", "nooit"),
            ])],
        )],
    );
    assert_eq!(
        (
            aantal(&uit, "DATUM"),
            aantal(&uit, "GEVULD"),
            aantal(&uit, "ALS")
        ),
        (2, 0, 0)
    );
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("rij", vec![rij(&[("nummer", &nummer)])])],
    );
    assert_eq!(
        (
            aantal(&uit, "DATUM"),
            aantal(&uit, "GEVULD"),
            aantal(&uit, "ALS")
        ),
        (0, 1, 1)
    );
}

#[test]
fn text_becomes_typed_and_what_breaks_becomes_null() {
    let definitie = proef("");
    let tabel = definitie.tabel("rij").unwrap();
    let (een, twee) = (pseudoniem(1), pseudoniem(2));
    let goed = rij(&[
        ("nummer", &een),
        ("a", "-12"),
        ("bedrag", "1512.5"),
        ("begin", "2020-02-29"),
        ("kleur", "blauw"),
        ("plaats", "GM0344"),
        ("tekst", "één twee"),
        ("actief", "nee"),
    ]);
    let fout = rij(&[
        ("nummer", &twee),
        ("a", "12.0"),
        ("bedrag", "1.512,50"),
        ("begin", "29-02-2020"),
        ("kleur", "paars"),
        ("plaats", "Utrecht"),
        ("tekst", "negen ééé"),
        ("actief", "misschien"),
    ]);
    let mut controle = Controle::new(&definitie, opties(&definitie)).unwrap();
    let getypt = controle
        .partij("rij", &batch(tabel, &[goed, fout]))
        .unwrap();
    assert_eq!(getypt.schema(), check::schema(&definitie, tabel));
    let kolom = |naam: &str| getypt.column_by_name(naam).unwrap();
    assert_eq!(kolom("a").as_primitive::<Int32Type>().value(0), -12);
    assert_eq!(
        kolom("bedrag")
            .as_primitive::<Decimal128Type>()
            .value_as_string(0),
        "1512.50"
    );
    assert_eq!(
        kolom("begin")
            .as_primitive::<Date32Type>()
            .value_as_date(0)
            .unwrap()
            .to_string(),
        "2020-02-29"
    );
    let kleur = kolom("kleur")
        .as_dictionary::<UInt8Type>()
        .downcast_dict::<arrow_array::StringArray>()
        .unwrap();
    assert_eq!(kleur.values().value(kleur.keys().value(0).into()), "blauw");
    let plaats = kolom("plaats")
        .as_dictionary::<UInt16Type>()
        .downcast_dict::<arrow_array::StringArray>()
        .unwrap();
    assert_eq!(
        plaats.values().value(plaats.keys().value(0).into()),
        "GM0344"
    );
    assert_eq!(kolom("tekst").as_string::<i32>().value(0), "één twee");
    assert!(!kolom("actief").as_boolean().value(0));
    for veld in tabel.velden.iter().filter(|v| v.naam != "nummer") {
        assert!(kolom(&veld.naam).is_null(1), "{}", veld.naam);
    }
    let uit = controle.afronden(&PakketHerkomst::new(&definitie)).unwrap();
    assert_eq!(uit.bevindingen.len(), 7, "{:#?}", uit.bevindingen);
}

/// An aanbieder may write "" where another writes nothing.
#[test]
fn empty_text_is_empty() {
    let definitie = proef("");
    let tabel = definitie.tabel("rij").unwrap();
    let velden: Vec<arrow_schema::Field> = tabel
        .velden
        .iter()
        .map(|v| arrow_schema::Field::new(&v.naam, arrow_schema::DataType::Utf8, true))
        .collect();
    let kolommen = velden
        .iter()
        .map(|_| {
            std::sync::Arc::new(arrow_array::StringArray::from(vec![""])) as arrow_array::ArrayRef
        })
        .collect();
    let leeg = arrow_array::RecordBatch::try_new(
        std::sync::Arc::new(arrow_schema::Schema::new(velden)),
        kolommen,
    )
    .unwrap();
    let mut controle = Controle::new(&definitie, opties(&definitie)).unwrap();
    let getypt = controle.partij("rij", &leeg).unwrap();
    assert!(getypt.columns().iter().all(|kolom| kolom.is_null(0)));
    let uit = controle.afronden(&PakketHerkomst::new(&definitie)).unwrap();
    assert_eq!(
        (
            uit.verdict,
            aantal(&uit, "VERPLICHT"),
            uit.bevindingen.len()
        ),
        (Verdict::Afgekeurd, 1, 1)
    );
}
