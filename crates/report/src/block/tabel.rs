//! Figures in a table, each with its definition behind its name and its response beside it.

use askama::Template;

use super::{FigureCell, IndicatorCard, PageView, n, respons};

/// The table.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRow {
    /// What it means.
    pub card: IndicatorCard,
    /// Its unit; empty where title or sign says it.
    pub eenheid: String,
    /// Its value here.
    pub own: FigureCell,
    /// Number of records.
    pub n: String,
    /// Share of the aanbieders that delivered.
    pub respons: String,
    /// Its value in the wider gebieden.
    pub beside: Vec<FigureCell>,
}

impl TableBlock {
    /// The figures of these indicators; nothing when none of them is in the publication.
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

fn row(id: &str, view: PageView<'_>) -> Option<TableRow> {
    let indicator = view.index.indicator(id).filter(|_| view.knows(id))?;
    let format = view.index.format(indicator);
    let own = view.rijen.total(id);
    let beside = view.beside(id, "totaal", "totaal");
    // A figure that only exists per category belongs in a distribution, not here.
    if own.is_none() && beside.iter().all(Option::is_none) {
        return None;
    }
    let named = super::names_unit(&indicator.titel, &format);
    Some(TableRow {
        card: IndicatorCard::new(indicator, own),
        eenheid: if named {
            String::new()
        } else {
            format.unit().to_owned()
        },
        own: FigureCell::met_interval(own, &format),
        n: n(own),
        respons: respons(own),
        beside: beside
            .into_iter()
            .map(|fact| FigureCell::beside(fact, &format, own))
            .collect(),
    })
}
