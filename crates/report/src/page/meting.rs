//! The country page: the 0-meting, with what people thought in 2020 beside what was counted.

use askama::Template;
use schema::Niveau;

use super::overview::JeugdregioOverview;
use super::summary::{HeadingGroup, KeyFigure, ResponsLine, headings, key_figures};
use super::{PageSection, Rand, make as page, measurement_name, sections, template_error};
use crate::ReportError;
use crate::block::PageView;
use crate::peer_group::PeerGroup;
use crate::report_index::ReportIndex;
use crate::wording;

const PATH: &str = "0-meting/index.html";

#[derive(Template)]
#[template(path = "page/meting.html")]
struct Meting<'a> {
    rand: Rand<'a>,
    inleiding: &'a str,
    respons: Option<ResponsLine>,
    kerncijfers: Vec<KeyFigure>,
    headings: Vec<HeadingGroup>,
    overview: JeugdregioOverview<'a>,
    sections: Vec<PageSection>,
}

/// Makes `0-meting/index.html`.
///
/// # Errors
/// When a template fails.
pub fn make(index: &ReportIndex<'_>) -> Result<Vec<u8>, ReportError> {
    let publicatie = index.publicatie;
    let jeugdregios = PeerGroup::of_niveau(index, Niveau::Jeugdregio);
    let view = PageView {
        index,
        gebied: index.land(),
        rijen: index.rows(index.land()),
        kolommen: &[],
        peers: &jeugdregios,
        root: "../",
    };
    let sections = sections(view).map_err(template_error(PATH))?;
    page(
        PATH,
        &Meting {
            rand: Rand::new(
                index,
                wording::page::dated(measurement_name(index), publicatie.jaar),
                "../",
            ),
            inleiding: &publicatie.page_plan.inleiding,
            respons: ResponsLine::new(view),
            kerncijfers: key_figures(view),
            headings: headings(view),
            overview: JeugdregioOverview::new(index),
            sections,
        },
    )
}
