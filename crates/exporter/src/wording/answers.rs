//! Answers to signalen: the file they stand in, and what is wrong with them.

use std::fmt::Display;

// ----------------------------------------------------------------------------- toelichtingen

pub(crate) const ANSWERS_HEADER: &str =
    "\
# Vragen over uw levering. Vul bij elke vraag een antwoord in en eventueel een toelichting.
#
#   antwoord = \"klopt\"                   de gegevens kloppen zoals ze er staan
#   antwoord = \"registratie_onvolledig\"  het is niet (goed) bijgehouden
#   antwoord = \"wordt_hersteld\"          u verbetert het in een volgende levering
#   antwoord = \"anders\"                  iets anders: leg dat uit achter woorden
#
# Alleen het antwoord kan bij de cijfers komen te staan. De woorden leest alleen de coördinator.
# Schrijf hier geen namen of andere gegevens van kinderen. Laat de regel met de sleutel staan: daaraan ziet het
# programma of uw antwoord nog bij uw gegevens hoort.
";
pub(crate) const CORRECT: &str = "de gegevens kloppen zoals ze er staan";
pub(crate) const INCOMPLETE_RECORDS: &str = "het is niet (goed) bijgehouden";
pub(crate) const WILL_BE_MENDED: &str = "u verbetert het in een volgende levering";
pub(crate) fn unknown_answer(code: &impl Display) -> String {
    format!("bij {code} staat een antwoord dat niet bestaat")
}

pub(crate) fn words_refused(code: &impl Display, reason: &impl Display) -> String {
    format!("de woorden bij {code} kunnen niet mee: {reason}")
}

pub(crate) fn too_many_characters(count: &impl Display) -> String {
    format!("ze zijn langer dan {count} tekens")
}

pub(crate) const INVISIBLE_CHARACTERS: &str =
    "er staan onzichtbare tekens in; typ de tekst opnieuw";
pub(crate) const LOOKS_LIKE_BSN: &str =
    "er staat iets in dat op een burgerservicenummer lijkt; haal het weg";
pub(crate) fn answers_wrong(path: &impl Display) -> String {
    format!("de toelichtingen kloppen niet: {path}")
}

pub(crate) const HOW_TO_FILL: &str = "Vul achter antwoord in: klopt, registratie_onvolledig, wordt_hersteld of anders. Bij anders hoort uitleg achter woorden.";
pub(crate) const ANSWERS_UNREADABLE: &str = "kan de toelichtingen niet lezen";
pub(crate) fn code_twice(code: &impl Display) -> String {
    format!("{code} staat er twee keer in")
}

pub(crate) const WHY_ASKED: &str = "# Waarom dit gevraagd wordt:";
