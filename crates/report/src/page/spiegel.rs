//! The spiegelrapportage of one gebied: itself beside the others.
//!
//! Owns with whom a gebied is compared: a jeugdregio with all jeugdregio's, a gemeente with those of its jeugdregio
//! (or its grootteklasse, where it is a regio of its own), a provincie with all provincies; and what a small gemeente
//! reads when nothing of its own can be shown.

use askama::Template;

use super::{PageSection, Rand, ReportIndex, ResponsLine, make as page, template_error};
use crate::ReportError;
use crate::block::{FigureCell, PageView};
use crate::figure_index::{Fact, Visibility};
use crate::nl;
use crate::publicatie::{PublishedGebied, plural};
use crate::wording::{StandingWords, Wording};
use schema::Niveau;

#[derive(Template)]
#[template(path = "page/spiegel.html")]
struct Spiegel<'a> {
    rand: Rand<'a>,
    naam: &'a str,
    soort: String,
    groep: &'a str,
    crumbs: Vec<Crumb<'a>>,
    inwoners: String,
    gemeenten: Vec<&'a PublishedGebied>,
    respons: Option<ResponsLine>,
    kerncijfers: Vec<KeyFigure>,
    headers: Headings,
    sections: Vec<PageSection>,
    empty: Option<Empty<'a>>,
}

struct Crumb<'a> {
    soort: &'static str,
    gebied: &'a PublishedGebied,
}

/// A figure shown large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFigure {
    /// Title of the indicator.
    pub titel: String,
    /// The value here.
    pub own: FigureCell,
    /// The value in the country; absent on the country's page and for counts, which cannot be compared.
    pub land: Option<FigureCell>,
}

/// A sentence at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// Where the figure stands in full.
    pub id: String,
    /// The sentence.
    pub wording: Wording,
}

/// The sentences at the top, what stands out first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headings {
    /// Whether the page is compared at all; the country's is not.
    pub compared: bool,
    /// Clearly higher or lower.
    pub striking: Vec<Headline>,
    /// Not clearly different.
    pub equal: Vec<Headline>,
    /// Not judged, or not shown.
    pub other: Vec<Headline>,
}

/// What is said when nothing of the gebied's own can be shown.
struct Empty<'a> {
    /// Why.
    reden: String,
    /// Where to look instead.
    jeugdregio: Option<&'a PublishedGebied>,
    /// Names above the columns.
    kolommen: Vec<String>,
    /// What can be shown: the wider gebieden.
    rijen: Vec<EmptyRow>,
}

struct EmptyRow {
    titel: String,
    cells: Vec<FigureCell>,
}

/// Makes `spiegel/<gebied>/index.html`.
///
/// # Errors
/// When a template fails.
pub fn make(index: &ReportIndex<'_>, gebied: &PublishedGebied) -> Result<Vec<u8>, ReportError> {
    let path = format!("spiegel/{}/index.html", gebied.code);
    let (peers, group) = peers(index, gebied);
    let columns = columns(index, gebied);
    let view = PageView {
        index,
        gebied,
        rijen: index.rows(gebied),
        kolommen: &columns,
        peers: &peers,
        groep: &group,
        spiegels: "../",
    };
    let empty = Empty::new(view);
    let sections = if empty.is_some() {
        Vec::new()
    } else {
        index.sections(view).map_err(template_error(&path))?
    };
    let kind = nl::capitalise(gebied.niveau.name());
    page(
        &path,
        &Spiegel {
            rand: index.rand(
                format!(
                    "{kind} {}: spiegelrapportage {}",
                    gebied.naam, index.publicatie.jaar
                ),
                "../../",
            ),
            naam: &gebied.naam,
            soort: kind,
            groep: &group,
            crumbs: crumbs(index, gebied),
            inwoners: gebied
                .inwoners
                .map(|count| nl::number(count as f64, 0))
                .unwrap_or_default(),
            gemeenten: gemeenten_van(index, gebied),
            respons: ResponsLine::new(view),
            kerncijfers: if empty.is_some() {
                Vec::new()
            } else {
                key_figures(view)
            },
            headers: if empty.is_some() {
                Headings::default()
            } else {
                headers(view)
            },
            sections,
            empty,
        },
    )
}

/// What goes into the files beside the page: the own figures, and of the others what the page draws, the whole-cell
/// figures of the peers and of the wider gebieden.
pub fn cijfers<'w>(index: &'w ReportIndex<'_>, gebied: &PublishedGebied) -> Vec<Fact<'w>> {
    let drawn = index.publicatie.page_plan.comparisons();
    let mut rows = own_rows(index, gebied);
    let (peers, _) = peers(index, gebied);
    let others = peers
        .into_iter()
        .chain(columns(index, gebied))
        .filter(|other| other.code != gebied.code);
    for other in others {
        let cijfers = index.rows(other);
        rows.extend(
            drawn.iter().filter_map(|plan| {
                cijfers.cell(&plan.indicator, &plan.uitsplitsing, &plan.categorie)
            }),
        );
    }
    rows
}

/// The own figures. Of a breakdown only what exists: a median of nobody is no row.
pub fn own_rows<'w>(index: &'w ReportIndex<'_>, gebied: &PublishedGebied) -> Vec<Fact<'w>> {
    let all = index.rows(gebied).all().iter().copied();
    all.filter(|fact| fact.uitsplitsing() == "totaal" || fact.toestand() != Visibility::Missing)
        .collect()
}

/// With whom a gebied is compared in drawings, and what they are together.
fn peers<'a>(
    index: &ReportIndex<'a>,
    gebied: &PublishedGebied,
) -> (Vec<&'a PublishedGebied>, String) {
    if gebied.niveau != Niveau::Gemeente {
        let all = index.niveau(gebied.niveau).to_vec();
        let group = format!("de {} {}", all.len(), plural(gebied.niveau));
        return (all, group);
    }
    let gemeenten = || index.niveau(Niveau::Gemeente).iter().copied();
    let jeugdregio: Vec<&PublishedGebied> = gemeenten()
        .filter(|other| other.jeugdregio == gebied.jeugdregio)
        .collect();
    if jeugdregio.len() > 1 {
        let name = gebied
            .jeugdregio
            .as_deref()
            .and_then(|code| index.gebied(code))
            .map_or("", |jeugdregio| &jeugdregio.naam);
        let group = format!("de {} gemeenten in jeugdregio {name}", jeugdregio.len());
        return (jeugdregio, group);
    }
    let class: Vec<&PublishedGebied> = gemeenten()
        .filter(|other| other.grootteklasse == gebied.grootteklasse)
        .collect();
    let name = gebied
        .grootteklasse
        .as_deref()
        .and_then(|code| index.gebied(code))
        .map_or("", |class| &class.naam);
    let group = format!("de {} {}", class.len(), name.to_lowercase());
    (class, group)
}

/// The wider gebieden in the columns, narrowest first.
fn columns<'a>(index: &ReportIndex<'a>, gebied: &PublishedGebied) -> Vec<&'a PublishedGebied> {
    let wider = [
        gebied.jeugdregio.as_deref(),
        gebied.grootteklasse.as_deref(),
    ];
    let mut columns: Vec<&PublishedGebied> = wider
        .into_iter()
        .flatten()
        .filter_map(|code| index.gebied(code))
        .collect();
    columns.push(index.land());
    columns
}

fn crumbs<'a>(index: &ReportIndex<'a>, gebied: &PublishedGebied) -> Vec<Crumb<'a>> {
    let mut crumbs: Vec<Crumb<'_>> = Vec::new();
    if gebied.niveau != Niveau::Provincie {
        let provincies = gebied
            .provincies
            .iter()
            .filter_map(|code| index.gebied(code));
        crumbs.extend(provincies.map(|gebied| Crumb {
            soort: "Provincie",
            gebied,
        }));
    }
    let jeugdregio = gebied
        .jeugdregio
        .as_deref()
        .and_then(|code| index.gebied(code));
    crumbs.extend(jeugdregio.map(|gebied| Crumb {
        soort: "Jeugdregio",
        gebied,
    }));
    crumbs
}

fn gemeenten_van<'a>(
    index: &ReportIndex<'a>,
    gebied: &PublishedGebied,
) -> Vec<&'a PublishedGebied> {
    let belongs_to = |gemeente: &&PublishedGebied| match gebied.niveau {
        Niveau::Jeugdregio => gemeente.jeugdregio.as_deref() == Some(&gebied.code),
        Niveau::Provincie => gemeente.provincies.contains(&gebied.code),
        Niveau::Nederland | Niveau::Gemeente | Niveau::Grootteklasse => false,
    };
    index
        .niveau(Niveau::Gemeente)
        .iter()
        .copied()
        .filter(belongs_to)
        .collect()
}

/// The figures shown large.
pub(super) fn key_figures(view: PageView<'_>) -> Vec<KeyFigure> {
    let page_plan = &view.index.publicatie.page_plan;
    let core_figures = page_plan.kerncijfers.iter().filter_map(|id| {
        let indicator = view.index.indicator(id).filter(|_| view.knows(id))?;
        let format = view.index.format(indicator);
        let land = view.index.rows(view.index.land()).total(id);
        let own = view.rijen.total(id);
        let names_unit = crate::block::names_unit(&indicator.titel, &format);
        let comparable =
            !view.is_land() && (!indicator.noemer.is_empty() || !is_telling(indicator));
        Some(KeyFigure {
            titel: indicator.titel.clone(),
            own: if names_unit {
                FigureCell::bare(own, &format)
            } else {
                FigureCell::long(own, &format)
            },
            land: comparable.then(|| FigureCell::beside_long(land, &format, own)),
        })
    });
    core_figures.collect()
}

fn is_telling(indicator: &schema::Indicator) -> bool {
    use schema::indicator::Interval;
    matches!(indicator.interval, Interval::Geen | Interval::Poisson)
}

/// The sentences at the top.
pub(super) fn headers(view: PageView<'_>) -> Headings {
    let plans = view.index.publicatie.page_plan.headers();
    let headers = plans.into_iter().filter_map(|plan| {
        let indicator = view
            .index
            .indicator(&plan.indicator)
            .filter(|_| view.knows(&plan.indicator))?;
        let own = view
            .rijen
            .cell(&plan.indicator, &plan.uitsplitsing, &plan.categorie);
        Some(Headline {
            id: crate::block::compare::anchor(plan),
            wording: Wording::van(plan, &view.index.format(indicator), own, view.land(plan)),
        })
    });
    let mut distributed = Headings {
        compared: !view.is_land(),
        ..Headings::default()
    };
    for header in headers {
        match header.wording.oordeel {
            StandingWords::Hoger | StandingWords::Lager => distributed.striking.push(header),
            StandingWords::NotDifferent => distributed.equal.push(header),
            StandingWords::Geen => distributed.other.push(header),
        }
    }
    distributed
}

/// Said where nobody delivered, so that no figure exists: that is something else than nobody helped.
fn nobody_delivered(view: PageView<'_>, size: Option<Fact<'_>>) -> Option<String> {
    size.filter(|fact| fact.toestand() == Visibility::Missing)?;
    let (name, jaar) = (&view.gebied.naam, view.index.publicatie.jaar);
    match size.and_then(Fact::respons) {
        Some(respons) if respons <= 0.0 => Some(format!(
            "Geen van de aanbieders die in {name} werken, leverde gegevens over {jaar}. Daarom weten we niet hoeveel kinderen daar hulp kregen."
        )),
        Some(_) => None,
        None => Some(format!(
            "Over {name} leverde niemand gegevens, en we kennen geen aanbieder die daar werkt. Daarom weten we niet of daar in {jaar} kinderen hulp kregen."
        )),
    }
}

impl<'w> Empty<'w> {
    /// Nothing when the gebied has something of its own to show.
    fn new(view: PageView<'w>) -> Option<Self> {
        let page_plan = &view.index.publicatie.page_plan;
        let about_children = |fact: &&Fact<'_>| {
            view.index
                .indicator(fact.indicator())
                .is_none_or(|een| een.groep != "respons" && een.groep != "kwaliteit")
        };
        let own: Vec<&Fact<'_>> = view.rijen.all().iter().filter(about_children).collect();
        let something = own
            .iter()
            .any(|fact| fact.value().is_some_and(|value| value != 0.0));
        if something {
            return None;
        }
        let size = view.rijen.total(&page_plan.omvang);
        let reason = if own.is_empty() {
            format!(
                "In deze publicatie staan geen cijfers over {}.",
                view.gebied.naam
            )
        } else if let Some(reason) = nobody_delivered(view, size) {
            reason
        } else if size.and_then(Fact::value) == Some(0.0) && !page_plan.niemand.is_empty() {
            let jaar = view.index.publicatie.jaar.to_string();
            page_plan
                .niemand
                .replace("{gebied}", &view.gebied.naam)
                .replace("{jaar}", &jaar)
        } else if own
            .iter()
            .any(|fact| fact.toestand() == Visibility::Privacy)
        {
            let words = match page_plan.weinig.as_str() {
                "" => {
                    "Voor {gebied} tonen we geen eigen cijfers: het zijn er te weinig, of een getal zou een ander verborgen getal verraden. Zo is niemand te herkennen."
                }
                own => own,
            };
            words.replace("{gebied}", &view.gebied.naam)
        } else {
            format!(
                "Voor {} zijn er te weinig gegevens om een cijfer te berekenen.",
                view.gebied.naam
            )
        };
        Some(Self {
            reden: reason,
            jeugdregio: view
                .gebied
                .jeugdregio
                .as_deref()
                .and_then(|code| view.index.gebied(code)),
            kolommen: view.column_names(),
            rijen: Self::rows(view),
        })
    }

    fn rows(view: PageView<'_>) -> Vec<EmptyRow> {
        let page_plan = &view.index.publicatie.page_plan;
        let rows = page_plan.headers().into_iter().filter_map(|plan| {
            let indicator = view
                .index
                .indicator(&plan.indicator)
                .filter(|_| view.knows(&plan.indicator))?;
            let format = view.index.format(indicator);
            let beside = view.beside(&plan.indicator, &plan.uitsplitsing, &plan.categorie);
            Some(EmptyRow {
                titel: crate::block::title(&plan.titel, indicator),
                cells: beside
                    .into_iter()
                    .map(|fact| FigureCell::beside_long(fact, &format, None))
                    .collect(),
            })
        });
        rows.collect()
    }
}
