//! Stock, what came, what went, stock after: a drawing and the sum in words.

use askama::Template;

use super::{FigureCell, PageView, met_jaar};
use crate::chart::flow as drawing;
use crate::figure_index::Fact;
use crate::nl;
use crate::page_plan;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "block/flow.html")]
pub struct FlowBlock {
    /// Heading.
    pub titel: String,
    /// The four parts in words, as in `41 liepen eind 2019`.
    pub parts: Vec<FlowPart>,
    /// The sum, as in `41 + 63 − 58 = 46`; empty when a part is not shown.
    pub sum: String,
    /// The drawing; empty when a part is not shown.
    pub drawing: String,
    /// Response of the gebied.
    pub respons: String,
    /// Whether the four do not add up, which the pipeline rules out.
    pub adds_up: bool,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowPart {
    /// How many.
    pub cel: FigureCell,
    /// What they did.
    pub woorden: String,
}

impl FlowBlock {
    /// The block; nothing when the publication has none of the four.
    pub fn new(plan: &page_plan::FlowPlan, view: PageView<'_>) -> Option<Self> {
        let parts = [&plan.begin, &plan.bij, &plan.af, &plan.eind];
        if !parts.iter().any(|part| view.knows(&part.indicator)) {
            return None;
        }
        let jaar = view.index.publicatie.jaar;
        let facts = parts.map(|part| view.rijen.total(&part.indicator));
        let values: Vec<f64> = facts
            .iter()
            .filter_map(|fact| fact.and_then(Fact::value))
            .collect();
        let four: Option<[f64; 4]> = values.try_into().ok();
        let adds_up = four.is_none_or(drawing::adds_up);
        let four = four.filter(|_| adds_up);
        let sum = four.map(sum).unwrap_or_default();
        let names = parts.map(|part| met_jaar(&part.kort, jaar));
        let description = format!("{sum}. De getallen staan ook in de tabel.");
        let svg = four.map(|values| {
            drawing::FlowDrawing {
                id: "g-stroom",
                titel: &plan.titel,
                description: &description,
                waarden: values,
                names: [&names[0], &names[1], &names[2], &names[3]],
            }
            .svg()
        });
        let in_words = parts.iter().zip(facts).filter_map(|(part, fact)| {
            let format = view.index.format(view.index.indicator(&part.indicator)?);
            Some(FlowPart {
                cel: FigureCell::long(fact, &format),
                woorden: met_jaar(&part.lang, jaar),
            })
        });
        Some(Self {
            titel: plan.titel.clone(),
            parts: in_words.collect(),
            sum,
            drawing: svg.unwrap_or_default(),
            respons: super::respons(
                facts
                    .into_iter()
                    .flatten()
                    .find(|fact| fact.respons().is_some()),
            ),
            adds_up,
        })
    }
}

fn sum([begin, arriving, leaving, end]: [f64; 4]) -> String {
    let heel = |value: f64| nl::number(value, 0);
    format!(
        "{} + {} \u{2212} {} = {}",
        heel(begin),
        heel(arriving),
        heel(leaving),
        heel(end)
    )
}
