//! A figure beside Nederland, and the sentences at the top of a page.

// ------------------------------------------------------------------------------------------------- one sentence

/// The stressed words of a clear difference.
pub const HIGHER: &str = "duidelijk hoger";
/// The stressed words of a clear difference.
pub const LOWER: &str = "duidelijk lager";
/// The stressed words where chance can't be ruled out.
pub const UNDECIDED: &str = "Dat is niet te zeggen";
/// The same in a cell of its own.
pub const UNDECIDED_SHORT: &str = "niet te zeggen";
/// The stressed words where the missing aanbieders decide.
pub const DEPENDS_ON_RESPONSE: &str = "Dat hangt af van wie nog niet leverde, hier of elders";
/// The end of a sentence about a gebied, where the country has no figure.
pub const NO_NATIONAL_FIGURE: &str =
    " Voor Nederland is er geen cijfer. Daarom vergelijken we het niet.";
/// The end of a sentence about a gebied without a figure, where the country has none either.
pub const NONE_IN_THE_COUNTRY: &str = " Ook voor Nederland is er geen cijfer.";
/// The end of a sentence about a figure without a margin.
pub const NO_MARGIN: &str = " Dit cijfer heeft geen marge. Daarom vergelijken we het niet.";
/// The end of a sentence about a count.
pub const COUNTS_DIFFER: &str =
    " Een aantal hangt af van hoe groot een gebied is. Daarom vergelijken we het niet.";
/// The end of a sentence about a figure that rests on too little for the wider margin.
pub const TOO_FEW_TO_COMPARE: &str = " Er zijn te weinig gegevens om dat te vergelijken.";

/// The end of a sentence about a figure for which another speaks.
pub fn told_with(title: &str) -> String {
    format!(" Of dat echt anders is, staat bij ‘{title}’.")
}

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

/// Between brackets behind a value: its margin.
pub fn margin(limits: &str) -> String {
    format!("marge {limits}")
}

/// Between brackets behind a value: its records, with their name.
pub fn measured_over(records: &str) -> String {
    format!("gemeten over {records}")
}

// ------------------------------------------------------------------------------------------------- a difference within

/// The stressed words of a clear difference between two categories.
pub fn differs(plural: bool) -> &'static str {
    if plural {
        "verschillen duidelijk"
    } else {
        "verschilt duidelijk"
    }
}

/// Behind them: the breakdown, and the two categories with their values.
pub fn by_category(breakdown: &str, high: [&str; 2], low: [&str; 2]) -> String {
    let [highest, more] = high;
    let [lowest, less] = low;
    format!(" bij ‘{breakdown}’: {more} bij ‘{highest}’, tegen {less} bij ‘{lowest}’.")
}

// ------------------------------------------------------------------------------------------------- all jeugdregio's

/// How often something is clearly different, and how often chance alone would make it so; `None` is less than once.
pub fn chance(jeugdregios: &str, compared: &str, clear: &str, by_chance: Option<&str>) -> String {
    let by_chance = match by_chance {
        None => "minder dan 1 keer".to_owned(),
        Some(times) => format!("ongeveer {times} keer"),
    };
    format!(
        "Wij vergeleken cijfers van {jeugdregios} met Nederland, {compared} keer in totaal. {clear} keer is het verschil duidelijk. Was er geen ander verschil dan toeval, dan gebeurde dat {by_chance}. Een deel kan dus toeval zijn."
    )
}

/// How often a jeugdregio is clearly different.
pub fn clear_times(count: usize) -> String {
    format!("{count} keer duidelijk anders dan Nederland")
}

/// A figure in a list of clear differences.
pub fn briefly(title: &str, higher: bool) -> String {
    let way = if higher { "hoger" } else { "lager" };
    format!("‘{title}’ ({way})")
}

// ------------------------------------------------------------------------------------------------- above the sentences

/// Above what is clearly different.
pub const STRIKING: &str = "Wat opvalt";
/// Above what is clearly different too, but less so.
pub const STRIKING_TOO: &str = "Ook duidelijk anders dan Nederland";
/// Above what depends on the missing aanbieders.
pub const DEPENDS: &str = "Anders of niet: dat hangt af van wie nog niet leverde, hier of elders";

/// Above what is not clearly different, or hardly.
pub fn no_clear_difference(points: usize) -> String {
    match points {
        1 => "Op 1 punt geen duidelijk verschil met Nederland".to_owned(),
        points => format!("Op {points} punten geen duidelijk verschil met Nederland"),
    }
}

/// Above what has a value that stands beside no other.
pub const NOT_COMPARED: &str = "Wel een cijfer, maar niet vergeleken met Nederland";
/// Above what has no value, each with its reason.
pub const NOT_SHOWN: &str = "Geen cijfer, en waarom niet";
