//! What stands under a column of an export: the value of a field, in the words of the system.
//!
//! Owns which field is which value of a traject. Leaves headers, layout and encoding to [`crate::shapes`].

use chrono::NaiveDate;
use schema::Gemeente;
use serde_json::{Map, Value, json};

use crate::course::PracticeTraject;
use crate::words::{self, LocalWords};

/// A field of the definition, and the header it stands under.
pub(crate) type ExportColumn = (&'static str, &'static str);

/// A value, before it is written as a system writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ExportValue {
    /// Nothing.
    Empty,
    /// Words.
    Text(String),
    /// A whole number.
    Number(i64),
    /// An amount in cents.
    Cents(i64),
    /// A day.
    Day(NaiveDate),
}

impl ExportValue {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    fn day(day: Option<NaiveDate>) -> Self {
        day.map_or(Self::Empty, Self::Day)
    }

    /// As text, with days as `datum` writes them.
    pub(crate) fn written(&self, datum: fn(NaiveDate) -> String) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Cents(cents) => words::euro(*cents),
            Self::Day(day) => datum(*day),
        }
    }

    /// As JSON.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Cents(cents) => json!(words::euro(*cents)),
            Self::Day(day) => json!(day),
        }
    }
}

/// How a gemeente is written.
pub(crate) type GemeenteName = fn(&'static Gemeente) -> &'static str;

/// By its code.
pub(crate) fn by_code(gemeente: &'static Gemeente) -> &'static str {
    &gemeente.gemeentecode
}

/// By its name.
pub(crate) fn by_name(gemeente: &'static Gemeente) -> &'static str {
    &gemeente.gemeentenaam
}

/// The value of a field. `geboortedatum` is what some systems have in place of an age.
pub(crate) fn value(
    t: &PracticeTraject,
    veld: &str,
    words: LocalWords,
    gemeente: GemeenteName,
) -> ExportValue {
    use ExportValue as V;
    let code = |code: &'static str| V::text(words(veld, code));
    let codes = |known: Option<&'static str>| known.map_or(V::Empty, code);
    let number = |number: i32| V::Number(number.into());
    match veld {
        "traject_id" => V::Text(t.traject_id()),
        "jeugdige_id" => V::Text(t.jeugdige_id()),
        "gezin_id" => V::Text(t.gezin_id()),
        "voorziening_id" => V::text(t.voorziening),
        "gemeente" => V::text(gemeente(t.gemeente)),
        "geboortedatum" => V::Day(t.birth_date),
        "leeftijd_bij_aanmelding" => number(t.leeftijd),
        "kader" => code(t.kader),
        "wettelijk_kader" => code(t.law),
        "aanleiding" => code(t.aanleiding),
        "verwijzer" => code(t.verwijzer),
        "omgang_met" => code(t.omgang_met),
        "verblijf" => code(t.home),
        "vorm" => code(t.vorm),
        "intensiteit" => code(t.intensity),
        "begeleiding" => code(t.begeleiding),
        "rapportage_aan" => code(t.report_to),
        "bekostiging" => code(t.bekostiging),
        "financier" => t.payer.map_or(V::Empty, |payer| V::text(gemeente(payer))),
        "productcode" => t.product.map_or(V::Empty, V::text),
        "aanmelddatum" => V::Day(t.aanmelddatum),
        "intakedatum" => V::day(t.intake),
        "startdatum" => V::day(t.startdatum),
        "einddatum" => V::day(t.einddatum),
        "reden_einde" => codes(t.end_reason),
        "vervolg" => codes(t.follow_up),
        "overbrugging" => V::text(if t.bridged { "ja" } else { "nee" }),
        "contacten" => number(t.contacten),
        "gesprekken" => number(t.talks),
        "minuten" => number(t.minuten),
        "weekendcontacten" => number(t.weekend_contacten),
        "kosten" => V::Cents(t.kosten),
        _ => unreachable!("a column is about a field: {veld}"),
    }
}

/// The canonical row that an export with these columns must become, without the numbers that become pseudonyms.
pub(crate) fn truth(t: &PracticeTraject, columns: &[ExportColumn]) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("traject".to_owned(), json!(t.traject_id()));
    for (veld, _) in columns {
        let veld = match *veld {
            "traject_id" | "jeugdige_id" | "gezin_id" => continue,
            "geboortedatum" => "leeftijd_bij_aanmelding",
            veld => veld,
        };
        row.insert(
            veld.to_owned(),
            value(t, veld, words::canonical, by_code).json(),
        );
    }
    row
}
