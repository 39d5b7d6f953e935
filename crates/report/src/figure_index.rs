//! Every figure, found at once by gebied, indicator and category.
//!
//! Owns the order. Leaves what may be read of a figure to `shown_figure` and choosing to `block`.

use std::collections::HashMap;

use schema::Cijfer;

use crate::figure_scope::FigureScope;
use crate::shown_figure::Fact;

/// The figures of one gebied, ordered by indicator, breakdown and category.
#[derive(Debug, Clone, Copy, Default)]
pub struct AreaFigures<'a>(&'a [Fact<'a>]);

impl<'a> AreaFigures<'a> {
    /// The figure of the whole cell.
    pub fn total(self, indicator: &str) -> Option<Fact<'a>> {
        self.cell(indicator, FigureScope::Whole)
    }

    /// The figure of one category.
    pub fn cell(self, indicator: &str, scope: FigureScope<'_>) -> Option<Fact<'a>> {
        let place = self
            .0
            .binary_search_by(|fact| fact.key().cmp(&(indicator, scope)))
            .ok()?;
        Some(self.0[place])
    }

    /// All figures of one indicator.
    pub fn of_indicator(self, indicator: &str) -> &'a [Fact<'a>] {
        let begin = self.0.partition_point(|fact| fact.indicator() < indicator);
        let length = self.0[begin..].partition_point(|fact| fact.indicator() == indicator);
        &self.0[begin..begin + length]
    }

    /// All of them.
    pub fn all(self) -> &'a [Fact<'a>] {
        self.0
    }
}

/// All figures of a publication.
#[derive(Debug)]
pub struct Index<'a> {
    per_gebied: HashMap<&'a str, Vec<Fact<'a>>>,
}

impl<'a> Index<'a> {
    /// Orders the figures of one uitvraag and year; `respons` is the indicator of which the numerator says how many
    /// aanbieders reacted.
    pub fn new(uitvraag: &str, jaar: i32, respons: &str, cijfers: &'a [Cijfer]) -> Self {
        let mut per_gebied: HashMap<&str, Vec<Fact<'_>>> = HashMap::new();
        for cijfer in cijfers
            .iter()
            .filter(|cijfer| cijfer.jaar == jaar && cijfer.uitvraag == uitvraag)
        {
            per_gebied
                .entry(&cijfer.gebied)
                .or_default()
                .push(Fact::of(cijfer));
        }
        for rows in per_gebied.values_mut() {
            rows.sort_by(|a, b| a.key().cmp(&b.key()));
            let reacted = AreaFigures(rows).total(respons).and_then(Fact::numerator);
            for fact in rows {
                *fact = fact.among(reacted);
            }
        }
        Self { per_gebied }
    }

    /// The figures of one gebied; none when there are none.
    pub fn gebied(&self, code: &str) -> AreaFigures<'_> {
        AreaFigures(
            self.per_gebied
                .get(code)
                .map(Vec::as_slice)
                .unwrap_or_default(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cijfer() -> Cijfer {
        serde_json::from_str(r#"{"uitvraag":"omgang","jaar":2020,"indicator":"a","niveau":"gemeente","gebied":"GM0001","uitsplitsing":"totaal","categorie":"totaal","waarde":3.0,"status":"A","vertrouwelijk":"F","momentopname":"m1"}"#).unwrap()
    }

    #[test]
    fn figures_of_one_indicator_are_found_among_others() {
        let mut cijfers = Vec::new();
        for indicator in ["b", "a", "ab"] {
            for categorie in ["y", "x"] {
                let mut een = cijfer();
                een.indicator = indicator.into();
                een.uitsplitsing = "kader".into();
                een.categorie = categorie.into();
                cijfers.push(een);
            }
        }
        let scope = |categorie| FigureScope::of("kader", categorie);
        let index = Index::new("omgang", 2020, "", &cijfers);
        let rows = index.gebied("GM0001");
        let found: Vec<FigureScope> = rows
            .of_indicator("a")
            .iter()
            .map(|fact| fact.scope())
            .collect();
        assert_eq!(found, [scope("x"), scope("y")]);
        assert!(rows.cell("ab", scope("y")).is_some());
        assert!(rows.total("a").is_none());
        assert!(rows.of_indicator("c").is_empty());
    }
}
