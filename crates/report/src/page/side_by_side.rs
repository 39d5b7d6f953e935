//! The tables behind the drawings: gebieden that are compared with one another, side by side. One page for them all, as
//! the tables are the same for each.

use askama::Template;

use super::{Rand, make as page};
use crate::ReportError;
use crate::block::cell::{self, FigureCell};
use crate::block::title;
use crate::block_plan::ComparePlan;
use crate::peer_group::PeerGroup;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::Fact;
use crate::wording;

#[derive(Template)]
#[template(path = "page/side_by_side.html")]
struct SideBySide<'a> {
    rand: Rand<'a>,
    tables: Vec<PeerTable<'a>>,
}

/// One figure of all of them.
struct PeerTable<'a> {
    /// Anchor, as on their own pages.
    id: String,
    titel: String,
    /// What they are together.
    groep: &'a str,
    rows: Vec<PeerRow<'a>>,
}

/// One gebied.
struct PeerRow<'a> {
    gebied: &'a PublishedGebied,
    cel: FigureCell,
    interval: String,
    n: String,
    respons: String,
    known: String,
}

/// Makes `index.html` in the folder of the group.
///
/// # Errors
/// When the template fails.
pub fn make(index: &ReportIndex<'_>, group: &PeerGroup<'_>) -> Result<Vec<u8>, ReportError> {
    let title = wording::page::side_by_side(&group.naam, index.publicatie.jaar);
    let plans = plans(index, group);
    page(
        &format!("{}/index.html", group.folder()),
        &SideBySide {
            rand: Rand::new(index, title, "../../", None),
            tables: plans
                .iter()
                .filter_map(|plan| table(plan, group, index))
                .collect(),
        },
    )
}

/// The figures of the tables, for the file beside the page.
pub fn cijfers<'w>(index: &'w ReportIndex<'_>, group: &PeerGroup<'_>) -> Vec<Fact<'w>> {
    let plans = plans(index, group);
    let members = group.members.iter();
    let rows = members.flat_map(|gebied| {
        let rows = index.rows(gebied);
        plans
            .iter()
            .filter_map(move |plan| rows.cell(&plan.indicator, plan.scope()))
    });
    rows.collect()
}

/// What stands side by side: of gebieden that are not all of a level no funnel is drawn, so only what is compared.
fn plans(index: &ReportIndex<'_>, group: &PeerGroup<'_>) -> Vec<ComparePlan> {
    match group.niveau {
        Some(_) => index.page_plan().side_by_side(),
        None => index
            .page_plan()
            .comparisons()
            .into_iter()
            .cloned()
            .collect(),
    }
}

fn table<'a>(
    plan: &ComparePlan,
    group: &'a PeerGroup<'_>,
    index: &ReportIndex<'_>,
) -> Option<PeerTable<'a>> {
    let indicator = index.indicator(&plan.indicator)?;
    let format = index.format(indicator);
    let facts: Vec<Option<Fact<'_>>> = group
        .members
        .iter()
        .map(|gebied| index.rows(gebied).cell(&plan.indicator, plan.scope()))
        .collect();
    let rows = group
        .members
        .iter()
        .zip(&facts)
        .map(|(gebied, fact)| PeerRow {
            gebied,
            cel: FigureCell::bare(*fact, &format),
            interval: cell::interval(*fact, &format),
            n: cell::n(*fact, &format),
            respons: cell::respons(*fact),
            known: cell::known(*fact),
        });
    facts.iter().any(Option::is_some).then(|| PeerTable {
        id: plan.anchor(),
        titel: title(&plan.titel, indicator),
        groep: &group.naam,
        rows: rows.collect(),
    })
}
