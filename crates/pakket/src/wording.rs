//! Every Dutch sentence about a pakket, its key and what is refused in it, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

use std::fmt::Display;

// ----------------------------------------------------------------------------------------- frames

pub(crate) const PART_SKIPPED: &str = "In het bestand zit een deel dat bij het uitpakken wordt overgeslagen. Pak het in zonder dat deel.";

// ---------------------------------------------------------------------------------- pseudonym key

pub(crate) fn key_file(key: &impl Display) -> String {
    format!(
        "# De sleutel waarmee uw nummers pseudoniemen worden. Bewaar een kopie op een veilige plek.\n# Zonder deze sleutel lijkt volgend jaar elk kind nieuw. Stuur hem nooit mee met een levering.\n{key}\n"
    )
}

// ----------------------------------------------------------------------------------------- strict

pub(crate) const EMPTY: &str = "Het bestand is leeg. Is er niets te melden, doe dan een nulopgave.";

pub(crate) fn column_about_bsn(number: &impl Display) -> String {
    format!("Kolom {number} lijkt over BSN's te gaan.")
}

pub(crate) fn column_twice(number: &impl Display) -> String {
    format!("Kolom {number} heeft dezelfde naam als een eerdere.")
}

pub(crate) const COMMA: &str = "Tussen de kolommen hoort een komma.";
pub(crate) const INVISIBLE_CHARACTER: &str = " Er staat een onzichtbaar teken in.";

pub(crate) fn no_veld(number: &impl Display, name: &impl Display, hint: &impl Display) -> String {
    format!("Kolom {number} is geen veld van {name}.{hint}")
}

pub(crate) fn column_absent(name: &impl Display) -> String {
    format!("De verplichte kolom `{name}` ontbreekt.")
}

pub(crate) const NUMBERS_TOGETHER_ARE_BSN: &str =
    "Getallen in cellen naast elkaar zijn samen geldige BSN's; dat is geen toeval. Haal ze weg.";
pub(crate) const BARE_HASH: &str =
    "Hier staat een kale hash. Die is terug te rekenen tot een BSN. Maak het pakket met uitvraag.";
pub(crate) const MAY_BE_BSN: &str = "Hier staat een getal dat een BSN kan zijn. Haal het weg.";

pub(crate) fn column_of_bsn(count: &impl Display) -> String {
    format!(
        "In deze kolom zijn {count} verschillende waarden geldige BSN's; dat is geen toeval. Vervang ze door eigen nummers."
    )
}
