//! Gebieden that lie in the same place: a jeugdregio of one gemeente, a provincie of one jeugdregio.
//!
//! Owns finding them, so that nobody wonders why one page shows more than the other.

use std::collections::BTreeSet;

use schema::Niveau;
use serde::Serialize;

use crate::dutch_format;
use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::wording;

/// Another gebied in the same place, and what is said of it.
#[derive(Serialize)]
pub(super) struct SameArea<'a> {
    /// Before the link to it.
    pub before: String,
    /// What it is.
    pub soort: &'static str,
    /// The other.
    pub gebied: &'a PublishedGebied,
    /// Behind the link.
    pub after: String,
}

/// The other gebieden with a page that have the same gemeenten.
pub(super) fn same_area<'a>(
    index: &ReportIndex<'a>,
    gebied: &PublishedGebied,
) -> Vec<SameArea<'a>> {
    let own = gemeenten(index, gebied);
    let people = index.page_plan().people();
    index
        .met_spiegel()
        .filter(|other| other.niveau != gebied.niveau && gemeenten(index, other) == own)
        .map(|other| SameArea {
            before: wording::page::is_also(
                &dutch_format::capitalise(gebied.niveau.name()),
                &gebied.naam,
            ),
            soort: other.niveau.name(),
            gebied: other,
            after: wording::page::same_area(gebied.niveau, other.niveau, people),
        })
        .collect()
}

/// The gemeenten a gebied is made of, by code.
fn gemeenten<'a>(index: &ReportIndex<'a>, gebied: &PublishedGebied) -> BTreeSet<&'a str> {
    let lies_in = |gemeente: &&&PublishedGebied| match gebied.niveau {
        Niveau::Gemeente => gemeente.code == gebied.code,
        Niveau::Jeugdregio => gemeente.jeugdregio.as_ref() == Some(&gebied.code),
        Niveau::Provincie => gemeente.provincies.contains(&gebied.code),
        Niveau::Nederland => true,
        Niveau::Grootteklasse => gemeente.grootteklasse.as_ref() == Some(&gebied.code),
    };
    let all = index.niveau(Niveau::Gemeente).iter();
    all.filter(lies_in)
        .map(|gemeente| gemeente.code.as_str())
        .collect()
}
