//! In which unit a number is kept, and over which time it counts.
//!
//! Owns when that is in doubt, the answers a koppeling can give, and hours as the minutes they are. Leaves asking to
//! `conversation` and `propose`, numbers as people write them to `numbers`.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, VeldType};

use crate::header_likeness::HeaderWord;
use crate::numbers::{DecimalSign, ParsedNumber, decimal, whole};
use crate::qualifiers::Qualifiers;

/// Minutes in an hour; less than one in a whole year is hardly ever right.
const HOUR: u64 = 60;

/// The unit of a column that becomes minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeUnit {
    Hours,
    Minutes,
}

impl TimeUnit {
    pub(crate) const ALL: [Self; 2] = [Self::Hours, Self::Minutes];

    /// The name in a koppeling.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hours => "uren",
            Self::Minutes => "minuten",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }

    /// Whether a field is asked in minutes: then its name says so.
    pub(crate) fn matters_for(veld: &Veld) -> bool {
        let named = |word| word == Self::Minutes.name();
        veld.veldtype == VeldType::Whole && veld.naam.split('_').any(named)
    }

    /// What a koppeling says of columns that are called as the fields of a table: their names tell the unit.
    pub(crate) fn as_asked(tabel: &Tabel) -> BTreeMap<String, String> {
        let velden = tabel.velden.iter().filter(|veld| Self::matters_for(veld));
        velden
            .map(|veld| (veld.naam.clone(), Self::Minutes.name().to_owned()))
            .collect()
    }
}

/// Over which time a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// The year of the uitvraag, as is asked.
    Year,
    /// A longer time, such as a whole traject: nobody can take the year out of it.
    Longer,
}

impl Period {
    pub(crate) const ALL: [Self; 2] = [Self::Year, Self::Longer];

    /// The name in a koppeling.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Year => "dit jaar",
            Self::Longer => "langer",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.name() == name)
    }

    /// Whether a field counts over the year of the uitvraag: then its definition names that year.
    pub(crate) fn matters_for(veld: &Veld, jaar: i32) -> bool {
        let is_number = matches!(veld.veldtype, VeldType::Whole | VeldType::Decimal);
        is_number && veld.definitie.contains(&jaar.to_string())
    }

    /// Whether the header of a column leaves in doubt over which time it counts.
    pub(crate) fn is_in_doubt(definitie: &Definitie, veld: &Veld, header: &str) -> bool {
        let qualifiers = Qualifiers::of(definitie);
        let mut words = HeaderWord::new(header, qualifiers).parts.into_iter();
        Self::matters_for(veld, definitie.jaar) && words.any(|word| qualifiers.counts_longer(&word))
    }
}

/// Whether a column that becomes minutes may hold hours: its header says so, or most of its numbers are too small.
pub(crate) fn may_be_hours<'a>(
    definitie: &Definitie,
    veld: &Veld,
    header: &str,
    values: impl Iterator<Item = (&'a str, u64)>,
) -> bool {
    if !TimeUnit::matters_for(veld) {
        return false;
    }
    let words = HeaderWord::new(header, Qualifiers::of(definitie)).parts;
    let says_hours = |word: &String| word == "uur" || word.ends_with("uren");
    if words.iter().any(says_hours) {
        return true;
    }
    let (mut small, mut all) = (0, 0);
    for (value, count) in values {
        let number = match whole(value, None) {
            ParsedNumber::Tekst(number) => number.parse::<u64>().ok(),
            _ => has_part(value).then_some(1),
        };
        let Some(number) = number.filter(|number| *number > 0) else {
            continue;
        };
        all += count;
        small += if number < HOUR { count } else { 0 };
    }
    small * 2 > all
}

/// Whether a value is a number with decimals, as hours often are and minutes never.
fn has_part(value: &str) -> bool {
    matches!(
        decimal(value, None),
        ParsedNumber::Tekst(_) | ParsedNumber::Rounded(_)
    )
}

/// Hours out of a text, as minutes.
pub(crate) fn hours(text: &str, sign: Option<DecimalSign>) -> ParsedNumber {
    in_minutes(decimal(text, sign))
}

/// Hours of at most two decimals as minutes: exact where it is a whole number of them, else the nearest one, and told.
pub(crate) fn in_minutes(hours: ParsedNumber) -> ParsedNumber {
    let (text, mut rounded) = match hours {
        ParsedNumber::Tekst(text) => (text, false),
        ParsedNumber::Rounded(text) => (text, true),
        other => return other,
    };
    let (sign, bare) = text
        .strip_prefix('-')
        .map_or(("", text.as_str()), |bare| ("-", bare));
    let (whole, part) = bare.split_once('.').unwrap_or((bare, ""));
    let Ok(hundredths) = format!("{whole}{part:0<2}").parse::<u64>() else {
        return ParsedNumber::Unreadable;
    };
    let Some(sixtieths) = hundredths.checked_mul(HOUR) else {
        return ParsedNumber::Unreadable;
    };
    rounded |= sixtieths % 100 != 0;
    let minutes = format!("{sign}{}", sixtieths.saturating_add(50) / 100);
    if rounded {
        ParsedNumber::Rounded(minutes)
    } else {
        ParsedNumber::Tekst(minutes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_become_minutes_exactly_or_are_told_to_be_rounded() {
        let exact = |text: &str| ParsedNumber::Tekst(text.to_owned());
        let near = |text: &str| ParsedNumber::Rounded(text.to_owned());
        for (text, minutes) in [
            ("21", exact("1260")),
            ("0", exact("0")),
            ("1,5", exact("90")),
            ("1.5", exact("90")),
            ("0,75", exact("45")),
            ("1.234,5", exact("74070")),
            ("-2", exact("-120")),
            ("0,33", near("20")),
            ("1,3333", near("80")),
            ("1,234", ParsedNumber::Ambiguous),
            ("veel", ParsedNumber::Unreadable),
        ] {
            assert_eq!(hours(text, None), minutes, "{text}");
        }
    }

    #[test]
    fn a_column_is_in_doubt_by_its_name_or_by_its_numbers() {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let traject = definitie.tabel("traject").unwrap();
        let (minuten, kosten) = (
            traject.veld("minuten").unwrap(),
            traject.veld("kosten").unwrap(),
        );
        let asked = |veld, header, values: &[&'static str]| {
            let values = values.iter().map(|value| (*value, 1));
            may_be_hours(&definitie, veld, header, values)
        };
        for (header, values, expected) in [
            ("Uren", &["600", "900"][..], true),
            ("Tijd (uren)", &["10"], true),
            ("Begeleidingsuren", &["10"], true),
            ("Aantal uur", &["10"], true),
            ("Minuten", &["10", "15", "11", "2"], true),
            ("Minuten", &["10,5", "15,25", "90"], true),
            ("Minuten", &["600", "900", "45", "0", "0", "0", "0"], false),
            ("Minuten", &["0", "", "onbekend"], false),
            ("Duur", &["600", "900"], false),
        ] {
            assert_eq!(
                asked(minuten, header, values),
                expected,
                "{header} {values:?}"
            );
        }
        assert!(!asked(kosten, "Uren", &["10"]), "no time is asked there");
        let longer = |veld, header| Period::is_in_doubt(&definitie, veld, header);
        assert!(longer(minuten, "Minuten totaal traject"));
        assert!(longer(kosten, "Kosten hele looptijd"));
        assert!(longer(kosten, "Kosten cumulatief"));
        assert!(!longer(minuten, "Minuten totaal"));
        let age = traject.veld("leeftijd_bij_aanmelding").unwrap();
        assert!(!longer(age, "Leeftijd traject"), "an age is of no year");
    }
}
