//! How the figures of one indicator are written.
//!
//! Owns units, euros, shares, classes, intervals, and the words for a count that was published as 0. Leaves numbers to
//! `dutch_format` and sentences to `wording`.

use schema::Indicator;
use schema::indicator::Kind;

use crate::PagePlan;
use crate::dutch_format::{NON_BREAKING, number, percent, whole_percent};
use crate::shown_figure::{Fact, KnownPart};
use crate::wording;

/// Below this a part of a public whole is told by its two counts.
const SMALLEST_PUBLIC_WHOLE: f64 = 10.0;

/// How the values of one indicator are written.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureFormat {
    unit: UnitKind,
    kind: Kind,
    decimals: usize,
    /// Who is counted, for a rate of few.
    people: String,
    /// What it is made of, in the plural.
    records: String,
    /// One of them.
    record: String,
}

#[derive(Debug, Clone, PartialEq)]
enum UnitKind {
    /// A share from 0 to 1.
    Share,
    Euro,
    /// A class that stands for a number.
    Class(Vec<(f64, String)>),
    /// A number with its unit.
    Number {
        plural: String,
        singular: String,
    },
}

impl FigureFormat {
    /// From the metadata of an indicator and what the page plan says of its unit.
    pub fn new(indicator: &Indicator, page_plan: &PagePlan) -> Self {
        let decimals = indicator.decimalen;
        let records = page_plan.records_of(indicator);
        Self {
            record: page_plan.singular(records).to_owned(),
            records: records.to_owned(),
            ..Self::of(&indicator.eenheid, decimals, indicator.kind, page_plan)
        }
    }

    /// From the unit (`aandeel`, `euro`, or words) and what the page plan says of it.
    pub fn of(unit: &str, decimals: u8, kind: Kind, page_plan: &PagePlan) -> Self {
        let written = match (unit, page_plan.klasse.get(unit)) {
            (_, Some(classes)) => UnitKind::Class(classes.clone()),
            ("aandeel", None) => UnitKind::Share,
            ("euro", None) => UnitKind::Euro,
            (_, None) => {
                let plural = page_plan.eenheid.get(unit).map_or(unit, String::as_str);
                UnitKind::Number {
                    plural: plural.to_owned(),
                    singular: page_plan.singular(plural).to_owned(),
                }
            }
        };
        Self {
            unit: written,
            kind,
            decimals: usize::from(decimals),
            people: page_plan.people().to_owned(),
            records: wording::figure::RECORDS.to_owned(),
            record: wording::figure::RECORDS.to_owned(),
        }
    }

    /// What the figure is made of, in the plural.
    pub fn records(&self) -> &str {
        &self.records
    }

    /// So many of them, with their name.
    pub fn counted_records(&self, n: i64) -> String {
        let name = if n == 1 { &self.record } else { &self.records };
        format!("{} {name}", self.counted(n as f64))
    }

    /// The unit in words; empty where the sign or the class says it.
    pub fn unit(&self) -> &str {
        match &self.unit {
            UnitKind::Number { plural, .. } => plural,
            UnitKind::Share | UnitKind::Euro | UnitKind::Class(_) => "",
        }
    }

    /// Whether it is a count of people.
    pub fn is_count(&self) -> bool {
        self.kind == Kind::Count
    }

    /// Whether it is a share.
    pub fn is_share(&self) -> bool {
        self.unit == UnitKind::Share
    }

    /// The value of a figure, with % or € where that belongs to it; nothing where it has none.
    pub fn fact_short(&self, fact: Fact<'_>) -> Option<String> {
        let value = fact.value()?;
        Some(self.small(fact).unwrap_or_else(|| self.short(value)))
    }

    /// The value of a figure with its unit; nothing where it has none.
    pub fn fact_long(&self, fact: Fact<'_>) -> Option<String> {
        let value = fact.value()?;
        Some(match self.small(fact) {
            Some(_) if self.kind == Kind::Count && !self.unit().is_empty() => {
                wording::figure::few_of(self.unit())
            }
            Some(small) => small,
            None => self.long(value),
        })
    }

    /// Of how small a part the value is known, in words; empty where that is half or more.
    pub fn known_part(&self, fact: Fact<'_>) -> String {
        let Some(part) = self.known_part_alone(fact) else {
            return String::new();
        };
        let adds_up = match self.kind {
            Kind::Count | Kind::Rate => true,
            // A number of places; not what it is compared with.
            Kind::Places => self.decimals == 0,
            _ => false,
        };
        if adds_up {
            wording::figure::more_in_fact(&part)
        } else {
            wording::figure::other_in_fact(&part)
        }
    }

    /// The same without what follows from it, for where there is little room.
    pub fn known_part_alone(&self, fact: Fact<'_>) -> Option<String> {
        Some(match fact.known_part()? {
            KnownPart::Records(share) => {
                wording::figure::part_of_records(&percent(share), &self.records)
            }
            KnownPart::Aanbieders { known, reacted } => {
                wording::figure::part_of_aanbieders(known, &number(reacted, 0))
            }
        })
    }

    /// The words for a figure whose counts are too small for a number: few people, or a part of few others.
    fn small(&self, fact: Fact<'_>) -> Option<String> {
        self.few(fact).or_else(|| self.part_of_a_few(fact))
    }

    /// A public share of so few that a percentage would say too much.
    fn part_of_a_few(&self, fact: Fact<'_>) -> Option<String> {
        let (part, whole) = fact.numerator().zip(fact.denominator())?;
        let is_few = self.kind == Kind::Public && self.is_share() && whole < SMALLEST_PUBLIC_WHOLE;
        is_few.then(|| wording::figure::one_of(&number(part, 0), &number(whole, 0)))
    }

    /// The words for a figure whose count was published as 0, which means 0 to 4.
    fn few(&self, fact: Fact<'_>) -> Option<String> {
        let is_zero = |number: Option<f64>| number.is_some_and(|number| number.abs() < 0.5);
        let denominator = || Some(number(fact.denominator()?, 0));
        match self.kind {
            Kind::Count => is_zero(fact.value()).then(|| wording::figure::FEW.to_owned()),
            Kind::Quantile
            | Kind::Extreme
            | Kind::Mean
            | Kind::Minutes
            | Kind::Money
            | Kind::Places
            | Kind::Public => None,
            Kind::Curve | Kind::Share | Kind::Distribution if fact.numerator().is_none() => {
                let nothing = self.is_share() && fact.value() == Some(0.0);
                nothing.then(|| wording::figure::less_than(&self.limit(self.step())))
            }
            _ if !is_zero(fact.numerator()) => None,
            Kind::Rate => Some(wording::figure::few_of(&self.people)),
            Kind::Curve | Kind::Share | Kind::Distribution => {
                Some(wording::figure::few_in(&denominator()?))
            }
            Kind::Ratio => Some(wording::figure::few_against(&denominator()?)),
        }
    }

    /// A value that is written as 0, in words: of people it is 0 to 4.
    pub fn zero(&self) -> String {
        match self.kind {
            Kind::Count => wording::figure::few_of(self.unit()),
            Kind::Rate => wording::figure::few_of(&self.people),
            Kind::Share | Kind::Distribution | Kind::Ratio | Kind::Curve => {
                wording::figure::less_than(&self.limit(self.step()))
            }
            Kind::Quantile
            | Kind::Extreme
            | Kind::Mean
            | Kind::Minutes
            | Kind::Money
            | Kind::Places
            | Kind::Public => self.long(0.0),
        }
    }

    /// The smallest difference that is written.
    fn step(&self) -> f64 {
        match self.unit {
            UnitKind::Share => 0.01,
            _ => 0.1_f64.powi(i32::try_from(self.decimals).unwrap_or(0)),
        }
    }

    /// The numerator, the denominator or the number of records, as the table has it.
    pub fn counted(&self, value: f64) -> String {
        match self.kind {
            Kind::Public | Kind::Places => number(value, 0),
            _ if value.abs() < 0.5 => wording::figure::FEW.to_owned(),
            _ => number(value, usize::from(value.fract().abs() > 1e-9)),
        }
    }

    /// The bare number, with % or € where that belongs to it.
    pub fn short(&self, value: f64) -> String {
        match &self.unit {
            UnitKind::Share => percent(value),
            UnitKind::Euro => format!("€{NON_BREAKING}{}", number(value, self.decimals)),
            UnitKind::Number { .. } => number(value, self.decimals),
            UnitKind::Class(classes) => classes
                .iter()
                .find(|(this, _)| (this - value).abs() < 1e-9)
                .map_or_else(|| number(value, self.decimals), |(_, words)| words.clone()),
        }
    }

    /// The number with its unit.
    pub fn long(&self, value: f64) -> String {
        let short = self.short(value);
        match &self.unit {
            UnitKind::Number { plural, singular } => {
                let unit = if short == "1" { singular } else { plural };
                if unit.is_empty() {
                    short
                } else {
                    format!("{short}{NON_BREAKING}{unit}")
                }
            }
            UnitKind::Share | UnitKind::Euro | UnitKind::Class(_) => short,
        }
    }

    /// How a spreadsheet writes the values.
    pub fn spreadsheet_format(&self) -> String {
        let decimals = match self.decimals {
            0 => String::new(),
            some => format!(".{}", "0".repeat(some)),
        };
        match self.unit {
            UnitKind::Share => "0%".to_owned(),
            UnitKind::Euro => format!("\"€\" #,##0{decimals}"),
            UnitKind::Number { .. } | UnitKind::Class(_) => format!("#,##0{decimals}"),
        }
    }

    /// A limit of a margin: a share that is nearly nothing is 0% there.
    fn limit(&self, value: f64) -> String {
        match self.unit {
            UnitKind::Share => whole_percent(value),
            _ => self.short(value),
        }
    }

    /// `8,1 tot 11,4`; one side alone where the other is not known or is 0, and nothing where neither is known.
    pub fn interval(&self, lower: Option<f64>, above: Option<f64>) -> String {
        let zero = self.limit(0.0);
        match (
            lower.map(|value| self.limit(value)),
            above.map(|value| self.limit(value)),
        ) {
            (Some(lower), Some(above)) if lower == above && above == zero => {
                wording::figure::less_than(&self.limit(self.step()))
            }
            (Some(lower), Some(above)) if lower == above => wording::figure::about(&above),
            (Some(lower), Some(above)) if lower == zero => wording::figure::at_most(&above),
            (Some(lower), Some(above)) => wording::figure::between(&lower, &above),
            (Some(lower), None) => wording::figure::from(&lower),
            (None, Some(above)) => wording::figure::up_to(&above),
            (None, None) => String::new(),
        }
    }

    /// The interval of a figure; with its unit where the value is told as a count of few.
    pub fn fact_interval(&self, fact: Fact<'_>) -> String {
        let interval = self.interval(fact.lower(), fact.above());
        if interval.is_empty() || !self.is_rate_of_few(fact) {
            return interval;
        }
        format!("{interval}{NON_BREAKING}{}", self.unit())
    }

    /// Whether the value is told in another unit than its own: a rate whose count was published as 0.
    pub fn is_rate_of_few(&self, fact: Fact<'_>) -> bool {
        self.kind == Kind::Rate && self.few(fact).is_some()
    }

    /// What the figure would have been with the others, in words; nothing where that is not given.
    pub fn bounds(&self, fact: Fact<'_>) -> String {
        let zero = self.short(0.0);
        let text = |value: Option<f64>| {
            let text = value.map(|value| self.short(value));
            text.filter(|text| *text != zero).unwrap_or_default()
        };
        wording::figure::bounds(&text(fact.at_least()), &text(fact.at_most()))
    }

    /// A value on an axis whose ticks lie `step` apart.
    pub fn tick(&self, value: f64, step: f64) -> String {
        match self.unit {
            UnitKind::Share => format!("{}%", number(value * 100.0, decimals_of(step * 100.0))),
            UnitKind::Euro => format!("€{NON_BREAKING}{}", number(value, decimals_of(step))),
            UnitKind::Number { .. } | UnitKind::Class(_) => number(value, decimals_of(step)),
        }
    }
}

fn decimals_of(step: f64) -> usize {
    (0..3)
        .find(|&cijfers| ((step * 10f64.powi(cijfers)).fract()).abs() < 1e-9)
        .map_or(3, |cijfers| cijfers as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_may_have_one_side() {
        let days = FigureFormat::of("dagen", 0, Kind::Quantile, &PagePlan::default());
        assert_eq!(days.interval(Some(78.0), Some(91.0)), "78 tot 91");
        assert_eq!(days.interval(Some(78.0), None), "vanaf 78");
        assert_eq!(days.interval(None, Some(91.0)), "tot 91");
        assert_eq!(days.interval(None, None), "");
    }

    /// After rounding a margin may be as wide as nothing, or start at 0.
    #[test]
    fn an_interval_reads_well_whatever_its_width() {
        let days = FigureFormat::of("dagen", 0, Kind::Quantile, &PagePlan::default());
        let share = FigureFormat::of("aandeel", 1, Kind::Share, &PagePlan::default());
        let rate = FigureFormat::of("per 10.000", 1, Kind::Rate, &PagePlan::default());
        let words = |format: &FigureFormat, lower, above| format.interval(Some(lower), Some(above));
        assert_eq!(words(&days, 78.0, 78.2), "ongeveer 78");
        assert_eq!(words(&share, 0.0, 0.004), "minder dan 1%");
        assert_eq!(words(&share, 0.0, 0.0), "minder dan 1%");
        assert_eq!(words(&share, 0.002, 0.02), "hoogstens 2%");
        assert_eq!(words(&share, 0.452, 0.454), "ongeveer 45%");
        assert_eq!(words(&rate, 0.0, 0.04), "minder dan 0,1");
        assert_eq!(words(&rate, 0.0, 9.0), "hoogstens 9,0");
    }

    /// Of two voorzieningen one is no half of anything.
    #[test]
    fn a_part_of_a_few_is_told_by_its_counts() {
        let told = |kind, part: f64, whole: f64| {
            let cijfer: schema::Cijfer = serde_json::from_value(serde_json::json!({
                "uitvraag": "omgang", "jaar": 2020, "indicator": "a", "niveau": "jeugdregio",
                "gebied": "JZ01", "uitsplitsing": "totaal", "categorie": "totaal",
                "waarde": part / whole, "teller": part, "noemer": whole, "status": "A",
                "vertrouwelijk": "F", "momentopname": "m1"
            }))
            .unwrap();
            let format = FigureFormat::of("aandeel", 1, kind, &PagePlan::default());
            format.fact_short(Fact::of(&cijfer)).unwrap()
        };
        assert_eq!(told(Kind::Public, 1.0, 2.0), "1 van de 2");
        assert_eq!(told(Kind::Public, 0.0, 2.0), "geen van de 2");
        assert_eq!(told(Kind::Public, 1.0, 1.0), "de enige");
        assert_eq!(told(Kind::Public, 9.0, 9.0), "9 van de 9");
        assert_eq!(told(Kind::Public, 5.0, 10.0), "50%");
        assert_eq!(told(Kind::Share, 10.0, 20.0), "50%");
    }

    #[test]
    fn a_value_carries_its_unit() {
        let page_plan =
            PagePlan::parse("enkelvoud = { dagen = 'dag' }\neenheid = { verhouding = '' }\nklasse = { wekenklasse = [[13, 'tot 13 weken']] }")
                .unwrap();
        let format = |unit, decimals| FigureFormat::of(unit, decimals, Kind::Money, &page_plan);
        assert_eq!(format("dagen", 0).long(84.0), "84\u{a0}dagen");
        assert_eq!(format("dagen", 0).long(1.0), "1\u{a0}dag");
        assert_eq!(format("euro", 2).long(1180.5), "€\u{a0}1.180,50");
        assert_eq!(format("aandeel", 0).tick(0.25, 0.25), "25%");
        assert_eq!(format("dagen", 0).tick(2.5, 2.5), "2,5");
        assert_eq!(format("verhouding", 2).long(0.8), "0,80");
        assert_eq!(format("wekenklasse", 0).long(13.0), "tot 13 weken");
    }

    /// A published 0 is 0 to 4: no kind of figure says that there was none.
    #[test]
    fn a_count_that_was_published_as_0_is_told_as_few() {
        let mut cijfer: schema::Cijfer = serde_json::from_str(
            r#"{"uitvraag":"omgang","jaar":2020,"indicator":"a","niveau":"jeugdregio","gebied":"JZ01",
            "uitsplitsing":"totaal","categorie":"totaal","waarde":0.0,"teller":0.0,"noemer":20.0,"n":0,
            "status":"A","vertrouwelijk":"F","momentopname":"m1"}"#,
        )
        .unwrap();
        let page_plan = PagePlan {
            personen: "kinderen".to_owned(),
            ..PagePlan::default()
        };
        let long = |unit: &str, kind, cijfer: &schema::Cijfer| {
            let format = FigureFormat::of(unit, 0, kind, &page_plan);
            let long = format.fact_long(Fact::of(cijfer));
            long.map(|text| text.replace(NON_BREAKING, " "))
        };
        for (unit, kind, expected) in [
            ("trajecten", Kind::Count, "minder dan 5 trajecten"),
            ("per 10.000", Kind::Rate, "minder dan 5 kinderen"),
            ("aandeel", Kind::Share, "minder dan 5 van 20"),
            ("aandeel", Kind::Distribution, "minder dan 5 van 20"),
            ("", Kind::Ratio, "minder dan 5 tegen 20"),
            ("aanbieders", Kind::Public, "0 aanbieders"),
            ("plaatsen", Kind::Places, "0 plaatsen"),
            ("dagen", Kind::Quantile, "0 dagen"),
        ] {
            assert_eq!(long(unit, kind, &cijfer).as_deref(), Some(expected));
        }
        (cijfer.waarde, cijfer.teller) = (Some(5.0), Some(5.0));
        let five = long("trajecten", Kind::Count, &cijfer);
        assert_eq!(five.as_deref(), Some("5 trajecten"));
    }
}
