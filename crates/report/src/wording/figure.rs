//! A figure, wherever it stands: its value, its margin, of how much it is known, or why it is not there.

use schema::Niveau;
use schema::cijfer::Reason;

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

/// What is hidden for all gebieden of a level alike, short.
pub fn left_out_at(niveau: Niveau) -> &'static str {
    match niveau {
        Niveau::Nederland => "weggelaten (privacy)",
        Niveau::Provincie => "voor alle provincies weggelaten (privacy)",
        Niveau::Jeugdregio => "voor alle jeugdregio’s weggelaten (privacy)",
        Niveau::Gemeente => "voor alle gemeenten weggelaten (privacy)",
        Niveau::Grootteklasse => "voor alle grootteklassen weggelaten (privacy)",
    }
}

/// Why there is no figure of a gebied of this level, short.
pub fn reason(reason: Option<Reason>, niveau: Niveau) -> &'static str {
    match reason {
        Some(Reason::Privacy) => PRIVACY,
        Some(Reason::LeftOut) => left_out_at(niveau),
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

/// A breakdown that was left out for all these gebieden alike.
pub fn left_out(breakdown: &str, gebieden: &str, people: &str) -> String {
    format!(
        "Uitsplitsing ‘{breakdown}’: die laten we voor alle {gebieden} weg, om {people} te beschermen."
    )
}

/// A breakdown of which nothing can be shown in this gebied.
pub fn nothing_of(breakdown: &str) -> String {
    format!("Uitsplitsing ‘{breakdown}’: daarvan tonen we in dit gebied niets (privacy).")
}

/// The same, where it is not for privacy but for this.
pub fn nothing_known_of(breakdown: &str, reason: &str) -> String {
    format!("Uitsplitsing ‘{breakdown}’: daarvan is in dit gebied geen cijfer ({reason}).")
}

// ------------------------------------------------------------------------------------------------- small numbers

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

/// More than nothing, and less than what can be written.
pub fn less_than(least: &str) -> String {
    format!("minder dan {least}")
}

/// A part of so few that a percentage would say too much.
pub fn one_of(part: &str, whole: &str) -> String {
    match (part, whole) {
        ("0", "1") => "geen".to_owned(),
        ("1", "1") => "de enige".to_owned(),
        ("0", _) => format!("geen van de {whole}"),
        _ => format!("{part} van de {whole}"),
    }
}

// ------------------------------------------------------------------------------------------------- margins

/// Limits that are both known.
pub fn between(lower: &str, above: &str) -> String {
    format!("{lower} tot {above}")
}

/// Limits that are written the same.
pub fn about(value: &str) -> String {
    format!("ongeveer {value}")
}

/// A margin from 0.
pub fn at_most(above: &str) -> String {
    format!("hoogstens {above}")
}

/// A margin without an upper limit.
pub fn from(lower: &str) -> String {
    format!("vanaf {lower}")
}

/// A margin without a lower limit.
pub fn up_to(above: &str) -> String {
    format!("tot {above}")
}

/// Under one figure: its margin.
pub fn margin(limits: &str) -> String {
    format!("Marge: {limits}.")
}

// ------------------------------------------------------------------------------------------------- what it rests on

/// What is counted, where neither indicator nor page plan says it.
pub const RECORDS: &str = "gegevens";
/// Who is counted, where the page plan does not say it.
pub const PEOPLE: &str = "mensen";

/// Under one figure: how many records it rests on, with their name.
pub fn based_on(records: &str) -> String {
    format!("Gemeten over {records}.")
}

/// Under a share: the two counts.
pub fn share_of(part: &str, whole: &str) -> String {
    format!("Dat is {part} van de {whole}.")
}

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

/// Behind the response of a gebied, where more aanbieders knew people from there than work there.
pub fn from_elsewhere(people: &str, name: &str) -> String {
    format!("Daarnaast hielpen aanbieders van buiten dit gebied {people} uit {name}.")
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

/// Beside a value that is known of less than half of the records.
pub fn part_of_records(percent: &str, records: &str) -> String {
    format!("bekend bij {percent} van de {records}")
}

/// Beside a value that is known from less than half of the aanbieders.
pub fn part_of_aanbieders(known: u32, reacted: &str) -> String {
    format!("bekend van {known} van de {reacted} aanbieders die reageerden")
}

/// Behind that, of a number that the others would add to.
pub fn more_in_fact(part: &str) -> String {
    format!("{part}; het werkelijke aantal ligt hoger")
}

/// Behind that, of any other figure.
pub fn other_in_fact(part: &str) -> String {
    format!("{part}; voor de rest kan het anders zijn")
}

/// A value and, between brackets, of what part it is known.
pub fn with_part(value: &str, part: &str) -> String {
    format!("{value} ({part})")
}
