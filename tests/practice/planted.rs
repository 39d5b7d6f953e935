//! What is planted in the practice world, so that the figures can be held against it.
//!
//! Owns every difference that is no chance: per jeugdregio, within a gezin, within an aanbieder, between the years.
//! What is not named here is alike everywhere. How often what happens in general stands in [`crate::shares`]; who
//! delivers and who does not in [`crate::aanbieders`].

use serde::Serialize;

/// The first year of the world; `--trajecten` counts this one.
pub(crate) const FIRST_YEAR: i32 = 2020;
/// The second year: the same children, one year on.
pub(crate) const SECOND_YEAR: i32 = 2021;
/// Children are referred from 1 January of this year, long enough before the first to have everyone who still runs.
pub(crate) const EARLIEST_YEAR: i32 = 2016;
/// Referrals per day in 2021, of those per day in the years before.
pub(crate) const GROWTH: f64 = 1.08;
/// Share of the children that is helped by an aanbieder of another jeugdregio.
pub(crate) const CROSSING: f64 = 0.08;
/// The jeugdregio where nobody delivers, and whose children go nowhere else.
pub(crate) const SILENT: &str = "JZ27";
/// Chance that a brother or sister has the dates and the outcome of the first child of the gezin; else all are its own.
pub(crate) const SAME_AS_FIRST: f64 = 0.7;
/// Correlation of two children of one aanbieder, in the logarithm of the wait and in ending volgens plan. Small: most
/// jeugdregio's have one aanbieder, and what an aanbieder does would be a difference between regio's.
pub(crate) const WITHIN_AANBIEDER: f64 = 0.002;
/// The norm in days that [`PlantedProfile::volgens_plan_boven_norm`] is about.
pub(crate) const NORM_DAYS: u64 = 98;

/// What holds in a jeugdregio, for the children that live there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct PlantedProfile {
    /// Children with help per inwoner, of what is usual.
    pub(crate) gebruik: f64,
    /// Wait in days, of what is usual.
    pub(crate) wachten: f64,
    /// Duration in days, of what is usual.
    pub(crate) duur: f64,
    /// Share that ends volgens plan after a wait within the norm.
    pub(crate) volgens_plan_binnen_norm: f64,
    /// Share that ends volgens plan after a longer wait.
    pub(crate) volgens_plan_boven_norm: f64,
    /// Share with unaccompanied contact afterwards, of those of whom the vervolg is known.
    pub(crate) onbegeleide_omgang: f64,
}

impl PlantedProfile {
    /// What is usual.
    pub(crate) const USUAL: Self = Self {
        gebruik: 1.0,
        wachten: 1.0,
        duur: 1.0,
        volgens_plan_binnen_norm: 0.66,
        volgens_plan_boven_norm: 0.66,
        onbegeleide_omgang: 0.58,
    };

    /// What holds in this jeugdregio. Each planted regio differs in one thing.
    pub(crate) fn of(jeugdregio: &str) -> Self {
        let mut profile = Self::USUAL;
        match jeugdregio {
            // Twente, Midden-Brabant
            "JZ14" | "JZ35" => profile.gebruik = 1.8,
            // Holland Rijnland, Flevoland
            "JZ18" | "JZ08" => profile.gebruik = 0.5,
            // Zuidoost-Brabant
            "JZ39" => profile.wachten = 2.5,
            // IJsselland
            "JZ07" => profile.wachten = 0.4,
            // Noordoost Brabant
            "JZ33" => profile.duur = 1.7,
            // Drenthe
            "JZ04" => profile.duur = 0.6,
            // Arnhem
            "JZ28" => profile.set_on_plan(0.86, 0.86),
            // Zuid-Limburg
            "JZ41" => profile.set_on_plan(0.46, 0.46),
            // Groningen
            "JZ01" => profile.onbegeleide_omgang = 0.80,
            // Zuid-Holland Zuid
            "JZ31" => profile.onbegeleide_omgang = 0.36,
            // Haaglanden: together as usual, and a long wait halves it.
            "JZ24" => profile.set_on_plan(0.73, 0.36),
            _ => {}
        }
        profile
    }

    fn set_on_plan(&mut self, within: f64, beyond: f64) {
        self.volgens_plan_binnen_norm = within;
        self.volgens_plan_boven_norm = beyond;
    }

    /// The planted share that ends volgens plan after this wait.
    pub(crate) fn on_plan(&self, wait: u64) -> f64 {
        if wait <= NORM_DAYS {
            self.volgens_plan_binnen_norm
        } else {
            self.volgens_plan_boven_norm
        }
    }
}
