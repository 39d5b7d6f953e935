//! Figures in a table, each with the way to its definition, and beside it what it rests on.

use askama::Template;
use serde::Serialize;

use super::PageView;
use super::cell::{FigureCell, known, n};
use crate::figure_scope::FigureScope;

/// The table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/tabel.html")]
pub struct TableBlock {
    /// Caption.
    pub titel: String,
    /// Name above the own column.
    pub own: String,
    /// Names above the other columns.
    pub kolommen: Vec<String>,
    /// The rows.
    pub rijen: Vec<TableRow>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableRow {
    /// Title of the indicator.
    pub titel: String,
    /// Where it says what it means.
    pub meaning: String,
    /// Its unit; empty where title or sign says it.
    pub eenheid: String,
    /// Its value here.
    pub own: FigureCell,
    /// Number of records.
    pub n: String,
    /// Of how many records it is known.
    pub known: String,
    /// Its value in the wider gebieden.
    pub beside: Vec<FigureCell>,
}

impl TableBlock {
    /// The figures of these indicators; nothing when none of them is published at this level.
    pub fn new(title: &str, indicators: &[String], view: PageView<'_>) -> Option<Self> {
        let rows: Vec<TableRow> = indicators.iter().filter_map(|id| row(id, view)).collect();
        (!rows.is_empty()).then(|| Self {
            titel: title.to_owned(),
            own: view.gebied.naam.clone(),
            kolommen: view.column_names(),
            rijen: rows,
        })
    }
}

/// A figure that only exists per category has no row: it belongs in a distribution.
fn row(id: &str, view: PageView<'_>) -> Option<TableRow> {
    let indicator = view.published(id, FigureScope::Whole)?;
    let format = view.index.format(indicator);
    let own = view.rijen.total(id);
    if !view.belongs(own) {
        return None;
    }
    let named = super::names_unit(&indicator.titel, &format);
    Some(TableRow {
        titel: indicator.titel.clone(),
        meaning: view.meaning(id),
        eenheid: if named {
            String::new()
        } else {
            format.unit().to_owned()
        },
        own: FigureCell::complete(own, &format),
        n: n(own, &format),
        known: known(own),
        beside: view
            .beside(id, FigureScope::Whole)
            .into_iter()
            .map(|fact| FigureCell::bare(fact, &format))
            .collect(),
    })
}
