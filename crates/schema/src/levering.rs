//! The life of a levering: the states and the only steps between them.
//!
//! Owns the state machine and its words: exporter, portal and API say the same of every state.
//! Leaves carrying out a step to `ingest` and keeping it to `lake`.

use serde::{Deserialize, Serialize};

use crate::definitie::Klok;

/// The state of a levering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Toestand {
    /// Announced; files are on their way.
    Geopend,
    /// All bytes are durable and match.
    Ontvangen,
    /// A fout stands.
    Afgekeurd,
    /// Signalen want an answer.
    TeBevestigen,
    /// Ready to be signed.
    Akkoord,
    /// Signed: it counts.
    Ingediend,
    /// Part of a publication.
    Gepubliceerd,
    /// A newer one of the same year was signed.
    Vervangen,
    /// Taken back by the aanbieder.
    Ingetrokken,
    /// Never finished in time.
    Verlopen,
    /// Its data are erased.
    Gewist,
}

impl Toestand {
    /// Every state.
    pub const ALLE: [Self; 11] = [
        Self::Geopend,
        Self::Ontvangen,
        Self::Afgekeurd,
        Self::TeBevestigen,
        Self::Akkoord,
        Self::Ingediend,
        Self::Gepubliceerd,
        Self::Vervangen,
        Self::Ingetrokken,
        Self::Verlopen,
        Self::Gewist,
    ];

    /// The name as it stands in register, API and page.
    pub fn naam(self) -> &'static str {
        match self {
            Self::Geopend => "geopend",
            Self::Ontvangen => "ontvangen",
            Self::Afgekeurd => "afgekeurd",
            Self::TeBevestigen => "te_bevestigen",
            Self::Akkoord => "akkoord",
            Self::Ingediend => "ingediend",
            Self::Gepubliceerd => "gepubliceerd",
            Self::Vervangen => "vervangen",
            Self::Ingetrokken => "ingetrokken",
            Self::Verlopen => "verlopen",
            Self::Gewist => "gewist",
        }
    }

    /// The state of this name.
    pub fn parse(naam: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|t| t.naam() == naam)
    }

    /// Whether the step to `naar` is allowed. `ingediend → ingetrokken` is only so until the freeze, which the
    /// caller guards: a clock is not this type's to read.
    pub fn may_become(self, naar: Self) -> bool {
        use Toestand::*;
        match naar {
            Geopend => false,
            Ontvangen => self == Geopend,
            Afgekeurd | TeBevestigen => self == Ontvangen,
            Akkoord => matches!(self, Ontvangen | TeBevestigen),
            Ingediend => self == Akkoord,
            Gepubliceerd => self == Ingediend,
            Vervangen => matches!(self, Ingediend | Gepubliceerd),
            Ingetrokken => matches!(
                self,
                Geopend | Ontvangen | Afgekeurd | TeBevestigen | Akkoord | Ingediend
            ),
            Verlopen => matches!(
                self,
                Geopend | Ontvangen | Afgekeurd | TeBevestigen | Akkoord
            ),
            Gewist => !matches!(self, Geopend | Gewist),
        }
    }

    /// What to do next and by when, in Dutch, the same words everywhere.
    pub fn volgende_stap(self, klok: &Klok) -> String {
        let inleveren = datum_nl(klok.inleveren);
        match self {
            Self::Geopend => format!(
                "Verstuur de bestanden met `uitvraag lever`. Dat kan tot en met {inleveren}."
            ),
            Self::Ontvangen => {
                "De bestanden zijn binnen. De controle loopt; kijk over een minuut opnieuw."
                    .to_owned()
            }
            Self::Afgekeurd => format!(
                "Er staan fouten in de levering. Verbeter uw bestand en lever opnieuw, uiterlijk {inleveren}."
            ),
            Self::TeBevestigen => {
                format!("Beantwoord de signalen en onderteken, uiterlijk {inleveren}.")
            }
            Self::Akkoord => {
                format!("Alles is in orde. Onderteken de levering, uiterlijk {inleveren}.")
            }
            Self::Ingediend => format!(
                "U bent klaar. De cijfers verschijnen op {}. Tot {} kunt u nog een betere levering indienen.",
                datum_nl(klok.publiceren),
                datum_nl(klok.bevriezen)
            ),
            Self::Gepubliceerd => "U bent klaar. De cijfers zijn gepubliceerd.".to_owned(),
            Self::Vervangen => "Een nieuwere levering telt. U hoeft niets te doen.".to_owned(),
            Self::Ingetrokken => {
                format!("Deze levering telt niet mee. Lever opnieuw, uiterlijk {inleveren}.")
            }
            Self::Verlopen => {
                "Deze levering is niet op tijd afgemaakt. Neem contact op met de coördinator."
                    .to_owned()
            }
            Self::Gewist => "De gegevens zijn gewist. U hoeft niets te doen.".to_owned(),
        }
    }

    /// What to do next once the data of the year are frozen: nothing can be delivered any more.
    pub fn volgende_stap_bevroren(self, klok: &Klok) -> String {
        match self {
            Self::Ingediend => {
                format!("U bent klaar. De gegevens zijn bevroren. De cijfers verschijnen op {}.", datum_nl(klok.publiceren))
            }
            Self::Geopend | Self::Ontvangen | Self::Afgekeurd | Self::TeBevestigen | Self::Akkoord | Self::Ingetrokken => {
                "De gegevens van dit jaar zijn bevroren. Deze levering telt niet mee. Neem contact op met de coördinator.".to_owned()
            }
            Self::Gepubliceerd | Self::Vervangen | Self::Verlopen | Self::Gewist => self.volgende_stap(klok),
        }
    }

    /// What to do next with a levering that was replaced, when the newer one was taken back.
    pub fn volgende_stap_niets_telt(self, klok: &Klok) -> String {
        match self {
            Self::Vervangen => format!(
                "De levering die hiervoor in de plaats kwam, is ingetrokken. Er telt nu niets mee. Lever opnieuw, uiterlijk {}.",
                datum_nl(klok.inleveren)
            ),
            _ => self.volgende_stap(klok),
        }
    }
}

/// A date as a Dutch reader expects it: `1 mei 2021`.
pub fn datum_nl(datum: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    const MAANDEN: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    format!(
        "{} {} {}",
        datum.day(),
        MAANDEN[datum.month0() as usize],
        datum.year()
    )
}
