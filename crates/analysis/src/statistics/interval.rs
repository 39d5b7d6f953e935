//! Intervals: Wilson for shares, exact Poisson below 10 and Byar from 10 for counts and rates.
//!
//! Owns the two levels of confidence in use: 95 % is shown, 99.8 % decides whether a gebied differs.
//! Leaves order statistics to [`super::days`] and survival curves to [`super::survival`].

use std::sync::OnceLock;

/// A level of confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// 95 %: what is shown.
    P95,
    /// 99.8 %: what a word such as *duidelijk hoger* needs.
    P998,
}

impl Confidence {
    /// Standard normal quantile at `1 - alpha / 2`.
    pub fn z(self) -> f64 {
        match self {
            Self::P95 => 1.959_963_984_540_054,
            Self::P998 => 3.090_232_306_167_813_5,
        }
    }

    /// Probability outside the interval, both sides together.
    pub fn alpha(self) -> f64 {
        match self {
            Self::P95 => 0.05,
            Self::P998 => 0.002,
        }
    }
}

/// Lower and upper limit; `None` where that side is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bounds {
    /// Lower limit.
    pub onder: Option<f64>,
    /// Upper limit.
    pub boven: Option<f64>,
}

impl Bounds {
    /// Both limits known.
    pub fn new(lower: f64, above: f64) -> Self {
        Self {
            onder: Some(lower),
            boven: Some(above),
        }
    }

    /// Both limits times `factor`, which is positive.
    pub fn scaled(self, factor: f64) -> Self {
        Self {
            onder: self.onder.map(|g| g * factor),
            boven: self.boven.map(|g| g * factor),
        }
    }
}

/// Wilson's interval for a share `x / n`; `None` for `n = 0`.
pub fn wilson(x: f64, n: f64, confidence: Confidence) -> Option<Bounds> {
    if n <= 0.0 {
        return None;
    }
    let z = confidence.z();
    let midden = 2.0 * x + z * z;
    let width = z * (z * z + 4.0 * x * (1.0 - x / n)).max(0.0).sqrt();
    let divisor = 2.0 * (n + z * z);
    Some(Bounds::new(
        ((midden - width) / divisor).clamp(0.0, 1.0),
        ((midden + width) / divisor).clamp(0.0, 1.0),
    ))
}

/// Interval for a count: exact Poisson below 10, Byar from 10.
pub fn poisson(x: u64, confidence: Confidence) -> Bounds {
    // Nearly every cell of a country is a small count, and there are only ten of those.
    static SMALL: OnceLock<[[Bounds; 10]; 2]> = OnceLock::new();
    let small = SMALL.get_or_init(|| {
        [Confidence::P95, Confidence::P998]
            .map(|z| std::array::from_fn(|x| exact_poisson(x as u64, z)))
    });
    match usize::try_from(x) {
        Ok(x @ 0..10) => small[confidence as usize][x],
        _ => byar(x, confidence),
    }
}

/// Byar's approximation; for 0 its lower limit is 0.
pub fn byar(x: u64, confidence: Confidence) -> Bounds {
    let z = confidence.z();
    let x = x as f64;
    let above = x + 1.0;
    let lower = if x > 0.0 {
        x * (1.0 - 1.0 / (9.0 * x) - z / (3.0 * x.sqrt())).powi(3)
    } else {
        0.0
    };
    Bounds::new(
        lower.max(0.0),
        above * (1.0 - 1.0 / (9.0 * above) + z / (3.0 * above.sqrt())).powi(3),
    )
}

/// The exact (Garwood) interval of a Poisson count.
pub fn exact_poisson(x: u64, confidence: Confidence) -> Bounds {
    let tail = confidence.alpha() / 2.0;
    // P(X >= x) = staart at the lower limit, P(X <= x) = staart at the upper one.
    let lower = if x == 0 {
        0.0
    } else {
        mean_with_cdf(x - 1, 1.0 - tail)
    };
    Bounds::new(lower, mean_with_cdf(x, tail))
}

/// The mean for which P(X <= k) = `chance`: the probability falls as the mean grows, so halving finds it.
fn mean_with_cdf(k: u64, chance: f64) -> f64 {
    let mut low = 0.0_f64;
    let mut high = k as f64 + 20.0 + 10.0 * (k as f64 + 1.0).sqrt();
    // 200 halvings end at neighbouring floats.
    for _ in 0..200 {
        let midden = 0.5 * (low + high);
        if poisson_cdf(k, midden) > chance {
            low = midden;
        } else {
            high = midden;
        }
        if high - low <= f64::EPSILON * high {
            break;
        }
    }
    0.5 * (low + high)
}

/// P(X <= k) for a Poisson count; `k` is small here.
fn poisson_cdf(k: u64, mean: f64) -> f64 {
    let mut term = (-mean).exp();
    let mut sum = term;
    for i in 1..=k {
        term *= mean / i as f64;
        sum += term;
    }
    sum
}
