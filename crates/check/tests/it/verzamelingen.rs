//! Guards: rules over sets at their edges, where one example per rule does not come.

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema};
use check::{Controle, Opties, PakketHerkomst};
use schema::bevinding::AFGELEID;
use schema::onberekend::{self, ONBEREKEND};
use schema::{Definitie, Oordeel};

use crate::hulp::{Rij, aantal, batch, oordeel, opties, pseudoniem};

fn omgang() -> Definitie {
    Definitie::load("omgang/2020").unwrap()
}

/// The example row with a number of its own, and these values.
fn traject(definitie: &Definitie, nummer: usize, velden: &[(&str, &str)]) -> Rij {
    let mut rij = definitie.tabel("traject").unwrap().voorbeeld.clone();
    rij.insert("traject_id".to_owned(), pseudoniem(nummer));
    rij.extend(
        velden
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
    );
    rij
}

fn rows_of(uit: &Oordeel, code: &str) -> Vec<Option<u64>> {
    uit.bevindingen
        .iter()
        .filter(|b| b.code == code)
        .map(|b| b.plaats.rij)
        .collect()
}

#[test]
fn a_reference_to_an_absent_table_is_not_judged_and_says_so() {
    let definitie = omgang();
    let rijen = vec![traject(&definitie, 1, &[("voorziening_id", "V9")])];
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("traject", rijen.clone())],
    );
    assert_eq!(
        (
            aantal(&uit, "REFERENCE_UNKNOWN"),
            aantal(&uit, "TABEL_AFWEZIG")
        ),
        (0, 1)
    );
    let waarom = &uit
        .niet_beoordeeld
        .iter()
        .find(|n| n.code == "REFERENCE_UNKNOWN")
        .unwrap()
        .waarom;
    assert_eq!(waarom, "De tabel Voorzieningen zit niet in de levering.");
    // Present but empty: then nothing can be referred to.
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("voorziening", Vec::new()), ("traject", rijen)],
    );
    assert_eq!(
        (
            aantal(&uit, "REFERENCE_UNKNOWN"),
            aantal(&uit, "TABEL_AFWEZIG")
        ),
        (1, 0)
    );
}

#[test]
fn references_are_counted_whole_and_listed_in_row_order() {
    let definitie = omgang();
    let codes = ["V9", "V1", "V8", "V9", "V8", "V9"];
    let rijen = codes
        .iter()
        .enumerate()
        .map(|(i, code)| traject(&definitie, i, &[("voorziening_id", code)]))
        .collect();
    let voorziening = vec![definitie.tabel("voorziening").unwrap().voorbeeld.clone()];
    let weinig = Opties {
        per_regel: 4,
        ..opties(&definitie)
    };
    let uit = oordeel(
        &definitie,
        weinig,
        &[("traject", rijen), ("voorziening", voorziening)],
    );
    assert_eq!(aantal(&uit, "REFERENCE_UNKNOWN"), 5);
    assert_eq!(
        rows_of(&uit, "REFERENCE_UNKNOWN"),
        [Some(2), Some(4), Some(5), Some(6)]
    );
}

#[test]
fn periods_that_touch_do_not_overlap_and_an_open_one_does() {
    let definitie = omgang();
    let perioden = [
        ("2020-01-10", "2020-03-01"),
        ("2020-03-01", "2020-05-01"),
        ("2020-06-01", ""),
        ("2020-08-01", "2020-08-02"),
        ("2020-09-01", "2020-09-01"),
    ];
    let rij = |(i, (van, tot)): (usize, &(&str, &str))| {
        let reden = if tot.is_empty() { "" } else { "volgens_plan" };
        traject(
            &definitie,
            i,
            &[
                ("aanmelddatum", "2020-01-01"),
                ("intakedatum", ""),
                ("startdatum", van),
                ("einddatum", tot),
                ("reden_einde", reden),
                ("vervolg", ""),
            ],
        )
    };
    let rijen: Vec<Rij> = perioden.iter().enumerate().map(rij).collect();
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("traject", rijen.clone())],
    );
    assert_eq!(
        rows_of(&uit, "OVERLAP"),
        [Some(5)],
        "the fourth lies inside the open third; the fifth has no day"
    );
    let bericht = &uit
        .bevindingen
        .iter()
        .find(|b| b.code == "OVERLAP")
        .unwrap()
        .bericht;
    assert!(bericht.ends_with("rij 4."), "{bericht}");
    // Another vorm, another group.
    let mut anders = rijen;
    anders[2].insert("vorm".to_owned(), "ambulant_thuis".to_owned());
    let uit = oordeel(&definitie, opties(&definitie), &[("traject", anders)]);
    assert_eq!(aantal(&uit, "OVERLAP"), 0);
}

#[test]
fn three_ages_must_fit_one_birth_date_together() {
    let definitie = omgang();
    let rij = |i: usize, op: &str, jaren: &str| {
        traject(
            &definitie,
            i,
            &[("aanmelddatum", op), ("leeftijd_bij_aanmelding", jaren)],
        )
    };
    // Born between 2 February 2012 and 1 June 2012: 7 on both days, and 8 a year later.
    let rijen = vec![
        rij(0, "2020-02-01", "7"),
        rij(1, "2019-06-01", "7"),
        rij(2, "2020-06-02", "8"),
        rij(3, "2020-01-31", "8"),
    ];
    let uit = oordeel(&definitie, opties(&definitie), &[("traject", rijen)]);
    assert_eq!(rows_of(&uit, "LEEFTIJD_ONVERENIGBAAR"), [Some(5)]);
}

#[test]
fn a_group_that_waits_but_is_not_reported_is_missed() {
    let definitie = omgang();
    let wacht = [
        ("aanmelddatum", "2020-03-01"),
        ("intakedatum", ""),
        ("startdatum", "2020-04-14"),
    ];
    let rijen = vec![
        traject(&definitie, 0, &wacht),
        traject(
            &definitie,
            1,
            &[&wacht[..], &[("gemeente", "GM0363")]].concat(),
        ),
    ];
    let wachtlijst = vec![Rij::from_iter([
        ("peildatum".to_owned(), "2020-03-31".to_owned()),
        ("voorziening_id".to_owned(), "V1".to_owned()),
        ("gemeente".to_owned(), "GM0344".to_owned()),
        ("kader".to_owned(), "vrijwillig".to_owned()),
        ("wachtenden".to_owned(), "1".to_owned()),
    ])];
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("traject", rijen), ("wachtlijst", wachtlijst)],
    );
    let gevonden: Vec<_> = uit
        .bevindingen
        .iter()
        .filter(|b| b.code == "WACHTLIJST_WIJKT_AF")
        .collect();
    assert_eq!(gevonden.len(), 1, "{gevonden:#?}");
    // No row to point at, and no code of the aanbieder's own in the text.
    assert_eq!(
        (gevonden[0].plaats.rij, gevonden[0].gevonden.as_deref()),
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
    let wacht = [
        ("aanmelddatum", "2020-03-01"),
        ("intakedatum", ""),
        ("startdatum", "2020-10-14"),
        ("einddatum", ""),
        ("reden_einde", ""),
    ];
    let rij = |dag: &str| {
        let mut rij = definitie.tabel("wachtlijst").unwrap().voorbeeld.clone();
        rij.extend([
            ("peildatum".to_owned(), dag.to_owned()),
            ("wachtenden".to_owned(), "1".to_owned()),
        ]);
        rij
    };
    let mut traject = traject(&definitie, 0, &wacht);
    for veld in ["voorziening_id", "gemeente", "kader"] {
        traject.insert(veld.to_owned(), rij("")[veld].clone());
    }
    let gevonden = |dagen: &[&str], leverdatum: Option<(i32, u32, u32)>| -> Vec<String> {
        let mut opties = opties(&definitie);
        if let Some((jaar, maand, dag)) = leverdatum {
            opties.leverdatum = chrono::NaiveDate::from_ymd_opt(jaar, maand, dag).unwrap();
        }
        let tabellen = [
            ("traject", vec![traject.clone()]),
            ("wachtlijst", dagen.iter().map(|dag| rij(dag)).collect()),
        ];
        let uit = oordeel(&definitie, opties, &tabellen);
        let gevonden = uit
            .bevindingen
            .into_iter()
            .filter(|b| b.code == "WACHTLIJST_WIJKT_AF");
        gevonden
            .map(|b| b.gevonden.unwrap().chars().take(24).collect())
            .collect()
    };
    assert_eq!(
        gevonden(&["2020-03-31", "2020-06-30"], None),
        ["geen rij voor 2020-09-30"]
    );
    assert!(gevonden(&["2020-03-31", "2020-06-30", "2020-09-30"], None).is_empty());
    assert!(
        gevonden(&["2020-03-31", "2020-06-30"], Some((2020, 9, 29))).is_empty(),
        "a day that is still to come"
    );
}

#[test]
fn without_last_year_rules_that_compare_say_so() {
    let definitie = omgang();
    let uit = oordeel(
        &definitie,
        opties(&definitie),
        &[("traject", vec![traject(&definitie, 0, &[])])],
    );
    let codes: Vec<_> = uit
        .niet_beoordeeld
        .iter()
        .map(|n| n.code.as_str())
        .collect();
    for code in ["JAAR_FACTOR", "VERDWENEN", "HEROPEND", "STAND_VERVOLGT"] {
        assert!(codes.contains(&code), "{codes:?}");
    }
}

/// Two years of one aanbieder: number, start and end of each row; last year's rows first.
fn two_years(
    nu: &[(usize, &str, &str)],
    maak: impl FnOnce(&mut Controle),
    ruwe_ids: bool,
) -> Oordeel {
    let (oud, nieuw) = (
        Definitie::load("omgang/2020").unwrap(),
        Definitie::load("omgang/2021").unwrap(),
    );
    let rij = |definitie: &Definitie, nummer: usize, start: &str, eind: &str| {
        let mut rij = traject(
            definitie,
            nummer,
            &[
                ("aanmelddatum", "2020-02-03"),
                ("intakedatum", ""),
                ("startdatum", start),
                ("einddatum", eind),
            ],
        );
        if eind.is_empty() {
            rij.extend([
                ("reden_einde".to_owned(), String::new()),
                ("vervolg".to_owned(), String::new()),
            ]);
        }
        rij
    };
    let vorig: Vec<Rij> = [
        (0, "2020-03-02", ""),
        (1, "2020-04-06", ""),
        (2, "2020-05-04", "2020-11-02"),
    ]
    .map(|(n, s, e)| rij(&oud, n, s, e))
    .into();
    let mut vorig_jaar = Controle::new(&oud, opties(&oud)).unwrap();
    let tabel = oud.tabel("traject").unwrap();
    let getypt = vorig_jaar.partij("traject", &batch(tabel, &vorig)).unwrap();
    let mut controle = Controle::new(
        &nieuw,
        Opties {
            ruwe_ids,
            ..opties(&nieuw)
        },
    )
    .unwrap();
    controle.vorige("traject", &getypt).unwrap();
    maak(&mut controle);
    let rijen: Vec<Rij> = nu.iter().map(|&(n, s, e)| rij(&nieuw, n, s, e)).collect();
    controle
        .partij("traject", &batch(nieuw.tabel("traject").unwrap(), &rijen))
        .unwrap();
    controle.afronden(&PakketHerkomst::new(&nieuw)).unwrap()
}

const VERGELIJKEND: [&str; 4] = ["JAAR_FACTOR", "VERDWENEN", "HEROPEND", "STAND_VERVOLGT"];

fn year_on_year(uit: &Oordeel) -> [u64; 4] {
    VERGELIJKEND.map(|code| aantal(uit, code))
}

#[test]
fn a_year_that_continues_the_last_one_is_silent() {
    let nu = [
        (0, "2020-03-02", "2021-03-01"),
        (1, "2020-04-06", ""),
        (3, "2021-05-03", ""),
    ];
    let uit = two_years(&nu, |_| (), false);
    assert_eq!(year_on_year(&uit), [0; 4], "{:#?}", uit.bevindingen);
    assert!(
        uit.niet_beoordeeld
            .iter()
            .all(|n| !VERGELIJKEND.contains(&n.code.as_str()))
    );
}

#[test]
fn what_vanished_is_told_by_what_an_aanbieder_knows() {
    let uit = two_years(
        &[(0, "2020-03-02", ""), (2, "2020-05-04", "")],
        |_| (),
        false,
    );
    assert_eq!(year_on_year(&uit), [0, 1, 1, 0], "{:#?}", uit.bevindingen);
    let verdwenen = uit
        .bevindingen
        .iter()
        .find(|b| b.code == "VERDWENEN")
        .unwrap();
    let gevonden = verdwenen.gevonden.as_deref().unwrap();
    assert!(
        gevonden.contains("2020-04-06") && gevonden.contains("GM0344"),
        "{gevonden}"
    );
}

#[test]
fn a_stock_that_does_not_continue_and_a_year_that_shrank_are_said() {
    let uit = two_years(&[(0, "2020-03-02", "")], |_| (), false);
    assert_eq!(year_on_year(&uit), [1, 1, 0, 1]);
    let stand = uit
        .bevindingen
        .iter()
        .find(|b| b.code == "STAND_VERVOLGT")
        .unwrap();
    assert!(
        stand.bericht.contains("liepen er 1 trajecten") && stand.bericht.contains("waren het er 2"),
        "{}",
        stand.bericht
    );
}

/// The aanbieder's own numbers are compared when there is a key; without one, and with another one, that is said.
#[test]
fn own_numbers_are_compared_by_their_pseudonyms() {
    let nu = [(0, "2020-03-02", ""), (2, "2020-05-04", "")];
    let zonder = two_years(&nu, |_| (), true);
    assert_eq!(year_on_year(&zonder), [0, 0, 0, 0]);
    let waarom = |uit: &Oordeel| {
        uit.niet_beoordeeld
            .iter()
            .find(|n| n.code == "VERDWENEN")
            .unwrap()
            .waarom
            .clone()
    };
    assert!(waarom(&zonder).contains("sleutel"), "{}", waarom(&zonder));
    let met = two_years(
        &nu,
        |controle| controle.vergelijk_met(|_, ids| ids.clone()),
        true,
    );
    assert_eq!(year_on_year(&met), [0, 1, 1, 0]);
    let anders = two_years(&nu, Controle::andere_sleutel, false);
    assert_eq!(year_on_year(&anders), [0; 4]);
    assert!(
        waarom(&anders).contains("andere sleutel"),
        "{}",
        waarom(&anders)
    );
}

/// With metadata of its own, on the batch or on one field.
fn met_notitie(partij: &RecordBatch, over: Option<&str>, notitie: (&str, String)) -> RecordBatch {
    let metadata = std::collections::HashMap::from([(notitie.0.to_owned(), notitie.1)]);
    let schema = partij.schema();
    let veld = |v: &std::sync::Arc<Field>| match over == Some(v.name()) {
        true => v.as_ref().clone().with_metadata(metadata.clone()),
        false => v.as_ref().clone(),
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
    RecordBatch::try_new(schema.into(), partij.columns().to_vec()).unwrap()
}

/// An unreadable start date left a child out of the waiting list that the program counted, and the aanbieder was asked
/// why their waiting list, which they had not delivered, differed.
#[test]
fn a_count_of_ours_is_not_held_against_the_rows_it_came_from() {
    let definitie = omgang();
    let wacht = [
        ("aanmelddatum", "2020-03-01"),
        ("intakedatum", ""),
        ("startdatum", "weet niet"),
        ("einddatum", ""),
        ("reden_einde", ""),
    ];
    let tabel = |naam: &str| definitie.tabel(naam).unwrap();
    let trajecten = batch(tabel("traject"), &[traject(&definitie, 0, &wacht)]);
    for (geteld, verwacht) in [(true, 0), (false, 4)] {
        let mut controle = Controle::new(&definitie, opties(&definitie)).unwrap();
        controle.partij("traject", &trajecten).unwrap();
        let mut rij = tabel("wachtlijst").voorbeeld.clone();
        rij.insert("wachtenden".to_owned(), "7".to_owned());
        let partij = batch(tabel("wachtlijst"), &[rij]);
        let partij = if geteld {
            met_notitie(&partij, None, (AFGELEID, "traject".to_owned()))
        } else {
            partij
        };
        controle.partij("wachtlijst", &partij).unwrap();
        let uit = controle.afronden(&PakketHerkomst::new(&definitie)).unwrap();
        assert_eq!(
            (aantal(&uit, "WACHTLIJST_WIJKT_AF"), aantal(&uit, "DATE")),
            (verwacht, 1),
            "counted by us: {geteld}"
        );
    }
}

/// The cell with the birth date was called empty, with "choose unknown", while a date stood in it.
#[test]
fn an_age_without_a_readable_birth_date_is_no_empty_field() {
    let definitie = omgang();
    let rijen: Vec<Rij> = (0..4)
        .map(|i| {
            traject(
                &definitie,
                i,
                &[("leeftijd_bij_aanmelding", if i == 0 { "7" } else { "" })],
            )
        })
        .collect();
    let partij = batch(definitie.tabel("traject").unwrap(), &rijen);
    let notitie = onberekend::write(&[(1, Some("31-13-2010".to_owned())), (2, None)]);
    let mut controle = Controle::new(&definitie, opties(&definitie)).unwrap();
    controle
        .partij(
            "traject",
            &met_notitie(
                &partij,
                Some("leeftijd_bij_aanmelding"),
                (ONBEREKEND, notitie),
            ),
        )
        .unwrap();
    let uit = controle.afronden(&PakketHerkomst::new(&definitie)).unwrap();
    assert_eq!(
        (rows_of(&uit, "REQUIRED"), rows_of(&uit, "DATE")),
        (vec![Some(5)], vec![Some(3)])
    );
    let datum = uit.bevindingen.iter().find(|b| b.code == "DATE").unwrap();
    assert_eq!(
        (datum.veld.as_str(), datum.gevonden.as_deref()),
        ("leeftijd_bij_aanmelding", Some("31-13-2010"))
    );
    assert_eq!(datum.bericht, "De geboortedatum is geen geldige datum.");
}
