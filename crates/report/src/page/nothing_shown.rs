//! What a page says when nothing of the gebied's own can be shown.
//!
//! Owns telling apart that nobody delivered, that there were few, that all is hidden, and that there is too little.

use schema::cijfer::Reason;
use schema::indicator::Kind;
use serde::Serialize;

use crate::block::cell::FigureCell;
use crate::block::{PageView, title};
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// What is said when nothing of the gebied's own can be shown.
#[derive(Serialize)]
pub(super) struct Empty {
    /// Why.
    pub reden: String,
    /// Names above the columns.
    pub kolommen: Vec<String>,
    /// What can be shown: the wider gebieden.
    pub rijen: Vec<EmptyRow>,
}

/// One figure of the wider gebieden.
#[derive(Serialize)]
pub(super) struct EmptyRow {
    /// Its title.
    pub titel: String,
    /// Its values.
    pub cells: Vec<FigureCell>,
}

impl Empty {
    /// Nothing when the gebied has something of its own to show.
    pub(super) fn new(view: PageView<'_>) -> Option<Self> {
        let about_people = |fact: &&Fact<'_>| {
            let indicator = view.index.indicator(fact.indicator());
            indicator.is_none_or(|indicator| indicator.kind != Kind::Public)
        };
        let own: Vec<&Fact<'_>> = view.rijen.all().iter().filter(about_people).collect();
        let has_value = |fact: &&Fact<'_>| fact.value().is_some_and(|value| value != 0.0);
        if own.iter().any(has_value) {
            return None;
        }
        let jaar = view.index.publicatie.jaar.to_string();
        Some(Self {
            reden: reason(view, &own)
                .replace("{gebied}", &view.gebied.naam)
                .replace("{jaar}", &jaar)
                .replace("{personen}", view.index.page_plan().people()),
            kolommen: view.column_names(),
            rijen: rows(view),
        })
    }
}

/// The sentence that says why, with its places still open.
fn reason<'w>(view: PageView<'w>, own: &[&Fact<'_>]) -> &'w str {
    let page_plan = view.index.page_plan();
    let or = |own: &'w str, common| if own.is_empty() { common } else { own };
    let size = view.rijen.total(&page_plan.omvang);
    let nobody = Visibility::Missing(Some(Reason::NobodyDelivered));
    if own.is_empty() {
        wording::page::NOT_IN_PUBLICATION
    } else if size.is_some_and(|fact| fact.toestand() == nobody) {
        match size.and_then(Fact::respons) {
            Some(_) => or(&page_plan.niemand_leverde, wording::page::NOBODY_DELIVERED),
            None => or(&page_plan.geen_aanbieder, wording::page::NO_AANBIEDER),
        }
    } else if size.and_then(Fact::value).is_some() {
        or(&page_plan.minder_dan_5, wording::page::FEW_HERE)
    } else if own.iter().any(|fact| fact.toestand().is_hidden()) {
        or(&page_plan.verborgen, wording::page::ALL_HIDDEN)
    } else {
        wording::page::TOO_LITTLE
    }
}

fn rows(view: PageView<'_>) -> Vec<EmptyRow> {
    let headers = view.index.page_plan().headers().into_iter();
    let rows = headers.filter_map(|plan| {
        let indicator = view.index.indicator(&plan.indicator)?;
        let format = view.index.format(indicator);
        let beside = view.beside(&plan.indicator, plan.scope());
        beside.iter().any(Option::is_some).then(|| EmptyRow {
            titel: title(&plan.titel, indicator),
            cells: beside
                .into_iter()
                .map(|fact| FigureCell::long(fact, &format))
                .collect(),
        })
    });
    rows.collect()
}
