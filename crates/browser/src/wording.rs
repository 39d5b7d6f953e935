//! Every Dutch sentence of the check in the browser, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

use std::fmt::Display;

// -------------------------------------------------------------------------------------------- key

pub(crate) const NO_RANDOM: &str = "Uw browser gaf geen willekeurige getallen.";
pub(crate) const NO_KEY: &str = "Dit is geen sleutel, of er is een teken verkeerd overgenomen. Kies het bestand sleutel.toml, of uw reservekopie.";

// ------------------------------------------------------------------------------------------- pack

pub(crate) const WOULD_BE_REFUSED: &str =
    "Het pakket zou worden afgekeurd en is niet gemaakt. Meld dit aan de coördinator.";
pub(crate) const KVK: &str = "Een KvK-nummer heeft 8 cijfers. Verbeter het.";
pub(crate) const NO_PAKKET_ERRORS: &str = "Er is geen pakket gemaakt: er staan fouten in. Verbeter ze in uw bestand en controleer het opnieuw.";
pub(crate) const NO_PAKKET_QUESTIONS: &str =
    "Er is geen pakket gemaakt: er staan nog vragen open. Beantwoord ze eerst.";
pub(crate) const NO_PAKKET_EMPTY: &str = "Er is geen pakket gemaakt: er staat niets in. Hebt u niets te melden? Log dan in en doe een nulopgave.";

pub(crate) fn no_pakket_table_missing(title: &impl Display) -> String {
    format!(
        "Er is geen pakket gemaakt: de tabel {title} ontbreekt. Kies ook het bestand met die gegevens."
    )
}

// ------------------------------------------------------------------------------------------- talk

pub(crate) fn koppeling_wrong(error: &impl Display) -> String {
    format!("De koppeling klopt niet: {error}.")
}

pub(crate) const NO_QUESTION: &str = "er is geen vraag";
pub(crate) const NO_CHOICE: &str = "die keuze is er niet";
pub(crate) const FIRST_QUESTION: &str = "dit is de eerste vraag";

// ------------------------------------------------------------------------------------------- work

pub(crate) fn question_unreadable(error: &impl Display) -> String {
    format!("De pagina stelde een vraag die niet te lezen is ({error}).")
}

pub(crate) const NO_CONVERSATION: &str = "Er is geen gesprek om op te antwoorden.";

pub(crate) fn excel_not_made(error: &impl Display) -> String {
    format!("Het Excel-bestand is niet te maken: {error}.")
}

pub(crate) fn uitvraag_unknown(name: &impl Display) -> String {
    format!("De uitvraag {name} is niet bekend.")
}

pub(crate) fn koppeling_line_wrong(error: &impl Display) -> String {
    format!("De koppeling klopt niet: {error}. Verbeter die regel, of maak een nieuwe koppeling.")
}

pub(crate) fn rules_broken(error: &impl Display) -> String {
    format!("De regels van deze uitvraag zijn beschadigd ({error}).")
}

pub(crate) const JUDGEMENT_UNREADABLE: &str = "Het oordeel is niet te lezen.";

pub(crate) fn file_missing(name: &impl Display, uitvraag: &impl Display) -> String {
    format!("Het bestand {name} is er niet bij de uitvraag {uitvraag}.")
}
