//! The life of a levering: the states and the only steps between them.
//!
//! Owns the state machine. Leaves what an aanbieder is told of a state to `next_step`, carrying out a step to `ingest`
//! and keeping it to `lake`.

use serde::{Deserialize, Serialize};

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
            Vervangen => self.counts(),
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

    /// Whether it is signed and in force: what an aanbieder reported is what stands in it.
    pub fn counts(self) -> bool {
        matches!(self, Self::Ingediend | Self::Gepubliceerd)
    }

    /// Whether nothing is to be done about it any more, whatever the day.
    pub fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Gepubliceerd | Self::Vervangen | Self::Verlopen | Self::Gewist
        )
    }
}
