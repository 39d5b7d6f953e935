//! What a figure says beside Nederland, in one sentence.
//!
//! Owns the words. *Duidelijk hoger*, *duidelijk lager* and *niet duidelijk anders* follow from the figure's
//! `oordeel` (99.8 %) and from nothing else; without an oordeel there is no comparing word at all, and where that is for
//! want of response it says so.

use schema::Comparison;

use crate::figure_index::{Fact, Visibility};
use crate::nl::FigureFormat;
use crate::page_plan::ComparePlan;

/// What is hidden for privacy, in words.
pub const PRIVACY: &str = "niet getoond (privacy)";
/// Why a figure with a margin is not compared, in words.
const RESPONS_INCOMPLETE: &str =
    " We vergelijken dat niet, want niet alle aanbieders leverden gegevens.";
/// What cannot be computed, in words.
pub const NO_FIGURE: &str = "geen cijfer";

/// How a figure stands beside Nederland.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StandingWords {
    /// Clearly higher.
    Hoger,
    /// Clearly lower.
    Lager,
    /// Not clearly different.
    NotDifferent,
    /// Not judged.
    Geen,
}

impl StandingWords {
    /// From a figure.
    pub fn van(fact: Option<Fact<'_>>) -> Self {
        match fact.and_then(Fact::oordeel) {
            Some(Comparison::Higher) => Self::Hoger,
            Some(Comparison::Lower) => Self::Lager,
            Some(Comparison::Undecided | Comparison::DependsOnResponse) => Self::NotDifferent,
            None => Self::Geen,
        }
    }

    /// The words; empty where nothing was judged.
    pub fn words(self) -> &'static str {
        match self {
            Self::Hoger => "duidelijk hoger",
            Self::Lager => "duidelijk lager",
            Self::NotDifferent => "niet duidelijk anders",
            Self::Geen => "",
        }
    }

    /// Name for the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Hoger => "hoger",
            Self::Lager => "lager",
            Self::NotDifferent => "gelijk",
            Self::Geen => "geen",
        }
    }
}

/// A sentence in three parts, the middle one stressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// How it stands beside Nederland.
    pub oordeel: StandingWords,
    /// Up to the stressed words.
    pub before: String,
    /// The stressed words; may be empty.
    pub emphasis: String,
    /// What follows.
    pub after: String,
}

impl Wording {
    /// The sentence for one figure; `land` is the same figure for Nederland, absent on Nederland's own page.
    pub fn van(
        plan: &ComparePlan,
        format: &FigureFormat,
        own: Option<Fact<'_>>,
        land: Option<Option<Fact<'_>>>,
    ) -> Self {
        let subject = plan.onderwerp.as_str();
        let loose = subject.trim_end_matches(',');
        let is = if plan.meervoud { "zijn" } else { "is" };
        let in_full = |fact: Fact<'_>| {
            fact.value()
                .map(|value| format.long(value, fact.denominator()))
        };
        let own_text = own.and_then(in_full);
        // No more precise than the own figure: 69% beside 68,3% would look like a comparison it is not.
        let precision = own.and_then(Fact::denominator);
        let write_country =
            |fact: Fact<'_>| fact.value().map(|value| format.short(value, precision));
        let country_text = land.flatten().and_then(write_country);
        let oordeel = StandingWords::van(own);
        let in_land = match (&land, &country_text) {
            (Some(_), Some(text)) if own_text.is_some() => {
                format!(" In Nederland is dat {text}.")
            }
            (Some(_), Some(_)) => land
                .flatten()
                .and_then(in_full)
                .map(|text| format!(" In Nederland is dat {text}."))
                .unwrap_or_default(),
            (Some(_), None) => " Voor Nederland is er geen cijfer.".to_owned(),
            (None, _) => String::new(),
        };
        let Some(value) = own_text else {
            let emphasis = match own.map(Fact::toestand) {
                Some(Visibility::Privacy) => PRIVACY,
                _ => NO_FIGURE,
            };
            return Self {
                oordeel: StandingWords::Geen,
                before: format!("{loose}: "),
                emphasis: emphasis.to_owned(),
                after: format!(".{in_land}"),
            };
        };
        match (oordeel, country_text) {
            (StandingWords::Geen, _) | (_, None) => {
                let why = if oordeel == StandingWords::Geen && lacks_response(own, land.flatten()) {
                    RESPONS_INCOMPLETE
                } else {
                    ""
                };
                Self {
                    oordeel: StandingWords::Geen,
                    before: format!("{subject} {is} "),
                    emphasis: value,
                    after: format!(".{in_land}{why}"),
                }
            }
            (_, Some(national)) => Self {
                oordeel,
                before: format!("{subject} {is} "),
                emphasis: oordeel.words().to_owned(),
                after: format!(" dan in Nederland: {value}, tegen {national} in Nederland."),
            },
        }
    }

    /// The sentence as plain text.
    pub fn text(&self) -> String {
        format!("{}{}{}", self.before, self.emphasis, self.after)
    }
}

/// Whether a figure that has a margin, and so could be compared, was not because the response is incomplete.
fn lacks_response(own: Option<Fact<'_>>, land: Option<Fact<'_>>) -> bool {
    let (Some(own), Some(land)) = (own, land.filter(|land| land.value().is_some())) else {
        return false;
    };
    let incomplete = |fact: Fact<'_>| fact.respons().is_some_and(|respons| respons < 1.0);
    own.bounds().is_some() && (incomplete(own) || incomplete(land))
}

#[cfg(test)]
mod tests {
    use schema::Cijfer;
    use schema::cijfer::{Confidential, Status};

    use super::*;

    fn cijfer(value: f64, oordeel: &str) -> Cijfer {
        Cijfer {
            uitvraag: "omgang".into(),
            jaar: 2020,
            indicator: "wachten".into(),
            niveau: schema::Niveau::Jeugdregio,
            gebied: "JZ01".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            waarde: Some(value),
            onder: None,
            boven: None,
            oordeel: Comparison::parse(oordeel),
            teller: None,
            noemer: None,
            n: None,
            status: Status::A,
            vertrouwelijk: Confidential::F,
            respons: None,
            momentopname: "m1".into(),
        }
    }

    fn sentence(own: &Cijfer, land: Option<&Cijfer>) -> String {
        let plan = ComparePlan {
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
        let format = FigureFormat::van("dagen", 0, &crate::PagePlan::default());
        Wording::van(
            &plan,
            &format,
            Some(Fact::van(own)),
            land.map(|land| Some(Fact::van(land))),
        )
        .text()
        .replace('\u{a0}', " ")
    }

    #[test]
    fn the_words_follow_from_the_oordeel_alone() {
        let land = cijfer(60.0, "");
        assert_eq!(
            sentence(&cijfer(90.0, "hoger"), Some(&land)),
            "De wachttijd is duidelijk hoger dan in Nederland: 90 dagen, tegen 60 in Nederland."
        );
        assert_eq!(
            sentence(&cijfer(30.0, "lager"), Some(&land)),
            "De wachttijd is duidelijk lager dan in Nederland: 30 dagen, tegen 60 in Nederland."
        );
        assert_eq!(
            sentence(&cijfer(90.0, "niet_anders"), Some(&land)),
            "De wachttijd is niet duidelijk anders dan in Nederland: 90 dagen, tegen 60 in Nederland."
        );
        assert_eq!(
            sentence(&cijfer(90.0, ""), Some(&land)),
            "De wachttijd is 90 dagen. In Nederland is dat 60."
        );
    }

    #[test]
    fn what_is_not_compared_for_want_of_response_says_so() {
        let land = cijfer(60.0, "");
        let own = Cijfer {
            onder: Some(80.0),
            boven: Some(100.0),
            respons: Some(0.5),
            ..cijfer(90.0, "")
        };
        let expected = "De wachttijd is 90 dagen. In Nederland is dat 60. We vergelijken dat niet, want niet alle aanbieders leverden gegevens.";
        assert_eq!(sentence(&own, Some(&land)), expected);
        let complete = Cijfer {
            respons: Some(1.0),
            ..own.clone()
        };
        assert_eq!(
            sentence(&complete, Some(&land)),
            "De wachttijd is 90 dagen. In Nederland is dat 60."
        );
        let higher = Cijfer {
            oordeel: Some(Comparison::Higher),
            ..own
        };
        assert!(sentence(&higher, Some(&land)).contains("duidelijk hoger"));
    }

    #[test]
    fn a_hidden_figure_is_named_and_never_compared() {
        let mut hidden = cijfer(3.0, "hoger");
        hidden.vertrouwelijk = Confidential::D;
        assert_eq!(
            sentence(&hidden, Some(&cijfer(60.0, ""))),
            "De wachttijd: niet getoond (privacy). In Nederland is dat 60 dagen."
        );
    }

    #[test]
    fn without_a_national_figure_nothing_is_compared() {
        let mut land = cijfer(60.0, "");
        land.status = Status::M;
        assert_eq!(
            sentence(&cijfer(90.0, "hoger"), Some(&land)),
            "De wachttijd is 90 dagen. Voor Nederland is er geen cijfer."
        );
        assert_eq!(
            sentence(&cijfer(60.0, ""), None),
            "De wachttijd is 60 dagen."
        );
    }
}
