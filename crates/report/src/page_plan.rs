//! The page plan: which figure stands where, and what is said of it. Data, `pipelines/<uitvraag>/opzet.toml`.
//!
//! Owns the format and the built-in plan for `omgang`. An indicator the plan does not name still gets a place, in a
//! plain table of its group, so that a new indicator or a second uitvraag needs no Rust.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::ReportError;

const OMGANG: &str = include_str!("../../../pipelines/omgang/opzet.toml");

/// A page plan.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagePlan {
    /// What is measured, in one sentence for the first page.
    #[serde(default)]
    pub inleiding: String,
    /// The first year: its country page is called 0-meting.
    #[serde(default)]
    pub nulmeting: Option<i32>,
    /// What a plain count counts, for the sentence about n, as in `waarnemingen`.
    #[serde(default)]
    pub telling: String,
    /// Id of the indicator with the share of aanbieders that delivered.
    #[serde(default)]
    pub respons: String,
    /// Id of the indicator that is 0 where nobody was helped.
    #[serde(default)]
    pub omvang: String,
    /// Said where that indicator is 0; `{gebied}` and `{jaar}` are filled in.
    #[serde(default)]
    pub niemand: String,
    /// What the publication is about, in one word, as in `Spiegelrapportage omgangsvoorzieningen`.
    #[serde(default)]
    pub onderwerp: String,
    /// Where the figures come from and where they count; `{jaar}` is filled in.
    #[serde(default)]
    pub bron: String,
    /// Said of a gebied of which nothing may be shown; `{gebied}` is filled in.
    #[serde(default)]
    pub weinig: String,
    /// Ids of the figures shown large at the top.
    #[serde(default)]
    pub kerncijfers: Vec<String>,
    /// The word for a unit on a page, where the metadata's won't do; may be empty.
    #[serde(default)]
    pub eenheid: BTreeMap<String, String>,
    /// For a unit that is a class: its values in words.
    #[serde(default)]
    pub klasse: BTreeMap<String, Vec<(f64, String)>>,
    /// The breakdowns under a comparison; the others are in the files. Empty: all of them.
    #[serde(default)]
    pub uitgesplitst: Vec<String>,
    /// The breakdowns in the order in which they stand; the others follow by name.
    #[serde(default)]
    pub volgorde: Vec<String>,
    /// Singular of a unit.
    #[serde(default)]
    pub enkelvoud: BTreeMap<String, String>,
    /// Name of a breakdown.
    #[serde(default)]
    pub uitsplitsing: BTreeMap<String, String>,
    /// Labels of codes that are in no code list.
    #[serde(default)]
    pub codes: BTreeMap<String, Vec<(String, String)>>,
    /// Breaks in the series.
    #[serde(default)]
    pub trendbreuk: Vec<TrendBreak>,
    /// The parts of a page, in order.
    #[serde(default)]
    pub sectie: Vec<SectionPlan>,
}

/// A break in the series, said on every page from that year on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrendBreak {
    /// First reporting year after the break.
    pub vanaf: i32,
    /// What changed and what that means for comparing.
    pub tekst: String,
}

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

impl PagePlan {
    /// Reads a plan.
    ///
    /// # Errors
    /// When a key is unknown or missing.
    pub fn lees(text: &str) -> Result<Self, ReportError> {
        Ok(toml::from_str(text)?)
    }

    /// The built-in plan of an uitvraag; an empty one, which shows every figure in plain tables, where there is none.
    ///
    /// # Errors
    /// Never for the built-in ones; they are checked by this crate's tests.
    pub fn van(uitvraag: &str) -> Result<Self, ReportError> {
        match uitvraag {
            "omgang" => Self::lees(OMGANG),
            _ => Ok(Self::default()),
        }
    }

    /// The breaks that touch a year.
    pub fn trend_breaks(&self, jaar: i32) -> impl Iterator<Item = &str> {
        self.trendbreuk
            .iter()
            .filter(move |fraction| jaar >= fraction.vanaf)
            .map(|fraction| fraction.tekst.as_str())
    }

    /// Every id the plan shows somewhere.
    pub fn named(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = vec![&self.respons, &self.omvang];
        ids.extend(self.kerncijfers.iter().map(String::as_str));
        for block in self.sectie.iter().flat_map(|section| &section.blok) {
            block.list_ids(&mut ids);
        }
        ids.retain(|id| !id.is_empty());
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// The comparisons whose sentence stands at the top.
    pub fn headers(&self) -> Vec<&ComparePlan> {
        let mut headers = self.comparisons();
        headers.retain(|compare| compare.kop);
        headers
    }

    /// Every comparison: the figures that are drawn among their peers.
    pub fn comparisons(&self) -> Vec<&ComparePlan> {
        let mut all = Vec::new();
        for block in self.sectie.iter().flat_map(|section| &section.blok) {
            match block {
                PlanBlock::Vergelijk(compare) => all.push(compare),
                PlanBlock::Vragen(questions) => {
                    all.extend(questions.vraag.iter().map(|question| &question.cijfer))
                }
                PlanBlock::Tabel(_)
                | PlanBlock::Verdeling(_)
                | PlanBlock::Stroom(_)
                | PlanBlock::Meningen(_) => {}
            }
        }
        all
    }
}

impl PlanBlock {
    fn list_ids<'a>(&'a self, ids: &mut Vec<&'a str>) {
        match self {
            Self::Vergelijk(een) => een.list_ids(ids),
            Self::Vragen(questions) => questions
                .vraag
                .iter()
                .for_each(|question| question.cijfer.list_ids(ids)),
            Self::Tabel(tabel) => ids.extend(tabel.indicatoren.iter().map(String::as_str)),
            Self::Verdeling(distribution) => ids.push(&distribution.indicator),
            Self::Stroom(flow) => ids.extend(
                [&flow.begin, &flow.bij, &flow.af, &flow.eind].map(|part| part.indicator.as_str()),
            ),
            Self::Meningen(_) => {}
        }
    }
}

impl ComparePlan {
    fn list_ids<'a>(&'a self, ids: &mut Vec<&'a str>) {
        ids.push(&self.indicator);
        ids.extend(self.bij.iter().map(String::as_str));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_plan_is_valid_and_names_the_three_waiting_questions() {
        let page_plan = PagePlan::van("omgang").unwrap();
        let named = page_plan.named();
        for id in [
            "wachten_gestart_mediaan",
            "wachten_nu_mediaan",
            "wachten_km_mediaan",
            "stroom_eind",
        ] {
            assert!(named.contains(&id), "{id} has no place in the plan");
        }
        assert!(!page_plan.headers().is_empty());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(PagePlan::lees("inleding = 'typfout'").is_err());
        assert!(PagePlan::lees("[[sectie]]\ngroep='a'\ntitel='A'\n[[sectie.blok]]\nsoort='tabel'\ntitel='T'\nindicatoren=[]\nx=1").is_err());
    }

    #[test]
    fn a_trend_break_is_said_from_its_year_on() {
        let page_plan = PagePlan::van("omgang").unwrap();
        assert_eq!(page_plan.trend_breaks(2021).count(), 0);
        assert_eq!(page_plan.trend_breaks(2022).count(), 1);
    }
}
