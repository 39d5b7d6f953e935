//! What the pages say that is no text of a template.

/// A row of the coordinator: a levering in quarantine.
pub(crate) const QUARANTINE: &str =
    "De bestanden zijn beschadigd en tellen niet mee. De beheerder moet ernaar kijken.";
/// The name of a state: it can be signed.
pub(crate) const READY_TO_SIGN: &str = "Klaar om te ondertekenen";
/// What an aanbieder still has to do: send.
pub(crate) const FILES_MISSING: &str = "Bestanden zijn nog niet compleet";
/// The same: it waits for a beheerder.
pub(crate) const JUDGING_FAILS: &str = "Controle lukt niet. De beheerder moet ernaar kijken.";
/// Counted on the page of the coordinator.
pub(crate) const NOT_EXPECTED: &str = "geleverd zonder verwacht te zijn";
/// An answer to a signaal.
pub(crate) const CORRECT: &str = "Het klopt zoals het er staat";
/// An answer to a signaal.
pub(crate) const INCOMPLETE_RECORDS: &str = "Onze registratie is niet compleet";
/// An answer to a signaal.
pub(crate) const WILL_BE_MENDED: &str = "Wij herstellen het in een volgende levering";
/// An answer to a signaal.
pub(crate) const SOMETHING_ELSE: &str = "Iets anders, zie de uitleg";
/// A link to a levering.
pub(crate) const VIEW_AND_GO_ON: &str = "Bekijk de bevindingen en ga verder";
/// A link to a levering.
pub(crate) const VIEW_OR_WITHDRAW: &str = "Bekijk de bevindingen of trek de levering in";
/// A link to a levering.
pub(crate) const WITHDRAW: &str = "Trek de levering in";
/// A link to all places of a bevinding.
pub(crate) const SHOW_ALL: &str = "Toon waar";

/// A link to the first places of a bevinding.
pub(crate) fn show_first(places: usize) -> String {
    format!("Toon de eerste {places} plaatsen")
}

/// Above the leveringen of a year of which one counts and a newer one was begun.
pub(crate) fn one_counts_one_begun(next_step: &str) -> String {
    format!("Uw eerdere levering telt mee. U bent ook aan een nieuwe begonnen. {next_step}")
}

/// What who has no own figures is told.
pub(crate) fn no_own_figures(jaar: i32) -> String {
    format!(
        "Er zijn nog geen eigen cijfers. U vindt ze hier als uw levering meetelt en de cijfers van {jaar} zijn berekend."
    )
}

// ------------------------------------------------------------------------------------------- the coordinator

/// The days of a year, and how long one may still deliver.
pub(crate) fn days([deliver, freeze, publish]: &[String; 3], days_left: i64) -> String {
    let days =
        format!("Leveren tot en met {deliver}. Bevriezen op {freeze}. Publiceren op {publish}.");
    match days_left {
        0 => format!("{days} Vandaag is de laatste dag om te leveren."),
        1 => format!("{days} Nog 1 dag om te leveren."),
        2.. => format!("{days} Nog {days_left} dagen om te leveren."),
        _ => format!("{days} De termijn om te leveren is voorbij."),
    }
}

/// A year that is frozen by its day alone.
pub(crate) fn frozen_since(day: &str) -> String {
    format!("Bevroren sinds {day}, nog zonder momentopname. Leveren kan alleen nog met uitstel.")
}

/// A year that is frozen by a momentopname.
pub(crate) fn frozen_on(day: &str, momentopname: &str, leveringen: &str) -> String {
    format!(
        "Bevroren op {day} als {momentopname}, met {leveringen}. Leveren kan alleen nog met uitstel."
    )
}

/// The same, published.
pub(crate) fn published_on(frozen: &str, day: &str, version: impl std::fmt::Display) -> String {
    format!("{frozen} Gepubliceerd op {day}, versie {version}.")
}

/// The same, not published.
pub(crate) fn not_published(frozen: &str) -> String {
    format!("{frozen} Nog niet gepubliceerd.")
}

/// Looking for a gebied: there is nothing to find yet.
pub(crate) const NOTHING_PUBLISHED: &str = "Er zijn nog geen cijfers gepubliceerd.";
/// The same: nothing has that name.
pub(crate) const NO_GEBIED: &str = "Geen gebied heet zo. Bedoelt u een van deze?";
/// The same: nothing was asked.
pub(crate) const TYPE_A_NAME: &str = "Typ een naam, of een deel ervan. Of kies een provincie.";

/// The same: so many were found.
pub(crate) fn found(counted: &str) -> String {
    format!("Wij vonden {counted}.")
}

/// Why a gebied is found by another name.
pub(crate) fn other_year(name: &str) -> String {
    format!("In een ander jaar is de naam {name}.")
}

/// The same.
pub(crate) fn absorbed(name: &str) -> String {
    format!("Hier hoort {name} nu bij.")
}

/// The same.
pub(crate) fn successor(name: &str) -> String {
    format!("Hoort nu bij {name}.")
}

// ------------------------------------------------------------------------------------------- published figures

/// A figure that is there but may not be shown.
pub(crate) const HIDDEN: &str = ". niet getoond";
/// A figure that is not there.
pub(crate) const NO_FIGURE: &str = ". geen cijfer";
/// A figure that was not in the other version.
pub(crate) const NOT_THERE: &str = "stond er niet";
/// A figure that is in the newer version no more.
pub(crate) const GONE: &str = "staat er niet meer";
/// The value is the same, and what belongs to it differs.
pub(crate) const SAME_VALUE: &str = "zelfde getal, andere marge of toelichting";
/// No two figures differ.
pub(crate) const NOTHING_CHANGED: &str = "Er is geen verschil.";

/// How many figures differ.
pub(crate) fn changed(different: &str, new: &str, gone: &str) -> String {
    format!("{different} anders, {new} nieuw, {gone} weg.")
}

/// A sum with a part that is not shown.
pub(crate) const SUM_HIDDEN: &str = ". niet getoond bij een van deze gebieden";
/// A sum with a part that is not there.
pub(crate) const SUM_MISSING: &str = ". geen cijfer bij een van deze gebieden";
/// A group with fewer than two gebieden.
pub(crate) const CHOOSE_TWO: &str = "Kies twee of meer gebieden.";
/// A group of gebieden that are not of one level, not of this year, or too many.
pub(crate) const NO_GROUP: &str =
    "Deze gebieden kunnen niet samen. Kies gemeenten óf jeugdregio’s, van hetzelfde jaar.";

/// What is said of a sum in the place of [`sum_bound`] where an older rule protected the counts.
pub(crate) const SUM_OF_OLDER_RULE: &str = "Deze aantallen volgen een oudere regel. Kleine aantallen zijn weggelaten. De andere aantallen zijn niet afgerond.";

/// How far a sum of rounded counts may be from the real one.
pub(crate) fn sum_bound(most: &str) -> String {
    format!(
        "Elk aantal is afgerond op een vijftal. De echte som ligt minder dan {most} van de som die u ziet."
    )
}
