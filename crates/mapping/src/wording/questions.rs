//! The questions one after the other, and the answers to choose from.

use std::fmt::Display;

// -------------------------------------------------------------------------- conversation, answers

pub(crate) const NO_ANSWER_TO_THIS: &str = "dat is geen antwoord op deze vraag";

// ----------------------------------------------------------------------------------- conversation

pub(crate) const NO_QUESTION: &str = "er is geen vraag";
pub(crate) const SHEET_RESEMBLES_NOTHING: &str = "dat blad lijkt op geen tabel van de uitvraag";

// ------------------------------------------------------------------------ conversation, questions

pub(crate) fn resembles_table(title: &impl Display) -> String {
    format!("Het staat niet in de koppeling, en lijkt op {title}.")
}

pub(crate) const TABLE_READ: &str = "het wordt gelezen; daarna komen de vragen over de kolommen";
pub(crate) const NOT_READ: &str = "het wordt niet gelezen";

pub(crate) fn column_gone(gone: &impl Display) -> String {
    format!("De kolom '{gone}' uit de koppeling staat niet in dit bestand.")
}

pub(crate) const NOT_CHOSEN_NOT_READ: &str = "Wat u niet kiest, wordt hier niet gelezen.";
pub(crate) const ALL_COLUMNS_LEFT: &str = "u ziet dan alle kolommen die over zijn";
pub(crate) const SAME_EVERYWHERE: &str = "u kiest dan wat er overal staat";
pub(crate) const REQUIRED: &str = "De uitvraag kan niet zonder. Staat het nergens in uw bestand? Kies dan later, en voeg eerst de kolom toe.";

pub(crate) fn column_read_as(label: &impl Display) -> String {
    format!("De kolom die u kiest, wordt gelezen als {label}.")
}

pub(crate) const NAME_OR_CODE_OF_GEMEENTE: &str = "de naam of de code van de gemeente";
pub(crate) const WHOLE_NUMBER: &str = "een heel getal, zoals 12";
pub(crate) const IN_EVERY_ROW: &str = "wat er in elke rij moet staan";
pub(crate) const COLUMN_NOT_NAMED: &str = "De koppeling noemt deze kolom nog niet.";
pub(crate) const SOMETHING_ELSE: &str = "iets anders dat de uitvraag vraagt";
pub(crate) const ALL_WITHOUT_COLUMN: &str = "u ziet dan alles wat nog geen kolom heeft";
pub(crate) const COLUMN_NOT_READ: &str = "de kolom wordt niet gelezen";

pub(crate) fn what_is_in_column(name: &impl Display) -> String {
    format!("Wat staat er in de kolom '{name}'?")
}

pub(crate) const CHOSEN_IS_READ: &str = "De kolom wordt gelezen als wat u kiest.";

pub(crate) fn which_data(name: &impl Display) -> String {
    format!("Welk gegeven is de kolom '{name}'?")
}

pub(crate) const ONE_OF_THESE: &str = "een van deze kolommen";
pub(crate) const NOT_RECOGNISED: &str =
    "Wat hier staat, is niet herkend. Kiest u een kolom? Dan zegt u daarna wat het is.";

pub(crate) fn asked_for_these(these: &impl Display) -> String {
    format!("Vraagt de uitvraag {these}?")
}

pub(crate) fn read_as(label: &impl Display) -> String {
    format!("die wordt gelezen als {label}")
}

pub(crate) fn does_not_fit(name: &impl Display, label: &impl Display) -> String {
    format!("Let op: wat in '{name}' staat, past niet bij {label}.")
}

// -------------------------------------------------------------------- conversation, typed answers

pub(crate) const ONLY_A_NUMBER: &str = "hier kan alleen een nummer";

// ------------------------------------------------------------------ conversation, value questions

pub(crate) const DATES_DIFFER: &str = "Ze zijn niet allemaal op dezelfde manier geschreven, en niet bij elk blijkt wat de dag is. Verschilt het per rij? Kies dan later, en maak eerst uw bestand gelijk.";
pub(crate) const DATES_SWAPPED: &str = "Na de 12e van de maand zijn het teksten, tot en met de 12e echte datums. Vaak heeft een rekenprogramma daarin dag en maand verwisseld. Vergelijk er een met uw systeem.";

pub(crate) fn how_are_dates(in_columns: &impl Display) -> String {
    format!("Hoe staan de datums in {in_columns}?")
}

pub(crate) const COMMA_FOR_DECIMALS: &str = "zoals 1.234,56: de komma staat voor de decimalen";
pub(crate) const DOT_FOR_DECIMALS: &str = "zoals 1,234.56: de punt staat voor de decimalen";

pub(crate) fn how_are_numbers(in_columns: &impl Display) -> String {
    format!("Hoe staan de getallen in {in_columns}?")
}

pub(crate) fn hours_or_minutes(in_columns: &impl Display) -> String {
    format!("Staan er uren of minuten in {in_columns}?")
}

pub(crate) fn in_minutes(value: &impl Display, minutes: Option<&String>) -> String {
    minutes.map_or_else(
        || format!("'{value}' is dan geen aantal minuten, en een fout"),
        |minutes| format!("'{value}' is dan {minutes} minuten"),
    )
}

pub(crate) fn over_which_time(in_columns: &impl Display, jaar: &impl Display) -> String {
    format!("Tellen de getallen in {in_columns} alleen {jaar}, of een langere tijd?")
}

pub(crate) fn only_year(jaar: &impl Display) -> String {
    format!("alleen {jaar}")
}

pub(crate) const LONGER_TIME: &str = "een langere tijd, zoals van begin tot nu";

pub(crate) fn counts_longer(label: &impl Display, jaar: &impl Display) -> String {
    format!(
        "de kolom wordt niet gelezen, en {label} blijft leeg. Kan uw systeem alleen {jaar} tellen? Kies dan later, en maak eerst die kolom"
    )
}

pub(crate) const CODES_OF_IJW: &str = "codes van iJw (berichtenverkeer)";
pub(crate) const CODES_OF_CBS: &str = "codes van het CBS";
pub(crate) const OWN_CODES: &str = "u zegt daarna wat elke code betekent";

pub(crate) fn which_codes(in_columns: &impl Display) -> String {
    format!("Wat voor codes staan er in {in_columns}?")
}

pub(crate) fn counts_as_empty(word: &impl Display) -> String {
    format!("elke cel met '{word}' telt als leeg")
}

pub(crate) fn means_empty(
    word: &impl Display,
    columns: &impl Display,
    what: &impl Display,
) -> String {
    format!("Betekent '{word}' in {columns} dat er geen {what} is?")
}

pub(crate) const ERROR_IN_FILE: &str = "nee, het is een fout in mijn bestand";

pub(crate) fn word_once(word: &impl Display) -> String {
    format!("'{word}' staat er 1 keer.")
}

pub(crate) fn word_times(word: &impl Display, count: &impl Display) -> String {
    format!("'{word}' staat er {count} keer.")
}

pub(crate) const QUESTION_APART: &str = "u krijgt de vraag voor elk apart";
pub(crate) const QUESTION_PER_COLUMN: &str = "u krijgt de vraag voor elke kolom";
