//! Every figure, found at once by gebied, indicator and category.
//!
//! Owns the only door to a [`Cijfer`]: a [`Fact`] gives nothing of a hidden or missing figure, so that no page,
//! drawing or file made from it can leak one. Leaves formatting to `nl` and choosing to `block`.

use std::collections::HashMap;

use schema::cijfer::{Column, Confidential, FigureRole, Reason, Status, Value};
use schema::{Cijfer, Comparison, Niveau};

/// Notes that say how much was delivered: of a hidden figure they are not told.
const DELIVERED: [&str; 3] = ["respons", "dekking_records", "dekking_aanbieders"];

/// How the table says that a figure is about all records.
const WHOLE: &str = "totaal";

/// Whether a figure may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// There is a value and it is free.
    Shown,
    /// Hidden, whatever the reason inside.
    Hidden,
    /// There is no value, and this is why, where that is known.
    Missing(Option<Reason>),
}

impl Visibility {
    /// Why there is no value; nothing where there is one, or where no reason is known.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Shown => None,
            Self::Hidden => Some(Reason::Privacy),
            Self::Missing(reason) => reason,
        }
    }
}

/// Which records of its gebied a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureScope<'a> {
    /// All of them.
    Whole,
    /// Those of one code of a breakdown.
    Category {
        /// The breakdown: a field.
        uitsplitsing: &'a str,
        /// The code.
        categorie: &'a str,
    },
}

impl<'a> FigureScope<'a> {
    /// From the two columns of the table.
    pub fn of(uitsplitsing: &'a str, categorie: &'a str) -> Self {
        match uitsplitsing {
            WHOLE => Self::Whole,
            _ => Self::Category {
                uitsplitsing,
                categorie,
            },
        }
    }
}

/// One figure, of which only what may be shown can be read.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a>(&'a Cijfer);

impl<'a> Fact<'a> {
    /// Wraps a row of the protected table.
    pub fn of(cijfer: &'a Cijfer) -> Self {
        Self(cijfer)
    }

    /// Whether it may be shown.
    pub fn toestand(self) -> Visibility {
        match (self.0.vertrouwelijk, self.0.status) {
            _ if self.0.reden == Some(Reason::Privacy) => Visibility::Hidden,
            (Confidential::C, _) | (Confidential::F, Status::Q) => Visibility::Hidden,
            (Confidential::F, Status::O) => Visibility::Missing(Some(Reason::NobodyDelivered)),
            (Confidential::F, Status::L) => Visibility::Missing(self.0.reden),
            (Confidential::F, Status::M) => {
                Visibility::Missing(self.0.reden.or(Some(Reason::NotComputable)))
            }
            (Confidential::F, Status::A | Status::P) => match self.0.waarde {
                Some(value) if value.is_finite() => Visibility::Shown,
                _ => Visibility::Missing(None),
            },
        }
    }

    fn free<T>(self, something: Option<T>) -> Option<T> {
        something.filter(|_| self.toestand() == Visibility::Shown)
    }

    fn free_number(self, number: Option<f64>) -> Option<f64> {
        self.free(number).filter(|number| number.is_finite())
    }

    /// Level.
    pub fn niveau(self) -> Niveau {
        self.0.niveau
    }

    /// Gebied, as in the table.
    pub fn gebied(self) -> &'a str {
        &self.0.gebied
    }

    /// Indicator id.
    pub fn indicator(self) -> &'a str {
        &self.0.indicator
    }

    /// Which records it is about.
    pub fn scope(self) -> FigureScope<'a> {
        FigureScope::of(&self.0.uitsplitsing, &self.0.categorie)
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

    /// The least it would have been if the others had delivered too.
    pub fn at_least(self) -> Option<f64> {
        self.free_number(self.0.minstens)
    }

    /// The most it would have been if the others had delivered too.
    pub fn at_most(self) -> Option<f64> {
        self.free_number(self.0.hoogstens)
    }

    /// Share of the expected aanbieders that delivered. Not of a hidden figure, nor where the table of the figure did
    /// not come or holds too little: there it would be read as how much is known.
    pub fn respons(self) -> Option<f64> {
        let told = match self.toestand() {
            Visibility::Shown | Visibility::Missing(None) => true,
            Visibility::Hidden => false,
            Visibility::Missing(Some(reason)) => match reason {
                Reason::NobodyDelivered | Reason::NotComputable | Reason::NotReached => true,
                Reason::TableMissing
                | Reason::TooLittleKnown
                | Reason::Privacy
                | Reason::LeftOut => false,
            },
        };
        self.0.respons.filter(|share| told && share.is_finite())
    }

    /// Share of the delivered records in which its fields are filled.
    pub fn known_records(self) -> Option<f64> {
        self.0
            .dekking_records
            .filter(|share| self.toestand() != Visibility::Hidden && share.is_finite())
    }

    /// From how many aanbieders those records come, as in the table.
    pub fn known_aanbieders(self) -> Option<&'a str> {
        self.0
            .dekking_aanbieders
            .as_deref()
            .filter(|_| self.toestand() != Visibility::Hidden)
    }

    /// Whether it is provisional.
    pub fn provisional(self) -> bool {
        self.toestand() == Visibility::Shown && self.0.status == Status::P
    }

    /// Its cell in a column of the table.
    pub fn cell(self, column: &Column) -> Value<'a> {
        let told = match column.role {
            FigureRole::Key => true,
            FigureRole::Number => self.toestand() == Visibility::Shown,
            FigureRole::Note => {
                self.toestand() != Visibility::Hidden || !DELIVERED.contains(&column.name)
            }
        };
        match (column.get)(self.0) {
            _ if !told => Value::Empty,
            Value::Decimal(number) if !number.is_finite() => Value::Empty,
            cell => cell,
        }
    }

    fn key(self) -> (&'a str, FigureScope<'a>) {
        (self.indicator(), self.scope())
    }
}

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
            onder_998: Some(0.5),
            boven_998: Some(9.0),
            oordeel: Some(Comparison::Higher),
            teller: Some(3.0),
            noemer: Some(9.0),
            n: Some(3),
            minstens: Some(3.0),
            hoogstens: Some(8.0),
            status,
            vertrouwelijk: mark,
            reden: None,
            respons: Some(0.5),
            dekking_records: Some(0.25),
            dekking_aanbieders: Some("1".into()),
            momentopname: "m1".into(),
        }
    }

    #[test]
    fn a_figure_without_a_value_gives_no_number_away() {
        for blank in [
            cijfer(Confidential::C, Status::A),
            cijfer(Confidential::C, Status::Q),
            cijfer(Confidential::F, Status::Q),
            cijfer(Confidential::F, Status::O),
            cijfer(Confidential::F, Status::L),
            cijfer(Confidential::F, Status::M),
        ] {
            let fact = Fact::of(&blank);
            let numbers = [
                fact.value(),
                fact.lower(),
                fact.above(),
                fact.numerator(),
                fact.denominator(),
                fact.at_least(),
                fact.at_most(),
            ];
            assert_eq!(numbers, [None; 7]);
            assert_eq!((fact.n(), fact.oordeel()), (None, None));
            for column in Cijfer::COLUMNS {
                let number = column.role == FigureRole::Number;
                assert!(!number || fact.cell(column) == Value::Empty, "{column:?}");
            }
        }
    }

    #[test]
    fn of_a_hidden_figure_nothing_is_told_of_what_was_delivered() {
        let hidden = cijfer(Confidential::C, Status::Q);
        let fact = Fact::of(&hidden);
        assert_eq!(fact.respons(), None);
        assert_eq!(
            (fact.known_records(), fact.known_aanbieders()),
            (None, None)
        );
        let told = |column: &&Column| DELIVERED.contains(&column.name);
        assert_eq!(Cijfer::COLUMNS.iter().filter(told).count(), 3);
        for column in Cijfer::COLUMNS.iter().filter(told) {
            assert_eq!(fact.cell(column), Value::Empty, "{}", column.name);
        }
    }

    /// Any of the three signs is enough, so that one that was forgotten shows nothing.
    #[test]
    fn a_figure_is_hidden_when_one_column_says_so() {
        let mut by_reason = cijfer(Confidential::F, Status::L);
        by_reason.reden = Some(Reason::Privacy);
        for hidden in [
            cijfer(Confidential::C, Status::A),
            cijfer(Confidential::F, Status::Q),
            by_reason,
        ] {
            assert_eq!(Fact::of(&hidden).toestand(), Visibility::Hidden);
        }
    }

    #[test]
    fn response_is_not_told_beside_a_table_that_did_not_come() {
        let with = |status, reason| Cijfer {
            reden: reason,
            ..cijfer(Confidential::F, status)
        };
        let told = |cijfer: &Cijfer| Fact::of(cijfer).respons().is_some();
        assert!(told(&with(Status::A, None)));
        assert!(told(&with(Status::O, Some(Reason::NobodyDelivered))));
        assert!(!told(&with(Status::L, Some(Reason::TableMissing))));
        assert!(!told(&with(Status::L, Some(Reason::TooLittleKnown))));
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
        let scope = |categorie| FigureScope::of("kader", categorie);
        let index = Index::new("omgang", 2020, &cijfers);
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
