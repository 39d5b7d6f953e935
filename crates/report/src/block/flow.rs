//! Stock, what came, what went, stock after: a drawing, and the same in words.
//!
//! Owns what is said where the rounded numbers do not add up, and where the stocks are not published.

use askama::Template;
use serde::Serialize;

use super::PageView;
use super::cell::{FigureCell, footing};
use crate::block_plan::{FlowPartPlan, FlowPlan};
use crate::chart::Drawing;
use crate::chart::flow_chart::{FlowDrawing, FlowNumbers};
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::shown_figure::Fact;
use crate::wording;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Template)]
#[template(path = "block/flow.html")]
pub struct FlowBlock {
    /// Heading.
    pub titel: String,
    /// The parts in words, as in `40 trajecten liepen eind 2019`.
    pub parts: Vec<FlowPart>,
    /// The drawing; empty when a part is not shown.
    pub drawing: Drawing,
    /// What to know of the drawing, or why there is none.
    pub caption: String,
    /// What it rests on.
    pub footing: String,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlowPart {
    /// How many.
    pub cel: FigureCell,
    /// What they did.
    pub woorden: String,
}

/// A part that is published at the level of the page.
struct PublishedPart<'w> {
    plan: &'w FlowPartPlan,
    /// The sign before its number.
    sign: &'static str,
    fact: Option<Fact<'w>>,
}

impl FlowBlock {
    /// The block; nothing where none of its parts is published at the level of the page.
    pub fn new(plan: &FlowPlan, view: PageView<'_>) -> Option<Self> {
        let jaar = view.index.publicatie.jaar;
        let parts: Vec<PublishedPart<'_>> = [
            (&plan.begin, ""),
            (&plan.bij, "+ "),
            (&plan.af, "\u{2212} "),
            (&plan.eind, ""),
        ]
        .into_iter()
        .filter(|(part, _)| {
            view.published(&part.indicator, FigureScope::Whole)
                .is_some()
        })
        .map(|(plan, sign)| PublishedPart {
            plan,
            sign,
            fact: view.rijen.total(&plan.indicator),
        })
        .collect();
        let indicator = view.index.indicator(&parts.first()?.plan.indicator)?;
        let format = view.index.format(indicator);
        let in_words: Vec<FlowPart> = parts
            .iter()
            .map(|part| FlowPart {
                cel: FigureCell::long(part.fact, &format),
                woorden: met_jaar(&part.plan.lang, jaar),
            })
            .collect();
        let numbers = numbers(&parts);
        let caption = caption(numbers);
        let words: Vec<(String, String)> = parts
            .iter()
            .map(|part| (part.number(), met_jaar(&part.plan.kort, jaar)))
            .collect();
        let told: Vec<String> = in_words
            .iter()
            .map(|part| format!("{} {}", part.cel.words(), part.woorden))
            .collect();
        let description = wording::drawing::flow_description(&told, &caption);
        let to_draw = numbers.filter(|numbers| numbers.fits() && !numbers.all_few());
        let drawing = to_draw.map(|numbers| {
            let drawing = FlowDrawing {
                id: "g-stroom",
                titel: &plan.titel,
                description: &description,
                numbers,
                words: &words,
            };
            Drawing::new(drawing.svg(), &plan.titel, &description)
        });
        let first = parts.iter().find_map(|part| part.fact);
        Some(Self {
            titel: plan.titel.clone(),
            parts: in_words,
            drawing: drawing.unwrap_or_default(),
            caption,
            footing: footing(first, &format),
        })
    }
}

impl PublishedPart<'_> {
    /// The number above its bar.
    fn number(&self) -> String {
        match self.fact.and_then(Fact::value) {
            Some(value) if value < 0.5 => wording::figure::FEW_ON_A_BAR.to_owned(),
            Some(value) => format!("{}{}", self.sign, dutch_format::number(value, 0)),
            None => String::new(),
        }
    }
}

/// The numbers to draw; nothing while a part that is published has no value here.
fn numbers(parts: &[PublishedPart<'_>]) -> Option<FlowNumbers> {
    let values: Option<Vec<f64>> = parts
        .iter()
        .map(|part| part.fact.and_then(Fact::value))
        .collect();
    match *values?.as_slice() {
        [begin, arriving, leaving, end] => Some(FlowNumbers::Four([begin, arriving, leaving, end])),
        [arriving, leaving] => Some(FlowNumbers::Two([arriving, leaving])),
        _ => None,
    }
}

fn caption(numbers: Option<FlowNumbers>) -> String {
    let whole = |value: f64| dutch_format::number(value, 0);
    match numbers {
        None => wording::drawing::FLOW_MISSING.to_owned(),
        Some(numbers) if !numbers.fits() => wording::drawing::FLOW_WRONG.to_owned(),
        Some(numbers) if numbers.all_few() => wording::drawing::FLOW_SMALL.to_owned(),
        Some(FlowNumbers::Two(_)) => wording::drawing::FLOW_TWO.to_owned(),
        Some(FlowNumbers::Four(four)) if four.iter().any(|value| *value < 0.5) => {
            wording::drawing::FLOW_FEW.to_owned()
        }
        Some(FlowNumbers::Four(four)) => {
            let fits = FlowNumbers::Four(four).residual().abs() < 0.5;
            let [begin, arriving, leaving, end] = four.map(whole);
            let say = if fits {
                wording::drawing::flow_fits
            } else {
                wording::drawing::flow_rounded
            };
            say(&begin, &arriving, &leaving, &end)
        }
    }
}

/// Fills in `{jaar}` and `{vorig}`.
fn met_jaar(text: &str, jaar: i32) -> String {
    text.replace("{jaar}", &jaar.to_string())
        .replace("{vorig}", &(jaar - 1).to_string())
}
