//! The pakket: what travels from aanbieder to service, and the receipt that comes back.
//!
//! Owns `pakket.json`, the manifest beside one `<tabel>.csv.zst` per table, and the claims of an ontvangstbewijs.
//! Leaves writing the files to `exporter` and reading them to the crate `pakket`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::balance::Balance;

/// `pakket.json`: a Frictionless Data Package with what the service must know before it takes the files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pakket {
    /// Data Package name, as in `omgang-2020-12345678`.
    pub name: String,
    /// KvK number of the aanbieder, 8 digits. Absent: that of the token.
    pub aanbieder: Option<String>,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// The day on which the pakket was made; dates after it are refused.
    pub leverdatum: NaiveDate,
    /// `Definitie::hash` of the exporter.
    pub definitie: String,
    /// `Definitie::regelhash` of the exporter.
    pub regels: String,
    /// Label of the pseudonyms, `scheme.version.keyid`.
    pub pseudoniem: String,
    /// Version of the exporter.
    pub exporter: String,
    /// The tables.
    pub resources: Vec<PakketFile>,
    /// What came in at the aanbieder and what became of it: counts and reasons. Absent in an older pakket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balans: Option<Balance>,
    /// Answers to signalen that travel along.
    #[serde(default)]
    pub toelichtingen: Vec<Toelichting>,
}

/// One file of a pakket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PakketFile {
    /// Table, as in `traject`.
    pub name: String,
    /// File name, as in `traject.csv.zst`.
    pub path: String,
    /// `csv`.
    pub format: String,
    /// `zstd`.
    pub compression: String,
    /// `utf-8`.
    pub encoding: String,
    /// Length of the file as it travels.
    pub bytes: u64,
    /// Length of the CSV inside.
    pub bytes_uitgepakt: u64,
    /// `sha256:<hex>` over the file as it travels.
    pub hash: String,
    /// Number of rows, without the header.
    pub rijen: u64,
}

/// An answer to a signaal: a coded reason plus words. Only the code is ever published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toelichting {
    /// Code of the rule.
    pub code: String,
    /// The coded reason.
    pub antwoord: Answer,
    /// The aanbieder's own words, for the coördinator alone.
    #[serde(default)]
    pub woorden: String,
}

/// The coded reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The data are right as they stand.
    Klopt,
    /// The registration is incomplete.
    RegistratieOnvolledig,
    /// It will be mended in a next levering.
    WordtHersteld,
    /// Something else; see the words.
    Anders,
}

/// What an ontvangstbewijs says: the claims of a JWS (EdDSA), verifiable offline with `/v1/sleutels`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ontvangstbewijs {
    /// Who signed: the service's name.
    pub iss: String,
    /// When, seconds since 1970.
    pub iat: i64,
    /// The levering.
    pub levering: String,
    /// KvK number of the aanbieder.
    pub aanbieder: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Whether it is a nulopgave.
    pub nulopgave: bool,
    /// `sha256:<hex>` per table.
    pub bestanden: BTreeMap<String, String>,
    /// Rows per table.
    pub rijen: BTreeMap<String, u64>,
    /// `Definitie::regelhash` by which it was judged.
    pub regels: String,
    /// Name and function of the person who signed.
    pub ondertekenaar: String,
}
