//! Settings, and the sources that they name.

use std::fmt::Display;

// ---------------------------------------------------------------------------------- settings

pub(crate) const SETTINGS_EXAMPLE: &str =
    "Een voorbeeld met uitleg bij elke regel staat in deploy/uitvraag/uitvraag.toml.";
pub(crate) const SETTINGS_UNREADABLE: &str = "kan de instellingen niet lezen";
pub(crate) fn settings_wrong(path: &impl Display) -> String {
    format!("de instellingen kloppen niet: {path}")
}

pub(crate) const NO_SERVER_SETTINGS: &str = "in de instellingen ontbreekt [server]";
pub(crate) fn no_token_in_variable(name: &impl Display) -> String {
    format!("in de variabele {name} staat geen token")
}

pub(crate) const TOKEN_ALONE: &str = "Zet er alleen het token in.";
pub(crate) fn choose_one_way(what: &impl Display) -> String {
    format!("kies {what}_bestand of {what}_variabele, niet allebei")
}

pub(crate) fn one_way_missing(what: &impl Display) -> String {
    format!("er ontbreekt iets: {what}_bestand of {what}_variabele")
}

pub(crate) const PASSWORD_UNREADABLE: &str = "kan het wachtwoord niet lezen";
pub(crate) fn variable_not_set(name: &impl Display) -> String {
    format!("de variabele {name} is niet gezet")
}

pub(crate) const SET_VARIABLE: &str = "Zet haar in de omgeving waarin uitvraag draait.";

// ------------------------------------------------------------------------- settings, sources

pub(crate) const NO_PATTERN: &str = "bij [bron.bestanden] ontbreekt een patroon";
pub(crate) const NO_QUERIES: &str = "bij de bron ontbreken de query's: schrijf er minstens één, zoals traject = \"SELECT … FROM …\"";
pub(crate) const PASSWORD_IN_CONNECTION: &str =
    "in verbinding staat een wachtwoord: zet dat in wachtwoord_bestand of wachtwoord_variabele";

// ----------------------------------------------------------------------------- source, files

pub(crate) const CHECK_PATTERN: &str =
    "Controleer de map en het patroon, en of het systeem vannacht een export heeft gemaakt.";
pub(crate) fn wrong_pattern(pattern: &impl Display) -> String {
    format!("het patroon klopt niet: {pattern}")
}

pub(crate) const PATTERN_SIGNS: &str = "Gebruik *, ? en [abc]; ** staat voor alle mappen.";

// ------------------------------------------------------------------------------------ source

pub(crate) const DATABASE_OPENS: &str = "de database laat ons binnen";
#[cfg(not(feature = "odbc"))]
pub(crate) const ODBC_OR_FILE: &str = "Laat uw systeem een bestand klaarzetten en gebruik [bron.bestanden]. Of vraag een uitvraag met ODBC; die maakt men \
                       met: cargo build --release -p exporter --features odbc";
#[cfg(not(feature = "odbc"))]
pub(crate) const WITHOUT_ODBC: &str =
    "deze uitvraag is zonder ODBC gebouwd, dus [bron.odbc] werkt niet";
pub(crate) fn no_rows(name: &impl Display) -> String {
    format!("de query voor {name} geeft geen enkele rij")
}

pub(crate) const CHECK_FILTERS: &str = "Controleer het jaar en de filters in de query. Hebt u echt niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.";
pub(crate) fn query_for(name: &impl Display) -> String {
    format!("de query voor {name}")
}
