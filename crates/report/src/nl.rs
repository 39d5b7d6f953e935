//! Numbers and dates as a Dutch reader writes them.
//!
//! Owns separators, percentages that are no more precise than their counts allow, euros, units and dates. Knows no
//! indicator: a [`FigureFormat`] says how one is written.

use crate::PagePlan;

/// Hard space: keeps number and unit together.
const NON_BREAKING: char = '\u{a0}';

/// How the values of one indicator are written.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureFormat {
    soort: UnitKind,
    decimalen: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum UnitKind {
    /// A share from 0 to 1.
    Aandeel,
    Euro,
    /// A class that stands for a number.
    Klasse(Vec<(f64, String)>),
    /// A number with its unit, plural and singular.
    Getal {
        meervoud: String,
        enkelvoud: String,
    },
}

impl FigureFormat {
    /// From the unit in the metadata (`aandeel`, `euro`, or words) and what the page plan says of it.
    pub fn van(unit: &str, decimals: u8, page_plan: &PagePlan) -> Self {
        let kind = match (unit, page_plan.klasse.get(unit)) {
            (_, Some(classes)) => UnitKind::Klasse(classes.clone()),
            ("aandeel", None) => UnitKind::Aandeel,
            ("euro", None) => UnitKind::Euro,
            (_, None) => {
                let plural = page_plan.eenheid.get(unit).map_or(unit, String::as_str);
                let singular = page_plan
                    .enkelvoud
                    .get(plural)
                    .map_or(plural, String::as_str);
                UnitKind::Getal {
                    meervoud: plural.to_owned(),
                    enkelvoud: singular.to_owned(),
                }
            }
        };
        Self {
            soort: kind,
            decimalen: usize::from(decimals),
        }
    }

    /// The unit in words; empty where the sign or the class says it.
    pub fn unit(&self) -> &str {
        match &self.soort {
            UnitKind::Getal {
                meervoud: plural, ..
            } => plural,
            UnitKind::Aandeel | UnitKind::Euro | UnitKind::Klasse(_) => "",
        }
    }

    /// Whether it is a share.
    pub fn is_share(&self) -> bool {
        self.soort == UnitKind::Aandeel
    }

    /// The bare number, with % or € where that belongs to it. `noemer` is what a share was taken of.
    pub fn short(&self, value: f64, denominator: Option<f64>) -> String {
        match &self.soort {
            UnitKind::Aandeel => percent(value, denominator),
            UnitKind::Euro => format!("€{NON_BREAKING}{}", number(value, self.decimalen)),
            UnitKind::Getal { .. } => number(value, self.decimalen),
            UnitKind::Klasse(classes) => classes
                .iter()
                .find(|(this, _)| (this - value).abs() < 1e-9)
                .map_or_else(|| number(value, self.decimalen), |(_, words)| words.clone()),
        }
    }

    /// The number with its unit.
    pub fn long(&self, value: f64, denominator: Option<f64>) -> String {
        let short = self.short(value, denominator);
        match &self.soort {
            UnitKind::Getal {
                meervoud: plural,
                enkelvoud: singular,
            } => {
                let unit = if short == "1" { singular } else { plural };
                if unit.is_empty() {
                    short
                } else {
                    format!("{short}{NON_BREAKING}{unit}")
                }
            }
            UnitKind::Aandeel | UnitKind::Euro | UnitKind::Klasse(_) => short,
        }
    }

    /// `8,1 tot 11,4`.
    pub fn interval(&self, (lower, above): (f64, f64), denominator: Option<f64>) -> String {
        format!(
            "{} tot {}",
            self.short(lower, denominator),
            self.short(above, denominator)
        )
    }

    /// A value on an axis whose ticks lie `step` apart.
    pub fn tick(&self, value: f64, step: f64) -> String {
        match self.soort {
            UnitKind::Aandeel => format!("{}%", number(value * 100.0, decimals_of(step * 100.0))),
            UnitKind::Euro => format!("€{NON_BREAKING}{}", number(value, decimals_of(step))),
            UnitKind::Getal { .. } | UnitKind::Klasse(_) => number(value, decimals_of(step)),
        }
    }
}

fn decimals_of(step: f64) -> usize {
    (0..3)
        .find(|&cijfers| ((step * 10f64.powi(cijfers)).fract()).abs() < 1e-9)
        .map_or(3, |cijfers| cijfers as usize)
}

/// `1234.56` → `1.234,6`.
pub fn number(value: f64, decimals: usize) -> String {
    // A half goes up, as people round; `format!` alone would take it to the even side.
    let factor = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
    let bare = format!("{:.decimals$}", (value.abs() * factor).round() / factor);
    let (heel, rest) = bare.split_once('.').unwrap_or((&bare, ""));
    let is_zero = bare
        .bytes()
        .all(|character| matches!(character, b'0' | b'.'));
    let mut out = String::with_capacity(bare.len() + 4);
    if value < 0.0 && !is_zero {
        out.push('\u{2212}');
    }
    for (place, character) in heel.chars().enumerate() {
        if place > 0 && (heel.len() - place) % 3 == 0 {
            out.push('.');
        }
        out.push(character);
    }
    if !rest.is_empty() {
        out.push(',');
        out.push_str(rest);
    }
    out
}

/// A whole number.
pub fn count(n: i64) -> String {
    let text = number(n.unsigned_abs() as f64, 0);
    if n < 0 {
        format!("\u{2212}{text}")
    } else {
        text
    }
}

/// A share as a percentage. One decimal only where the denominator is known and at least 1,000: below that, one
/// record more or less moves the whole percentages.
pub fn percent(share: f64, denominator: Option<f64>) -> String {
    let decimals = usize::from(denominator.is_some_and(|denominator| denominator >= 1000.0));
    format!("{}%", number(share * 100.0, decimals))
}

/// `48 kB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}{NON_BREAKING}bytes"),
        1_000..1_000_000 => format!("{}{NON_BREAKING}kB", bytes.div_ceil(1_000)),
        _ => format!("{}{NON_BREAKING}MB", number(bytes as f64 / 1e6, 1)),
    }
}

/// First letter as a capital.
pub fn capitalise(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_dutch_separators() {
        assert_eq!(number(1234.56, 1), "1.234,6");
        assert_eq!(number(1_234_567.0, 0), "1.234.567");
        assert_eq!(number(-12.0, 0), "\u{2212}12");
        assert_eq!(number(-0.04, 1), "0,0");
        assert_eq!(count(-1200), "\u{2212}1.200");
        // Every half the same way, also on the pages where 180,5 stood as 180 beside 252 for 251,5.
        assert_eq!(
            [180.5, 251.5, -0.5].map(|halve| number(halve, 0)),
            ["181", "252", "\u{2212}1"]
        );
        assert_eq!(
            [0.25, 0.35, 2.45].map(|halve| number(halve, 1)),
            ["0,3", "0,4", "2,5"]
        );
    }

    #[test]
    fn a_percentage_is_no_more_precise_than_its_counts() {
        assert_eq!(percent(3.0 / 7.0, Some(7.0)), "43%");
        assert_eq!(percent(0.42857, None), "43%");
        assert_eq!(percent(0.42857, Some(1000.0)), "42,9%");
    }

    #[test]
    fn a_value_carries_its_unit() {
        let page_plan =
            PagePlan::lees("enkelvoud = { dagen = 'dag' }\neenheid = { verhouding = '' }\nklasse = { wekenklasse = [[13, 'tot 13 weken']] }")
                .unwrap();
        let days = FigureFormat::van("dagen", 0, &page_plan);
        assert_eq!(days.long(84.0, None), "84\u{a0}dagen");
        assert_eq!(days.long(1.0, None), "1\u{a0}dag");
        assert_eq!(days.interval((78.0, 91.0), None), "78 tot 91");
        assert_eq!(
            FigureFormat::van("euro", 2, &page_plan).long(1180.5, None),
            "€\u{a0}1.180,50"
        );
        assert_eq!(
            FigureFormat::van("aandeel", 0, &page_plan).tick(0.25, 0.25),
            "25%"
        );
        assert_eq!(days.tick(2.5, 2.5), "2,5");
        assert_eq!(
            FigureFormat::van("verhouding", 2, &page_plan).long(0.8, None),
            "0,80"
        );
        assert_eq!(
            FigureFormat::van("wekenklasse", 0, &page_plan).long(13.0, None),
            "tot 13 weken"
        );
    }

    #[test]
    fn dates_and_sizes_read_as_dutch() {
        assert_eq!(
            schema::levering::datum_nl(chrono::NaiveDate::from_ymd_opt(2021, 5, 1).unwrap()),
            "1 mei 2021"
        );
        assert_eq!(size(47_210), "48\u{a0}kB");
        assert_eq!(capitalise("jeugdregio"), "Jeugdregio");
    }
}
