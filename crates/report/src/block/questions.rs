//! Questions that are easily taken for one another: side by side by name, then each as a comparison.

use askama::Template;
use serde::Serialize;

use super::PageView;
use super::cell::FigureCell;
use super::compare::CompareBlock;
use crate::block_plan;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/questions.html")]
pub struct QuestionsBlock {
    /// Heading.
    pub titel: String,
    /// Why they are apart.
    pub toelichting: String,
    /// Whether every question has an answer on this page: then they stand side by side first.
    pub complete: bool,
    /// The questions.
    pub vragen: Vec<QuestionBlock>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionBlock {
    /// The question.
    pub vraag: String,
    /// The answer here.
    pub own: FigureCell,
    /// The answer in the country; absent on the country's page.
    pub land: Option<FigureCell>,
    /// The figure in full.
    pub blok: CompareBlock,
}

impl QuestionsBlock {
    /// The questions that have a figure; nothing when none has.
    pub fn new(plan: &block_plan::QuestionsPlan, view: PageView<'_>) -> Option<Self> {
        let questions: Vec<QuestionBlock> = plan
            .vraag
            .iter()
            .filter_map(|question| ask(question, view))
            .collect();
        (!questions.is_empty()).then(|| Self {
            titel: plan.titel.clone(),
            toelichting: plan.toelichting.clone(),
            complete: questions.len() == plan.vraag.len(),
            vragen: questions,
        })
    }
}

fn ask(plan: &block_plan::QuestionPlan, view: PageView<'_>) -> Option<QuestionBlock> {
    let cijfer = &plan.cijfer;
    let block = CompareBlock::new(cijfer, view)?;
    let format = view.index.format(view.index.indicator(&cijfer.indicator)?);
    let own = view.rijen.cell(&cijfer.indicator, cijfer.scope());
    Some(QuestionBlock {
        vraag: plan.vraag.clone(),
        own: FigureCell::long(own, &format),
        land: view
            .land(cijfer)
            .map(|land| FigureCell::long(land, &format)),
        blok: block,
    })
}
