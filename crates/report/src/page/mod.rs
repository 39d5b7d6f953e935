//! The pages: first page, 0-meting, spiegelrapportage. One file and one template each.
//!
//! Owns [`ReportIndex`], everything looked up once for all pages, and the frame every page shares: header, footer and the
//! part that says how the figures were made.

pub mod meting;
pub mod spiegel;
pub mod start;

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use schema::Indicator;

use crate::ReportError;
use crate::block::{self, PageView};
use crate::figure_index::{AreaFigures, Fact, Index};
use crate::nl::{self, FigureFormat};
use crate::page_plan;
use crate::publicatie::{PublishedGebied, ReportPublicatie};
use schema::Niveau;
use schema::levering::datum_nl;

/// A publication with everything looked up once.
pub struct ReportIndex<'a> {
    /// The publication.
    pub publicatie: &'a ReportPublicatie,
    /// The figures.
    pub index: Index<'a>,
    gebieden: HashMap<&'a str, &'a PublishedGebied>,
    indicatoren: HashMap<&'a str, &'a Indicator>,
    per_niveau: BTreeMap<Niveau, Vec<&'a PublishedGebied>>,
    land: &'a PublishedGebied,
    sections: Vec<page_plan::SectionPlan>,
}

impl<'a> ReportIndex<'a> {
    /// Looks everything up.
    ///
    /// # Errors
    /// When the gebieden hold no country, or a code that cannot be a folder.
    pub fn new(publicatie: &'a ReportPublicatie) -> Result<Self, ReportError> {
        let mut per_niveau: BTreeMap<Niveau, Vec<&PublishedGebied>> = BTreeMap::new();
        for gebied in &publicatie.gebieden {
            if gebied.niveau != Niveau::Grootteklasse
                && !gebied
                    .code
                    .bytes()
                    .all(|character| character.is_ascii_alphanumeric())
            {
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
        let index = Index::new(&publicatie.uitvraag, publicatie.jaar, &publicatie.cijfers);
        let sections = sections(publicatie, index.gebied(&land.code));
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

    /// How the values of an indicator are written.
    pub fn format(&self, indicator: &Indicator) -> FigureFormat {
        FigureFormat::van(
            &indicator.eenheid,
            indicator.decimalen,
            &self.publicatie.page_plan,
        )
    }

    /// Place and label of a code: the definition's words, or the page plan's.
    pub fn label<'b>(&'b self, uitsplitsing: &str, code: &'b str) -> (usize, &'b str) {
        match self.publicatie.labels.find(uitsplitsing, code) {
            (usize::MAX, _) => self
                .publicatie
                .page_plan
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
        self.publicatie
            .page_plan
            .uitsplitsing
            .get(name)
            .map_or(name, String::as_str)
    }

    /// Place of a breakdown among others.
    pub fn place(&self, name: &str) -> usize {
        let order = &self.publicatie.page_plan.volgorde;
        order
            .iter()
            .position(|this| this == name)
            .unwrap_or(order.len())
    }

    /// The sections of a page, made.
    fn sections(&self, view: PageView<'_>) -> askama::Result<Vec<PageSection>> {
        let mut done = Vec::new();
        for plan in &self.sections {
            let mut blocks = Vec::new();
            for block in &plan.blok {
                blocks.extend(block::make(block, view)?);
            }
            // Opinions alone are no figures.
            let has_cijfers = plan.blok.iter().any(|block| {
                !matches!(block, page_plan::PlanBlock::Meningen(_)) && has_cijfers(block, view)
            });
            if has_cijfers {
                done.push(PageSection {
                    id: plan.groep.clone(),
                    titel: plan.titel.clone(),
                    inleiding: plan.inleiding.clone(),
                    blocks,
                });
            }
        }
        Ok(done)
    }

    /// What every page says of itself.
    fn rand(&self, title: String, root: &'static str) -> Rand<'_> {
        let publicatie = self.publicatie;
        Rand {
            titel: title,
            root,
            product: &publicatie.titel,
            jaar: publicatie.jaar,
            meting: self.measurement_name(),
            versie: &publicatie.versie,
            datum: datum_nl(publicatie.datum),
            momentopname: &publicatie.momentopname,
            definitie: publicatie.definitie.versie,
            definitie_hash: short(&publicatie.definitie.hash),
            regelhash: short(&publicatie.definitie.regelhash),
            software: &publicatie.software,
            drempel: publicatie.drempel,
            waarschuwing: publicatie.waarschuwing.as_deref().unwrap_or_default(),
            trend_breaks: publicatie.page_plan.trend_breaks(publicatie.jaar).collect(),
            onderwerp: &publicatie.page_plan.onderwerp,
            bron: match publicatie.page_plan.bron.as_str() {
                "" => format!("Aanbieders leverden gegevens over {}.", publicatie.jaar),
                own => own.replace("{jaar}", &publicatie.jaar.to_string()),
            },
            jeugdregio_count: self.niveau(Niveau::Jeugdregio).len(),
        }
    }

    /// `0-meting`, or in later years `Landelijk beeld`.
    pub fn measurement_name(&self) -> &'static str {
        if self
            .publicatie
            .page_plan
            .nulmeting
            .is_none_or(|jaar| jaar == self.publicatie.jaar)
        {
            "0-meting"
        } else {
            "Landelijk beeld"
        }
    }
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn has_cijfers(plan: &page_plan::PlanBlock, view: PageView<'_>) -> bool {
    match plan {
        page_plan::PlanBlock::Vergelijk(plan) => view.knows(&plan.indicator),
        page_plan::PlanBlock::Vragen(plan) => plan
            .vraag
            .iter()
            .any(|question| view.knows(&question.cijfer.indicator)),
        page_plan::PlanBlock::Tabel(plan) => plan.indicatoren.iter().any(|id| view.knows(id)),
        page_plan::PlanBlock::Verdeling(plan) => view.knows(&plan.indicator),
        page_plan::PlanBlock::Stroom(plan) => view.knows(&plan.begin.indicator),
        page_plan::PlanBlock::Meningen(_) => false,
    }
}

/// The plan's sections, and a plain place for every indicator the plan does not name.
fn sections(publicatie: &ReportPublicatie, land: AreaFigures<'_>) -> Vec<page_plan::SectionPlan> {
    let mut sections = publicatie.page_plan.sectie.clone();
    let named = publicatie.page_plan.named();
    for indicator in publicatie
        .indicatoren
        .iter()
        .filter(|een| !named.contains(&een.id.as_str()))
    {
        let place = sections
            .iter()
            .position(|section| section.groep == indicator.groep)
            .unwrap_or_else(|| {
                sections.push(page_plan::SectionPlan {
                    groep: indicator.groep.clone(),
                    titel: nl::capitalise(&indicator.groep),
                    inleiding: String::new(),
                    blok: Vec::new(),
                });
                sections.len() - 1
            });
        let blocks = &mut sections[place].blok;
        if land.total(&indicator.id).is_some() {
            match blocks.last_mut() {
                Some(page_plan::PlanBlock::Tabel(tabel)) if tabel.titel == OTHER_FIGURES => {
                    tabel.indicatoren.push(indicator.id.clone())
                }
                _ => blocks.push(page_plan::PlanBlock::Tabel(page_plan::TablePlan {
                    titel: OTHER_FIGURES.to_owned(),
                    indicatoren: vec![indicator.id.clone()],
                })),
            }
        } else {
            blocks.push(page_plan::PlanBlock::Verdeling(
                page_plan::DistributionPlan {
                    indicator: indicator.id.clone(),
                    uitsplitsing: None,
                    titel: String::new(),
                    toelichting: String::new(),
                },
            ));
        }
    }
    sections
}

const OTHER_FIGURES: &str = "Andere cijfers";

/// One part of a page, made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageSection {
    /// Anchor.
    pub id: String,
    /// Heading.
    pub titel: String,
    /// What the reader finds here.
    pub inleiding: String,
    /// The blocks, as HTML.
    pub blocks: Vec<String>,
}

/// What every page says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rand<'a> {
    /// Title of the page.
    pub titel: String,
    /// The way back to the publication's root.
    pub root: &'static str,
    /// Name of the whole.
    pub product: &'a str,
    /// Reporting year.
    pub jaar: i32,
    /// Name of the country page.
    pub meting: &'static str,
    /// Version of the publication.
    pub versie: &'a str,
    /// Day of publication, in words.
    pub datum: String,
    /// The momentopname.
    pub momentopname: &'a str,
    /// Version of the definition.
    pub definitie: u32,
    /// Its hash, shortened.
    pub definitie_hash: &'a str,
    /// Hash of the rules, shortened.
    pub regelhash: &'a str,
    /// What made the page.
    pub software: &'a str,
    /// Below this number nothing is shown.
    pub drempel: u32,
    /// Said at the top; may be empty.
    pub waarschuwing: &'a str,
    /// Breaks in the series that touch this year.
    pub trend_breaks: Vec<&'a str>,
    /// What it is about, in one word; may be empty.
    pub onderwerp: &'a str,
    /// Where the figures come from.
    pub bron: String,
    /// Number of jeugdregio's.
    pub jeugdregio_count: usize,
}

/// A page from its template.
pub(crate) fn make<T: Template>(path: &str, page: &T) -> Result<Vec<u8>, ReportError> {
    match page.render() {
        Ok(html) => Ok(html.into_bytes()),
        Err(source) => Err(ReportError::Sjabloon {
            pad: path.to_owned(),
            bron: source,
        }),
    }
}

/// A sentence that could not be made.
pub(crate) fn template_error(path: &str) -> impl FnOnce(askama::Error) -> ReportError + '_ {
    move |source| ReportError::Sjabloon {
        pad: path.to_owned(),
        bron: source,
    }
}

/// The response of a gebied, in words for the top of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponsLine {
    /// `9 van de 12 gevraagde aanbieders leverden (75%).`
    pub tekst: String,
    /// Whether enough is missing to say so.
    pub low: bool,
}

impl ResponsLine {
    /// From the response figure of the gebied, or from any of its figures.
    pub(crate) fn new(view: PageView<'_>) -> Option<Self> {
        let fact = view.rijen.total(&view.index.publicatie.page_plan.respons);
        let share = fact
            .and_then(Fact::value)
            .or_else(|| view.rijen.all().iter().find_map(|fact| fact.respons()))
            .filter(|share| (0.0..=1.0).contains(share))?;
        let text = match fact.and_then(|fact| fact.numerator().zip(fact.denominator())) {
            Some((given, asked)) => delivered(given, asked, &nl::percent(share, None)),
            None => format!(
                "{} van de gevraagde aanbieders leverde gegevens.",
                nl::percent(share, None)
            ),
        };
        Some(Self {
            tekst: text,
            low: share < 0.8,
        })
    }
}

/// `9 van de 12 gevraagde aanbieders leverden gegevens (75%).`
fn delivered(given: f64, asked: f64, percent: &str) -> String {
    let (van, on) = (nl::number(given, 0), nl::number(asked, 0));
    match (van.as_str(), on.as_str()) {
        ("0", "1") => "De enige gevraagde aanbieder leverde geen gegevens.".to_owned(),
        ("1", "1") => "De enige gevraagde aanbieder leverde gegevens.".to_owned(),
        ("0", _) => format!("Geen van de {on} gevraagde aanbieders leverde gegevens."),
        ("1", _) => format!("1 van de {on} gevraagde aanbieders leverde gegevens ({percent})."),
        _ => format!("{van} van de {on} gevraagde aanbieders leverden gegevens ({percent})."),
    }
}

#[cfg(test)]
mod tests {
    use super::delivered;

    #[test]
    fn response_reads_as_dutch_for_one_and_for_none() {
        assert_eq!(
            delivered(9.0, 12.0, "75%"),
            "9 van de 12 gevraagde aanbieders leverden gegevens (75%)."
        );
        assert_eq!(
            delivered(1.0, 3.0, "33%"),
            "1 van de 3 gevraagde aanbieders leverde gegevens (33%)."
        );
        assert_eq!(
            delivered(1.0, 1.0, "100%"),
            "De enige gevraagde aanbieder leverde gegevens."
        );
        assert_eq!(
            delivered(0.0, 1.0, "0%"),
            "De enige gevraagde aanbieder leverde geen gegevens."
        );
        assert_eq!(
            delivered(0.0, 4.0, "0%"),
            "Geen van de 4 gevraagde aanbieders leverde gegevens."
        );
    }
}
