//! The country page: the 0-meting, with what people thought in 2020 beside what was counted.

use askama::Template;

use super::{PageSection, Rand, ReportIndex, ResponsLine, make as page, template_error};
use crate::ReportError;
use crate::block::PageView;
use crate::publicatie::PublishedGebied;
use schema::Niveau;

use super::spiegel::{Headings, KeyFigure, headers, key_figures};

const PATH: &str = "0-meting/index.html";

#[derive(Template)]
#[template(path = "page/meting.html")]
struct Meting<'a> {
    rand: Rand<'a>,
    inleiding: &'a str,
    respons: Option<ResponsLine>,
    kerncijfers: Vec<KeyFigure>,
    headers: Headings,
    sections: Vec<PageSection>,
}

/// Makes `0-meting/index.html`.
///
/// # Errors
/// When a template fails.
pub fn make(index: &ReportIndex<'_>) -> Result<Vec<u8>, ReportError> {
    let publicatie = index.publicatie;
    let jeugdregios: Vec<&PublishedGebied> = index.niveau(Niveau::Jeugdregio).to_vec();
    let group = format!("de {} jeugdregio’s", jeugdregios.len());
    let view = PageView {
        index,
        gebied: index.land(),
        rijen: index.rows(index.land()),
        kolommen: &[],
        peers: &jeugdregios,
        groep: &group,
        spiegels: "../spiegel/",
    };
    let sections = index.sections(view).map_err(template_error(PATH))?;
    page(
        PATH,
        &Meting {
            rand: index.rand(
                format!("{} {}", index.measurement_name(), publicatie.jaar),
                "../",
            ),
            inleiding: &publicatie.page_plan.inleiding,
            respons: ResponsLine::new(view),
            kerncijfers: key_figures(view),
            headers: headers(view),
            sections,
        },
    )
}
