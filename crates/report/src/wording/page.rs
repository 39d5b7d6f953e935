//! Names of pages and gebieden, and what a page says of its own gebied.

use schema::Niveau;

use crate::page_plan::AreaTrait;

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

/// All gebieden of a level.
pub fn group(count: usize, niveau: Niveau) -> String {
    match count {
        1 => format!("de enige {}", niveau.name()),
        _ => format!("de {count} {}", plural(niveau)),
    }
}

/// All gemeenten of a class, of which this is the name in the plural.
pub fn class(count: usize, name: &str) -> String {
    match count {
        1 => "de enige gemeente van deze grootte".to_owned(),
        _ => format!("de {count} {name}"),
    }
}

/// The gemeenten of a jeugdregio.
pub fn gemeenten_of(count: usize, jeugdregio: &str) -> String {
    format!("de {count} gemeenten in jeugdregio {jeugdregio}")
}

/// Before the link to a gebied that lies in the same place.
pub fn is_also(kind: &str, name: &str) -> String {
    format!("{kind} {name} is hetzelfde gebied als ")
}

/// Behind that link.
pub fn same_area(own: Niveau, other: Niveau, people: &str) -> String {
    match (own, other) {
        (Niveau::Gemeente, _) => format!(
            ". Het gaat om dezelfde {people}. Van een gemeente geven we alleen totalen; daar staan ook de uitsplitsingen."
        ),
        (_, Niveau::Gemeente) => format!(
            ". Het gaat om dezelfde {people}. Hier staan ook uitsplitsingen; van een gemeente geven we alleen totalen."
        ),
        _ => format!(". Het gaat om dezelfde {people}; alleen de gebieden ernaast zijn anders."),
    }
}

// ------------------------------------------------------------------------------------------------- pages

/// The country page of the first year.
pub const FIRST_MEASUREMENT: &str = "0-meting";
/// The country page of later years.
pub const COUNTRY: &str = "Landelijk beeld";
/// Above what the page plan does not name.
pub const OTHER_FIGURES: &str = "Andere cijfers";
/// The page that says what every figure means.
pub const EXPLANATION: &str = "Uitleg bij de cijfers";

/// The table of all jeugdregio's.
pub const JEUGDREGIOS: &str = "Jeugdregio’s naast elkaar";

/// Above that table: its order.
pub fn jeugdregios_by(figure: Option<&str>) -> String {
    match figure {
        None => "Alle jeugdregio’s op volgorde van naam.".to_owned(),
        Some(figure) => format!("Alle jeugdregio’s, van hoog naar laag bij ‘{figure}’."),
    }
}

/// Title of a spiegelrapportage.
pub fn spiegel_title(kind: &str, name: &str, jaar: i32) -> String {
    format!("{kind} {name}: spiegelrapportage {jaar}")
}

/// At the top of a spiegelrapportage: what it is, about what and of when.
pub fn spiegel_of(topic: &str, jaar: i32) -> String {
    match topic {
        "" => format!("Spiegelrapportage {jaar}."),
        _ => format!("Spiegelrapportage {topic} {jaar}."),
    }
}

/// At the top of a spiegelrapportage: what stands beside what.
pub fn you_see(name: &str, peers: &str) -> String {
    format!("U ziet {name} naast {peers} en naast Nederland.")
}

/// At the top of a spiegelrapportage.
pub fn inhabitants(name: &str, jaar: i32, count: &str) -> String {
    format!("{name} had op 1 januari {jaar} {count} inwoners.")
}

/// Where the newest figures of a gebied are found on the site.
pub fn address(niveau: Niveau, code: &str, jaar: i32) -> String {
    format!("/spiegel/{jaar}/{}/{}", niveau.name(), code.to_lowercase())
}

/// How to cite: what, of which year and version.
pub fn cite(product: &str, jaar: i32, version: &str, day: &str) -> String {
    format!("{product} {jaar}, versie {version} ({day})")
}

/// How to cite: about whom.
pub fn cite_figures(gebied: &str) -> String {
    format!(", cijfers over {gebied}")
}

/// How to cite: who published it.
pub fn cite_publisher(name: &str) -> String {
    format!(". Uitgever: {name}.")
}

/// From a picture alone to its page.
pub const IN_CONTEXT: &str = "Bekijk dit op de pagina";
/// Above the code that puts a picture on another site.
pub const EMBED: &str = "Zet deze figuur op uw eigen site";

/// By what gebieden are alike.
pub fn alike(niveau: Niveau, traits: &[AreaTrait]) -> String {
    let words = traits.iter().filter_map(|one| match (one, niveau) {
        (AreaTrait::Grootteklasse, Niveau::Gemeente) => Some("grootteklasse"),
        (AreaTrait::Grootteklasse, _) => None,
        (AreaTrait::Inwoners, _) => Some("aantal inwoners"),
        (AreaTrait::Eenouderhuishoudens, _) => Some("aandeel eenouderhuishoudens"),
    });
    let words: Vec<&str> = words.collect();
    let listed = match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} en {last}", rest.join(", ")),
        _ => words.concat(),
    };
    format!(
        "Deze {} lijken er het meest op, naar {listed}.",
        plural(niveau)
    )
}

/// How large a PDF is.
pub fn paper_size(pages: usize, size: &str) -> String {
    match pages {
        1 => format!("PDF, 1 pagina, {size}"),
        _ => format!("PDF, {pages} pagina’s, {size}"),
    }
}

/// Title of a page of the whole.
pub fn dated(title: &str, jaar: i32) -> String {
    format!("{title} {jaar}")
}

/// Title of the page with the tables of gebieden side by side.
pub fn side_by_side(group: &str, jaar: i32) -> String {
    format!("Naast elkaar: {group}, {jaar}")
}

/// At the end of a section: figures that are not there, and why.
pub fn absent(reason: &str, titles: &[&str]) -> String {
    let titles: Vec<String> = titles.iter().map(|title| format!("‘{title}’")).collect();
    format!(
        "{}: {}.",
        crate::dutch_format::capitalise(reason),
        titles.join(", ")
    )
}

/// Where the figures come from, where the page plan does not say it.
pub const SOURCE: &str = "Aanbieders leverden gegevens over {jaar}.";
/// Behind a low response.
pub const READ_WITH_CARE: &str =
    "Er ontbreken dus gegevens. Lees de cijfers met die voorzichtigheid.";

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
