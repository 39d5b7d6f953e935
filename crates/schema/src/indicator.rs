//! What an indicator is: the metadata beside its SQL, and what a reader one click away may see of it.
//!
//! Owns the record; `pipelines/<uitvraag>/indicators.toml` fills it, `analysis` computes by it, `report` shows it.

use serde::{Deserialize, Serialize};

/// One indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Contract id, as in `duur_mediaan`.
    pub id: String,
    /// Group, as in `duur`; also the name of its SQL file.
    pub groep: String,
    /// Dutch title.
    pub titel: String,
    /// Definition in Dutch words, B1.
    pub definitie: String,
    /// Unit, as in `trajecten`, `dagen`, `aandeel`, `euro`.
    pub eenheid: String,
    /// What is counted.
    pub teller: String,
    /// Of what; empty where there is no denominator.
    #[serde(default)]
    pub noemer: String,
    /// The fields (`tabel.veld`) it needs; records without them are left out and counted.
    pub velden: Vec<String>,
    /// The breakdowns besides `totaal`.
    pub uitsplitsingen: Vec<String>,
    /// Method of the interval.
    pub interval: Interval,
    /// Which way is better, where there is one.
    #[serde(default)]
    pub richting: Richting,
    /// Decimals in a page.
    #[serde(default)]
    pub decimalen: u8,
    /// What a reader must know beside the figure; may be empty.
    #[serde(default)]
    pub kanttekening: String,
}

/// Method of the 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// None: a plain count of what was reported, or a class.
    Geen,
    /// Wilson, for shares.
    Wilson,
    /// Exact Poisson below 10, Byar from 10, for counts and rates.
    Poisson,
    /// Distribution-free order statistics, for quantiles.
    Orde,
    /// Log-log Greenwood, for Kaplan-Meier medians.
    KaplanMeier,
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Richting {
    /// Neither.
    #[default]
    Geen,
    /// More is better.
    Hoger,
    /// Less is better.
    Lager,
}
