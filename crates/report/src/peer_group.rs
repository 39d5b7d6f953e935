//! With whom a gebied is compared, and where their figures stand side by side.
//!
//! Owns the choice: a jeugdregio with all jeugdregio's, a gemeente with those of its jeugdregio (or of its
//! grootteklasse, where it is a regio of its own), a provincie with all provincies. Gebieden with the same peers share
//! one page of tables.

use std::collections::BTreeMap;

use schema::Niveau;

use crate::publicatie::PublishedGebied;
use crate::report_index::ReportIndex;
use crate::wording;

/// Gebieden that are compared with one another.
#[derive(Debug, Clone)]
pub struct PeerGroup<'a> {
    /// Name of their folder.
    slug: String,
    /// What they are together, as in `de 42 jeugdregio's`.
    pub naam: String,
    /// The level of which they are all the gebieden, where they are.
    pub niveau: Option<Niveau>,
    /// The gebieden, by code.
    pub members: Vec<&'a PublishedGebied>,
}

impl<'a> PeerGroup<'a> {
    /// The peers of a gebied, itself among them.
    pub fn of(index: &ReportIndex<'a>, gebied: &PublishedGebied) -> Self {
        if gebied.niveau != Niveau::Gemeente {
            return Self::of_niveau(index, gebied.niveau);
        }
        let gemeenten = || index.niveau(Niveau::Gemeente).iter().copied();
        let find = |code: Option<&str>| code.and_then(|code| index.gebied(code));
        let neighbours: Vec<&PublishedGebied> = gemeenten()
            .filter(|other| other.jeugdregio == gebied.jeugdregio)
            .collect();
        if let Some(jeugdregio) = find(gebied.jeugdregio.as_deref())
            && neighbours.len() > 1
        {
            return Self {
                slug: jeugdregio.code.clone(),
                naam: wording::page::gemeenten_of(neighbours.len(), &jeugdregio.naam),
                niveau: None,
                members: neighbours,
            };
        }
        let members: Vec<&PublishedGebied> = gemeenten()
            .filter(|other| other.grootteklasse == gebied.grootteklasse)
            .collect();
        let class = find(gebied.grootteklasse.as_deref());
        let place = index
            .niveau(Niveau::Grootteklasse)
            .iter()
            .position(|other| Some(&other.code) == gebied.grootteklasse.as_ref());
        let name = class.map_or("", |class| &class.naam).to_lowercase();
        Self {
            slug: format!("klasse-{}", place.map_or(0, |place| place + 1)),
            naam: wording::page::class(members.len(), &name),
            niveau: None,
            members,
        }
    }

    /// All gebieden of a level.
    pub fn of_niveau(index: &ReportIndex<'a>, niveau: Niveau) -> Self {
        let members = index.niveau(niveau).to_vec();
        Self {
            slug: format!("{}s", niveau.name()),
            naam: wording::page::group(members.len(), niveau),
            niveau: Some(niveau),
            members,
        }
    }

    /// Every group that some page compares with, by the name of its folder.
    pub fn all(index: &ReportIndex<'a>) -> Vec<Self> {
        let jeugdregios = Self::of_niveau(index, Niveau::Jeugdregio);
        let others = index.met_spiegel().map(|gebied| Self::of(index, gebied));
        let groups: BTreeMap<String, Self> = others
            .chain([jeugdregios])
            .map(|group| (group.slug.clone(), group))
            .collect();
        groups.into_values().collect()
    }

    /// Its folder, from the publication's root.
    pub fn folder(&self) -> String {
        format!("vergelijk/{}", self.slug)
    }
}
