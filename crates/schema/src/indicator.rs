//! What an indicator is: the metadata beside its SQL, and what a reader one click away may see of it.
//!
//! Owns the record; `pipelines/<uitvraag>/indicators.toml` fills it, `analysis` computes by it, `report` shows it.

use serde::{Deserialize, Serialize};

use crate::gebieden::Niveau;

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
    /// What its numbers are, which decides how they are protected.
    #[serde(rename = "aard")]
    pub kind: Kind,
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
    /// Niveaus at which it is not published, because together with others it would give a child away.
    #[serde(default, rename = "niet_bij")]
    pub absent_at: Vec<Niveau>,
    /// Method of the interval.
    pub interval: Interval,
    /// By what its verdict beside Nederland is told; absent where it is not compared.
    #[serde(default, rename = "oordeel")]
    pub judged: Option<VerdictRule>,
    /// Which way is better, where there is one.
    #[serde(default)]
    pub richting: Direction,
    /// Decimals in a page.
    #[serde(default)]
    pub decimalen: u8,
    /// What a reader must know beside the figure; may be empty.
    #[serde(default)]
    pub kanttekening: String,
}

/// What the numbers of a figure are. Every indicator says so: what is not said can't be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// `teller` counts people, or what they have one of (a traject, a place on a list).
    #[serde(rename = "aantal")]
    Count,
    /// Such a count per so many of a public number.
    #[serde(rename = "per")]
    Rate,
    /// `teller` is a part of `noemer`, and both are such counts.
    #[serde(rename = "aandeel")]
    Share,
    /// One of the codes that share out such a count, a row each.
    #[serde(rename = "verdeling")]
    Distribution,
    /// Two such counts, neither part of the other.
    #[serde(rename = "verhouding")]
    Ratio,
    /// A quantile over `n` people.
    #[serde(rename = "kwantiel")]
    Quantile,
    /// Read from a survival curve over `n` people.
    #[serde(rename = "curve")]
    Curve,
    /// The largest or smallest of `n` people's values: the value of one of them.
    #[serde(rename = "uiterste")]
    Extreme,
    /// A mean of something counted over `n` people, as in contacten.
    #[serde(rename = "gemiddelde")]
    Mean,
    /// A sum of minutes over `n` people.
    #[serde(rename = "minuten")]
    Minutes,
    /// A sum of euros over `n` people.
    #[serde(rename = "geld")]
    Money,
    /// What an aanbieder has room for: no people.
    #[serde(rename = "plaatsen")]
    Places,
    /// About the aanbieders themselves, and public.
    #[serde(rename = "openbaar")]
    Public,
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
    /// Complementary log-log with the delta variance, for what is read from an Aalen-Johansen curve.
    AalenJohansen,
}

/// Whether a figure has a verdict of its own. Figures that say the same thing in other words, such as four quantiles of one
/// wait, have one verdict together: each one more would be one more chance to be wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum VerdictRule {
    /// It has: the smallest difference from Nederland that is worth a sentence, in its unit.
    #[serde(rename = "vanaf")]
    From(f64),
    /// That of the indicator with this id speaks for it.
    #[serde(rename = "bij")]
    With(String),
}

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Neither.
    #[default]
    Geen,
    /// More is better.
    Hoger,
    /// Less is better.
    Lager,
}

/// How a figure stands beside that of Nederland.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// Clearly higher.
    #[serde(rename = "hoger")]
    Higher,
    /// Clearly lower.
    #[serde(rename = "lager")]
    Lower,
    /// It can't be said.
    #[serde(rename = "niet_te_zeggen")]
    Undecided,
    /// It depends on what those that did not deliver would have sent.
    #[serde(rename = "hangt_af_van_respons")]
    DependsOnResponse,
}

impl Indicator {
    /// Whether it is set beside Nederland: a plain count tells how large a gebied is.
    pub fn is_compared(&self) -> bool {
        self.interval != Interval::Geen && self.kind != Kind::Count
    }

    /// The smallest difference from Nederland that is worth a sentence, in its unit; none where another speaks for it.
    pub fn smallest_difference(&self) -> Option<f64> {
        match self.judged {
            Some(VerdictRule::From(difference)) => Some(difference),
            Some(VerdictRule::With(_)) | None => None,
        }
    }
}

impl Comparison {
    /// The name as it stands in `cijfers.oordeel`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Higher => "hoger",
            Self::Lower => "lager",
            Self::Undecided => "niet_te_zeggen",
            Self::DependsOnResponse => "hangt_af_van_respons",
        }
    }

    /// The comparison of this name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Higher,
            Self::Lower,
            Self::Undecided,
            Self::DependsOnResponse,
        ]
        .into_iter()
        .find(|comparison| comparison.name() == name)
    }
}
