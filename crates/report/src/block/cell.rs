//! What every block shares: a figure in a table cell, and what it rests on.
//!
//! Owns which of these stands where a figure has no value. Leaves the words to `wording`.

use askama::Template;
use schema::Niveau;
use serde::Serialize;

use crate::dutch_format;
use crate::figure_format::FigureFormat;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// A value, or the sign that stands where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/cell.html")]
pub struct FigureCell {
    /// The value with its unit.
    pub tekst: String,
    /// Why there is no value; empty when there is one.
    pub reden: &'static str,
    /// Whether it is provisional.
    pub voorlopig: bool,
    /// The margin, where asked for.
    pub interval: String,
    /// What it would have been with the others, where asked for.
    pub bounds: String,
    /// Of how small a part it is known; empty where that is half or more.
    pub part: String,
}

impl FigureCell {
    /// The value alone.
    pub fn bare(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self::with(fact, fact.and_then(|fact| format.fact_short(fact)), format)
    }

    /// The value with its unit.
    pub fn long(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self::with(fact, fact.and_then(|fact| format.fact_long(fact)), format)
    }

    /// The value with its margin under it.
    pub fn met_interval(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self {
            interval: interval(fact, format),
            ..Self::bare(fact, format)
        }
    }

    /// The value with all that belongs to it under it.
    pub fn complete(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self {
            bounds: fact.map(|fact| format.bounds(fact)).unwrap_or_default(),
            ..Self::met_interval(fact, format)
        }
    }

    /// This text for that figure, or why it has none.
    pub fn with(fact: Option<Fact<'_>>, text: Option<String>, format: &FigureFormat) -> Self {
        let toestand = fact.map_or(Visibility::Missing(None), Fact::toestand);
        Self {
            tekst: text.unwrap_or_default(),
            reden: match toestand {
                Visibility::Shown => "",
                other => {
                    let niveau = fact.map_or(Niveau::Nederland, Fact::niveau);
                    wording::figure::reason(other.reason(), niveau)
                }
            },
            voorlopig: fact.is_some_and(Fact::provisional),
            part: fact.map(|fact| format.known_part(fact)).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// The same where many stand under one another: of what part it is known without what follows from it.
    pub fn brief(self, fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        let part = fact.and_then(|fact| format.known_part_alone(fact));
        Self {
            part: part.unwrap_or_default(),
            ..self
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
pub(crate) fn interval(fact: Option<Fact<'_>>, format: &FigureFormat) -> String {
    fact.map(|fact| format.fact_interval(fact))
        .unwrap_or_default()
}

/// `75%`, or a dash where it is not known or would mislead.
pub(crate) fn respons(fact: Option<Fact<'_>>) -> String {
    fact.and_then(Fact::respons)
        .map_or_else(|| wording::figure::DASH.to_owned(), dutch_format::percent)
}

/// Of how many records the figure is known and from whom, or a dash.
pub(crate) fn known(fact: Option<Fact<'_>>) -> String {
    let Some((fact, share)) = fact.and_then(|fact| Some((fact, fact.known_records()?))) else {
        return wording::figure::DASH.to_owned();
    };
    let aanbieders = known_aanbieders(fact);
    wording::figure::known_cell(&dutch_format::percent(share), &aanbieders)
}

/// From how many aanbieders, in words; empty where that is not told.
pub(crate) fn known_aanbieders(fact: Fact<'_>) -> String {
    let known = fact.known_aanbieders();
    known.map(|known| known.to_string()).unwrap_or_default()
}

/// The number of records, or a dash.
pub(crate) fn n(fact: Option<Fact<'_>>, format: &FigureFormat) -> String {
    fact.and_then(Fact::n).map_or_else(
        || wording::figure::DASH.to_owned(),
        |n| format.counted(n as f64),
    )
}

/// What stands under figures: who delivered, and of how many records they are known.
pub(super) fn footing(fact: Option<Fact<'_>>, format: &FigureFormat) -> String {
    let Some(fact) = fact else {
        return String::new();
    };
    let mut sentences = Vec::new();
    if let Some(share) = fact.respons() {
        sentences.push(wording::figure::response(&dutch_format::percent(share)));
    }
    if let Some(share) = fact.known_records() {
        let aanbieders = known_aanbieders(fact);
        sentences.push(wording::figure::known_of(
            &dutch_format::percent(share),
            format.records(),
            &aanbieders,
        ));
    }
    sentences.join(" ")
}
