//! The blocks a page is built of: figures into plain structs, each with its template beside it.
//!
//! Owns what a block is made from: a [`PageView`] (whose page, compared with whom). One file per kind of block; what
//! they share stands in `cell`.

pub mod cell;
pub mod compare;
pub mod distribution;
pub mod flow;
pub mod funnels;
pub mod opinions;
pub mod picture;
pub mod questions;
pub mod tabel;

use std::fmt;

use schema::indicator::VerdictRule;
use schema::{Indicator, Niveau};
use serde::Serialize;

use crate::block_plan::{ComparePlan, PlanBlock};
use crate::dutch_format;
use crate::figure_format::FigureFormat;
use crate::figure_index::AreaFigures;
use crate::figure_scope::FigureScope;
use crate::peer_group::PeerGroup;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::Fact;

/// Whose page it is, and with whom it is compared.
#[derive(Clone, Copy)]
pub struct PageView<'w> {
    /// The publication.
    pub index: &'w ReportIndex<'w>,
    /// Whose page.
    pub gebied: &'w PublishedGebied,
    /// Its figures.
    pub rijen: AreaFigures<'w>,
    /// Wider gebieden in the columns of tables, narrowest first; ends with the country, unless the page is the country's.
    pub kolommen: &'w [&'w PublishedGebied],
    /// The gebieden in dot plots, the own one among them.
    pub peers: &'w PeerGroup<'w>,
    /// The way to the root of the publication, as in `../../`.
    pub root: &'static str,
}

impl<'w> PageView<'w> {
    /// Whether the page is the country's own.
    pub fn is_land(&self) -> bool {
        self.gebied.niveau == Niveau::Nederland
    }

    /// Whether a figure belongs on the page. On that of a gemeente only with a value of its own: without one it says no
    /// more than the page of its jeugdregio, and most have none.
    pub fn belongs(&self, own: Option<Fact<'_>>) -> bool {
        self.gebied.niveau != Niveau::Gemeente || own.and_then(Fact::value).is_some()
    }

    /// The figure of the country, on a page that is not the country's.
    pub fn land(&self, plan: &ComparePlan) -> Option<Option<Fact<'w>>> {
        let rows = self.index.rows(self.index.land());
        (!self.is_land()).then(|| rows.cell(&plan.indicator, plan.scope()))
    }

    /// Names above the columns.
    pub fn column_names(&self) -> Vec<String> {
        self.kolommen
            .iter()
            .map(|gebied| column_name(gebied))
            .collect()
    }

    /// The figures of the columns.
    pub fn beside(&self, indicator: &str, scope: FigureScope<'_>) -> Vec<Option<Fact<'w>>> {
        self.kolommen
            .iter()
            .map(|gebied| self.index.rows(gebied).cell(indicator, scope))
            .collect()
    }

    /// The metadata of an indicator, where this figure is published at the level of the page: what small gebieden
    /// would give away has no row there.
    pub fn published(&self, indicator: &str, scope: FigureScope<'_>) -> Option<&'w Indicator> {
        let here = self.rijen.cell(indicator, scope).is_some();
        let at_peers =
            |gebied: &&PublishedGebied| self.index.rows(gebied).cell(indicator, scope).is_some();
        self.index
            .indicator(indicator)
            .filter(|_| here || self.peers.members.iter().any(at_peers))
    }

    /// Title of the figure whose verdict speaks for this one, where there is one.
    pub fn told_with(&self, indicator: &Indicator) -> Option<&'w str> {
        let Some(VerdictRule::With(other)) = &indicator.judged else {
            return None;
        };
        let other = self.index.indicator(other)?;
        Some(other.titel.as_str())
    }

    /// The way to a file of the publication; empty where it has no such file.
    pub fn file(&self, path: &str) -> String {
        let files = &self.index.publicatie.bestanden;
        if files.iter().any(|file| file.pad == path) {
            format!("{}{path}", self.root)
        } else {
            String::new()
        }
    }

    /// The way to what an indicator means.
    pub fn meaning(&self, indicator: &str) -> String {
        format!("{}uitleg/index.html#{indicator}", self.root)
    }
}

fn column_name(gebied: &PublishedGebied) -> String {
    match gebied.niveau {
        Niveau::Nederland | Niveau::Grootteklasse => gebied.naam.clone(),
        Niveau::Provincie | Niveau::Jeugdregio | Niveau::Gemeente => {
            format!(
                "{} {}",
                dutch_format::capitalise(gebied.niveau.name()),
                gebied.naam
            )
        }
    }
}

/// A block, made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "lowercase")]
pub enum PageBlock {
    /// One figure among its peers.
    Compare(Box<compare::CompareBlock>),
    /// Questions that are easily taken for one another.
    Questions(questions::QuestionsBlock),
    /// Figures in a table.
    Table(tabel::TableBlock),
    /// A figure per code.
    Distribution(distribution::DistributionBlock),
    /// Stock, what came and what went.
    Flow(flow::FlowBlock),
    /// Funnels side by side.
    Funnels(funnels::FunnelsBlock),
    /// What people thought.
    Opinions(opinions::OpinionsBlock),
}

impl PageBlock {
    /// Makes one; nothing when the publication has no figure for it.
    pub fn new(plan: &PlanBlock, view: PageView<'_>) -> Option<Self> {
        match plan {
            PlanBlock::Vergelijk(plan) => {
                let block = compare::CompareBlock::new(plan, view);
                block.map(|block| Self::Compare(Box::new(block)))
            }
            PlanBlock::Vragen(plan) => {
                questions::QuestionsBlock::new(plan, view).map(Self::Questions)
            }
            PlanBlock::Tabel(plan) => {
                tabel::TableBlock::new(&plan.titel, &plan.indicatoren, view).map(Self::Table)
            }
            PlanBlock::Verdeling(plan) => {
                distribution::DistributionBlock::new(plan, view).map(Self::Distribution)
            }
            PlanBlock::Stroom(plan) => flow::FlowBlock::new(plan, view).map(Self::Flow),
            PlanBlock::Trechters(plan) => funnels::FunnelsBlock::new(plan, view).map(Self::Funnels),
            PlanBlock::Meningen(plan) => {
                opinions::OpinionsBlock::new(plan, view).map(Self::Opinions)
            }
        }
    }
}

/// As HTML.
impl fmt::Display for PageBlock {
    fn fmt(&self, target: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(block) => block.fmt(target),
            Self::Questions(block) => block.fmt(target),
            Self::Table(block) => block.fmt(target),
            Self::Distribution(block) => block.fmt(target),
            Self::Flow(block) => block.fmt(target),
            Self::Funnels(block) => block.fmt(target),
            Self::Opinions(block) => block.fmt(target),
        }
    }
}

/// Heading of a block: the plan's, or else the indicator's.
pub(crate) fn title(plan: &str, indicator: &Indicator) -> String {
    if plan.is_empty() {
        indicator.titel.clone()
    } else {
        plan.to_owned()
    }
}

/// Whether a title already says the unit, or the part of it from `per` on.
pub(crate) fn names_unit(title: &str, format: &FigureFormat) -> bool {
    let unit = format.unit();
    let from_per = unit.find("per ").map_or(unit, |place| &unit[place..]);
    title.to_lowercase().contains(from_per)
}
