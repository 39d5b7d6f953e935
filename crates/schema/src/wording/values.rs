//! What is said of values, of findings and of what is left out.

use std::fmt::Display;

// ---------------------------------------------------------------------------------------- balance

pub(crate) const HEADERS: &str = "namen van de kolommen";
pub(crate) const EXAMPLE_OF_SJABLOON: &str = "voorbeeld van het sjabloon";
pub(crate) const FOREIGN_SHEET: &str = "op een blad dat er niet bij hoort";
pub(crate) const SKIPPED_IN_KOPPELING: &str = "overgeslagen in de koppeling";
pub(crate) const NO_VELD_OF_THESE: &str = "geen van de velden";
pub(crate) const NO_VELD_OF_UITVRAAG: &str = "geen veld van de uitvraag";

// ------------------------------------------------------------------------------------ confusables

pub(crate) fn invisible_character(number: u32) -> String {
    format!("Er staat een onzichtbaar teken in (U+{number:04X}). Typ de waarde opnieuw.")
}

pub(crate) fn lookalike(lookalike_of: &impl Display, number: u32) -> String {
    format!(
        "Er staat een teken in dat lijkt op een {lookalike_of}, maar het niet is (U+{number:04X}). Typ de waarde opnieuw."
    )
}

// --------------------------------------------------------------------------------------- gebieden

pub(crate) const GEMEENTEN_OF_50_TO_100: &str = "Gemeenten van 50.000 tot en met 100.000 inwoners";

// ----------------------------------------------------------------------------- bevinding, oordeel

pub(crate) fn in_column(column: &impl Display) -> String {
    format!(" in de kolom {column}")
}

pub(crate) fn first_time(location: &impl Display) -> String {
    format!(", de eerste keer in {location}")
}

pub(crate) fn times_such_value(
    count: &impl Display,
    column: &impl Display,
    value: &impl Display,
    first: &impl Display,
) -> String {
    format!("{count} keer{column} staat er iets zoals `{value}`{first}.")
}

// ----------------------------------------------------------------------------- bevinding, waiting

pub(crate) fn one_finding_waits(about: &impl Display, question: &impl Display) -> String {
    format!("1 bevinding over '{about}' wacht op het antwoord op deze vraag: {question}")
}

pub(crate) fn findings_wait(
    count: &impl Display,
    about: &impl Display,
    question: &impl Display,
) -> String {
    format!("{count} bevindingen over '{about}' wachten op het antwoord op deze vraag: {question}")
}
