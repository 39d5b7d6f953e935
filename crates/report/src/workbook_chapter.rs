//! The figures of one gebied by chapter, each with its words: what the workbook shows, from the rows that stand in the CSV and
//! the JSON and with the words of the page.
//!
//! Owns the order and which words stand beside a figure. Leaves formatting to `figure_format` and cells to `workbook`.

use schema::{Comparison, Indicator};

use crate::block::cell::FigureCell;
use crate::figure_format::FigureFormat;
use crate::figure_scope::FigureScope;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::Fact;
use crate::wording;

/// The figures of one section of the page.
#[derive(Debug, Clone)]
pub struct Chapter<'a> {
    /// Short name: the group of the indicators.
    pub groep: &'a str,
    /// Heading on the page.
    pub titel: &'a str,
    /// The figures.
    pub lines: Vec<FigureLine<'a>>,
}

/// One figure with its words.
#[derive(Debug, Clone)]
pub struct FigureLine<'a> {
    /// The figure.
    pub fact: Fact<'a>,
    /// What it is.
    pub indicator: &'a Indicator,
    /// How it is written.
    pub format: FigureFormat,
    /// What it is broken down by; empty for a whole figure.
    pub breakdown: &'a str,
    /// Which part it is about; empty for a whole figure.
    pub category: &'a str,
    /// The value with its unit, or why there is none; as on the page.
    pub words: String,
    /// The value of the country.
    pub national: Option<f64>,
    /// How it stands beside the country; empty where it is not compared.
    pub standing: &'static str,
}

/// These figures of a gebied, in the order of its page; a chapter without a figure is left out.
pub fn chapters<'a>(
    index: &'a ReportIndex<'_>,
    gebied: &PublishedGebied,
    rows: &[Fact<'a>],
) -> Vec<Chapter<'a>> {
    let is_land = gebied.code == index.land().code;
    let indicators = &index.publicatie.indicatoren;
    let chapters = index.sections().iter().map(|section| {
        let here = indicators.iter().filter(|one| one.groep == section.groep);
        let lines = here.flat_map(|indicator| {
            let mut facts: Vec<Fact<'a>> = rows.to_vec();
            facts.retain(|fact| fact.indicator() == indicator.id);
            facts.sort_by_cached_key(|fact| order(index, *fact));
            facts
                .into_iter()
                .map(move |fact| line(index, indicator, fact, is_land))
        });
        Chapter {
            groep: &section.groep,
            titel: &section.titel,
            lines: lines.collect(),
        }
    });
    chapters
        .filter(|chapter| !chapter.lines.is_empty())
        .collect()
}

/// Whole figures first, then by breakdown and code as on the page.
fn order<'a>(index: &ReportIndex<'_>, fact: Fact<'a>) -> (usize, &'a str, usize, &'a str) {
    match fact.scope() {
        FigureScope::Whole => (0, "", 0, ""),
        FigureScope::Category {
            uitsplitsing,
            categorie,
        } => (
            1 + index.place(uitsplitsing),
            uitsplitsing,
            index.label(uitsplitsing, categorie).0,
            categorie,
        ),
    }
}

fn line<'a>(
    index: &'a ReportIndex<'_>,
    indicator: &'a Indicator,
    fact: Fact<'a>,
    is_land: bool,
) -> FigureLine<'a> {
    let format = index.format(indicator);
    let (breakdown, category) = match fact.scope() {
        FigureScope::Whole => ("", ""),
        FigureScope::Category {
            uitsplitsing,
            categorie,
        } => (
            index.uitsplitsing(uitsplitsing),
            index.label(uitsplitsing, categorie).1,
        ),
    };
    let national = index.rows(index.land()).cell(&indicator.id, fact.scope());
    FigureLine {
        words: FigureCell::long(Some(fact), &format).words().to_owned(),
        national: national.and_then(Fact::value).filter(|_| !is_land),
        standing: fact.oordeel().map_or("", standing),
        fact,
        indicator,
        format,
        breakdown,
        category,
    }
}

fn standing(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Higher => wording::beside_nederland::HIGHER,
        Comparison::Lower => wording::beside_nederland::LOWER,
        Comparison::Undecided => wording::beside_nederland::UNDECIDED_SHORT,
        Comparison::DependsOnResponse => wording::beside_nederland::DEPENDS_ON_RESPONSE,
    }
}
