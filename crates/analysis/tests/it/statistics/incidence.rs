//! Aalen-Johansen with its variance, and what is read from a curve.

use analysis::statistics::survival::{Crossing, Curve, survival_curve};
use analysis::statistics::{Bounds, Confidence, DayCount};
use proptest::prelude::*;

use super::{counts, curve, near};

#[derive(serde::Deserialize)]
struct Vectors {
    gevallen: Vec<IncidenceCase>,
}

#[derive(serde::Deserialize)]
struct IncidenceCase {
    id: String,
    time: Vec<i32>,
    state: Vec<i64>,
    entry: Option<Vec<i32>>,
    rows: Vec<Row>,
}

#[derive(serde::Deserialize)]
struct Row {
    time: i32,
    n_risk: i64,
    f: [f64; 2],
    variance: [f64; 2],
    p95: [[Option<f64>; 2]; 2],
    p998: [[Option<f64>; 2]; 2],
}

fn same(bounds: Bounds, expected: [Option<f64>; 2]) -> bool {
    [bounds.onder, bounds.boven]
        .into_iter()
        .zip(expected)
        .all(|(ours, theirs)| match (ours, theirs) {
            (Some(ours), Some(theirs)) => near(ours, theirs),
            (ours, theirs) => ours == theirs,
        })
}

/// Two kinds of exit (1 and 2) and censoring (0), with the day after which each is at risk.
fn truncated(entries: &[i32], times: &[i32], states: &[i64]) -> Curve {
    let of = |kind: i64| {
        let chosen = times
            .iter()
            .zip(states)
            .filter(|(_, state)| **state == kind);
        counts(chosen.map(|(time, _)| *time))
    };
    survival_curve(&counts(entries.iter().copied()), &[&of(1), &of(2)], &of(0))
}

#[test]
fn incidences_have_the_delta_variance_and_complementary_log_log_limits() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../fixtures/incidence.json")).unwrap();
    assert_eq!(vectors.gevallen.len(), 3);
    for case in vectors.gevallen {
        let entries = case.entry.unwrap_or_else(|| vec![-1; case.time.len()]);
        let curve = truncated(&entries, &case.time, &case.state);
        assert_eq!(curve.steps.len(), case.rows.len(), "{}", case.id);
        for (step, row) in curve.steps.iter().zip(&case.rows) {
            assert_eq!((step.day, step.n), (row.time, row.n_risk), "{}", case.id);
            assert_eq!(curve.risk_on(row.time), row.n_risk);
            for kind in 0..2 {
                assert!(
                    near(step.f[kind], row.f[kind])
                        && near(step.f_variance[kind], row.variance[kind])
                        && same(step.incidence_bounds(kind, Confidence::P95), row.p95[kind])
                        && same(
                            step.incidence_bounds(kind, Confidence::P998),
                            row.p998[kind]
                        ),
                    "{} {kind} {step:?}",
                    case.id
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// With one kind of exit the incidence and its limits are those of Kaplan-Meier from the other side.
    #[test]
    fn one_kind_of_exit_is_kaplan_meier(
        people in prop::collection::vec((0_i32..60, 0_i64..2), 1..120),
    ) {
        let (times, states): (Vec<i32>, Vec<i64>) = people.into_iter().unzip();
        for step in &curve(&times, &states, 1).steps {
            prop_assert!(near(step.f[0], 1.0 - step.s));
            if step.s > 0.0 {
                prop_assert!(near(step.f_variance[0], step.s * step.s * step.greenwood));
                let (ours, theirs) = (step.incidence_bounds(0, Confidence::P95), step.bounds(Confidence::P95));
                prop_assert!((ours.onder.unwrap() + theirs.boven.unwrap() - 1.0).abs() < 1e-7);
                prop_assert!((ours.boven.unwrap() + theirs.onder.unwrap() - 1.0).abs() < 1e-7);
            }
        }
    }

    /// Where nobody is censored an incidence is a plain share, with its variance F (1 - F) / n.
    #[test]
    fn without_censoring_an_incidence_is_a_share(
        people in prop::collection::vec((0_i32..60, 1_i64..3), 1..120),
    ) {
        let (times, states): (Vec<i32>, Vec<i64>) = people.into_iter().unzip();
        let n = times.len() as f64;
        let curve = curve(&times, &states, 2);
        for step in &curve.steps {
            for kind in 0..2 {
                let left = times.iter().zip(&states).filter(|(time, state)| **time <= step.day && **state == kind as i64 + 1);
                let share = left.count() as f64 / n;
                prop_assert!(near(step.f[kind], share));
                prop_assert!(near(step.f_variance[kind], share * (1.0 - share) / n));
            }
            prop_assert_eq!(curve.risk_on(step.day), step.n);
        }
    }
}

/// 100 referred: 60 start on day 10, 20 give up on day 20, 20 still wait on day 30.
fn hundred() -> Curve {
    let days = |day: i32, count: i64| {
        let mut one = DayCount::default();
        one.add(day, count);
        one.merge();
        one
    };
    survival_curve(
        &days(-1, 100),
        &[&days(10, 60), &days(20, 20)],
        &days(30, 20),
    )
}

#[test]
fn nothing_is_read_beyond_the_last_day_with_enough_at_risk() {
    let curve = hundred();
    assert_eq!(
        [0, 10, 11, 20, 21, 30, 31].map(|day| curve.risk_on(day)),
        [100, 100, 40, 40, 20, 20, 0]
    );
    let last = |fewest| curve.last_day(fewest);
    assert_eq!(
        [101, 100, 41, 40, 21, 20].map(last),
        [None, Some(10), Some(10), Some(20), Some(20), Some(30)]
    );
    let at = |kind, day, fewest| curve.incidence_at(kind, day, fewest, Confidence::P95);
    assert_eq!(at(0, 9, 40).unwrap().share, 0.0);
    assert_eq!(at(0, 20, 40).unwrap().share, 0.6);
    assert_eq!(at(0, 20, 40).unwrap().at_risk, 40);
    assert!(near(at(1, 20, 40).unwrap().share, 0.2));
    assert_eq!(at(0, 21, 40), None);
    assert!(near(at(1, 30, 20).unwrap().share, 0.2));
    assert_eq!(at(1, 31, 20), None);
    assert_eq!(at(0, 0, 101), None);
}

/// Pairs that leave together tell half of what they seem to: the limits of all pairs, seen as single records and
/// widened by 2, are those of one of each pair.
#[test]
fn clusters_widen_the_limits_of_a_curve() {
    let times = [3, 8, 8, 15, 21, 21, 30, 44];
    let states = [1, 2, 1, 0, 1, 1, 2, 0];
    let twice = |values: &[i32]| values.iter().chain(values).copied().collect::<Vec<_>>();
    let both: Vec<i64> = states.iter().chain(&states).copied().collect();
    let single = curve(&times, &states, 2);
    let pairs = curve(&twice(&times), &both, 2).widened(2.0);
    for (one, two) in single.steps.iter().zip(&pairs.steps) {
        assert!(near(one.greenwood, two.greenwood));
        assert!(near(one.f_variance[0], two.f_variance[0]));
        assert_eq!(one.day, two.day);
    }
    assert_eq!(single.clone().widened(0.5), single);
}

#[test]
fn half_is_reached_or_never_or_not_known() {
    let curve = hundred();
    assert_eq!(curve.half_day(0, 40), Crossing::At(10));
    assert_eq!(curve.half_day(0, 101), Crossing::TooFew);
    // 60 started, so that no more than 40 can give up: known from day 10 on.
    assert_eq!(curve.half_day(1, 40), Crossing::NotReached);
    assert_eq!(curve.half_day(1, 100), Crossing::NotReached);
    assert_eq!(
        curve.half_day_bounds(0, 40, Confidence::P95),
        // The lower limit of 60 of 100 is just above one half.
        Bounds::new(10.0, 10.0)
    );
    assert_eq!(
        curve.half_day_bounds(0, 40, Confidence::P998),
        Bounds {
            onder: Some(10.0),
            boven: None
        }
    );

    let slow = |waiting_on: i32| {
        let mut times = vec![5; 30];
        times.extend(vec![waiting_on; 70]);
        let mut states = vec![1; 30];
        states.extend(vec![0; 70]);
        super::curve(&times, &states, 2)
    };
    // 70 still wait on the last day of all: not reached, and that is known as long as so many are at risk to the end.
    assert_eq!(slow(90).half_day(0, 70), Crossing::NotReached);
    assert_eq!(slow(90).half_day(0, 71), Crossing::TooFew);
    assert_eq!(Curve::default().half_day(0, 1), Crossing::TooFew);
}

/// Parents who give up make a list look fast: on day 44 half have left it, half have started only on day 46.
#[test]
fn half_that_started_is_later_than_half_that_left() {
    let times: Vec<i32> = (1..=100).collect();
    // Of the first 46 days one person a day leaves: 4 of them give up.
    let states: Vec<i64> = times
        .iter()
        .map(|day| if day % 12 == 0 { 2 } else { 1 })
        .collect();
    let curve = curve(&times, &states, 2);
    let half_left = curve.steps.iter().find(|step| step.s <= 0.5 + 1e-9);
    assert_eq!(half_left.map(|step| step.day), Some(50));
    // 50 started on day 54: 54 / 12 = 4 gave up before.
    assert_eq!(curve.half_day(0, 1), Crossing::At(54));
}

#[test]
fn a_curve_is_drawn_by_weeks_as_far_as_enough_are_at_risk() {
    let points = hundred().points(7, 40, Confidence::P95);
    let drawn: Vec<(i32, i64, f64)> = points.iter().map(|p| (p.day, p.at_risk, p.s)).collect();
    assert_eq!(drawn, [(0, 100, 1.0), (7, 100, 1.0), (14, 40, 0.4)]);
    assert_eq!(points[0].f, [(0.0, Bounds::default()); 2]);
    assert_eq!(points[2].f[0].0, 0.6);
    assert!(points[2].f[0].1.onder.unwrap() < 0.6 && points[2].s_bounds.boven.unwrap() > 0.4);
    assert_eq!(hundred().points(1, 40, Confidence::P95).len(), 21);
    assert!(hundred().points(1, 101, Confidence::P95).is_empty());
}
