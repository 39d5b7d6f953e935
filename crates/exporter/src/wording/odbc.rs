//! What an ODBC driver says, and what to do.

use std::fmt::Display;

// ------------------------------------------------------------------------------ source, odbc

pub(crate) const ODBC_SHUT: &str = "de database laat ons niet binnen";
pub(crate) const BEGIN_FAILED: &str = "de opdracht achter begin lukt niet";
pub(crate) fn unreadable_text(
    location: &impl Display,
    row: &impl Display,
    name: &impl Display,
) -> String {
    format!("{location} geeft in rij {row} in de kolom {name} tekst die geen Unicode is")
}

pub(crate) fn cell_too_long(
    location: &impl Display,
    name: &impl Display,
    length: &impl Display,
) -> String {
    format!("{location} geeft in de kolom {name} een waarde van meer dan {length} tekens")
}

pub(crate) const SHORTEN_COLUMN: &str = "Laat die kolom weg uit de query, of kort haar daar in.";
pub(crate) const ODBC_BROKEN: &str = "ODBC op deze computer werkt niet";
pub(crate) const CHECK_DRIVER: &str = "Kijk of de ODBC-driver goed is geïnstalleerd.";
pub(crate) const NO_DRIVER: &str = "de ODBC-driver is er niet, of hij is niet te laden";
pub(crate) const CHECK_DRIVER_NAME: &str = "Controleer in verbinding de naam achter Driver of DSN.";
pub(crate) const DATABASE_SLOW: &str = "de database doet er te lang over";
pub(crate) const LOGIN_REFUSED: &str = "de database neemt de gebruiker of het wachtwoord niet aan";
pub(crate) const CHECK_LOGIN: &str = "Controleer UID in verbinding en het wachtwoord, en of de databasebeheerder deze gebruiker toelaat.";
pub(crate) fn no_connection_state(code: &impl Display) -> String {
    format!("er is geen verbinding met de database (SQLSTATE {code})")
}

pub(crate) const CHECK_CONNECTION: &str = "Controleer verbinding en het wachtwoord, en of de database draait. Er is niets verstuurd; probeer het daarna opnieuw.";
