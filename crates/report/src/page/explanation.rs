//! What every figure means and how figures are made: one page for all the others to point at, the only one that names
//! methods.

use std::collections::BTreeSet;

use askama::Template;
use schema::Indicator;
use serde::Serialize;

use super::{Rand, make as page};
use crate::ReportError;
use crate::dutch_format;
use crate::report_index::ReportIndex;
use crate::shown_figure::Fact;
use crate::wording;

const PATH: &str = "uitleg/index.html";

#[derive(Template)]
#[template(path = "page/explanation.html")]
struct ExplanationPage<'a> {
    rand: Rand<'a>,
    groups: Vec<MeaningGroup<'a>>,
}

/// The indicators of one group.
#[derive(Serialize)]
pub(crate) struct MeaningGroup<'a> {
    pub(super) id: &'a str,
    pub(super) titel: String,
    pub(super) indicators: Vec<IndicatorMeaning<'a>>,
}

/// What one indicator means.
#[derive(Serialize)]
pub(crate) struct IndicatorMeaning<'a> {
    id: &'a str,
    pub(super) titel: &'a str,
    pub(super) definitie: &'a str,
    teller: &'a str,
    noemer: &'a str,
    /// How its margin was made; empty where it has none.
    margin: &'static str,
    pub(super) kanttekening: &'a str,
}

/// Makes `uitleg/index.html`.
///
/// # Errors
/// When the template fails.
pub fn make(index: &ReportIndex<'_>) -> Result<Vec<u8>, ReportError> {
    let publicatie = index.publicatie;
    let title = wording::page::dated(wording::page::EXPLANATION, publicatie.jaar);
    page(
        PATH,
        &ExplanationPage {
            rand: Rand::new(index, title, "../", None),
            groups: groups(index),
        },
    )
}

/// The groups in the order of the pages; a group that no section is called after stands last.
fn groups<'a>(index: &'a ReportIndex<'_>) -> Vec<MeaningGroup<'a>> {
    let mut groups: Vec<MeaningGroup<'a>> = Vec::new();
    let sections = index.sections().iter();
    let named = sections.map(|section| (section.groep.as_str(), section.titel.clone()));
    let others = index.publicatie.indicatoren.iter();
    let others = others.map(|indicator| {
        (
            indicator.groep.as_str(),
            dutch_format::capitalise(&indicator.groep),
        )
    });
    for (id, title) in named.chain(others) {
        if groups.iter().any(|group| group.id == id) {
            continue;
        }
        let indicators = index.publicatie.indicatoren.iter();
        groups.push(MeaningGroup {
            id,
            titel: title,
            indicators: indicators
                .filter(|indicator| indicator.groep == id)
                .map(IndicatorMeaning::of)
                .collect(),
        });
    }
    groups.retain(|group| !group.indicators.is_empty());
    groups
}

/// The same of the figures that have a value among these rows.
pub(crate) fn of_figures<'a>(
    index: &'a ReportIndex<'_>,
    rows: &[Fact<'_>],
) -> Vec<MeaningGroup<'a>> {
    let with_value = rows.iter().filter(|fact| fact.value().is_some());
    let shown: BTreeSet<&str> = with_value.map(|fact| fact.indicator()).collect();
    let mut groups = groups(index);
    for group in &mut groups {
        let indicators = &mut group.indicators;
        indicators.retain(|meaning| shown.contains(meaning.id));
    }
    groups.retain(|group| !group.indicators.is_empty());
    groups
}

/// The same without what is to be watched for: the page of a gemeente is short, and its figures lead to the whole.
pub(crate) fn in_short(mut groups: Vec<MeaningGroup<'_>>) -> Vec<MeaningGroup<'_>> {
    for meaning in groups.iter_mut().flat_map(|group| &mut group.indicators) {
        meaning.kanttekening = "";
    }
    groups
}

impl<'a> IndicatorMeaning<'a> {
    fn of(indicator: &'a Indicator) -> Self {
        Self {
            id: &indicator.id,
            titel: &indicator.titel,
            definitie: &indicator.definitie,
            teller: &indicator.teller,
            noemer: &indicator.noemer,
            margin: wording::method::margin(indicator.interval),
            kanttekening: &indicator.kanttekening,
        }
    }
}
