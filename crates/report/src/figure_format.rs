//! How the figures of one indicator are written.
//!
//! Owns units, euros, shares, classes, intervals, and the words for a count that was published as 0. Leaves numbers to
//! `nl` and sentences to `wording`.

use schema::Indicator;
use schema::indicator::Kind;

use crate::PagePlan;
use crate::figure_index::Fact;
use crate::nl::{NON_BREAKING, number, percent};
use crate::wording;

/// How the values of one indicator are written.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureFormat {
    unit: UnitKind,
    kind: Kind,
    decimals: usize,
    /// Who is counted, for a rate of few.
    people: String,
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
        Self::of(&indicator.eenheid, decimals, indicator.kind, page_plan)
    }

    /// From the unit (`aandeel`, `euro`, or words) and what the page plan says of it.
    pub fn of(unit: &str, decimals: u8, kind: Kind, page_plan: &PagePlan) -> Self {
        let written = match (unit, page_plan.klasse.get(unit)) {
            (_, Some(classes)) => UnitKind::Class(classes.clone()),
            ("aandeel", None) => UnitKind::Share,
            ("euro", None) => UnitKind::Euro,
            (_, None) => {
                let plural = page_plan.eenheid.get(unit).map_or(unit, String::as_str);
                let singular = page_plan
                    .enkelvoud
                    .get(plural)
                    .map_or(plural, String::as_str);
                UnitKind::Number {
                    plural: plural.to_owned(),
                    singular: singular.to_owned(),
                }
            }
        };
        Self {
            unit: written,
            kind,
            decimals: usize::from(decimals),
            people: page_plan.people().to_owned(),
        }
    }

    /// The unit in words; empty where the sign or the class says it.
    pub fn unit(&self) -> &str {
        match &self.unit {
            UnitKind::Number { plural, .. } => plural,
            UnitKind::Share | UnitKind::Euro | UnitKind::Class(_) => "",
        }
    }

    /// Whether it is a share.
    pub fn is_share(&self) -> bool {
        self.unit == UnitKind::Share
    }

    /// The value of a figure, with % or € where that belongs to it; nothing where it has none.
    pub fn fact_short(&self, fact: Fact<'_>) -> Option<String> {
        let value = fact.value()?;
        Some(self.few(fact).unwrap_or_else(|| self.short(value)))
    }

    /// The value of a figure with its unit; nothing where it has none.
    pub fn fact_long(&self, fact: Fact<'_>) -> Option<String> {
        let value = fact.value()?;
        Some(match self.few(fact) {
            Some(_) if self.kind == Kind::Count && !self.unit().is_empty() => {
                wording::few_of(self.unit())
            }
            Some(few) => few,
            None => self.long(value),
        })
    }

    /// The words for a figure whose count was published as 0, which means 0 to 4.
    fn few(&self, fact: Fact<'_>) -> Option<String> {
        let is_zero = |number: Option<f64>| number.is_some_and(|number| number.abs() < 0.5);
        let denominator = || Some(number(fact.denominator()?, 0));
        match self.kind {
            Kind::Count => is_zero(fact.value()).then(|| wording::FEW.to_owned()),
            _ if !is_zero(fact.numerator()) => None,
            Kind::Rate => Some(wording::few_of(&self.people)),
            Kind::Share | Kind::Distribution => Some(wording::few_in(&denominator()?)),
            Kind::Ratio => Some(wording::few_against(&denominator()?)),
            Kind::Quantile
            | Kind::Curve
            | Kind::Extreme
            | Kind::Mean
            | Kind::Minutes
            | Kind::Money
            | Kind::Places
            | Kind::Public => None,
        }
    }

    /// The numerator, the denominator or the number of records, as the table has it.
    pub fn counted(&self, value: f64) -> String {
        match self.kind {
            Kind::Public | Kind::Places => number(value, 0),
            _ if value.abs() < 0.5 => wording::FEW.to_owned(),
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

    /// `8,1 tot 11,4`; one side alone where the other is not known, and nothing where neither is.
    pub fn interval(&self, lower: Option<f64>, above: Option<f64>) -> String {
        match (
            lower.map(|value| self.short(value)),
            above.map(|value| self.short(value)),
        ) {
            (Some(lower), Some(above)) => wording::between(&lower, &above),
            (Some(lower), None) => wording::from(&lower),
            (None, Some(above)) => wording::up_to(&above),
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
        let text = |value: Option<f64>| value.map(|value| self.short(value)).unwrap_or_default();
        wording::bounds(&text(fact.at_least()), &text(fact.at_most()))
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
