//! The formulas against values computed with R 4.2 (survival 3.5) and scipy, and against what can be counted by hand.
//! Here what one gebied tells on its own; what rounding, clusters and comparison do to it stands in the modules.

mod calibration;
mod compared;
mod incidence;
mod rounded;

use analysis::statistics::interval::{byar, exact_poisson, wilson};
use analysis::statistics::quantiles::{clustered_ranks, edges, ranks};
use analysis::statistics::queue::{Queue, WaitingRoll};
use analysis::statistics::survival::{Crossing, Curve, survival_curve};
use analysis::statistics::{Bounds, Confidence, DayCount};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * b.abs().max(1.0)
}

fn confidence(text: &str) -> Confidence {
    if text == "0.998" {
        Confidence::P998
    } else {
        Confidence::P95
    }
}

fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .skip(1)
        .map(|regel| regel.split(',').collect())
        .collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn counts(days: impl IntoIterator<Item = i32>) -> DayCount {
    let mut telling = DayCount::default();
    days.into_iter().for_each(|day| telling.add(day, 1));
    telling.merge();
    telling
}

#[test]
fn wilson_is_as_computed() {
    for row in rows(include_str!("../fixtures/wilson.csv")) {
        let bounds = wilson(number(row[0]), number(row[1]), confidence(row[2])).unwrap();
        assert!(
            near(bounds.onder.unwrap(), number(row[3]))
                && near(bounds.boven.unwrap(), number(row[4])),
            "{row:?} {bounds:?}"
        );
    }
    assert_eq!(wilson(0.0, 0.0, Confidence::P95), None);
}

#[test]
fn counts_are_exact_below_ten_and_byar_from_ten() {
    for row in rows(include_str!("../fixtures/poisson.csv")) {
        let (x, confidence) = (number(row[0]), confidence(row[1]));
        let bounds = match row[2] {
            "exact" => exact_poisson(x, confidence),
            "byars" => byar(x, confidence),
            _ if x < 10.0 => exact_poisson(x, confidence),
            _ => byar(x, confidence),
        };
        // Where Byar's lower limit would be negative the vector has none and we have 0.
        let lower = if row[3].is_empty() {
            0.0
        } else {
            number(row[3])
        };
        assert!(
            near(bounds.onder.unwrap(), lower) && near(bounds.boven.unwrap(), number(row[4])),
            "{row:?} {bounds:?}"
        );
    }
}

#[test]
fn quantiles_are_type_7() {
    for row in rows(include_str!("../fixtures/quantiles.csv")) {
        let telling = counts(row[1].split(' ').map(|v| v.parse().unwrap()));
        assert!(
            near(telling.quantile_of(number(row[2])).unwrap(), number(row[3])),
            "{row:?}"
        );
    }
    assert_eq!(DayCount::default().quantile_of(0.5), None);
}

/// The ranks by their definition, with every probability summed.
#[test]
fn order_statistics_have_the_ranks_of_the_binomial_distribution() {
    for n in [1_i64, 2, 5, 6, 9, 10, 17, 40, 173] {
        for p in [0.25, 0.5, 0.8, 0.92] {
            for confidence in [Confidence::P95, Confidence::P998] {
                let cdf = |k: i64| {
                    (0..=k)
                        .map(|i| {
                            choose(n, i)
                                * f64::powf(p, i as f64)
                                * f64::powf(1.0 - p, (n - i) as f64)
                        })
                        .sum::<f64>()
                };
                let tail = confidence.alpha() / 2.0;
                let low = (1..=n).filter(|r| cdf(r - 1) <= tail).max().unwrap_or(0);
                let high = (1..=n).find(|r| cdf(r - 1) >= 1.0 - tail).unwrap_or(n + 1);
                assert_eq!(
                    ranks(n, p, confidence),
                    (low, high),
                    "n {n}, p {p}, {confidence:?}"
                );
            }
        }
    }
    // The textbook case: the median of 10 lies between the 2nd and the 9th with 97.9 %.
    assert_eq!(ranks(10, 0.5, Confidence::P95), (2, 9));
    // Five say nothing of an upper or lower limit.
    assert_eq!(ranks(5, 0.5, Confidence::P95), (0, 6));
}

/// The floors below which quantiles are not published: there no limit falls on one of the five outermost, though the
/// true number be 4 less than the published one; a floor 10 lower would let one.
#[test]
fn limits_stay_off_the_five_outermost_from_the_published_floors_on() {
    let floors = [
        (0.5, 25, 35),
        (0.25, 50, 65),
        (0.75, 50, 65),
        (0.8, 60, 85),
        (0.9, 120, 165),
        (0.92, 150, 205),
    ];
    for (p, floor_95, floor_998) in floors {
        for (confidence, floor) in [(Confidence::P95, floor_95), (Confidence::P998, floor_998)] {
            for n in floor - 4..floor + 300 {
                assert_eq!(
                    edges(n, p, confidence, 1.0),
                    (false, false),
                    "{p} {n} {confidence:?}"
                );
            }
            let below = (floor - 14..floor - 4).map(|n| edges(n, p, confidence, 1.0));
            assert!(
                below.into_iter().any(|(low, high)| low || high),
                "{p} {floor} {confidence:?}"
            );
        }
    }
    // The median of 10 lies between the 2nd and the 9th; of 5 no limit is reached.
    assert_eq!(edges(10, 0.5, Confidence::P95, 1.0), (true, true));
    assert_eq!(edges(5, 0.5, Confidence::P95, 1.0), (true, true));
    // Of many, only the side towards the end is in danger.
    assert_eq!(edges(60, 0.92, Confidence::P95, 1.0), (false, true));
}

#[test]
fn clusters_move_the_ranks_outward() {
    for n in [1, 6, 40, 173, 1000] {
        for p in [0.25, 0.5, 0.92] {
            for confidence in [Confidence::P95, Confidence::P998] {
                let plain = ranks(n, p, confidence);
                assert_eq!(clustered_ranks(n, p, confidence, 1.0), plain);
                assert_eq!(clustered_ranks(n, p, confidence, 0.5), plain);
                let (low, high) = clustered_ranks(n, p, confidence, 1.7);
                assert!(low <= plain.0 && plain.1 <= high && high <= n + 1);
            }
        }
    }
    // 80 in pairs that are alike are 40: their 14th and 27th lie at 27.7 and 53.3 of 80.
    assert_eq!(ranks(40, 0.5, Confidence::P95), (14, 27));
    assert_eq!(clustered_ranks(80, 0.5, Confidence::P95, 2.0), (27, 54));
    // Of 10 that tell what 5 do no limit is reached.
    assert_eq!(clustered_ranks(10, 0.5, Confidence::P95, 2.0), (0, 11));
    let days = counts(1..=80);
    assert_eq!(
        days.clustered_quantile_bounds(0.5, Confidence::P95, 2.0),
        Bounds::new(27.0, 54.0)
    );
}

fn choose(n: i64, k: i64) -> f64 {
    (1..=k).map(|i| (n - k + i) as f64 / i as f64).product()
}

/// Everyone enters before day 0, so that an event on day 0 counts.
fn curve(times: &[i32], measure_kinds: &[i64], kinds: i64) -> Curve {
    let of = |kind: i64| {
        counts(
            times
                .iter()
                .zip(measure_kinds)
                .filter(|(_, s)| **s == kind)
                .map(|(t, _)| *t),
        )
    };
    let entries = counts(times.iter().map(|_| -1));
    let exits: Vec<DayCount> = (1..=kinds).map(of).collect();
    survival_curve(&entries, &exits.iter().collect::<Vec<_>>(), &of(0))
}

#[derive(serde::Deserialize)]
struct Vectors {
    krommen: Vec<SurvivalCase>,
    concurrerend: Vec<Concurrent>,
}

#[derive(serde::Deserialize)]
struct SurvivalCase {
    id: String,
    time: Vec<i32>,
    status: Vec<i64>,
    curve: Vec<CurvePoint>,
    quantiles: Vec<Median>,
}

#[derive(serde::Deserialize)]
struct CurvePoint {
    time: i32,
    n_risk: i64,
    n_event: i64,
    surv: f64,
    lower: Option<f64>,
    upper: Option<f64>,
}

#[derive(serde::Deserialize)]
struct Median {
    first: Option<i32>,
    ci_lower_first: Option<f64>,
    ci_upper_first: Option<f64>,
}

#[derive(serde::Deserialize)]
struct Concurrent {
    time: Vec<i32>,
    state: Vec<i64>,
    rows: Vec<Incidence>,
}

#[derive(serde::Deserialize)]
struct Incidence {
    time: i32,
    n_risk: i64,
    #[serde(rename = "S")]
    s: f64,
    cif_start: f64,
    cif_uitval: f64,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../fixtures/survival.json")).unwrap()
}

/// The median as it is published, with the whole curve in view.
fn median_of(curve: &Curve) -> Option<i32> {
    match curve.half_day(0, 1) {
        Crossing::At(day) => Some(day),
        Crossing::NotReached | Crossing::TooFew => None,
    }
}

#[test]
fn kaplan_meier_is_that_of_r() {
    for case in vectors().krommen {
        let survival_curve = curve(&case.time, &case.status, 1);
        let points: Vec<&CurvePoint> = case.curve.iter().filter(|p| p.n_event > 0).collect();
        assert_eq!(survival_curve.steps.len(), points.len(), "{}", case.id);
        for (step, punt) in survival_curve.steps.iter().zip(points) {
            assert_eq!((step.day, step.n), (punt.time, punt.n_risk), "{}", case.id);
            assert!(near(step.s, punt.surv), "{} {step:?}", case.id);
            let bounds = step.bounds(Confidence::P95);
            for (ours, theirs) in [(bounds.onder, punt.lower), (bounds.boven, punt.upper)] {
                assert_eq!(ours.is_some(), theirs.is_some(), "{} {step:?}", case.id);
                assert!(
                    ours.zip(theirs).is_none_or(|(a, b)| near(a, b)),
                    "{} {step:?}",
                    case.id
                );
            }
        }
        let median = &case.quantiles[0];
        assert_eq!(median_of(&survival_curve), median.first, "{}", case.id);
        let bounds = survival_curve.half_day_bounds(0, 1, Confidence::P95);
        assert_eq!(
            (bounds.onder, bounds.boven),
            (median.ci_lower_first, median.ci_upper_first),
            "{}",
            case.id
        );
    }
}

#[test]
fn withdrawal_competes_with_starting() {
    for case in vectors().concurrerend {
        let survival_curve = curve(&case.time, &case.state, 2);
        for row in &case.rows {
            let Some(step) = survival_curve.steps.iter().find(|s| s.day == row.time) else {
                continue;
            };
            assert_eq!(step.n, row.n_risk, "day {}", row.time);
            assert!(
                near(step.s, row.s)
                    && near(step.f[0], row.cif_start)
                    && near(step.f[1], row.cif_uitval),
                "day {}",
                row.time
            );
            assert!(near(step.s + step.f[0] + step.f[1], 1.0));
        }
        let last = survival_curve.steps.last().unwrap();
        // Counting withdrawal as censoring said 96 % would start in the end.
        assert!((last.f[0] - 0.8578).abs() < 5e-5, "{}", last.f[0]);
    }
}

/// Three that were in before: two of them since day 5 and 10. They are at risk only after that day.
#[test]
fn who_was_in_before_counts_from_then_on() {
    let entries = counts([-1, 5, 10]);
    let exits = counts([8, 12]);
    let censored = counts([20]);
    let survival_curve = survival_curve(&entries, &[&exits], &censored);
    let at_risk: Vec<(i32, i64)> = survival_curve.steps.iter().map(|s| (s.day, s.n)).collect();
    // Day 8: the one from the start and the one since day 5. Day 12: that one less, the one since day 10 more.
    assert_eq!(at_risk, [(8, 2), (12, 2)]);
    assert_eq!(median_of(&survival_curve), Some(8));
    // An entry on the very day of an event is not at risk for it.
    assert_eq!(
        analysis::statistics::survival::survival_curve(
            &counts([-1, 8]),
            &[&counts([8])],
            &counts([9])
        )
        .steps[0]
            .n,
        1
    );
}

/// Four waits of 10, 20, 30 and 40: half has left at 20. Libraries say 20, 25 and 30; the definition says 20.
#[test]
fn a_flat_at_one_half_takes_its_first_day() {
    assert_eq!(median_of(&curve(&[10, 20, 30, 40], &[1; 4], 1)), Some(20));
    assert_eq!(median_of(&curve(&[10, 20, 30, 40], &[1, 0, 0, 0], 1)), None);
    assert_eq!(median_of(&curve(&[], &[], 1)), None);
}

#[test]
fn a_waiting_list_rolled_forward_arrives_at_its_end() {
    let roll = WaitingRoll {
        begin: 120,
        referred: 480,
        started: 400,
        withdrawn: 30,
        end: 170,
    };
    assert_eq!(roll.residual(), 0);
    assert_eq!(WaitingRoll { end: 173, ..roll }.residual(), 3);
}

#[test]
fn within_the_norm_is_up_to_and_including_its_last_day() {
    let waits = counts([0, 14, 97, 98, 98, 99, 365]);
    assert_eq!(
        (waits.up_to(98), waits.up_to(-1), waits.up_to(1000)),
        (5, 0, 7)
    );
}

#[test]
fn a_queue_is_counted_in_weeks() {
    let row = Queue {
        instroom: 30.0,
        uitstroom: 24.0,
        wachtend: 900.0,
        norm: 52.0,
    };
    assert_eq!(row.load(), Some(1.25));
    assert_eq!(row.clearing_time(), Some(37.5));
    assert_eq!(row.norm_queue(), 390.0);
    assert!(near(row.catch_up_capacity().unwrap(), 30.0 + 510.0 / 26.0));
    // A list of no more than twice its target needs no relief.
    assert_eq!(
        Queue {
            wachtend: 780.0,
            ..row
        }
        .catch_up_capacity(),
        None
    );
    assert_eq!(
        Queue {
            uitstroom: 0.0,
            ..row
        }
        .load(),
        None
    );
}
