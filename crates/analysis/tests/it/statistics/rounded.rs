//! Exact limits, and what rounding and clusters do to limits.

use analysis::statistics::cluster::{ClusterCount, count_effect, share_effect};
use analysis::statistics::interval::{
    byar, count_bounds, exact_poisson, exact_share, share_bounds, wilson,
};
use analysis::statistics::{Bounds, Confidence};
use proptest::prelude::*;

use super::{confidence, near, number, rows};

/// Within 1e-9, of itself or of 1.
fn has(bounds: Bounds, lower: &str, upper: &str) -> bool {
    near(bounds.onder.unwrap(), number(lower)) && near(bounds.boven.unwrap(), number(upper))
}

#[test]
fn exact_limits_are_as_computed() {
    for row in rows(include_str!("../../fixtures/exact.csv")) {
        let (x, confidence) = (number(row[1]), confidence(row[3]));
        let bounds = match row[0] {
            "share" => exact_share(x, number(row[2]), confidence).unwrap(),
            _ => exact_poisson(x, confidence),
        };
        assert!(has(bounds, row[4], row[5]), "{row:?} {bounds:?}");
    }
    assert_eq!(exact_share(0.0, 0.0, Confidence::P95), None);
}

/// The exact limits are where the binomial and the Poisson sums, term by term, leave the tail.
#[test]
fn exact_limits_leave_the_tail_outside() {
    let tail = Confidence::P998.alpha() / 2.0;
    let (x, n) = (7, 40);
    let bounds = exact_share(f64::from(x), f64::from(n), Confidence::P998).unwrap();
    let binomial = |p: f64, k: i32| {
        super::choose(i64::from(n), i64::from(k)) * p.powi(k) * (1.0 - p).powi(n - k)
    };
    let (low, high) = (bounds.onder.unwrap(), bounds.boven.unwrap());
    assert!(near((x..=n).map(|k| binomial(low, k)).sum(), tail));
    assert!(near((0..=x).map(|k| binomial(high, k)).sum(), tail));

    let bounds = exact_poisson(12.0, Confidence::P998);
    let up_to = |mean: f64, most: i32| {
        let mut term = (-mean).exp();
        let mut sum = term;
        for k in 1..=most {
            term *= mean / f64::from(k);
            sum += term;
        }
        sum
    };
    assert!(near(1.0 - up_to(bounds.onder.unwrap(), 11), tail));
    assert!(near(up_to(bounds.boven.unwrap(), 12), tail));
}

/// Computed by trying every whole number that the rounding leaves open.
#[test]
fn limits_are_the_outermost_over_all_that_may_have_been_rounded() {
    for row in rows(include_str!("../../fixtures/rounded.csv")) {
        let (x, slack) = (number(row[1]), number(row[3]));
        let (confidence, effect) = (confidence(row[4]), number(row[5]));
        let bounds = match row[0] {
            "share" => share_bounds(x, number(row[2]), slack, confidence, effect).unwrap(),
            _ => count_bounds(x, slack, confidence, effect),
        };
        assert!(has(bounds, row[6], row[7]), "{row:?} {bounds:?}");
    }
}

#[test]
fn without_rounding_and_clusters_they_are_the_plain_limits() {
    let (low, high) = (Confidence::P95, Confidence::P998);
    assert_eq!(
        share_bounds(7.0, 31.0, 0.0, low, 1.0),
        wilson(7.0, 31.0, low)
    );
    assert_eq!(
        share_bounds(7.0, 31.0, 0.0, high, 1.0),
        exact_share(7.0, 31.0, high)
    );
    assert_eq!(count_bounds(9.0, 0.0, low, 1.0), exact_poisson(9.0, low));
    assert_eq!(count_bounds(10.0, 0.0, low, 1.0), byar(10.0, low));
    assert_eq!(
        count_bounds(10.0, 0.0, high, 1.0),
        exact_poisson(10.0, high)
    );
    // A design effect below 1 is none.
    assert_eq!(
        count_bounds(30.0, 4.0, low, 0.7),
        count_bounds(30.0, 4.0, low, 1.0)
    );
}

#[test]
fn none_and_all_are_limits_themselves() {
    for confidence in [Confidence::P95, Confidence::P998] {
        for slack in [0.0, 4.0] {
            let none = share_bounds(0.0, 40.0, slack, confidence, 1.3).unwrap();
            let all = share_bounds(40.0, 40.0, slack, confidence, 1.3).unwrap();
            assert_eq!((none.onder, all.boven), (Some(0.0), Some(1.0)));
            assert!(none.boven.unwrap() < 0.5 && all.onder.unwrap() > 0.5);
            assert_eq!(
                count_bounds(0.0, slack, confidence, 1.3).onder,
                Some(0.0),
                "{slack}"
            );
        }
        // A numerator that was rounded beyond its denominator: 1, as for all of it.
        let beyond = share_bounds(25.0, 20.0, 4.0, confidence, 1.0).unwrap();
        assert_eq!(beyond.boven, Some(1.0));
        assert!(beyond.onder.unwrap() < 21.0 / 24.0);
        // Of a denominator that may be nothing, nothing is known; of none there is no share.
        assert_eq!(
            share_bounds(0.0, 4.0, 4.0, confidence, 1.0),
            Some(Bounds::new(0.0, 1.0))
        );
        assert_eq!(share_bounds(0.0, 0.0, 4.0, confidence, 1.0), None);
    }
}

fn pair(bounds: Bounds) -> (f64, f64) {
    (bounds.onder.unwrap(), bounds.boven.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// More of the numerator never lowers a limit; more slack, a larger design effect or more confidence never
    /// narrows an interval; what was rounded lies within.
    #[test]
    fn limits_of_shares_are_monotone(
        x in 0_u32..400, more in 0_u32..30, n in 20_u32..400, effect in 1.0_f64..4.0,
    ) {
        let (x, n, more) = (f64::from(x.min(n)), f64::from(n), f64::from(more));
        for confidence in [Confidence::P95, Confidence::P998] {
            let at = |x: f64, slack: f64, effect: f64| pair(share_bounds(x, n, slack, confidence, effect).unwrap());
            let (low, high) = at(x, 4.0, effect);
            prop_assert!(0.0 <= low && low <= high && high <= 1.0);
            let next = at(x + more, 4.0, effect);
            prop_assert!(next.0 >= low - 1e-12 && next.1 >= high - 1e-12);
            for (inner_low, inner_high) in [at(x, 0.0, effect), at(x, 4.0, 1.0)] {
                prop_assert!(low <= inner_low + 1e-12 && inner_high <= high + 1e-12);
            }
            prop_assert!(low <= x / n && x / n <= high);
        }
    }

    #[test]
    fn limits_of_counts_are_monotone(x in 0.0_f64..60.0, more in 0.0_f64..3.0, effect in 1.0_f64..4.0) {
        for confidence in [Confidence::P95, Confidence::P998] {
            let (low, high) = pair(count_bounds(x, 0.0, confidence, effect));
            let next = pair(count_bounds(x + more, 0.0, confidence, effect));
            prop_assert!(next.0 >= low - 1e-9 && next.1 >= high - 1e-9, "{low} {high} {next:?}");
            prop_assert!(0.0 <= low && low <= x + 1e-12 && x <= high);
            let wide = pair(count_bounds(x, 4.0, confidence, effect));
            prop_assert!(wide.0 <= low && high <= wide.1);
        }
    }
}

#[test]
fn design_effects_are_those_of_the_clusters_one_by_one() {
    for row in rows(include_str!("../../fixtures/clusters.csv")) {
        let clusters: Vec<ClusterCount> = row[1]
            .split(' ')
            .map(|text| {
                let mut parts = text.split(':').map(|part| part.parse::<u32>().unwrap());
                ClusterCount {
                    size: parts.next().unwrap(),
                    numerator: parts.next().unwrap(),
                    clusters: parts.next().unwrap().into(),
                }
            })
            .collect();
        assert!(
            near(share_effect(clusters.clone()), number(row[2])),
            "{}",
            row[0]
        );
        let sizes = clusters
            .iter()
            .map(|cluster| (cluster.size, cluster.clusters));
        assert!(near(count_effect(sizes), number(row[3])), "{}", row[0]);
    }
}

#[test]
fn a_design_effect_is_at_least_one() {
    let clusters = |size, numerator, clusters| ClusterCount {
        size,
        numerator,
        clusters,
    };
    // Each gezin of two half: less variance than by chance.
    assert_eq!(share_effect([clusters(2, 1, 100)]), 1.0);
    // All or nothing in gezinnen of three: three records tell what one does.
    assert_eq!(share_effect([clusters(3, 3, 50), clusters(3, 0, 50)]), 3.0);
    assert_eq!(share_effect([clusters(3, 3, 50)]), 1.0);
    assert_eq!(share_effect([]), 1.0);
    // By hand: (1·1·6 + 4·2) / (6 + 4) = 1.4.
    assert_eq!(count_effect([(1, 6), (2, 2)]), 1.4);
    assert_eq!(count_effect([]), 1.0);
}
