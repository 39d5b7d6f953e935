//! A levering and what belongs to it, as callers see them.
//!
//! Owns the types. Leaves reading them to `read_levering` and every change of state to `transitions`.

use std::collections::BTreeMap;
use std::fmt;

use schema::bevinding::{Ernst, RegelTelling};
use schema::definitie::Calendar;
use schema::pakket::Toelichting;
use schema::{Pakket, Toestand};
use serde::{Deserialize, Serialize};

use crate::levering_id::LeveringId;
use crate::stamp::Time;

/// One levering.
#[derive(Debug, Clone, PartialEq)]
pub struct Levering {
    /// Identity.
    pub id: LeveringId,
    /// Order of arrival, also when the clock jumps.
    pub volgnummer: i64,
    /// KvK number of the aanbieder.
    pub kvk: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Whether it says that there is nothing to report.
    pub nulopgave: bool,
    /// State.
    pub toestand: Toestand,
    /// Why it is in quarantine; `None` is as it should be.
    pub quarantaine: Option<String>,
    /// When it was opened.
    pub geopend: Time,
    /// When all bytes were durable.
    pub ontvangen: Option<Time>,
    /// When it was judged.
    pub beoordeeld: Option<Time>,
    /// When it was signed.
    pub ingediend: Option<Time>,
    /// When its state last changed.
    pub gewijzigd: Time,
    /// The files, in the order of the pakket.
    pub bestanden: Vec<FileState>,
    /// `Definitie::regelhash` by which it was judged (before that: the one in the pakket).
    pub regelhash: String,
    /// Label of the pseudonyms.
    pub pseudoniem: String,
    /// Rows per table, once judged.
    pub rijen: BTreeMap<String, u64>,
    /// Exact counts per rule that spoke, once judged.
    pub regels: Vec<RegelTelling>,
    /// The code under which it was refused whole (a pakket of another structure, something that looks like a BSN): none
    /// of it could be counted, and its data are erased.
    pub refusal: Option<String>,
    /// Answers to signalen, by code.
    pub toelichtingen: Vec<Toelichting>,
    /// Who signed.
    pub ondertekenaar: Option<Signatory>,
    /// How often judging it was begun.
    pub attempts: u32,
    /// Whether there is an ontvangstbewijs.
    pub has_ontvangstbewijs: bool,
}

impl Levering {
    /// The code under which it was refused, for one that was and of which nothing else became.
    pub fn refused(&self) -> Option<&str> {
        let over = matches!(self.toestand, Toestand::Afgekeurd | Toestand::Gewist);
        self.refusal.as_deref().filter(|_| over)
    }

    /// Codes of the signalen that still want an answer.
    pub fn open_signalen(&self) -> Vec<String> {
        open_signalen(&self.regels, &self.toelichtingen)
    }
}

/// Codes of the signalen among `regels` that have no answer.
pub fn open_signalen(regels: &[RegelTelling], toelichtingen: &[Toelichting]) -> Vec<String> {
    let unanswered = |r: &&RegelTelling| {
        r.ernst == Ernst::Signaal && r.aantal > 0 && !toelichtingen.iter().any(|t| t.code == r.code)
    };
    regels
        .iter()
        .filter(unanswered)
        .map(|r| r.code.clone())
        .collect()
}

/// How far one file of a levering is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileState {
    /// Table, as in `traject`.
    pub tabel: String,
    /// Length announced.
    pub bytes: u64,
    /// Bytes that are durable.
    pub offset: u64,
    /// `sha256:<hex>` announced.
    pub hash: String,
}

/// Who signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signatory {
    /// Name.
    pub naam: String,
    /// Function.
    pub functie: String,
}

impl fmt::Display for Signatory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.naam, self.functie)
    }
}

/// What is needed to open a levering.
#[derive(Debug, Clone, Copy)]
pub struct NewLevering<'a> {
    /// KvK number of the aanbieder whose token it is.
    pub kvk: &'a str,
    /// The manifest, parsed and found fit by the caller.
    pub pakket: &'a Pakket,
    /// Its bytes as received.
    pub pakket_json: &'a [u8],
    /// The client's Idempotency-Key.
    pub sleutel: &'a str,
    /// The three dates of the year.
    pub klok: &'a Calendar,
}

/// A signature, and what makes the ontvangstbewijs of it.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// Who signs.
    pub signer: &'a Signatory,
    /// The three dates of the year.
    pub klok: &'a Calendar,
    /// Makes the ontvangstbewijs of a levering as it is once signed. Called inside the transaction that signs, so that
    /// none exists that the register does not hold.
    pub receipt: &'a (dyn Fn(&Levering) -> String + Sync),
}

/// Whether opening made something new.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// Opened now.
    New(Levering),
    /// The same content was offered before: this is that levering, in whatever state it is now.
    Existing(Levering),
}

impl Opening {
    /// The levering, new or not.
    pub fn levering(self) -> Levering {
        match self {
            Self::New(levering) | Self::Existing(levering) => levering,
        }
    }
}

/// A signed statement that there is nothing to report.
#[derive(Clone, Copy)]
pub struct Nulopgave<'a> {
    /// KvK number of the aanbieder.
    pub kvk: &'a str,
    /// Name of the uitvraag.
    pub uitvraag: &'a str,
    /// Reporting year.
    pub jaar: i32,
    /// The table in which the year before had rows, if it had something to report.
    pub main_table: &'a str,
    /// Why there is nothing now; for the coördinator. Kept where there was something last year.
    pub toelichting: Option<&'a str>,
    /// The signature.
    pub signing: Signing<'a>,
}

/// Which leveringen are asked for; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct LeveringFilter<'a> {
    /// Of this aanbieder.
    pub kvk: Option<&'a str>,
    /// Of this uitvraag.
    pub uitvraag: Option<&'a str>,
    /// Of this year.
    pub jaar: Option<i32>,
    /// In this state.
    pub toestand: Option<Toestand>,
}

/// One line of the log: who did what, and when.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogEntry {
    /// Order.
    pub volgnummer: i64,
    /// The levering, where it is about one.
    pub levering: Option<LeveringId>,
    /// State before.
    pub van: Option<Toestand>,
    /// State after.
    pub naar: Option<Toestand>,
    /// What happened, where it is not a change of state.
    pub wat: String,
    /// Who.
    pub wie: String,
    /// When.
    pub wanneer: Time,
}
