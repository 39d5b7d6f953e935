//! In which unit a number is kept, and over which time it counts.
//!
//! Owns when that is in doubt, the answers a koppeling can give, and hours as the minutes they are. Leaves asking to
//! `conversation` and `propose`, numbers as people write them to `numbers`.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, VeldType};

use crate::header_likeness::HeaderWord;
use crate::numbers::{self, DecimalSign, ParsedNumber};
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

/// How large the numbers of a column are, as far as that tells hours from minutes. Counted cell by cell, so that who looks
/// a file over and who reads it say the same, however many distinct values there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct UnitEvidence {
    /// Numbers too small to be the minutes of a year, or with decimals, as hours often have and minutes never.
    small: u64,
    /// Numbers above zero.
    all: u64,
}

impl UnitEvidence {
    /// Counts a value that is there so many times, read as a whole number and as any.
    pub(crate) fn look(&mut self, whole: &ParsedNumber, any: &ParsedNumber, count: u64) {
        let number = match (whole, any) {
            (ParsedNumber::Tekst(number), _) => number.parse::<u64>().ok(),
            (_, ParsedNumber::Tekst(_) | ParsedNumber::Rounded(_)) => Some(1),
            _ => None,
        };
        let Some(number) = number.filter(|number| *number > 0) else {
            return;
        };
        self.all += count;
        self.small += if number < HOUR { count } else { 0 };
    }

    fn mostly_small(self) -> bool {
        self.small * 2 > self.all
    }
}

/// Whether a column that becomes minutes may hold hours: its header says so, or most of its numbers are too small.
pub(crate) fn may_be_hours(
    definitie: &Definitie,
    veld: &Veld,
    header: &str,
    evidence: UnitEvidence,
) -> bool {
    if !TimeUnit::matters_for(veld) {
        return false;
    }
    let words = HeaderWord::new(header, Qualifiers::of(definitie)).parts;
    let says_hours = |word: &String| word == "uur" || word.ends_with("uren");
    words.iter().any(says_hours) || evidence.mostly_small()
}

/// Hours out of a text, as minutes: exact where they are a whole number of them, else the nearest one, and told.
pub(crate) fn hours(text: &str, sign: Option<DecimalSign>) -> ParsedNumber {
    numbers::whole_times(text, sign, HOUR)
}

/// Hours out of a number, likewise.
pub(crate) fn hours_number(digits: &str) -> ParsedNumber {
    numbers::whole_number_times(digits, HOUR)
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
            ("1,7583", near("105")),
            ("0,0083", near("0")),
            ("-0,001", near("0")),
            ("0,008333333333333333", near("0")),
            ("0,0084", near("1")),
            ("1,234", ParsedNumber::Ambiguous),
            ("veel", ParsedNumber::Unreadable),
        ] {
            assert_eq!(hours(text, None), minutes, "{text}");
        }
        assert_eq!(hours_number("1.125"), near("68"));
        assert_eq!(hours_number("1.25"), exact("75"));
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
            let mut evidence = UnitEvidence::default();
            for value in values {
                let (whole, any) = (numbers::whole(value, None), numbers::decimal(value, None));
                evidence.look(&whole, &any, 1);
            }
            may_be_hours(&definitie, veld, header, evidence)
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
