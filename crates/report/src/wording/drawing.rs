//! Drawings and the tables behind them, in words for who reads them and for who doesn't see them.

use super::figure::{NO_FIGURE, PRIVACY};

// ------------------------------------------------------------------------------------------------- rounding

/// Under a table in which parts stand beside their total.
pub const PARTS_OF_A_COUNT: &str =
    "Elk aantal is apart afgerond. De delen tellen daarom niet altijd op tot het totaal.";
/// Under a table of shares of one whole.
pub const PARTS_OF_A_WHOLE: &str =
    "Elk deel is apart afgerond. De percentages tellen daarom niet altijd op tot 100%.";
/// Under a table with bars.
pub const TICK_IS_THE_COUNTRY: &str = "Het streepje in een balk is Nederland.";

// ------------------------------------------------------------------------------------------------- the stroom

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

// ------------------------------------------------------------------------------------------------- the dots

/// What the drawing is of.
pub fn chart_title(header: &str, group: &str) -> String {
    format!("{header}: {group}")
}

/// Under the drawing: what a mark is, and which is the gebied of the page, where it has one.
pub fn how_to_read(group: &str, margins: bool, own: Option<&str>) -> String {
    let own = own.map_or_else(String::new, |name| format!(" De ruit is {name}."));
    let margins = if margins {
        ", met de marge als streep"
    } else {
        ""
    };
    format!("Elke punt is een van {group}{margins}.{own}")
}

/// Under the drawing: where most of them are.
pub fn middle_half(kind: &str, low: &str, high: &str) -> String {
    format!("De middelste helft van de {kind} ligt tussen {low} en {high}.")
}

/// Under the drawing, where the middle half starts at nothing that can be written.
pub fn middle_half_at_most(kind: &str, high: &str) -> String {
    format!("Bij de middelste helft van de {kind} is het hoogstens {high}.")
}

/// Under the drawing, where the middle half has one value.
pub fn half_is(kind: &str, value: &str) -> String {
    format!("Bij de helft van de {kind} of meer is het {value}.")
}

/// In the description of a drawing.
pub fn one_value(name: &str, value: &str) -> String {
    format!("{name}: {value}.")
}

/// In the description of a drawing.
pub fn range(shown: usize, all: usize, lowest: &str, highest: &str) -> String {
    if lowest == highest {
        return format!("{shown} van {all} met een cijfer, telkens {lowest}.");
    }
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
pub const SAME_IN_TABLE: &str = "Onder de tekening staat de weg naar een tabel met deze cijfers.";

/// In the legend of a drawing: whose line or mark it is, and its value.
pub fn in_legend(name: &str, value: &str) -> String {
    format!("{name}: {value}")
}

// ------------------------------------------------------------------------------------------------- curves

/// The last tick under a curve.
pub fn weeks(weeks: u32) -> String {
    match weeks {
        1 => "1 week".to_owned(),
        _ => format!("{weeks} weken"),
    }
}

/// Above the first column of the table beside a curve.
pub const WEEK: &str = "Week";
/// Above a column of the same.
pub const MARGIN: &str = "marge";
/// What the numbers under the axis count, where the page plan does not say it.
pub const AT_RISK: &str = "Zo veel telden er nog mee";
/// In the legend, where no half was out when the curve ends.
pub const HALF_NOT_REACHED: &str = "de helft is niet bereikt";
/// At the end of the description of a curve.
pub const CURVE_TABLE: &str = "Onder de tekening staat een tabel met deze cijfers.";

/// Under a curve.
pub fn curve_caption(part: &str, own: &str, beside: bool) -> String {
    let lines = if beside {
        format!(" De dikke lijn is {own}, de streepjeslijn is Nederland.")
    } else {
        String::new()
    };
    format!(
        "{part}{lines} Het grijze vlak is de marge van {own}. Waar een lijn stopt, zijn er te weinig over om verder te tekenen."
    )
}

/// In place of a curve.
pub fn no_curve(name: &str, records: &str) -> String {
    format!(
        "Het verloop in de tijd tekenen we voor {name} niet: daarvoor zijn er te weinig {records}."
    )
}

// ------------------------------------------------------------------------------------------------- funnels

/// Heading of a funnel.
pub fn funnel_title(header: &str) -> String {
    format!("{header}: groter dan toeval?")
}

/// In the legend of a funnel.
pub const BY_CHANCE_95: &str = "door toeval: 95 van de 100";
/// In the legend of a funnel.
pub const BY_CHANCE_998: &str = "door toeval: 998 van de 1.000";
/// In the legend of a funnel.
pub const USUAL_998: &str = "met het gewone verschil: 998 van 1.000";

/// Under a funnel.
pub fn funnel_caption(group: &str, own: Option<&str>, denominator: &str) -> String {
    let own = own.map_or_else(String::new, |name| format!(" De ruit is {name}."));
    let mut letters = denominator.chars();
    let lower: String = letters
        .next()
        .map(char::to_lowercase)
        .into_iter()
        .flatten()
        .chain(letters)
        .collect();
    format!("Elke punt is een van {group}.{own} Van links naar rechts: {lower}.")
}

/// Under a funnel: who lies outside its outermost lines.
pub fn outside(kind: &str, names: &[&str]) -> String {
    match names {
        [] => format!("Alle {kind} liggen binnen de buitenste lijnen."),
        [one] => format!("Buiten de buitenste lijnen ligt {one}."),
        _ => format!("Buiten de buitenste lijnen liggen {}.", listed(names)),
    }
}

/// Under a funnel: who is not in it, for this reason; empty where that is nobody.
pub fn not_in_picture(reason: &str, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        _ => format!(
            "{}: {}.",
            crate::dutch_format::capitalise(reason),
            listed(names)
        ),
    }
}

/// In the description of a funnel.
pub fn in_the_funnel(inside: usize, all: usize) -> String {
    let verb = if inside == 1 { "ligt" } else { "liggen" };
    format!("{inside} van {all} {verb} binnen de buitenste lijnen.")
}

/// `a, b en c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} en {last}", first.join(", ")),
    }
}

/// Under the axis of a drawing: who has no value, and why.
pub fn strip(hidden: bool, absent: bool) -> String {
    match (hidden, absent) {
        (true, true) => format!("{PRIVACY} of × {NO_FIGURE}"),
        (true, false) => PRIVACY.to_owned(),
        (false, _) => format!("× {NO_FIGURE}"),
    }
}

// ------------------------------------------------------------------------------------------------- the map of tiles

/// In a tile without a value.
pub const NO_VALUE: &str = ".";
/// Described for who does not see the map.
pub const TILE_MAP: &str = "Elke tegel is een jeugdregio, ongeveer op de plek waar die ligt, met het cijfer en een teken. De tabel met alle jeugdregio’s geeft dezelfde cijfers.";
/// Under the map: what the signs mean.
pub const TILE_MAP_SIGNS: &str = "↑ duidelijk hoger dan Nederland, ↓ duidelijk lager, ~ niet te zeggen, ? hangt af van wie nog niet leverde. Een punt: geen cijfer. Zonder teken: niet vergeleken.";

/// Above the map.
pub fn tile_map_title(figure: &str) -> String {
    format!("{figure}, per jeugdregio")
}
