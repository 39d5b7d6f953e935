//! A share or count per code: a table with a bar in each row.

use askama::Template;
use schema::Indicator;
use schema::indicator::Interval;

use super::{Blik, Cel, Kaart, titel};
use crate::cijferindex::Feit;
use crate::nl;
use crate::opzet;
use crate::tekening::balk;

/// The distribution.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/verdeling.html")]
pub struct Verdeling {
    /// Heading.
    pub titel: String,
    /// What to keep in mind.
    pub toelichting: String,
    /// Name above the own column.
    pub eigen: String,
    /// Names above the other columns.
    pub kolommen: Vec<String>,
    /// One table per breakdown.
    pub delen: Vec<Deel>,
    /// What it means.
    pub kaart: Kaart,
    /// Response of the gebied.
    pub respons: String,
    /// Whether the page has a country to set a tick at.
    pub met_land: bool,
    /// Whether every own value is hidden or missing.
    pub alles_leeg: bool,
}

/// One breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deel {
    /// What it is broken down by, as in the files.
    pub veld: String,
    /// The same in words.
    pub titel: String,
    /// One row per code.
    pub rijen: Vec<Rij>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rij {
    /// Label of the code.
    pub label: String,
    /// The bar; empty when there is no value.
    pub balk: String,
    /// The value here.
    pub eigen: Cel,
    /// What part of the whole a count is; empty for shares.
    pub deel: String,
    /// The value in the wider gebieden.
    pub naast: Vec<Cel>,
}

impl Verdeling {
    /// The categories of an indicator; nothing when it has none here nor in the country.
    pub fn nieuw(plan: &opzet::Verdeling, blik: Blik<'_>) -> Option<Self> {
        let indicator = blik.wereld.indicator(&plan.indicator)?;
        let delen = delen(indicator, plan.uitsplitsing.as_deref(), blik);
        let alles_leeg = delen
            .iter()
            .flat_map(|deel| &deel.rijen)
            .all(|rij| !rij.eigen.reden.is_empty());
        let eigen = blik.rijen.van(&plan.indicator);
        (!delen.is_empty()).then(|| Self {
            titel: titel(&plan.titel, indicator),
            toelichting: plan.toelichting.clone(),
            eigen: blik.gebied.naam.clone(),
            kolommen: blik.kolomnamen(),
            delen,
            kaart: Kaart::nieuw(indicator, blik.rijen.totaal(&plan.indicator)),
            respons: super::respons(eigen.iter().copied().find(|feit| feit.respons().is_some())),
            met_land: !blik.is_land(),
            alles_leeg,
        })
    }
}

/// The breakdowns of an indicator with their rows, in the order of the labels.
pub(super) fn delen(indicator: &Indicator, alleen: Option<&str>, blik: Blik<'_>) -> Vec<Deel> {
    let id = indicator.id.as_str();
    let land = blik.wereld.rijen(blik.wereld.land());
    let mut sleutels: Vec<(&str, &str)> = blik
        .rijen
        .van(id)
        .iter()
        .chain(land.van(id))
        .map(|feit| (feit.uitsplitsing(), feit.categorie()))
        .filter(|(uitsplitsing, _)| {
            *uitsplitsing != "totaal" && alleen.is_none_or(|deze| deze == *uitsplitsing)
        })
        .collect();
    sleutels.sort_by(|a, b| {
        let plaats = |(uitsplitsing, code): &(&str, &str)| blik.wereld.label(uitsplitsing, code).0;
        (blik.wereld.plaats(a.0), a.0, plaats(a), a.1).cmp(&(
            blik.wereld.plaats(b.0),
            b.0,
            plaats(b),
            b.1,
        ))
    });
    sleutels.dedup();
    let mut delen: Vec<(&str, Deel)> = Vec::new();
    for (uitsplitsing, code) in sleutels {
        let rij = rij(indicator, uitsplitsing, code, blik);
        match delen.last_mut() {
            Some((deze, deel)) if *deze == uitsplitsing => deel.rijen.push(rij),
            _ => delen.push((
                uitsplitsing,
                Deel {
                    veld: uitsplitsing.to_owned(),
                    titel: blik.wereld.uitsplitsing(uitsplitsing).to_owned(),
                    rijen: vec![rij],
                },
            )),
        }
    }
    delen.into_iter().map(|(_, deel)| deel).collect()
}

fn rij(indicator: &Indicator, uitsplitsing: &str, code: &str, blik: Blik<'_>) -> Rij {
    let id = indicator.id.as_str();
    let maat = blik.wereld.maat(indicator);
    let land = blik.wereld.rijen(blik.wereld.land());
    let eigen = blik.rijen.cel(id, uitsplitsing, code);
    let hier = deel_van(indicator, eigen, blik.rijen.totaal(id));
    let daar = deel_van(indicator, land.cel(id, uitsplitsing, code), land.totaal(id))
        .filter(|_| !blik.is_land());
    let geteld = hier.filter(|_| !maat.is_aandeel());
    Rij {
        label: blik.wereld.label(uitsplitsing, code).1.to_owned(),
        balk: hier.map(|hier| balk::svg(hier, daar)).unwrap_or_default(),
        eigen: Cel::met_interval(eigen, &maat),
        deel: geteld
            .map(|hier| nl::procent(hier, None))
            .unwrap_or_default(),
        naast: naast(indicator, uitsplitsing, code, blik),
    }
}

/// The wider gebieden: shares as they are, and of counts their part of the total, which can be compared.
fn naast(indicator: &Indicator, uitsplitsing: &str, code: &str, blik: Blik<'_>) -> Vec<Cel> {
    let maat = blik.wereld.maat(indicator);
    let eigen = blik.rijen.cel(&indicator.id, uitsplitsing, code);
    let cellen = blik.kolommen.iter().map(|gebied| {
        let rijen = blik.wereld.rijen(gebied);
        let feit = rijen.cel(&indicator.id, uitsplitsing, code);
        let cel = Cel::naast(feit, &maat, eigen);
        match deel_van(indicator, feit, rijen.totaal(&indicator.id)) {
            Some(deel) if !maat.is_aandeel() => Cel {
                tekst: nl::procent(deel, None),
                ..cel
            },
            _ => cel,
        }
    });
    cellen.collect()
}

/// What part of its whole a figure is, 0 to 1: a share as it is; a count as its part of the total; nothing for figures that do not add up (medians, rates).
fn deel_van(
    indicator: &Indicator,
    feit: Option<Feit<'_>>,
    geheel: Option<Feit<'_>>,
) -> Option<f64> {
    let waarde = feit.and_then(Feit::waarde)?;
    if indicator.eenheid == "aandeel" {
        return Some(waarde);
    }
    let is_telling = indicator.noemer.is_empty()
        && matches!(indicator.interval, Interval::Geen | Interval::Poisson);
    let som = geheel
        .and_then(Feit::waarde)
        .filter(|som| *som > 0.0 && is_telling)?;
    Some(waarde / som)
}
