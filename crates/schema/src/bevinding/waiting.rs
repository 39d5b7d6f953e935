//! Findings that wait: they follow from a question that is still open, so the answer may take them away.
//!
//! Owns what is said of them. Leaves which questions are open to `mapping`, which findings follow to `check`.

use serde::Serialize;

use crate::text::grouped_thousands;
use crate::wording;

/// A field about whose column or values something is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenVeld {
    /// Canonical table, as in `traject`.
    pub tabel: String,
    /// Canonical field, as in `startdatum`.
    pub veld: String,
    /// Header of its column, where it has one.
    pub kolom: Option<String>,
    /// What is asked, as Dutch sentences.
    pub vragen: Vec<String>,
}

/// How many findings wait for the answer about a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaitingFindings {
    /// The field, and what is asked about it.
    #[serde(flatten)]
    pub open: OpenVeld,
    /// How many findings wait. Exact.
    pub aantal: u64,
    /// The same in one Dutch sentence.
    pub bericht: String,
}

impl WaitingFindings {
    /// So many findings about this field.
    pub fn new(open: OpenVeld, count: u64) -> Self {
        let about = open.kolom.as_ref().unwrap_or(&open.veld);
        let question = open.vragen.first().map_or("", String::as_str);
        let sentence = if count == 1 {
            wording::values::one_finding_waits(about, &question)
        } else {
            wording::values::findings_wait(&grouped_thousands(count), about, &question)
        };
        Self {
            open,
            aantal: count,
            bericht: sentence,
        }
    }
}
