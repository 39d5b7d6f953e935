//! Counts per day, and the quantiles that follow from them.
//!
//! Owns type 7 quantiles and their distribution-free interval, exact over counts per day: nothing is banded,
//! nothing is sampled. Leaves survival curves to [`super::survival`].

use super::interval::{Bounds, Confidence, Remembered};

/// How often each number of days occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayCount {
    /// Sorted by day and merged up to `ordered`; what comes after is still loose. There are as many of these as cells, so
    /// they are small.
    counts: Vec<(i32, i32)>,
    ordered: usize,
}

/// Loose entries that are kept before they are merged.
const LOOSE: usize = 128;

impl DayCount {
    /// Adds `aantal` at `day`.
    pub fn add(&mut self, day: i32, count: i64) {
        self.push(
            day,
            i32::try_from(count).expect("fewer than two billion records share a day"),
        );
    }

    fn push(&mut self, day: i32, count: i32) {
        self.counts.push((day, count));
        if self.counts.len() >= 2 * self.ordered + LOOSE {
            self.merge();
        }
    }

    /// Adds all of another.
    pub fn add_all(&mut self, others: &Self) {
        for &(day, count) in &others.counts {
            self.push(day, count);
        }
    }

    /// Sorts and merges; the methods below want this done.
    pub fn merge(&mut self) {
        self.counts.sort_unstable_by_key(|&(day, _)| day);
        self.counts.dedup_by(|next, previous| {
            let same = next.0 == previous.0;
            if same {
                let sum = previous.1.checked_add(next.1);
                previous.1 = sum.expect("fewer than two billion records share a day");
            }
            same
        });
        self.counts.retain(|&(_, count)| count != 0);
        self.ordered = self.counts.len();
    }

    /// The same, when nothing more is added: what it took to add goes.
    pub fn finish(&mut self) {
        self.merge();
        self.counts.shrink_to_fit();
    }

    /// Days and counts in order.
    pub fn counts(&self) -> &[(i32, i32)] {
        debug_assert_eq!(self.ordered, self.counts.len(), "merge first");
        &self.counts
    }

    /// How many there are.
    pub fn n(&self) -> i64 {
        self.counts.iter().map(|&(_, count)| i64::from(count)).sum()
    }

    /// How many have at most `day` days.
    pub fn up_to(&self, day: i32) -> i64 {
        let within = self.counts.iter().filter(|(here, _)| *here <= day);
        within.map(|&(_, count)| i64::from(count)).sum()
    }

    /// The most days that occur.
    pub fn longest(&self) -> Option<i32> {
        self.counts.iter().map(|&(day, _)| day).max()
    }

    /// The quantile of type 7: `h = (n - 1) p`, linear between neighbours.
    pub fn quantile_of(&self, p: f64) -> Option<f64> {
        let n = self.n();
        if n == 0 {
            return None;
        }
        let h = (n - 1) as f64 * p;
        let low = h.floor();
        let lower = f64::from(self.rang(low as i64 + 1)?);
        let weight = h - low;
        if weight == 0.0 {
            return Some(lower);
        }
        let above = f64::from(self.rang(low as i64 + 2)?);
        Some(lower + weight * (above - lower))
    }

    /// The distribution-free interval of that quantile: two order statistics whose ranks follow from the
    /// binomial distribution. A side is `None` where no rank is far enough out.
    pub fn quantile_bounds(&self, p: f64, confidence: Confidence) -> Bounds {
        self.clustered_quantile_bounds(p, confidence, 1.0)
    }

    /// The same for days that come in clusters, by [`clustered_ranks`].
    pub fn clustered_quantile_bounds(
        &self,
        p: f64,
        confidence: Confidence,
        design_effect: f64,
    ) -> Bounds {
        let (low, high) = clustered_ranks(self.n(), p, confidence, design_effect);
        Bounds {
            onder: self.rang(low).map(f64::from),
            boven: self.rang(high).map(f64::from),
        }
    }

    /// The value at rank `rang`, from 1.
    fn rang(&self, rang: i64) -> Option<i32> {
        if rang < 1 {
            return None;
        }
        let mut tot = 0;
        self.counts().iter().find_map(|&(day, count)| {
            tot += i64::from(count);
            (tot >= rang).then_some(day)
        })
    }
}

/// Ranks of the interval of a quantile: the highest with P(B < rank) <= alpha / 2 and the lowest with
/// P(B < rank) >= 1 - alpha / 2, for B binomial(n, p). Rank 0 or n + 1 means that side is not reached.
pub fn ranks(n: i64, p: f64, confidence: Confidence) -> (i64, i64) {
    thread_local! {
        static KNOWN: Remembered<(i64, u64, Confidence), (i64, i64)> = Remembered::default();
    }
    KNOWN.with(|known| {
        known.get_or((n, p.to_bits(), confidence), || {
            binomial_ranks(n, p, confidence)
        })
    })
}

fn binomial_ranks(n: i64, p: f64, confidence: Confidence) -> (i64, i64) {
    let tail = confidence.alpha() / 2.0;
    let chances = Binomial::new(n, p);
    // P(B < r) = F(r - 1) rises with r, so walk over the part that matters.
    let mut cumulative = 0.0;
    let mut low = chances.van;
    let mut high = n + 1;
    let mut low_done = false;
    for (i, chance) in chances.chances.iter().enumerate() {
        let rang = chances.van + i as i64;
        // Here `cumulative` is P(B < rang).
        if !low_done {
            if cumulative <= tail {
                low = rang;
            } else {
                low_done = true;
            }
        }
        cumulative += chance;
        if cumulative >= 1.0 - tail {
            high = (rang + 1).min(n + 1);
            break;
        }
    }
    (low, high)
}

/// The ranks where `n` observations tell what `n / design_effect` independent ones do: those of that many (whole, down),
/// each at its place among `n`, outward. A design effect below 1 counts as 1.
pub fn clustered_ranks(n: i64, p: f64, confidence: Confidence, design_effect: f64) -> (i64, i64) {
    let effective = (n as f64 / design_effect.max(1.0)) as i64;
    let (low, high) = ranks(effective, p, confidence);
    // Rank k of m lies in the mean at k / (m + 1) of the whole.
    let (places, of) = (n + 1, effective + 1);
    ((low * places) / of, (high * places + of - 1) / of)
}

/// How many observations on either side are too few to hide in.
const OUTERMOST: i64 = 5;

/// Whether the lower and the upper limit of a quantile fall on one of the five outermost observations on either side,
/// or are not reached: such a limit is one person's and is to be left empty.
pub fn edges(n: i64, p: f64, confidence: Confidence, design_effect: f64) -> (bool, bool) {
    let edge = |rank: i64| rank <= OUTERMOST || rank > n - OUTERMOST;
    let (low, high) = clustered_ranks(n, p, confidence, design_effect);
    (edge(low), edge(high))
}

/// Probabilities of a binomial count over the range where they matter.
struct Binomial {
    van: i64,
    chances: Vec<f64>,
}

impl Binomial {
    fn new(n: i64, p: f64) -> Self {
        let deviation = (n as f64 * p * (1.0 - p)).sqrt();
        let mode = (((n + 1) as f64) * p).floor().clamp(0.0, n as f64) as i64;
        // Beyond 12 standard deviations (and 60 for small counts) nothing is left that a float could add.
        let reach = (12.0 * deviation).ceil() as i64 + 60;
        let van = (mode - reach).max(0);
        let tot = (mode + reach).min(n);
        let odds = p / (1.0 - p);
        let mut chances = vec![0.0; (tot - van + 1) as usize];
        let midden = (mode - van) as usize;
        chances[midden] = 1.0;
        for i in midden + 1..chances.len() {
            let k = van + i as i64;
            chances[i] = chances[i - 1] * ((n - k + 1) as f64 / k as f64) * odds;
        }
        for i in (0..midden).rev() {
            let k = van + i as i64;
            chances[i] = chances[i + 1] * ((k + 1) as f64 / (n - k) as f64) / odds;
        }
        let sum: f64 = chances.iter().sum();
        for chance in &mut chances {
            *chance /= sum;
        }
        Self { van, chances }
    }
}
