//! Protection in its first form: what is hidden, what goes along with it, and what stays.

mod audit_certificate;
mod audit_threshold;
mod audit_world;

use disclosure::{Threshold, protect};
use proptest::prelude::*;
use schema::cijfer::{Confidential, Status};
use schema::indicator::{Direction, Interval, Kind};
use schema::{Cijfer, Comparison, Indicator, Niveau};

fn indicator(id: &str, kind: Kind, interval: Interval, unit: &str, veld: &str) -> Indicator {
    Indicator {
        id: id.to_owned(),
        groep: id.split('_').next().expect("an id has a group").to_owned(),
        titel: String::new(),
        definitie: String::new(),
        kind,
        eenheid: unit.to_owned(),
        teller: String::new(),
        noemer: String::new(),
        velden: vec![veld.to_owned()],
        uitsplitsingen: Vec::new(),
        interval,
        richting: Direction::Geen,
        decimalen: 0,
        kanttekening: String::new(),
    }
}

fn indicators() -> Vec<Indicator> {
    let mut all: Vec<Indicator> = [
        "gebruik_jeugdigen",
        "gebruik_per_10000_inwoners",
        "stroom_begin",
        "stroom_in",
        "stroom_uit",
        "stroom_eind",
    ]
    .map(|id| {
        let kind = if id == "gebruik_per_10000_inwoners" {
            Kind::Rate
        } else {
            Kind::Count
        };
        indicator(
            id,
            kind,
            Interval::Poisson,
            "trajecten",
            "traject.startdatum",
        )
    })
    .into();
    all.extend([
        indicator(
            "toegang_kader",
            Kind::Distribution,
            Interval::Wilson,
            "aandeel",
            "traject.kader",
        ),
        Indicator {
            uitsplitsingen: vec!["kader".to_owned()],
            ..indicator(
                "wachten_binnen_norm",
                Kind::Share,
                Interval::Wilson,
                "aandeel",
                "traject.startdatum",
            )
        },
        indicator(
            "duur_mediaan",
            Kind::Quantile,
            Interval::Orde,
            "dagen",
            "traject.startdatum",
        ),
        indicator(
            "stroom_ratio",
            Kind::Ratio,
            Interval::Geen,
            "verhouding",
            "traject.startdatum",
        ),
        indicator(
            "bekostiging_kosten_per_traject",
            Kind::Money,
            Interval::Geen,
            "euro",
            "traject.kosten",
        ),
        indicator(
            "organisatie_plaatsen",
            Kind::Places,
            Interval::Geen,
            "plaatsen",
            "voorziening.plaatsen",
        ),
    ]);
    all
}

fn threshold() -> Threshold {
    Threshold::new(Threshold::DEFAULT, &indicators())
}

/// A figure in one cell: `teller`, `noemer` and `n` as given, a value that follows from them.
fn figure(
    id: &str,
    uitsplitsing: &str,
    categorie: &str,
    numerator: Option<f64>,
    denominator: Option<f64>,
    n: i64,
) -> Cijfer {
    Cijfer {
        uitvraag: "omgang".to_owned(),
        jaar: 2020,
        indicator: id.to_owned(),
        niveau: Niveau::Gemeente,
        gebied: "GM0014".to_owned(),
        uitsplitsing: uitsplitsing.to_owned(),
        categorie: categorie.to_owned(),
        waarde: if denominator == Some(0.0) {
            None
        } else {
            numerator
                .map(|t| t / denominator.unwrap_or(1.0))
                .or(Some(100.0))
        },
        onder: Some(0.0),
        boven: Some(1.0),
        oordeel: Some(Comparison::Higher),
        teller: numerator,
        noemer: denominator,
        n: Some(n),
        status: Status::P,
        vertrouwelijk: Confidential::F,
        respons: Some(0.5),
        momentopname: "m1".to_owned(),
    }
}

fn count(id: &str, categorie: &str, count: i64) -> Cijfer {
    let uitsplitsing = if categorie == "totaal" {
        "totaal"
    } else {
        "kader"
    };
    figure(id, uitsplitsing, categorie, Some(count as f64), None, count)
}

fn signs(cijfers: Vec<Cijfer>) -> Vec<Confidential> {
    protect(cijfers, &threshold())
        .iter()
        .map(|c| c.vertrouwelijk)
        .collect()
}

use Confidential::{C, D, F};

#[test]
fn counts_from_one_to_four_are_hidden_and_nothing_else_is_touched() {
    let rows = |n: i64| vec![count("gebruik_jeugdigen", "totaal", n)];
    for n in [0, 5, 6, 100] {
        assert_eq!(protect(rows(n), &threshold()), rows(n));
    }
    for n in 1..=4 {
        let row = &protect(rows(n), &threshold())[0];
        assert_eq!(
            (
                row.waarde, row.onder, row.boven, row.teller, row.noemer, row.n
            ),
            (None, None, None, None, None, None)
        );
        assert_eq!(
            (row.vertrouwelijk, row.status, row.oordeel, row.respons),
            (C, Status::P, None, Some(0.5))
        );
    }
}

#[test]
fn a_rate_hides_with_its_count() {
    assert_eq!(
        signs(vec![figure(
            "gebruik_per_10000_inwoners",
            "totaal",
            "totaal",
            Some(3.0),
            Some(50_000.0),
            3
        )]),
        [C]
    );
    assert_eq!(
        signs(vec![figure(
            "gebruik_per_10000_inwoners",
            "totaal",
            "totaal",
            Some(7.0),
            Some(50_000.0),
            7
        )]),
        [F]
    );
}

#[test]
fn a_share_hides_for_its_numerator_its_rest_and_its_denominator() {
    let share = |numerator, denominator| {
        signs(vec![figure(
            "wachten_binnen_norm",
            "totaal",
            "totaal",
            Some(numerator),
            Some(denominator),
            denominator as i64,
        )])[0]
    };
    assert_eq!(
        [
            share(3.0, 40.0),
            share(37.0, 40.0),
            share(1.0, 3.0),
            share(20.0, 40.0)
        ],
        [C, C, C, F]
    );
    // All or none of a group of a gemeente says something of every child in it.
    assert_eq!(
        [share(0.0, 40.0), share(40.0, 40.0), share(0.0, 0.0)],
        [C, C, F]
    );
}

fn codes(tellers: &[f64]) -> Vec<Cijfer> {
    let names = ["vrijwillig", "gedwongen", "onbekend", "anders", "vijfde"];
    let denominator: f64 = tellers.iter().sum();
    let code = |(name, numerator): (&&str, &f64)| {
        figure(
            "toegang_kader",
            "kader",
            name,
            Some(*numerator),
            Some(denominator),
            denominator as i64,
        )
    };
    names.iter().zip(tellers).map(code).collect()
}

/// What started it: `onbekend` 0 of 290 was hidden, and took the 114 of gedwongen with it.
#[test]
fn an_empty_code_beside_two_that_are_filled_is_shown() {
    assert_eq!(signs(codes(&[176.0, 114.0, 0.0])), [F, F, F]);
    assert_eq!(signs(codes(&[176.0, 0.0, 114.0])), [F, F, F]);
}

#[test]
fn where_one_code_has_everybody_none_is_shown() {
    assert_eq!(signs(codes(&[40.0, 0.0, 0.0])), [C, C, C]);
    // Of the whole country it is no secret.
    let land = codes(&[40.0, 0.0, 0.0])
        .into_iter()
        .map(|c| Cijfer {
            niveau: Niveau::Nederland,
            ..c
        })
        .collect();
    assert_eq!(signs(land), [F, F, F]);
}

/// 37 of 40 leaves 3 who are something else: that nobody is `gedwongen` would say they are `anders`.
#[test]
fn an_empty_code_beside_one_that_is_filled_is_hidden_unless_it_is_unknown() {
    assert_eq!(signs(codes(&[37.0, 0.0, 0.0, 3.0])), [C, C, F, C]);
}

/// 40 - 25 - 12 leaves 3 for the two hidden codes together.
#[test]
fn hidden_codes_that_are_few_together_take_a_third_with_them() {
    assert_eq!(signs(codes(&[25.0, 12.0, 2.0, 1.0])), [F, D, C, C]);
    // An empty code is no cover: the 3 is what is left of 40.
    assert_eq!(signs(codes(&[25.0, 12.0, 0.0, 3.0])), [F, D, F, C]);
}

#[test]
fn quantiles_want_ten_and_say_so() {
    let row = |n| {
        protect(
            vec![figure("duur_mediaan", "totaal", "totaal", None, None, n)],
            &threshold(),
        )
        .remove(0)
    };
    assert_eq!(
        (row(9).vertrouwelijk, row(9).status, row(9).waarde),
        (C, Status::L, None)
    );
    assert_eq!(
        (row(10).vertrouwelijk, row(10).status, row(10).waarde),
        (F, Status::P, Some(100.0))
    );
}

/// A sum of euros is no count of children; the number of trajecten behind it is.
#[test]
fn amounts_hide_for_the_children_behind_them_alone() {
    let kosten = |euro, n| {
        signs(vec![figure(
            "bekostiging_kosten_per_traject",
            "totaal",
            "totaal",
            Some(euro),
            Some(n as f64),
            n,
        )])[0]
    };
    assert_eq!([kosten(3.0, 12), kosten(9000.0, 4)], [F, C]);
    // Places are no children at all.
    assert_eq!(
        signs(vec![figure(
            "organisatie_plaatsen",
            "totaal",
            "totaal",
            Some(3.0),
            None,
            1
        )]),
        [F]
    );
}

/// 32 = 20 + 9 + 3: with the total and the 9 in sight the 3 is no secret.
#[test]
fn one_hidden_category_takes_a_second_with_it() {
    let rows = vec![
        count("gebruik_jeugdigen", "totaal", 32),
        count("gebruik_jeugdigen", "vrijwillig", 20),
        count("gebruik_jeugdigen", "gedwongen", 9),
        count("gebruik_jeugdigen", "onbekend", 3),
    ];
    assert_eq!(signs(rows), [F, F, D, C]);
}

#[test]
fn three_of_begin_in_out_and_end_give_the_fourth() {
    let rows = vec![
        count("stroom_begin", "totaal", 30),
        count("stroom_in", "totaal", 3),
        count("stroom_uit", "totaal", 12),
        count("stroom_eind", "totaal", 21),
    ];
    assert_eq!(signs(rows), [F, C, D, F]);
}

/// Uitstroom went along with instroom; then the number 12 may not stand under a median or a ratio either.
#[test]
fn the_same_number_is_not_shown_through_another_indicator() {
    let rows = vec![
        count("stroom_begin", "totaal", 30),
        count("stroom_in", "totaal", 3),
        count("stroom_uit", "totaal", 12),
        count("stroom_eind", "totaal", 21),
        figure("duur_mediaan", "totaal", "totaal", None, None, 12),
        figure("stroom_ratio", "totaal", "totaal", Some(12.0), Some(3.0), 3),
    ];
    assert_eq!(signs(rows), [F, C, D, F, D, C]);
}

#[test]
fn an_unknown_indicator_is_judged_as_if_it_counted_children() {
    assert_eq!(
        signs(vec![figure(
            "nieuw",
            "totaal",
            "totaal",
            Some(2.0),
            None,
            90
        )]),
        [C]
    );
}

fn any_figure() -> impl Strategy<Value = Cijfer> {
    let ids: Vec<String> = indicators()
        .into_iter()
        .map(|i| i.id)
        .chain(["nieuw".to_owned()])
        .collect();
    let place = (
        0..3_usize,
        prop::sample::select(vec!["totaal", "vrijwillig", "gedwongen", "onbekend"]),
    );
    (prop::sample::select(ids), place, 0..30_i64, 0..30_i64).prop_map(
        |(id, (gebied, categorie), a, b)| {
            let (numerator, denominator) = (a.min(b) as f64, a.max(b) as f64);
            let uitsplitsing = if categorie == "totaal" {
                "totaal"
            } else {
                "kader"
            };
            let telling = !matches!(
                id.as_str(),
                "toegang_kader"
                    | "wachten_binnen_norm"
                    | "duur_mediaan"
                    | "stroom_ratio"
                    | "bekostiging_kosten_per_traject"
                    | "nieuw"
            );
            let mut cijfer = match (id.as_str(), telling) {
                ("duur_mediaan", _) => figure(&id, uitsplitsing, categorie, None, None, a),
                (_, true) => figure(
                    &id,
                    uitsplitsing,
                    categorie,
                    Some(numerator),
                    None,
                    a.min(b),
                ),
                _ => figure(
                    &id,
                    uitsplitsing,
                    categorie,
                    Some(numerator),
                    Some(denominator),
                    a.max(b),
                ),
            };
            cijfer.gebied = format!("GM{gebied:04}");
            cijfer
        },
    )
}

proptest! {
    /// Whatever comes in: no published row shows a small number of children, and no hidden row shows any number.
    #[test]
    fn no_published_row_has_a_small_count(cijfers in prop::collection::vec(any_figure(), 0..80)) {
        let small = |number: Option<f64>| number.is_some_and(|g| g > 0.0 && g < 5.0);
        let beschermd = protect(cijfers.clone(), &threshold());
        prop_assert_eq!(beschermd.len(), cijfers.len());
        for (after, before) in beschermd.iter().zip(&cijfers) {
            if after.vertrouwelijk == F {
                prop_assert_eq!(after, before);
                let about_children = after.indicator != "organisatie_plaatsen";
                prop_assert!(!about_children || !small(after.n.map(|n| n as f64)), "{:?}", after);
                if !["organisatie_plaatsen", "bekostiging_kosten_per_traject"].contains(&after.indicator.as_str()) {
                    prop_assert!(!small(after.teller), "{:?}", after);
                }
                if ["toegang_kader", "wachten_binnen_norm"].contains(&after.indicator.as_str()) {
                    prop_assert!(!small(after.noemer) && !small(after.noemer.zip(after.teller).map(|(n, t)| n - t)), "{:?}", after);
                }
            } else {
                let numbers = (after.waarde, after.onder, after.boven, after.teller, after.noemer, after.n, after.oordeel);
                prop_assert_eq!(numbers, (None, None, None, None, None, None, None));
            }
        }
    }

    /// The attacker who adds up: what the hidden codes hold together is what the shown ones leave of the noemer. That is
    /// never a small number, never one code's own, and nobody is told that a whole group has one code.
    #[test]
    fn hidden_codes_cannot_be_worked_out(tellers in prop::collection::vec(0..30_i64, 3..6)) {
        let rows = codes(&tellers.iter().map(|t| *t as f64).collect::<Vec<_>>());
        let beschermd = protect(rows.clone(), &threshold());
        let hidden: Vec<&Cijfer> = beschermd.iter().zip(&rows).filter(|(after, _)| after.vertrouwelijk != F).map(|(_, before)| before).collect();
        let denominator: i64 = tellers.iter().sum();
        if denominator > 0 && tellers.contains(&denominator) {
            prop_assert_eq!(hidden.len(), rows.len());
        }
        let filled: Vec<f64> = hidden.iter().filter_map(|c| c.teller).filter(|t| *t > 0.0).collect();
        let together: f64 = filled.iter().sum();
        let open = rows.len() - hidden.len() > 0 && beschermd.iter().any(|c| c.teller.is_some_and(|t| t > 0.0));
        if open {
            prop_assert!(together == 0.0 || together >= 5.0, "{together} is left of {denominator}: {tellers:?}");
            prop_assert!(filled.len() != 1, "one hidden code is what is left: {tellers:?}");
        }
    }

    /// Protecting twice hides nothing more and shows nothing again.
    #[test]
    fn protection_is_stable(cijfers in prop::collection::vec(any_figure(), 0..40)) {
        let once = protect(cijfers, &threshold());
        let signed: Vec<Confidential> = once.iter().map(|c| c.vertrouwelijk).collect();
        let once_more = protect(once.clone(), &threshold());
        for (row, mark) in once_more.iter().zip(signed) {
            prop_assert!(mark == F || row.waarde.is_none());
        }
    }
}
