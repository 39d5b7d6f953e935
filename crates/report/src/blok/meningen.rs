//! What people thought, beside what was counted: two columns that are never added up. Country page only.

use askama::Template;

use super::{Blik, Cel};
use crate::cijferindex::{Feit, Toestand};
use crate::duiding::{GEEN_CIJFER, PRIVACY};
use crate::nl;
use crate::opzet;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/meningen.html")]
pub struct Meningen {
    /// Heading.
    pub titel: String,
    /// Who was asked, and why it is no measurement.
    pub toelichting: String,
    /// Name above the column of opinions.
    pub wie: String,
    /// The lines.
    pub regels: Vec<Regel>,
    /// Reporting year of what was counted.
    pub jaar: i32,
}

/// One opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regel {
    /// What they answered.
    pub antwoord: String,
    /// How many did.
    pub mening: String,
    /// What was counted, in words.
    pub geteld: String,
    /// What was counted.
    pub cel: Cel,
}

impl Meningen {
    /// The block, on the country's page.
    pub fn nieuw(plan: &opzet::Meningen, blik: Blik<'_>) -> Option<Self> {
        blik.is_land().then(|| Self {
            titel: plan.titel.clone(),
            toelichting: plan.toelichting.clone(),
            wie: plan.wie.clone(),
            regels: plan
                .regel
                .iter()
                .map(|regel| Regel::nieuw(regel, blik))
                .collect(),
            jaar: blik.wereld.publicatie.jaar,
        })
    }
}

impl Regel {
    fn nieuw(plan: &opzet::Mening, blik: Blik<'_>) -> Self {
        let feiten: Vec<Option<Feit<'_>>> =
            plan.cijfers.iter().map(|naam| zoek(naam, blik)).collect();
        Self {
            antwoord: plan.antwoord.clone(),
            mening: nl::procent(plan.aandeel, None),
            geteld: plan.geteld.clone(),
            cel: som(&feiten),
        }
    }
}

/// `indicator`, or `indicator/uitsplitsing/categorie`.
fn zoek<'w>(naam: &str, blik: Blik<'w>) -> Option<Feit<'w>> {
    let mut delen = naam.split('/');
    let indicator = delen.next()?;
    match (delen.next(), delen.next()) {
        (Some(uitsplitsing), Some(categorie)) => blik.rijen.cel(indicator, uitsplitsing, categorie),
        _ => blik.rijen.totaal(indicator),
    }
}

/// The sum of shares of one whole; no sum while a part of it is hidden or missing.
fn som(feiten: &[Option<Feit<'_>>]) -> Cel {
    let waarden: Option<Vec<f64>> = feiten
        .iter()
        .map(|feit| feit.and_then(Feit::waarde))
        .collect();
    let noemer = feiten.first().copied().flatten().and_then(Feit::noemer);
    let privacy = feiten
        .iter()
        .flatten()
        .any(|feit| feit.toestand() == Toestand::Privacy);
    match waarden.filter(|waarden| !waarden.is_empty()) {
        Some(waarden) => Cel {
            tekst: nl::procent(waarden.iter().sum(), noemer),
            reden: "",
            voorlopig: feiten.iter().flatten().any(|feit| feit.voorlopig()),
            interval: String::new(),
        },
        None => Cel {
            tekst: String::new(),
            reden: if privacy { PRIVACY } else { GEEN_CIJFER },
            voorlopig: false,
            interval: String::new(),
        },
    }
}
