//! Every figure, found at once by gebied, indicator and category.
//!
//! Owns the only door to a [`Cijfer`]: a [`Feit`] gives nothing of a hidden or missing figure, so that no page,
//! drawing or file made from it can leak one. Leaves formatting to `nl` and choosing to `blok`.

use std::collections::HashMap;

use schema::cijfer::{Column, Role, Status, Value, Vertrouwelijk};
use schema::{Cijfer, Comparison};

/// The column with the share of the aanbieders that delivered.
const RESPONS: &str = "respons";

/// Whether a figure may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toestand {
    /// There is a value and it is free.
    Getoond,
    /// Hidden, of itself or to protect another.
    Privacy,
    /// It cannot be computed, or there is no row.
    Ontbreekt,
}

/// One figure, of which only what may be shown can be read.
#[derive(Debug, Clone, Copy)]
pub struct Feit<'a>(&'a Cijfer);

impl<'a> Feit<'a> {
    /// Wraps a row of the protected table.
    pub fn van(cijfer: &'a Cijfer) -> Self {
        Self(cijfer)
    }

    /// Whether it may be shown.
    pub fn toestand(self) -> Toestand {
        match (self.0.vertrouwelijk, self.0.status) {
            (Vertrouwelijk::C | Vertrouwelijk::D, _) => Toestand::Privacy,
            (Vertrouwelijk::F, Status::M | Status::L) => Toestand::Ontbreekt,
            (Vertrouwelijk::F, Status::A | Status::P) => match self.0.waarde {
                Some(waarde) if waarde.is_finite() => Toestand::Getoond,
                _ => Toestand::Ontbreekt,
            },
        }
    }

    fn vrij<T>(self, iets: Option<T>) -> Option<T> {
        iets.filter(|_| self.toestand() == Toestand::Getoond)
    }

    fn vrij_getal(self, getal: Option<f64>) -> Option<f64> {
        self.vrij(getal).filter(|getal| getal.is_finite())
    }

    /// Level, as in the table.
    pub fn niveau(self) -> &'a str {
        self.0.niveau.naam()
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
    pub fn waarde(self) -> Option<f64> {
        self.vrij_getal(self.0.waarde)
    }

    /// Lower limit of the 95 % interval.
    pub fn onder(self) -> Option<f64> {
        self.vrij_getal(self.0.onder)
    }

    /// Upper limit of the 95 % interval.
    pub fn boven(self) -> Option<f64> {
        self.vrij_getal(self.0.boven)
    }

    /// Both limits, where both are known.
    pub fn grenzen(self) -> Option<(f64, f64)> {
        self.onder().zip(self.boven())
    }

    /// How it stands beside Nederland.
    pub fn oordeel(self) -> Option<Comparison> {
        self.vrij(self.0.oordeel)
    }

    /// Numerator.
    pub fn teller(self) -> Option<f64> {
        self.vrij_getal(self.0.teller)
    }

    /// Denominator.
    pub fn noemer(self) -> Option<f64> {
        self.vrij_getal(self.0.noemer)
    }

    /// Number of records it rests on.
    pub fn n(self) -> Option<i64> {
        self.vrij(self.0.n)
    }

    /// Share of the expected aanbieders that delivered; also of a figure that is missing, for it may say why.
    pub fn respons(self) -> Option<f64> {
        let ontbreekt = self.0.vertrouwelijk == Vertrouwelijk::F && self.0.status == Status::M;
        self.0.respons.filter(|respons| {
            respons.is_finite() && (ontbreekt || self.toestand() == Toestand::Getoond)
        })
    }

    /// Whether it is provisional.
    pub fn voorlopig(self) -> bool {
        self.toestand() == Toestand::Getoond && self.0.status == Status::P
    }

    /// Its cell in a column of the table.
    pub fn cell(self, column: &Column) -> Value<'a> {
        match column.role {
            Role::Number if self.toestand() != Toestand::Getoond => Value::Empty,
            Role::Note if column.name == RESPONS => {
                self.respons().map_or(Value::Empty, Value::Decimal)
            }
            Role::Key | Role::Number | Role::Note => match (column.get)(self.0) {
                Value::Decimal(number) if !number.is_finite() => Value::Empty,
                cell => cell,
            },
        }
    }

    fn sleutel(self) -> (&'a str, &'a str, &'a str) {
        (self.indicator(), self.uitsplitsing(), self.categorie())
    }
}

/// The figures of one gebied, ordered by indicator, breakdown and category.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rijen<'a>(&'a [Feit<'a>]);

impl<'a> Rijen<'a> {
    /// The figure of the whole cell.
    pub fn totaal(self, indicator: &str) -> Option<Feit<'a>> {
        self.cel(indicator, "totaal", "totaal")
    }

    /// The figure of one category.
    pub fn cel(self, indicator: &str, uitsplitsing: &str, categorie: &str) -> Option<Feit<'a>> {
        let plaats = self
            .0
            .binary_search_by(|feit| feit.sleutel().cmp(&(indicator, uitsplitsing, categorie)))
            .ok()?;
        Some(self.0[plaats])
    }

    /// All figures of one indicator.
    pub fn van(self, indicator: &str) -> &'a [Feit<'a>] {
        let begin = self.0.partition_point(|feit| feit.indicator() < indicator);
        let lengte = self.0[begin..].partition_point(|feit| feit.indicator() == indicator);
        &self.0[begin..begin + lengte]
    }

    /// All of them.
    pub fn alle(self) -> &'a [Feit<'a>] {
        self.0
    }
}

/// All figures of a publication.
#[derive(Debug)]
pub struct Index<'a> {
    per_gebied: HashMap<&'a str, Vec<Feit<'a>>>,
}

impl<'a> Index<'a> {
    /// Orders the figures of one uitvraag and year.
    pub fn nieuw(uitvraag: &str, jaar: i32, cijfers: &'a [Cijfer]) -> Self {
        let mut per_gebied: HashMap<&str, Vec<Feit<'_>>> = HashMap::new();
        for cijfer in cijfers
            .iter()
            .filter(|cijfer| cijfer.jaar == jaar && cijfer.uitvraag == uitvraag)
        {
            per_gebied
                .entry(&cijfer.gebied)
                .or_default()
                .push(Feit(cijfer));
        }
        for rijen in per_gebied.values_mut() {
            rijen.sort_by(|a, b| a.sleutel().cmp(&b.sleutel()));
        }
        Self { per_gebied }
    }

    /// The figures of one gebied; none when there are none.
    pub fn gebied(&self, code: &str) -> Rijen<'_> {
        Rijen(
            self.per_gebied
                .get(code)
                .map(Vec::as_slice)
                .unwrap_or_default(),
        )
    }

    /// Whether any figure carries this indicator id for the gebied.
    pub fn kent(&self, gebied: &str, indicator: &str) -> bool {
        !self.gebied(gebied).van(indicator).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cijfer(vertrouwelijk: Vertrouwelijk, status: Status) -> Cijfer {
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
            vertrouwelijk,
            respons: Some(0.5),
            momentopname: "m1".into(),
        }
    }

    #[test]
    fn a_hidden_figure_gives_nothing_away() {
        for hidden in [
            cijfer(Vertrouwelijk::C, Status::A),
            cijfer(Vertrouwelijk::D, Status::P),
            cijfer(Vertrouwelijk::F, Status::L),
            cijfer(Vertrouwelijk::F, Status::M),
        ] {
            let feit = Feit(&hidden);
            assert_eq!(
                (feit.waarde(), feit.grenzen(), feit.oordeel()),
                (None, None, None)
            );
            assert_eq!((feit.teller(), feit.noemer(), feit.n()), (None, None, None));
            // Of what is missing the response may be why; it counts aanbieders, not children.
            assert_eq!(feit.respons().is_some(), hidden.status == Status::M);
        }
    }

    #[test]
    fn figures_of_one_indicator_are_found_among_others() {
        let mut cijfers = Vec::new();
        for indicator in ["b", "a", "ab"] {
            for categorie in ["y", "x"] {
                let mut een = cijfer(Vertrouwelijk::F, Status::A);
                een.indicator = indicator.into();
                een.uitsplitsing = "kader".into();
                een.categorie = categorie.into();
                cijfers.push(een);
            }
        }
        let index = Index::nieuw("omgang", 2020, &cijfers);
        let rijen = index.gebied("GM0001");
        let van_a: Vec<&str> = rijen.van("a").iter().map(|feit| feit.categorie()).collect();
        assert_eq!(van_a, ["x", "y"]);
        assert!(rijen.cel("ab", "kader", "y").is_some());
        assert!(rijen.totaal("a").is_none());
        assert!(rijen.van("c").is_empty());
    }
}
