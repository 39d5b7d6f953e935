//! The blocks of the page plan: what may stand in a section, and which figures each block is about.
//!
//! Owns their format and the ids they name. Leaves the plan as a whole to `page_plan` and making a block to `block`.

use schema::Indicator;
use serde::Deserialize;

use crate::figure_scope::FigureScope;
use crate::wording;

/// One part of a page.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionPlan {
    /// Group of the indicators; also the anchor.
    pub groep: String,
    /// Heading.
    pub titel: String,
    /// What the reader finds here.
    #[serde(default)]
    pub inleiding: String,
    /// The blocks, in order.
    #[serde(default)]
    pub blok: Vec<PlanBlock>,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanBlock {
    /// One figure in a sentence and a dot plot.
    Vergelijk(ComparePlan),
    /// Several questions that are easily taken for one another, side by side, then each as a comparison.
    Vragen(QuestionsPlan),
    /// Figures in a table.
    Tabel(TablePlan),
    /// A share or count per code.
    Verdeling(DistributionPlan),
    /// A stock, what came, what went, and the stock after.
    Stroom(FlowPlan),
    /// Where the gebieden lie in the funnels of figures that stand in a table.
    Trechters(FunnelsPlan),
    /// What people thought, beside what was counted; on the country page only.
    Meningen(OpinionsPlan),
}

/// One figure in a sentence and a dot plot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparePlan {
    /// Id.
    pub indicator: String,
    /// Breakdown, where the figure is one category of it.
    #[serde(default = "total")]
    pub uitsplitsing: String,
    /// That category.
    #[serde(default = "total")]
    pub categorie: String,
    /// Heading, where the indicator's title won't do.
    #[serde(default)]
    pub titel: String,
    /// Subject of the sentence, with a capital, as in `De wachttijd`.
    pub onderwerp: String,
    /// Whether the subject is plural.
    #[serde(default)]
    pub meervoud: bool,
    /// Whether the sentence also stands at the top of the page.
    #[serde(default)]
    pub kop: bool,
    /// How it is easily misread.
    #[serde(default)]
    pub misverstand: String,
    /// Ids of figures that belong beside it.
    #[serde(default)]
    pub bij: Vec<String>,
}

fn total() -> String {
    "totaal".to_owned()
}

/// Questions side by side.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionsPlan {
    /// Heading.
    pub titel: String,
    /// Why they are apart.
    #[serde(default)]
    pub toelichting: String,
    /// The questions.
    pub vraag: Vec<QuestionPlan>,
}

/// One question and its figure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionPlan {
    /// The question.
    pub vraag: String,
    /// The figure that answers it.
    pub cijfer: ComparePlan,
}

/// Figures in a table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TablePlan {
    /// Caption.
    pub titel: String,
    /// Ids.
    pub indicatoren: Vec<String>,
}

/// Funnels side by side.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelsPlan {
    /// Heading.
    pub titel: String,
    /// What to keep in mind.
    #[serde(default)]
    pub toelichting: String,
    /// Ids.
    pub indicatoren: Vec<String>,
}

/// The words of the curve that an indicator is read from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePlan {
    /// Heading of the drawing.
    pub titel: String,
    /// What the line shows, as a sentence.
    pub deel: String,
    /// What is read from it; `{waarde}` is filled in.
    pub lees: String,
    /// What the numbers under the axis count.
    pub nog: String,
}

/// A share or count per code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionPlan {
    /// Id.
    pub indicator: String,
    /// The breakdown to show; absent: every one it has.
    #[serde(default)]
    pub uitsplitsing: Option<String>,
    /// Heading, where the indicator's title won't do.
    #[serde(default)]
    pub titel: String,
    /// What to keep in mind.
    #[serde(default)]
    pub toelichting: String,
}

/// A stock, what came, what went, and the stock after.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowPlan {
    /// Heading.
    pub titel: String,
    /// The four parts: stock, in, out, stock.
    pub begin: FlowPartPlan,
    /// What came.
    pub bij: FlowPartPlan,
    /// What went.
    pub af: FlowPartPlan,
    /// The stock after.
    pub eind: FlowPartPlan,
}

/// One part of a stroom.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowPartPlan {
    /// Id.
    pub indicator: String,
    /// Under the bar; `{jaar}` and `{vorig}` are filled in.
    pub kort: String,
    /// In the sentence.
    pub lang: String,
}

/// What people thought.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionsPlan {
    /// Heading.
    pub titel: String,
    /// Who was asked, and why it is no measurement.
    pub toelichting: String,
    /// Name above the column of opinions.
    pub wie: String,
    /// One line each.
    pub regel: Vec<OpinionPlan>,
}

/// One opinion beside what was counted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpinionPlan {
    /// What they answered.
    pub antwoord: String,
    /// Share that answered so, 0 to 1.
    pub aandeel: f64,
    /// What was counted, in words.
    #[serde(default)]
    pub geteld: String,
    /// The figures that are added up for it; `indicator` or `indicator/uitsplitsing/categorie`.
    #[serde(default)]
    pub cijfers: Vec<String>,
}

impl SectionPlan {
    /// Adds an indicator that the plan does not name.
    pub(crate) fn add(&mut self, indicator: &Indicator, has_total: bool) {
        let id = indicator.id.clone();
        match self.blok.last_mut() {
            Some(PlanBlock::Tabel(tabel))
                if has_total && tabel.titel == wording::page::OTHER_FIGURES =>
            {
                tabel.indicatoren.push(id);
            }
            _ if has_total => self.blok.push(PlanBlock::Tabel(TablePlan {
                titel: wording::page::OTHER_FIGURES.to_owned(),
                indicatoren: vec![id],
            })),
            _ => self.blok.push(PlanBlock::Verdeling(DistributionPlan {
                indicator: id,
                uitsplitsing: None,
                titel: String::new(),
                toelichting: String::new(),
            })),
        }
    }
}

impl PlanBlock {
    pub(crate) fn list_ids<'a>(&'a self, ids: &mut Vec<&'a str>) {
        match self {
            Self::Vergelijk(een) => een.list_ids(ids),
            Self::Vragen(questions) => questions
                .vraag
                .iter()
                .for_each(|question| question.cijfer.list_ids(ids)),
            Self::Tabel(tabel) => ids.extend(tabel.indicatoren.iter().map(String::as_str)),
            Self::Verdeling(distribution) => ids.push(&distribution.indicator),
            Self::Trechters(funnels) => ids.extend(funnels.indicatoren.iter().map(String::as_str)),
            Self::Stroom(flow) => ids.extend(
                [&flow.begin, &flow.bij, &flow.af, &flow.eind].map(|part| part.indicator.as_str()),
            ),
            Self::Meningen(_) => {}
        }
    }
}

impl ComparePlan {
    /// The comparison of a whole figure of which the plan says no more.
    pub(crate) fn whole(indicator: &str) -> Self {
        Self {
            indicator: indicator.to_owned(),
            uitsplitsing: total(),
            categorie: total(),
            titel: String::new(),
            onderwerp: String::new(),
            meervoud: false,
            kop: false,
            misverstand: String::new(),
            bij: Vec::new(),
        }
    }

    /// Where its block stands on a page.
    pub fn anchor(&self) -> String {
        match self.scope() {
            FigureScope::Whole => self.indicator.clone(),
            FigureScope::Category { categorie, .. } => format!("{}-{categorie}", self.indicator),
        }
    }

    /// Which records the figure is about.
    pub fn scope(&self) -> FigureScope<'_> {
        FigureScope::of(&self.uitsplitsing, &self.categorie)
    }

    fn list_ids<'a>(&'a self, ids: &mut Vec<&'a str>) {
        ids.push(&self.indicator);
        ids.extend(self.bij.iter().map(String::as_str));
    }
}
