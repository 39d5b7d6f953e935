//! The gamma and beta distributions: what exact intervals of counts and shares are read from.
//!
//! Owns their distribution functions for real parameters (a count divided by a design effect is no whole number)
//! and the inverses of those. Leaves which tail of which distribution is a limit to [`super::interval`]. Formulas:
//! NIST Digital Library of Mathematical Functions, 5.11.1, 8.7.1, 8.9.2 and 8.17.22.

/// Where a continued fraction would divide by nothing.
const TINY: f64 = 1e-300;
/// Terms after which a series is taken as it is: enough for counts of a hundred million.
const MOST_TERMS: u32 = 200_000;

/// ln Γ(x) for x > 0: Stirling's series, after Γ(x + 1) = x Γ(x) has brought x beyond 10.
fn ln_gamma(x: f64) -> f64 {
    let mut shifted = x;
    let mut product = 1.0;
    while shifted < 10.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse = 1.0 / shifted;
    let square = inverse * inverse;
    // B(2k) / (2k (2k - 1)), k = 1 to 7.
    let series = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ]
    .iter()
    .rev()
    .fold(0.0, |sum, term| sum * square + term);
    let half_ln_two_pi = 0.5 * (2.0 * std::f64::consts::PI).ln();
    (shifted - 0.5) * shifted.ln() - shifted + half_ln_two_pi + inverse * series - product.ln()
}

/// A gamma distribution of scale 1. P(X <= x) is the chance of at least `shape` events of a Poisson count with mean x.
pub(super) struct Gamma {
    shape: f64,
    ln_gamma: f64,
}

impl Gamma {
    /// With a shape above 0.
    pub(super) fn new(shape: f64) -> Self {
        let ln_gamma = ln_gamma(shape);
        Self { shape, ln_gamma }
    }

    /// P(X <= x), and the density at x > 0.
    pub(super) fn at(&self, x: f64) -> (f64, f64) {
        let shape = self.shape;
        let scale = (shape * x.ln() - x - self.ln_gamma).exp();
        let chance = if x < shape + 1.0 {
            scale * lower_series(shape, x)
        } else {
            let first = x + 1.0 - shape;
            let fraction = continued_fraction(first, |k| {
                let k = f64::from(k);
                (-k * (k - shape), first + 2.0 * k)
            });
            1.0 - scale / fraction
        };
        (chance.clamp(0.0, 1.0), scale / x)
    }

    /// The x with P(X <= x) = `chance`; `start` is a first guess.
    pub(super) fn quantile(&self, chance: f64, start: f64) -> f64 {
        // Far beyond any tail in use.
        let high = self.shape + 20.0 + 10.0 * self.shape.sqrt();
        root(0.0, high, start, |x| {
            let (below, density) = self.at(x);
            (below - chance, density)
        })
    }
}

/// 1 / a + x / (a (a + 1)) + x² / (a (a + 1) (a + 2)) + …
fn lower_series(shape: f64, x: f64) -> f64 {
    let mut term = 1.0 / shape;
    let mut sum = term;
    for k in 1..MOST_TERMS {
        term *= x / (shape + f64::from(k));
        sum += term;
        if term <= sum * f64::EPSILON {
            break;
        }
    }
    sum
}

/// A beta distribution. P(X <= x) is the chance of at least `a` successes among `a + b - 1` that have chance x each.
pub(super) struct Beta {
    a: f64,
    b: f64,
    ln_beta: f64,
}

impl Beta {
    /// With a and b above 0.
    pub(super) fn new(a: f64, b: f64) -> Self {
        let ln_beta = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
        Self { a, b, ln_beta }
    }

    /// P(X <= x), and the density at x between 0 and 1.
    fn at(&self, x: f64) -> (f64, f64) {
        let (a, b) = (self.a, self.b);
        let scale = (a * x.ln() + b * (-x).ln_1p() - self.ln_beta).exp();
        // The fraction converges fast on this side of the mean only.
        let chance = if x < (a + 1.0) / (a + b + 2.0) {
            scale / (a * beta_fraction(a, b, x))
        } else {
            1.0 - scale / (b * beta_fraction(b, a, 1.0 - x))
        };
        (chance.clamp(0.0, 1.0), scale / (x * (1.0 - x)))
    }

    /// The x with P(X <= x) = `chance`; `start` is a first guess.
    pub(super) fn quantile(&self, chance: f64, start: f64) -> f64 {
        root(0.0, 1.0, start, |x| {
            let (below, density) = self.at(x);
            (below - chance, density)
        })
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    continued_fraction(1.0, |k| {
        let m = f64::from(k / 2);
        let term = if k % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        (term, 1.0)
    })
}

/// first + a1 / (b1 + a2 / (b2 + …)) from its terms (a, b), by Lentz's method as Thompson and Barnett have it.
fn continued_fraction(first: f64, term: impl Fn(u32) -> (f64, f64)) -> f64 {
    let off_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut value = off_zero(first);
    let mut above = value;
    let mut below = 0.0;
    for k in 1..MOST_TERMS {
        let (numerator, denominator) = term(k);
        below = 1.0 / off_zero(denominator + numerator * below);
        above = off_zero(denominator + numerator / above);
        let factor = above * below;
        value *= factor;
        if (factor - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

/// Where a rising function is 0, between `low` and `high`: Newton's steps, and halving where one would leave the
/// bracket. `function` gives the value and the slope.
pub(super) fn root(low: f64, high: f64, start: f64, function: impl Fn(f64) -> (f64, f64)) -> f64 {
    let (mut low, mut high) = (low, high);
    let mut x = if start > low && start < high {
        start
    } else {
        0.5 * (low + high)
    };
    // 200 halvings end at neighbouring floats.
    for _ in 0..200 {
        let (value, slope) = function(x);
        if value > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - value / slope;
        let (next, precision) = if newton > low && newton < high {
            // Newton doubles the digits that are right.
            (newton, 1e-9)
        } else {
            (0.5 * (low + high), f64::EPSILON)
        };
        let done = (next - x).abs() <= precision * next.abs();
        x = next;
        if done {
            break;
        }
    }
    x
}
