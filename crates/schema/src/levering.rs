//! The life of a levering: the states and the only steps between them.
//!
//! Owns the state machine and its words: exporter, portal and API say the same of every state.
//! Leaves carrying out a step to `ingest` and keeping it to `lake`.

use serde::{Deserialize, Serialize};

use crate::definitie::Calendar;

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
    pub const ALL: [Self; 11] = [
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
    pub fn name(self) -> &'static str {
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
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// Whether the step to `naar` is allowed. `ingediend → ingetrokken` is only so until the freeze, which the
    /// caller guards: a clock is not this type's to read.
    pub fn may_become(self, to: Self) -> bool {
        use Toestand::{
            Afgekeurd, Akkoord, Geopend, Gepubliceerd, Gewist, Ingediend, Ingetrokken, Ontvangen,
            TeBevestigen, Verlopen, Vervangen,
        };
        match to {
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
    pub fn next_step(self, calendar: &Calendar) -> String {
        let submit_by = datum_nl(calendar.inleveren);
        match self {
            Self::Geopend => format!(
                "Verstuur de bestanden met `uitvraag lever`. Dat kan tot en met {submit_by}."
            ),
            Self::Ontvangen => {
                "De bestanden zijn binnen. De controle loopt; kijk over een minuut opnieuw."
                    .to_owned()
            }
            Self::Afgekeurd => format!(
                "Er staan fouten in de levering. Verbeter uw bestand en lever opnieuw, uiterlijk {submit_by}."
            ),
            Self::TeBevestigen => {
                format!("Beantwoord de signalen en onderteken, uiterlijk {submit_by}.")
            }
            Self::Akkoord => {
                format!("Alles is in orde. Onderteken de levering, uiterlijk {submit_by}.")
            }
            Self::Ingediend => format!(
                "U bent klaar. De cijfers verschijnen op {}. Tot {} kunt u nog een betere levering indienen.",
                datum_nl(calendar.publiceren),
                datum_nl(calendar.bevriezen)
            ),
            Self::Gepubliceerd => "U bent klaar. De cijfers zijn gepubliceerd.".to_owned(),
            Self::Vervangen => "Een nieuwere levering telt. U hoeft niets te doen.".to_owned(),
            Self::Ingetrokken => {
                format!("Deze levering telt niet mee. Lever opnieuw, uiterlijk {submit_by}.")
            }
            Self::Verlopen => {
                "Deze levering is niet op tijd afgemaakt. Neem contact op met de coördinator."
                    .to_owned()
            }
            Self::Gewist => "De gegevens zijn gewist. U hoeft niets te doen.".to_owned(),
        }
    }

    /// What to do next once the data of the year are frozen: nothing can be delivered any more.
    pub fn next_step_frozen(self, calendar: &Calendar) -> String {
        match self {
            Self::Ingediend => {
                format!("U bent klaar. De gegevens zijn bevroren. De cijfers verschijnen op {}.", datum_nl(calendar.publiceren))
            }
            Self::Geopend | Self::Ontvangen | Self::Afgekeurd | Self::TeBevestigen | Self::Akkoord | Self::Ingetrokken => {
                "De gegevens van dit jaar zijn bevroren. Deze levering telt niet mee. Neem contact op met de coördinator.".to_owned()
            }
            Self::Gepubliceerd | Self::Vervangen | Self::Verlopen | Self::Gewist => self.next_step(calendar),
        }
    }

    /// What to do next with a levering that was replaced, when the newer one was taken back.
    pub fn next_step_nothing_counts(self, calendar: &Calendar) -> String {
        match self {
            Self::Vervangen => format!(
                "De levering die hiervoor in de plaats kwam, is ingetrokken. Er telt nu niets mee. Lever opnieuw, uiterlijk {}.",
                datum_nl(calendar.inleveren)
            ),
            _ => self.next_step(calendar),
        }
    }
}

/// A date as a Dutch reader expects it: `1 mei 2021`.
pub fn datum_nl(datum: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    const MONTHS: [&str; 12] = [
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
        MONTHS[datum.month0() as usize],
        datum.year()
    )
}
