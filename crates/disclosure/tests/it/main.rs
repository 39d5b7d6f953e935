//! Protection in its first form: what is hidden, what goes along with it, and what stays.

use disclosure::{Drempel, protect};
use proptest::prelude::*;
use schema::cijfer::{Status, Vertrouwelijk};
use schema::indicator::{Interval, Kind, Richting};
use schema::{Cijfer, Comparison, Indicator, Niveau};

fn indicator(id: &str, kind: Kind, interval: Interval, eenheid: &str, veld: &str) -> Indicator {
    Indicator {
        id: id.to_owned(),
        groep: id.split('_').next().expect("an id has a group").to_owned(),
        titel: String::new(),
        definitie: String::new(),
        kind,
        eenheid: eenheid.to_owned(),
        teller: String::new(),
        noemer: String::new(),
        velden: vec![veld.to_owned()],
        uitsplitsingen: Vec::new(),
        interval,
        richting: Richting::Geen,
        decimalen: 0,
        kanttekening: String::new(),
    }
}

fn indicators() -> Vec<Indicator> {
    let mut alle: Vec<Indicator> = [
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
    alle.extend([
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
    alle
}

fn drempel() -> Drempel {
    Drempel::new(Drempel::STANDAARD, &indicators())
}

/// A figure in one cell: `teller`, `noemer` and `n` as given, a value that follows from them.
fn figure(
    id: &str,
    uitsplitsing: &str,
    categorie: &str,
    teller: Option<f64>,
    noemer: Option<f64>,
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
        waarde: if noemer == Some(0.0) {
            None
        } else {
            teller.map(|t| t / noemer.unwrap_or(1.0)).or(Some(100.0))
        },
        onder: Some(0.0),
        boven: Some(1.0),
        oordeel: Some(Comparison::Higher),
        teller,
        noemer,
        n: Some(n),
        status: Status::P,
        vertrouwelijk: Vertrouwelijk::F,
        respons: Some(0.5),
        momentopname: "m1".to_owned(),
    }
}

fn count(id: &str, categorie: &str, aantal: i64) -> Cijfer {
    let uitsplitsing = if categorie == "totaal" {
        "totaal"
    } else {
        "kader"
    };
    figure(
        id,
        uitsplitsing,
        categorie,
        Some(aantal as f64),
        None,
        aantal,
    )
}

fn signs(cijfers: Vec<Cijfer>) -> Vec<Vertrouwelijk> {
    protect(cijfers, &drempel())
        .iter()
        .map(|c| c.vertrouwelijk)
        .collect()
}

use Vertrouwelijk::{C, D, F};

#[test]
fn counts_from_one_to_four_are_hidden_and_nothing_else_is_touched() {
    let rijen = |n: i64| vec![count("gebruik_jeugdigen", "totaal", n)];
    for n in [0, 5, 6, 100] {
        assert_eq!(protect(rijen(n), &drempel()), rijen(n));
    }
    for n in 1..=4 {
        let rij = &protect(rijen(n), &drempel())[0];
        assert_eq!(
            (
                rij.waarde, rij.onder, rij.boven, rij.teller, rij.noemer, rij.n
            ),
            (None, None, None, None, None, None)
        );
        assert_eq!(
            (rij.vertrouwelijk, rij.status, rij.oordeel, rij.respons),
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
fn a_share_hides_for_its_teller_its_rest_and_its_noemer() {
    let share = |teller, noemer| {
        signs(vec![figure(
            "wachten_binnen_norm",
            "totaal",
            "totaal",
            Some(teller),
            Some(noemer),
            noemer as i64,
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
    let namen = ["vrijwillig", "gedwongen", "onbekend", "anders", "vijfde"];
    let noemer: f64 = tellers.iter().sum();
    let code = |(naam, teller): (&&str, &f64)| {
        figure(
            "toegang_kader",
            "kader",
            naam,
            Some(*teller),
            Some(noemer),
            noemer as i64,
        )
    };
    namen.iter().zip(tellers).map(code).collect()
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
fn an_empty_code_beside_one_that_is_filled_is_hidden_unless_it_is_onbekend() {
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
    let rij = |n| {
        protect(
            vec![figure("duur_mediaan", "totaal", "totaal", None, None, n)],
            &drempel(),
        )
        .remove(0)
    };
    assert_eq!(
        (rij(9).vertrouwelijk, rij(9).status, rij(9).waarde),
        (C, Status::L, None)
    );
    assert_eq!(
        (rij(10).vertrouwelijk, rij(10).status, rij(10).waarde),
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
    let rijen = vec![
        count("gebruik_jeugdigen", "totaal", 32),
        count("gebruik_jeugdigen", "vrijwillig", 20),
        count("gebruik_jeugdigen", "gedwongen", 9),
        count("gebruik_jeugdigen", "onbekend", 3),
    ];
    assert_eq!(signs(rijen), [F, F, D, C]);
}

#[test]
fn three_of_begin_in_uit_and_eind_give_the_fourth() {
    let rijen = vec![
        count("stroom_begin", "totaal", 30),
        count("stroom_in", "totaal", 3),
        count("stroom_uit", "totaal", 12),
        count("stroom_eind", "totaal", 21),
    ];
    assert_eq!(signs(rijen), [F, C, D, F]);
}

/// Uitstroom went along with instroom; then the number 12 may not stand under a median or a ratio either.
#[test]
fn the_same_number_is_not_shown_through_another_indicator() {
    let rijen = vec![
        count("stroom_begin", "totaal", 30),
        count("stroom_in", "totaal", 3),
        count("stroom_uit", "totaal", 12),
        count("stroom_eind", "totaal", 21),
        figure("duur_mediaan", "totaal", "totaal", None, None, 12),
        figure("stroom_ratio", "totaal", "totaal", Some(12.0), Some(3.0), 3),
    ];
    assert_eq!(signs(rijen), [F, C, D, F, D, C]);
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
    let plaats = (
        0..3_usize,
        prop::sample::select(vec!["totaal", "vrijwillig", "gedwongen", "onbekend"]),
    );
    (prop::sample::select(ids), plaats, 0..30_i64, 0..30_i64).prop_map(
        |(id, (gebied, categorie), a, b)| {
            let (teller, noemer) = (a.min(b) as f64, a.max(b) as f64);
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
                (_, true) => figure(&id, uitsplitsing, categorie, Some(teller), None, a.min(b)),
                _ => figure(
                    &id,
                    uitsplitsing,
                    categorie,
                    Some(teller),
                    Some(noemer),
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
        let klein = |getal: Option<f64>| getal.is_some_and(|g| g > 0.0 && g < 5.0);
        let beschermd = protect(cijfers.clone(), &drempel());
        prop_assert_eq!(beschermd.len(), cijfers.len());
        for (na, voor) in beschermd.iter().zip(&cijfers) {
            if na.vertrouwelijk == F {
                prop_assert_eq!(na, voor);
                let over_kinderen = na.indicator != "organisatie_plaatsen";
                prop_assert!(!over_kinderen || !klein(na.n.map(|n| n as f64)), "{:?}", na);
                if !["organisatie_plaatsen", "bekostiging_kosten_per_traject"].contains(&na.indicator.as_str()) {
                    prop_assert!(!klein(na.teller), "{:?}", na);
                }
                if ["toegang_kader", "wachten_binnen_norm"].contains(&na.indicator.as_str()) {
                    prop_assert!(!klein(na.noemer) && !klein(na.noemer.zip(na.teller).map(|(n, t)| n - t)), "{:?}", na);
                }
            } else {
                let getallen = (na.waarde, na.onder, na.boven, na.teller, na.noemer, na.n, na.oordeel);
                prop_assert_eq!(getallen, (None, None, None, None, None, None, None));
            }
        }
    }

    /// The attacker who adds up: what the hidden codes hold together is what the shown ones leave of the noemer. That is
    /// never a small number, never one code's own, and nobody is told that a whole group has one code.
    #[test]
    fn hidden_codes_cannot_be_worked_out(tellers in prop::collection::vec(0..30_i64, 3..6)) {
        let rijen = codes(&tellers.iter().map(|t| *t as f64).collect::<Vec<_>>());
        let beschermd = protect(rijen.clone(), &drempel());
        let verborgen: Vec<&Cijfer> = beschermd.iter().zip(&rijen).filter(|(na, _)| na.vertrouwelijk != F).map(|(_, voor)| voor).collect();
        let noemer: i64 = tellers.iter().sum();
        if noemer > 0 && tellers.contains(&noemer) {
            prop_assert_eq!(verborgen.len(), rijen.len());
        }
        let gevuld: Vec<f64> = verborgen.iter().filter_map(|c| c.teller).filter(|t| *t > 0.0).collect();
        let samen: f64 = gevuld.iter().sum();
        let open = rijen.len() - verborgen.len() > 0 && beschermd.iter().any(|c| c.teller.is_some_and(|t| t > 0.0));
        if open {
            prop_assert!(samen == 0.0 || samen >= 5.0, "{samen} is left of {noemer}: {tellers:?}");
            prop_assert!(gevuld.len() != 1, "one hidden code is what is left: {tellers:?}");
        }
    }

    /// Protecting twice hides nothing more and shows nothing again.
    #[test]
    fn protection_is_stable(cijfers in prop::collection::vec(any_figure(), 0..40)) {
        let eens = protect(cijfers, &drempel());
        let getekend: Vec<Vertrouwelijk> = eens.iter().map(|c| c.vertrouwelijk).collect();
        let nogmaals = protect(eens.clone(), &drempel());
        for (rij, bord) in nogmaals.iter().zip(getekend) {
            prop_assert!(bord == F || rij.waarde.is_none());
        }
    }
}
