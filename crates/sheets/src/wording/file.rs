//! A file that is opened: of which kind it is, and how its text was split.

use std::fmt::Display;

// ------------------------------------------------------------------------------------------- file

pub(crate) fn given_twice(name: &impl Display) -> String {
    format!("U geeft het bestand '{name}' twee keer. Geef het één keer.")
}

pub(crate) fn same_name(name: &impl Display) -> String {
    format!("U geeft twee bestanden met de naam '{name}'. Geef ze elk een eigen naam.")
}

pub(crate) const ENCRYPTED_EXCEL: &str = "Dit Excel-bestand is versleuteld, met een wachtwoord of een label (vertrouwelijk). Open het in Excel, haal bij Bestand, Info het wachtwoord of het label weg, en sla het op als .xlsx.";
pub(crate) const OLD_EXCEL: &str =
    "Dit is een oud Excel-bestand (.xls). Open het in Excel en sla het op als .xlsx.";
pub(crate) const WORD: &str =
    "Dit is een Word-document. Lever een Excel-bestand (.xlsx) of een CSV.";
pub(crate) const OLD_OFFICE: &str =
    "Dit is een oud Office-bestand. Lever een Excel-bestand (.xlsx) of een CSV.";
pub(crate) const SYLK: &str = "Dit is een SYLK-bestand (.slk), ook als het .csv of .xls heet. Open het in Excel en sla het op als .xlsx.";
pub(crate) const PDF: &str = "Dit is een PDF. Lever een Excel-bestand (.xlsx) of een CSV.";
pub(crate) const COMPRESSED: &str = "Dit bestand is ingepakt. Pak het eerst uit.";
pub(crate) const JSON_IN_UTF_16: &str = "Dit is JSON in UTF-16. Sla het bestand op als UTF-8.";
pub(crate) const FLAT_DOCUMENT: &str =
    "Dit is een plat OpenDocument-bestand (.fods). Sla het op als .ods of .xlsx.";
pub(crate) const WEB_PAGE: &str = "Dit bestand is een webpagina of XML, ook als het .xls heet. Open het in Excel en sla het op als .xlsx.";

// -------------------------------------------------------------------------------------- open file

pub(crate) const SEPARATOR_LINE: &str =
    "De eerste regel (sep=) zegt hoe de kolommen zijn gescheiden. Die regel is overgeslagen.";

pub(crate) fn separated_by(name: &impl Display) -> String {
    format!("De kolommen zijn gescheiden met {name}.")
}

pub(crate) const WHOLE_LINES_IN_QUOTES: &str = "Hele regels staan tussen aanhalingstekens, zoals een rekenprogramma ze soms opslaat. Ze zijn gelezen zonder die aanhalingstekens.";
pub(crate) const SINGLE_QUOTES: &str =
    "De cellen staan tussen enkele aanhalingstekens. Die zijn weggelaten.";
