//! What a publication is made of: the one input of this crate.
//!
//! Owns the struct and the ways to fill its reference parts from `schema` (gebieden of a year, labels of the code
//! lists). Leaves the figures to `analysis` and `disclosure`, and which figure stands where to [`crate::page_plan`].

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use schema::{Cijfer, Definitie, Gebieden, Indicator, Niveau, Publisher};
use serde::Serialize;

use crate::PagePlan;
use crate::published_tables::{AreaCurve, LevelFunnel};

/// Everything the pages say. Plain data: same input, same bytes.
#[derive(Debug, Clone)]
pub struct ReportPublicatie {
    /// Name of the uitvraag, as in `omgang`.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Version of the publication, as in `1`.
    pub versie: String,
    /// Why it was made after an earlier version; `None` for the first.
    pub reason: Option<String>,
    /// Day of publication.
    pub datum: NaiveDate,
    /// Name of the whole, as in `Omgangsmonitor`.
    pub titel: String,
    /// Who publishes it.
    pub publisher: Publisher,
    /// Id of the momentopname the figures were made from.
    pub momentopname: String,
    /// Which definition was asked.
    pub definitie: DefinitieFacts,
    /// Name and version of the software, as in `omgangsmonitor 0.1.0`.
    pub software: String,
    /// Shown at the top of every page, as for practice data; empty for none.
    pub waarschuwing: Option<String>,
    /// Metadata of the indicators.
    pub indicatoren: Vec<Indicator>,
    /// The protected figures, in any order.
    pub cijfers: Vec<Cijfer>,
    /// The curves that figures are read from.
    pub curves: Vec<AreaCurve>,
    /// Between which limits gebieden differ by chance.
    pub funnels: Vec<LevelFunnel>,
    /// Nederland, provincies, jeugdregio's, gemeenten and grootteklassen of the year.
    pub gebieden: Vec<PublishedGebied>,
    /// Words for codes: breakdown or field → codes with their label, in the order in which they are shown.
    pub labels: Labels,
    /// Which figure stands where, and what is said of it.
    pub page_plan: PagePlan,
    /// The PDFs that were made, by path; a page without one has no link to it.
    pub papers: BTreeMap<String, PaperSize>,
    /// Other files of the publication, to link to from `index.html`.
    pub bestanden: Vec<Attachment>,
}

/// How large a PDF is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperSize {
    /// Its pages.
    pub pages: usize,
    /// Its bytes.
    pub bytes: u64,
}

/// Which definition was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitieFacts {
    /// Version of the definition.
    pub versie: u32,
    /// SHA-256 (hex) of the definition.
    pub hash: String,
    /// SHA-256 (hex) of the rules.
    pub regelhash: String,
}

impl From<&Definitie> for DefinitieFacts {
    fn from(definitie: &Definitie) -> Self {
        Self {
            versie: definitie.versie,
            hash: definitie.hash.clone(),
            regelhash: definitie.regelhash.clone(),
        }
    }
}

/// Another file of the publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Path from the publication's root, as in `cijfers.csv`.
    pub pad: String,
    /// What it is, in Dutch.
    pub omschrijving: String,
    /// Size, where known.
    pub bytes: Option<u64>,
}

/// One gebied in the year of the publication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishedGebied {
    /// `NL00`, `PVxx`, `JZxx`, `GMxxxx` or the class.
    pub code: String,
    /// Its name in that year.
    pub naam: String,
    /// Its level.
    pub niveau: Niveau,
    /// Codes of the provincies it lies in, in order; several for a jeugdregio across a border.
    pub provincies: Vec<String>,
    /// For a gemeente: its jeugdregio.
    pub jeugdregio: Option<String>,
    /// For a gemeente: its grootteklasse.
    pub grootteklasse: Option<String>,
    /// Inhabitants on 1 January, where known.
    pub inwoners: Option<u64>,
    /// One-parent households on 1 January, where known.
    pub eenouderhuishoudens: Option<u64>,
}

impl PublishedGebied {
    /// The gebieden of a year from the compiled-in reference tables, in the order country, provincies, jeugdregio's,
    /// gemeenten (by code), classes. Empty when there is no indeling for the year.
    pub fn van_jaar(jaar: i32) -> Vec<Self> {
        let gebieden = Gebieden::get();
        let levels = [
            Niveau::Nederland,
            Niveau::Provincie,
            Niveau::Jeugdregio,
            Niveau::Gemeente,
            Niveau::Grootteklasse,
        ];
        let listed = levels.map(|niveau| gebieden.list(jaar, niveau));
        listed
            .into_iter()
            .flatten()
            .map(|gebied| Self::of(gebieden, jaar, gebied))
            .collect()
    }

    fn of(gebieden: &Gebieden, jaar: i32, gebied: schema::Gebied) -> Self {
        let schema::Gebied {
            niveau,
            code,
            naam: name,
        } = gebied;
        let provincies: BTreeSet<&str> = gebieden
            .gemeenten_in(jaar, &code)
            .map(|gemeente| gemeente.provincie_code.as_str())
            .collect();
        let own = gebieden.gemeente(jaar, &code);
        let part_of = |niveau| own?.gebied(niveau).map(str::to_owned);
        Self {
            provincies: provincies.into_iter().map(str::to_owned).collect(),
            jeugdregio: part_of(Niveau::Jeugdregio),
            grootteklasse: part_of(Niveau::Grootteklasse),
            inwoners: gebieden.inwoners(jaar, &code),
            eenouderhuishoudens: gebieden.eenouderhuishoudens(jaar, &code),
            niveau,
            code,
            naam: name,
        }
    }
}

/// Words for codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Labels(BTreeMap<String, Vec<(String, String)>>);

impl Labels {
    /// The labels of all coded fields of a definition, by the name of the field (the first table's, where two have it)
    /// and by that of the list.
    pub fn van(definitie: &Definitie) -> Self {
        let fields = definitie.tabellen.iter().flat_map(|tabel| &tabel.velden);
        let of_fields = fields.filter_map(|veld| match &veld.veldtype {
            schema::VeldType::Code { list } => Some((&veld.naam, definitie.codelijsten.get(list)?)),
            _ => None,
        });
        let mut labels = BTreeMap::new();
        for (name, list) in of_fields.chain(&definitie.codelijsten) {
            labels.entry(name.clone()).or_insert_with(|| {
                let codes = list.codes.iter();
                codes
                    .map(|code| (code.code.clone(), code.label.clone()))
                    .collect()
            });
        }
        Self(labels)
    }

    /// Sets the codes of one breakdown or field, in the order in which they are shown.
    pub fn set(&mut self, uitsplitsing: &str, codes: Vec<(String, String)>) {
        self.0.insert(uitsplitsing.to_owned(), codes);
    }

    /// Place and label of a code; a code without a label stands last, as itself.
    pub(crate) fn find<'a>(&'a self, uitsplitsing: &str, code: &'a str) -> (usize, &'a str) {
        let codes = self
            .0
            .get(uitsplitsing)
            .map(Vec::as_slice)
            .unwrap_or_default();
        match codes.iter().position(|(this, _)| this == code) {
            Some(place) => (place, codes[place].1.as_str()),
            None => (usize::MAX, code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tables may have a field of one name with another list: the codes of the first are those of the breakdown.
    #[test]
    fn a_code_is_called_as_its_own_list_says() {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let labels = Labels::van(&definitie);
        let label = |name, code| labels.find(name, code).1.to_owned();
        assert_eq!(label("kader", "vrijwillig"), "Vrijwillig kader");
        assert_eq!(
            label("kader_aanbod", "vrijwillig"),
            "Alleen vrijwillig kader"
        );
    }
}
