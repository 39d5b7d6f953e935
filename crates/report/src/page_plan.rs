//! The page plan: which figure stands where, and what is said of it. Data, `pipelines/<uitvraag>/opzet.toml`.
//!
//! Owns the format. An indicator the plan does not name still gets a place, in a plain table of its group, so that a new
//! indicator or a second uitvraag needs no Rust. Leaves finding the file to who calls.

use std::collections::BTreeMap;

use schema::Indicator;
use serde::Deserialize;

use crate::ReportError;
use crate::block_plan::{ComparePlan, CurvePlan, PlanBlock, SectionPlan};
use crate::dutch_format;
use crate::wording;

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
    /// Who is counted, in the plural, as in `kinderen`.
    #[serde(default)]
    pub personen: String,
    /// What the records of a table are, in the plural, as in `traject = "trajecten"`.
    #[serde(default)]
    pub records: BTreeMap<String, String>,
    /// Id of the indicator with the share of aanbieders that delivered.
    #[serde(default)]
    pub respons: String,
    /// Id of the indicator that says how many there are.
    #[serde(default)]
    pub omvang: String,
    /// Said where that indicator was published as 0 and the rest is hidden; `{gebied}`, `{jaar}` and `{personen}`
    /// are filled in, as in the three below.
    #[serde(default)]
    pub minder_dan_5: String,
    /// Said where the aanbieders that work there delivered nothing.
    #[serde(default)]
    pub niemand_leverde: String,
    /// Said where nobody delivered and no aanbieder is known to work there.
    #[serde(default)]
    pub geen_aanbieder: String,
    /// What the publication is about, in one word, as in `Spiegelrapportage omgangsvoorzieningen`.
    #[serde(default)]
    pub onderwerp: String,
    /// Where the figures come from and where they count; `{jaar}` is filled in.
    #[serde(default)]
    pub bron: String,
    /// Said where nothing may be shown.
    #[serde(default)]
    pub verborgen: String,
    /// Ids of the figures shown large at the top.
    #[serde(default)]
    pub kerncijfers: Vec<String>,
    /// By what gebieden are alike; without it a page names none.
    #[serde(default)]
    pub gelijk: AlikePlan,
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
    /// The words of the curve that an indicator is read from.
    #[serde(default)]
    pub verloop: BTreeMap<String, CurvePlan>,
    /// Breaks in the series.
    #[serde(default)]
    pub trendbreuk: Vec<TrendBreak>,
    /// The parts of a page, in order.
    #[serde(default)]
    pub sectie: Vec<SectionPlan>,
}

/// Which gebieden are most alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlikePlan {
    /// By these traits.
    pub kenmerken: Vec<AreaTrait>,
    /// At most so many are named.
    pub aantal: usize,
}

/// What is known of a gebied besides its figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AreaTrait {
    /// The class of its size: the same one.
    Grootteklasse,
    /// Its inhabitants.
    Inwoners,
    /// Its one-parent households as a share of its inhabitants.
    Eenouderhuishoudens,
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

impl PagePlan {
    /// Reads a plan.
    ///
    /// # Errors
    /// When a key is unknown or missing.
    pub fn parse(text: &str) -> Result<Self, ReportError> {
        Ok(toml::from_str(text)?)
    }

    /// One of what this unit or these records are; the plural itself where the plan has no word for it.
    pub fn singular<'a>(&'a self, plural: &'a str) -> &'a str {
        self.enkelvoud.get(plural).map_or(plural, String::as_str)
    }

    /// Who is counted, in the plural.
    pub fn people(&self) -> &str {
        match self.personen.as_str() {
            "" => wording::figure::PEOPLE,
            own => own,
        }
    }

    /// What an indicator is made of, in the plural: what its unit counts, else the records of the table of its first field.
    pub fn records_of(&self, indicator: &Indicator) -> &str {
        let unit = indicator.eenheid.split(' ').next();
        let tabel = indicator
            .velden
            .first()
            .and_then(|veld| veld.split('.').next());
        [unit, tabel]
            .into_iter()
            .flatten()
            .find_map(|name| self.records.get(name))
            .map_or(wording::figure::RECORDS, String::as_str)
    }

    /// The words of the curve that an indicator is read from; of one the plan does not name its own.
    pub fn curve_words(&self, indicator: &Indicator) -> CurvePlan {
        let own = self.verloop.get(&indicator.id).cloned();
        own.unwrap_or_else(|| CurvePlan {
            titel: indicator.titel.clone(),
            deel: indicator.teller.clone(),
            lees: "{waarde}".to_owned(),
            nog: wording::drawing::AT_RISK.to_owned(),
        })
    }

    /// The breaks that touch a year.
    pub fn trend_breaks(&self, jaar: i32) -> impl Iterator<Item = &str> {
        self.trendbreuk
            .iter()
            .filter(move |trend_break| jaar >= trend_break.vanaf)
            .map(|trend_break| trend_break.tekst.as_str())
    }

    /// The sections of a page: those of the plan, and a plain place for every indicator the plan does not name, a table
    /// where `has_total` says that it is given for whole gebieden.
    pub fn sections(
        &self,
        indicators: &[Indicator],
        has_total: impl Fn(&str) -> bool,
    ) -> Vec<SectionPlan> {
        let mut sections = self.sectie.clone();
        let named = self.named();
        let others = indicators
            .iter()
            .filter(|indicator| !named.contains(&indicator.id.as_str()));
        for indicator in others {
            let place = sections
                .iter()
                .position(|section| section.groep == indicator.groep);
            let place = place.unwrap_or_else(|| {
                sections.push(SectionPlan {
                    groep: indicator.groep.clone(),
                    titel: dutch_format::capitalise(&indicator.groep),
                    inleiding: String::new(),
                    blok: Vec::new(),
                });
                sections.len() - 1
            });
            sections[place].add(indicator, has_total(&indicator.id));
        }
        sections
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

    /// Every figure of which gebieden stand side by side: the comparisons, and the figures that have a funnel besides.
    pub fn side_by_side(&self) -> Vec<ComparePlan> {
        let blocks = self.sectie.iter().flat_map(|section| &section.blok);
        let funnels = blocks.filter_map(|block| match block {
            PlanBlock::Trechters(plan) => Some(&plan.indicatoren),
            _ => None,
        });
        let compared = self.comparisons().into_iter().cloned();
        compared
            .chain(funnels.flatten().map(|id| ComparePlan::whole(id)))
            .collect()
    }

    /// Every comparison: the figures that are drawn among their peers.
    pub fn comparisons(&self) -> Vec<&ComparePlan> {
        let mut all = Vec::new();
        for block in self.sectie.iter().flat_map(|section| &section.blok) {
            match block {
                PlanBlock::Vergelijk(compare) => all.push(compare),
                PlanBlock::Vragen(questions) => {
                    all.extend(questions.vraag.iter().map(|question| &question.cijfer));
                }
                PlanBlock::Trechters(_)
                | PlanBlock::Tabel(_)
                | PlanBlock::Verdeling(_)
                | PlanBlock::Stroom(_)
                | PlanBlock::Meningen(_) => {}
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn omgang() -> PagePlan {
        PagePlan::parse(include_str!("../../../pipelines/omgang/opzet.toml")).unwrap()
    }

    #[test]
    fn the_plan_of_omgang_is_valid_and_names_the_three_waiting_questions() {
        let page_plan = omgang();
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
        assert!(PagePlan::parse("inleding = 'typfout'").is_err());
        assert!(PagePlan::parse("[[sectie]]\ngroep='a'\ntitel='A'\n[[sectie.blok]]\nsoort='tabel'\ntitel='T'\nindicatoren=[]\nx=1").is_err());
    }

    #[test]
    fn a_trend_break_is_said_from_its_year_on() {
        let page_plan = omgang();
        assert_eq!(page_plan.trend_breaks(2021).count(), 0);
        assert_eq!(page_plan.trend_breaks(2022).count(), 1);
    }
}
