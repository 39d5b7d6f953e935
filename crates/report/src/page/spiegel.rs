//! The spiegelrapportage of one gebied: itself beside the others.
//!
//! Owns with whom a gebied is compared: a jeugdregio with all jeugdregio's, a gemeente with those of its jeugdregio
//! (or its grootteklasse, where it is a regio of its own), a provincie with all provincies.

use askama::Template;
use schema::Niveau;

use super::empty::Empty;
use super::summary::{Headings, KeyFigure, ResponsLine, headings, key_figures};
use super::{PageSection, Rand, make as page, sections, template_error};
use crate::ReportError;
use crate::block::PageView;
use crate::figure_index::{Fact, FigureScope, Visibility};
use crate::nl;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::wording;

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
    /// Of a gemeente: where its breakdowns stand.
    jeugdregio: Option<&'a PublishedGebied>,
    headings: Headings,
    sections: Vec<PageSection>,
    empty: Option<Empty<'a>>,
}

struct Crumb<'a> {
    soort: &'static str,
    gebied: &'a PublishedGebied,
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
    let (key_figures, headings, sections) = if empty.is_some() {
        (Vec::new(), Headings::default(), Vec::new())
    } else {
        let sections = sections(view).map_err(template_error(&path))?;
        (key_figures(view), headings(view), sections)
    };
    let kind = nl::capitalise(gebied.niveau.name());
    page(
        &path,
        &Spiegel {
            rand: Rand::new(
                index,
                wording::spiegel_title(&kind, &gebied.naam, index.publicatie.jaar),
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
            gemeenten: gemeenten_of(index, gebied),
            jeugdregio: gebied
                .jeugdregio
                .as_deref()
                .and_then(|code| index.gebied(code)),
            respons: ResponsLine::new(view),
            kerncijfers: key_figures,
            headings,
            sections,
            empty,
        },
    )
}

/// What goes into the files beside the page: the own figures, and of the others what the page draws, the whole-cell
/// figures of the peers and of the wider gebieden.
pub fn cijfers<'w>(index: &'w ReportIndex<'_>, gebied: &PublishedGebied) -> Vec<Fact<'w>> {
    let drawn = index.page_plan().comparisons();
    let mut rows = own_rows(index, gebied);
    let (peers, _) = peers(index, gebied);
    let others = peers
        .into_iter()
        .chain(columns(index, gebied))
        .filter(|other| other.code != gebied.code);
    for other in others {
        let cijfers = index.rows(other);
        rows.extend(
            drawn
                .iter()
                .filter_map(|plan| cijfers.cell(&plan.indicator, plan.scope())),
        );
    }
    rows
}

/// The own figures. Of a breakdown only what exists: a median of nobody is no row.
pub fn own_rows<'w>(index: &'w ReportIndex<'_>, gebied: &PublishedGebied) -> Vec<Fact<'w>> {
    let all = index.rows(gebied).all().iter().copied();
    let exists = |fact: &Fact<'_>| match fact.scope() {
        FigureScope::Whole => true,
        FigureScope::Category { .. } => !matches!(fact.toestand(), Visibility::Missing(_)),
    };
    all.filter(exists).collect()
}

/// With whom a gebied is compared in drawings, and what they are together.
fn peers<'a>(
    index: &ReportIndex<'a>,
    gebied: &PublishedGebied,
) -> (Vec<&'a PublishedGebied>, String) {
    if gebied.niveau != Niveau::Gemeente {
        let all = index.niveau(gebied.niveau).to_vec();
        let group = wording::group(all.len(), wording::plural(gebied.niveau));
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
        let group = wording::gemeenten_of(jeugdregio.len(), name);
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
    let group = wording::group(class.len(), &name.to_lowercase());
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
            soort: wording::PROVINCIE,
            gebied,
        }));
    }
    let jeugdregio = gebied
        .jeugdregio
        .as_deref()
        .and_then(|code| index.gebied(code));
    crumbs.extend(jeugdregio.map(|gebied| Crumb {
        soort: wording::JEUGDREGIO,
        gebied,
    }));
    crumbs
}

fn gemeenten_of<'a>(index: &ReportIndex<'a>, gebied: &PublishedGebied) -> Vec<&'a PublishedGebied> {
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
