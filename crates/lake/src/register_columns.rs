//! Between our types and the columns of the register.
//!
//! Owns how an id, a state, a length, a moment and JSON are written there, and what is said of a register in which
//! they cannot be read. Leaves which columns there are to the modules that have the tables.

use std::str::FromStr;

use chrono::DateTime;
use schema::Toestand;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::error::LakeError;
use crate::levering_id::LeveringId;
use crate::stamp::Time;

/// The condition for [`Toestand::counts`], as a literal that a statement can be made of.
macro_rules! counts {
    () => {
        "toestand IN ('ingediend', 'gepubliceerd')"
    };
}
pub(crate) use counts;

impl FromStr for LeveringId {
    type Err = LakeError;

    /// Takes the form that [`std::fmt::Display`] gives and no other, so that one levering has one address.
    fn from_str(text: &str) -> Result<Self, LakeError> {
        let id = Uuid::try_parse(text)
            .map(LeveringId::from)
            .map_err(|_| LakeError::InvalidPath)?;
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(LakeError::InvalidPath)
        }
    }
}

impl TryFrom<String> for LeveringId {
    type Error = LakeError;

    fn try_from(text: String) -> Result<Self, LakeError> {
        text.parse()
    }
}

/// An id from the register.
pub(crate) fn levering_id(text: &str) -> Result<LeveringId, LakeError> {
    text.parse()
        .map_err(|_| LakeError::RegisterDamaged("an id that is none".to_owned()))
}

/// A state from the register.
pub(crate) fn toestand(name: &str) -> Result<Toestand, LakeError> {
    Toestand::parse(name).ok_or_else(|| LakeError::RegisterDamaged(format!("toestand {name}")))
}

/// A length or count from the register.
pub(crate) fn count(value: i64) -> Result<u64, LakeError> {
    u64::try_from(value).map_err(|_| LakeError::RegisterDamaged("a negative length".to_owned()))
}

/// A length or count as the register keeps it.
pub(crate) fn i64_van(value: u64) -> Result<i64, LakeError> {
    i64::try_from(value)
        .map_err(|_| LakeError::Invalid("a length beyond what can be stored".to_owned()))
}

/// JSON from the register.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, LakeError> {
    serde_json::from_str(text).map_err(|error| {
        LakeError::RegisterDamaged(format!(
            "JSON, line {} column {}",
            error.line(),
            error.column()
        ))
    })
}

/// JSON for the register.
pub(crate) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .expect("our own types always become JSON: no map has other keys than text")
}

/// A moment as the register keeps it.
pub(crate) fn ms(time: Time) -> i64 {
    time.timestamp_millis()
}

/// A moment from the register.
pub(crate) fn time(ms: i64) -> Result<Time, LakeError> {
    DateTime::from_timestamp_millis(ms)
        .ok_or_else(|| LakeError::RegisterDamaged("a moment out of range".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_the_same_in_the_register() {
        let states = Toestand::ALL.into_iter().filter(|state| state.counts());
        let names: Vec<String> = states.map(|state| format!("'{}'", state.name())).collect();
        assert_eq!(counts!(), format!("toestand IN ({})", names.join(", ")));
    }
}
