//! What every block shares: a figure in a table cell, what it means one click away, and what it rests on.
//!
//! Owns which of these stands where a figure has no value. Leaves the words to `wording`.

use askama::Template;
use schema::Indicator;

use crate::figure_format::FigureFormat;
use crate::figure_index::{Fact, Visibility};
use crate::nl;
use crate::wording;

/// A value, or the sign that stands where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Template)]
#[template(path = "block/cell.html")]
pub struct FigureCell {
    /// The value with its unit.
    pub tekst: String,
    /// Why there is no value; empty when there is one.
    pub reden: &'static str,
    /// Whether that is written out, not only told to who points at it or has the page read aloud.
    pub explained: bool,
    /// Whether it is provisional.
    pub voorlopig: bool,
    /// The 95 % interval, where asked for.
    pub interval: String,
    /// What it would have been with the others, where asked for.
    pub bounds: String,
}

impl FigureCell {
    /// The value alone.
    pub fn bare(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self::with(fact, fact.and_then(|fact| format.fact_short(fact)))
    }

    /// The value with its unit.
    pub fn long(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self::with(fact, fact.and_then(|fact| format.fact_long(fact)))
    }

    /// The value with its interval under it.
    pub fn met_interval(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self {
            interval: interval(fact, format),
            ..Self::bare(fact, format)
        }
    }

    /// The value with all that belongs to it under it, or why there is none.
    pub fn complete(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self {
            bounds: fact.map(|fact| format.bounds(fact)).unwrap_or_default(),
            explained: true,
            ..Self::met_interval(fact, format)
        }
    }

    /// This text for that figure, or why it has none.
    pub fn with(fact: Option<Fact<'_>>, text: Option<String>) -> Self {
        let toestand = fact.map_or(Visibility::Missing(None), Fact::toestand);
        Self {
            tekst: text.unwrap_or_default(),
            reden: match toestand {
                Visibility::Shown => "",
                other => wording::reason(other.reason()),
            },
            voorlopig: fact.is_some_and(Fact::provisional),
            ..Self::default()
        }
    }

    /// Value, or the reason there is none, as plain words.
    pub fn words(&self) -> &str {
        if self.reden.is_empty() {
            &self.tekst
        } else {
            self.reden
        }
    }
}

/// `8,1 tot 11,4`, or nothing.
pub(super) fn interval(fact: Option<Fact<'_>>, format: &FigureFormat) -> String {
    fact.map(|fact| format.fact_interval(fact))
        .unwrap_or_default()
}

/// `75%`, or a dash where it is not known or would mislead.
pub(super) fn respons(fact: Option<Fact<'_>>) -> String {
    fact.and_then(Fact::respons)
        .map_or_else(|| wording::DASH.to_owned(), nl::percent)
}

/// Of how many records the figure is known and from whom, or a dash.
pub(super) fn known(fact: Option<Fact<'_>>) -> String {
    let Some((fact, share)) = fact.and_then(|fact| Some((fact, fact.known_records()?))) else {
        return wording::DASH.to_owned();
    };
    let aanbieders = fact.known_aanbieders().unwrap_or_default();
    wording::known_cell(&nl::percent(share), aanbieders)
}

/// The number of records, or a dash.
pub(super) fn n(fact: Option<Fact<'_>>, format: &FigureFormat) -> String {
    fact.and_then(Fact::n)
        .map_or_else(|| wording::DASH.to_owned(), |n| format.counted(n as f64))
}

/// What stands under figures: who delivered, and of how many `records` they are known.
pub(super) fn footing(fact: Option<Fact<'_>>, records: &str) -> String {
    let Some(fact) = fact else {
        return String::new();
    };
    let mut sentences = Vec::new();
    if let Some(share) = fact.respons() {
        sentences.push(wording::response(&nl::percent(share)));
    }
    if let Some(share) = fact.known_records() {
        let aanbieders = fact.known_aanbieders().unwrap_or_default();
        sentences.push(wording::known_of(&nl::percent(share), records, aanbieders));
    }
    sentences.join(" ")
}

/// What a figure means: one click away from it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "block/card.html")]
pub struct IndicatorCard {
    /// Title of the indicator.
    pub titel: String,
    /// Definition in words.
    pub definitie: String,
    /// What is counted.
    pub teller: String,
    /// How many that are here; may be empty.
    pub numerator_number: String,
    /// Of what; may be empty.
    pub noemer: String,
    /// How many that are here; may be empty.
    pub denominator_number: String,
    /// How the interval was made.
    pub interval: &'static str,
    /// What to keep in mind; may be empty.
    pub kanttekening: String,
    /// Contract id, to find it in the files.
    pub id: String,
}

impl IndicatorCard {
    /// From the metadata and, for the numbers, the figure.
    pub fn new(indicator: &Indicator, format: &FigureFormat, fact: Option<Fact<'_>>) -> Self {
        let number = |value: Option<f64>| value.map(|value| format.counted(value));
        Self {
            titel: indicator.titel.clone(),
            definitie: indicator.definitie.clone(),
            teller: indicator.teller.clone(),
            numerator_number: number(fact.and_then(Fact::numerator)).unwrap_or_default(),
            noemer: indicator.noemer.clone(),
            denominator_number: number(fact.and_then(Fact::denominator)).unwrap_or_default(),
            interval: wording::method(indicator.interval),
            kanttekening: indicator.kanttekening.clone(),
            id: indicator.id.clone(),
        }
    }
}
