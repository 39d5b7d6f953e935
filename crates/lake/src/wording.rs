//! What the register tells in Dutch: of damage, and in the list of what happened.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

use std::fmt::Display;

// ----------------------------------------------------------------------------------------- damage

pub(crate) fn other_length(name: &impl Display) -> String {
    format!("bestand {name} heeft een andere lengte")
}

pub(crate) fn unreadable(name: &impl Display) -> String {
    format!("bestand {name} ontbreekt of is onleesbaar")
}

pub(crate) fn other_content(name: &impl Display) -> String {
    format!("bestand {name} heeft een andere inhoud")
}

// ------------------------------------------------------------------------------------- publicatie

pub(crate) fn publicatie_of(
    uitvraag: &impl Display,
    jaar: &impl Display,
    version: &impl Display,
    momentopname: &impl Display,
) -> String {
    format!("publicatie {uitvraag}/{jaar}/{version} van {momentopname}")
}

// ------------------------------------------------------------------------------------------ token

pub(crate) fn token_made(number: &impl Display, name: &impl Display) -> String {
    format!("token {number} gemaakt voor {name}")
}
