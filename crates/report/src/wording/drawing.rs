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

/// Under the axis of a drawing: who has no value, and why.
pub fn strip(hidden: bool, absent: bool) -> String {
    match (hidden, absent) {
        (true, true) => format!("{PRIVACY} of × {NO_FIGURE}"),
        (true, false) => PRIVACY.to_owned(),
        (false, _) => format!("× {NO_FIGURE}"),
    }
}
