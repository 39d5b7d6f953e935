//! One figure: a row of the long table `cijfers`, before and after protection.
//!
//! Owns the columns: their order, what each one holds and may hold, and what a reader is told of it. Parquet, CSV, SQL
//! and datapackage all follow from this one declaration ([`Cijfer::COLUMNS`]). Leaves computing to `analysis` and
//! hiding to `disclosure`.

use serde::{Deserialize, Serialize};
pub use smol_str::SmolStr;

use crate::gebieden::Niveau;
use crate::indicator::Comparison;

/// One column of the table.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub role: FigureRole,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether it may be empty.
    pub nullable: bool,
    /// What it means, for a Dutch reader.
    pub description: &'static str,
    /// Its cell in a row.
    pub get: fn(&Cijfer) -> Value<'_>,
    set: fn(&mut Cijfer, Value<'_>) -> bool,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureRole {
    /// Together the keys say which figure it is.
    Key,
    /// A number, or something that follows from one: empty where the figure is hidden.
    Number,
    /// Stands there also where the figure is hidden.
    Note,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number of at most 32 bits.
    Small,
    /// A whole number of at most 64 bits.
    Whole,
    /// Any number.
    Decimal,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// Any number.
    Decimal(f64),
}

/// Between a field of the row and its cell.
trait ColumnCell: Sized {
    const KIND: ColumnKind;
    const NULLABLE: bool = false;
    fn get(&self) -> Value<'_>;
    fn read(value: Value<'_>) -> Option<Self>;
}

/// Declares the row, and the columns in the order of its fields.
macro_rules! table {
    (
        $(#[$metadata:meta])*
        pub struct Cijfer {
            $($(#[$doc:meta])* $role:ident $field:ident: $type:ty = $description:literal,)*
        }
    ) => {
        $(#[$metadata])*
        pub struct Cijfer {
            $($(#[$doc])* pub $field: $type,)*
        }

        impl Cijfer {
            /// The columns of the table `cijfers`, in order.
            pub const COLUMNS: &'static [Column] = &[$(Column {
                name: stringify!($field),
                role: FigureRole::$role,
                kind: <$type as ColumnCell>::KIND,
                nullable: <$type as ColumnCell>::NULLABLE,
                description: $description,
                get: |row| row.$field.get(),
                set: |row, value| ColumnCell::read(value).map(|cell| row.$field = cell).is_some(),
            }),*];

            /// Their names.
            pub const COLUMN_NAMES: [&'static str; Self::COLUMNS.len()] = [$(stringify!($field)),*];

            /// The row with these cells, in the order of the columns; `None` where one of them can't stand there.
            pub fn from_cells<'a>(mut cells: impl Iterator<Item = Value<'a>>) -> Option<Self> {
                Some(Self { $($field: ColumnCell::read(cells.next()?)?),* })
            }
        }
    };
}

table! {
    /// One figure of one indicator for one gebied and one category.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct Cijfer {
        /// Name of the uitvraag.
        Key uitvraag: SmolStr = "Naam van de uitvraag",
        /// Reporting year.
        Key jaar: i32 = "Verslagjaar",
        /// Indicator id, as in `duur_mediaan`.
        Key indicator: SmolStr = "Naam van het cijfer; zie `indicatoren`",
        /// The level.
        Key niveau: Niveau = "nederland, provincie, jeugdregio, gemeente of grootteklasse",
        /// `NL00`, `PVxx`, `JZxx`, `GMxxxx` or the class.
        Key gebied: SmolStr = "CBS-code van het gebied, of de klasse",
        /// `totaal`, or the field the figure is broken down by.
        Key uitsplitsing: SmolStr = "totaal, of het veld waarnaar het cijfer is uitgesplitst",
        /// `totaal`, or the code within the breakdown.
        Key categorie: SmolStr = "totaal, of de code binnen de uitsplitsing",
        /// The value, in the indicator's unit; empty where it cannot be computed or may not be shown.
        Number waarde: Option<f64> = "Het cijfer; leeg als het niet te berekenen is of niet getoond mag worden",
        /// Lower limit of the 95 % interval.
        Number onder: Option<f64> = "Ondergrens van het 95%-interval",
        /// Upper limit of the 95 % interval.
        Number boven: Option<f64> = "Bovengrens van het 95%-interval; leeg als die niet bereikt is",
        /// Lower limit of the 99.8 % interval.
        Number onder_998: Option<f64> = "Ondergrens van het 99,8%-interval",
        /// Upper limit of the 99.8 % interval.
        Number boven_998: Option<f64> = "Bovengrens van het 99,8%-interval; leeg als die niet bereikt is",
        /// Compared with Nederland at 99.8 %; empty where it is not compared.
        Number oordeel: Option<Comparison> = "Vergeleken met Nederland bij 99,8%: hoger, lager, niet_te_zeggen of hangt_af_van_respons",
        /// Numerator, where the figure is a count, a share or a ratio.
        Number teller: Option<f64> = "Teller",
        /// Denominator, where the figure is a share or a ratio.
        Number noemer: Option<f64> = "Noemer",
        /// Number of records the figure rests on.
        Number n: Option<i64> = "Aantal trajecten, kinderen of aanbieders waarop het cijfer rust",
        /// The least it would have been if the others had delivered too.
        Number minstens: Option<f64> = "Wat het cijfer minstens was geweest als ook de anderen hadden geleverd",
        /// The most it would have been if the others had delivered too.
        Number hoogstens: Option<f64> = "Wat het cijfer hoogstens was geweest als ook de anderen hadden geleverd",
        /// SDMX OBS_STATUS.
        Note status: Status = "SDMX OBS_STATUS: A gewoon, P voorlopig, O niemand leverde, L tabel niet geleverd of te weinig bekend, M niet te berekenen, Q niet getoond",
        /// SDMX CONF_STATUS.
        Note vertrouwelijk: Confidential = "SDMX CONF_STATUS: F vrij, C niet getoond om kinderen te beschermen",
        /// Why there is no value; empty where there is one.
        Note reden: Option<Reason> = "Waarom er geen cijfer staat; leeg als het er staat",
        /// Share of the expected aanbieders of the gebied that delivered, 0 to 1, in four decimals.
        Note respons: Option<f64> = "Deel van de verwachte aanbieders in het gebied dat heeft geleverd, in vier decimalen",
        /// Share of the records delivered there in which the fields of the figure are filled, 0 to 1.
        Note dekking_records: Option<f64> = "Deel van de geleverde records in het gebied waarvan dit bekend is",
        /// How many aanbieders those records come from: `1`, `2 of meer`, or a number.
        Note dekking_aanbieders: Option<SmolStr> = "Van hoeveel aanbieders die records komen: 1, 2 of meer, of een aantal",
        /// The momentopname the figure was made from.
        Note momentopname: SmolStr = "De momentopname waaruit het cijfer komt",
    }
}

/// SDMX OBS_STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Normal.
    A,
    /// Provisional.
    P,
    /// Nobody delivered.
    O,
    /// The table was not delivered, or the figure is known of too few records.
    L,
    /// Cannot be computed: a denominator of 0, a curve that does not come down far enough.
    M,
    /// Hidden.
    Q,
}

/// SDMX CONF_STATUS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confidential {
    /// Free to publish.
    F,
    /// Hidden.
    C,
}

/// Why a figure has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Hidden to protect children.
    #[serde(rename = "niet getoond om kinderen te beschermen")]
    Privacy,
    /// Left out for all gebieden alike, so that no child follows from it.
    #[serde(rename = "voor alle gebieden weggelaten om kinderen te beschermen")]
    LeftOut,
    /// No aanbieder delivered.
    #[serde(rename = "geen aanbieder leverde")]
    NobodyDelivered,
    /// The aanbieders that delivered left out this table.
    #[serde(rename = "deze tabel is niet geleverd")]
    TableMissing,
    /// The fields are filled in too few records.
    #[serde(rename = "van te weinig trajecten bekend")]
    TooLittleKnown,
    /// There is nothing to compute it from.
    #[serde(rename = "niet te berekenen")]
    NotComputable,
    /// Fewer than half went out, so there is no day on which half were.
    #[serde(rename = "niet bereikt")]
    NotReached,
}

impl Status {
    /// The letter in the table.
    pub fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::P => "P",
            Self::O => "O",
            Self::L => "L",
            Self::M => "M",
            Self::Q => "Q",
        }
    }

    fn parse(letter: &str) -> Option<Self> {
        [Self::A, Self::P, Self::O, Self::L, Self::M, Self::Q]
            .into_iter()
            .find(|status| status.letter() == letter)
    }
}

impl Confidential {
    /// The letter in the table.
    pub fn letter(self) -> &'static str {
        match self {
            Self::F => "F",
            Self::C => "C",
        }
    }

    fn parse(letter: &str) -> Option<Self> {
        [Self::F, Self::C]
            .into_iter()
            .find(|sign| sign.letter() == letter)
    }
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Privacy,
        Self::LeftOut,
        Self::NobodyDelivered,
        Self::TableMissing,
        Self::TooLittleKnown,
        Self::NotComputable,
        Self::NotReached,
    ];

    /// The words as they stand in `cijfers.reden`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Privacy => "niet getoond om kinderen te beschermen",
            Self::LeftOut => "voor alle gebieden weggelaten om kinderen te beschermen",
            Self::NobodyDelivered => "geen aanbieder leverde",
            Self::TableMissing => "deze tabel is niet geleverd",
            Self::TooLittleKnown => "van te weinig trajecten bekend",
            Self::NotComputable => "niet te berekenen",
            Self::NotReached => "niet bereikt",
        }
    }

    fn parse(words: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.words() == words)
    }
}

impl Cijfer {
    /// The breakdown and the category of a whole figure.
    pub const TOTAL: &'static str = "totaal";

    /// Empties every number of the row.
    pub fn blank(&mut self) {
        for column in Self::COLUMNS
            .iter()
            .filter(|c| c.role == FigureRole::Number)
        {
            let emptied = (column.set)(self, Value::Empty);
            debug_assert!(emptied, "{} may be empty", column.name);
        }
    }

    /// The CBS sign that stands in a page or table where there is no number, or beside it: `.` for hidden or
    /// missing, `*` for provisional, nothing otherwise.
    pub fn character(&self) -> &'static str {
        match (self.vertrouwelijk, self.status) {
            (Confidential::C, _) | (_, Status::O | Status::L | Status::M | Status::Q) => ".",
            (Confidential::F, Status::P) => "*",
            (Confidential::F, Status::A) => "",
        }
    }
}

impl ColumnCell for SmolStr {
    const KIND: ColumnKind = ColumnKind::Text;

    fn get(&self) -> Value<'_> {
        Value::Text(self)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.into()),
            _ => None,
        }
    }
}

impl ColumnCell for i32 {
    const KIND: ColumnKind = ColumnKind::Small;

    fn get(&self) -> Value<'_> {
        Value::Whole((*self).into())
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Whole(number) => number.try_into().ok(),
            _ => None,
        }
    }
}

impl ColumnCell for i64 {
    const KIND: ColumnKind = ColumnKind::Whole;

    fn get(&self) -> Value<'_> {
        Value::Whole(*self)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Whole(number) => Some(number),
            _ => None,
        }
    }
}

impl ColumnCell for f64 {
    const KIND: ColumnKind = ColumnKind::Decimal;

    fn get(&self) -> Value<'_> {
        Value::Decimal(*self)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Decimal(number) => Some(number),
            _ => None,
        }
    }
}

impl<T: ColumnCell> ColumnCell for Option<T> {
    const KIND: ColumnKind = T::KIND;
    const NULLABLE: bool = true;

    fn get(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Empty, T::get)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Empty => Some(None),
            filled => T::read(filled).map(Some),
        }
    }
}

/// A closed set stands in its column by name.
macro_rules! named {
    ($($type:ty: $name:ident),*) => {$(
        impl ColumnCell for $type {
            const KIND: ColumnKind = ColumnKind::Text;

            fn get(&self) -> Value<'_> {
                Value::Text(self.$name())
            }

            fn read(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Text(name) => Self::parse(name),
                    _ => None,
                }
            }
        }
    )*};
}

named!(Niveau: name, Comparison: name, Status: letter, Confidential: letter, Reason: words);

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> Cijfer {
        Cijfer {
            uitvraag: "omgang".into(),
            jaar: 2020,
            indicator: "duur_mediaan".into(),
            niveau: Niveau::Jeugdregio,
            gebied: "JZ13".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            waarde: Some(1.5),
            onder: Some(1.0),
            boven: None,
            onder_998: Some(0.5),
            boven_998: None,
            oordeel: Some(Comparison::Lower),
            teller: Some(3.0),
            noemer: Some(2.0),
            n: Some(2),
            minstens: Some(1.0),
            hoogstens: Some(4.0),
            status: Status::P,
            vertrouwelijk: Confidential::C,
            reden: Some(Reason::Privacy),
            respons: Some(0.5),
            dekking_records: Some(0.25),
            dekking_aanbieders: Some("2 of meer".into()),
            momentopname: "m1".into(),
        }
    }

    #[test]
    fn a_row_is_what_its_cells_say() {
        let figure = figure();
        let cells = || Cijfer::COLUMNS.iter().map(|column| (column.get)(&figure));
        assert_eq!(Cijfer::from_cells(cells()).as_ref(), Some(&figure));
        assert_eq!(Cijfer::from_cells(cells().skip(1)), None);
        assert_eq!(
            Cijfer::from_cells(cells().take(Cijfer::COLUMNS.len() - 1)),
            None
        );
        for (place, column) in Cijfer::COLUMNS.iter().enumerate() {
            let emptied = cells()
                .enumerate()
                .map(|(i, cell)| if i == place { Value::Empty } else { cell });
            let read = Cijfer::from_cells(emptied);
            assert_eq!(read.is_some(), column.nullable, "{}", column.name);
        }
    }

    /// What is serialised is what is declared: no column goes by another name in JSON.
    #[test]
    fn json_has_the_declared_columns_in_order() {
        let json = serde_json::to_string(&figure()).unwrap();
        let places: Vec<usize> = Cijfer::COLUMN_NAMES
            .iter()
            .map(|name| json.find(&format!("\"{name}\":")).expect(name))
            .collect();
        assert!(places.is_sorted(), "{json}");
        assert_eq!(json.matches("\":").count(), Cijfer::COLUMN_NAMES.len());
        assert!(json.contains(r#""niveau":"jeugdregio""#) && json.contains(r#""oordeel":"lager""#));
        assert_eq!(serde_json::from_str::<Cijfer>(&json).unwrap(), figure());
    }

    #[test]
    fn blanking_leaves_which_figure_it_was_and_why_it_is_hidden() {
        let mut blank = figure();
        blank.blank();
        let figure = figure();
        for column in Cijfer::COLUMNS {
            let expected = match column.role {
                FigureRole::Number => Value::Empty,
                FigureRole::Key | FigureRole::Note => (column.get)(&figure),
            };
            assert_eq!((column.get)(&blank), expected, "{}", column.name);
        }
    }

    #[test]
    fn the_sign_of_what_is_hidden_never_tells_it_from_what_is_missing() {
        let sign = |mark, status| {
            Cijfer {
                vertrouwelijk: mark,
                status,
                ..figure()
            }
            .character()
        };
        assert_eq!(sign(Confidential::F, Status::A), "");
        assert_eq!(sign(Confidential::F, Status::P), "*");
        for missing in [Status::O, Status::L, Status::M, Status::Q] {
            assert_eq!(sign(Confidential::F, missing), ".");
            assert_eq!(sign(Confidential::C, missing), ".");
        }
        assert_eq!(sign(Confidential::C, Status::A), ".");
        assert_eq!(sign(Confidential::C, Status::P), ".");
    }

    /// The words in JSON are those in the column.
    #[test]
    fn a_reason_has_one_wording() {
        for reason in Reason::ALL {
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(json, format!("\"{}\"", reason.words()));
            assert_eq!(Reason::parse(reason.words()), Some(reason));
        }
    }
}
