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
    /// The funnels.
    pub pictures: Vec<Picture>,
}

impl FunnelsBlock {
    /// The funnels of these indicators, on the page of the country: on each of the others they would be the same again, but
    /// for one mark. Nothing where none has one.
    pub fn new(plan: &FunnelsPlan, view: PageView<'_>) -> Option<Self> {
        if !view.is_land() {
            return None;
        }
        let one = |id: &String| {
            let title = &view.index.indicator(id)?.titel;
            picture::funnel(&ComparePlan::whole(id), title, view)
        };
        let pictures: Vec<Picture> = plan.indicatoren.iter().filter_map(one).collect();
        (!pictures.is_empty()).then(|| Self {
            titel: plan.titel.clone(),
            toelichting: plan.toelichting.clone(),
            pictures,
        })
    }
}
