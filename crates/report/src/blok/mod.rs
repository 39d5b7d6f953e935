//! The blocks a page is built of: figures into plain structs, each with its template beside it.
//!
//! Owns what every block shares: a [`Cel`] (a value or the sign that stands for it), a [`Kaart`] (what the figure
//! means, one click away) and a [`Blik`] (whose page, compared with whom). One file per kind of block.

pub mod meningen;
pub mod stroom;
pub mod tabel;
pub mod verdeling;
pub mod vergelijk;
pub mod vragen;

use askama::Template;
use schema::Indicator;
use schema::indicator::Interval;

use crate::cijferindex::{Feit, Rijen, Toestand};
use crate::duiding::{GEEN_CIJFER, PRIVACY};
use crate::nl::{self, Maat};
use crate::opzet;
use crate::pagina::Wereld;
use crate::publicatie::Gebied;
use schema::Niveau;

/// Whose page it is, and with whom it is compared.
#[derive(Clone, Copy)]
pub struct Blik<'w> {
    /// The publication.
    pub wereld: &'w Wereld<'w>,
    /// Whose page.
    pub gebied: &'w Gebied,
    /// Its figures.
    pub rijen: Rijen<'w>,
    /// Wider gebieden in the columns of tables, narrowest first; ends with the country, unless the page is the country's.
    pub kolommen: &'w [&'w Gebied],
    /// The gebieden in dot plots, the own one among them.
    pub gelijken: &'w [&'w Gebied],
    /// What they are together, as in `de 42 jeugdregio's`.
    pub groep: &'w str,
    /// The way to the folder of the spiegelrapportages, as in `../`.
    pub spiegels: &'w str,
}

impl<'w> Blik<'w> {
    /// Whether the page is the country's own.
    pub fn is_land(&self) -> bool {
        self.gebied.niveau == Niveau::Nederland
    }

    /// The figure of the country, on a page that is not the country's.
    pub fn land(&self, plan: &opzet::Vergelijk) -> Option<Option<Feit<'w>>> {
        let rijen = self.wereld.rijen(self.wereld.land());
        (!self.is_land()).then(|| rijen.cel(&plan.indicator, &plan.uitsplitsing, &plan.categorie))
    }

    /// Names above the columns.
    pub fn kolomnamen(&self) -> Vec<String> {
        self.kolommen
            .iter()
            .map(|gebied| kolomnaam(gebied))
            .collect()
    }

    /// The figures of the columns.
    pub fn naast(
        &self,
        indicator: &str,
        uitsplitsing: &str,
        categorie: &str,
    ) -> Vec<Option<Feit<'w>>> {
        self.kolommen
            .iter()
            .map(|gebied| {
                self.wereld
                    .rijen(gebied)
                    .cel(indicator, uitsplitsing, categorie)
            })
            .collect()
    }

    /// Whether the indicator has a place in this publication at all.
    pub fn kent(&self, indicator: &str) -> bool {
        self.wereld.indicator(indicator).is_some()
            && (!self.rijen.van(indicator).is_empty()
                || self.wereld.index.kent(&self.wereld.land().code, indicator))
    }
}

fn kolomnaam(gebied: &Gebied) -> String {
    match gebied.niveau {
        Niveau::Nederland | Niveau::Grootteklasse => gebied.naam.clone(),
        Niveau::Provincie | Niveau::Jeugdregio | Niveau::Gemeente => {
            format!("{} {}", nl::hoofdletter(gebied.niveau.naam()), gebied.naam)
        }
    }
}

/// Makes one block; nothing when the publication has no figure for it.
///
/// # Errors
/// When its template fails.
pub fn maak(plan: &opzet::Blok, blik: Blik<'_>) -> askama::Result<Option<String>> {
    let html = match plan {
        opzet::Blok::Vergelijk(plan) => {
            vergelijk::Vergelijk::nieuw(plan, blik).map(|blok| blok.render())
        }
        opzet::Blok::Vragen(plan) => vragen::Vragen::nieuw(plan, blik).map(|blok| blok.render()),
        opzet::Blok::Tabel(plan) => {
            tabel::Tabel::nieuw(&plan.titel, &plan.indicatoren, blik).map(|blok| blok.render())
        }
        opzet::Blok::Verdeling(plan) => {
            verdeling::Verdeling::nieuw(plan, blik).map(|blok| blok.render())
        }
        opzet::Blok::Stroom(plan) => stroom::Stroom::nieuw(plan, blik).map(|blok| blok.render()),
        opzet::Blok::Meningen(plan) => {
            meningen::Meningen::nieuw(plan, blik).map(|blok| blok.render())
        }
    };
    html.transpose()
}

/// A value, or the sign that stands where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"{% if reden.is_empty() %}<span class="w">{{ tekst }}</span>{% if voorlopig %}<span class="ster" title="voorlopig">*</span>{% endif %}{% if !interval.is_empty() %}<span class="interval">{{ interval }}</span>{% endif %}{% else %}<span class="geen" title="{{ reden }}"><span aria-hidden="true">.</span><span class="vh">{{ reden }}</span></span>{% endif %}"#
)]
pub struct Cel {
    /// The value with its unit.
    pub tekst: String,
    /// Why there is no value; empty when there is one.
    pub reden: &'static str,
    /// Whether it is provisional.
    pub voorlopig: bool,
    /// The 95 % interval, where asked for.
    pub interval: String,
}

impl Cel {
    /// The value alone.
    pub fn kaal(feit: Option<Feit<'_>>, maat: &Maat) -> Self {
        let toestand = feit.map_or(Toestand::Ontbreekt, Feit::toestand);
        let waarde = feit.and_then(|feit| Some(maat.kort(feit.waarde()?, feit.noemer())));
        Self {
            tekst: waarde.unwrap_or_default(),
            reden: reden(toestand),
            voorlopig: feit.is_some_and(Feit::voorlopig),
            interval: String::new(),
        }
    }

    /// The value with its unit.
    pub fn lang(feit: Option<Feit<'_>>, maat: &Maat) -> Self {
        let waarde = feit.and_then(|feit| Some(maat.lang(feit.waarde()?, feit.noemer())));
        Self {
            tekst: waarde.unwrap_or_default(),
            ..Self::kaal(feit, maat)
        }
    }

    /// The value of another gebied beside the own one: no more precise than that.
    pub fn naast(feit: Option<Feit<'_>>, maat: &Maat, eigen: Option<Feit<'_>>) -> Self {
        let precisie = eigen.and_then(Feit::noemer);
        let waarde = feit.and_then(|feit| Some(maat.kort(feit.waarde()?, precisie)));
        Self {
            tekst: waarde.unwrap_or_default(),
            ..Self::kaal(feit, maat)
        }
    }

    /// The same with its unit.
    pub fn naast_lang(feit: Option<Feit<'_>>, maat: &Maat, eigen: Option<Feit<'_>>) -> Self {
        let precisie = eigen.and_then(Feit::noemer);
        let waarde = feit.and_then(|feit| Some(maat.lang(feit.waarde()?, precisie)));
        Self {
            tekst: waarde.unwrap_or_default(),
            ..Self::kaal(feit, maat)
        }
    }

    /// The value with its interval under it.
    pub fn met_interval(feit: Option<Feit<'_>>, maat: &Maat) -> Self {
        Self {
            interval: interval(feit, maat),
            ..Self::kaal(feit, maat)
        }
    }

    /// Value, or the reason there is none, as plain words.
    pub fn woorden(&self) -> &str {
        if self.reden.is_empty() {
            &self.tekst
        } else {
            self.reden
        }
    }
}

fn reden(toestand: Toestand) -> &'static str {
    match toestand {
        Toestand::Getoond => "",
        Toestand::Privacy => PRIVACY,
        Toestand::Ontbreekt => GEEN_CIJFER,
    }
}

/// `8,1 tot 11,4`, or nothing.
pub(crate) fn interval(feit: Option<Feit<'_>>, maat: &Maat) -> String {
    feit.and_then(|feit| Some(maat.interval(feit.grenzen()?, feit.noemer())))
        .unwrap_or_default()
}

/// `75%`, or a dash where it is not known.
pub(crate) fn respons(feit: Option<Feit<'_>>) -> String {
    feit.and_then(Feit::respons)
        .map_or_else(|| "–".to_owned(), |respons| nl::procent(respons, None))
}

/// The number of records, or a dash.
pub(crate) fn n(feit: Option<Feit<'_>>) -> String {
    feit.and_then(Feit::n)
        .map_or_else(|| "–".to_owned(), nl::aantal)
}

/// What a figure means: one click away from it.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "blok/kaart.html")]
pub struct Kaart {
    /// Title of the indicator.
    pub titel: String,
    /// Definition in words.
    pub definitie: String,
    /// What is counted.
    pub teller: String,
    /// How many that are here; may be empty.
    pub teller_getal: String,
    /// Of what; may be empty.
    pub noemer: String,
    /// How many that are here; may be empty.
    pub noemer_getal: String,
    /// How the interval was made.
    pub interval: &'static str,
    /// What to keep in mind; may be empty.
    pub kanttekening: String,
    /// Contract id, to find it in the files.
    pub id: String,
}

impl Kaart {
    /// From the metadata and, for the numbers, the figure.
    pub fn nieuw(indicator: &Indicator, feit: Option<Feit<'_>>) -> Self {
        let getal =
            |waarde: f64| nl::getal(waarde, if waarde.fract().abs() < 1e-9 { 0 } else { 1 });
        Self {
            titel: indicator.titel.clone(),
            definitie: indicator.definitie.clone(),
            teller: indicator.teller.clone(),
            teller_getal: feit.and_then(Feit::teller).map(getal).unwrap_or_default(),
            noemer: indicator.noemer.clone(),
            noemer_getal: feit.and_then(Feit::noemer).map(getal).unwrap_or_default(),
            interval: methode(indicator.interval),
            kanttekening: indicator.kanttekening.clone(),
            id: indicator.id.clone(),
        }
    }
}

fn methode(interval: Interval) -> &'static str {
    match interval {
        Interval::Geen => "",
        Interval::Wilson => "Wilson, voor een aandeel",
        Interval::Poisson => "Poisson (exact onder 10, daarboven Byar), voor een aantal",
        Interval::Orde => "volgorde van de waarnemingen, voor een mediaan of kwantiel",
        Interval::KaplanMeier => {
            "Greenwood (log-log), bij een schatting die lopende gevallen meetelt"
        }
    }
}

/// Heading of a block: the plan's, or else the indicator's.
pub(crate) fn titel(plan: &str, indicator: &Indicator) -> String {
    if plan.is_empty() {
        indicator.titel.clone()
    } else {
        plan.to_owned()
    }
}

/// Whether a title already says the unit, or the part of it from `per` on.
pub(crate) fn noemt_eenheid(titel: &str, maat: &Maat) -> bool {
    let eenheid = maat.eenheid();
    let vanaf_per = eenheid
        .find("per ")
        .map_or(eenheid, |plaats| &eenheid[plaats..]);
    titel.to_lowercase().contains(vanaf_per)
}

/// Fills in `{jaar}` and `{vorig}`.
pub(crate) fn met_jaar(tekst: &str, jaar: i32) -> String {
    tekst
        .replace("{jaar}", &jaar.to_string())
        .replace("{vorig}", &(jaar - 1).to_string())
}
