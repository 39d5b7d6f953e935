//! The pages: first page, 0-meting, spiegelrapportage, gebieden side by side, explanation. One file and one template each.
//!
//! Owns the frame every page shares: header, footer, sections, and what to know of all figures. Leaves
//! blocks to `block` and looking up to `report_index`.

pub mod country;
pub mod explanation;
mod headlines;
pub mod jeugdregios;
mod jeugdregios_standing_out;
mod nothing_shown;
mod same_area;
pub mod side_by_side;
mod similar_gebieden;
pub mod spiegel;
pub mod start;

use std::collections::BTreeMap;

use askama::Template;
use schema::dutch_time::datum_nl;
use schema::publisher::LICENCE_NAME;
use serde::Serialize;

use crate::ReportError;
use crate::block::{PageBlock, PageView};
use crate::block_plan::PlanBlock;
use crate::citation::citation;
use crate::dutch_format;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// One part of a page, made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageSection {
    /// Anchor.
    pub id: String,
    /// Heading.
    pub titel: String,
    /// What the reader finds here.
    pub inleiding: String,
    /// The blocks.
    pub blocks: Vec<PageBlock>,
    /// Which figures are not there, a sentence per reason.
    pub absent: Vec<String>,
}

/// The sections of a page, made; one without a figure is left out.
fn sections(view: PageView<'_>) -> Vec<PageSection> {
    let mut done = Vec::new();
    for plan in view.index.sections() {
        let mut blocks = Vec::new();
        let mut has_figures = false;
        for part in &plan.blok {
            let block = PageBlock::new(part, view);
            // Opinions alone are no figures.
            has_figures |= block.is_some() && !matches!(part, PlanBlock::Meningen(_));
            blocks.extend(block);
        }
        let absent = absent(&plan.groep, view);
        if !has_figures {
            blocks.clear();
        }
        if has_figures || !absent.is_empty() {
            done.push(PageSection {
                id: plan.groep.clone(),
                titel: plan.titel.clone(),
                inleiding: plan.inleiding.clone(),
                blocks,
                absent,
            });
        }
    }
    done
}

/// The whole figures of a group that do not belong on the page, by reason.
fn absent(group: &str, view: PageView<'_>) -> Vec<String> {
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let indicators = view.index.publicatie.indicatoren.iter();
    for indicator in indicators.filter(|indicator| indicator.groep == group) {
        let own = view.rijen.total(&indicator.id);
        if own.is_some() && !view.belongs(own) {
            let toestand = own.map(Fact::toestand);
            let reason = toestand.and_then(Visibility::reason);
            let words = wording::figure::reason(reason, view.gebied.niveau);
            by_reason.entry(words).or_default().push(&indicator.titel);
        }
    }
    by_reason
        .into_iter()
        .map(|(reason, titles)| wording::page::absent(reason, &titles))
        .collect()
}

/// What every page says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    /// Why there is another version than the first; may be empty.
    pub reason: &'a str,
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
    /// Said at the top; may be empty.
    pub waarschuwing: &'a str,
    /// Breaks in the series that touch this year.
    pub trend_breaks: Vec<&'a str>,
    /// What it is about, in one word; may be empty.
    pub onderwerp: &'a str,
    /// Who is counted.
    pub personen: &'a str,
    /// Where the figures come from.
    pub bron: String,
    /// How to cite the page.
    pub citation: String,
    /// Who publishes.
    pub publisher: &'a str,
    /// Where questions go; empty where that is not set.
    pub contact: &'a str,
    /// The same as a link.
    pub contact_link: String,
    /// On what terms figures may be used.
    pub licence: &'static str,
}

impl<'a> Rand<'a> {
    fn new(
        index: &ReportIndex<'a>,
        title: String,
        root: &'static str,
        gebied: Option<&PublishedGebied>,
    ) -> Self {
        let publicatie = index.publicatie;
        let page_plan = index.page_plan();
        let source = match page_plan.bron.as_str() {
            "" => wording::page::SOURCE,
            own => own,
        };
        Self {
            titel: title,
            root,
            product: &publicatie.titel,
            jaar: publicatie.jaar,
            meting: measurement_name(index),
            versie: &publicatie.versie,
            reason: publicatie.reason.as_deref().unwrap_or_default(),
            datum: datum_nl(publicatie.datum),
            momentopname: &publicatie.momentopname,
            definitie: publicatie.definitie.versie,
            definitie_hash: short(&publicatie.definitie.hash),
            regelhash: short(&publicatie.definitie.regelhash),
            software: &publicatie.software,
            waarschuwing: publicatie.waarschuwing.as_deref().unwrap_or_default(),
            trend_breaks: page_plan.trend_breaks(publicatie.jaar).collect(),
            onderwerp: &page_plan.onderwerp,
            personen: page_plan.people(),
            bron: source.replace("{jaar}", &publicatie.jaar.to_string()),
            citation: citation(publicatie, gebied),
            publisher: &publicatie.publisher.name,
            contact: publicatie.publisher.contact.as_deref().unwrap_or_default(),
            contact_link: publicatie.publisher.contact_link().unwrap_or_default(),
            licence: LICENCE_NAME,
        }
    }
}

/// `0-meting`, or in later years `Landelijk beeld`.
fn measurement_name(index: &ReportIndex<'_>) -> &'static str {
    let first = index.page_plan().nulmeting;
    if first.is_none_or(|jaar| jaar == index.publicatie.jaar) {
        wording::page::FIRST_MEASUREMENT
    } else {
        wording::page::COUNTRY
    }
}

/// How large the PDF of a gebied is, in words; empty where there is none.
fn paper_size(index: &ReportIndex<'_>, gebied: &PublishedGebied) -> String {
    let size = index.publicatie.papers.get(&crate::pdf::path(gebied));
    size.map_or_else(String::new, |size| {
        wording::page::paper_size(size.pages, &dutch_format::size(size.bytes))
    })
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// A page from its template.
fn make<T: Template>(path: &str, page: &T) -> Result<Vec<u8>, ReportError> {
    page.render()
        .map(String::into_bytes)
        .map_err(|source| ReportError::Sjabloon {
            pad: path.to_owned(),
            bron: source,
        })
}
