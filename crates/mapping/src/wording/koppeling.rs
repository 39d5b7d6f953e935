//! What a koppeling says, asks and may not hold.

use std::fmt::Display;

// ------------------------------------------------------------------------------------------- plan

pub(crate) fn column_not_in_file(header: &impl Display) -> String {
    format!("De kolom '{header}' uit de koppeling staat niet in het bestand.")
}

pub(crate) fn where_is_veld(label: &impl Display, name: &impl Display) -> String {
    format!("Waar staat '{label}'? Vul in de koppeling bij {name} een kolom in.")
}

pub(crate) fn what_is_in_column(column: &impl Display) -> String {
    format!(
        "Wat staat er in de kolom '{column}'? Vul in de koppeling een veld in, of \"overslaan\"."
    )
}

pub(crate) fn which_date_format(header: &impl Display) -> String {
    format!("Hoe staan de datums in de kolom '{header}'? Vul in de koppeling de datumvorm in.")
}

pub(crate) fn age_calculated(label: &impl Display, header: &impl Display) -> String {
    format!("'{label}' is uitgerekend uit de kolom '{header}'. De geboortedatum gaat niet mee.")
}

pub(crate) fn which_code_system(header: &impl Display) -> String {
    format!("Welke codes staan er in de kolom '{header}'? Vul in de koppeling het codestelsel in.")
}

pub(crate) fn hours_or_minutes(header: &impl Display, veld: &impl Display) -> String {
    format!(
        "Staan er uren of minuten in de kolom '{header}'? Zet het antwoord in de koppeling onder [tabel.eenheid]: {veld} = \"uren\" of {veld} = \"minuten\"."
    )
}

pub(crate) fn over_which_time(
    header: &impl Display,
    jaar: &impl Display,
    veld: &impl Display,
) -> String {
    format!(
        "Telt de kolom '{header}' alleen {jaar}, of een langere tijd? Zet het antwoord in de koppeling onder [tabel.periode]: {veld} = \"dit jaar\" of {veld} = \"langer\"."
    )
}

pub(crate) fn column_counts_longer(
    header: &impl Display,
    jaar: &impl Display,
    label: &impl Display,
) -> String {
    format!(
        "De kolom '{header}' telt langer dan {jaar} en is niet gelezen. '{label}' blijft leeg. Kan uw systeem alleen {jaar} tellen? Maak dan die kolom, en noem hem in de koppeling."
    )
}

pub(crate) fn hours_converted(header: &impl Display) -> String {
    format!("Kolom '{header}': de uren zijn omgerekend naar minuten.")
}

// -------------------------------------------------------------------------- convert, by koppeling

pub(crate) fn koppeling_wrong(error: &impl Display) -> String {
    format!("De koppeling klopt niet: {error}.")
}

pub(crate) const NO_TABLE: &str = "In de koppeling staat geen enkele tabel.";

pub(crate) fn file_missing(name: &impl Display) -> String {
    format!("De koppeling noemt het bestand '{name}', maar dat is er niet bij.")
}

pub(crate) fn file_instead(name: &impl Display, other: &impl Display) -> String {
    format!("De koppeling noemt het bestand '{name}'. In plaats daarvan is '{other}' gelezen.")
}

pub(crate) fn sheet_missing(name: &impl Display) -> String {
    format!("De koppeling noemt het blad '{name}', maar dat is er niet.")
}

pub(crate) const HEADER_ROW_NOT_FOUND: &str =
    "De rij met de namen van de kolommen is niet gevonden.";

pub(crate) fn header_row_moved(header_row: &impl Display, named: &impl Display) -> String {
    format!("De kolomnamen staan nu in rij {header_row}, niet in rij {named}.")
}

// -------------------------------------------------------------------------------- koppeling, edit

pub(crate) const OWN_HEADER_PER_TABLE: &str = "schrijf elke tabel onder een eigen [[tabel]]";

// -------------------------------------------------------------------------------------- koppeling

pub(crate) fn text_or_number(veld: &impl Display) -> String {
    format!("`{veld}` moet een tekst of een getal zijn")
}

// -------------------------------------------------------------------------------- koppeling, toml

pub(crate) const INTRODUCTION: &str = "\
# Koppeling: zo leest uitvraag uw bestand.
# U mag dit bestand aanpassen. Links staat het veld van de uitvraag, rechts staat uw kolom of uw woord.
# Een regel met `# OPEN:` is een vraag aan u. Vul het antwoord in tussen de aanhalingstekens eronder.
";
pub(crate) const KVK_OPTIONAL: &str =
    "\n# Uw KvK-nummer is niet verplicht.\n# [aanbieder]\n# kvk = \"12345678\"\n";

pub(crate) fn header_row(header_row: &impl Display) -> String {
    format!("kopregel = {header_row}  # de rij met de namen van de kolommen")
}

pub(crate) fn side_by_side(groups: &impl Display) -> String {
    format!(
        "# Deze kolommen staan naast elkaar, voor elk kind van een gezin. Elk kind wordt een rij.\nnaast_elkaar = [{groups}]"
    )
}

pub(crate) const NOT_RECOGNISED_FILL: &str =
    "Deze kolommen zijn niet herkend. Vul een veld in, of \"overslaan\".";
pub(crate) const SAME_IN_EVERY_ROW: &str = "Dit is in elke rij hetzelfde.";
pub(crate) const DATES_SO: &str = "Zo staan de datums in uw bestand.";
pub(crate) const NUMBERS_SO: &str = "Zo staan de getallen in uw bestand.";
pub(crate) const UNIT_SO: &str =
    "Staan er uren of minuten in de kolom? Uren rekent het programma om naar minuten.";
pub(crate) const PERIOD_SO: &str = "Over welke tijd telt de kolom: \"dit jaar\" (het jaar van de uitvraag) of \"langer\"? Bij \"langer\" wordt hij niet gelezen.";
pub(crate) const CONVERTED: &str =
    "Deze kolom wordt omgerekend. Een geboortedatum wordt een leeftijd en gaat nooit mee.";
pub(crate) const CODES_OF: &str = "Uw codes horen bij dit stelsel: cbs, ijw of eigen.";

pub(crate) fn words_for(one_line: &impl Display) -> String {
    format!("Uw woorden voor {one_line}: links uw woord, rechts de code.")
}

pub(crate) const NOT_ASKED_COLUMNS: &str = "Deze kolommen vraagt de uitvraag niet.";
pub(crate) const IN_QUESTION_BELOW: &str =
    "Deze kolommen staan bij een vraag hieronder. Wat u daar niet kiest, wordt niet gelezen.";
pub(crate) const NOT_RECOGNISED: &str = "Deze kolommen zijn niet herkend.";

// ------------------------------------------------------------------------------- koppeling, trial

pub(crate) fn yes_or_no(name: &impl Display, yes: &impl Display, no: &impl Display) -> String {
    format!("bij lezen in de tabel `{name}` hoort {yes} of {no}")
}

pub(crate) fn side_by_side_lists(name: &impl Display) -> String {
    format!(
        "bij naast_elkaar in de tabel `{name}` horen twee of meer rijtjes van evenveel kolommen"
    )
}

pub(crate) fn none_of_these(name: &impl Display, none_of_these: &impl Display) -> String {
    format!(
        "bij welke_gevraagd in de tabel `{name}` hoort \"{none_of_these}\". Vraagt de uitvraag wel een van die kolommen? Zet die dan onder [tabel.kolommen]"
    )
}

pub(crate) fn two_columns(
    name: &impl Display,
    other: &impl Display,
    column: &impl Display,
) -> String {
    format!("`{name}` heeft twee kolommen: '{other}' en '{column}'. Laat er één staan")
}

pub(crate) fn column_and_fixed_value(name: &impl Display, column: &impl Display) -> String {
    format!(
        "`{name}` heeft de kolom '{column}' en ook een vaste waarde onder [tabel.vast]. Laat er één staan"
    )
}

pub(crate) fn fixed_value_wrong(
    value: &impl Display,
    name: &impl Display,
    choice: &impl Display,
) -> String {
    format!("`{value}` kan niet bij `{name}` onder [tabel.vast]; {choice}")
}

pub(crate) fn only_empty(
    name: &impl Display,
    empty: &impl Display,
    other: &impl Display,
    label: &impl Display,
    kind: &impl Display,
) -> String {
    format!(
        "een woord bij `{name}` kan alleen {empty} betekenen, niet `{other}`, want '{label}' is {kind}"
    )
}

pub(crate) fn words_useless(
    name: &impl Display,
    label: &impl Display,
    kind: &impl Display,
) -> String {
    format!(
        "[tabel.waarden.{name}] doet niets, want '{label}' is {kind}. Betekent een woord daar niets? Maak die cellen leeg, en haal deze regels weg"
    )
}

pub(crate) fn unknown_code(
    code: &impl Display,
    name: &impl Display,
    choice: &impl Display,
) -> String {
    format!("`{code}` is geen code van `{name}`; {choice}")
}

pub(crate) fn unknown_unit(
    unit: &impl Display,
    name: &impl Display,
    [hours, minutes]: [&str; 2],
) -> String {
    format!("eenheid `{unit}` bij `{name}` is onbekend; kies {hours} of {minutes}")
}

pub(crate) fn unknown_period(
    period: &impl Display,
    name: &impl Display,
    [year, longer]: [&str; 2],
) -> String {
    format!("periode `{period}` bij `{name}` is onbekend; kies \"{year}\" of \"{longer}\"")
}

pub(crate) fn required_counts_longer(name: &impl Display, label: &impl Display) -> String {
    format!(
        "de uitvraag kan niet zonder '{label}'. Maak een kolom die alleen het jaar van de uitvraag telt, en noem die bij `{name}` onder [tabel.kolommen]"
    )
}

pub(crate) const GIVE_GEMEENTE_CODE: &str = "vul de code van de gemeente in, zoals GM0344";
pub(crate) const GIVE_DATE: &str = "schrijf de datum zoals 2020-12-31";
pub(crate) const GIVE_WHOLE_NUMBER: &str = "schrijf een heel getal, zoals 12";
pub(crate) const GIVE_NUMBER: &str = "schrijf een getal met een punt, zoals 12.50";
pub(crate) const GIVE_SOMETHING: &str = "vul iets in, of haal de regel weg";
pub(crate) const CHOICE_OF_LIST: &str = "een keuze uit een lijst";
