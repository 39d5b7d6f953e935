//! What of a figure may leave, kind by kind.

use std::collections::BTreeSet;

use disclosure::audit::Group;
use disclosure::rules::{Contributions, told_aanbieders};
use disclosure::{FigureBasis, Release, Released};
use schema::cijfer::{Confidential, Reason, Status};
use schema::indicator::{Direction, Interval, Kind};
use schema::known_aanbieders::KnownAanbieders;
use schema::{Cijfer, Comparison, Indicator, Niveau};

fn indicator(kind: Kind) -> Indicator {
    Indicator {
        id: "iets".to_owned(),
        groep: "iets".to_owned(),
        titel: String::new(),
        definitie: String::new(),
        kind,
        eenheid: String::new(),
        teller: String::new(),
        noemer: String::new(),
        velden: vec!["tabel.veld".to_owned()],
        uitsplitsingen: Vec::new(),
        absent_at: Vec::new(),
        interval: Interval::Geen,
        judged: None,
        richting: Direction::Geen,
        decimalen: 0,
        kanttekening: String::new(),
    }
}

/// A figure of a jeugdregio on `n` records, a part `x` of them.
fn figure(x: i64, n: i64) -> Cijfer {
    Cijfer {
        uitvraag: "omgang".into(),
        jaar: 2020,
        indicator: "iets".into(),
        niveau: Niveau::Jeugdregio,
        gebied: "JZ01".into(),
        uitsplitsing: "totaal".into(),
        categorie: "totaal".into(),
        waarde: Some(x as f64 / n as f64),
        onder: None,
        boven: None,
        onder_998: None,
        boven_998: None,
        oordeel: None,
        teller: Some(x as f64),
        noemer: Some(n as f64),
        n: Some(n),
        minstens: None,
        hoogstens: None,
        status: Status::A,
        vertrouwelijk: Confidential::F,
        reden: None,
        respons: Some(1.0),
        dekking_records: Some(0.9),
        dekking_aanbieders: Some("3".into()),
        momentopname: "m1".into(),
    }
}

/// The one row that comes of a figure; `None` where it is not published at all.
fn released(kind: Kind, figure: Cijfer, basis: &FigureBasis) -> Option<Cijfer> {
    let mut release = Release::new(&[Niveau::Gemeente]);
    let added = release.add(&indicator(kind), figure, basis);
    added.expect("its counts are rounded");
    release.finish().rows().first().cloned()
}

fn is_hidden(row: &Cijfer) -> bool {
    let hidden = row.status == Status::Q
        && row.vertrouwelijk == Confidential::C
        && row.reden == Some(Reason::Privacy);
    assert!(!hidden || (row.waarde, row.teller, row.noemer, row.n) == (None, None, None, None));
    hidden
}

#[test]
fn a_count_that_was_not_rounded_stops_everything() {
    for kind in [Kind::Count, Kind::Share, Kind::Quantile, Kind::Money] {
        let mut release = Release::new(&[]);
        let refused = release.add(&indicator(kind), figure(10, 33), &FigureBasis::default());
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("iets") && refused.contains("JZ01"),
            "{refused}"
        );
        assert!(Released::kept(vec![figure(10, 33)], Vec::new(), &[indicator(kind)]).is_err());
    }
    assert!(
        Released::kept(vec![figure(10, 35)], Vec::new(), &[]).is_err(),
        "an unknown indicator"
    );
    assert!(Released::kept(vec![figure(10, 35)], Vec::new(), &[indicator(Kind::Share)]).is_ok());
}

#[test]
fn a_share_is_given_in_whole_percents_from_twenty() {
    for whole in [5, 10, 15] {
        assert!(is_hidden(
            &released(Kind::Share, figure(5, whole), &FigureBasis::default()).unwrap()
        ));
    }
    let mut thirds = figure(10, 30);
    (thirds.onder, thirds.boven) = (Some(0.192), Some(0.512));
    let row = released(Kind::Share, thirds, &FigureBasis::default()).unwrap();
    assert_eq!(
        (row.waarde, row.onder, row.boven),
        (Some(0.33), Some(0.19), Some(0.52))
    );
    assert_eq!((row.teller, row.noemer), (Some(10.0), Some(30.0)));
}

/// Seven figures of a limit, outward; what has fewer stays what it is.
#[test]
fn a_limit_has_no_more_figures_than_it_tells() {
    let limits = |lower, above, lower_998, above_998| {
        let mut rate = figure(40, 35);
        (rate.onder, rate.boven) = (Some(lower), Some(above));
        (rate.onder_998, rate.boven_998) = (Some(lower_998), Some(above_998));
        let row = released(Kind::Rate, rate, &FigureBasis::default()).unwrap();
        [row.onder, row.boven, row.onder_998, row.boven_998].map(Option::unwrap)
    };
    assert_eq!(
        limits(
            10.288_104_576_199_517,
            12.686_901_865_371_105,
            0.001_234_567_89,
            12_345.678_95
        ),
        [10.2881, 12.686_91, 0.001_234_567, 12_345.68]
    );
    let short = [0.3, 12.5, 0.0, 71_000.0];
    assert_eq!(limits(short[0], short[1], short[2], short[3]), short);
}

/// A median in weeks below a hundred and in days from there, hidden below 25, compared from 35.
#[test]
fn a_quantile_has_a_floor_and_steps() {
    let days = |n, p, outermost| {
        let mut row = figure(0, n);
        (row.waarde, row.teller, row.noemer) = (Some(50.5), None, None);
        (row.onder, row.boven) = (Some(41.0), Some(62.0));
        (row.onder_998, row.boven_998) = (Some(33.0), Some(70.0));
        row.oordeel = Some(Comparison::Higher);
        let basis = FigureBasis {
            p: Some(p),
            outermost,
            ..FigureBasis::default()
        };
        released(Kind::Quantile, row, &basis).unwrap()
    };
    let none = [false; 4];
    assert!(is_hidden(&days(20, 0.5, none)));
    let few = days(30, 0.5, none);
    assert_eq!(
        (few.waarde, few.onder, few.boven),
        (Some(49.0), Some(35.0), Some(63.0))
    );
    assert_eq!(
        (few.onder_998, few.boven_998, few.oordeel),
        (None, None, None)
    );
    let more = days(35, 0.5, [true, false, false, true]);
    assert_eq!(
        (more.onder, more.boven, more.onder_998, more.boven_998),
        (None, Some(63.0), Some(28.0), None)
    );
    assert_eq!(days(100, 0.5, none).waarde, Some(51.0));
    for (p, floor) in [(0.25, 50), (0.75, 50), (0.8, 60), (0.9, 120), (0.92, 150)] {
        assert!(
            is_hidden(&days(floor - 5, p, none)) && !is_hidden(&days(floor, p, none)),
            "{p}"
        );
    }
    assert!(
        is_hidden(&days(1000, 0.99, none)),
        "no floor was measured so far out"
    );
}

#[test]
fn a_curve_needs_forty_at_risk() {
    let median = |at_risk| {
        let mut row = figure(0, 300);
        row.waarde = Some(45.0);
        let basis = FigureBasis {
            at_risk: Some(at_risk),
            ..FigureBasis::default()
        };
        released(Kind::Curve, row, &basis).unwrap()
    };
    assert!(is_hidden(&median(39)));
    assert_eq!(
        [40, 199, 200].map(|n| median(n).waarde),
        [Some(42.0), Some(42.0), Some(45.0)]
    );
}

/// What is read from a curve and is a share stands in steps of five points, from 200 at risk in whole ones.
#[test]
fn a_share_of_a_curve_stands_in_points() {
    let share = |at_risk| {
        let mut row = figure(0, 300);
        row.waarde = Some(0.337);
        (row.onder, row.boven) = (Some(0.301), Some(0.40));
        let basis = FigureBasis {
            at_risk: Some(at_risk),
            ..FigureBasis::default()
        };
        let mut release = Release::new(&[]);
        let of_share = Indicator {
            eenheid: "aandeel".to_owned(),
            ..indicator(Kind::Curve)
        };
        release.add(&of_share, row, &basis).unwrap();
        release.finish().rows()[0].clone()
    };
    assert!(is_hidden(&share(39)));
    let shown = |n| [share(n).onder, share(n).waarde, share(n).boven].map(Option::unwrap);
    assert_eq!(shown(40), [0.3, 0.35, 0.4]);
    assert_eq!(shown(199), [0.3, 0.35, 0.4]);
    assert_eq!(shown(200), [0.3, 0.34, 0.4]);
}

/// Euros need three aanbieders of whom none stands out, in three figures, and never their sums.
#[test]
fn money_needs_three_aanbieders_of_whom_none_stands_out() {
    let euros = |parts: &[f64], n| {
        let mut row = figure(0, n);
        row.waarde = Some(1234.56);
        let basis = FigureBasis {
            contributions: Some(Contributions::of(parts.iter().copied())),
            ..FigureBasis::default()
        };
        released(Kind::Money, row, &basis).unwrap()
    };
    let shown = euros(&[40.0, 35.0, 25.0], 20);
    assert_eq!(
        (shown.waarde, shown.teller, shown.noemer, shown.n),
        (Some(1230.0), None, None, Some(20))
    );
    assert!(
        is_hidden(&euros(&[40.0, 35.0, 25.0], 15)),
        "too few trajecten"
    );
    assert!(is_hidden(&euros(&[60.0, 40.0], 50)), "two aanbieders");
    assert!(
        is_hidden(&euros(&[85.0, 10.0, 5.0], 50)),
        "the largest has 85 %"
    );
    assert!(
        is_hidden(&euros(&[50.0, 48.0, 2.0], 50)),
        "the second knows the largest to 4 %"
    );
}

#[test]
fn what_is_not_published_has_no_row() {
    let at = |niveau, categorie: &str| {
        let mut row = figure(10, 40);
        row.niveau = niveau;
        row.uitsplitsing = if categorie == "totaal" {
            "totaal"
        } else {
            "kader"
        }
        .into();
        row.categorie = categorie.into();
        row
    };
    let none = FigureBasis::default();
    assert_eq!(released(Kind::Extreme, figure(10, 40), &none), None);
    assert_eq!(
        released(Kind::Share, at(Niveau::Gemeente, "gedwongen"), &none),
        None
    );
    assert!(released(Kind::Share, at(Niveau::Gemeente, "totaal"), &none).is_some());
    assert!(released(Kind::Share, at(Niveau::Jeugdregio, "gedwongen"), &none).is_some());
    assert!(released(Kind::Public, at(Niveau::Gemeente, "gedwongen"), &none).is_some());
    let absent = Indicator {
        absent_at: vec![Niveau::Jeugdregio],
        ..indicator(Kind::Share)
    };
    let mut release = Release::new(&[]);
    release.add(&absent, figure(10, 40), &none).unwrap();
    assert!(release.finish().rows().is_empty());
}

/// Where nobody delivered there is a reason and no number, whatever was counted.
#[test]
fn a_missing_figure_has_its_reason_and_no_number() {
    for (status, reason) in [
        (Status::O, Reason::NobodyDelivered),
        (Status::L, Reason::TooLittleKnown),
    ] {
        let mut row = figure(10, 40);
        (row.status, row.reden) = (status, Some(reason));
        let row = released(Kind::Share, row, &FigureBasis::default()).unwrap();
        assert_eq!(
            (row.status, row.reden, row.teller),
            (status, Some(reason), None)
        );
    }
}

#[test]
fn the_number_of_aanbieders_is_told_as_far_as_it_is_safe() {
    let told = |aanbieders, published| told_aanbieders(aanbieders, published);
    assert_eq!(told(7, 100), Some(KnownAanbieders::Number(7)));
    assert_eq!(told(7, 95), Some(KnownAanbieders::TwoOrMore));
    assert_eq!(told(1, 10), Some(KnownAanbieders::Number(1)));
    assert_eq!(told(2, 5), None);
    assert_eq!(told(0, 0), None);
}

/// A breakdown goes for all gebieden or for none.
#[test]
fn a_breakdown_is_left_out_everywhere_at_its_niveau() {
    let rows = ["totaal", "kader"].into_iter().flat_map(|uitsplitsing| {
        ["JZ01", "JZ02"].map(|gebied| Cijfer {
            gebied: gebied.into(),
            uitsplitsing: uitsplitsing.into(),
            ..figure(10, 40)
        })
    });
    let table = Released::kept(rows.collect(), Vec::new(), &[indicator(Kind::Share)]).unwrap();
    let group = |niveau| {
        BTreeSet::from([Group {
            indicator: "iets".to_owned(),
            niveau,
            uitsplitsing: "kader".to_owned(),
        }])
    };
    let without = table.without(&group(Niveau::Jeugdregio));
    for row in without.rows() {
        let is_left_out = row.reden == Some(Reason::LeftOut) && row.teller.is_none();
        assert_eq!(is_left_out, row.uitsplitsing == "kader");
    }
    assert_eq!(without.rows().len(), 4);
    assert_eq!(table.without(&group(Niveau::Provincie)), table);
}

/// What is clearly different must be seen to be: the limits that are shown leave out the country's value that is shown.
#[test]
fn a_verdict_stands_only_on_what_is_shown() {
    let verdict = |lower, land, whole| {
        let mut release = Release::new(&[]);
        let mut own = figure(30, 100);
        (own.onder_998, own.boven_998) = (Some(lower), Some(0.6));
        own.oordeel = Some(Comparison::Higher);
        let mut national = figure(whole * land / 100, whole);
        national.niveau = Niveau::Nederland;
        for row in [own, national] {
            let added = release.add(&indicator(Kind::Share), row, &FigureBasis::default());
            added.expect("its counts are rounded");
        }
        let released = release.finish();
        let own = released
            .rows()
            .iter()
            .find(|row| row.niveau != Niveau::Nederland);
        own.unwrap().oordeel
    };
    assert_eq!(verdict(0.254, 20, 100), Some(Comparison::Higher));
    // 0.254 is shown as 0.25, and the country stands at 0.25.
    assert_eq!(verdict(0.254, 25, 100), Some(Comparison::Undecided));
    assert_eq!(verdict(0.254, 50, 10), None, "the country is hidden");
}
