//! The jeugdregio's beside one another: one table of the figures that matter most, a page for each order, and a map of tiles.
//!
//! Owns which figures are columns, the orders and what stands in a tile. A page per order needs no script, and the order
//! has an address. Leaves where a tile lies to `chart`.

use askama::Template;
use schema::{Indicator, Niveau};
use serde::Serialize;

use super::{Rand, make as page};
use crate::ReportError;
use crate::beside_nederland::StandingWords;
use crate::block::cell::FigureCell;
use crate::chart::Drawing;
use crate::chart::tile_map::{self, Tile};
use crate::figure_scope::FigureScope;
use crate::peer_group::PeerGroup;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::Fact;
use crate::wording;

#[derive(Template)]
#[template(path = "page/jeugdregios.html")]
struct Jeugdregios<'a> {
    rand: Rand<'a>,
    inleiding: String,
    /// Id of the indicator that is sorted by; empty for the names.
    sorted: &'a str,
    map: Option<FigureMap>,
    columns: &'a [&'a Indicator],
    rows: Vec<JeugdregioRow<'a>>,
}

struct JeugdregioRow<'a> {
    gebied: &'a PublishedGebied,
    cells: Vec<FigureCell>,
}

/// Where the page with the order by an indicator is, from the folder of the country page.
pub(super) fn path_from_meting(indicator: &Indicator) -> String {
    format!("jeugdregios/{}.html", indicator.id)
}

/// The figures that are columns: those shown large and those with a sentence at the top, each where a jeugdregio has one.
pub(super) fn columns<'a>(index: &ReportIndex<'a>) -> Vec<&'a Indicator> {
    let plan = index.page_plan();
    let headers = plan.headers().into_iter();
    let whole = headers.filter(|plan| plan.scope() == FigureScope::Whole);
    let ids = plan
        .kerncijfers
        .iter()
        .chain(whole.map(|plan| &plan.indicator));
    let mut columns: Vec<&Indicator> = Vec::new();
    for id in ids {
        let jeugdregios = index.niveau(Niveau::Jeugdregio).iter();
        let mut figures = jeugdregios.filter_map(|gebied| index.rows(gebied).total(id));
        if figures.any(|fact| fact.value().is_some())
            && let Some(indicator) = index.indicator(id)
            && !columns.iter().any(|known| known.id == indicator.id)
        {
            columns.push(indicator);
        }
    }
    columns
}

/// Every page, by its path.
///
/// # Errors
/// When a template fails.
pub fn make(index: &ReportIndex<'_>) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let columns = columns(index);
    let orders = [None].into_iter().chain(columns.iter().copied().map(Some));
    orders
        .map(|order| {
            let name = order.map_or("index", |indicator| &indicator.id);
            let path = format!("0-meting/jeugdregios/{name}.html");
            let html = page(&path, &jeugdregios(index, &columns, order))?;
            Ok((path, html))
        })
        .collect()
}

fn jeugdregios<'a>(
    index: &'a ReportIndex<'a>,
    columns: &'a [&'a Indicator],
    order: Option<&'a Indicator>,
) -> Jeugdregios<'a> {
    let mut gebieden = index.niveau(Niveau::Jeugdregio).to_vec();
    gebieden.sort_by(|a, b| a.naam.cmp(&b.naam));
    if let Some(indicator) = order {
        let value = |gebied: &PublishedGebied| {
            let fact = index.rows(gebied).total(&indicator.id);
            fact.and_then(Fact::value).unwrap_or(f64::NEG_INFINITY)
        };
        gebieden.sort_by(|a, b| value(b).total_cmp(&value(a)));
    }
    let rows = gebieden.into_iter().map(|gebied| JeugdregioRow {
        gebied,
        cells: columns
            .iter()
            .map(|indicator| {
                let fact = index.rows(gebied).total(&indicator.id);
                FigureCell::bare(fact, &index.format(indicator))
            })
            .collect(),
    });
    let title = wording::page::dated(wording::page::JEUGDREGIOS, index.publicatie.jaar);
    Jeugdregios {
        rand: Rand::new(index, title, "../../", None),
        inleiding: wording::page::jeugdregios_by(order.map(|indicator| indicator.titel.as_str())),
        sorted: order.map_or("", |indicator| &indicator.id),
        map: order.map(|indicator| FigureMap::new(index, indicator, "../../")),
        columns,
        rows: rows.collect(),
    }
}

/// The map of one figure, with the legend of its signs.
#[derive(Template, Serialize)]
#[template(path = "page/map.html")]
pub(super) struct FigureMap {
    titel: String,
    drawing: Drawing,
    /// The file with its numbers.
    file: String,
    legend: &'static str,
}

impl FigureMap {
    /// Of this indicator, for a page from where this is the way to the root.
    pub(super) fn new(index: &ReportIndex<'_>, indicator: &Indicator, root: &str) -> Self {
        let format = index.format(indicator);
        let tiles: Vec<Tile<'_>> = index
            .niveau(Niveau::Jeugdregio)
            .iter()
            .map(|gebied| {
                let fact = index.rows(gebied).total(&indicator.id);
                let standing = StandingWords::of(fact);
                Tile {
                    code: &gebied.code,
                    name: &gebied.naam,
                    value: fact
                        .and_then(|fact| format.fact_short(fact))
                        .unwrap_or_else(|| wording::drawing::NO_VALUE.to_owned()),
                    sign: standing.sign(),
                    class: standing.class(),
                }
            })
            .collect();
        let id = format!("kaart-{}", indicator.id);
        let title = wording::drawing::tile_map_title(&indicator.titel);
        let drawn = tile_map::svg(&id, &title, wording::drawing::TILE_MAP, &tiles);
        Self {
            drawing: Drawing::new(drawn, &title, wording::drawing::TILE_MAP),
            titel: title,
            file: format!(
                "{root}{}/cijfers.csv",
                PeerGroup::of_niveau(index, Niveau::Jeugdregio).folder()
            ),
            legend: wording::drawing::TILE_MAP_SIGNS,
        }
    }
}
