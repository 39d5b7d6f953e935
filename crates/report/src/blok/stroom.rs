//! Stock, what came, what went, stock after: a drawing and the sum in words.

use askama::Template;

use super::{Blik, Cel, met_jaar};
use crate::cijferindex::Feit;
use crate::nl;
use crate::opzet;
use crate::tekening::stroom as tekening;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/stroom.html")]
pub struct Stroom {
    /// Heading.
    pub titel: String,
    /// The four parts in words, as in `41 liepen eind 2019`.
    pub delen: Vec<Deel>,
    /// The sum, as in `41 + 63 − 58 = 46`; empty when a part is not shown.
    pub som: String,
    /// The drawing; empty when a part is not shown.
    pub tekening: String,
    /// Response of the gebied.
    pub respons: String,
    /// Whether the four do not add up, which the pipeline rules out.
    pub klopt: bool,
}

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deel {
    /// How many.
    pub cel: Cel,
    /// What they did.
    pub woorden: String,
}

impl Stroom {
    /// The block; nothing when the publication has none of the four.
    pub fn nieuw(plan: &opzet::Stroom, blik: Blik<'_>) -> Option<Self> {
        let delen = [&plan.begin, &plan.bij, &plan.af, &plan.eind];
        if !delen.iter().any(|deel| blik.kent(&deel.indicator)) {
            return None;
        }
        let jaar = blik.wereld.publicatie.jaar;
        let feiten = delen.map(|deel| blik.rijen.totaal(&deel.indicator));
        let waarden: Vec<f64> = feiten
            .iter()
            .filter_map(|feit| feit.and_then(Feit::waarde))
            .collect();
        let vier: Option<[f64; 4]> = waarden.try_into().ok();
        let klopt = vier.is_none_or(tekening::klopt);
        let vier = vier.filter(|_| klopt);
        let som = vier.map(som).unwrap_or_default();
        let namen = delen.map(|deel| met_jaar(&deel.kort, jaar));
        let beschrijving = format!("{som}. De getallen staan ook in de tabel.");
        let svg = vier.map(|waarden| {
            tekening::Stroom {
                id: "g-stroom",
                titel: &plan.titel,
                beschrijving: &beschrijving,
                waarden,
                namen: [&namen[0], &namen[1], &namen[2], &namen[3]],
            }
            .svg()
        });
        let in_woorden = delen.iter().zip(feiten).filter_map(|(deel, feit)| {
            let maat = blik.wereld.maat(blik.wereld.indicator(&deel.indicator)?);
            Some(Deel {
                cel: Cel::lang(feit, &maat),
                woorden: met_jaar(&deel.lang, jaar),
            })
        });
        Some(Self {
            titel: plan.titel.clone(),
            delen: in_woorden.collect(),
            som,
            tekening: svg.unwrap_or_default(),
            respons: super::respons(
                feiten
                    .into_iter()
                    .flatten()
                    .find(|feit| feit.respons().is_some()),
            ),
            klopt,
        })
    }
}

fn som([begin, bij, af, eind]: [f64; 4]) -> String {
    let heel = |waarde: f64| nl::getal(waarde, 0);
    format!(
        "{} + {} \u{2212} {} = {}",
        heel(begin),
        heel(bij),
        heel(af),
        heel(eind)
    )
}
