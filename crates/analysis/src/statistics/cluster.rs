//! Design effects: how many records it takes to know what one independent record tells.
//!
//! Children of one gezin resemble each other, and so do the trajecten of one child. Owns the two formulas, over counts
//! of clusters, so that SQL can bring a country down to a few hundred rows. Leaves what is a cluster to the definition
//! and using the effect to [`super::interval`].

/// Clusters that are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterCount {
    /// Records in each of them: the part of the denominator.
    pub size: u32,
    /// Records in each of them that are in the numerator.
    pub numerator: u32,
    /// How many such clusters there are.
    pub clusters: u64,
}

/// The design effect of a share: its variance by linearisation of the ratio, Σ (y - p m)² / n² over clusters of m
/// records of which y count, against p (1 - p) / n for independent records (Cochran, Sampling Techniques, 6.4; Kish).
/// At least 1, in one decimal; 1 where the share is 0, 1 or unknown.
pub fn share_effect(clusters: impl IntoIterator<Item = ClusterCount>) -> f64 {
    // Σ (y - p m)² = Σ y² - 2p Σ y m + p² Σ m², so that one pass does: whole numbers, nothing is lost.
    let (mut n, mut x) = (0_u128, 0_u128);
    let (mut y_squared, mut y_size, mut size_squared) = (0_u128, 0_u128, 0_u128);
    for cluster in clusters {
        let (size, y, times) = (
            u128::from(cluster.size),
            u128::from(cluster.numerator),
            u128::from(cluster.clusters),
        );
        n += times * size;
        x += times * y;
        y_squared += times * y * y;
        y_size += times * y * size;
        size_squared += times * size * size;
    }
    if x == 0 || x >= n {
        return 1.0;
    }
    let p = x as f64 / n as f64;
    let squares = y_squared as f64 - 2.0 * p * y_size as f64 + p * p * size_squared as f64;
    one_decimal(squares / (n as f64 * p * (1.0 - p)))
}

/// The design effect of a count: Σ f² var_f against Σ f var_f, for events that come f at a time, where var_f is the
/// variance of how many clusters have f: Poisson, so that number itself. Given as (f, number of clusters). At least 1,
/// in one decimal; 1 for no events.
pub fn count_effect(clusters: impl IntoIterator<Item = (u32, u64)>) -> f64 {
    let (mut events, mut variance) = (0_u128, 0_u128);
    for (size, times) in clusters {
        let (size, times) = (u128::from(size), u128::from(times));
        events += size * times;
        variance += size * size * times;
    }
    if events == 0 {
        return 1.0;
    }
    one_decimal(variance as f64 / events as f64)
}

fn one_decimal(effect: f64) -> f64 {
    ((effect * 10.0).round() / 10.0).max(1.0)
}
