//! Why the register refuses an act: every rule about state that can say no, told apart.
//!
//! Owns the closed list. Leaves deciding to `rules`, and the words for an aanbieder to `ingest`, which has one
//! sentence for each.

use chrono::NaiveDate;
use schema::{Confirmation, Toestand};

use crate::levering_id::LeveringId;
use crate::stamp::Time;

/// What would be lost when a levering replaces the one that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// By what name it is confirmed.
    pub what: Confirmation,
    /// The tables it is about, by name; none where it is about the whole.
    pub tabellen: Vec<RowChange>,
}

/// Rows of a table in the levering that counts and in the one that would replace it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// Name of the table.
    pub tabel: String,
    /// Rows that count now.
    pub was: u64,
    /// Rows of the new one.
    pub becomes: u64,
}

fn names(losses: &[Loss]) -> String {
    let names: Vec<&str> = losses.iter().map(|loss| loss.what.name()).collect();
    names.join(", ")
}

/// Why the register does not let this happen now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The life of a levering does not have this step.
    #[error("a levering that is {} cannot become {}", from.name(), to.name())]
    State {
        /// The state it is in.
        from: Toestand,
        /// The state that was asked for.
        to: Toestand,
    },
    /// The levering's files are damaged; a beheerder must look at it.
    #[error("levering {0} is in quarantine")]
    Quarantined(LeveringId),
    /// Fouten stand, so it cannot be signed.
    #[error("fouten stand: {}", codes.join(", "))]
    OpenErrors {
        /// Codes of the rules.
        codes: Vec<String>,
    },
    /// A signaal is unanswered.
    #[error("signalen without an answer: {}", codes.join(", "))]
    OpenSignalen {
        /// Codes of the rules.
        codes: Vec<String>,
    },
    /// The data of the year are frozen for this aanbieder.
    #[error("the data are frozen")]
    Frozen,
    /// It would replace the levering that counts by something much smaller or not comparable, and that was not said to
    /// be meant.
    #[error("replacing what counts was not confirmed: {}", names(.0))]
    Unconfirmed(Vec<Loss>),
    /// The aanbieder has as many unfinished leveringen as it may have.
    #[error("there are {allowed} unfinished leveringen, and no more are allowed")]
    TooManyOpen {
        /// How many may be open at a time.
        allowed: usize,
    },
    /// A signed levering with rows counts: nobody throws away a year's data with one call.
    #[error("levering {levering} counts, so there is something to report")]
    NulopgaveBesideLevering {
        /// The levering that counts.
        levering: LeveringId,
    },
    /// There were rows last year, and it was not said why there are none now.
    #[error(
        "levering {levering} of the year before has {rows} rows, and nothing explains why there are none now"
    )]
    NulopgaveUnexplained {
        /// The levering that counts for the year before.
        levering: LeveringId,
        /// Its rows in the main table.
        rows: u64,
    },
    /// An uitstel that is over before it begins.
    #[error("{} is past: nothing could be delivered by then", until.to_rfc3339())]
    ExtensionPast {
        /// Until when it was asked.
        until: Time,
    },
    /// An uitstel without a reason.
    #[error("the reason is empty: it is what the log will say of this exception")]
    ExtensionWithoutReason,
    /// Something speaks against freezing now.
    #[error("it is too soon to freeze")]
    TooSoonToFreeze {
        /// The freeze day, where that has not come.
        day: Option<NaiveDate>,
        /// No levering counts.
        none_signed: bool,
        /// Leveringen that are neither signed nor over.
        unfinished: i64,
    },
    /// Nothing of this year is frozen, so there is nothing to take back.
    #[error("it is not frozen")]
    NotFrozen,
    /// Figures were published from it: that cannot be taken back.
    #[error("figures were published from it")]
    Published,
    /// The momentopname was taken back: nothing can be published from it.
    #[error("momentopname {0} was taken back")]
    TakenBack(String),
    /// The figures were made before this levering was erased.
    #[error(
        "levering {0} was erased since the figures were made, and its children are still in them"
    )]
    ErasedSince(LeveringId),
}
