//! Survival curves from counts per day: Kaplan-Meier with left truncation, and Aalen-Johansen where leaving
//! unhelped competes with starting.
//!
//! Owns the risk set n(t) = #{entry < t <= exit}, events before censorings on the same day, Greenwood's sum and
//! the log-log interval. Leaves choosing entry and exit to the SQL.

use super::dagen::Dagtelling;
use super::interval::{Grenzen, Zekerheid};

/// One step of the curve, at a day on which something happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Stap {
    /// The day.
    pub dag: i32,
    /// At risk just before it.
    pub n: i64,
    /// Exits of each kind on that day.
    pub exits: Vec<i64>,
    /// Share that is still in, after that day.
    pub s: f64,
    /// Greenwood's sum up to and including that day.
    pub greenwood: f64,
    /// Cumulative incidence per kind of exit: with `s` they add up to 1.
    pub f: Vec<f64>,
}

/// A survival curve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kromme {
    /// Its steps, by day.
    pub stappen: Vec<Stap>,
}

/// Rounding in a product of fractions may leave S a hair above 0.5 where it is exactly that.
const SPELING: f64 = 1.5e-8;

/// The curve from entries and exits per day: one count of exits per kind, and one of those still in when
/// observation stopped. Someone who entered at day `e` is at risk on the days after `e`.
pub fn kromme(intredes: &Dagtelling, exits: &[&Dagtelling], gecensureerd: &Dagtelling) -> Kromme {
    let mut dagen: Vec<i32> = exits
        .iter()
        .flat_map(|e| e.tellingen())
        .map(|&(dag, _)| dag)
        .collect();
    dagen.sort_unstable();
    dagen.dedup();
    let mut ingetreden = Loper::new(intredes);
    let mut uit: Vec<Loper<'_>> = exits.iter().map(|e| Loper::new(e)).collect();
    let mut gestopt = Loper::new(gecensureerd);
    let mut s = 1.0;
    let mut greenwood = 0.0;
    let mut f = vec![0.0; exits.len()];
    let mut stappen = Vec::with_capacity(dagen.len());
    for dag in dagen {
        let weg: i64 =
            uit.iter_mut().map(|loper| loper.before(dag)).sum::<i64>() + gestopt.before(dag);
        let n = ingetreden.before(dag) - weg;
        let vandaag: Vec<i64> = uit.iter().map(|loper| loper.on(dag)).collect();
        let d: i64 = vandaag.iter().sum();
        if n <= 0 {
            continue;
        }
        for (soort, aantal) in vandaag.iter().enumerate() {
            f[soort] += s * *aantal as f64 / n as f64;
        }
        s *= 1.0 - d as f64 / n as f64;
        greenwood += d as f64 / (n as f64 * (n - d) as f64);
        stappen.push(Stap {
            dag,
            n,
            exits: vandaag,
            s,
            greenwood,
            f: f.clone(),
        });
    }
    Kromme { stappen }
}

impl Kromme {
    /// First day on which at most half is still in; `None` = not reached.
    pub fn mediaan(&self) -> Option<i32> {
        self.stappen
            .iter()
            .find(|stap| stap.s <= 0.5 + SPELING)
            .map(|stap| stap.dag)
    }

    /// Where the log-log limits of the curve cross one half.
    pub fn mediaan_grenzen(&self, zekerheid: Zekerheid) -> Grenzen {
        let eerste = |grens: fn(&Grenzen) -> Option<f64>| {
            self.stappen
                .iter()
                .find(|stap| grens(&stap.grenzen(zekerheid)).is_some_and(|g| g <= 0.5 + SPELING))
                .map(|stap| f64::from(stap.dag))
        };
        Grenzen {
            onder: eerste(|g| g.onder),
            boven: eerste(|g| g.boven),
        }
    }

    /// Fewest at risk on the steps up to and including `dag`.
    pub fn kleinste_risico(&self, dag: i32) -> Option<i64> {
        self.stappen
            .iter()
            .take_while(|stap| stap.dag <= dag)
            .map(|stap| stap.n)
            .min()
    }
}

impl Stap {
    /// The log-log interval S^exp(±z √G / ln S). Where S is 1 or 0 it does not exist (as in R).
    pub fn grenzen(&self, zekerheid: Zekerheid) -> Grenzen {
        if self.s <= 0.0 || self.s >= 1.0 {
            return Grenzen::default();
        }
        let log_s = self.s.ln();
        let uitslag = zekerheid.z() * self.greenwood.sqrt() / log_s;
        let een = self.s.powf(uitslag.exp());
        let ander = self.s.powf((-uitslag).exp());
        Grenzen::new(een.min(ander), een.max(ander))
    }
}

/// Walks once over a day count and sums what lies before a day.
struct Loper<'a> {
    tellingen: &'a [(i32, i64)],
    plek: usize,
    tot: i64,
}

impl<'a> Loper<'a> {
    fn new(telling: &'a Dagtelling) -> Self {
        Self {
            tellingen: telling.tellingen(),
            plek: 0,
            tot: 0,
        }
    }

    /// Sum over the days before `dag`; each call with a later day.
    fn before(&mut self, dag: i32) -> i64 {
        while let Some(&(hier, aantal)) = self.tellingen.get(self.plek)
            && hier < dag
        {
            self.tot += aantal;
            self.plek += 1;
        }
        self.tot
    }

    /// Count on `dag`, after `before(dag)`.
    fn on(&self, dag: i32) -> i64 {
        self.tellingen
            .get(self.plek)
            .filter(|&&(hier, _)| hier == dag)
            .map_or(0, |&(_, aantal)| aantal)
    }
}
