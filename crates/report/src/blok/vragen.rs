//! Questions that are easily taken for one another: side by side by name, then each as a comparison.

use askama::Template;

use super::vergelijk::Vergelijk;
use super::{Blik, Cel};
use crate::opzet;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/vragen.html")]
pub struct Vragen {
    /// Heading.
    pub titel: String,
    /// Why they are apart.
    pub toelichting: String,
    /// The questions.
    pub vragen: Vec<Vraag>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vraag {
    /// The question.
    pub vraag: String,
    /// The answer here.
    pub eigen: Cel,
    /// The answer in the country; absent on the country's page.
    pub land: Option<Cel>,
    /// The figure in full.
    pub blok: Vergelijk,
}

impl Vragen {
    /// The questions that have a figure; nothing when none has.
    pub fn nieuw(plan: &opzet::Vragen, blik: Blik<'_>) -> Option<Self> {
        let vragen: Vec<Vraag> = plan
            .vraag
            .iter()
            .filter_map(|vraag| stel(vraag, blik))
            .collect();
        (!vragen.is_empty()).then(|| Self {
            titel: plan.titel.clone(),
            toelichting: plan.toelichting.clone(),
            vragen,
        })
    }
}

fn stel(plan: &opzet::Vraag, blik: Blik<'_>) -> Option<Vraag> {
    let cijfer = &plan.cijfer;
    let blok = Vergelijk::nieuw(cijfer, blik)?;
    let maat = blik.wereld.maat(blik.wereld.indicator(&cijfer.indicator)?);
    let eigen = blik
        .rijen
        .cel(&cijfer.indicator, &cijfer.uitsplitsing, &cijfer.categorie);
    Some(Vraag {
        vraag: plan.vraag.clone(),
        eigen: Cel::lang(eigen, &maat),
        land: blik
            .land(cijfer)
            .map(|land| Cel::naast_lang(land, &maat, eigen)),
        blok,
    })
}
