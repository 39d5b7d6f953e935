//! What a figure says beside Nederland, in one sentence.
//!
//! Owns the choice: it follows from the figure's `oordeel` (99.8 %) and from nothing else. Without an oordeel there is
//! no comparing word at all; where it can't be said the sentence gives value, interval, n and the country's value.
//! Leaves the words to `wording`.

use schema::cijfer::Reason;
use schema::{Comparison, Niveau};
use serde::Serialize;

use crate::block_plan::ComparePlan;
use crate::figure_format::FigureFormat;
use crate::shown_figure::Fact;
use crate::wording;

/// How a figure stands beside Nederland.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum StandingWords {
    /// Clearly higher.
    Higher,
    /// Clearly lower.
    Lower,
    /// It can't be said.
    Undecided,
    /// It depends on who did not deliver.
    DependsOnResponse,
    /// Not judged.
    NotJudged,
}

impl StandingWords {
    /// From a figure.
    pub fn of(fact: Option<Fact<'_>>) -> Self {
        match fact.and_then(Fact::oordeel) {
            Some(Comparison::Higher) => Self::Higher,
            Some(Comparison::Lower) => Self::Lower,
            Some(Comparison::Undecided) => Self::Undecided,
            Some(Comparison::DependsOnResponse) => Self::DependsOnResponse,
            None => Self::NotJudged,
        }
    }

    /// Name for the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Higher => "hoger",
            Self::Lower => "lager",
            Self::Undecided => "onbeslist",
            Self::DependsOnResponse => "voorwaarde",
            Self::NotJudged => "geen",
        }
    }

    /// A sign that says the same without colour, in our own letters; none where it is not judged.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Higher => "↑",
            Self::Lower => "↓",
            Self::Undecided => "~",
            Self::DependsOnResponse => "?",
            Self::NotJudged => "",
        }
    }
}

/// A sentence in parts, one of them stressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wording {
    /// How it stands beside Nederland.
    pub oordeel: StandingWords,
    /// Up to the stressed words, or up to the question.
    pub before: String,
    /// The question that the stressed words answer, where it can't be said.
    pub question: &'static str,
    /// The stressed words; may be empty.
    pub emphasis: String,
    /// What follows.
    pub after: String,
}

impl Wording {
    /// The sentence for one figure; `land` is the same figure for Nederland, absent on Nederland's
    /// own page, and `told_with` the title of the figure whose verdict speaks for this one, where there is one.
    pub fn new(
        plan: &ComparePlan,
        format: &FigureFormat,
        own: Option<Fact<'_>>,
        land: Option<Option<Fact<'_>>>,
        told_with: Option<&str>,
    ) -> Self {
        let national = land.flatten().and_then(|fact| told_long(fact, format));
        let in_land = match (&land, &national) {
            (Some(_), Some(text)) => wording::beside_nederland::in_the_country(text),
            (Some(_), None) => wording::beside_nederland::NONE_IN_THE_COUNTRY.to_owned(),
            (None, _) => String::new(),
        };
        let subject = plan.onderwerp.as_str();
        let (Some(fact), Some(value)) = (own, own.and_then(|fact| format.fact_long(fact))) else {
            return absent(subject, format.records(), own, &in_land);
        };
        let subject_is = format!(
            "{subject} {}",
            wording::beside_nederland::verb(plan.meervoud)
        );
        // The unit once, but where the own value has another.
        let national_short = if format.is_rate_of_few(fact) {
            national.clone()
        } else {
            land.flatten().and_then(|fact| told_short(fact, format))
        };
        let standing = StandingWords::of(own);
        let (standing, emphasis) = match (standing, &national_short) {
            (StandingWords::NotJudged, _) | (_, None) => (StandingWords::NotJudged, ""),
            (StandingWords::Higher, _) => (standing, wording::beside_nederland::HIGHER),
            (StandingWords::Lower, _) => (standing, wording::beside_nederland::LOWER),
            (StandingWords::Undecided, _) => (standing, wording::beside_nederland::UNDECIDED),
            (StandingWords::DependsOnResponse, _) => {
                (standing, wording::beside_nederland::DEPENDS_ON_RESPONSE)
            }
        };
        let national_short = national_short.unwrap_or_default();
        let emphasis = emphasis.to_owned();
        match standing {
            StandingWords::NotJudged => Self {
                oordeel: standing,
                before: format!("{subject_is} "),
                question: "",
                emphasis: with_part(fact, value, format),
                after: match (land, national) {
                    (None, _) => ".".to_owned(),
                    (Some(_), None) => {
                        format!(".{}", wording::beside_nederland::NO_NATIONAL_FIGURE)
                    }
                    (Some(_), Some(_)) => {
                        let why = told_with.map_or_else(
                            || why_not_compared(fact, format).to_owned(),
                            wording::beside_nederland::told_with,
                        );
                        format!(".{in_land}{why}")
                    }
                },
            },
            StandingWords::Higher | StandingWords::Lower => Self {
                oordeel: standing,
                before: format!("{subject_is} "),
                question: "",
                emphasis,
                after: wording::beside_nederland::than_the_country(
                    &with_part(fact, value, format),
                    &national_short,
                ),
            },
            StandingWords::Undecided | StandingWords::DependsOnResponse => Self {
                oordeel: standing,
                before: wording::beside_nederland::beside_the_country(
                    &subject_is,
                    &value,
                    &rests_on(fact, format),
                    &national_short,
                ),
                question: wording::beside_nederland::QUESTION,
                emphasis,
                after: ".".to_owned(),
            },
        }
    }

    /// The sentence as plain text.
    pub fn text(&self) -> String {
        let Self {
            before,
            question,
            emphasis,
            after,
            ..
        } = self;
        format!("{before}{question}{emphasis}{after}")
    }
}

/// The sentence for a figure without a value: that it is not there, and why.
fn absent(subject: &str, records: &str, own: Option<Fact<'_>>, in_land: &str) -> Wording {
    let reason = own.and_then(|fact| fact.toestand().reason());
    let (emphasis, why) = match reason {
        Some(reason @ (Reason::Privacy | Reason::LeftOut)) => {
            let niveau = own.map_or(Niveau::Nederland, Fact::niveau);
            (wording::figure::reason(Some(reason), niveau), String::new())
        }
        reason => (
            wording::figure::NO_FIGURE,
            format!(" {}", wording::figure::reason_sentence(reason, records)),
        ),
    };
    Wording {
        oordeel: StandingWords::NotJudged,
        before: format!("{}: ", subject.trim_end_matches(',')),
        question: "",
        emphasis: emphasis.to_owned(),
        after: format!(".{why}{in_land}"),
    }
}

/// Why a figure stands beside that of Nederland without being compared with it.
fn why_not_compared(fact: Fact<'_>, format: &FigureFormat) -> &'static str {
    match fact.lower().or(fact.above()) {
        None => wording::beside_nederland::NO_MARGIN,
        Some(_) if format.is_count() => wording::beside_nederland::COUNTS_DIFFER,
        Some(_) => wording::beside_nederland::TOO_FEW_TO_COMPARE,
    }
}

fn told_long(fact: Fact<'_>, format: &FigureFormat) -> Option<String> {
    Some(with_part(fact, format.fact_long(fact)?, format))
}

fn told_short(fact: Fact<'_>, format: &FigureFormat) -> Option<String> {
    Some(with_part(fact, format.fact_short(fact)?, format))
}

/// A value, and of what part it is known where that is little.
fn with_part(fact: Fact<'_>, value: String, format: &FigureFormat) -> String {
    match format.known_part(fact).as_str() {
        "" => value,
        part => wording::figure::with_part(&value, part),
    }
}

fn rests_on(fact: Fact<'_>, format: &FigureFormat) -> String {
    let interval = format.fact_interval(fact);
    let margin = (!interval.is_empty()).then(|| wording::beside_nederland::margin(&interval));
    let count = fact.n().filter(|n| *n > 0);
    let measured =
        count.map(|n| wording::beside_nederland::measured_over(&format.counted_records(n)));
    let part = Some(format.known_part(fact)).filter(|part| !part.is_empty());
    let words: Vec<String> = [margin, measured, part].into_iter().flatten().collect();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use schema::Cijfer;
    use schema::cijfer::{Confidential, Status};
    use schema::indicator::Kind;

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
            onder_998: None,
            boven_998: None,
            oordeel: Comparison::parse(oordeel),
            teller: None,
            noemer: None,
            n: None,
            minstens: None,
            hoogstens: None,
            status: Status::A,
            vertrouwelijk: Confidential::F,
            reden: None,
            respons: None,
            dekking_records: None,
            dekking_aanbieders: None,
            momentopname: "m1".into(),
        }
    }

    fn indicator() -> schema::Indicator {
        serde_json::from_value(serde_json::json!({
            "id": "wachten", "groep": "wachten", "titel": "Wachttijd", "definitie": "",
            "aard": "kwantiel", "eenheid": "dagen", "teller": "", "velden": ["traject.startdatum"],
            "uitsplitsingen": [], "interval": "orde"
        }))
        .unwrap()
    }

    fn plan() -> ComparePlan {
        ComparePlan {
            indicator: "wachten".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            titel: String::new(),
            onderwerp: "De wachttijd".into(),
            meervoud: false,
            kop: false,
            misverstand: String::new(),
            bij: Vec::new(),
        }
    }

    fn sentence(own: &Cijfer, land: Option<&Cijfer>) -> String {
        let plan = plan();
        let page_plan = crate::PagePlan::parse("records = { traject = 'trajecten' }").unwrap();
        let format = FigureFormat::new(&indicator(), &page_plan);
        Wording::new(
            &plan,
            &format,
            Some(Fact::of(own)),
            land.map(|land| Some(Fact::of(land))),
            None,
        )
        .text()
        .replace('\u{a0}', " ")
    }

    #[test]
    fn the_words_follow_from_the_oordeel_alone() {
        let land = cijfer(60.0, "");
        let own = |oordeel| Cijfer {
            onder: Some(50.0),
            boven: Some(110.0),
            n: Some(60),
            ..cijfer(90.0, oordeel)
        };
        for (oordeel, expected) in [
            (
                "hoger",
                "De wachttijd is duidelijk hoger dan in Nederland: 90 dagen, tegen 60 in Nederland.",
            ),
            (
                "lager",
                "De wachttijd is duidelijk lager dan in Nederland: 90 dagen, tegen 60 in Nederland.",
            ),
            (
                "niet_te_zeggen",
                "De wachttijd is 90 dagen (marge 50 tot 110, gemeten over 60 trajecten). In Nederland is dat 60. Is dat echt anders? Dat is niet te zeggen.",
            ),
            (
                "hangt_af_van_respons",
                "De wachttijd is 90 dagen (marge 50 tot 110, gemeten over 60 trajecten). In Nederland is dat 60. Is dat echt anders? Dat hangt af van wie nog niet leverde, hier of elders.",
            ),
            (
                "",
                "De wachttijd is 90 dagen. In Nederland is dat 60 dagen. Er zijn te weinig gegevens om dat te vergelijken.",
            ),
        ] {
            assert_eq!(sentence(&own(oordeel), Some(&land)), expected);
        }
    }

    /// Value and interval have each their own unit then.
    #[test]
    fn a_rate_of_few_says_of_what_its_interval_is() {
        let land = Cijfer {
            teller: Some(9000.0),
            ..cijfer(5.6, "")
        };
        let own = Cijfer {
            teller: Some(0.0),
            n: Some(0),
            onder: Some(0.0),
            boven: Some(9.0),
            ..cijfer(0.0, "niet_te_zeggen")
        };
        let page_plan = crate::PagePlan::default();
        let format = FigureFormat::of("per 10.000 inwoners", 1, Kind::Rate, &page_plan);
        let plan = plan();
        let land = Some(Some(Fact::of(&land)));
        let wording = Wording::new(&plan, &format, Some(Fact::of(&own)), land, None);
        assert_eq!(
            wording.before.replace('\u{a0}', " "),
            "De wachttijd is minder dan 5 mensen (marge hoogstens 9,0 per 10.000 inwoners). In Nederland is dat 5,6 per 10.000 inwoners."
        );
    }

    #[test]
    fn a_hidden_figure_is_named_and_never_compared() {
        let mut hidden = cijfer(3.0, "hoger");
        hidden.vertrouwelijk = Confidential::C;
        assert_eq!(
            sentence(&hidden, Some(&cijfer(60.0, ""))),
            "De wachttijd: niet getoond (privacy). In Nederland is dat 60 dagen."
        );
    }

    #[test]
    fn what_is_missing_says_why() {
        for (status, reason, expected) in [
            (
                Status::O,
                Some(Reason::NobodyDelivered),
                "De wachttijd: geen cijfer. Geen aanbieder in dit gebied leverde gegevens.",
            ),
            (
                Status::L,
                Some(Reason::TableMissing),
                "De wachttijd: geen cijfer. Deze tabel leverden de aanbieders in dit gebied niet.",
            ),
            (
                Status::L,
                Some(Reason::TooLittleKnown),
                "De wachttijd: geen cijfer. Dit is van te weinig trajecten bekend.",
            ),
            (
                Status::M,
                Some(Reason::NotComputable),
                "De wachttijd: geen cijfer. Het is hier niet te berekenen.",
            ),
        ] {
            let missing = Cijfer {
                status,
                reden: reason,
                ..cijfer(3.0, "hoger")
            };
            assert_eq!(sentence(&missing, None), expected);
        }
    }

    #[test]
    fn without_a_national_figure_nothing_is_compared() {
        let mut land = cijfer(60.0, "");
        land.status = Status::M;
        assert_eq!(
            sentence(&cijfer(90.0, "hoger"), Some(&land)),
            "De wachttijd is 90 dagen. Voor Nederland is er geen cijfer. Daarom vergelijken we het niet."
        );
        assert_eq!(
            sentence(&cijfer(60.0, ""), None),
            "De wachttijd is 60 dagen."
        );
    }
}
