//! Cells and columns that are odd, and how values were read.

use std::fmt::Display;

// --------------------------------------------------------------------------------------- findings

pub(crate) const NO_BSN: &str = "Geen BSN, nergens in het bestand.";
pub(crate) const REMOVE_BSN: &str = "Haal de BSN's uit het bestand en gebruik uw eigen nummers.";

pub(crate) fn rows_shorter(count: &impl Display) -> String {
    format!("zijn {count} rijen korter")
}

pub(crate) fn cells_missing_at_end(file: &impl Display, rows: &impl Display) -> String {
    format!(
        "Bestand '{file}': er {rows} dan de kopregel. De cellen die aan het eind ontbreken, zijn gelezen als leeg."
    )
}

// -------------------------------------------------------------------------------------- odd cells

pub(crate) const FORMULA_WITHOUT_RESULT: &str = "Deze cel heeft een formule zonder uitkomst. Open het bestand in uw rekenprogramma en sla het op; dan wordt hij uitgerekend.";

pub(crate) fn one_formula(letters: &impl Display, row: &impl Display) -> String {
    format!("een formule ({letters}{row})")
}

pub(crate) fn formulas(count: &impl Display, letters: &impl Display, row: &impl Display) -> String {
    format!("formules in {count} cellen (de eerste is {letters}{row})")
}

pub(crate) fn formulas_used(
    location: &impl Display,
    header: &impl Display,
    cells: &impl Display,
) -> String {
    format!(
        "{location}: de kolom '{header}' heeft {cells}. De uitkomst die in het bestand is opgeslagen, is gebruikt."
    )
}

pub(crate) fn own_notation(
    location: &impl Display,
    header: &impl Display,
    letters: &impl Display,
    row: &impl Display,
) -> String {
    format!(
        "{location}: de kolom '{header}' toont getallen met een eigen opmaak (de eerste is {letters}{row}). Gelezen is het getal zelf, zonder die opmaak."
    )
}

pub(crate) fn column_hidden(
    location: &impl Display,
    header: &impl Display,
    letters: &impl Display,
) -> String {
    format!("{location}: de kolom '{header}' ({letters}) is verborgen. Die telt gewoon mee.")
}

pub(crate) const ERROR_VALUE: &str =
    "staat een foutwaarde, zoals #REF! of #N/B. Verbeter de formule of vul de waarde zelf in.";
pub(crate) const NUMBER_TO_DATE: &str = "heeft uw rekenprogramma van een nummer een datum gemaakt. Maak de kolom tekst en vul het nummer opnieuw in.";
pub(crate) const TOO_MANY_DIGITS: &str = "staat een nummer met te veel cijfers: de laatste cijfers zijn verloren. Maak de kolom tekst en vul het opnieuw in.";
pub(crate) const POWER_OF_TEN: &str = "staat een nummer als macht van tien (met E+): de cijfers zijn verloren. Maak de kolom tekst en vul het opnieuw in.";
pub(crate) const PERCENTAGE: &str =
    "staat een percentage. Vul het getal zelf in en haal de opmaak procent weg.";
pub(crate) const DURATION: &str = "staat een tijdsduur, zoals 1:30. Vul een gewoon getal in, in de eenheid die de uitvraag vraagt (90 minuten), en haal de opmaak tijd weg.";

pub(crate) fn in_cells(count: &impl Display) -> String {
    format!("In {count} cellen van deze kolom")
}

pub(crate) fn cells_merged(first: &impl Display, last: &impl Display) -> String {
    format!(
        "De cellen {first} tot en met {last} zijn samengevoegd. Splits ze en vul in elke rij de waarde in."
    )
}

pub(crate) const ONE_ROW_STRUCK: &str = "Deze rij is doorgestreept, maar er staan gegevens in. Telt hij mee? Haal dan de streep weg. Telt hij niet mee? Verwijder de rij dan.";

pub(crate) fn rows_struck(count: &impl Display) -> String {
    format!(
        "Er zijn {count} rijen met gegevens doorgestreept, dit is de eerste. Tellen ze mee? Haal dan de streep weg. Tellen ze niet mee? Verwijder de rijen dan."
    )
}

pub(crate) const ONE_ROW_HIDDEN: &str = "een rij met gegevens is verborgen";

pub(crate) fn rows_hidden(count: &impl Display) -> String {
    format!("{count} rijen met gegevens zijn verborgen")
}

pub(crate) const HIDDEN_ROW_COUNTS: &str =
    "Die telt gewoon mee. Hoort hij er niet bij? Verwijder hem dan.";
pub(crate) const HIDDEN_ROWS_COUNT: &str =
    "Die tellen gewoon mee. Horen ze er niet bij? Verwijder ze dan.";

pub(crate) fn rows_hidden_by_filter(
    what: &impl Display,
    named: &impl Display,
    more: &impl Display,
    closing: &impl Display,
) -> String {
    format!("{what}, misschien door een filter (rij {named}{more}). {closing}")
}

// ---------------------------------------------------------------------------------------- summary

pub(crate) fn codes_translated(name: &impl Display, veld: &impl Display) -> String {
    format!("De codes van {name} in '{veld}' zijn vertaald.")
}

pub(crate) fn read_as_empty(
    header: &impl Display,
    words: &impl Display,
    verb: &impl Display,
) -> String {
    format!("Kolom '{header}': {words} {verb} gelezen als leeg.")
}

pub(crate) fn gemeente_by_name(header: &impl Display, jaar: &impl Display) -> String {
    format!("Kolom '{header}': de gemeenten zijn gevonden op hun naam in {jaar}.")
}

pub(crate) fn amounts_rounded(header: &impl Display) -> String {
    format!("Kolom '{header}': bedragen zijn afgerond op centen.")
}

pub(crate) fn hours_rounded(header: &impl Display) -> String {
    format!(
        "Kolom '{header}': uren die geen heel aantal minuten zijn, zijn afgerond op hele minuten."
    )
}

pub(crate) fn dot_of_thousands(header: &impl Display, seen: &impl Display) -> String {
    format!("Kolom '{header}': de punt in '{seen}' is gelezen als teken tussen duizendtallen.")
}

pub(crate) fn utc_to_local(header: &impl Display) -> String {
    format!("Kolom '{header}': tijden in UTC zijn omgerekend naar de dag in Nederland.")
}

pub(crate) fn days_read_as_empty(
    header: &impl Display,
    days: &impl Display,
    verb: &impl Display,
) -> String {
    format!(
        "Kolom '{header}': {days} {verb} gelezen als leeg. Zo'n datum betekent in veel systemen dat er geen is."
    )
}

pub(crate) fn day_unclear(header: &impl Display, format: &impl Display) -> String {
    format!(
        "Kolom '{header}': uit de datums blijkt niet wat de dag is. Ze zijn gelezen als {format}."
    )
}

pub(crate) const WRITE_WITHOUT_DOTS: &str =
    "Schrijf de getallen zonder punten, met een komma voor de decimalen.";

pub(crate) fn thousands_or_decimals(
    header: &impl Display,
    thousand: &impl Display,
    decimal: &impl Display,
    how: &impl Display,
) -> String {
    format!(
        "In de kolom '{header}' staan '{thousand}' en '{decimal}'. Staat de punt tussen duizendtallen of voor decimalen? {how}"
    )
}

pub(crate) fn value_unknown(
    value_question: &impl Display,
    value: &impl Display,
    header: &impl Display,
    count: &impl Display,
) -> String {
    format!(
        "{value_question}'{value}' in de kolom '{header}' ({count} keer)? Vul het in de koppeling in."
    )
}

pub(crate) fn more_values_unknown(header: &impl Display, words: &impl Display) -> String {
    format!("In de kolom '{header}' staan nog {words} andere onbekende waarden.")
}

pub(crate) fn date_format_of(header: &impl Display) -> String {
    format!("Hoe staan de datums in de kolom '{header}'? Vul in de koppeling de datumvorm in.")
}

pub(crate) fn more_than_thousand(
    value: &impl Display,
    header: &impl Display,
    number_question: &impl Display,
) -> String {
    format!("Is '{value}' in de kolom '{header}' meer dan duizend? {number_question}")
}

pub(crate) fn birth_date_format(header: &impl Display, unreadable: &impl Display) -> String {
    format!(
        "Hoe staan de geboortedatums in de kolom '{header}'? {unreadable} zijn niet te lezen. Vul de datumvorm in."
    )
}

pub(crate) fn number_format(
    veld: &impl Display,
    comma: &impl Display,
    point: &impl Display,
) -> String {
    format!(
        "Zet in de koppeling onder [tabel.getalvorm]: {veld} = \"{comma}\" of {veld} = \"{point}\"."
    )
}

// ----------------------------------------------------------------------------------- unused cells

pub(crate) const BSN_OUTSIDE_TABLE: &str = "Buiten de tabel staan waarschijnlijk burgerservicenummers. Haal ze uit het bestand, ook als ze niet meetellen.";
