//! The sjabloon, its example and what changed since last year.

use std::fmt::Display;

// ---------------------------------------------------------------------------------------- changes

pub(crate) fn sheet_new(title: &impl Display) -> String {
    format!("Het blad '{title}' is nieuw.")
}

pub(crate) fn sheet_gone(title: &impl Display) -> String {
    format!("Het blad '{title}' is vervallen. Het is niet gebruikt.")
}

pub(crate) fn sheet_renamed(title: &impl Display, sheet: &impl Display) -> String {
    format!("Het blad '{title}' heet nu '{sheet}'.")
}

pub(crate) const ADD_COLUMN: &str = "Die is verplicht: voeg de kolom toe.";

pub(crate) fn column_new(
    sheet: &impl Display,
    label: &impl Display,
    closing: &impl Display,
) -> String {
    format!("{sheet}: de kolom '{label}' is nieuw. {closing}")
}

pub(crate) fn column_gone(sheet: &impl Display, label: &impl Display) -> String {
    format!("{sheet}: de kolom '{label}' is vervallen. Die is niet gebruikt.")
}

pub(crate) fn column_renamed(
    sheet: &impl Display,
    label: &impl Display,
    label_other: &impl Display,
) -> String {
    format!("{sheet}: de kolom '{label}' heet nu '{label_other}'.")
}

pub(crate) fn column_required(sheet: &impl Display, label: &impl Display) -> String {
    format!("{sheet}: de kolom '{label}' is nu verplicht.")
}

pub(crate) fn column_optional(sheet: &impl Display, label: &impl Display) -> String {
    format!("{sheet}: de kolom '{label}' mag nu leeg blijven.")
}

pub(crate) fn column_kind(
    sheet: &impl Display,
    label: &impl Display,
    kind: &impl Display,
) -> String {
    format!("{sheet}: in de kolom '{label}' hoort nu {kind}.")
}

pub(crate) fn column_length(
    sheet: &impl Display,
    label: &impl Display,
    length: &impl Display,
) -> String {
    format!("{sheet}: in de kolom '{label}' passen nu hoogstens {length} tekens.")
}

pub(crate) const CHOICE_OF_LIST: &str = "een keuze uit de lijst";

pub(crate) fn choice_added(location: &impl Display, listed: &impl Display) -> String {
    format!("{location}: u kunt nu ook kiezen voor {listed}.")
}

pub(crate) fn choice_gone(location: &impl Display, listed: &impl Display) -> String {
    format!("{location}: {listed} bestaat niet meer. Kies iets anders.")
}

pub(crate) fn choice_replaced(
    location: &impl Display,
    listed: &impl Display,
    listed_other: &impl Display,
) -> String {
    format!("{location}: {listed} bestaat niet meer. Nieuw: {listed_other}. Kies daaruit.")
}

// ---------------------------------------------------------------------------- convert, by headers

pub(crate) const OTHER_HEADERS: &str = "De kolommen van dit bestand hebben andere namen dan de uitvraag. Maak eerst een koppeling met `uitvraag koppel`.";

pub(crate) fn no_table_of_uitvraag(name: &impl Display) -> String {
    format!("Op blad '{name}' staat geen tabel van de uitvraag. Het is niet gebruikt.")
}

pub(crate) fn column_twice(name: &impl Display) -> String {
    format!("De kolom '{name}' staat er twee keer in.")
}

pub(crate) const HIDDEN_SHEET: &str = "Dit blad is verborgen, maar er staan gegevens in. Maak het zichtbaar als ze meetellen; verwijder het anders.";

pub(crate) fn example_row(location: &impl Display, row: &impl Display) -> String {
    format!("{location}rij {row} is het voorbeeld van het sjabloon. Die telt niet mee.")
}

pub(crate) fn not_the_template(label: &impl Display, label_other: &impl Display) -> String {
    format!(
        "Dit is niet het sjabloon: kolommen zoals '{label}' en '{label_other}' hebben een andere naam. Maak eerst een koppeling met `uitvraag koppel` en geef die mee met --koppeling."
    )
}

pub(crate) fn column_not_asked(header: &impl Display) -> String {
    format!("De kolom '{header}' vraagt de uitvraag niet. Die is overgeslagen.")
}

pub(crate) fn column_skipped(
    header: &impl Display,
    name: &impl Display,
    label: &impl Display,
    hidden: &impl Display,
) -> String {
    format!(
        "De kolom '{header}' is overgeslagen. Bedoelt u {name} ({label})? Noem de kolom dan zo.{hidden}"
    )
}

// ------------------------------------------------------------------------------ template, example

pub(crate) const EXAMPLE_ABOVE_HEADERS: &str = "Deze rij staat boven de kolomnamen en is niet het voorbeeld. Zet hem onder de kolomnamen, of maak hem leeg.";

pub(crate) fn row_above_headers(number: &impl Display) -> String {
    format!("rij {number} staat boven de kolomnamen. Die telt niet mee.")
}

pub(crate) const OWN_DATA_IN_EXAMPLE: &str = "In deze rij staan eigen gegevens naast een stuk van het voorbeeld (VOORBEELD). Telt de rij mee? Vervang dan elke cel met VOORBEELD en zet de rij onder de kolomnamen. Telt hij niet mee? Maak hem dan leeg.";

// --------------------------------------------------------------------------------------- template

pub(crate) fn template_of(name: &impl Display, name_other: &impl Display) -> String {
    format!("Dit is het sjabloon van {name}. Het is gelezen voor {name_other}.")
}

pub(crate) fn older_template(
    version: &impl Display,
    name: &impl Display,
    newest: &impl Display,
) -> String {
    format!(
        "Dit sjabloon is van versie {version} van {name}; nu geldt versie {newest}. De kolommen zijn op hun naam gelezen."
    )
}

pub(crate) fn newer_template(
    version: &impl Display,
    name: &impl Display,
    newest: &impl Display,
) -> String {
    format!(
        "Dit sjabloon is van versie {version} van {name}; dit programma kent tot en met versie {newest}. Haal de nieuwste versie van het programma op."
    )
}

pub(crate) fn foreign_template(known: &impl Display) -> String {
    format!(
        "Dit sjabloon hoort bij een uitvraag die dit programma niet kent; wel kent het {known}. Haal de nieuwste versie van het programma op."
    )
}

pub(crate) const TEMPLATE_DAMAGED: &str = "De uitvraag van dit sjabloon is beschadigd.";

pub(crate) fn other_template(found: &impl Display, name: &impl Display) -> String {
    format!(
        "Dit is het sjabloon van {found}, en u vraagt om {name}. Gebruik `--uitvraag {found}`, of vul het sjabloon van {name} in."
    )
}
