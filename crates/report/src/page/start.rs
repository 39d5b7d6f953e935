//! The first page: find your gemeente or regio, and everything else there is to download.

use askama::Template;
use schema::Niveau;

use super::{Rand, make as page};
use crate::ReportError;
use crate::dutch_format;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::wording;

#[derive(Template)]
#[template(path = "page/start.html")]
struct Start<'a> {
    rand: Rand<'a>,
    inleiding: &'a str,
    provincies: Vec<Provincie<'a>>,
    jeugdregios: Vec<&'a PublishedGebied>,
    gemeente_count: usize,
    attachments: Vec<AttachmentRow<'a>>,
}

struct Provincie<'a> {
    gebied: &'a PublishedGebied,
    jeugdregios: Vec<JeugdregioLinks<'a>>,
}

struct JeugdregioLinks<'a> {
    gebied: &'a PublishedGebied,
    gemeenten: Vec<&'a PublishedGebied>,
}

struct AttachmentRow<'a> {
    pad: &'a str,
    omschrijving: &'a str,
    omvang: String,
}

/// Makes `index.html`.
///
/// # Errors
/// When the template fails.
pub fn make(index: &ReportIndex<'_>) -> Result<Vec<u8>, ReportError> {
    let publicatie = index.publicatie;
    let provincies = index
        .niveau(Niveau::Provincie)
        .iter()
        .map(|gebied| provincie(index, gebied))
        .collect();
    page(
        "index.html",
        &Start {
            rand: Rand::new(
                index,
                wording::page::dated(&publicatie.titel, publicatie.jaar),
                "",
                None,
            ),
            inleiding: &publicatie.page_plan.inleiding,
            provincies,
            jeugdregios: by_name(index.niveau(Niveau::Jeugdregio).to_vec()),
            gemeente_count: index.niveau(Niveau::Gemeente).len(),
            attachments: publicatie
                .bestanden
                .iter()
                .map(|file| AttachmentRow {
                    pad: &file.pad,
                    omschrijving: &file.omschrijving,
                    omvang: file.bytes.map(dutch_format::size).unwrap_or_default(),
                })
                .collect(),
        },
    )
}

fn provincie<'a>(index: &ReportIndex<'a>, gebied: &'a PublishedGebied) -> Provincie<'a> {
    let lies_here = |other: &&PublishedGebied| other.provincies.contains(&gebied.code);
    let jeugdregios = index
        .niveau(Niveau::Jeugdregio)
        .iter()
        .copied()
        .filter(lies_here)
        .collect();
    let jeugdregios = by_name(jeugdregios)
        .into_iter()
        .map(|jeugdregio| JeugdregioLinks {
            gebied: jeugdregio,
            gemeenten: by_name(
                index
                    .niveau(Niveau::Gemeente)
                    .iter()
                    .copied()
                    .filter(lies_here)
                    .filter(|gemeente| gemeente.jeugdregio.as_deref() == Some(&jeugdregio.code))
                    .collect(),
            ),
        });
    Provincie {
        gebied,
        jeugdregios: jeugdregios.collect(),
    }
}

/// By name, without regard for capitals and the apostrophe of 's-Gravenhage.
fn by_name(mut gebieden: Vec<&PublishedGebied>) -> Vec<&PublishedGebied> {
    gebieden.sort_by_cached_key(|gebied| {
        let name = gebied.naam.to_lowercase();
        (
            name.trim_start_matches("'s-")
                .trim_start_matches("'t ")
                .replace('ú', "u"),
            gebied.code.clone(),
        )
    });
    gebieden
}
