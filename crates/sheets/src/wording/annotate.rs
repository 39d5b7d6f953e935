//! The workbook that goes back with the findings in it.

use std::fmt::Display;

// --------------------------------------------------------------------------------------- annotate

pub(crate) const REBUILT: &str = "Uw bestand kon niet met uw eigen opmaak worden teruggegeven. De bladen zijn gemaakt uit wat is gelezen.";

pub(crate) fn without_note(count: &impl Display, list: &impl Display) -> String {
    format!(
        "{count} gekleurde cellen hebben geen notitie: meer notities kan Excel niet goed aan. Wat er is, staat op het blad {list}."
    )
}

pub(crate) fn without_colour(count: &impl Display, list: &impl Display) -> String {
    format!(
        "{count} cellen hebben geen kleur: uw bestand heeft al zoveel opmaak dat Excel er niet meer aankan. Ze staan op het blad {list}."
    )
}

pub(crate) fn conversation_there(count: &impl Display, list: &impl Display) -> String {
    format!(
        "Bij {count} cellen staat al een gesprek. Excel laat daar alleen het gesprek zien; wat er is gevonden, staat op het blad {list}."
    )
}

// ------------------------------------------------------------------------------- annotate, places

pub(crate) fn and_more(numbers: &impl Display, list: &impl Display) -> String {
    format!("\n\nEn nog {numbers}: zie het blad {list}.")
}

pub(crate) fn more_often(list: &impl Display, code: &impl Display) -> String {
    format!("\nDit komt vaker voor. Zie het blad {list}, regel {code}.")
}

pub(crate) const REPAIR_SO: &str = "Zo herstelt u het";

// ------------------------------------------------------------------------------ annotate, rebuild

pub(crate) fn rows_left_out(
    rows: &impl Display,
    most: &impl Display,
    sheet: &impl Display,
    written: &impl Display,
) -> String {
    format!(
        "Het bestand heeft {rows} rijen; een werkblad kan er {most}. Op het blad {sheet} staan {written} rijen: die met een bevinding, en de bovenste. In de eerste kolom staat het nummer van de rij in uw bestand."
    )
}

pub(crate) fn text_cut(name: &impl Display, count: &impl Display) -> String {
    format!(
        "Op het blad {name} is in {count} cellen de tekst afgekapt: een cel kan niet meer dan 32.767 tekens hebben."
    )
}

pub(crate) const ROW_IN_FILE: &str = "Rij in uw bestand";

// ------------------------------------------------------------------------ annotate, summary sheet

pub(crate) const MEND_OWN_FILE: &str = "Verbeter uw eigen bestand en controleer dat opnieuw. Wat u in dit rapport verandert, telt niet mee.";
pub(crate) const IS_IT_RIGHT: &str = "Klopt dit? Bij het leveren wordt u gevraagd waarom.";
pub(crate) const NOTHING_TO_DO: &str = "Hier hoeft u niets mee te doen.";
pub(crate) const NOTHING_FOUND: &str = "Er is niets gevonden.";
pub(crate) const WITHOUT_CELL: &str =
    "Zonder eigen cel: dit gaat over een hele rij, een kolom of het bestand.";

pub(crate) fn first_here(first: &impl Display, all: &impl Display, list: &impl Display) -> String {
    format!("Hier staan de eerste {first}. Alle {all} staan op het blad {list}.")
}

pub(crate) fn findings_left_out(list: &impl Display, gone: &impl Display) -> String {
    format!(
        "Het blad {list} heeft van elke regel de eerste bevindingen; {gone} staan er niet bij. De aantallen hieronder zijn volledig."
    )
}

pub(crate) fn cells_without_link(count: &impl Display, list: &impl Display) -> String {
    format!(
        "Bij {count} bevindingen op het blad {list} staat de cel zonder link: Excel kan er niet meer aan."
    )
}
