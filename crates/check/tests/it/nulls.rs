//! Guards: what is empty or unreadable is unknown, and unknown passes.

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, UInt8Type, UInt16Type};
use check::{Judge, PakketOrigin};
use schema::Verdict;

use crate::support::{batch, count, oordeel, options, pseudonym, record, row, sample_definitie};

#[test]
fn an_unknown_outcome_passes_and_an_unknown_question_is_not_asked() {
    let regels = [
        record("KLEINER", "a < b", None),
        record("ALS", "a < 0", Some("b > 0")),
        record("NOOIT", "a IS NULL", None),
    ]
    .concat();
    let definitie = sample_definitie(&regels);
    let number = pseudonym(0);
    let judge = |velden: &[(&str, &str)]| {
        let mut r = row(velden);
        r.insert("nummer".to_owned(), number.clone());
        let out = oordeel(&definitie, options(&definitie), &[("rij", vec![r])]);
        (
            count(&out, "KLEINER"),
            count(&out, "ALS"),
            count(&out, "NOOIT"),
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
    let definitie = sample_definitie(&regels);
    let number = pseudonym(0);
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[(
            "rij",
            vec![row(&[
                ("nummer", &number),
                ("begin", "31-12"),
                ("eind", "nooit"),
            ])],
        )],
    );
    assert_eq!(
        (
            count(&out, "DATUM"),
            count(&out, "GEVULD"),
            count(&out, "ALS")
        ),
        (2, 0, 0)
    );
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("rij", vec![row(&[("nummer", &number)])])],
    );
    assert_eq!(
        (
            count(&out, "DATUM"),
            count(&out, "GEVULD"),
            count(&out, "ALS")
        ),
        (0, 1, 1)
    );
}

#[test]
fn text_becomes_typed_and_what_breaks_becomes_null() {
    let definitie = sample_definitie("");
    let tabel = definitie.tabel("rij").unwrap();
    let (een, twee) = (pseudonym(1), pseudonym(2));
    let good = row(&[
        ("nummer", &een),
        ("a", "-12"),
        ("bedrag", "1512.5"),
        ("begin", "2020-02-29"),
        ("kleur", "blauw"),
        ("plaats", "GM0344"),
        ("tekst", "één twee"),
        ("actief", "nee"),
    ]);
    let error = row(&[
        ("nummer", &twee),
        ("a", "12.0"),
        ("bedrag", "1.512,50"),
        ("begin", "29-02-2020"),
        ("kleur", "paars"),
        ("plaats", "Utrecht"),
        ("tekst", "negen ééé"),
        ("actief", "misschien"),
    ]);
    let mut judge = Judge::new(&definitie, options(&definitie)).unwrap();
    let typed = judge.batch("rij", &batch(tabel, &[good, error])).unwrap();
    assert_eq!(typed.schema(), check::schema(&definitie, tabel));
    let column = |name: &str| typed.column_by_name(name).unwrap();
    assert_eq!(column("a").as_primitive::<Int32Type>().value(0), -12);
    assert_eq!(
        column("bedrag")
            .as_primitive::<Decimal128Type>()
            .value_as_string(0),
        "1512.50"
    );
    assert_eq!(
        column("begin")
            .as_primitive::<Date32Type>()
            .value_as_date(0)
            .unwrap()
            .to_string(),
        "2020-02-29"
    );
    let colour = column("kleur")
        .as_dictionary::<UInt8Type>()
        .downcast_dict::<arrow_array::StringArray>()
        .unwrap();
    assert_eq!(
        colour.values().value(colour.keys().value(0).into()),
        "blauw"
    );
    let place = column("plaats")
        .as_dictionary::<UInt16Type>()
        .downcast_dict::<arrow_array::StringArray>()
        .unwrap();
    assert_eq!(place.values().value(place.keys().value(0).into()), "GM0344");
    assert_eq!(column("tekst").as_string::<i32>().value(0), "één twee");
    assert!(!column("actief").as_boolean().value(0));
    for veld in tabel.velden.iter().filter(|v| v.naam != "nummer") {
        assert!(column(&veld.naam).is_null(1), "{}", veld.naam);
    }
    let out = judge.finish(&PakketOrigin::new(&definitie)).unwrap();
    assert_eq!(out.bevindingen.len(), 7, "{:#?}", out.bevindingen);
}

/// An aanbieder may write "" where another writes nothing.
#[test]
fn empty_text_is_empty() {
    let definitie = sample_definitie("");
    let tabel = definitie.tabel("rij").unwrap();
    let velden: Vec<arrow_schema::Field> = tabel
        .velden
        .iter()
        .map(|v| arrow_schema::Field::new(&v.naam, arrow_schema::DataType::Utf8, true))
        .collect();
    let columns = velden
        .iter()
        .map(|_| {
            std::sync::Arc::new(arrow_array::StringArray::from(vec![""])) as arrow_array::ArrayRef
        })
        .collect();
    let empty = arrow_array::RecordBatch::try_new(
        std::sync::Arc::new(arrow_schema::Schema::new(velden)),
        columns,
    )
    .unwrap();
    let mut judge = Judge::new(&definitie, options(&definitie)).unwrap();
    let typed = judge.batch("rij", &empty).unwrap();
    assert!(typed.columns().iter().all(|column| column.is_null(0)));
    let out = judge.finish(&PakketOrigin::new(&definitie)).unwrap();
    assert_eq!(
        (out.verdict, count(&out, "VERPLICHT"), out.bevindingen.len()),
        (Verdict::Afgekeurd, 1, 1)
    );
}
