//! The funnels of figures that stand in a table, side by side.

use askama::Template;
use serde::Serialize;

use super::PageView;
use super::picture::{self, Picture};
use crate::block_plan::{ComparePlan, FunnelsPlan};

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/funnels.html")]
pub struct FunnelsBlock {
    /// Heading.
    pub titel: String,
    /// What to keep in mind.
    pub toelichting: String,
    /// Whether they are shown at once: on the page of the country.
    pub open: bool,
    /// The funnels.
    pub pictures: Vec<Picture>,
}

impl FunnelsBlock {
    /// The funnels of these indicators; nothing where none has one at the level of the page.
    pub fn new(plan: &FunnelsPlan, view: PageView<'_>) -> Option<Self> {
        let one = |id: &String| {
            let title = &view.index.indicator(id)?.titel;
            picture::funnel(&ComparePlan::whole(id), title, view)
        };
        let pictures: Vec<Picture> = plan.indicatoren.iter().filter_map(one).collect();
        (!pictures.is_empty()).then(|| Self {
            titel: plan.titel.clone(),
            toelichting: plan.toelichting.clone(),
            open: view.is_land(),
            pictures,
        })
    }
}
