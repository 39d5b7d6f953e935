//! The pages: first page, 0-meting, spiegelrapportage. One file and one template each.
//!
//! Owns [`Wereld`], everything looked up once for all pages, and the frame every page shares: header, footer and the
//! part that says how the figures were made.

pub mod meting;
pub mod spiegel;
pub mod start;

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use schema::Indicator;

use crate::ReportFout;
use crate::blok::{self, Blik};
use crate::cijferindex::{Feit, Index, Rijen};
use crate::nl::{self, Maat};
use crate::opzet;
use crate::publicatie::{Gebied, Publicatie};
use schema::Niveau;
use schema::levering::datum_nl;

/// A publication with everything looked up once.
pub struct Wereld<'a> {
    /// The publication.
    pub publicatie: &'a Publicatie,
    /// The figures.
    pub index: Index<'a>,
    gebieden: HashMap<&'a str, &'a Gebied>,
    indicatoren: HashMap<&'a str, &'a Indicator>,
    per_niveau: BTreeMap<Niveau, Vec<&'a Gebied>>,
    land: &'a Gebied,
    secties: Vec<opzet::Sectie>,
}

impl<'a> Wereld<'a> {
    /// Looks everything up.
    ///
    /// # Errors
    /// When the gebieden hold no country, or a code that cannot be a folder.
    pub fn nieuw(publicatie: &'a Publicatie) -> Result<Self, ReportFout> {
        let mut per_niveau: BTreeMap<Niveau, Vec<&Gebied>> = BTreeMap::new();
        for gebied in &publicatie.gebieden {
            if gebied.niveau != Niveau::Grootteklasse
                && !gebied
                    .code
                    .bytes()
                    .all(|teken| teken.is_ascii_alphanumeric())
            {
                return Err(ReportFout::Code(gebied.code.clone()));
            }
            per_niveau.entry(gebied.niveau).or_default().push(gebied);
        }
        for gebieden in per_niveau.values_mut() {
            gebieden.sort_by(|a, b| a.code.cmp(&b.code));
        }
        let land = per_niveau
            .get(&Niveau::Nederland)
            .and_then(|landen| landen.first())
            .copied()
            .ok_or(ReportFout::GeenLand)?;
        let index = Index::nieuw(&publicatie.uitvraag, publicatie.jaar, &publicatie.cijfers);
        let secties = secties(publicatie, index.gebied(&land.code));
        Ok(Self {
            gebieden: publicatie
                .gebieden
                .iter()
                .map(|gebied| (gebied.code.as_str(), gebied))
                .collect(),
            indicatoren: publicatie
                .indicatoren
                .iter()
                .map(|een| (een.id.as_str(), een))
                .collect(),
            index,
            land,
            per_niveau,
            secties,
            publicatie,
        })
    }

    /// The country.
    pub fn land(&self) -> &'a Gebied {
        self.land
    }

    /// The figures of a gebied.
    pub fn rijen(&self, gebied: &Gebied) -> Rijen<'_> {
        self.index.gebied(&gebied.code)
    }

    /// All figures of the country.
    pub fn land_rijen(&self) -> Vec<Feit<'_>> {
        self.rijen(self.land).alle().to_vec()
    }

    /// The gebieden that have a page of their own, by code within their level.
    pub fn met_spiegel(&self) -> impl Iterator<Item = &'a Gebied> + '_ {
        [Niveau::Provincie, Niveau::Jeugdregio, Niveau::Gemeente]
            .into_iter()
            .flat_map(|niveau| self.niveau(niveau))
            .copied()
    }

    /// The gebieden of a level, by code.
    pub fn niveau(&self, niveau: Niveau) -> &[&'a Gebied] {
        self.per_niveau
            .get(&niveau)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// A gebied by code.
    pub fn gebied(&self, code: &str) -> Option<&'a Gebied> {
        self.gebieden.get(code).copied()
    }

    /// Metadata by id.
    pub fn indicator(&self, id: &str) -> Option<&'a Indicator> {
        self.indicatoren.get(id).copied()
    }

    /// How the values of an indicator are written.
    pub fn maat(&self, indicator: &Indicator) -> Maat {
        Maat::van(
            &indicator.eenheid,
            indicator.decimalen,
            &self.publicatie.opzet,
        )
    }

    /// Place and label of a code: the definition's words, or the page plan's.
    pub fn label<'b>(&'b self, uitsplitsing: &str, code: &'b str) -> (usize, &'b str) {
        match self.publicatie.labels.zoek(uitsplitsing, code) {
            (usize::MAX, _) => self
                .publicatie
                .opzet
                .codes
                .get(uitsplitsing)
                .and_then(|codes| codes.iter().enumerate().find(|(_, (deze, _))| deze == code))
                .map_or((usize::MAX, code), |(plaats, (_, label))| {
                    (plaats, label.as_str())
                }),
            gevonden => gevonden,
        }
    }

    /// Name of a breakdown.
    pub fn uitsplitsing<'b>(&'b self, naam: &'b str) -> &'b str {
        self.publicatie
            .opzet
            .uitsplitsing
            .get(naam)
            .map_or(naam, String::as_str)
    }

    /// Place of a breakdown among others.
    pub fn plaats(&self, naam: &str) -> usize {
        let order = &self.publicatie.opzet.volgorde;
        order
            .iter()
            .position(|deze| deze == naam)
            .unwrap_or(order.len())
    }

    /// The sections of a page, made.
    fn secties(&self, blik: Blik<'_>) -> askama::Result<Vec<Sectie>> {
        let mut klaar = Vec::new();
        for plan in &self.secties {
            let mut blokken = Vec::new();
            for blok in &plan.blok {
                blokken.extend(blok::maak(blok, blik)?);
            }
            // Opinions alone are no figures.
            let heeft_cijfers = plan
                .blok
                .iter()
                .any(|blok| !matches!(blok, opzet::Blok::Meningen(_)) && heeft_cijfers(blok, blik));
            if heeft_cijfers {
                klaar.push(Sectie {
                    id: plan.groep.clone(),
                    titel: plan.titel.clone(),
                    inleiding: plan.inleiding.clone(),
                    blokken,
                });
            }
        }
        Ok(klaar)
    }

    /// What every page says of itself.
    fn rand(&self, titel: String, wortel: &'static str) -> Rand<'_> {
        let publicatie = self.publicatie;
        Rand {
            titel,
            wortel,
            product: &publicatie.titel,
            jaar: publicatie.jaar,
            meting: self.metingnaam(),
            versie: &publicatie.versie,
            datum: datum_nl(publicatie.datum),
            momentopname: &publicatie.momentopname,
            definitie: publicatie.definitie.versie,
            definitie_hash: kort(&publicatie.definitie.hash),
            regelhash: kort(&publicatie.definitie.regelhash),
            software: &publicatie.software,
            drempel: publicatie.drempel,
            waarschuwing: publicatie.waarschuwing.as_deref().unwrap_or_default(),
            trendbreuken: publicatie.opzet.trendbreuken(publicatie.jaar).collect(),
            onderwerp: &publicatie.opzet.onderwerp,
            bron: match publicatie.opzet.bron.as_str() {
                "" => format!("Aanbieders leverden gegevens over {}.", publicatie.jaar),
                own => own.replace("{jaar}", &publicatie.jaar.to_string()),
            },
            aantal_regios: self.niveau(Niveau::Jeugdregio).len(),
        }
    }

    /// `0-meting`, or in later years `Landelijk beeld`.
    pub fn metingnaam(&self) -> &'static str {
        if self
            .publicatie
            .opzet
            .nulmeting
            .is_none_or(|jaar| jaar == self.publicatie.jaar)
        {
            "0-meting"
        } else {
            "Landelijk beeld"
        }
    }
}

fn kort(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

fn heeft_cijfers(plan: &opzet::Blok, blik: Blik<'_>) -> bool {
    match plan {
        opzet::Blok::Vergelijk(plan) => blik.kent(&plan.indicator),
        opzet::Blok::Vragen(plan) => plan
            .vraag
            .iter()
            .any(|vraag| blik.kent(&vraag.cijfer.indicator)),
        opzet::Blok::Tabel(plan) => plan.indicatoren.iter().any(|id| blik.kent(id)),
        opzet::Blok::Verdeling(plan) => blik.kent(&plan.indicator),
        opzet::Blok::Stroom(plan) => blik.kent(&plan.begin.indicator),
        opzet::Blok::Meningen(_) => false,
    }
}

/// The plan's sections, and a plain place for every indicator the plan does not name.
fn secties(publicatie: &Publicatie, land: Rijen<'_>) -> Vec<opzet::Sectie> {
    let mut secties = publicatie.opzet.sectie.clone();
    let genoemd = publicatie.opzet.genoemd();
    for indicator in publicatie
        .indicatoren
        .iter()
        .filter(|een| !genoemd.contains(&een.id.as_str()))
    {
        let plaats = secties
            .iter()
            .position(|sectie| sectie.groep == indicator.groep)
            .unwrap_or_else(|| {
                secties.push(opzet::Sectie {
                    groep: indicator.groep.clone(),
                    titel: nl::hoofdletter(&indicator.groep),
                    inleiding: String::new(),
                    blok: Vec::new(),
                });
                secties.len() - 1
            });
        let blokken = &mut secties[plaats].blok;
        if land.totaal(&indicator.id).is_some() {
            match blokken.last_mut() {
                Some(opzet::Blok::Tabel(tabel)) if tabel.titel == OVERIG => {
                    tabel.indicatoren.push(indicator.id.clone())
                }
                _ => blokken.push(opzet::Blok::Tabel(opzet::Tabel {
                    titel: OVERIG.to_owned(),
                    indicatoren: vec![indicator.id.clone()],
                })),
            }
        } else {
            blokken.push(opzet::Blok::Verdeling(opzet::Verdeling {
                indicator: indicator.id.clone(),
                uitsplitsing: None,
                titel: String::new(),
                toelichting: String::new(),
            }));
        }
    }
    secties
}

const OVERIG: &str = "Andere cijfers";

/// One part of a page, made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sectie {
    /// Anchor.
    pub id: String,
    /// Heading.
    pub titel: String,
    /// What the reader finds here.
    pub inleiding: String,
    /// The blocks, as HTML.
    pub blokken: Vec<String>,
}

/// What every page says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rand<'a> {
    /// Title of the page.
    pub titel: String,
    /// The way back to the publication's root.
    pub wortel: &'static str,
    /// Name of the whole.
    pub product: &'a str,
    /// Reporting year.
    pub jaar: i32,
    /// Name of the country page.
    pub meting: &'static str,
    /// Version of the publication.
    pub versie: &'a str,
    /// Day of publication, in words.
    pub datum: String,
    /// The momentopname.
    pub momentopname: &'a str,
    /// Version of the definition.
    pub definitie: u32,
    /// Its hash, shortened.
    pub definitie_hash: &'a str,
    /// Hash of the rules, shortened.
    pub regelhash: &'a str,
    /// What made the page.
    pub software: &'a str,
    /// Below this number nothing is shown.
    pub drempel: u32,
    /// Said at the top; may be empty.
    pub waarschuwing: &'a str,
    /// Breaks in the series that touch this year.
    pub trendbreuken: Vec<&'a str>,
    /// What it is about, in one word; may be empty.
    pub onderwerp: &'a str,
    /// Where the figures come from.
    pub bron: String,
    /// Number of jeugdregio's.
    pub aantal_regios: usize,
}

/// A page from its template.
pub(crate) fn maak<T: Template>(pad: &str, pagina: &T) -> Result<Vec<u8>, ReportFout> {
    match pagina.render() {
        Ok(html) => Ok(html.into_bytes()),
        Err(bron) => Err(ReportFout::Sjabloon {
            pad: pad.to_owned(),
            bron,
        }),
    }
}

/// A sentence that could not be made.
pub(crate) fn sjabloonfout(pad: &str) -> impl FnOnce(askama::Error) -> ReportFout + '_ {
    move |bron| ReportFout::Sjabloon {
        pad: pad.to_owned(),
        bron,
    }
}

/// The response of a gebied, in words for the top of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Responsregel {
    /// `9 van de 12 gevraagde aanbieders leverden (75%).`
    pub tekst: String,
    /// Whether enough is missing to say so.
    pub laag: bool,
}

impl Responsregel {
    /// From the response figure of the gebied, or from any of its figures.
    pub(crate) fn nieuw(blik: Blik<'_>) -> Option<Self> {
        let feit = blik.rijen.totaal(&blik.wereld.publicatie.opzet.respons);
        let aandeel = feit
            .and_then(Feit::waarde)
            .or_else(|| blik.rijen.alle().iter().find_map(|feit| feit.respons()))
            .filter(|aandeel| (0.0..=1.0).contains(aandeel))?;
        let tekst = match feit.and_then(|feit| feit.teller().zip(feit.noemer())) {
            Some((geleverd, gevraagd)) => {
                delivered(geleverd, gevraagd, &nl::procent(aandeel, None))
            }
            None => format!(
                "{} van de gevraagde aanbieders leverde gegevens.",
                nl::procent(aandeel, None)
            ),
        };
        Some(Self {
            tekst,
            laag: aandeel < 0.8,
        })
    }
}

/// `9 van de 12 gevraagde aanbieders leverden gegevens (75%).`
fn delivered(geleverd: f64, gevraagd: f64, procent: &str) -> String {
    let (van, op) = (nl::getal(geleverd, 0), nl::getal(gevraagd, 0));
    match (van.as_str(), op.as_str()) {
        ("0", "1") => "De enige gevraagde aanbieder leverde geen gegevens.".to_owned(),
        ("1", "1") => "De enige gevraagde aanbieder leverde gegevens.".to_owned(),
        ("0", _) => format!("Geen van de {op} gevraagde aanbieders leverde gegevens."),
        ("1", _) => format!("1 van de {op} gevraagde aanbieders leverde gegevens ({procent})."),
        _ => format!("{van} van de {op} gevraagde aanbieders leverden gegevens ({procent})."),
    }
}

#[cfg(test)]
mod tests {
    use super::delivered;

    #[test]
    fn response_reads_as_dutch_for_one_and_for_none() {
        assert_eq!(
            delivered(9.0, 12.0, "75%"),
            "9 van de 12 gevraagde aanbieders leverden gegevens (75%)."
        );
        assert_eq!(
            delivered(1.0, 3.0, "33%"),
            "1 van de 3 gevraagde aanbieders leverde gegevens (33%)."
        );
        assert_eq!(
            delivered(1.0, 1.0, "100%"),
            "De enige gevraagde aanbieder leverde gegevens."
        );
        assert_eq!(
            delivered(0.0, 1.0, "0%"),
            "De enige gevraagde aanbieder leverde geen gegevens."
        );
        assert_eq!(
            delivered(0.0, 4.0, "0%"),
            "Geen van de 4 gevraagde aanbieders leverde gegevens."
        );
    }
}
