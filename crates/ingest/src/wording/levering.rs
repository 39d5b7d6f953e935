//! What an aanbieder is told of its levering, in API, page and command alike.

use schema::text::grouped_thousands;

/// What to do about a levering in quarantine.
pub(crate) const UNREADABLE: &str = "Wij kunnen de bestanden van deze levering nu niet lezen. De beheerder kijkt ernaar; u hoort van de coördinator.";
/// What to do where the uitvraag is over.
pub(crate) const ASK_COORDINATOR: &str = "Neem contact op met de coördinator.";
/// What is said while judging does not succeed and a beheerder has to look.
pub(crate) const JUDGING_STUCK: &str = "De controle is nog niet klaar: dit lukt ons nog niet, wij kijken ernaar. U hoeft nu niets te doen.";
/// Replacing a levering made with another key.
pub(crate) const OTHER_KEY: &str = "Deze levering is met een andere sleutel gemaakt dan de levering die nu telt. Is dit wel een levering van uw organisatie?";
/// Confirms it.
pub(crate) const OTHER_KEY_MEANT: &str = "Deze levering is van ons. Zij mag de vorige vervangen, ook al lijkt elk traject daardoor nieuw.";
/// Confirms it.
pub(crate) const FEWER_ROWS_MEANT: &str = "Het klopt dat er zoveel minder rijen zijn.";
/// Confirms it.
pub(crate) const FEWER_TABLES_MEANT: &str = "Het klopt dat dit deel niet meer meetelt.";
/// Above a comparison with the levering that counts.
pub(crate) const COMPARED_WITH_NOW: &str = "Vergeleken met uw levering die nu meetelt";

/// What the aanbieder reads of a weigering: the code, what it means, that nothing was kept, and what to do.
pub(crate) fn refused(code: &str) -> String {
    let explanation = match code {
        "BSN_SUSPECTED" => "Er staat iets in dat op burgerservicenummers lijkt.",
        "PSEUDONYM_LABEL" => "Er staan kale hashes in waar pseudoniemen horen.",
        _ => "Het pakket is niet zoals `uitvraag pak` het maakt.",
    };
    format!(
        "Wij hebben deze levering geweigerd en de bestanden verwijderd ({code}). {explanation} Maak het pakket opnieuw met `uitvraag pak` en lever het opnieuw."
    )
}

/// A table that would shrink.
pub(crate) fn instead_of(title: &str, becomes: u64, was: u64) -> String {
    format!(
        "{title}: {} in plaats van {}",
        grouped_thousands(becomes),
        grouped_thousands(was)
    )
}

/// Replacing a levering by much less.
pub(crate) fn fewer_rows(tables: &str) -> String {
    format!("In deze levering staat minder dan de helft van wat nu telt. {tables}.")
}

/// Replacing a levering that has tables this one has not.
pub(crate) fn fewer_tables(tables: &str) -> String {
    format!("Dit telt nu mee, maar staat niet meer in deze levering: {tables}.")
}

/// How to confirm what was asked.
pub(crate) fn confirm_these(questions: &str, names: &str) -> String {
    format!("{questions} Klopt dit? Bevestig het dan bij het ondertekenen: {names}.")
}

/// Above a comparison with another year.
pub(crate) fn compared_with_year(jaar: i32) -> String {
    format!("Vergeleken met uw levering over {jaar}")
}

/// How many rows a table has and had.
pub(crate) fn row_counts(title: &str, becomes: u64, was: u64) -> String {
    format!(
        "{title}: {}, dat waren er {}.",
        grouped_thousands(becomes),
        grouped_thousands(was)
    )
}

/// Rows that cannot be compared.
pub(crate) fn other_numbers(counts: &str) -> String {
    format!(
        "{counts} De nummers zijn met een andere sleutel gemaakt. Wij kunnen niet zien welke nieuw of verdwenen zijn."
    )
}

/// Rows that are all the same.
pub(crate) fn nothing_changed(counts: &str) -> String {
    format!("{counts} Er is niets veranderd.")
}
