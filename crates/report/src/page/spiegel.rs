//! The spiegelrapportage of one gebied: itself beside the others.
//!
//! Owns which wider gebieden stand beside it in tables, and which figures go into the files. Leaves with whom it is
//! compared to `peer_group`.

use askama::Template;
use schema::Niveau;
use serde::Serialize;

use super::explanation::{MeaningGroup, in_short, of_figures};
use super::headlines::{HeadingGroup, KeyFigure, ResponsLine, headings, key_figures};
use super::nothing_shown::Empty;
use super::same_area::{SameArea, same_area};
use super::similar_gebieden::Alike;
use super::{PageSection, Rand, make as page, paper_size, sections};
use crate::ReportError;
use crate::block::PageView;
use crate::dutch_format;
use crate::figure_scope::FigureScope;
use crate::peer_group::PeerGroup;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::shown_figure::{Fact, Visibility};
use crate::wording;

/// The spiegelrapportage of one gebied.
#[derive(Template, Serialize)]
#[template(path = "page/spiegel.html")]
pub(crate) struct Spiegel<'a> {
    rand: Rand<'a>,
    naam: &'a str,
    soort: String,
    /// What the reader finds here.
    inleiding: String,
    /// With whom it is compared.
    groep: String,
    /// How large the PDF is; empty where there is none.
    paper: String,
    /// The file with the figures of its peers.
    side_by_side: String,
    /// Where the service gives its figures as CSV.
    csv: String,
    same_area: Vec<SameArea<'a>>,
    crumbs: Vec<Crumb<'a>>,
    gemeenten: Vec<&'a PublishedGebied>,
    respons: Option<ResponsLine>,
    kerncijfers: Vec<KeyFigure>,
    /// Of a gemeente: where its breakdowns stand, and where to look if nothing of its own is shown.
    jeugdregio: Option<&'a PublishedGebied>,
    headings: Vec<HeadingGroup>,
    sections: Vec<PageSection>,
    /// Who is most like it.
    alike: Option<Alike<'a>>,
    meanings: Vec<MeaningGroup<'a>>,
    empty: Option<Empty>,
}

#[derive(Serialize)]
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
    page(&path, &Spiegel::new(index, gebied))
}

impl<'a> Spiegel<'a> {
    /// Of this gebied.
    pub(crate) fn new(index: &'a ReportIndex<'a>, gebied: &'a PublishedGebied) -> Self {
        let peers = PeerGroup::of(index, gebied);
        let columns = columns(index, gebied);
        let view = PageView {
            index,
            gebied,
            rijen: index.rows(gebied),
            kolommen: &columns,
            peers: &peers,
            root: "../../",
        };
        let jaar = index.publicatie.jaar;
        let empty = Empty::new(view);
        let (key_figures, headings, sections) = if empty.is_some() {
            (Vec::new(), Vec::new(), Vec::new())
        } else {
            (key_figures(view), headings(view), sections(view))
        };
        let mut introduction = vec![wording::page::spiegel_of(
            &index.page_plan().onderwerp,
            jaar,
        )];
        if empty.is_none() {
            introduction.push(wording::page::you_see(&gebied.naam, &peers.naam));
        }
        if let Some(count) = gebied.inwoners {
            let count = dutch_format::number(count as f64, 0);
            introduction.push(wording::page::inhabitants(&gebied.naam, jaar, &count));
        }
        let kind = dutch_format::capitalise(gebied.niveau.name());
        Self {
            rand: Rand::new(
                index,
                wording::page::spiegel_title(&kind, &gebied.naam, jaar),
                "../../",
                Some(gebied),
            ),
            naam: &gebied.naam,
            soort: kind,
            inleiding: introduction.join(" "),
            paper: paper_size(index, gebied),
            side_by_side: format!("../../{}/cijfers.csv", peers.folder()),
            groep: peers.naam.clone(),
            csv: csv(index, gebied),
            same_area: same_area(index, gebied),
            crumbs: crumbs(index, gebied),
            gemeenten: gemeenten_of(index, gebied),
            jeugdregio: gebied
                .jeugdregio
                .as_deref()
                .and_then(|code| index.gebied(code)),
            respons: ResponsLine::new(view),
            kerncijfers: key_figures,
            headings,
            sections,
            alike: if empty.is_none() {
                Alike::new(index, gebied)
            } else {
                None
            },
            meanings: match gebied.niveau {
                Niveau::Gemeente => in_short(of_figures(index, view.rijen.all())),
                _ => of_figures(index, view.rijen.all()),
            },
            empty,
        }
    }
}

/// The way from a spiegelrapportage to the figures of its gebied as the service filters them from the table of all.
fn csv(index: &ReportIndex<'_>, gebied: &PublishedGebied) -> String {
    let publicatie = index.publicatie;
    format!(
        "../../../../../../cijfers?uitvraag={}&jaar={}&versie={}&gebied={}&formaat=csv",
        publicatie.uitvraag, publicatie.jaar, publicatie.versie, gebied.code
    )
}

/// What goes into the files beside the page: its own figures, of a breakdown only those that are shown. What is hidden or
/// missing of a breakdown stands in the file of all figures alone.
pub fn cijfers<'w>(index: &'w ReportIndex<'_>, gebied: &PublishedGebied) -> Vec<Fact<'w>> {
    let all = index.rows(gebied).all().iter().copied();
    let belongs = |fact: &Fact<'_>| match fact.scope() {
        FigureScope::Whole => true,
        FigureScope::Category { .. } => fact.toestand() == Visibility::Shown,
    };
    all.filter(belongs).collect()
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
            soort: wording::page::PROVINCIE,
            gebied,
        }));
    }
    let jeugdregio = gebied
        .jeugdregio
        .as_deref()
        .and_then(|code| index.gebied(code));
    crumbs.extend(jeugdregio.map(|gebied| Crumb {
        soort: wording::page::JEUGDREGIO,
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
