//! Figures in a table, each with its definition behind its name and its response beside it.

use askama::Template;

use super::{Blik, Cel, Kaart, n, respons};

/// The table.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/tabel.html")]
pub struct Tabel {
    /// Caption.
    pub titel: String,
    /// Name above the own column.
    pub eigen: String,
    /// Names above the other columns.
    pub kolommen: Vec<String>,
    /// The rows.
    pub rijen: Vec<Rij>,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rij {
    /// What it means.
    pub kaart: Kaart,
    /// Its unit; empty where title or sign says it.
    pub eenheid: String,
    /// Its value here.
    pub eigen: Cel,
    /// Number of records.
    pub n: String,
    /// Share of the aanbieders that delivered.
    pub respons: String,
    /// Its value in the wider gebieden.
    pub naast: Vec<Cel>,
}

impl Tabel {
    /// The figures of these indicators; nothing when none of them is in the publication.
    pub fn nieuw(titel: &str, indicatoren: &[String], blik: Blik<'_>) -> Option<Self> {
        let rijen: Vec<Rij> = indicatoren.iter().filter_map(|id| rij(id, blik)).collect();
        (!rijen.is_empty()).then(|| Self {
            titel: titel.to_owned(),
            eigen: blik.gebied.naam.clone(),
            kolommen: blik.kolomnamen(),
            rijen,
        })
    }
}

fn rij(id: &str, blik: Blik<'_>) -> Option<Rij> {
    let indicator = blik.wereld.indicator(id).filter(|_| blik.kent(id))?;
    let maat = blik.wereld.maat(indicator);
    let eigen = blik.rijen.totaal(id);
    let naast = blik.naast(id, "totaal", "totaal");
    // A figure that only exists per category belongs in a distribution, not here.
    if eigen.is_none() && naast.iter().all(Option::is_none) {
        return None;
    }
    let genoemd = super::noemt_eenheid(&indicator.titel, &maat);
    Some(Rij {
        kaart: Kaart::nieuw(indicator, eigen),
        eenheid: if genoemd {
            String::new()
        } else {
            maat.eenheid().to_owned()
        },
        eigen: Cel::met_interval(eigen, &maat),
        n: n(eigen),
        respons: respons(eigen),
        naast: naast
            .into_iter()
            .map(|feit| Cel::naast(feit, &maat, eigen))
            .collect(),
    })
}
