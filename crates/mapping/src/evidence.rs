//! What a definition knows about columns: the names of its fields, the words of its codes, and what values prove.
//!
//! Owns the evidence that the values of a column give for a field. Leaves weighing it with the header to `headers`,
//! choosing to `placement`.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, Veldtype};

use crate::code_words::{Codewoorden, ja_nee};
use crate::gemeente::Gemeentezoeker;
use crate::headers::Veldnamen;
use crate::survey::Kolomverkenning;
use crate::weights::{DATES_FROM, DISTINCT_CODES, MOSTLY_DATES, SHORT_ENOUGH, TOO_MANY_VALUES};

/// What the definition knows, prepared for comparing.
pub(crate) struct Kennis<'a> {
    pub(crate) definitie: &'a Definitie,
    namen: BTreeMap<(String, String), Veldnamen>,
    woorden: BTreeMap<(String, String), Codewoorden>,
    pub(crate) gemeenten: std::sync::Arc<Gemeentezoeker>,
}

impl<'a> Kennis<'a> {
    pub(crate) fn new(definitie: &'a Definitie) -> Self {
        let mut namen = BTreeMap::new();
        let mut woorden = BTreeMap::new();
        for tabel in &definitie.tabellen {
            for veld in &tabel.velden {
                let plek = (tabel.naam.clone(), veld.naam.clone());
                namen.insert(plek.clone(), Veldnamen::new(veld, definitie.jaar));
                if let Veldtype::Code { lijst } = &veld.veldtype {
                    woorden.insert(plek, Codewoorden::new(&definitie.codelijsten[lijst], veld));
                }
            }
        }
        Self {
            definitie,
            namen,
            woorden,
            gemeenten: Gemeentezoeker::voor(definitie.jaar),
        }
    }

    pub(crate) fn woorden(&self, tabel: &str, veld: &str) -> Option<&Codewoorden> {
        self.woorden.get(&(tabel.to_owned(), veld.to_owned()))
    }

    pub(crate) fn namen(&self, tabel: &str, veld: &str) -> &Veldnamen {
        &self.namen[&(tabel.to_owned(), veld.to_owned())]
    }

    /// The share of a column's values that fit a field, if they can say anything; and whether a good fit says more
    /// than "of the right type".
    pub(crate) fn evidence(
        &self,
        tabel: &Tabel,
        veld: &Veld,
        kolom: &Kolomverkenning,
        afgeleid: bool,
    ) -> (Option<f64>, bool) {
        if kolom.gevuld == 0 {
            return (None, false);
        }
        let deel = |n: u64| Some(n as f64 / kolom.gevuld as f64);
        let over_waarden = |past: &dyn Fn(&str) -> bool| {
            let (goed, alle) = kolom.waarden.iter().fold((0, 0), |(goed, alle), (w, n)| {
                (goed + if past(w) { *n } else { 0 }, alle + n)
            });
            (alle > 0).then(|| goed as f64 / alle as f64)
        };
        match &veld.veldtype {
            _ if afgeleid => (Some(kolom.datums.aandeel()), true),
            Veldtype::Datum => (Some(kolom.datums.aandeel()), false),
            Veldtype::Geheel => (deel(kolom.gehele_getallen), false),
            Veldtype::Decimaal => (deel(kolom.getallen), false),
            Veldtype::JaNee => (over_waarden(&|w| ja_nee(w).is_some()), true),
            Veldtype::Gemeente => {
                let cijfers = kolom.gehele_getallen * 2 > kolom.gevuld;
                (over_waarden(&|w| self.gemeenten.knows(w)), !cijfers)
            }
            Veldtype::Code { .. } => {
                let woorden = self
                    .woorden(&tabel.naam, &veld.naam)
                    .expect("every code field has its words");
                if kolom.meer_waarden || kolom.waarden.len() > DISTINCT_CODES {
                    return (Some(TOO_MANY_VALUES), false);
                }
                let stelsel = woorden.stelsel(kolom.waarden.iter().map(|(w, _)| w.as_str()));
                let past = |w: &str| woorden.knows(w) || (stelsel.is_some() && w.len() <= 2);
                let verschillend = kolom
                    .waarden
                    .iter()
                    .filter(|(w, _)| woorden.knows(w))
                    .count();
                // Words that are nearly known are no evidence against.
                let deel = over_waarden(&past).filter(|deel| {
                    verschillend > 0 || stelsel.is_some() || *deel > 0.0 || !few_words(kolom)
                });
                (deel, verschillend >= 2)
            }
            Veldtype::Pseudoniem => {
                let zinnen = kolom
                    .waarden
                    .iter()
                    .filter(|(w, _)| w.split_whitespace().count() > 3)
                    .count();
                let geen_nummer = (kolom.datums.aandeel() > MOSTLY_DATES
                    && kolom.gehele_getallen < kolom.gevuld)
                    || zinnen * 2 > kolom.waarden.len();
                (geen_nummer.then_some(0.0), false)
            }
            Veldtype::Tekst { lengte } => (
                over_waarden(&|w| w.chars().count() <= *lengte).filter(|d| *d < SHORT_ENOUGH),
                false,
            ),
        }
    }
}

/// Whether the values alone say which field this may be, whatever stands above them.
pub(crate) fn values_tell(
    kennis: &Kennis<'_>,
    tabel: &Tabel,
    veld: &Veld,
    kolom: &Kolomverkenning,
) -> bool {
    let bekend: Box<dyn Fn(&str) -> bool + '_> = match &veld.veldtype {
        Veldtype::Code { .. } => {
            let Some(woorden) = kennis.woorden(&tabel.naam, &veld.naam) else {
                return false;
            };
            Box::new(|w| woorden.knows_telling(w))
        }
        // Places stand in many a file: worth a question only where the uitvraag can't do without.
        Veldtype::Gemeente if veld.verplicht => {
            Box::new(|w| w.chars().any(char::is_alphabetic) && kennis.gemeenten.knows(w))
        }
        _ => return false,
    };
    let passend: Vec<u64> = kolom
        .waarden
        .iter()
        .filter(|(w, _)| bekend(w))
        .map(|(_, n)| *n)
        .collect();
    !kolom.meer_waarden && passend.len() >= 2 && passend.iter().sum::<u64>() * 2 >= kolom.gevuld
}

/// Words that are asked one by one; more are a text.
const WOORDEN: usize = 25;

/// A column of few words that recur: what a coded column looks like.
fn few_words(kolom: &Kolomverkenning) -> bool {
    kolom.waarden.len() <= WOORDEN
        && kolom.getallen * 2 < kolom.gevuld
        && kolom.datums.aandeel() < DATES_FROM
}

/// Whether every value of a column can be asked: under the field's own name that is better than asking the column.
pub(crate) fn can_be_asked(veld: &Veld, kolom: &Kolomverkenning) -> bool {
    match veld.veldtype {
        Veldtype::Code { .. } => {
            few_words(kolom)
                || (kolom.waarden.len() <= WOORDEN
                    && kolom.waarden.iter().all(|(w, _)| w.len() <= 3))
        }
        Veldtype::Gemeente | Veldtype::JaNee => few_words(kolom),
        _ => false,
    }
}
