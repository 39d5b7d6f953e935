//! The formulas against values computed with R 4.2 (survival 3.5) and scipy, and against what can be counted by hand.

use analysis::statistiek::dagen::rangen;
use analysis::statistiek::interval::{byar, exact_poisson, poisson, wilson};
use analysis::statistiek::overleving::{Kromme, kromme};
use analysis::statistiek::wachtrij::Wachtrij;
use analysis::statistiek::{Dagtelling, Zekerheid};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

fn zekerheid(tekst: &str) -> Zekerheid {
    if tekst == "0.998" {
        Zekerheid::P998
    } else {
        Zekerheid::P95
    }
}

fn rows(tekst: &str) -> Vec<Vec<&str>> {
    tekst
        .lines()
        .skip(1)
        .map(|regel| regel.split(',').collect())
        .collect()
}

fn number(tekst: &str) -> f64 {
    tekst.parse().unwrap()
}

fn counts(dagen: impl IntoIterator<Item = i32>) -> Dagtelling {
    let mut telling = Dagtelling::default();
    dagen.into_iter().for_each(|dag| telling.add(dag, 1));
    telling.merge();
    telling
}

#[test]
fn wilson_is_as_computed() {
    for rij in rows(include_str!("../fixtures/wilson.csv")) {
        let grenzen = wilson(number(rij[0]), number(rij[1]), zekerheid(rij[2])).unwrap();
        assert!(
            near(grenzen.onder.unwrap(), number(rij[3]))
                && near(grenzen.boven.unwrap(), number(rij[4])),
            "{rij:?} {grenzen:?}"
        );
    }
    assert_eq!(wilson(0.0, 0.0, Zekerheid::P95), None);
}

#[test]
fn counts_are_exact_below_ten_and_byar_from_ten() {
    for rij in rows(include_str!("../fixtures/poisson.csv")) {
        let (x, zekerheid) = (number(rij[0]) as u64, zekerheid(rij[1]));
        let grenzen = match rij[2] {
            "exact" => exact_poisson(x, zekerheid),
            "byars" => byar(x, zekerheid),
            _ => poisson(x, zekerheid),
        };
        // Where Byar's lower limit would be negative the vector has none and we have 0.
        let onder = if rij[3].is_empty() {
            0.0
        } else {
            number(rij[3])
        };
        assert!(
            near(grenzen.onder.unwrap(), onder) && near(grenzen.boven.unwrap(), number(rij[4])),
            "{rij:?} {grenzen:?}"
        );
    }
}

#[test]
fn quantiles_are_type_7() {
    for rij in rows(include_str!("../fixtures/kwantielen.csv")) {
        let telling = counts(rij[1].split(' ').map(|v| v.parse().unwrap()));
        assert!(
            near(telling.kwantiel(number(rij[2])).unwrap(), number(rij[3])),
            "{rij:?}"
        );
    }
    assert_eq!(Dagtelling::default().kwantiel(0.5), None);
}

/// The ranks by their definition, with every probability summed.
#[test]
fn order_statistics_have_the_ranks_of_the_binomial_distribution() {
    for n in [1_i64, 2, 5, 6, 9, 10, 17, 40, 173] {
        for p in [0.25, 0.5, 0.8, 0.92] {
            for zekerheid in [Zekerheid::P95, Zekerheid::P998] {
                let cdf = |k: i64| {
                    (0..=k)
                        .map(|i| {
                            choose(n, i)
                                * f64::powf(p, i as f64)
                                * f64::powf(1.0 - p, (n - i) as f64)
                        })
                        .sum::<f64>()
                };
                let staart = zekerheid.alpha() / 2.0;
                let laag = (1..=n).filter(|r| cdf(r - 1) <= staart).max().unwrap_or(0);
                let hoog = (1..=n)
                    .find(|r| cdf(r - 1) >= 1.0 - staart)
                    .unwrap_or(n + 1);
                assert_eq!(
                    rangen(n, p, zekerheid),
                    (laag, hoog),
                    "n {n}, p {p}, {zekerheid:?}"
                );
            }
        }
    }
    // The textbook case: the median of 10 lies between the 2nd and the 9th with 97.9 %.
    assert_eq!(rangen(10, 0.5, Zekerheid::P95), (2, 9));
    // Five say nothing of an upper or lower limit.
    assert_eq!(rangen(5, 0.5, Zekerheid::P95), (0, 6));
}

fn choose(n: i64, k: i64) -> f64 {
    (1..=k).map(|i| (n - k + i) as f64 / i as f64).product()
}

/// Everyone enters before day 0, so that an event on day 0 counts.
fn curve(tijden: &[i32], soorten: &[i64], kinds: i64) -> Kromme {
    let of = |soort: i64| {
        counts(
            tijden
                .iter()
                .zip(soorten)
                .filter(|(_, s)| **s == soort)
                .map(|(t, _)| *t),
        )
    };
    let intredes = counts(tijden.iter().map(|_| -1));
    let exits: Vec<Dagtelling> = (1..=kinds).map(of).collect();
    kromme(&intredes, &exits.iter().collect::<Vec<_>>(), &of(0))
}

#[derive(serde::Deserialize)]
struct Vectoren {
    krommen: Vec<Geval>,
    concurrerend: Vec<Concurrent>,
}

#[derive(serde::Deserialize)]
struct Geval {
    id: String,
    time: Vec<i32>,
    status: Vec<i64>,
    curve: Vec<Punt>,
    quantiles: Vec<Mediaan>,
}

#[derive(serde::Deserialize)]
struct Punt {
    time: i32,
    n_risk: i64,
    n_event: i64,
    surv: f64,
    lower: Option<f64>,
    upper: Option<f64>,
}

#[derive(serde::Deserialize)]
struct Mediaan {
    first: Option<i32>,
    ci_lower_first: Option<f64>,
    ci_upper_first: Option<f64>,
}

#[derive(serde::Deserialize)]
struct Concurrent {
    time: Vec<i32>,
    state: Vec<i64>,
    rows: Vec<Incidentie>,
}

#[derive(serde::Deserialize)]
struct Incidentie {
    time: i32,
    n_risk: i64,
    #[serde(rename = "S")]
    s: f64,
    cif_start: f64,
    cif_uitval: f64,
}

fn vectors() -> Vectoren {
    serde_json::from_str(include_str!("../fixtures/overleving.json")).unwrap()
}

#[test]
fn kaplan_meier_is_that_of_r() {
    for geval in vectors().krommen {
        let kromme = curve(&geval.time, &geval.status, 1);
        let punten: Vec<&Punt> = geval.curve.iter().filter(|p| p.n_event > 0).collect();
        assert_eq!(kromme.stappen.len(), punten.len(), "{}", geval.id);
        for (stap, punt) in kromme.stappen.iter().zip(punten) {
            assert_eq!((stap.dag, stap.n), (punt.time, punt.n_risk), "{}", geval.id);
            assert!(near(stap.s, punt.surv), "{} {stap:?}", geval.id);
            let grenzen = stap.grenzen(Zekerheid::P95);
            for (ours, theirs) in [(grenzen.onder, punt.lower), (grenzen.boven, punt.upper)] {
                assert_eq!(ours.is_some(), theirs.is_some(), "{} {stap:?}", geval.id);
                assert!(
                    ours.zip(theirs).is_none_or(|(a, b)| near(a, b)),
                    "{} {stap:?}",
                    geval.id
                );
            }
        }
        let mediaan = &geval.quantiles[0];
        assert_eq!(kromme.mediaan(), mediaan.first, "{}", geval.id);
        let grenzen = kromme.mediaan_grenzen(Zekerheid::P95);
        assert_eq!(
            (grenzen.onder, grenzen.boven),
            (mediaan.ci_lower_first, mediaan.ci_upper_first),
            "{}",
            geval.id
        );
    }
}

#[test]
fn withdrawal_competes_with_starting() {
    for geval in vectors().concurrerend {
        let kromme = curve(&geval.time, &geval.state, 2);
        for rij in &geval.rows {
            let Some(stap) = kromme.stappen.iter().find(|s| s.dag == rij.time) else {
                continue;
            };
            assert_eq!(stap.n, rij.n_risk, "day {}", rij.time);
            assert!(
                near(stap.s, rij.s)
                    && near(stap.f[0], rij.cif_start)
                    && near(stap.f[1], rij.cif_uitval),
                "day {}",
                rij.time
            );
            assert!(near(stap.s + stap.f[0] + stap.f[1], 1.0));
        }
        let laatste = kromme.stappen.last().unwrap();
        // Counting withdrawal as censoring said 96 % would start in the end.
        assert!((laatste.f[0] - 0.8578).abs() < 5e-5, "{}", laatste.f[0]);
    }
}

/// Three that were in before: two of them since day 5 and 10. They are at risk only after that day.
#[test]
fn who_was_in_before_counts_from_then_on() {
    let intredes = counts([-1, 5, 10]);
    let exits = counts([8, 12]);
    let gecensureerd = counts([20]);
    let kromme = kromme(&intredes, &[&exits], &gecensureerd);
    let risico: Vec<(i32, i64)> = kromme.stappen.iter().map(|s| (s.dag, s.n)).collect();
    // Day 8: the one from the start and the one since day 5. Day 12: that one less, the one since day 10 more.
    assert_eq!(risico, [(8, 2), (12, 2)]);
    assert_eq!(
        (kromme.mediaan(), kromme.kleinste_risico(8)),
        (Some(8), Some(2))
    );
    // An entry on the very day of an event is not at risk for it.
    assert_eq!(
        analysis::statistiek::overleving::kromme(&counts([-1, 8]), &[&counts([8])], &counts([9]))
            .stappen[0]
            .n,
        1
    );
}

/// Four waits of 10, 20, 30 and 40: half has left at 20. Libraries say 20, 25 and 30; the definition says 20.
#[test]
fn a_flat_at_one_half_takes_its_first_day() {
    assert_eq!(curve(&[10, 20, 30, 40], &[1; 4], 1).mediaan(), Some(20));
    assert_eq!(curve(&[10, 20, 30, 40], &[1, 0, 0, 0], 1).mediaan(), None);
    assert_eq!(curve(&[], &[], 1).mediaan(), None);
}

#[test]
fn a_queue_is_counted_in_weeks() {
    let rij = Wachtrij {
        instroom: 30.0,
        uitstroom: 24.0,
        wachtend: 900.0,
        norm: 52.0,
    };
    assert_eq!(rij.belasting(), Some(1.25));
    assert_eq!(rij.wegwerktijd(), Some(37.5));
    assert_eq!(rij.norm_wachtrij(), 390.0);
    assert!(near(rij.inhaalcapaciteit().unwrap(), 30.0 + 510.0 / 26.0));
    // A list of no more than twice its target needs no relief.
    assert_eq!(
        Wachtrij {
            wachtend: 780.0,
            ..rij
        }
        .inhaalcapaciteit(),
        None
    );
    assert_eq!(
        Wachtrij {
            uitstroom: 0.0,
            ..rij
        }
        .belasting(),
        None
    );
}
