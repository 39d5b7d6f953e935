//! The blocks a page is built of: figures into plain structs, each with its template beside it.
//!
//! Owns what every block shares: a [`FigureCell`] (a value or the sign that stands for it), a [`IndicatorCard`] (what the figure
//! means, one click away) and a [`PageView`] (whose page, compared with whom). One file per kind of block.

pub mod compare;
pub mod distribution;
pub mod flow;
pub mod opinions;
pub mod questions;
pub mod tabel;

use askama::Template;
use schema::Indicator;
use schema::indicator::Interval;

use crate::figure_index::{AreaFigures, Fact, Visibility};
use crate::nl::{self, FigureFormat};
use crate::page::ReportIndex;
use crate::page_plan;
use crate::publicatie::PublishedGebied;
use crate::wording::{NO_FIGURE, PRIVACY};
use schema::Niveau;

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
    pub peers: &'w [&'w PublishedGebied],
    /// What they are together, as in `de 42 jeugdregio's`.
    pub groep: &'w str,
    /// The way to the folder of the spiegelrapportages, as in `../`.
    pub spiegels: &'w str,
}

impl<'w> PageView<'w> {
    /// Whether the page is the country's own.
    pub fn is_land(&self) -> bool {
        self.gebied.niveau == Niveau::Nederland
    }

    /// The figure of the country, on a page that is not the country's.
    pub fn land(&self, plan: &page_plan::ComparePlan) -> Option<Option<Fact<'w>>> {
        let rows = self.index.rows(self.index.land());
        (!self.is_land()).then(|| rows.cell(&plan.indicator, &plan.uitsplitsing, &plan.categorie))
    }

    /// Names above the columns.
    pub fn column_names(&self) -> Vec<String> {
        self.kolommen
            .iter()
            .map(|gebied| column_name(gebied))
            .collect()
    }

    /// The figures of the columns.
    pub fn beside(
        &self,
        indicator: &str,
        uitsplitsing: &str,
        categorie: &str,
    ) -> Vec<Option<Fact<'w>>> {
        self.kolommen
            .iter()
            .map(|gebied| {
                self.index
                    .rows(gebied)
                    .cell(indicator, uitsplitsing, categorie)
            })
            .collect()
    }

    /// Whether the indicator has a place in this publication at all.
    pub fn knows(&self, indicator: &str) -> bool {
        self.index.indicator(indicator).is_some()
            && (!self.rijen.van(indicator).is_empty()
                || self.index.index.knows(&self.index.land().code, indicator))
    }
}

fn column_name(gebied: &PublishedGebied) -> String {
    match gebied.niveau {
        Niveau::Nederland | Niveau::Grootteklasse => gebied.naam.clone(),
        Niveau::Provincie | Niveau::Jeugdregio | Niveau::Gemeente => {
            format!("{} {}", nl::capitalise(gebied.niveau.name()), gebied.naam)
        }
    }
}

/// Makes one block; nothing when the publication has no figure for it.
///
/// # Errors
/// When its template fails.
pub fn make(plan: &page_plan::PlanBlock, view: PageView<'_>) -> askama::Result<Option<String>> {
    let html = match plan {
        page_plan::PlanBlock::Vergelijk(plan) => {
            compare::CompareBlock::new(plan, view).map(|block| block.render())
        }
        page_plan::PlanBlock::Vragen(plan) => {
            questions::QuestionsBlock::new(plan, view).map(|block| block.render())
        }
        page_plan::PlanBlock::Tabel(plan) => {
            tabel::TableBlock::new(&plan.titel, &plan.indicatoren, view).map(|block| block.render())
        }
        page_plan::PlanBlock::Verdeling(plan) => {
            distribution::DistributionBlock::new(plan, view).map(|block| block.render())
        }
        page_plan::PlanBlock::Stroom(plan) => {
            flow::FlowBlock::new(plan, view).map(|block| block.render())
        }
        page_plan::PlanBlock::Meningen(plan) => {
            opinions::OpinionsBlock::new(plan, view).map(|block| block.render())
        }
    };
    html.transpose()
}

/// A value, or the sign that stands where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% if reden.is_empty() %}<span class="w">{{ tekst }}</span>{% if voorlopig %}<span class="ster" title="voorlopig">*</span>{% endif %}{% if !interval.is_empty() %}<span class="interval">{{ interval }}</span>{% endif %}{% else %}<span class="geen" title="{{ reden }}"><span aria-hidden="true">.</span><span class="vh">{{ reden }}</span></span>{% endif %}"#
)]
pub struct FigureCell {
    /// The value with its unit.
    pub tekst: String,
    /// Why there is no value; empty when there is one.
    pub reden: &'static str,
    /// Whether it is provisional.
    pub voorlopig: bool,
    /// The 95 % interval, where asked for.
    pub interval: String,
}

impl FigureCell {
    /// The value alone.
    pub fn bare(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        let toestand = fact.map_or(Visibility::Missing, Fact::toestand);
        let value = fact.and_then(|fact| Some(format.short(fact.value()?, fact.denominator())));
        Self {
            tekst: value.unwrap_or_default(),
            reden: reason(toestand),
            voorlopig: fact.is_some_and(Fact::provisional),
            interval: String::new(),
        }
    }

    /// The value with its unit.
    pub fn long(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        let value = fact.and_then(|fact| Some(format.long(fact.value()?, fact.denominator())));
        Self {
            tekst: value.unwrap_or_default(),
            ..Self::bare(fact, format)
        }
    }

    /// The value of another gebied beside the own one: no more precise than that.
    pub fn beside(fact: Option<Fact<'_>>, format: &FigureFormat, own: Option<Fact<'_>>) -> Self {
        let precision = own.and_then(Fact::denominator);
        let value = fact.and_then(|fact| Some(format.short(fact.value()?, precision)));
        Self {
            tekst: value.unwrap_or_default(),
            ..Self::bare(fact, format)
        }
    }

    /// The same with its unit.
    pub fn beside_long(
        fact: Option<Fact<'_>>,
        format: &FigureFormat,
        own: Option<Fact<'_>>,
    ) -> Self {
        let precision = own.and_then(Fact::denominator);
        let value = fact.and_then(|fact| Some(format.long(fact.value()?, precision)));
        Self {
            tekst: value.unwrap_or_default(),
            ..Self::bare(fact, format)
        }
    }

    /// The value with its interval under it.
    pub fn met_interval(fact: Option<Fact<'_>>, format: &FigureFormat) -> Self {
        Self {
            interval: interval(fact, format),
            ..Self::bare(fact, format)
        }
    }

    /// Value, or the reason there is none, as plain words.
    pub fn words(&self) -> &str {
        if self.reden.is_empty() {
            &self.tekst
        } else {
            self.reden
        }
    }
}

fn reason(toestand: Visibility) -> &'static str {
    match toestand {
        Visibility::Shown => "",
        Visibility::Privacy => PRIVACY,
        Visibility::Missing => NO_FIGURE,
    }
}

/// `8,1 tot 11,4`, or nothing.
pub(crate) fn interval(fact: Option<Fact<'_>>, format: &FigureFormat) -> String {
    fact.and_then(|fact| Some(format.interval(fact.bounds()?, fact.denominator())))
        .unwrap_or_default()
}

/// `75%`, or a dash where it is not known.
pub(crate) fn respons(fact: Option<Fact<'_>>) -> String {
    fact.and_then(Fact::respons)
        .map_or_else(|| "–".to_owned(), |respons| nl::percent(respons, None))
}

/// The number of records, or a dash.
pub(crate) fn n(fact: Option<Fact<'_>>) -> String {
    fact.and_then(Fact::n)
        .map_or_else(|| "–".to_owned(), nl::count)
}

/// What a figure means: one click away from it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "block/card.html")]
pub struct IndicatorCard {
    /// Title of the indicator.
    pub titel: String,
    /// Definition in words.
    pub definitie: String,
    /// What is counted.
    pub teller: String,
    /// How many that are here; may be empty.
    pub numerator_number: String,
    /// Of what; may be empty.
    pub noemer: String,
    /// How many that are here; may be empty.
    pub denominator_number: String,
    /// How the interval was made.
    pub interval: &'static str,
    /// What to keep in mind; may be empty.
    pub kanttekening: String,
    /// Contract id, to find it in the files.
    pub id: String,
}

impl IndicatorCard {
    /// From the metadata and, for the numbers, the figure.
    pub fn new(indicator: &Indicator, fact: Option<Fact<'_>>) -> Self {
        let number = |value: f64| nl::number(value, if value.fract().abs() < 1e-9 { 0 } else { 1 });
        Self {
            titel: indicator.titel.clone(),
            definitie: indicator.definitie.clone(),
            teller: indicator.teller.clone(),
            numerator_number: fact
                .and_then(Fact::numerator)
                .map(number)
                .unwrap_or_default(),
            noemer: indicator.noemer.clone(),
            denominator_number: fact
                .and_then(Fact::denominator)
                .map(number)
                .unwrap_or_default(),
            interval: method(indicator.interval),
            kanttekening: indicator.kanttekening.clone(),
            id: indicator.id.clone(),
        }
    }
}

fn method(interval: Interval) -> &'static str {
    match interval {
        Interval::Geen => "",
        Interval::Wilson => "Wilson, voor een aandeel",
        Interval::Poisson => "Poisson (exact onder 10, daarboven Byar), voor een aantal",
        Interval::Orde => "volgorde van de waarnemingen, voor een mediaan of kwantiel",
        Interval::KaplanMeier => {
            "Greenwood (log-log), bij een schatting die lopende gevallen meetelt"
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

/// Fills in `{jaar}` and `{vorig}`.
pub(crate) fn met_jaar(text: &str, jaar: i32) -> String {
    text.replace("{jaar}", &jaar.to_string())
        .replace("{vorig}", &(jaar - 1).to_string())
}
