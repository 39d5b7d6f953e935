//! JSON, and the rows of a query.

use std::fmt::Display;

// ------------------------------------------------------------------------------------------- json

/// What to ask the supplier of a system for, where its JSON has more in a row than a table can hold.
pub(crate) const ASK_FOR_CSV: &str =
    "Vraag uw leverancier om een export als CSV of Excel, met één waarde per cel";
pub(crate) const TOO_LARGE: &str = "Het JSON-bestand is te groot. Lever het als CSV.";

pub(crate) fn byte_not_utf8(valid_up_to: &impl Display) -> String {
    format!("Byte {valid_up_to} van het bestand is geen UTF-8.")
}

pub(crate) const AFTER_THE_END: &str = "Na het einde van de JSON staat nog iets";
pub(crate) const TOO_MANY_NAMES: &str = "De objecten hebben te veel verschillende namen";

pub(crate) fn missing_sign(value: &impl Display) -> String {
    format!("In de JSON ontbreekt een `{value}`")
}

pub(crate) const NAME_TWICE: &str = "Een naam komt in de JSON twee keer voor";

pub(crate) fn too_many_lists(lists: &impl Display) -> String {
    format!("Het bestand heeft meer dan {lists} lijsten")
}

pub(crate) const LIST_EXPECTED: &str = "Hier hoort een lijst van objecten";
pub(crate) const NUMBER_MAY_BE_BSN: &str =
    "Hier staat een getal dat een BSN kan zijn. Haal het weg";

pub(crate) fn object_expected(ask_for_csv: &impl Display) -> String {
    format!("In de lijst hoort een object. {ask_for_csv}")
}

pub(crate) fn value_expected(ask_for_csv: &impl Display) -> String {
    format!("Hier hoort één waarde, geen lijst of object. {ask_for_csv}")
}

pub(crate) const NAME_TWICE_IN_OBJECT: &str = "Een naam komt in een object twee keer voor";
pub(crate) const TOO_DEEP: &str = "De JSON is te diep genest";
pub(crate) const IMPOSSIBLE_NUMBER: &str = "Hier staat een getal dat niet kan";
pub(crate) const TEXT_TOO_LONG: &str = "Hier staat een te lange tekst";

pub(crate) fn control_character(character: u32) -> String {
    format!("Hier staat een stuurteken (U+{character:04X})")
}

pub(crate) const CONTROL_CHARACTER_HERE: &str = "Hier staat een stuurteken";
pub(crate) const INCOMPLETE: &str = "De JSON is niet compleet";
pub(crate) const HALF_CHARACTER: &str = "Hier staat een half teken";
pub(crate) const WRONG_HERE: &str = "De JSON klopt hier niet";

// ------------------------------------------------------------------------------------------ query

pub(crate) fn query_too_many_rows(rows: &impl Display) -> String {
    format!("De query geeft meer dan {rows} rijen.")
}

pub(crate) fn value_too_long(longest: &impl Display) -> String {
    format!("In deze rij staat een waarde van meer dan {longest} tekens.")
}

pub(crate) const REVERSES_DIRECTION: &str = "een teken dat de leesrichting omdraait";

pub(crate) fn query_forbidden_character(what: &impl Display, code: u32) -> String {
    format!("De query geeft {what} (U+{code:04X}). Haal het weg in het systeem.")
}
