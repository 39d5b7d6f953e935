//! The identity of a levering.
//!
//! Leaves reading one back to `register_columns`.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::stamp::Time;

/// Identity of a levering: a UUID version 7, made here and nowhere else, safe as the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LeveringId(Uuid);

impl LeveringId {
    /// A new one.
    pub fn new(nu: Time) -> Self {
        let seconds = u64::try_from(nu.timestamp()).unwrap_or(0);
        let time =
            uuid::Timestamp::from_unix(uuid::NoContext, seconds, nu.timestamp_subsec_nanos());
        Self(Uuid::new_v7(time))
    }
}

impl fmt::Display for LeveringId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl From<Uuid> for LeveringId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<LeveringId> for String {
    fn from(id: LeveringId) -> Self {
        id.to_string()
    }
}
