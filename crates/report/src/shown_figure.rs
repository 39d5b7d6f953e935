//! One figure, of which only what may be shown can be read.
//!
//! Owns the only door to a [`Cijfer`]: a [`Fact`] gives nothing of a hidden or missing figure, so that no page,
//! drawing or file made from it can leak one. Leaves finding to `figure_index` and formatting to `figure_format`.

use schema::cijfer::{Column, Confidential, FigureRole, Reason, Status, Value};
use schema::known_aanbieders::KnownAanbieders;
use schema::{Cijfer, Comparison, Niveau};

use crate::figure_scope::FigureScope;

/// Notes that say how much was delivered: of a hidden figure they are not told.
const DELIVERED: [&str; 3] = ["respons", "dekking_records", "dekking_aanbieders"];

/// Whether a figure may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// There is a value and it is free.
    Shown,
    /// Hidden, whatever the reason inside.
    Hidden,
    /// Hidden for all gebieden alike.
    LeftOut,
    /// There is no value, and this is why, where that is known.
    Missing(Option<Reason>),
}

impl Visibility {
    /// Why there is no value; nothing where there is one, or where no reason is known.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Shown => None,
            Self::Hidden => Some(Reason::Privacy),
            Self::LeftOut => Some(Reason::LeftOut),
            Self::Missing(reason) => reason,
        }
    }

    /// Whether it is kept from the reader: of such a figure nothing is told.
    pub fn is_hidden(self) -> bool {
        matches!(self, Self::Hidden | Self::LeftOut)
    }
}

/// Below this share a value is told with the words that it is known for a part only.
const HALF: f64 = 0.5;

/// Of how small a part a value is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum KnownPart {
    /// Of this share of the records.
    Records(f64),
    /// From so few of the aanbieders that reacted.
    Aanbieders {
        /// From how many.
        known: u32,
        /// Of how many.
        reacted: f64,
    },
}

/// One figure, of which only what may be shown can be read.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    row: &'a Cijfer,
    /// How many aanbieders reacted in its gebied, where that is known.
    reacted: Option<f64>,
}

impl<'a> Fact<'a> {
    /// Wraps a row of the protected table.
    pub fn of(row: &'a Cijfer) -> Self {
        Self { row, reacted: None }
    }

    /// The same, in a gebied where so many aanbieders reacted.
    pub(crate) fn among(self, reacted: Option<f64>) -> Self {
        Self { reacted, ..self }
    }

    /// Whether it may be shown.
    pub fn toestand(self) -> Visibility {
        match (self.row.vertrouwelijk, self.row.status) {
            _ if self.row.reden == Some(Reason::Privacy) => Visibility::Hidden,
            _ if self.row.reden == Some(Reason::LeftOut) => Visibility::LeftOut,
            (Confidential::C, _) | (Confidential::F, Status::Q) => Visibility::Hidden,
            (Confidential::F, Status::O) => Visibility::Missing(Some(Reason::NobodyDelivered)),
            (Confidential::F, Status::L) => Visibility::Missing(self.row.reden),
            (Confidential::F, Status::M) => {
                Visibility::Missing(self.row.reden.or(Some(Reason::NotComputable)))
            }
            (Confidential::F, Status::A | Status::P) => match self.row.waarde {
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
        self.row.niveau
    }

    /// Gebied, as in the table.
    pub fn gebied(self) -> &'a str {
        &self.row.gebied
    }

    /// Indicator id.
    pub fn indicator(self) -> &'a str {
        &self.row.indicator
    }

    /// Which records it is about.
    pub fn scope(self) -> FigureScope<'a> {
        FigureScope::of(&self.row.uitsplitsing, &self.row.categorie)
    }

    /// The value.
    pub fn value(self) -> Option<f64> {
        self.free_number(self.row.waarde)
    }

    /// Lower limit of the 95 % interval.
    pub fn lower(self) -> Option<f64> {
        self.free_number(self.row.onder)
    }

    /// Upper limit of the 95 % interval.
    pub fn above(self) -> Option<f64> {
        self.free_number(self.row.boven)
    }

    /// The 99.8 % interval, where both limits are known.
    pub fn wide_margin(self) -> Option<(f64, f64)> {
        self.free_number(self.row.onder_998)
            .zip(self.free_number(self.row.boven_998))
    }

    /// How it stands beside Nederland.
    pub fn oordeel(self) -> Option<Comparison> {
        self.free(self.row.oordeel)
    }

    /// Numerator.
    pub fn numerator(self) -> Option<f64> {
        self.free_number(self.row.teller)
    }

    /// Denominator.
    pub fn denominator(self) -> Option<f64> {
        self.free_number(self.row.noemer)
    }

    /// Number of records it rests on.
    pub fn n(self) -> Option<i64> {
        self.free(self.row.n)
    }

    /// The least it would have been if the others had delivered too.
    pub fn at_least(self) -> Option<f64> {
        self.free_number(self.row.minstens)
    }

    /// The most it would have been if the others had delivered too.
    pub fn at_most(self) -> Option<f64> {
        self.free_number(self.row.hoogstens)
    }

    /// Share of the expected aanbieders that delivered. Not of a hidden figure, nor where the table of the figure did
    /// not come or holds too little: there it would be read as how much is known.
    pub fn respons(self) -> Option<f64> {
        let told = match self.toestand() {
            Visibility::Shown | Visibility::Missing(None) => true,
            Visibility::Hidden | Visibility::LeftOut => false,
            Visibility::Missing(Some(reason)) => match reason {
                Reason::NobodyDelivered | Reason::NotComputable | Reason::NotReached => true,
                Reason::TableMissing
                | Reason::TooLittleKnown
                | Reason::Privacy
                | Reason::LeftOut => false,
            },
        };
        self.row.respons.filter(|share| told && share.is_finite())
    }

    /// Share of the delivered records in which its fields are filled.
    pub fn known_records(self) -> Option<f64> {
        self.row
            .dekking_records
            .filter(|share| !self.toestand().is_hidden() && share.is_finite())
    }

    /// From how many aanbieders those records come.
    pub fn known_aanbieders(self) -> Option<KnownAanbieders> {
        let told = self.row.dekking_aanbieders.as_deref();
        told.filter(|_| !self.toestand().is_hidden())
            .and_then(KnownAanbieders::parse)
    }

    /// Of how small a part the value is known; nothing where that is half or more. How many aanbieders it is from only
    /// says so of the country: in a smaller gebied not everyone who works there helped somebody from there.
    pub fn known_part(self) -> Option<KnownPart> {
        self.value()?;
        if let Some(share) = self.known_records().filter(|share| *share < HALF) {
            return Some(KnownPart::Records(share));
        }
        let known: u32 = self.known_aanbieders()?.number()?;
        let reacted = self
            .reacted
            .filter(|_| self.niveau() == Niveau::Nederland)?;
        (f64::from(known) < HALF * reacted).then_some(KnownPart::Aanbieders { known, reacted })
    }

    /// Whether it is provisional.
    pub fn provisional(self) -> bool {
        self.toestand() == Visibility::Shown && self.row.status == Status::P
    }

    /// Its cell in a column of the table.
    pub fn cell(self, column: &Column) -> Value<'a> {
        let told = match column.role {
            FigureRole::Key => true,
            FigureRole::Number => self.toestand() == Visibility::Shown,
            FigureRole::Note => !self.toestand().is_hidden() || !DELIVERED.contains(&column.name),
        };
        match (column.get)(self.row) {
            _ if !told => Value::Empty,
            Value::Decimal(number) if !number.is_finite() => Value::Empty,
            cell => cell,
        }
    }

    pub(crate) fn key(self) -> (&'a str, FigureScope<'a>) {
        (self.indicator(), self.scope())
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

    fn left_out() -> Cijfer {
        Cijfer {
            reden: Some(Reason::LeftOut),
            ..cijfer(Confidential::F, Status::Q)
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
            left_out(),
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
        let told = |column: &&Column| DELIVERED.contains(&column.name);
        assert_eq!(Cijfer::COLUMNS.iter().filter(told).count(), 3);
        for hidden in [cijfer(Confidential::C, Status::Q), left_out()] {
            let fact = Fact::of(&hidden);
            assert_eq!(fact.respons(), None);
            assert_eq!(
                (fact.known_records(), fact.known_aanbieders()),
                (None, None)
            );
            for column in Cijfer::COLUMNS.iter().filter(told) {
                assert_eq!(fact.cell(column), Value::Empty, "{}", column.name);
            }
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

    /// A reader takes a figure of the country for the whole country, unless it says that it is not.
    #[test]
    fn what_is_known_of_less_than_half_says_so() {
        let national = |share, aanbieders: &str, reacted| {
            let row = Cijfer {
                niveau: Niveau::Nederland,
                dekking_records: share,
                dekking_aanbieders: Some(aanbieders.into()),
                ..cijfer(Confidential::F, Status::A)
            };
            Fact::of(&row).among(reacted).known_part()
        };
        let from = |known, reacted| Some(KnownPart::Aanbieders { known, reacted });
        assert_eq!(
            national(Some(0.18), "8", Some(53.0)),
            Some(KnownPart::Records(0.18))
        );
        assert_eq!(national(Some(0.5), "40", Some(53.0)), None);
        assert_eq!(national(Some(1.0), "8", Some(53.0)), from(8, 53.0));
        assert_eq!(national(None, "8", Some(53.0)), from(8, 53.0));
        assert_eq!(national(Some(1.0), "2 of meer", Some(53.0)), None);
        assert_eq!(national(Some(1.0), "8", None), None);
        let gemeente = Cijfer {
            dekking_records: Some(1.0),
            ..cijfer(Confidential::F, Status::A)
        };
        assert_eq!(Fact::of(&gemeente).among(Some(9.0)).known_part(), None);
    }
}
