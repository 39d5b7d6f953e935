//! The country page: the 0-meting, with what people thought in 2020 beside what was counted.

use askama::Template;
use schema::Niveau;
use serde::Serialize;

use super::explanation::{MeaningGroup, of_figures};
use super::headlines::{HeadingGroup, KeyFigure, ResponsLine, headings, key_figures};
use super::jeugdregios_standing_out::JeugdregioOverview;
use super::{PageSection, Rand, make as page, measurement_name, paper_size, sections};
use crate::ReportError;
use crate::block::PageView;
use crate::peer_group::PeerGroup;
use crate::report_index::ReportIndex;
use crate::wording;

const PATH: &str = "0-meting/index.html";

/// The country page.
#[derive(Template, Serialize)]
#[template(path = "page/country.html")]
pub(crate) struct Meting<'a> {
    rand: Rand<'a>,
    naam: &'a str,
    inleiding: &'a str,
    /// How large the PDF is; empty where there is none.
    paper: String,
    /// No gebieden stand beside the country.
    groep: &'static str,
    side_by_side: &'static str,
    /// The file with its figures.
    csv: &'static str,
    respons: Option<ResponsLine>,
    kerncijfers: Vec<KeyFigure>,
    headings: Vec<HeadingGroup>,
    overview: JeugdregioOverview<'a>,
    sections: Vec<PageSection>,
    meanings: Vec<MeaningGroup<'a>>,
}

/// Makes `0-meting/index.html`.
///
/// # Errors
/// When a template fails.
pub fn make(index: &ReportIndex<'_>) -> Result<Vec<u8>, ReportError> {
    page(PATH, &Meting::new(index))
}

impl<'a> Meting<'a> {
    /// Of the publication.
    pub(crate) fn new(index: &'a ReportIndex<'a>) -> Self {
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
        Self {
            rand: Rand::new(
                index,
                wording::page::dated(measurement_name(index), publicatie.jaar),
                "../",
                Some(index.land()),
            ),
            naam: &index.land().naam,
            inleiding: &publicatie.page_plan.inleiding,
            paper: paper_size(index, index.land()),
            groep: "",
            side_by_side: "",
            csv: "cijfers.csv",
            respons: ResponsLine::new(view),
            kerncijfers: key_figures(view),
            headings: headings(view),
            overview: JeugdregioOverview::new(index),
            sections: sections(view),
            meanings: of_figures(index, view.rijen.all()),
        }
    }
}
