//! Who does something, and when.
//!
//! This crate has no clock: every act is given its stamp.

use chrono::{DateTime, Utc};

/// A moment, always UTC. The register keeps milliseconds.
pub type Time = DateTime<Utc>;

/// Who does something, and when: what the log of events keeps.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Who, as in `aanbieder 12345678`, `coordinator 3` or `omgangsmonitor`. Never a secret.
    pub wie: String,
    /// When.
    pub nu: Time,
}

impl Stamp {
    /// A stamp.
    pub fn new(who: impl Into<String>, nu: Time) -> Self {
        Self {
            wie: who.into(),
            nu,
        }
    }
}
