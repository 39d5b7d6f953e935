//! One figure: a sentence, a dot plot among its peers, its response, and one click away what it means, the table
//! behind the drawing and its breakdowns.

use askama::Template;
use schema::Indicator;

use super::{Blik, Cel, Kaart, titel, verdeling};
use crate::cijferindex::{Feit, Toestand};
use crate::duiding::Duiding;
use crate::nl::Maat;
use crate::opzet;
use crate::publicatie::{Gebied, meervoud};
use crate::tekening::puntgrafiek::{Lijn, Punt, Puntgrafiek};
use schema::Niveau;

/// The block.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/vergelijk.html")]
pub struct Vergelijk {
    /// Anchor, unique on the page.
    pub id: String,
    /// Heading.
    pub titel: String,
    /// The sentence.
    pub duiding: Duiding,
    /// Interval of the own value; may be empty.
    pub interval: String,
    /// Number of records the own value rests on; may be empty.
    pub n: String,
    /// What those records are.
    pub telling: String,
    /// How it is easily misread; may be empty.
    pub misverstand: String,
    /// Figures beside it.
    pub bij: Vec<Naast>,
    /// The drawing; empty when there is nothing to draw.
    pub tekening: String,
    /// How to read the drawing.
    pub bijschrift: String,
    /// Response of the own gebied.
    pub respons: String,
    /// What it means.
    pub kaart: Kaart,
    /// What the peers are together.
    pub groep: String,
    /// The table behind the drawing.
    pub gelijken: Vec<Gelijke>,
    /// Breakdowns of the own value.
    pub uitsplitsingen: Vec<verdeling::Deel>,
    /// Name above the own column.
    pub eigen: String,
    /// Names above the other columns.
    pub kolommen: Vec<String>,
}

/// A figure beside the main one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naast {
    /// What it means.
    pub kaart: Kaart,
    /// Its value here.
    pub eigen: Cel,
    /// Its value in the country; absent on the country's page.
    pub land: Option<Cel>,
}

/// One row of the table behind the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gelijke {
    /// Its name.
    pub naam: String,
    /// Where its own page is.
    pub href: String,
    /// Whether the page is about it.
    pub eigen: bool,
    /// Its value.
    pub cel: Cel,
    /// Its interval.
    pub interval: String,
    /// Number of records.
    pub n: String,
    /// Response.
    pub respons: String,
}

impl Vergelijk {
    /// The block; nothing when the publication has no such figure.
    pub fn nieuw(plan: &opzet::Vergelijk, blik: Blik<'_>) -> Option<Self> {
        let indicator = blik
            .wereld
            .indicator(&plan.indicator)
            .filter(|_| blik.kent(&plan.indicator))?;
        let maat = blik.wereld.maat(indicator);
        let eigen = blik
            .rijen
            .cel(&plan.indicator, &plan.uitsplitsing, &plan.categorie);
        let mede = gelijken(plan, &maat, blik);
        let kop = titel(&plan.titel, indicator);
        let id = anker(plan);
        let (tekening, bijschrift) = teken(&id, &kop, plan, &maat, blik);
        let heel = plan.uitsplitsing == "totaal";
        Some(Self {
            duiding: Duiding::van(plan, &maat, eigen, blik.land(plan)),
            interval: super::interval(eigen, &maat),
            n: eigen
                .and_then(Feit::n)
                .map(crate::nl::aantal)
                .unwrap_or_default(),
            telling: blik.wereld.publicatie.opzet.telling.clone(),
            misverstand: plan.misverstand.clone(),
            bij: plan.bij.iter().filter_map(|id| naast(id, blik)).collect(),
            tekening,
            bijschrift,
            respons: super::respons(eigen),
            kaart: Kaart::nieuw(indicator, eigen),
            groep: blik.groep.to_owned(),
            gelijken: mede,
            uitsplitsingen: if heel {
                uitgesplitst(indicator, blik)
            } else {
                Vec::new()
            },
            eigen: blik.gebied.naam.clone(),
            kolommen: blik.kolomnamen(),
            titel: kop,
            id,
        })
    }
}

/// Where the block stands on its page.
pub(crate) fn anker(plan: &opzet::Vergelijk) -> String {
    if plan.uitsplitsing == "totaal" {
        plan.indicator.clone()
    } else {
        format!("{}-{}", plan.indicator, plan.categorie)
    }
}

/// The breakdowns with at least one own value; what is hidden altogether needs no empty table.
fn uitgesplitst(indicator: &Indicator, blik: Blik<'_>) -> Vec<verdeling::Deel> {
    let mut delen = verdeling::delen(indicator, None, blik);
    let gekozen = &blik.wereld.publicatie.opzet.uitgesplitst;
    delen.retain(|deel| {
        let gevraagd = gekozen.is_empty() || gekozen.contains(&deel.veld);
        gevraagd && deel.rijen.iter().any(|rij| rij.eigen.reden.is_empty())
    });
    delen
}

fn naast(id: &str, blik: Blik<'_>) -> Option<Naast> {
    let indicator = blik.wereld.indicator(id).filter(|_| blik.kent(id))?;
    let maat = blik.wereld.maat(indicator);
    let eigen = blik.rijen.totaal(id);
    let land = blik.wereld.rijen(blik.wereld.land()).totaal(id);
    Some(Naast {
        kaart: Kaart::nieuw(indicator, eigen),
        eigen: Cel::lang(eigen, &maat),
        land: (!blik.is_land()).then(|| Cel::naast_lang(land, &maat, eigen)),
    })
}

fn feit_van<'w>(plan: &opzet::Vergelijk, gebied: &Gebied, blik: Blik<'w>) -> Option<Feit<'w>> {
    blik.wereld
        .rijen(gebied)
        .cel(&plan.indicator, &plan.uitsplitsing, &plan.categorie)
}

fn gelijken(plan: &opzet::Vergelijk, maat: &Maat, blik: Blik<'_>) -> Vec<Gelijke> {
    blik.gelijken
        .iter()
        .map(|gebied| {
            let feit = feit_van(plan, gebied, blik);
            Gelijke {
                naam: gebied.naam.clone(),
                href: format!("{}{}/index.html", blik.spiegels, gebied.code),
                eigen: gebied.code == blik.gebied.code,
                cel: Cel::kaal(feit, maat),
                interval: super::interval(feit, maat),
                n: super::n(feit),
                respons: super::respons(feit),
            }
        })
        .collect()
}

/// The drawing and how to read it.
fn teken(
    id: &str,
    kop: &str,
    plan: &opzet::Vergelijk,
    maat: &Maat,
    blik: Blik<'_>,
) -> (String, String) {
    let punten: Vec<Punt> = blik
        .gelijken
        .iter()
        .map(|gebied| punt(feit_van(plan, gebied, blik), gebied, maat, blik))
        .collect();
    let wijder: Vec<&Gebied> = if blik.is_land() {
        vec![blik.gebied]
    } else {
        blik.kolommen.to_vec()
    };
    let lijnen: Vec<Lijn> = wijder
        .iter()
        .filter(|gebied| {
            gebied.niveau != Niveau::Grootteklasse && gebied.niveau != Niveau::Provincie
        })
        .filter_map(|gebied| lijn(feit_van(plan, gebied, blik)?, gebied, maat))
        .collect();
    let onderschrift = bijschrift(&punten, maat, blik);
    let titel = format!("{kop}: {}", blik.groep);
    let beschrijving = beschrijving(&punten, &lijnen, maat);
    let grafiek = Puntgrafiek {
        id: &format!("g-{id}"),
        titel: &titel,
        beschrijving: &beschrijving,
        maat,
        punten: &punten,
        lijnen: &lijnen,
    };
    (grafiek.svg(), onderschrift)
}

fn punt(feit: Option<Feit<'_>>, gebied: &Gebied, maat: &Maat, blik: Blik<'_>) -> Punt {
    let interval = super::interval(feit, maat);
    let cel = Cel::lang(feit, maat);
    let woorden = match (cel.reden.is_empty(), interval.is_empty()) {
        (true, false) => format!("{} ({interval})", cel.tekst),
        _ => cel.woorden().to_owned(),
    };
    Punt {
        naam: gebied.naam.clone(),
        eigen: gebied.code == blik.gebied.code,
        toestand: feit.map_or(Toestand::Ontbreekt, Feit::toestand),
        waarde: feit.and_then(Feit::waarde),
        grenzen: feit.and_then(Feit::grenzen),
        woorden,
    }
}

fn lijn(feit: Feit<'_>, gebied: &Gebied, maat: &Maat) -> Option<Lijn> {
    let waarde = feit.waarde()?;
    let land = gebied.niveau == Niveau::Nederland;
    Some(Lijn {
        naam: if land {
            gebied.naam.clone()
        } else {
            super::kolomnaam(gebied)
        },
        waarde,
        woorden: maat.kort(waarde, feit.noemer()),
        land,
    })
}

/// The drawing in words, for who doesn't see it.
fn beschrijving(punten: &[Punt], lijnen: &[Lijn], maat: &Maat) -> String {
    let getoond: Vec<f64> = punten.iter().filter_map(|punt| punt.waarde).collect();
    let mut zinnen: Vec<String> = punten
        .iter()
        .filter(|punt| punt.eigen)
        .map(|punt| format!("{}: {}.", punt.naam, punt.woorden))
        .collect();
    zinnen.extend(
        lijnen
            .iter()
            .map(|lijn| format!("{}: {}.", lijn.naam, lijn.woorden)),
    );
    if let Some((laagste, hoogste)) = uitersten(&getoond) {
        zinnen.push(format!(
            "{} van {} met een cijfer, van {} tot {}.",
            getoond.len(),
            punten.len(),
            maat.kort(laagste, None),
            maat.kort(hoogste, None)
        ));
    }
    let verborgen = punten
        .iter()
        .filter(|punt| punt.toestand == Toestand::Privacy)
        .count();
    if verborgen > 0 {
        zinnen.push(format!("{verborgen} niet getoond (privacy)."));
    }
    zinnen.push("De tabel onder de tekening bevat dezelfde cijfers.".to_owned());
    zinnen.join(" ")
}

fn bijschrift(punten: &[Punt], maat: &Maat, blik: Blik<'_>) -> String {
    let getoond: Vec<f64> = punten.iter().filter_map(|punt| punt.waarde).collect();
    let mut zinnen = Vec::new();
    if getoond.is_empty() {
        return format!("Van {} is er geen cijfer dat we kunnen tonen.", blik.groep);
    }
    let eigen = if punten
        .iter()
        .any(|punt| punt.eigen && punt.waarde.is_some())
    {
        format!(" De ruit is {}.", blik.gebied.naam)
    } else {
        String::new()
    };
    let soort = blik
        .gelijken
        .first()
        .map_or("gebieden", |gebied| meervoud(gebied.niveau));
    zinnen.push(format!(
        "Elke punt is een van {}, met het 95%-interval als streep.{eigen}",
        blik.groep
    ));
    if getoond.len() >= 8
        && let Some((laag, hoog)) = middelste_helft(&getoond)
    {
        zinnen.push(format!(
            "De middelste helft van de {soort} ligt tussen {} en {}.",
            maat.kort(laag, None),
            maat.lang(hoog, None)
        ));
    }
    zinnen.join(" ")
}

fn uitersten(waarden: &[f64]) -> Option<(f64, f64)> {
    let laagste = waarden.iter().copied().reduce(f64::min)?;
    Some((laagste, waarden.iter().copied().fold(laagste, f64::max)))
}

/// The quartiles (type 7) of the published values.
fn middelste_helft(waarden: &[f64]) -> Option<(f64, f64)> {
    let mut op_volgorde = waarden.to_vec();
    op_volgorde.sort_by(f64::total_cmp);
    let kwartiel = |deel: f64| {
        let plaats = deel * (op_volgorde.len() - 1) as f64;
        let onder = plaats.floor() as usize;
        let boven = (onder + 1).min(op_volgorde.len() - 1);
        op_volgorde[onder] + (plaats - onder as f64) * (op_volgorde[boven] - op_volgorde[onder])
    };
    (!waarden.is_empty()).then(|| (kwartiel(0.25), kwartiel(0.75)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn quartiles_are_type_7() {
        assert_eq!(
            super::middelste_helft(&[4.0, 1.0, 3.0, 2.0]),
            Some((1.75, 3.25))
        );
        assert_eq!(super::middelste_helft(&[]), None);
    }
}
