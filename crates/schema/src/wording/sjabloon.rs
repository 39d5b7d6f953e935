//! The sjabloon to fill in.

use std::fmt::Display;

// ------------------------------------------------------------------------- artefacts, json schema

pub(crate) fn gemeente_code_in(jaar: &impl Display) -> String {
    format!("CBS-code van een gemeente in {jaar}")
}

// ---------------------------------------------------------------------------- artefacts, sjabloon

pub(crate) const SUBJECT: &str = "Waar gaat het over?";
pub(crate) const FILL_IN_SO: &str = "Zo vult u het in";

pub(crate) fn from_row(row: &impl Display) -> String {
    format!("1. Vul in vanaf rij {row}. Rij 2 is een voorbeeld en telt niet mee.")
}

pub(crate) const HEADERS: &str =
    "2. Een donkere kop is verplicht. Een lichte kop mag leeg blijven.";
pub(crate) const EXPLANATIONS: &str = "3. Zet de muis op een kop: dan ziet u wat er moet staan. Bij veel velden kiest u uit een lijst.";
pub(crate) const KEEP_HEADERS: &str = "4. Verander de koppen en de namen van de bladen niet.";
pub(crate) const NO_BSN: &str = "5. Vul nergens een BSN of een naam van een persoon in. Gebruik uw eigen nummers: het programma maakt er pseudoniemen van.";

pub(crate) fn check_file(name: &impl Display) -> String {
    format!("1. Controleer het bestand: uitvraag controleer sjabloon.xlsx --uitvraag {name}")
}

pub(crate) fn make_pakket(name: &impl Display) -> String {
    format!("2. Maak een pakket: uitvraag pak sjabloon.xlsx --uitvraag {name} --uit pakket")
}

pub(crate) const SEND_PAKKET: &str =
    "3. Verstuur het pakket: uitvraag lever pakket --server ADRES --token-bestand BESTAND";
pub(crate) const ADDRESS_AND_TOKEN: &str = "Het adres en het token krijgt u van de coördinator.";

pub(crate) fn last_day(day: &impl Display) -> String {
    format!("U kunt inleveren tot en met {day}.")
}

pub(crate) fn version_of(name: &impl Display, version: &impl Display) -> String {
    format!("Uitvraag {name}, versie {version} van de definitie.")
}

pub(crate) fn example_row(definitie: &impl Display, row: &impl Display) -> String {
    format!("{definitie} Rij 2 is een voorbeeld. Vul uw eigen rijen in vanaf rij {row}.")
}

pub(crate) fn or_birth_date(header: &impl Display) -> String {
    format!("\n\nMag leeg blijven als u in de laatste kolom de {header} invult.")
}

pub(crate) fn birth_date(label: &impl Display) -> String {
    format!(
        "Mag leeg blijven.\n\nWeet u de leeftijd niet? Vul hier de geboortedatum in. Het programma maakt daar '{label}' van. De geboortedatum zelf gaat nooit mee."
    )
}

pub(crate) const CHOOSE_VALUE: &str = "Kies een waarde uit de lijst.";

pub(crate) fn choose_gemeente(jaar: &impl Display) -> String {
    format!("Kies een gemeente uit de lijst van {jaar}, of vul de CBS-code in, zoals GM0344.")
}

pub(crate) const GIVE_DATE: &str = "Vul een datum in met dag, maand en jaar, zoals 14-04-2020.";
pub(crate) const GIVE_WHOLE_NUMBER: &str = "Vul een heel getal in, alleen cijfers.";
pub(crate) const GIVE_AMOUNT: &str = "Vul een bedrag in, alleen cijfers en een komma.";
pub(crate) const GIVE_OWN_NUMBER: &str = "Vul uw eigen nummer in. Nooit een BSN.";
