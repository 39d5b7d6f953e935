//! The workbook of a gebied: names of its sheets and columns, and what stands on its cover.

/// The first sheet.
pub const COVER: &str = "Voorblad";
/// The last sheet.
pub const MEANINGS: &str = "Betekenis";

// ------------------------------------------------------------------------------------------------- the cover

/// Above the cover.
pub fn title(product: &str, jaar: i32, gebied: &str) -> String {
    format!("{product} {jaar}: {gebied}")
}

/// On the cover.
pub const WARNING: &str = "Let op";
/// On the cover.
pub const AREA: &str = "Gebied";
/// On the cover.
pub const CODE: &str = "CBS-code";
/// On the cover.
pub const YEAR: &str = "Jaar";
/// On the cover.
pub const VERSION: &str = "Versie";
/// On the cover.
pub const REASON: &str = "Waarom een nieuwe versie";
/// On the cover.
pub const PUBLISHER: &str = "Uitgever";
/// On the cover.
pub const QUESTIONS: &str = "Vragen";
/// On the cover.
pub const LICENCE: &str = "Licentie";
/// On the cover.
pub const SNAPSHOT: &str = "Momentopname";
/// On the cover.
pub const SOURCE: &str = "Bron";
/// On the cover.
pub const CITE: &str = "Zo noemt u de bron";
/// On the cover.
pub const SHEETS: &str = "De bladen";

/// Which version, and of which day.
pub fn version(version: &str, day: &str) -> String {
    format!("{version}, van {day}")
}

/// A sheet and what it is about.
pub fn sheet(name: &str, title: &str) -> String {
    if name == title {
        name.to_owned()
    } else {
        format!("{name}: {title}")
    }
}

/// The signs and what they mean.
pub const SIGNS: [(&str, &str); 5] = [
    (
        "Leeg vak",
        "Er is geen getal. In de kolom ‘In woorden’ staat waarom niet.",
    ),
    (
        "minder dan 5",
        "Het aantal is 0 tot en met 4. In de kolom ‘Waarde’ staat dan 0: dat is niet hetzelfde als niemand.",
    ),
    (
        "Afronding",
        "Elk aantal is apart afgerond op een vijftal. Delen tellen daarom niet altijd op tot het geheel.",
    ),
    (
        "Marge",
        "In 95 van de 100 keer ligt het echte cijfer tussen ‘Marge van’ en ‘Marge tot’.",
    ),
    ("*", "Voorlopig cijfer."),
];

// ------------------------------------------------------------------------------------------------- columns

/// A column.
pub const FIGURE: &str = "Cijfer";
/// A column.
pub const BREAKDOWN: &str = "Uitgesplitst naar";
/// A column.
pub const CATEGORY: &str = "Deel";
/// A column.
pub const VALUE: &str = "Waarde";
/// A column.
pub const UNIT: &str = "Eenheid";
/// A column.
pub const IN_WORDS: &str = "In woorden";
/// A column.
pub const LOWER: &str = "Marge van";
/// A column.
pub const ABOVE: &str = "Marge tot";
/// A column.
pub const N: &str = "Aantal (n)";
/// A column.
pub const NUMERATOR: &str = "Teller";
/// A column.
pub const DENOMINATOR: &str = "Noemer";
/// A column.
pub const COUNTRY: &str = "Nederland";
/// A column.
pub const BESIDE_COUNTRY: &str = "Naast Nederland";
/// A column.
pub const KNOWN: &str = "Bekend bij (dekking)";
/// A column.
pub const KNOWN_FROM: &str = "Van aanbieders";
/// A column.
pub const RESPONSE: &str = "Respons";
/// A column.
pub const SIGN: &str = "Teken";
/// A column.
pub const ID: &str = "Naam in de bestanden";
/// A column.
pub const DEFINITION: &str = "Wat is het?";
/// A column.
pub const METHOD: &str = "Hoe de marge is berekend";
/// A column.
pub const CAVEAT: &str = "Let op";

/// The sign of a provisional figure.
pub const PROVISIONAL: &str = "*";
