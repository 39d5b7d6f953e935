//! What stands beside the country: verdicts, what the missing could do, funnels and case-mix.

use std::collections::BTreeMap;

use analysis::statistics::funnel::{Funnel, FunnelUnit, between_variance};
use analysis::statistics::interval::exact_poisson;
use analysis::statistics::missing::missing_bounds;
use analysis::statistics::standardise::{CaseMix, Stratum, expected};
use analysis::statistics::verdict::{ComparedRate, verdict};
use analysis::statistics::{Bounds, Confidence};
use proptest::prelude::*;
use schema::Comparison;

use super::{confidence, near, number, rows};

#[test]
fn a_verdict_needs_the_country_outside_the_interval() {
    let bounds = Bounds::new(0.3, 0.5);
    assert_eq!(verdict(bounds, 0.29), Comparison::Higher);
    assert_eq!(verdict(bounds, 0.51), Comparison::Lower);
    // On a limit is not outside it.
    for national in [0.3, 0.4, 0.5] {
        assert_eq!(verdict(bounds, national), Comparison::Undecided);
    }
    let open = Bounds {
        onder: Some(0.3),
        boven: None,
    };
    assert_eq!(verdict(open, 0.29), Comparison::Higher);
    assert_eq!(verdict(open, 0.9), Comparison::Undecided);
    assert_eq!(verdict(Bounds::default(), 0.9), Comparison::Undecided);
}

#[test]
fn the_missing_could_have_had_nothing_or_their_usual_volume() {
    // 116 down to 115; 124 + 65 = 189 up to 190.
    assert_eq!(missing_bounds(120.0, 4.0, 65.0), Bounds::new(115.0, 190.0));
    // An exact count of which nothing is missing is itself; a published one goes outward.
    assert_eq!(missing_bounds(123.0, 0.0, 0.0), Bounds::new(123.0, 123.0));
    assert_eq!(missing_bounds(120.0, 4.0, 0.0), Bounds::new(115.0, 125.0));
    assert_eq!(missing_bounds(0.0, 4.0, 0.0), Bounds::new(0.0, 5.0));
}

/// Of 60 aanbieders 2 did not deliver: a gebied that they could hardly move still differs.
#[test]
fn a_rate_differs_only_when_it_does_whatever_the_missing_did() {
    let rate = ComparedRate {
        count: 600.0,
        slack: 4.0,
        design_effect: 1.4,
        factor: 1000.0 / 20_000.0,
    };
    let compared = |national| rate.verdict(25.0, national);
    assert_eq!(compared(24.0), Comparison::Higher);
    // Higher with their usual volume, not so without.
    assert_eq!(compared(26.0), Comparison::DependsOnResponse);
    assert_eq!(compared(30.0), Comparison::Undecided);
    // Lower without them, not so with.
    assert_eq!(compared(35.6), Comparison::DependsOnResponse);
    assert_eq!(compared(38.0), Comparison::Lower);
    // Where everybody delivered, only rounding and chance are in the way.
    assert_eq!(rate.verdict(0.0, 25.5), Comparison::Higher);
    assert_eq!(rate.verdict(0.0, 26.0), Comparison::Undecided);
    assert_eq!(rate.verdict(0.0, 35.5), Comparison::Lower);
}

#[test]
fn the_funnel_of_a_share_is_its_standard_error() {
    let funnel = Funnel::Share {
        national: 0.4,
        design_effect: 1.0,
    };
    let bounds = funnel.limits(150.0, Confidence::P95);
    // √(0.4 · 0.6 / 150) = 0.04.
    assert!(near(
        bounds.onder.unwrap(),
        0.4 - 0.04 * Confidence::P95.z()
    ));
    assert!(near(
        bounds.boven.unwrap(),
        0.4 + 0.04 * Confidence::P95.z()
    ));
    // A design effect of 4 halves the precision, and a share stays one.
    let clustered = Funnel::Share {
        national: 0.4,
        design_effect: 4.0,
    };
    assert_eq!(clustered.limits(600.0, Confidence::P95), bounds);
    assert_eq!(
        clustered.limits(4.0, Confidence::P998),
        Bounds::new(0.0, 1.0)
    );
    // With gebieden that differ by 0.03 besides chance (0.04) the width is that of 0.05.
    let wider = funnel.wider_limits(150.0, 0.0009, Confidence::P95);
    assert!(near(wider.boven.unwrap(), 0.4 + 0.05 * Confidence::P95.z()));
}

#[test]
fn the_funnel_of_a_ratio_is_exact_poisson() {
    let funnel = Funnel::Ratio { design_effect: 1.0 };
    for row in rows(include_str!("../../fixtures/funnel_ratio.csv")) {
        let (expected, level) = (number(row[0]), confidence(row[1]));
        let bounds = funnel.limits(expected, level);
        let (low, high) = (bounds.onder.unwrap(), bounds.boven.unwrap());
        assert!(
            near(low, number(row[2])) && near(high, number(row[3])),
            "{row:?} {bounds:?}"
        );
        // A gebied lies outside just when its own exact interval leaves 1 out.
        let above = exact_poisson((high + 1e-6) * expected, level);
        assert!(above.onder.unwrap() > expected);
        let within = exact_poisson((high - 1e-6) * expected, level);
        assert!(within.onder.unwrap() < expected);
    }
    let clustered = Funnel::Ratio { design_effect: 2.0 };
    assert_eq!(
        clustered.limits(80.0, Confidence::P998),
        funnel.limits(40.0, Confidence::P998)
    );
}

#[test]
fn a_funnel_is_drawn_from_few_to_many() {
    let funnel = Funnel::Ratio { design_effect: 1.0 };
    let points = funnel.curve(5.0, 500.0, 3, None);
    let sizes: Vec<f64> = points.iter().map(|point| point.size).collect();
    assert!(near(sizes[0], 5.0) && near(sizes[1], 50.0) && near(sizes[2], 500.0));
    for pair in points.windows(2) {
        assert!(pair[1].p998.boven < pair[0].p998.boven && pair[1].p95.onder > pair[0].p95.onder);
    }
    assert!(
        points
            .iter()
            .all(|point| point.p998.boven > point.p95.boven)
    );
    // Limits that have the variance between gebieden in them don't close in on the target.
    let wide = funnel.curve(5.0, 5e6, 2, Some(0.01));
    assert!(near(wide[0].size, 5.0) && wide[1].p95.boven.unwrap() > 1.195);
    assert_eq!(funnel.curve(5.0, 500.0, 1, None).len(), 1);
    assert_eq!(funnel.curve(0.0, 0.5, 2, None)[1].size, 1.0);
    assert_eq!(funnel.limits(0.0, Confidence::P95), Bounds::default());
}

#[test]
fn the_variance_between_gebieden_is_as_computed() {
    let mut cases = 0;
    for row in rows(include_str!("../../fixtures/between.csv")) {
        let list = |text: &str| -> Vec<f64> { text.split(' ').map(number).collect() };
        let units: Vec<FunnelUnit> = list(row[1])
            .into_iter()
            .zip(list(row[2]))
            .map(|(value, size)| FunnelUnit {
                value,
                variance: 0.4 * 0.6 / size,
            })
            .collect();
        let between = between_variance(&units, 0.4).unwrap();
        assert!(
            (between - number(row[3])).abs() < 1e-12,
            "{} {between}",
            row[0]
        );
        assert_eq!(between_variance(&units[..9], 0.4), None);
        cases += 1;
    }
    assert_eq!(cases, 4);
}

#[test]
fn case_mix_has_the_limits_of_a_count_over_what_was_rounded() {
    for row in rows(include_str!("../../fixtures/case_mix.csv")) {
        let case_mix = CaseMix {
            observed: number(row[0]),
            expected: number(row[1]),
            observed_slack: number(row[2]),
            expected_slack: number(row[3]),
        };
        let bounds = case_mix.bounds(confidence(row[5]), number(row[4])).unwrap();
        assert!(
            near(bounds.onder.unwrap(), number(row[6])),
            "{row:?} {bounds:?}"
        );
        assert_eq!(bounds.boven.is_none(), row[7].is_empty(), "{row:?}");
        assert!(
            bounds.boven.is_none_or(|upper| near(upper, number(row[7]))),
            "{row:?} {bounds:?}"
        );
    }
    let none = CaseMix {
        observed: 3.0,
        expected: 0.0,
        observed_slack: 0.0,
        expected_slack: 0.0,
    };
    assert_eq!(
        (none.ratio(), none.bounds(Confidence::P95, 1.0)),
        (None, None)
    );
}

/// By hand, and by the vector: 120 · 12 / 200 + 90 · 23 / 195 + 60 · 15 / 165.
#[test]
fn expected_is_size_times_the_rate_of_the_country() {
    let national = [(12.0, 200.0), (23.0, 195.0), (15.0, 165.0), (0.0, 0.0)]
        .map(|(events, size)| Stratum { events, size });
    assert!(near(
        expected([120.0, 90.0, 60.0, 4.0], national),
        23.269_930_069_930_07
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Over all gebieden together as many are expected as there were.
    #[test]
    fn expected_adds_up_to_observed(
        cells in prop::collection::vec((0_u8..5, 0_u8..6, 0_u32..300, 0_u32..300), 1..60),
    ) {
        let mut national = [Stratum::default(); 6];
        let mut gebieden: BTreeMap<u8, [f64; 6]> = BTreeMap::new();
        let mut observed = 0.0;
        for (gebied, stratum, one, other) in cells {
            let (events, size) = (f64::from(one.min(other)), f64::from(one.max(other)));
            let stratum = usize::from(stratum);
            national[stratum].events += events;
            national[stratum].size += size;
            gebieden.entry(gebied).or_default()[stratum] += size;
            observed += events;
        }
        let expected: f64 = gebieden.values().map(|&sizes| expected(sizes, national)).sum();
        prop_assert!(near(expected, observed), "{expected} {observed}");
    }
}
