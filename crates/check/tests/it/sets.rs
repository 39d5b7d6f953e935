//! Guards: rules over sets at their edges, where one example per rule does not come.

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema};
use check::{Judge, Options, PakketOrigin};
use schema::bevinding::DERIVED;
use schema::not_computed::{self, NOT_COMPUTED};
use schema::{Definitie, Oordeel};

use crate::support::{TextRow, batch, count, oordeel, options, pseudonym};

fn omgang() -> Definitie {
    Definitie::load("omgang/2020").unwrap()
}

/// The example row with a number of its own, and these values.
fn traject(definitie: &Definitie, number: usize, velden: &[(&str, &str)]) -> TextRow {
    let mut row = definitie.tabel("traject").unwrap().voorbeeld.clone();
    row.insert("traject_id".to_owned(), pseudonym(number));
    row.extend(
        velden
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
    );
    row
}

fn rows_of(out: &Oordeel, code: &str) -> Vec<Option<u64>> {
    out.bevindingen
        .iter()
        .filter(|b| b.code == code)
        .map(|b| b.plaats.rij)
        .collect()
}

#[test]
fn a_reference_to_an_absent_table_is_not_judged_and_says_so() {
    let definitie = omgang();
    let rows = vec![traject(&definitie, 1, &[("voorziening_id", "V9")])];
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("traject", rows.clone())],
    );
    assert_eq!(
        (
            count(&out, "REFERENCE_UNKNOWN"),
            count(&out, "TABEL_AFWEZIG")
        ),
        (0, 1)
    );
    let why = &out
        .niet_beoordeeld
        .iter()
        .find(|n| n.code == "REFERENCE_UNKNOWN")
        .unwrap()
        .waarom;
    assert_eq!(why, "De tabel Voorzieningen zit niet in de levering.");
    // Present but empty: then nothing can be referred to.
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("voorziening", Vec::new()), ("traject", rows)],
    );
    assert_eq!(
        (
            count(&out, "REFERENCE_UNKNOWN"),
            count(&out, "TABEL_AFWEZIG")
        ),
        (1, 0)
    );
}

#[test]
fn references_are_counted_whole_and_listed_in_row_order() {
    let definitie = omgang();
    let codes = ["V9", "V1", "V8", "V9", "V8", "V9"];
    let rows = codes
        .iter()
        .enumerate()
        .map(|(i, code)| traject(&definitie, i, &[("voorziening_id", code)]))
        .collect();
    let voorziening = vec![definitie.tabel("voorziening").unwrap().voorbeeld.clone()];
    let few = Options {
        per_regel: 4,
        ..options(&definitie)
    };
    let out = oordeel(
        &definitie,
        few,
        &[("traject", rows), ("voorziening", voorziening)],
    );
    assert_eq!(count(&out, "REFERENCE_UNKNOWN"), 5);
    assert_eq!(
        rows_of(&out, "REFERENCE_UNKNOWN"),
        [Some(2), Some(4), Some(5), Some(6)]
    );
}

#[test]
fn periods_that_touch_do_not_overlap_and_an_open_one_does() {
    let definitie = omgang();
    let periods = [
        ("2020-01-10", "2020-03-01"),
        ("2020-03-01", "2020-05-01"),
        ("2020-06-01", ""),
        ("2020-08-01", "2020-08-02"),
        ("2020-09-01", "2020-09-01"),
    ];
    let row = |(i, (van, tot)): (usize, &(&str, &str))| {
        let reason = if tot.is_empty() { "" } else { "volgens_plan" };
        traject(
            &definitie,
            i,
            &[
                ("aanmelddatum", "2020-01-01"),
                ("intakedatum", ""),
                ("startdatum", van),
                ("einddatum", tot),
                ("reden_einde", reason),
                ("vervolg", ""),
            ],
        )
    };
    let rows: Vec<TextRow> = periods.iter().enumerate().map(row).collect();
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("traject", rows.clone())],
    );
    assert_eq!(
        rows_of(&out, "OVERLAP"),
        [Some(5)],
        "the fourth lies inside the open third; the fifth has no day"
    );
    let message = &out
        .bevindingen
        .iter()
        .find(|b| b.code == "OVERLAP")
        .unwrap()
        .bericht;
    assert!(message.ends_with("rij 4."), "{message}");
    // Another vorm, another group.
    let mut otherwise = rows;
    otherwise[2].insert("vorm".to_owned(), "ambulant_thuis".to_owned());
    let out = oordeel(&definitie, options(&definitie), &[("traject", otherwise)]);
    assert_eq!(count(&out, "OVERLAP"), 0);
}

#[test]
fn three_ages_must_fit_one_birth_date_together() {
    let definitie = omgang();
    let row = |i: usize, on: &str, jaren: &str| {
        traject(
            &definitie,
            i,
            &[("aanmelddatum", on), ("leeftijd_bij_aanmelding", jaren)],
        )
    };
    // Born between 2 February 2012 and 1 June 2012: 7 on both days, and 8 a year later.
    let rows = vec![
        row(0, "2020-02-01", "7"),
        row(1, "2019-06-01", "7"),
        row(2, "2020-06-02", "8"),
        row(3, "2020-01-31", "8"),
    ];
    let out = oordeel(&definitie, options(&definitie), &[("traject", rows)]);
    assert_eq!(rows_of(&out, "LEEFTIJD_ONVERENIGBAAR"), [Some(5)]);
}

#[test]
fn a_group_that_waits_but_is_not_reported_is_missed() {
    let definitie = omgang();
    let wait = [
        ("aanmelddatum", "2020-03-01"),
        ("intakedatum", ""),
        ("startdatum", "2020-04-14"),
    ];
    let rows = vec![
        traject(&definitie, 0, &wait),
        traject(
            &definitie,
            1,
            &[&wait[..], &[("gemeente", "GM0363")]].concat(),
        ),
    ];
    let wachtlijst = vec![TextRow::from_iter([
        ("peildatum".to_owned(), "2020-03-31".to_owned()),
        ("voorziening_id".to_owned(), "V1".to_owned()),
        ("gemeente".to_owned(), "GM0344".to_owned()),
        ("kader".to_owned(), "vrijwillig".to_owned()),
        ("wachtenden".to_owned(), "1".to_owned()),
    ])];
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("traject", rows), ("wachtlijst", wachtlijst)],
    );
    let found: Vec<_> = out
        .bevindingen
        .iter()
        .filter(|b| b.code == "WACHTLIJST_WIJKT_AF")
        .collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    // No row to point at, and no code of the aanbieder's own in the text.
    assert_eq!(
        (found[0].plaats.rij, found[0].gevonden.as_deref()),
        (
            None,
            Some("geen rij voor 2020-03-31, GM0363 (Amsterdam), vrijwillig")
        )
    );
}

/// A waiting list of two quarters was complete, while children waited in all four.
#[test]
fn a_quarter_without_a_row_is_missed_when_children_waited() {
    let definitie = omgang();
    let wait = [
        ("aanmelddatum", "2020-03-01"),
        ("intakedatum", ""),
        ("startdatum", "2020-10-14"),
        ("einddatum", ""),
        ("reden_einde", ""),
    ];
    let row = |day: &str| {
        let mut row = definitie.tabel("wachtlijst").unwrap().voorbeeld.clone();
        row.extend([
            ("peildatum".to_owned(), day.to_owned()),
            ("wachtenden".to_owned(), "1".to_owned()),
        ]);
        row
    };
    let mut traject = traject(&definitie, 0, &wait);
    for veld in ["voorziening_id", "gemeente", "kader"] {
        traject.insert(veld.to_owned(), row("")[veld].clone());
    }
    let found = |days: &[&str], leverdatum: Option<(i32, u32, u32)>| -> Vec<String> {
        let mut options = options(&definitie);
        if let Some((jaar, month, day)) = leverdatum {
            options.leverdatum = chrono::NaiveDate::from_ymd_opt(jaar, month, day).unwrap();
        }
        let tabellen = [
            ("traject", vec![traject.clone()]),
            ("wachtlijst", days.iter().map(|day| row(day)).collect()),
        ];
        let out = oordeel(&definitie, options, &tabellen);
        let found = out
            .bevindingen
            .into_iter()
            .filter(|b| b.code == "WACHTLIJST_WIJKT_AF");
        found
            .map(|b| b.gevonden.unwrap().chars().take(24).collect())
            .collect()
    };
    assert_eq!(
        found(&["2020-03-31", "2020-06-30"], None),
        ["geen rij voor 2020-09-30"]
    );
    assert!(found(&["2020-03-31", "2020-06-30", "2020-09-30"], None).is_empty());
    assert!(
        found(&["2020-03-31", "2020-06-30"], Some((2020, 9, 29))).is_empty(),
        "a day that is still to come"
    );
}

#[test]
fn without_last_year_rules_that_compare_say_so() {
    let definitie = omgang();
    let out = oordeel(
        &definitie,
        options(&definitie),
        &[("traject", vec![traject(&definitie, 0, &[])])],
    );
    let codes: Vec<_> = out
        .niet_beoordeeld
        .iter()
        .map(|n| n.code.as_str())
        .collect();
    for code in ["JAAR_FACTOR", "VERDWENEN", "HEROPEND", "STAND_VERVOLGT"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
}

/// Two years of one aanbieder: number, start and end of each row; last year's rows first.
fn two_years(nu: &[(usize, &str, &str)], make: impl FnOnce(&mut Judge), raw_ids: bool) -> Oordeel {
    let (old, new) = (
        Definitie::load("omgang/2020").unwrap(),
        Definitie::load("omgang/2021").unwrap(),
    );
    let row = |definitie: &Definitie, number: usize, start: &str, end: &str| {
        let mut row = traject(
            definitie,
            number,
            &[
                ("aanmelddatum", "2020-02-03"),
                ("intakedatum", ""),
                ("startdatum", start),
                ("einddatum", end),
            ],
        );
        if end.is_empty() {
            row.extend([
                ("reden_einde".to_owned(), String::new()),
                ("vervolg".to_owned(), String::new()),
            ]);
        }
        row
    };
    let last_year: Vec<TextRow> = [
        (0, "2020-03-02", ""),
        (1, "2020-04-06", ""),
        (2, "2020-05-04", "2020-11-02"),
    ]
    .map(|(n, s, e)| row(&old, n, s, e))
    .into();
    let mut previous_jaar = Judge::new(&old, options(&old)).unwrap();
    let tabel = old.tabel("traject").unwrap();
    let typed = previous_jaar
        .batch("traject", &batch(tabel, &last_year))
        .unwrap();
    let mut judge = Judge::new(
        &new,
        Options {
            raw_ids,
            ..options(&new)
        },
    )
    .unwrap();
    judge.previous("traject", &typed).unwrap();
    make(&mut judge);
    let rows: Vec<TextRow> = nu.iter().map(|&(n, s, e)| row(&new, n, s, e)).collect();
    judge
        .batch("traject", &batch(new.tabel("traject").unwrap(), &rows))
        .unwrap();
    judge.finish(&PakketOrigin::new(&new)).unwrap()
}

const COMPARING: [&str; 4] = ["JAAR_FACTOR", "VERDWENEN", "HEROPEND", "STAND_VERVOLGT"];

fn year_on_year(out: &Oordeel) -> [u64; 4] {
    COMPARING.map(|code| count(out, code))
}

#[test]
fn a_year_that_continues_the_last_one_is_silent() {
    let nu = [
        (0, "2020-03-02", "2021-03-01"),
        (1, "2020-04-06", ""),
        (3, "2021-05-03", ""),
    ];
    let out = two_years(&nu, |_| (), false);
    assert_eq!(year_on_year(&out), [0; 4], "{:#?}", out.bevindingen);
    assert!(
        out.niet_beoordeeld
            .iter()
            .all(|n| !COMPARING.contains(&n.code.as_str()))
    );
}

#[test]
fn what_vanished_is_told_by_what_an_aanbieder_knows() {
    let out = two_years(
        &[(0, "2020-03-02", ""), (2, "2020-05-04", "")],
        |_| (),
        false,
    );
    assert_eq!(year_on_year(&out), [0, 1, 1, 0], "{:#?}", out.bevindingen);
    let vanished = out
        .bevindingen
        .iter()
        .find(|b| b.code == "VERDWENEN")
        .unwrap();
    let found = vanished.gevonden.as_deref().unwrap();
    assert!(
        found.contains("2020-04-06") && found.contains("GM0344"),
        "{found}"
    );
}

#[test]
fn a_stock_that_does_not_continue_and_a_year_that_shrank_are_said() {
    let out = two_years(&[(0, "2020-03-02", "")], |_| (), false);
    assert_eq!(year_on_year(&out), [1, 1, 0, 1]);
    let stock = out
        .bevindingen
        .iter()
        .find(|b| b.code == "STAND_VERVOLGT")
        .unwrap();
    assert!(
        stock.bericht.contains("liepen er 1 trajecten") && stock.bericht.contains("waren het er 2"),
        "{}",
        stock.bericht
    );
}

/// The aanbieder's own numbers are compared when there is a key; without one, and with another one, that is said.
#[test]
fn own_numbers_are_compared_by_their_pseudonyms() {
    let nu = [(0, "2020-03-02", ""), (2, "2020-05-04", "")];
    let without = two_years(&nu, |_| (), true);
    assert_eq!(year_on_year(&without), [0, 0, 0, 0]);
    let why = |out: &Oordeel| {
        out.niet_beoordeeld
            .iter()
            .find(|n| n.code == "VERDWENEN")
            .unwrap()
            .waarom
            .clone()
    };
    assert!(why(&without).contains("sleutel"), "{}", why(&without));
    let met = two_years(&nu, |judge| judge.compare_with(|_, ids| ids.clone()), true);
    assert_eq!(year_on_year(&met), [0, 1, 1, 0]);
    let otherwise = two_years(&nu, Judge::other_key, false);
    assert_eq!(year_on_year(&otherwise), [0; 4]);
    assert!(
        why(&otherwise).contains("andere sleutel"),
        "{}",
        why(&otherwise)
    );
}

/// With metadata of its own, on the batch or on one field.
fn with_note(one_batch: &RecordBatch, over: Option<&str>, note: (&str, String)) -> RecordBatch {
    let metadata = std::collections::HashMap::from([(note.0.to_owned(), note.1)]);
    let schema = one_batch.schema();
    let veld = |v: &std::sync::Arc<Field>| {
        if over == Some(v.name()) {
            v.as_ref().clone().with_metadata(metadata.clone())
        } else {
            v.as_ref().clone()
        }
    };
    let velden: Vec<Field> = schema.fields().iter().map(veld).collect();
    let schema = Schema::new_with_metadata(
        velden,
        if over.is_none() {
            metadata.clone()
        } else {
            Default::default()
        },
    );
    RecordBatch::try_new(schema.into(), one_batch.columns().to_vec()).unwrap()
}

/// An unreadable start date left a child out of the waiting list that the program counted, and the aanbieder was asked
/// why their waiting list, which they had not delivered, differed.
#[test]
fn a_count_of_ours_is_not_held_against_the_rows_it_came_from() {
    let definitie = omgang();
    let wait = [
        ("aanmelddatum", "2020-03-01"),
        ("intakedatum", ""),
        ("startdatum", "weet niet"),
        ("einddatum", ""),
        ("reden_einde", ""),
    ];
    let tabel = |name: &str| definitie.tabel(name).unwrap();
    let trajecten = batch(tabel("traject"), &[traject(&definitie, 0, &wait)]);
    for (counted, expected) in [(true, 0), (false, 4)] {
        let mut judge = Judge::new(&definitie, options(&definitie)).unwrap();
        judge.batch("traject", &trajecten).unwrap();
        let mut row = tabel("wachtlijst").voorbeeld.clone();
        row.insert("wachtenden".to_owned(), "7".to_owned());
        let one_batch = batch(tabel("wachtlijst"), &[row]);
        let one_batch = if counted {
            with_note(&one_batch, None, (DERIVED, "traject".to_owned()))
        } else {
            one_batch
        };
        judge.batch("wachtlijst", &one_batch).unwrap();
        let out = judge.finish(&PakketOrigin::new(&definitie)).unwrap();
        assert_eq!(
            (count(&out, "WACHTLIJST_WIJKT_AF"), count(&out, "DATE")),
            (expected, 1),
            "counted by us: {counted}"
        );
    }
}

/// The cell with the birth date was called empty, with "choose unknown", while a date stood in it.
#[test]
fn an_age_without_a_readable_birth_date_is_no_empty_field() {
    let definitie = omgang();
    let rows: Vec<TextRow> = (0..4)
        .map(|i| {
            traject(
                &definitie,
                i,
                &[("leeftijd_bij_aanmelding", if i == 0 { "7" } else { "" })],
            )
        })
        .collect();
    let one_batch = batch(definitie.tabel("traject").unwrap(), &rows);
    let note = not_computed::write(&[(1, Some("31-13-2010".to_owned())), (2, None)]);
    let mut judge = Judge::new(&definitie, options(&definitie)).unwrap();
    judge
        .batch(
            "traject",
            &with_note(
                &one_batch,
                Some("leeftijd_bij_aanmelding"),
                (NOT_COMPUTED, note),
            ),
        )
        .unwrap();
    let out = judge.finish(&PakketOrigin::new(&definitie)).unwrap();
    assert_eq!(
        (rows_of(&out, "REQUIRED"), rows_of(&out, "DATE")),
        (vec![Some(5)], vec![Some(3)])
    );
    let datum = out.bevindingen.iter().find(|b| b.code == "DATE").unwrap();
    assert_eq!(
        (datum.veld.as_str(), datum.gevonden.as_deref()),
        ("leeftijd_bij_aanmelding", Some("31-13-2010"))
    );
    assert_eq!(datum.bericht, "De geboortedatum is geen geldige datum.");
}
