//! Every Dutch sentence of the check, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

use std::fmt::Display;

// ---------------------------------------------------------------------------------------- oordeel

pub(crate) const ADD_COLUMN: &str = "Deze kolom staat niet in uw bestand. Voeg haar toe. Gebruikt u een koppeling? Koppel dan een kolom met een andere naam. ";
pub(crate) const WHOLE_NUMBER: &str = "Een heel getal, zoals 12.";
pub(crate) const AMOUNT: &str =
    "Een bedrag met een punt en hoogstens twee cijfers erachter, zoals 1512.50.";

// ---------------------------------------------------------------------------------------- suggest

pub(crate) fn code_of_system(system: &impl Display, meanings: &impl Display) -> String {
    format!("Als code van {system} betekent dit {meanings}.")
}

pub(crate) const OTHER_SYSTEM: &str =
    "Dit lijkt een code van een ander stelsel. Bij geen van onze codes hoort dit nummer.";
pub(crate) const SAY_SYSTEM: &str = "Gebruikt u een koppeling? Zeg daarin welk codestelsel het is.";
pub(crate) const CHOOSE_MEANING: &str =
    "Kies wat u bedoelt. Gebruikt u een koppeling? Zet het daarin bij de waarden van deze kolom.";

pub(crate) fn gemeente_differs(
    was: &impl Display,
    jaar: &impl Display,
    names: &impl Display,
) -> String {
    format!("{was} heet in {jaar} anders of hoort bij een andere gemeente: {names}.")
}

// ------------------------------------------------------------------------------- compile, builder

pub(crate) const NUMBERS_NOT_ENCRYPTED: &str =
    "De nummers zijn nog niet versleuteld. Het programma doet dat als u het pakket maakt.";

// --------------------------------------------------------------------------- rules, previous year

pub(crate) const NO_PREVIOUS: &str = "Er is geen levering van vorig jaar om mee te vergelijken.";
pub(crate) const OTHER_KEY: &str = "De levering van vorig jaar is met een andere sleutel gemaakt. De nummers zijn niet te vergelijken.";
pub(crate) const GIVE_KEY: &str =
    "De nummers zijn nog niet versleuteld. Geef ook uw sleutel, dan worden ze vergeleken.";

// ------------------------------------------------------------------------------- rules, reference

pub(crate) fn table_absent(title: &impl Display) -> String {
    format!("De tabel {title} zit niet in de levering.")
}

// ----------------------------------------------------------------------------------- rules, stock

pub(crate) fn no_row(day: &impl Display, name: &impl Display) -> String {
    format!("geen rij voor {day}, {name}")
}
