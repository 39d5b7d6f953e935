//! What a figure says beside Nederland, in one sentence.
//!
//! Owns the words. *Duidelijk hoger*, *duidelijk lager* and *niet duidelijk anders* follow from the figure's
//! `oordeel` (99.8 %) and from nothing else; without an oordeel there is no comparing word at all, and where that is for
//! want of response it says so.

use schema::Comparison;

use crate::cijferindex::{Feit, Toestand};
use crate::nl::Maat;
use crate::opzet::Vergelijk;

/// What is hidden for privacy, in words.
pub const PRIVACY: &str = "niet getoond (privacy)";
/// Why a figure with a margin is not compared, in words.
const RESPONS_ONVOLLEDIG: &str =
    " We vergelijken dat niet, want niet alle aanbieders leverden gegevens.";
/// What cannot be computed, in words.
pub const GEEN_CIJFER: &str = "geen cijfer";

/// How a figure stands beside Nederland.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oordeel {
    /// Clearly higher.
    Hoger,
    /// Clearly lower.
    Lager,
    /// Not clearly different.
    NietAnders,
    /// Not judged.
    Geen,
}

impl Oordeel {
    /// From a figure.
    pub fn van(feit: Option<Feit<'_>>) -> Self {
        match feit.and_then(Feit::oordeel) {
            Some(Comparison::Higher) => Self::Hoger,
            Some(Comparison::Lower) => Self::Lager,
            Some(Comparison::NotDifferent) => Self::NietAnders,
            None => Self::Geen,
        }
    }

    /// The words; empty where nothing was judged.
    pub fn woorden(self) -> &'static str {
        match self {
            Self::Hoger => "duidelijk hoger",
            Self::Lager => "duidelijk lager",
            Self::NietAnders => "niet duidelijk anders",
            Self::Geen => "",
        }
    }

    /// Name for the style sheet.
    pub fn klasse(self) -> &'static str {
        match self {
            Self::Hoger => "hoger",
            Self::Lager => "lager",
            Self::NietAnders => "gelijk",
            Self::Geen => "geen",
        }
    }
}

/// A sentence in three parts, the middle one stressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duiding {
    /// How it stands beside Nederland.
    pub oordeel: Oordeel,
    /// Up to the stressed words.
    pub voor: String,
    /// The stressed words; may be empty.
    pub nadruk: String,
    /// What follows.
    pub na: String,
}

impl Duiding {
    /// The sentence for one figure; `land` is the same figure for Nederland, absent on Nederland's own page.
    pub fn van(
        plan: &Vergelijk,
        maat: &Maat,
        eigen: Option<Feit<'_>>,
        land: Option<Option<Feit<'_>>>,
    ) -> Self {
        let onderwerp = plan.onderwerp.as_str();
        let los = onderwerp.trim_end_matches(',');
        let is = if plan.meervoud { "zijn" } else { "is" };
        let voluit = |feit: Feit<'_>| feit.waarde().map(|waarde| maat.lang(waarde, feit.noemer()));
        let eigen_tekst = eigen.and_then(voluit);
        // No more precise than the own figure: 69% beside 68,3% would look like a comparison it is not.
        let precisie = eigen.and_then(Feit::noemer);
        let schrijf_land = |feit: Feit<'_>| feit.waarde().map(|waarde| maat.kort(waarde, precisie));
        let land_tekst = land.flatten().and_then(schrijf_land);
        let oordeel = Oordeel::van(eigen);
        let in_land = match (&land, &land_tekst) {
            (Some(_), Some(tekst)) if eigen_tekst.is_some() => {
                format!(" In Nederland is dat {tekst}.")
            }
            (Some(_), Some(_)) => land
                .flatten()
                .and_then(voluit)
                .map(|tekst| format!(" In Nederland is dat {tekst}."))
                .unwrap_or_default(),
            (Some(_), None) => " Voor Nederland is er geen cijfer.".to_owned(),
            (None, _) => String::new(),
        };
        let Some(waarde) = eigen_tekst else {
            let nadruk = match eigen.map(Feit::toestand) {
                Some(Toestand::Privacy) => PRIVACY,
                _ => GEEN_CIJFER,
            };
            return Self {
                oordeel: Oordeel::Geen,
                voor: format!("{los}: "),
                nadruk: nadruk.to_owned(),
                na: format!(".{in_land}"),
            };
        };
        match (oordeel, land_tekst) {
            (Oordeel::Geen, _) | (_, None) => {
                let waarom = if oordeel == Oordeel::Geen && lacks_response(eigen, land.flatten()) {
                    RESPONS_ONVOLLEDIG
                } else {
                    ""
                };
                Self {
                    oordeel: Oordeel::Geen,
                    voor: format!("{onderwerp} {is} "),
                    nadruk: waarde,
                    na: format!(".{in_land}{waarom}"),
                }
            }
            (_, Some(landelijk)) => Self {
                oordeel,
                voor: format!("{onderwerp} {is} "),
                nadruk: oordeel.woorden().to_owned(),
                na: format!(" dan in Nederland: {waarde}, tegen {landelijk} in Nederland."),
            },
        }
    }

    /// The sentence as plain text.
    pub fn tekst(&self) -> String {
        format!("{}{}{}", self.voor, self.nadruk, self.na)
    }
}

/// Whether a figure that has a margin, and so could be compared, was not because the response is incomplete.
fn lacks_response(eigen: Option<Feit<'_>>, land: Option<Feit<'_>>) -> bool {
    let (Some(eigen), Some(land)) = (eigen, land.filter(|land| land.waarde().is_some())) else {
        return false;
    };
    let onvolledig = |feit: Feit<'_>| feit.respons().is_some_and(|respons| respons < 1.0);
    eigen.grenzen().is_some() && (onvolledig(eigen) || onvolledig(land))
}

#[cfg(test)]
mod tests {
    use schema::Cijfer;
    use schema::cijfer::{Status, Vertrouwelijk};

    use super::*;

    fn cijfer(waarde: f64, oordeel: &str) -> Cijfer {
        Cijfer {
            uitvraag: "omgang".into(),
            jaar: 2020,
            indicator: "wachten".into(),
            niveau: schema::Niveau::Jeugdregio,
            gebied: "JZ01".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            waarde: Some(waarde),
            onder: None,
            boven: None,
            oordeel: Comparison::parse(oordeel),
            teller: None,
            noemer: None,
            n: None,
            status: Status::A,
            vertrouwelijk: Vertrouwelijk::F,
            respons: None,
            momentopname: "m1".into(),
        }
    }

    fn zin(eigen: &Cijfer, land: Option<&Cijfer>) -> String {
        let plan = Vergelijk {
            indicator: "wachten".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            titel: String::new(),
            onderwerp: "De wachttijd".into(),
            meervoud: false,
            kop: false,
            misverstand: String::new(),
            bij: Vec::new(),
        };
        let maat = Maat::van("dagen", 0, &crate::Opzet::default());
        Duiding::van(
            &plan,
            &maat,
            Some(Feit::van(eigen)),
            land.map(|land| Some(Feit::van(land))),
        )
        .tekst()
        .replace('\u{a0}', " ")
    }

    #[test]
    fn the_words_follow_from_the_oordeel_alone() {
        let land = cijfer(60.0, "");
        assert_eq!(
            zin(&cijfer(90.0, "hoger"), Some(&land)),
            "De wachttijd is duidelijk hoger dan in Nederland: 90 dagen, tegen 60 in Nederland."
        );
        assert_eq!(
            zin(&cijfer(30.0, "lager"), Some(&land)),
            "De wachttijd is duidelijk lager dan in Nederland: 30 dagen, tegen 60 in Nederland."
        );
        assert_eq!(
            zin(&cijfer(90.0, "niet_anders"), Some(&land)),
            "De wachttijd is niet duidelijk anders dan in Nederland: 90 dagen, tegen 60 in Nederland."
        );
        assert_eq!(
            zin(&cijfer(90.0, ""), Some(&land)),
            "De wachttijd is 90 dagen. In Nederland is dat 60."
        );
    }

    #[test]
    fn what_is_not_compared_for_want_of_response_says_so() {
        let land = cijfer(60.0, "");
        let eigen = Cijfer {
            onder: Some(80.0),
            boven: Some(100.0),
            respons: Some(0.5),
            ..cijfer(90.0, "")
        };
        let verwacht = "De wachttijd is 90 dagen. In Nederland is dat 60. We vergelijken dat niet, want niet alle aanbieders leverden gegevens.";
        assert_eq!(zin(&eigen, Some(&land)), verwacht);
        let compleet = Cijfer {
            respons: Some(1.0),
            ..eigen.clone()
        };
        assert_eq!(
            zin(&compleet, Some(&land)),
            "De wachttijd is 90 dagen. In Nederland is dat 60."
        );
        let hoger = Cijfer {
            oordeel: Some(Comparison::Higher),
            ..eigen
        };
        assert!(zin(&hoger, Some(&land)).contains("duidelijk hoger"));
    }

    #[test]
    fn a_hidden_figure_is_named_and_never_compared() {
        let mut verborgen = cijfer(3.0, "hoger");
        verborgen.vertrouwelijk = Vertrouwelijk::D;
        assert_eq!(
            zin(&verborgen, Some(&cijfer(60.0, ""))),
            "De wachttijd: niet getoond (privacy). In Nederland is dat 60 dagen."
        );
    }

    #[test]
    fn without_a_national_figure_nothing_is_compared() {
        let mut land = cijfer(60.0, "");
        land.status = Status::M;
        assert_eq!(
            zin(&cijfer(90.0, "hoger"), Some(&land)),
            "De wachttijd is 90 dagen. Voor Nederland is er geen cijfer."
        );
        assert_eq!(zin(&cijfer(60.0, ""), None), "De wachttijd is 60 dagen.");
    }
}
