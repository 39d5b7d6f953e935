//! The spiegelrapportage of one gebied: itself beside the others.
//!
//! Owns with whom a gebied is compared: a jeugdregio with all jeugdregio's, a gemeente with those of its jeugdregio
//! (or its grootteklasse, where it is a regio of its own), a provincie with all provincies; and what a small gemeente
//! reads when nothing of its own can be shown.

use askama::Template;

use super::{Rand, Responsregel, Sectie, Wereld, maak as pagina, sjabloonfout};
use crate::ReportFout;
use crate::blok::{Blik, Cel};
use crate::cijferindex::{Feit, Toestand};
use crate::duiding::{Duiding, Oordeel};
use crate::nl;
use crate::publicatie::{Gebied, meervoud};
use schema::Niveau;

#[derive(Template)]
#[template(path = "pagina/spiegel.html")]
struct Spiegel<'a> {
    rand: Rand<'a>,
    naam: &'a str,
    soort: String,
    groep: &'a str,
    kruimels: Vec<Kruimel<'a>>,
    inwoners: String,
    gemeenten: Vec<&'a Gebied>,
    respons: Option<Responsregel>,
    kerncijfers: Vec<Kerncijfer>,
    koppen: Koppen,
    secties: Vec<Sectie>,
    leeg: Option<Leeg<'a>>,
}

struct Kruimel<'a> {
    soort: &'static str,
    gebied: &'a Gebied,
}

/// A figure shown large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kerncijfer {
    /// Title of the indicator.
    pub titel: String,
    /// The value here.
    pub eigen: Cel,
    /// The value in the country; absent on the country's page and for counts, which cannot be compared.
    pub land: Option<Cel>,
}

/// A sentence at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kop {
    /// Where the figure stands in full.
    pub id: String,
    /// The sentence.
    pub duiding: Duiding,
}

/// The sentences at the top, what stands out first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Koppen {
    /// Whether the page is compared at all; the country's is not.
    pub vergeleken: bool,
    /// Clearly higher or lower.
    pub opvallend: Vec<Kop>,
    /// Not clearly different.
    pub gelijk: Vec<Kop>,
    /// Not judged, or not shown.
    pub overig: Vec<Kop>,
}

/// What is said when nothing of the gebied's own can be shown.
struct Leeg<'a> {
    /// Why.
    reden: String,
    /// Where to look instead.
    regio: Option<&'a Gebied>,
    /// Names above the columns.
    kolommen: Vec<String>,
    /// What can be shown: the wider gebieden.
    rijen: Vec<LeegRij>,
}

struct LeegRij {
    titel: String,
    cellen: Vec<Cel>,
}

/// Makes `spiegel/<gebied>/index.html`.
///
/// # Errors
/// When a template fails.
pub fn maak(wereld: &Wereld<'_>, gebied: &Gebied) -> Result<Vec<u8>, ReportFout> {
    let pad = format!("spiegel/{}/index.html", gebied.code);
    let (gelijken, groep) = gelijken(wereld, gebied);
    let kolommen = kolommen(wereld, gebied);
    let blik = Blik {
        wereld,
        gebied,
        rijen: wereld.rijen(gebied),
        kolommen: &kolommen,
        gelijken: &gelijken,
        groep: &groep,
        spiegels: "../",
    };
    let leeg = Leeg::nieuw(blik);
    let secties = if leeg.is_some() {
        Vec::new()
    } else {
        wereld.secties(blik).map_err(sjabloonfout(&pad))?
    };
    let soort = nl::hoofdletter(gebied.niveau.naam());
    pagina(
        &pad,
        &Spiegel {
            rand: wereld.rand(
                format!(
                    "{soort} {}: spiegelrapportage {}",
                    gebied.naam, wereld.publicatie.jaar
                ),
                "../../",
            ),
            naam: &gebied.naam,
            soort,
            groep: &groep,
            kruimels: kruimels(wereld, gebied),
            inwoners: gebied
                .inwoners
                .map(|aantal| nl::getal(aantal as f64, 0))
                .unwrap_or_default(),
            gemeenten: gemeenten_van(wereld, gebied),
            respons: Responsregel::nieuw(blik),
            kerncijfers: if leeg.is_some() {
                Vec::new()
            } else {
                kerncijfers(blik)
            },
            koppen: if leeg.is_some() {
                Koppen::default()
            } else {
                koppen(blik)
            },
            secties,
            leeg,
        },
    )
}

/// What goes into the files beside the page: the own figures, and of the others what the page draws, the whole-cell
/// figures of the peers and of the wider gebieden.
pub fn cijfers<'w>(wereld: &'w Wereld<'_>, gebied: &Gebied) -> Vec<Feit<'w>> {
    let getekend = wereld.publicatie.opzet.vergelijkingen();
    let mut rijen = eigen_rijen(wereld, gebied);
    let (gelijken, _) = gelijken(wereld, gebied);
    let anderen = gelijken
        .into_iter()
        .chain(kolommen(wereld, gebied))
        .filter(|ander| ander.code != gebied.code);
    for ander in anderen {
        let cijfers = wereld.rijen(ander);
        rijen.extend(
            getekend.iter().filter_map(|plan| {
                cijfers.cel(&plan.indicator, &plan.uitsplitsing, &plan.categorie)
            }),
        );
    }
    rijen
}

/// The own figures. Of a breakdown only what exists: a median of nobody is no row.
pub fn eigen_rijen<'w>(wereld: &'w Wereld<'_>, gebied: &Gebied) -> Vec<Feit<'w>> {
    let alle = wereld.rijen(gebied).alle().iter().copied();
    alle.filter(|feit| feit.uitsplitsing() == "totaal" || feit.toestand() != Toestand::Ontbreekt)
        .collect()
}

/// With whom a gebied is compared in drawings, and what they are together.
fn gelijken<'a>(wereld: &Wereld<'a>, gebied: &Gebied) -> (Vec<&'a Gebied>, String) {
    if gebied.niveau != Niveau::Gemeente {
        let alle = wereld.niveau(gebied.niveau).to_vec();
        let groep = format!("de {} {}", alle.len(), meervoud(gebied.niveau));
        return (alle, groep);
    }
    let gemeenten = || wereld.niveau(Niveau::Gemeente).iter().copied();
    let regio: Vec<&Gebied> = gemeenten()
        .filter(|ander| ander.jeugdregio == gebied.jeugdregio)
        .collect();
    if regio.len() > 1 {
        let naam = gebied
            .jeugdregio
            .as_deref()
            .and_then(|code| wereld.gebied(code))
            .map_or("", |regio| &regio.naam);
        let groep = format!("de {} gemeenten in jeugdregio {naam}", regio.len());
        return (regio, groep);
    }
    let klasse: Vec<&Gebied> = gemeenten()
        .filter(|ander| ander.grootteklasse == gebied.grootteklasse)
        .collect();
    let naam = gebied
        .grootteklasse
        .as_deref()
        .and_then(|code| wereld.gebied(code))
        .map_or("", |klasse| &klasse.naam);
    let groep = format!("de {} {}", klasse.len(), naam.to_lowercase());
    (klasse, groep)
}

/// The wider gebieden in the columns, narrowest first.
fn kolommen<'a>(wereld: &Wereld<'a>, gebied: &Gebied) -> Vec<&'a Gebied> {
    let wijder = [
        gebied.jeugdregio.as_deref(),
        gebied.grootteklasse.as_deref(),
    ];
    let mut kolommen: Vec<&Gebied> = wijder
        .into_iter()
        .flatten()
        .filter_map(|code| wereld.gebied(code))
        .collect();
    kolommen.push(wereld.land());
    kolommen
}

fn kruimels<'a>(wereld: &Wereld<'a>, gebied: &Gebied) -> Vec<Kruimel<'a>> {
    let mut kruimels: Vec<Kruimel<'_>> = Vec::new();
    if gebied.niveau != Niveau::Provincie {
        let provincies = gebied
            .provincies
            .iter()
            .filter_map(|code| wereld.gebied(code));
        kruimels.extend(provincies.map(|gebied| Kruimel {
            soort: "Provincie",
            gebied,
        }));
    }
    let regio = gebied
        .jeugdregio
        .as_deref()
        .and_then(|code| wereld.gebied(code));
    kruimels.extend(regio.map(|gebied| Kruimel {
        soort: "Jeugdregio",
        gebied,
    }));
    kruimels
}

fn gemeenten_van<'a>(wereld: &Wereld<'a>, gebied: &Gebied) -> Vec<&'a Gebied> {
    let hoort_bij = |gemeente: &&Gebied| match gebied.niveau {
        Niveau::Jeugdregio => gemeente.jeugdregio.as_deref() == Some(&gebied.code),
        Niveau::Provincie => gemeente.provincies.contains(&gebied.code),
        Niveau::Nederland | Niveau::Gemeente | Niveau::Grootteklasse => false,
    };
    wereld
        .niveau(Niveau::Gemeente)
        .iter()
        .copied()
        .filter(hoort_bij)
        .collect()
}

/// The figures shown large.
pub(super) fn kerncijfers(blik: Blik<'_>) -> Vec<Kerncijfer> {
    let opzet = &blik.wereld.publicatie.opzet;
    let kern = opzet.kerncijfers.iter().filter_map(|id| {
        let indicator = blik.wereld.indicator(id).filter(|_| blik.kent(id))?;
        let maat = blik.wereld.maat(indicator);
        let land = blik.wereld.rijen(blik.wereld.land()).totaal(id);
        let eigen = blik.rijen.totaal(id);
        let noemt_eenheid = crate::blok::noemt_eenheid(&indicator.titel, &maat);
        let te_vergelijken =
            !blik.is_land() && (!indicator.noemer.is_empty() || !is_telling(indicator));
        Some(Kerncijfer {
            titel: indicator.titel.clone(),
            eigen: if noemt_eenheid {
                Cel::kaal(eigen, &maat)
            } else {
                Cel::lang(eigen, &maat)
            },
            land: te_vergelijken.then(|| Cel::naast_lang(land, &maat, eigen)),
        })
    });
    kern.collect()
}

fn is_telling(indicator: &schema::Indicator) -> bool {
    use schema::indicator::Interval;
    matches!(indicator.interval, Interval::Geen | Interval::Poisson)
}

/// The sentences at the top.
pub(super) fn koppen(blik: Blik<'_>) -> Koppen {
    let plannen = blik.wereld.publicatie.opzet.koppen();
    let koppen = plannen.into_iter().filter_map(|plan| {
        let indicator = blik
            .wereld
            .indicator(&plan.indicator)
            .filter(|_| blik.kent(&plan.indicator))?;
        let eigen = blik
            .rijen
            .cel(&plan.indicator, &plan.uitsplitsing, &plan.categorie);
        Some(Kop {
            id: crate::blok::vergelijk::anker(plan),
            duiding: Duiding::van(plan, &blik.wereld.maat(indicator), eigen, blik.land(plan)),
        })
    });
    let mut verdeeld = Koppen {
        vergeleken: !blik.is_land(),
        ..Koppen::default()
    };
    for kop in koppen {
        match kop.duiding.oordeel {
            Oordeel::Hoger | Oordeel::Lager => verdeeld.opvallend.push(kop),
            Oordeel::NietAnders => verdeeld.gelijk.push(kop),
            Oordeel::Geen => verdeeld.overig.push(kop),
        }
    }
    verdeeld
}

/// Said where nobody delivered, so that no figure exists: that is something else than nobody helped.
fn niemand_leverde(blik: Blik<'_>, omvang: Option<Feit<'_>>) -> Option<String> {
    omvang.filter(|feit| feit.toestand() == Toestand::Ontbreekt)?;
    let (naam, jaar) = (&blik.gebied.naam, blik.wereld.publicatie.jaar);
    match omvang.and_then(Feit::respons) {
        Some(respons) if respons <= 0.0 => Some(format!(
            "Geen van de aanbieders die in {naam} werken, leverde gegevens over {jaar}. Daarom weten we niet hoeveel kinderen daar hulp kregen."
        )),
        Some(_) => None,
        None => Some(format!(
            "Over {naam} leverde niemand gegevens, en we kennen geen aanbieder die daar werkt. Daarom weten we niet of daar in {jaar} kinderen hulp kregen."
        )),
    }
}

impl<'w> Leeg<'w> {
    /// Nothing when the gebied has something of its own to show.
    fn nieuw(blik: Blik<'w>) -> Option<Self> {
        let opzet = &blik.wereld.publicatie.opzet;
        let over_kinderen = |feit: &&Feit<'_>| {
            blik.wereld
                .indicator(feit.indicator())
                .is_none_or(|een| een.groep != "respons" && een.groep != "kwaliteit")
        };
        let eigen: Vec<&Feit<'_>> = blik.rijen.alle().iter().filter(over_kinderen).collect();
        let iets = eigen
            .iter()
            .any(|feit| feit.waarde().is_some_and(|waarde| waarde != 0.0));
        if iets {
            return None;
        }
        let omvang = blik.rijen.totaal(&opzet.omvang);
        let reden = if eigen.is_empty() {
            format!(
                "In deze publicatie staan geen cijfers over {}.",
                blik.gebied.naam
            )
        } else if let Some(reden) = niemand_leverde(blik, omvang) {
            reden
        } else if omvang.and_then(Feit::waarde) == Some(0.0) && !opzet.niemand.is_empty() {
            let jaar = blik.wereld.publicatie.jaar.to_string();
            opzet
                .niemand
                .replace("{gebied}", &blik.gebied.naam)
                .replace("{jaar}", &jaar)
        } else if eigen
            .iter()
            .any(|feit| feit.toestand() == Toestand::Privacy)
        {
            let words = match opzet.weinig.as_str() {
                "" => {
                    "Voor {gebied} tonen we geen eigen cijfers: het zijn er te weinig, of een getal zou een ander verborgen getal verraden. Zo is niemand te herkennen."
                }
                own => own,
            };
            words.replace("{gebied}", &blik.gebied.naam)
        } else {
            format!(
                "Voor {} zijn er te weinig gegevens om een cijfer te berekenen.",
                blik.gebied.naam
            )
        };
        Some(Self {
            reden,
            regio: blik
                .gebied
                .jeugdregio
                .as_deref()
                .and_then(|code| blik.wereld.gebied(code)),
            kolommen: blik.kolomnamen(),
            rijen: Self::rijen(blik),
        })
    }

    fn rijen(blik: Blik<'_>) -> Vec<LeegRij> {
        let opzet = &blik.wereld.publicatie.opzet;
        let rijen = opzet.koppen().into_iter().filter_map(|plan| {
            let indicator = blik
                .wereld
                .indicator(&plan.indicator)
                .filter(|_| blik.kent(&plan.indicator))?;
            let maat = blik.wereld.maat(indicator);
            let naast = blik.naast(&plan.indicator, &plan.uitsplitsing, &plan.categorie);
            Some(LeegRij {
                titel: crate::blok::titel(&plan.titel, indicator),
                cellen: naast
                    .into_iter()
                    .map(|feit| Cel::naast_lang(feit, &maat, None))
                    .collect(),
            })
        });
        rijen.collect()
    }
}
