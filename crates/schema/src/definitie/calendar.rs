//! The three dates of a reporting year.
//!
//! Owns what they are and their order. Leaves what may be done before and after each to `lake`, which asks inside the
//! transaction that does it, and the words for it to [`crate::next_step`].

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Until when one may deliver, when the data freeze, and when the figures appear.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Last day to deliver.
    pub inleveren: NaiveDate,
    /// Day on which the data freeze.
    pub bevriezen: NaiveDate,
    /// Day of publication.
    pub publiceren: NaiveDate,
}

impl Calendar {
    /// Whether the dates come in the order in which a year goes by.
    pub(super) fn is_in_order(&self) -> bool {
        self.inleveren <= self.bevriezen && self.bevriezen <= self.publiceren
    }
}
