//! What was found in a file, its sheets and its rows, and what was done with it.

use std::fmt::Display;

// ---------------------------------------------------------------------------------------- balance

pub(crate) fn looks_like_data_above(location: &impl Display, first: &impl Display) -> String {
    format!(
        "{location}: boven de kopregel staat iets dat op gegevens lijkt (rij {first}). Telt het mee? Zet het dan onder de kopregel. Zo niet, haal het weg."
    )
}

pub(crate) fn beside_the_columns(location: &impl Display, lost: &impl Display) -> String {
    format!(
        "{location}: rijen met iets erin dat niet bij de tabel hoort: {lost}. Het staat naast de kolommen met een naam. Telt het mee? Geef die kolommen dan een naam. Zo niet, haal het weg."
    )
}

pub(crate) fn rows_in_one_cell(
    location: &impl Display,
    row: &impl Display,
    count: &impl Display,
) -> String {
    format!(
        "{location}: in één cel van rij {row} staan regels die op rijen lijken: {count}. Staat daar een aanhalingsteken te veel? Haal het weg, dan worden die rijen gelezen."
    )
}

pub(crate) fn columns_without_name(location: &impl Display, beyond: &impl Display) -> String {
    format!(
        "{location}: kolommen met gegevens en zonder naam, rechts van de tabel: {beyond}. Tellen ze mee? Geef ze dan een naam boven de gegevens. Zo niet, haal ze weg."
    )
}

// ----------------------------------------------------------------------------------------- layout

pub(crate) fn two_header_rows(value: &impl Display, number: &impl Display) -> String {
    format!("de kolomnamen staan in rij {value} en {number}. Ze zijn samen gelezen.")
}

pub(crate) fn row_of_explanation(begin: &impl Display) -> String {
    format!("rij {begin} legt de kolommen uit. Die telt niet mee.")
}

pub(crate) fn headers_below_each_other(column_letters: &impl Display) -> String {
    format!(
        "De namen van de velden staan onder elkaar, in kolom {column_letters}, en niet naast elkaar. Draai de tabel om. In Excel: kopieer hem, kies op een leeg blad Plakken speciaal en dan Transponeren."
    )
}

pub(crate) fn headers_below_data(begin: &impl Display, rows: &impl Display) -> String {
    format!(
        "De namen van de kolommen staan in rij {begin}, maar daarboven {rows} met gegevens. Misschien is het blad gesorteerd met de kolomnamen erbij. Zet de rij met de namen bovenaan."
    )
}

// -------------------------------------------------------------------------------------- leftovers

pub(crate) fn belongs_to_table(location: &impl Display, title: &impl Display) -> String {
    format!(
        "{location} lijkt op {title}. Hoort het erbij? Vul in de koppeling bij lezen in: ja of nee."
    )
}

pub(crate) fn not_in_koppeling(location: &impl Display) -> String {
    format!("{location} staat niet in de koppeling en is niet gelezen.")
}

pub(crate) fn these_not_in_koppeling(more: &impl Display) -> String {
    format!("Dit staat niet in de koppeling en is niet gelezen: {more}.")
}

pub(crate) fn looks_like_table(
    location: &impl Display,
    title: &impl Display,
    name: &impl Display,
    place: &impl Display,
    no: &impl Display,
) -> String {
    format!(
        "{location} staat niet in de koppeling en is niet gelezen, maar lijkt op {title}. Hoort het erbij? Maak de koppeling dan opnieuw; met `uitvraag koppel --vorig` blijven uw antwoorden. Zo niet, zet dan in de koppeling een [[tabel]] met naam = \"{name}\", {place} en lezen = \"{no}\"."
    )
}

pub(crate) fn asked_of_these(
    location: &impl Display,
    rest: &impl Display,
    none_of_these: &impl Display,
) -> String {
    format!(
        "{location}: vraagt de uitvraag een van deze kolommen: {rest}? Vul in de koppeling bij welke_gevraagd in: \"{none_of_these}\", of zet een kolom onder [tabel.kolommen]."
    )
}

pub(crate) fn column_not_in_koppeling(location: &impl Display, header: &impl Display) -> String {
    format!(
        "{location}: de kolom '{header}' staat niet in de koppeling. Vraagt de uitvraag haar? Zet haar dan onder [tabel.kolommen]. Zo niet, zet de kolom bij overslaan."
    )
}

pub(crate) fn column_resembles(
    location: &impl Display,
    header: &impl Display,
    label: &impl Display,
    name: &impl Display,
) -> String {
    format!(
        "{location}: de kolom '{header}' staat niet in de koppeling. Is het '{label}'? Zet dan onder [tabel.kolommen]: {name} = \"{header}\". Zo niet, zet de kolom bij overslaan."
    )
}

// ------------------------------------------------------------------------------------- row filter

pub(crate) const TOTAL_ROW: &str = "een rij met een totaal";
pub(crate) const TOTAL_ROWS: &str = "rijen met een totaal";
pub(crate) const NOTE_ROW: &str = "een rij met een losse opmerking";
pub(crate) const NOTE_ROWS: &str = "rijen met een losse opmerking";
pub(crate) const HEADER_AGAIN: &str = "een herhaling van de kopregel";
pub(crate) const HEADERS_AGAIN: &str = "herhalingen van de kopregel";

pub(crate) fn second_table(number: &impl Display) -> String {
    format!(
        "In rij {number} begint een tweede tabel: daar staan weer namen van kolommen, maar andere of in een andere volgorde. Zet die tabel op een eigen blad, of in een eigen bestand."
    )
}

// ----------------------------------------------------------------------------------------- survey

pub(crate) const NAME_OF_FILE: &str = "de naam van het bestand";
pub(crate) const NO_HEADER_ROW: &str =
    "Er is geen rij gevonden met de namen van de kolommen. Zet die boven uw gegevens.";
pub(crate) const NO_ROWS_BELOW_HEADERS: &str = "Onder de kolomnamen staat geen enkele rij. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.";

pub(crate) fn no_table_on_sheet(name: &impl Display) -> String {
    format!("Op blad '{name}' staat geen tabel. Het is niet gebruikt.")
}

pub(crate) fn rows_above_headers(location: &impl Display, header_row: &impl Display) -> String {
    format!(
        "{location}: de kolomnamen staan in rij {header_row}. Wat erboven staat is overgeslagen."
    )
}

pub(crate) fn column_repeated(
    location: &impl Display,
    name: &impl Display,
    now: &impl Display,
) -> String {
    format!("{location}: de kolom '{name}' staat er vaker. Deze heet nu '{now}'.")
}

pub(crate) const NAME_OF_SHEET: &str = "de naam van een blad";

pub(crate) fn column_named(location: &impl Display, name: &impl Display) -> String {
    format!("{location}: een kolom heeft geen naam. Die heet hier {name}.")
}

// ----------------------------------------------------------------------------------------- unfold

pub(crate) fn columns_side_by_side(first: &impl Display, groups: &impl Display) -> String {
    format!("de kolommen '{first}' staan {groups} keer naast elkaar. Elk wordt een rij voor zich.")
}

// -------------------------------------------------------------------------------- convert, reader

pub(crate) const FIXED_VALUES: &str = "de vaste waarden van de koppeling";
pub(crate) const POWER_OF_TEN_IN_TEXT: &str = "Hier staat een nummer als macht van tien (met E+): de cijfers zijn verloren. Haal de gegevens opnieuw uit uw systeem, en open ze niet eerst in uw rekenprogramma.";

pub(crate) fn text_in_formula(file: &impl Display, cells: &impl Display) -> String {
    format!(
        "Bestand '{file}': in {cells} staat een waarde als =\"…\". Alleen de tekst ertussen is gelezen."
    )
}

pub(crate) const NO_ROWS: &str = "Het bestand heeft geen enkele rij. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.";

pub(crate) fn derived_from(source: &impl Display) -> String {
    format!("(afgeleid uit de {source})")
}

pub(crate) fn counted_from(title: &impl Display, source: &impl Display) -> String {
    format!("De tabel {title} is geteld uit de {source}, op de laatste dag van elk kwartaal.")
}
