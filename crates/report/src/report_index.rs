//! A publication with everything looked up once, for all its pages.
//!
//! Owns finding: gebieden by code and level, indicators by id, labels and places of codes and breakdowns. Leaves what a
//! page is made of to `block` and `page`.

use std::collections::{BTreeMap, HashMap};

use schema::{Indicator, Niveau};

use crate::ReportError;
use crate::block_plan::SectionPlan;
use crate::figure_format::FigureFormat;
use crate::figure_index::{AreaFigures, Index};
use crate::page_plan::PagePlan;
use crate::publicatie::{PublishedGebied, ReportPublicatie};
use crate::published_tables::{AreaCurve, LevelFunnel};
use crate::shown_figure::Fact;

/// A publication with everything looked up once.
pub struct ReportIndex<'a> {
    /// The publication.
    pub publicatie: &'a ReportPublicatie,
    index: Index<'a>,
    gebieden: HashMap<&'a str, &'a PublishedGebied>,
    indicatoren: HashMap<&'a str, &'a Indicator>,
    per_niveau: BTreeMap<Niveau, Vec<&'a PublishedGebied>>,
    land: &'a PublishedGebied,
    sections: Vec<SectionPlan>,
}

impl<'a> ReportIndex<'a> {
    /// Looks everything up.
    ///
    /// # Errors
    /// When the gebieden hold no country, or a code that cannot be a folder.
    pub fn new(publicatie: &'a ReportPublicatie) -> Result<Self, ReportError> {
        let mut per_niveau: BTreeMap<Niveau, Vec<&PublishedGebied>> = BTreeMap::new();
        for gebied in &publicatie.gebieden {
            let has_page = gebied.niveau != Niveau::Grootteklasse;
            let letters = |code: &str| code.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if has_page && !letters(&gebied.code) {
                return Err(ReportError::Code(gebied.code.clone()));
            }
            per_niveau.entry(gebied.niveau).or_default().push(gebied);
        }
        for gebieden in per_niveau.values_mut() {
            gebieden.sort_by(|a, b| a.code.cmp(&b.code));
        }
        let land = per_niveau
            .get(&Niveau::Nederland)
            .and_then(|countries| countries.first())
            .copied()
            .ok_or(ReportError::NoCountry)?;
        let index = Index::new(
            &publicatie.uitvraag,
            publicatie.jaar,
            &publicatie.page_plan.respons,
            &publicatie.cijfers,
        );
        let of_land = index.gebied(&land.code);
        let sections = publicatie
            .page_plan
            .sections(&publicatie.indicatoren, |id| of_land.total(id).is_some());
        Ok(Self {
            gebieden: publicatie
                .gebieden
                .iter()
                .map(|gebied| (gebied.code.as_str(), gebied))
                .collect(),
            indicatoren: publicatie
                .indicatoren
                .iter()
                .map(|een| (een.id.as_str(), een))
                .collect(),
            index,
            land,
            per_niveau,
            sections,
            publicatie,
        })
    }

    /// What the pages look like.
    pub fn page_plan(&self) -> &'a PagePlan {
        &self.publicatie.page_plan
    }

    /// The sections of a page: the plan's, and a plain place for every indicator the plan does not name.
    pub fn sections(&self) -> &[SectionPlan] {
        &self.sections
    }

    /// The country.
    pub fn land(&self) -> &'a PublishedGebied {
        self.land
    }

    /// The figures of a gebied.
    pub fn rows(&self, gebied: &PublishedGebied) -> AreaFigures<'_> {
        self.index.gebied(&gebied.code)
    }

    /// All figures of the country.
    pub fn country_rows(&self) -> Vec<Fact<'_>> {
        self.rows(self.land).all().to_vec()
    }

    /// The gebieden that have a page of their own, by code within their level.
    pub fn met_spiegel(&self) -> impl Iterator<Item = &'a PublishedGebied> + '_ {
        [Niveau::Provincie, Niveau::Jeugdregio, Niveau::Gemeente]
            .into_iter()
            .flat_map(|niveau| self.niveau(niveau))
            .copied()
    }

    /// The gebieden of a level, by code.
    pub fn niveau(&self, niveau: Niveau) -> &[&'a PublishedGebied] {
        self.per_niveau
            .get(&niveau)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// A gebied by code.
    pub fn gebied(&self, code: &str) -> Option<&'a PublishedGebied> {
        self.gebieden.get(code).copied()
    }

    /// Metadata by id.
    pub fn indicator(&self, id: &str) -> Option<&'a Indicator> {
        self.indicatoren.get(id).copied()
    }

    /// The curve that an indicator is read from, of a gebied of which one is published.
    pub fn curve(&self, indicator: &str, gebied: &str) -> Option<&'a AreaCurve> {
        let mut curves = self.publicatie.curves.iter();
        curves.find(|curve| curve.indicator == indicator && curve.gebied == gebied)
    }

    /// The funnel around the gebieden of a level.
    pub fn funnel(&self, indicator: &str, niveau: Niveau) -> Option<&'a LevelFunnel> {
        let mut funnels = self.publicatie.funnels.iter();
        funnels.find(|funnel| funnel.indicator == indicator && funnel.niveau == niveau)
    }

    /// How the values of an indicator are written.
    pub fn format(&self, indicator: &Indicator) -> FigureFormat {
        FigureFormat::new(indicator, self.page_plan())
    }

    /// Place and label of a code: the definition's words, or the page plan's.
    pub fn label<'b>(&'b self, uitsplitsing: &str, code: &'b str) -> (usize, &'b str) {
        match self.publicatie.labels.find(uitsplitsing, code) {
            (usize::MAX, _) => self
                .page_plan()
                .codes
                .get(uitsplitsing)
                .and_then(|codes| codes.iter().enumerate().find(|(_, (this, _))| this == code))
                .map_or((usize::MAX, code), |(place, (_, label))| {
                    (place, label.as_str())
                }),
            found => found,
        }
    }

    /// Name of a breakdown.
    pub fn uitsplitsing<'b>(&'b self, name: &'b str) -> &'b str {
        self.page_plan()
            .uitsplitsing
            .get(name)
            .map_or(name, String::as_str)
    }

    /// Place of a breakdown among others.
    pub fn place(&self, name: &str) -> usize {
        let order = &self.page_plan().volgorde;
        order
            .iter()
            .position(|this| this == name)
            .unwrap_or(order.len())
    }
}
