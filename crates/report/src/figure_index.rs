//! Every figure, found at once by gebied, indicator and category.
//!
//! Owns the only door to a [`Cijfer`]: a [`Fact`] gives nothing of a hidden or missing figure, so that no page,
//! drawing or file made from it can leak one. Leaves formatting to `nl` and choosing to `blok`.

use std::collections::HashMap;

use schema::cijfer::{Column, Confidential, FigureRole, Status, Value};
use schema::{Cijfer, Comparison};

/// The column with the share of the aanbieders that delivered.
const RESPONS: &str = "respons";

/// Whether a figure may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// There is a value and it is free.
    Shown,
    /// Hidden, of itself or to protect another.
    Privacy,
    /// It cannot be computed, or there is no row.
    Missing,
}

/// One figure, of which only what may be shown can be read.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a>(&'a Cijfer);

impl<'a> Fact<'a> {
    /// Wraps a row of the protected table.
    pub fn van(cijfer: &'a Cijfer) -> Self {
        Self(cijfer)
    }

    /// Whether it may be shown.
    pub fn toestand(self) -> Visibility {
        match (self.0.vertrouwelijk, self.0.status) {
            (Confidential::C, _) => Visibility::Privacy,
            (Confidential::F, Status::M | Status::L | Status::O | Status::Q) => Visibility::Missing,
            (Confidential::F, Status::A | Status::P) => match self.0.waarde {
                Some(value) if value.is_finite() => Visibility::Shown,
                _ => Visibility::Missing,
            },
        }
    }

    fn free<T>(self, something: Option<T>) -> Option<T> {
        something.filter(|_| self.toestand() == Visibility::Shown)
    }

    fn free_number(self, number: Option<f64>) -> Option<f64> {
        self.free(number).filter(|number| number.is_finite())
    }

    /// Level, as in the table.
    pub fn niveau(self) -> &'a str {
        self.0.niveau.name()
    }

    /// Gebied, as in the table.
    pub fn gebied(self) -> &'a str {
        &self.0.gebied
    }

    /// Indicator id.
    pub fn indicator(self) -> &'a str {
        &self.0.indicator
    }

    /// `totaal`, or the field it is broken down by.
    pub fn uitsplitsing(self) -> &'a str {
        &self.0.uitsplitsing
    }

    /// `totaal`, or the code.
    pub fn categorie(self) -> &'a str {
        &self.0.categorie
    }

    /// The value.
    pub fn value(self) -> Option<f64> {
        self.free_number(self.0.waarde)
    }

    /// Lower limit of the 95 % interval.
    pub fn lower(self) -> Option<f64> {
        self.free_number(self.0.onder)
    }

    /// Upper limit of the 95 % interval.
    pub fn above(self) -> Option<f64> {
        self.free_number(self.0.boven)
    }

    /// Both limits, where both are known.
    pub fn bounds(self) -> Option<(f64, f64)> {
        self.lower().zip(self.above())
    }

    /// How it stands beside Nederland.
    pub fn oordeel(self) -> Option<Comparison> {
        self.free(self.0.oordeel)
    }

    /// Numerator.
    pub fn numerator(self) -> Option<f64> {
        self.free_number(self.0.teller)
    }

    /// Denominator.
    pub fn denominator(self) -> Option<f64> {
        self.free_number(self.0.noemer)
    }

    /// Number of records it rests on.
    pub fn n(self) -> Option<i64> {
        self.free(self.0.n)
    }

    /// Share of the expected aanbieders that delivered; also of a figure that is missing, for it may say why.
    pub fn respons(self) -> Option<f64> {
        let missing = self.0.vertrouwelijk == Confidential::F && self.0.status == Status::M;
        self.0.respons.filter(|respons| {
            respons.is_finite() && (missing || self.toestand() == Visibility::Shown)
        })
    }

    /// Whether it is provisional.
    pub fn provisional(self) -> bool {
        self.toestand() == Visibility::Shown && self.0.status == Status::P
    }

    /// Its cell in a column of the table.
    pub fn cell(self, column: &Column) -> Value<'a> {
        match column.role {
            FigureRole::Number if self.toestand() != Visibility::Shown => Value::Empty,
            FigureRole::Note if column.name == RESPONS => {
                self.respons().map_or(Value::Empty, Value::Decimal)
            }
            FigureRole::Key | FigureRole::Number | FigureRole::Note => match (column.get)(self.0) {
                Value::Decimal(number) if !number.is_finite() => Value::Empty,
                cell => cell,
            },
        }
    }

    fn key(self) -> (&'a str, &'a str, &'a str) {
        (self.indicator(), self.uitsplitsing(), self.categorie())
    }
}

/// The figures of one gebied, ordered by indicator, breakdown and category.
#[derive(Debug, Clone, Copy, Default)]
pub struct AreaFigures<'a>(&'a [Fact<'a>]);

impl<'a> AreaFigures<'a> {
    /// The figure of the whole cell.
    pub fn total(self, indicator: &str) -> Option<Fact<'a>> {
        self.cell(indicator, "totaal", "totaal")
    }

    /// The figure of one category.
    pub fn cell(self, indicator: &str, uitsplitsing: &str, categorie: &str) -> Option<Fact<'a>> {
        let place = self
            .0
            .binary_search_by(|fact| fact.key().cmp(&(indicator, uitsplitsing, categorie)))
            .ok()?;
        Some(self.0[place])
    }

    /// All figures of one indicator.
    pub fn van(self, indicator: &str) -> &'a [Fact<'a>] {
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
    /// Orders the figures of one uitvraag and year.
    pub fn new(uitvraag: &str, jaar: i32, cijfers: &'a [Cijfer]) -> Self {
        let mut per_gebied: HashMap<&str, Vec<Fact<'_>>> = HashMap::new();
        for cijfer in cijfers
            .iter()
            .filter(|cijfer| cijfer.jaar == jaar && cijfer.uitvraag == uitvraag)
        {
            per_gebied
                .entry(&cijfer.gebied)
                .or_default()
                .push(Fact(cijfer));
        }
        for rows in per_gebied.values_mut() {
            rows.sort_by(|a, b| a.key().cmp(&b.key()));
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

    /// Whether any figure carries this indicator id for the gebied.
    pub fn knows(&self, gebied: &str, indicator: &str) -> bool {
        !self.gebied(gebied).van(indicator).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cijfer(mark: Confidential, status: Status) -> Cijfer {
        Cijfer {
            uitvraag: "omgang".into(),
            jaar: 2020,
            indicator: "a".into(),
            niveau: schema::Niveau::Gemeente,
            gebied: "GM0001".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            waarde: Some(3.0),
            onder: Some(1.0),
            boven: Some(7.0),
            oordeel: Some(Comparison::Higher),
            teller: Some(3.0),
            noemer: Some(9.0),
            n: Some(3),
            status,
            vertrouwelijk: mark,
            respons: Some(0.5),
            momentopname: "m1".into(),
        }
    }

    #[test]
    fn a_hidden_figure_gives_nothing_away() {
        for hidden in [
            cijfer(Confidential::C, Status::A),
            cijfer(Confidential::D, Status::P),
            cijfer(Confidential::F, Status::L),
            cijfer(Confidential::F, Status::M | Status::O | Status::Q),
        ] {
            let fact = Fact(&hidden);
            assert_eq!(
                (fact.value(), fact.bounds(), fact.oordeel()),
                (None, None, None)
            );
            assert_eq!(
                (fact.numerator(), fact.denominator(), fact.n()),
                (None, None, None)
            );
            // Of what is missing the response may be why; it counts aanbieders, not children.
            assert_eq!(fact.respons().is_some(), hidden.status == Status::M);
        }
    }

    #[test]
    fn figures_of_one_indicator_are_found_among_others() {
        let mut cijfers = Vec::new();
        for indicator in ["b", "a", "ab"] {
            for categorie in ["y", "x"] {
                let mut een = cijfer(Confidential::F, Status::A);
                een.indicator = indicator.into();
                een.uitsplitsing = "kader".into();
                een.categorie = categorie.into();
                cijfers.push(een);
            }
        }
        let index = Index::new("omgang", 2020, &cijfers);
        let rows = index.gebied("GM0001");
        let van_a: Vec<&str> = rows.van("a").iter().map(|fact| fact.categorie()).collect();
        assert_eq!(van_a, ["x", "y"]);
        assert!(rows.cell("ab", "kader", "y").is_some());
        assert!(rows.total("a").is_none());
        assert!(rows.van("c").is_empty());
    }
}
