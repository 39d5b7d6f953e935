//! Every Dutch sentence that Rust puts on a page, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence stands where is decided by who calls, numbers come in as text, and
//! whole paragraphs stand in the templates. What is said of one uitvraag alone stands in its page plan.

use schema::Niveau;
use schema::cijfer::Reason;
use schema::indicator::Interval;

// ------------------------------------------------------------------------------------ where a number can't stand

/// What is hidden, short.
pub const PRIVACY: &str = "niet getoond (privacy)";
/// What is absent, short.
pub const NO_FIGURE: &str = "geen cijfer";
/// A published count of 0: the true one is 0 to 4.
pub const FEW: &str = "minder dan 5";
/// The same on a bar.
pub const FEW_ON_A_BAR: &str = "< 5";
/// In a table, for what is not known or does not apply.
pub const DASH: &str = "–";

/// Why there is no figure, short.
pub fn reason(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::Privacy) => PRIVACY,
        Some(other) => other.words(),
        None => NO_FIGURE,
    }
}

/// Why there is no figure of these `records`, as a sentence behind the subject and a colon.
pub fn reason_sentence(reason: Option<Reason>, records: &str) -> String {
    match reason {
        Some(Reason::Privacy | Reason::LeftOut) => "Dit getal tonen we niet.".to_owned(),
        Some(Reason::NobodyDelivered) => {
            "Geen aanbieder in dit gebied leverde gegevens.".to_owned()
        }
        Some(Reason::TableMissing) => {
            "Deze tabel leverden de aanbieders in dit gebied niet.".to_owned()
        }
        Some(Reason::TooLittleKnown) => format!("Dit is van te weinig {records} bekend."),
        Some(Reason::NotComputable) => "Het is hier niet te berekenen.".to_owned(),
        Some(Reason::NotReached) => "De helft is niet bereikt.".to_owned(),
        None => "Het staat niet in deze publicatie.".to_owned(),
    }
}

/// A count that was published as 0, with its unit.
pub fn few_of(unit: &str) -> String {
    format!("{FEW}\u{a0}{unit}")
}

/// A share whose count was published as 0.
pub fn few_in(denominator: &str) -> String {
    format!("{FEW} van {denominator}")
}

/// A ratio whose first count was published as 0.
pub fn few_against(denominator: &str) -> String {
    format!("{FEW} tegen {denominator}")
}

// ------------------------------------------------------------------------------------------------- intervals

/// An interval of which both limits are known.
pub fn between(lower: &str, above: &str) -> String {
    format!("{lower} tot {above}")
}

/// An interval without an upper limit.
pub fn from(lower: &str) -> String {
    format!("vanaf {lower}")
}

/// An interval without a lower limit.
pub fn up_to(above: &str) -> String {
    format!("tot {above}")
}

/// How an interval was made.
pub fn method(interval: Interval) -> &'static str {
    match interval {
        Interval::Geen => "",
        Interval::Wilson => "Wilson, voor een aandeel",
        Interval::Poisson => "Poisson (exact onder 10, daarboven Byar), voor een aantal",
        Interval::Orde => "volgorde van de waarnemingen, voor een mediaan of kwantiel",
        Interval::KaplanMeier => {
            "Greenwood (log-log), bij een schatting die lopende gevallen meetelt"
        }
        Interval::AalenJohansen => {
            "Aalen en Johansen (log-log), bij een schatting die wachtenden meetelt"
        }
    }
}

// --------------------------------------------------------------------------------------- beside Nederland

/// The stressed words of a clear difference.
pub const HIGHER: &str = "duidelijk hoger";
/// The stressed words of a clear difference.
pub const LOWER: &str = "duidelijk lager";
/// The stressed words where chance can't be ruled out.
pub const UNDECIDED: &str = "Dat is niet te zeggen";
/// The stressed words where the missing aanbieders decide.
pub const DEPENDS_ON_RESPONSE: &str = "Dat hangt af van wie nog niet leverde, hier of elders";
/// The end of a sentence about a gebied, where the country has no figure.
pub const NO_NATIONAL_FIGURE: &str = " Voor Nederland is er geen cijfer.";

/// The verb of a subject.
pub fn verb(plural: bool) -> &'static str {
    if plural { "zijn" } else { "is" }
}

/// The end of a sentence about a gebied: what the country has.
pub fn in_the_country(value: &str) -> String {
    format!(" In Nederland is dat {value}.")
}

/// Behind `duidelijk hoger` or `duidelijk lager`.
pub fn than_the_country(value: &str, national: &str) -> String {
    format!(" dan in Nederland: {value}, tegen {national} in Nederland.")
}

/// Where it is not clear whether there is a difference: value, what it rests on, and the country's value.
pub fn beside_the_country(subject: &str, value: &str, rests_on: &str, national: &str) -> String {
    let rests_on = match rests_on {
        "" => String::new(),
        words => format!(" ({words})"),
    };
    format!("{subject} {value}{rests_on}. In Nederland is dat {national}.")
}

/// Between that and `Dat is niet te zeggen`.
pub const QUESTION: &str = " Is dat echt anders? ";

/// What a value rests on: its interval and its number of records; either may be empty.
pub fn rests_on(interval: &str, count: &str, records: &str) -> String {
    let interval = match interval {
        "" => String::new(),
        limits => format!("95%-interval {limits}"),
    };
    match (interval.as_str(), count) {
        (_, "") => interval,
        ("", count) => format!("gemeten over {count} {records}"),
        (interval, count) => format!("{interval}, gemeten over {count} {records}"),
    }
}

// --------------------------------------------------------------------- who delivered, and what is known

/// The response of a gebied.
pub fn delivered(given: &str, asked: &str, percent: &str) -> String {
    match (given, asked) {
        ("0", "1") => "De enige gevraagde aanbieder leverde geen gegevens.".to_owned(),
        ("1", "1") => {
            "De enige gevraagde aanbieder leverde gegevens of had niets te melden.".to_owned()
        }
        ("0", _) => format!("Geen van de {asked} gevraagde aanbieders leverde gegevens."),
        ("1", _) => format!(
            "1 van de {asked} gevraagde aanbieders leverde gegevens of had niets te melden ({percent})."
        ),
        _ => format!(
            "{given} van de {asked} gevraagde aanbieders leverden gegevens of hadden niets te melden ({percent})."
        ),
    }
}

/// The same where the numbers are not known.
pub fn delivered_share(percent: &str) -> String {
    format!("{percent} van de gevraagde aanbieders leverde gegevens.")
}

/// Under one figure: how many aanbieders delivered at all, whatever they sent.
pub fn response(percent: &str) -> String {
    format!("Respons: {percent} van de gevraagde aanbieders leverde gegevens.")
}

/// Under one figure: of how many records it is known.
pub fn known_of(percent: &str, records: &str, aanbieders: &str) -> String {
    let from = match aanbieders {
        "" => String::new(),
        "1" => ", van 1 aanbieder".to_owned(),
        number => format!(", van {number} aanbieders"),
    };
    format!("Dekking: dit is bekend bij {percent} van de {records}{from}.")
}

/// In a table: of how many records it is known, and from whom.
pub fn known_cell(percent: &str, aanbieders: &str) -> String {
    match aanbieders {
        "" => percent.to_owned(),
        "1" => format!("{percent}, van 1 aanbieder"),
        number => format!("{percent}, van {number} aanbieders"),
    }
}

/// Under one figure: how many records it rests on.
pub fn based_on(count: &str, records: &str) -> String {
    format!("Gemeten over {count} {records}.")
}

/// What is counted, where neither indicator nor page plan says it.
pub const RECORDS: &str = "gegevens";
/// Who is counted, where the page plan does not say it.
pub const PEOPLE: &str = "mensen";

/// What a figure would have been with the others; either may be empty.
pub fn bounds(at_least: &str, at_most: &str) -> String {
    const OTHERS: &str = "naar schatting, als ook de anderen hadden geleverd";
    match (at_least, at_most) {
        ("", "") => String::new(),
        (least, "") => format!("minstens {least} {OTHERS}"),
        ("", most) => format!("hoogstens {most} {OTHERS}"),
        (least, most) => format!("minstens {least}, hoogstens {most} {OTHERS}"),
    }
}

// ------------------------------------------------------------------------------------------------- rounding

/// Under a table in which parts stand beside their total.
pub const PARTS_OF_A_COUNT: &str =
    "Elk aantal is apart afgerond. De delen tellen daarom niet altijd op tot het totaal.";
/// Under a table of shares of one whole.
pub const PARTS_OF_A_WHOLE: &str =
    "Elk deel is apart afgerond. De percentages tellen daarom niet altijd op tot 100%.";

/// Under the stroom, where the rounded numbers happen to fit.
pub fn flow_fits(begin: &str, arriving: &str, leaving: &str, end: &str) -> String {
    format!("{begin} + {arriving} \u{2212} {leaving} = {end}, in afgeronde aantallen.")
}

/// Under the stroom, where the rounded numbers do not fit.
pub fn flow_rounded(begin: &str, arriving: &str, leaving: &str, end: &str) -> String {
    format!(
        "{begin} + {arriving} \u{2212} {leaving} komt niet precies uit op {end}: elk aantal is apart afgerond."
    )
}

/// Under the stroom, where one of the numbers is too small to calculate with.
pub const FLOW_FEW: &str =
    "De aantallen zijn apart afgerond en sluiten daarom niet precies op elkaar aan.";
/// Under the stroom, where the stocks are not published.
pub const FLOW_TWO: &str = "Hoeveel er aan het begin en aan het eind liepen, geven we voor dit gebied niet. Ook deze twee aantallen zijn apart afgerond.";
/// In place of the drawing, where every number was published as 0.
pub const FLOW_SMALL: &str = "Deze aantallen zijn te klein om te tekenen.";
/// In place of the drawing, where a number is missing.
pub const FLOW_MISSING: &str = "We tekenen dit alleen als we alle aantallen kunnen tonen.";
/// In place of the drawing, where the difference is more than rounding.
pub const FLOW_WRONG: &str = "De aantallen sluiten niet op elkaar aan. Daarom tekenen we ze niet.";

/// The stroom in words, for who doesn't see it.
pub fn flow_description(parts: &[String], caption: &str) -> String {
    format!("{}. {caption}", parts.join("; "))
}

// ------------------------------------------------------------------------------------------------- drawings

/// What the drawing is of.
pub fn chart_title(header: &str, group: &str) -> String {
    format!("{header}: {group}")
}

/// Under the drawing, where no gebied has a value.
pub fn nothing_to_draw(group: &str) -> String {
    format!("Van {group} is er geen cijfer dat we kunnen tonen.")
}

/// Under the drawing: what a mark is; `own` is the gebied of the page, where it has one.
pub fn how_to_read(group: &str, intervals: bool, own: Option<&str>) -> String {
    let own = own.map_or_else(String::new, |name| format!(" De ruit is {name}."));
    let intervals = if intervals {
        ", met het 95%-interval als streep"
    } else {
        ""
    };
    format!("Elke punt is een van {group}{intervals}.{own}")
}

/// Under the drawing: where most of them are.
pub fn middle_half(kind: &str, low: &str, high: &str) -> String {
    format!("De middelste helft van de {kind} ligt tussen {low} en {high}.")
}

/// In the description of a drawing.
pub fn one_value(name: &str, value: &str) -> String {
    format!("{name}: {value}.")
}

/// In the description of a drawing.
pub fn range(shown: usize, all: usize, lowest: &str, highest: &str) -> String {
    format!("{shown} van {all} met een cijfer, van {lowest} tot {highest}.")
}

/// In the description of a drawing.
pub fn hidden_ones(count: usize) -> String {
    format!("{count} {PRIVACY}.")
}

/// In the description of a drawing.
pub fn absent_ones(count: usize) -> String {
    format!("{count} zonder cijfer.")
}

/// At the end of the description of a drawing.
pub const SAME_IN_TABLE: &str = "De tabel onder de tekening bevat dezelfde cijfers.";

/// Under the axis of a drawing: who has no value, and why.
pub fn strip(hidden: bool, absent: bool) -> String {
    match (hidden, absent) {
        (true, true) => format!("{PRIVACY} of × {NO_FIGURE}"),
        (true, false) => PRIVACY.to_owned(),
        (false, _) => format!("× {NO_FIGURE}"),
    }
}

// ------------------------------------------------------------------------------------------------- gebieden

/// More than one gebied of this level.
pub fn plural(niveau: Niveau) -> &'static str {
    match niveau {
        Niveau::Nederland => "landen",
        Niveau::Provincie => "provincies",
        Niveau::Jeugdregio => "jeugdregio’s",
        Niveau::Gemeente => "gemeenten",
        Niveau::Grootteklasse => "grootteklassen",
    }
}

/// More than one gebied of no known level.
pub const GEBIEDEN: &str = "gebieden";
/// A step in the path above a page.
pub const PROVINCIE: &str = "Provincie";
/// A step in the path above a page.
pub const JEUGDREGIO: &str = "Jeugdregio";

/// All gebieden of a level, or of a class.
pub fn group(count: usize, kind: &str) -> String {
    format!("de {count} {kind}")
}

/// The gemeenten of a jeugdregio.
pub fn gemeenten_of(count: usize, jeugdregio: &str) -> String {
    format!("de {count} gemeenten in jeugdregio {jeugdregio}")
}

// ------------------------------------------------------------------------------------------------- pages

/// The country page of the first year.
pub const FIRST_MEASUREMENT: &str = "0-meting";
/// The country page of later years.
pub const COUNTRY: &str = "Landelijk beeld";
/// Above what the page plan does not name.
pub const OTHER_FIGURES: &str = "Andere cijfers";

/// Title of a spiegelrapportage.
pub fn spiegel_title(kind: &str, name: &str, jaar: i32) -> String {
    format!("{kind} {name}: spiegelrapportage {jaar}")
}

/// Title of a page of the whole.
pub fn dated(title: &str, jaar: i32) -> String {
    format!("{title} {jaar}")
}

/// Where the figures come from, where the page plan does not say it.
pub const SOURCE: &str = "Aanbieders leverden gegevens over {jaar}.";

// ------------------------------------------------- pages of a gebied without figures of its own; {gebied}, {jaar}, {personen}

/// There is no row.
pub const NOT_IN_PUBLICATION: &str = "In deze publicatie staan geen cijfers over {gebied}.";
/// Aanbieders work there, and none delivered.
pub const NOBODY_DELIVERED: &str = "Geen van de aanbieders die in {gebied} werken, leverde gegevens over {jaar}. Daarom weten we niet hoe het er is.";
/// No aanbieder is known there, and none delivered.
pub const NO_AANBIEDER: &str = "Over {gebied} leverde niemand gegevens over {jaar}, en we kennen geen aanbieder die daar werkt. Daarom weten we niet hoe het er is.";
/// The size was published as 0, and the rest is hidden.
pub const FEW_HERE: &str = "In {gebied} telden de aanbieders die leverden er in {jaar} minder dan 5. Andere cijfers geven we dan niet.";
/// All is hidden.
pub const ALL_HIDDEN: &str =
    "Voor {gebied} tonen we geen eigen cijfers, om {personen} te beschermen.";
/// All is missing.
pub const TOO_LITTLE: &str = "Voor {gebied} zijn er te weinig gegevens om een cijfer te berekenen.";
