//! What an aanbieder has to do now.

use std::fmt::Display;

// -------------------------------------------------------------------------------------- next step

pub(crate) fn deadline_passed(submit_by: &impl Display, day: &impl Display) -> String {
    format!(
        ", zo snel mogelijk. De laatste dag om te leveren was {submit_by}. Vanaf {day} kan het niet meer."
    )
}

pub(crate) fn uitstel(day: &impl Display) -> String {
    format!(". U hebt uitstel: het kan nog tot en met {day}.")
}

pub(crate) const REOPENED: &str =
    ", zo snel mogelijk. De gegevens zijn weer open, maar worden opnieuw bevroren.";
pub(crate) const PUBLISHED: &str = "De cijfers zijn gepubliceerd.";

pub(crate) fn not_yet_published(planned: &impl Display) -> String {
    format!("De cijfers zouden op {planned} verschijnen. Dat is nog niet gebeurd.")
}

pub(crate) fn published_on(planned: &impl Display) -> String {
    format!("De cijfers verschijnen op {planned}.")
}

pub(crate) fn send_files(by_when: &impl Display) -> String {
    format!("Verstuur de bestanden met `uitvraag lever`{by_when}")
}

pub(crate) const BEING_CHECKED: &str =
    "De bestanden zijn binnen. De controle loopt; kijk over een minuut opnieuw.";

pub(crate) fn mend_errors(by_when: &impl Display) -> String {
    format!("Er staan fouten in de levering. Verbeter uw bestand en lever opnieuw{by_when}")
}

pub(crate) fn answer_signalen(by_when: &impl Display) -> String {
    format!("Beantwoord de signalen en onderteken{by_when}")
}

pub(crate) fn sign(by_when: &impl Display) -> String {
    format!("Alles is in orde. Onderteken de levering{by_when}")
}

pub(crate) const DONE_PUBLISHED: &str = "U bent klaar. De cijfers zijn gepubliceerd.";

pub(crate) fn replacement_withdrawn(by_when: &impl Display) -> String {
    format!(
        "De levering die hiervoor in de plaats kwam, is ingetrokken. Er telt nu niets mee. Lever opnieuw{by_when}"
    )
}

pub(crate) const NEWER_COUNTS: &str = "Een nieuwere levering telt. U hoeft niets te doen.";

pub(crate) fn deliver_again(by_when: &impl Display) -> String {
    format!("Deze levering telt niet mee. Lever opnieuw{by_when}")
}

pub(crate) const NOT_FINISHED: &str =
    "Deze levering is niet op tijd afgemaakt. Neem contact op met de coördinator.";
pub(crate) const ERASED: &str = "De gegevens zijn gewist. U hoeft niets te doen.";
pub(crate) const FIGURES_PUBLISHED: &str = "de cijfers zijn gepubliceerd";
pub(crate) const DATA_FROZEN: &str = "de gegevens zijn bevroren";

pub(crate) fn too_late(jaar: &impl Display, why: &impl Display) -> String {
    format!(
        "Leveren over {jaar} kan niet meer: {why}. Van u telt er niets mee. Neem contact op met de coördinator als dat niet klopt."
    )
}

pub(crate) fn year_not_over(jaar: &impl Display, by_when: &impl Display) -> String {
    format!(
        "Het jaar {jaar} is nog niet voorbij. U kunt uw bestand al wel controleren. Lever uw gegevens na 31 december {jaar}{by_when}"
    )
}

pub(crate) fn deliver(jaar: &impl Display, by_when: &impl Display) -> String {
    format!("Lever uw gegevens over {jaar}{by_when}")
}

pub(crate) fn nothing_counts(deliver: &impl Display) -> String {
    format!("Er telt nu geen levering van u mee. {deliver}")
}

pub(crate) const CLOSED_PUBLISHED: &str = "Leveren kan niet meer: de cijfers zijn gepubliceerd.";
pub(crate) const CLOSED_FROZEN: &str = "Leveren kan niet meer: de gegevens zijn bevroren.";

pub(crate) fn open_after_year(jaar: &impl Display, submit_by: &impl Display) -> String {
    format!("Het jaar {jaar} is nog niet voorbij. Leveren kan daarna, tot en met {submit_by}.")
}

pub(crate) fn late(submit_by: &impl Display, day: &impl Display) -> String {
    format!(
        "U moest leveren voor of op {submit_by}. Bent u te laat? Lever dan zo snel mogelijk. Vanaf {day} kan het niet meer."
    )
}

pub(crate) const OPEN_AGAIN: &str = "Leveren kan weer, maar niet lang. Lever zo snel mogelijk.";

pub(crate) fn done_frozen(figures: &impl Display) -> String {
    format!("U bent klaar. De gegevens zijn bevroren. {figures}")
}

pub(crate) const WHILE_OPEN: &str = "Zolang de gegevens open zijn,";

pub(crate) fn done(figures: &impl Display, until: &impl Display) -> String {
    format!("U bent klaar. {figures} {until} kunt u nog een betere levering indienen.")
}

pub(crate) const YEAR_PUBLISHED: &str = "De cijfers van dit jaar zijn gepubliceerd.";
pub(crate) const YEAR_FROZEN: &str = "De gegevens van dit jaar zijn bevroren.";

pub(crate) fn does_not_count(why: &impl Display) -> String {
    format!("{why} Deze levering telt niet mee. Neem contact op met de coördinator.")
}
