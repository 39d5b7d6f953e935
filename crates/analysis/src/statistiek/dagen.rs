//! Counts per day, and the quantiles that follow from them.
//!
//! Owns type 7 quantiles and their distribution-free interval, exact over counts per day: nothing is banded,
//! nothing is sampled. Leaves survival curves to [`super::overleving`].

use super::interval::{Grenzen, Zekerheid};

/// How often each number of days occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dagtelling {
    /// Sorted by day and merged up to `geordend`; what comes after is still loose.
    tellingen: Vec<(i32, i64)>,
    geordend: usize,
}

/// Loose entries that are kept before they are merged.
const LOS: usize = 1024;

impl Dagtelling {
    /// Adds `aantal` at `dag`.
    pub fn add(&mut self, dag: i32, aantal: i64) {
        self.tellingen.push((dag, aantal));
        if self.tellingen.len() >= 2 * self.geordend + LOS {
            self.merge();
        }
    }

    /// Adds all of another.
    pub fn add_all(&mut self, andere: &Self) {
        for &(dag, aantal) in &andere.tellingen {
            self.add(dag, aantal);
        }
    }

    /// Sorts and merges; the methods below want this done.
    pub fn merge(&mut self) {
        self.tellingen.sort_unstable_by_key(|&(dag, _)| dag);
        self.tellingen.dedup_by(|volgende, vorige| {
            let zelfde = volgende.0 == vorige.0;
            if zelfde {
                vorige.1 += volgende.1;
            }
            zelfde
        });
        self.tellingen.retain(|&(_, aantal)| aantal != 0);
        self.geordend = self.tellingen.len();
    }

    /// Days and counts in order.
    pub fn tellingen(&self) -> &[(i32, i64)] {
        debug_assert_eq!(self.geordend, self.tellingen.len(), "merge first");
        &self.tellingen
    }

    /// How many there are.
    pub fn n(&self) -> i64 {
        self.tellingen.iter().map(|&(_, aantal)| aantal).sum()
    }

    /// The most days that occur.
    pub fn langste(&self) -> Option<i32> {
        self.tellingen.iter().map(|&(dag, _)| dag).max()
    }

    /// The quantile of type 7: `h = (n - 1) p`, linear between neighbours.
    pub fn kwantiel(&self, p: f64) -> Option<f64> {
        let n = self.n();
        if n == 0 {
            return None;
        }
        let h = (n - 1) as f64 * p;
        let laag = h.floor();
        let onder = f64::from(self.rang(laag as i64 + 1)?);
        let gewicht = h - laag;
        if gewicht == 0.0 {
            return Some(onder);
        }
        let boven = f64::from(self.rang(laag as i64 + 2)?);
        Some(onder + gewicht * (boven - onder))
    }

    /// The distribution-free interval of that quantile: two order statistics whose ranks follow from the
    /// binomial distribution. A side is `None` where no rank is far enough out.
    pub fn kwantiel_grenzen(&self, p: f64, zekerheid: Zekerheid) -> Grenzen {
        let (laag, hoog) = rangen(self.n(), p, zekerheid);
        Grenzen {
            onder: self.rang(laag).map(f64::from),
            boven: self.rang(hoog).map(f64::from),
        }
    }

    /// The value at rank `rang`, from 1.
    fn rang(&self, rang: i64) -> Option<i32> {
        if rang < 1 {
            return None;
        }
        let mut tot = 0;
        self.tellingen().iter().find_map(|&(dag, aantal)| {
            tot += aantal;
            (tot >= rang).then_some(dag)
        })
    }
}

/// Ranks of the interval of a quantile: the highest with P(B < rank) <= alpha / 2 and the lowest with
/// P(B < rank) >= 1 - alpha / 2, for B binomial(n, p). Rank 0 or n + 1 means that side is not reached.
pub fn rangen(n: i64, p: f64, zekerheid: Zekerheid) -> (i64, i64) {
    let staart = zekerheid.alpha() / 2.0;
    let kansen = Binomiaal::new(n, p);
    // P(B < r) = F(r - 1) rises with r, so walk over the part that matters.
    let mut cumulatief = 0.0;
    let mut laag = kansen.van;
    let mut hoog = n + 1;
    let mut laag_klaar = false;
    for (i, kans) in kansen.kansen.iter().enumerate() {
        let rang = kansen.van + i as i64;
        // Here `cumulatief` is P(B < rang).
        if !laag_klaar {
            if cumulatief <= staart {
                laag = rang;
            } else {
                laag_klaar = true;
            }
        }
        cumulatief += kans;
        if cumulatief >= 1.0 - staart {
            hoog = (rang + 1).min(n + 1);
            break;
        }
    }
    (laag, hoog)
}

/// Probabilities of a binomial count over the range where they matter.
struct Binomiaal {
    van: i64,
    kansen: Vec<f64>,
}

impl Binomiaal {
    fn new(n: i64, p: f64) -> Self {
        let sd = (n as f64 * p * (1.0 - p)).sqrt();
        let modus = (((n + 1) as f64) * p).floor().clamp(0.0, n as f64) as i64;
        // Beyond 12 standard deviations (and 60 for small counts) nothing is left that a float could add.
        let reikwijdte = (12.0 * sd).ceil() as i64 + 60;
        let van = (modus - reikwijdte).max(0);
        let tot = (modus + reikwijdte).min(n);
        let odds = p / (1.0 - p);
        let mut kansen = vec![0.0; (tot - van + 1) as usize];
        let midden = (modus - van) as usize;
        kansen[midden] = 1.0;
        for i in midden + 1..kansen.len() {
            let k = van + i as i64;
            kansen[i] = kansen[i - 1] * ((n - k + 1) as f64 / k as f64) * odds;
        }
        for i in (0..midden).rev() {
            let k = van + i as i64;
            kansen[i] = kansen[i + 1] * ((k + 1) as f64 / (n - k) as f64) / odds;
        }
        let som: f64 = kansen.iter().sum();
        kansen.iter_mut().for_each(|kans| *kans /= som);
        Self { van, kansen }
    }
}
