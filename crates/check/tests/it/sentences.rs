//! Random sentences of the rule language over the fixture `probe.toml`, random rows, and a judge that takes one row
//! at a time and knows nothing of columns. `analysis` takes the same sentences to DataFusion.

use proptest::prelude::*;

/// A row of the fixture.
#[derive(Debug, Clone)]
pub(crate) struct NumberRow {
    pub a: Option<i32>,
    pub b: Option<i32>,
    /// Hundredths.
    pub amount: Option<i64>,
    /// Days since 1970.
    pub begin: Option<i32>,
    pub eind: Option<i32>,
    pub colour: Option<&'static str>,
    pub rand: Option<&'static str>,
    pub plaats: Option<&'static str>,
    pub herkomst: Option<&'static str>,
    pub tekst: Option<&'static str>,
    pub word: Option<&'static str>,
    pub active: Option<bool>,
}

const COLOURS: [&str; 4] = ["rood", "groen", "blauw", "geen_van_deze_kleuren"];
const PLACES: [&str; 3] = ["GM0344", "GM0363", "GM0014"];
const TEXTS: [&str; 4] = ["45J66", "é", "it's", " x"];
const DAYS: std::ops::Range<i32> = 18_250..18_270;

/// Rows in which equal values and empty fields are common.
pub(crate) fn rows() -> impl Strategy<Value = Vec<NumberRow>> {
    proptest::collection::vec(row(), 1..150)
}

fn row() -> impl Strategy<Value = NumberRow> {
    let whole =
        || proptest::option::weighted(0.8, prop_oneof![-3_i32..6, Just(i32::MIN), Just(i32::MAX)]);
    let amount = proptest::option::weighted(0.8, prop_oneof![-300_i64..600, Just(999_999_999_999)]);
    let day = || proptest::option::weighted(0.8, DAYS);
    let out = |choice: &'static [&'static str]| {
        proptest::option::weighted(0.8, proptest::sample::select(choice))
    };
    let codes = (out(&COLOURS), out(&COLOURS), out(&PLACES), out(&PLACES));
    let rest = (
        out(&TEXTS),
        out(&TEXTS),
        proptest::option::weighted(0.8, any::<bool>()),
    );
    ((whole(), whole(), amount), (day(), day()), codes, rest).prop_map(
        |((a, b, amount), (begin, end), (colour, rand, place, origin), (text, word, active))| {
            NumberRow {
                a,
                b,
                amount,
                begin,
                eind: end,
                colour,
                rand,
                plaats: place,
                herkomst: origin,
                tekst: text,
                word,
                active,
            }
        },
    )
}

/// A condition.
#[derive(Debug, Clone)]
pub(crate) enum Sentence {
    True,
    False,
    Onbekend,
    Active,
    Vergelijk(&'static str, NumberExpr, NumberExpr),
    CompareDay(&'static str, DayExpr, DayExpr),
    Between(bool, NumberExpr, NumberExpr, NumberExpr),
    InNumber(bool, NumberExpr, Vec<i64>),
    Word(FieldName, bool, &'static str),
    InWord(FieldName, bool, Vec<&'static str>),
    Words(FieldName, FieldName, bool),
    Empty(bool, &'static str),
    EmptyNumber(bool, NumberExpr),
    Is(Box<Sentence>, &'static str),
    Equal(Box<Sentence>, bool, Box<Sentence>),
    Not(Box<Sentence>),
    En(Box<Sentence>, Box<Sentence>),
    Of(Box<Sentence>, Box<Sentence>),
    Case(Box<Sentence>, Box<Sentence>, Option<Box<Sentence>>),
}

/// A field of codes, gemeenten or text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FieldName {
    Colour,
    Rand,
    Place,
    Origin,
    Tekst,
    Word,
}

/// A number.
#[derive(Debug, Clone)]
pub(crate) enum NumberExpr {
    A,
    B,
    Amount,
    Heel(i64),
    /// Hundredths.
    Fraction(i64),
    Plus(Box<NumberExpr>, Box<NumberExpr>),
    Min(Box<NumberExpr>, Box<NumberExpr>),
    Times(Box<NumberExpr>, i64),
    Days(DayExpr, DayExpr),
    Case(Box<Sentence>, Box<NumberExpr>, Option<Box<NumberExpr>>),
}

/// A date.
#[derive(Debug, Clone)]
pub(crate) enum DayExpr {
    Begin,
    End,
    Constant(i32),
    Case(Box<Sentence>, Box<DayExpr>, Option<Box<DayExpr>>),
}

const OPERATORS: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// Sentences of some depth.
pub(crate) fn sentences() -> impl Strategy<Value = Sentence> {
    let sheet = prop_oneof![
        1 => proptest::sample::select(&[0, 1, 2][..]).prop_map(|n| [Sentence::True, Sentence::False, Sentence::Onbekend][n].clone()),
        2 => Just(Sentence::Active),
        6 => (operator(), number(), number()).prop_map(|(operator, a, b)| Sentence::Vergelijk(operator, a, b)),
        4 => (operator(), day(), day()).prop_map(|(operator, a, b)| Sentence::CompareDay(operator, a, b)),
        2 => (any::<bool>(), number(), number(), number()).prop_map(|(negated, x, a, b)| Sentence::Between(negated, x, a, b)),
        2 => (any::<bool>(), number(), proptest::collection::vec(-3_i64..6, 1..4)).prop_map(|(negated, x, l)| Sentence::InNumber(negated, x, l)),
        4 => word_with_value().prop_map(|(veld, equal, values)| Sentence::Word(veld, equal, values[0])),
        2 => word_with_value().prop_map(|(veld, negated, values)| Sentence::InWord(veld, negated, values)),
        2 => (0_usize..3, any::<bool>()).prop_map(|(n, equal)| {
            let (a, b) = [(FieldName::Colour, FieldName::Rand), (FieldName::Place, FieldName::Origin), (FieldName::Tekst, FieldName::Word)][n];
            Sentence::Words(a, b, equal)
        }),
        3 => (any::<bool>(), proptest::sample::select(&["a", "bedrag", "begin", "kleur", "plaats", "tekst", "actief"][..]))
            .prop_map(|(negated, veld)| Sentence::Empty(negated, veld)),
        1 => (any::<bool>(), number()).prop_map(|(negated, x)| Sentence::EmptyNumber(negated, x)),
    ];
    sheet.prop_recursive(4, 24, 3, |inner| {
        let boxed = move || inner.clone().prop_map(Box::new);
        let part = || number().prop_map(Box::new);
        prop_oneof![
            3 => (boxed(), boxed()).prop_map(|(a, b)| Sentence::En(a, b)),
            3 => (boxed(), boxed()).prop_map(|(a, b)| Sentence::Of(a, b)),
            2 => boxed().prop_map(Sentence::Not),
            1 => (boxed(), proptest::sample::select(&["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"][..]))
                .prop_map(|(z, what)| Sentence::Is(z, what)),
            1 => (boxed(), any::<bool>(), boxed()).prop_map(|(a, equal, b)| Sentence::Equal(a, equal, b)),
            1 => (boxed(), boxed(), proptest::option::of(boxed())).prop_map(|(when, then, otherwise)| Sentence::Case(when, then, otherwise)),
            1 => (boxed(), part(), proptest::option::of(part()), operator(), number())
                .prop_map(|(when, then, otherwise, operator, met)| Sentence::Vergelijk(operator, NumberExpr::Case(when, then, otherwise), met)),
            1 => (boxed(), day().prop_map(Box::new), proptest::option::of(day().prop_map(Box::new)), operator(), day())
                .prop_map(|(when, then, otherwise, operator, met)| Sentence::CompareDay(operator, DayExpr::Case(when, then, otherwise), met)),
        ]
    })
}

fn operator() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&OPERATORS[..])
}

fn word_with_value() -> impl Strategy<Value = (FieldName, bool, Vec<&'static str>)> {
    let met = |velden: &'static [FieldName], values: &'static [&'static str]| {
        (
            proptest::sample::select(velden),
            any::<bool>(),
            proptest::collection::vec(proptest::sample::select(values), 1..4),
        )
    };
    prop_oneof![
        met(&[FieldName::Colour, FieldName::Rand], &COLOURS),
        met(&[FieldName::Place, FieldName::Origin], &PLACES),
        met(
            &[FieldName::Tekst, FieldName::Word],
            &["45J66", "é", "it's", " x", "niets"]
        ),
    ]
}

fn number() -> impl Strategy<Value = NumberExpr> {
    let sheet = prop_oneof![
        3 => Just(NumberExpr::A),
        2 => Just(NumberExpr::B),
        2 => Just(NumberExpr::Amount),
        2 => (-3_i64..6).prop_map(NumberExpr::Heel),
        1 => (-300_i64..600).prop_map(NumberExpr::Fraction),
        1 => (day(), day()).prop_map(|(a, b)| NumberExpr::Days(a, b)),
    ];
    sheet.prop_recursive(2, 6, 2, |inner| {
        let boxed = move || inner.clone().prop_map(Box::new);
        prop_oneof![
            (boxed(), boxed()).prop_map(|(a, b)| NumberExpr::Plus(a, b)),
            (boxed(), boxed()).prop_map(|(a, b)| NumberExpr::Min(a, b)),
            (boxed(), -3_i64..120).prop_map(|(a, n)| NumberExpr::Times(a, n)),
        ]
    })
}

fn day() -> impl Strategy<Value = DayExpr> {
    prop_oneof![2 => Just(DayExpr::Begin), 2 => Just(DayExpr::End), 1 => DAYS.prop_map(DayExpr::Constant)]
}

/// A day as a date.
pub(crate) fn iso(day: i32) -> String {
    let datum =
        chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(day.into());
    datum.to_string()
}

/// Hundredths as an amount.
pub(crate) fn amount(hundredths: i64) -> String {
    let character = if hundredths < 0 { "-" } else { "" };
    format!(
        "{character}{}.{:02}",
        hundredths.abs() / 100,
        hundredths.abs() % 100
    )
}

fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

impl Sentence {
    /// The sentence as SQL.
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::True => "TRUE".to_owned(),
            Self::False => "FALSE".to_owned(),
            Self::Onbekend => "(a IS NULL AND NULL)".to_owned(),
            Self::Active => "actief".to_owned(),
            Self::Vergelijk(operator, a, b) => format!("({} {operator} {})", a.sql(), b.sql()),
            Self::CompareDay(operator, a, b) => format!("({} {operator} {})", a.sql(), b.sql()),
            Self::Between(negated, x, a, b) => format!(
                "({} {}BETWEEN {} AND {})",
                x.sql(),
                not(*negated),
                a.sql(),
                b.sql()
            ),
            Self::InNumber(negated, x, list) => {
                let list: Vec<String> = list.iter().map(i64::to_string).collect();
                format!("({} {}IN ({}))", x.sql(), not(*negated), list.join(", "))
            }
            Self::Word(veld, true, value) => format!("({} = {})", veld.sql(), text(value)),
            Self::Word(veld, false, value) => format!("({} <> {})", text(value), veld.sql()),
            Self::InWord(veld, negated, values) => {
                let list: Vec<String> = values.iter().map(|w| text(w)).collect();
                format!("({} {}IN ({}))", veld.sql(), not(*negated), list.join(", "))
            }
            Self::Words(a, b, equal) => format!(
                "({} {} {})",
                a.sql(),
                if *equal { "=" } else { "<>" },
                b.sql()
            ),
            Self::Empty(negated, veld) => format!("({veld} IS {}NULL)", not(*negated)),
            Self::EmptyNumber(negated, x) => format!("({} IS {}NULL)", x.sql(), not(*negated)),
            Self::Is(sentence, what) => format!("({} IS {what})", sentence.sql()),
            Self::Equal(a, equal, b) => format!(
                "({} {} {})",
                a.sql(),
                if *equal { "=" } else { "<>" },
                b.sql()
            ),
            Self::Not(sentence) => format!("(NOT {})", sentence.sql()),
            Self::En(a, b) => format!("({} AND {})", a.sql(), b.sql()),
            Self::Of(a, b) => format!("({} OR {})", a.sql(), b.sql()),
            Self::Case(when, then, otherwise) => case(
                &when.sql(),
                &then.sql(),
                otherwise.as_ref().map(|a| a.sql()),
            ),
        }
    }

    /// What it says of one row.
    pub(crate) fn over(&self, row: &NumberRow) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::Onbekend => row.a.is_some().then_some(false),
            Self::Active => row.active,
            Self::Vergelijk(operator, a, b) => Some(holds(operator, a.over(row)?, b.over(row)?)),
            Self::CompareDay(operator, a, b) => Some(holds(operator, a.over(row)?, b.over(row)?)),
            Self::Between(negated, x, a, b) => {
                let x = x.over(row);
                let below = x.zip(a.over(row)).map(|(x, a)| x >= a);
                let above = x.zip(b.over(row)).map(|(x, b)| x <= b);
                and(below, above).map(|location| location != *negated)
            }
            Self::InNumber(negated, x, list) => {
                let x = x.over(row)?;
                Some(list.iter().any(|n| i128::from(*n) * UNIT == x) != *negated)
            }
            Self::Word(veld, equal, value) => Some((veld.over(row)? == *value) == *equal),
            Self::InWord(veld, negated, values) => {
                Some(values.contains(&veld.over(row)?) != *negated)
            }
            Self::Words(a, b, equal) => Some((a.over(row)? == b.over(row)?) == *equal),
            Self::Empty(negated, veld) => Some(row.is_empty(veld) != *negated),
            Self::EmptyNumber(negated, x) => Some(x.over(row).is_none() != *negated),
            Self::Is(sentence, what) => {
                let (negated, what) = what
                    .strip_prefix("NOT ")
                    .map_or((false, *what), |rest| (true, rest));
                let target = match what {
                    "TRUE" => Some(true),
                    "FALSE" => Some(false),
                    _ => None,
                };
                Some((sentence.over(row) == target) != negated)
            }
            Self::Equal(a, equal, b) => Some((a.over(row)? == b.over(row)?) == *equal),
            Self::Not(sentence) => sentence.over(row).map(|location| !location),
            Self::En(a, b) => and(a.over(row), b.over(row)),
            Self::Of(a, b) => and(a.over(row).map(|w| !w), b.over(row).map(|w| !w)).map(|w| !w),
            Self::Case(when, then, _) if when.over(row) == Some(true) => then.over(row),
            Self::Case(_, _, otherwise) => otherwise.as_ref()?.over(row),
        }
    }
}

/// Numbers are compared in hundredths.
const UNIT: i128 = 100;

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn holds<T: Ord + Copy>(operator: &str, a: T, b: T) -> bool {
    match operator {
        "=" => a == b,
        "<>" => a != b,
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        _ => a >= b,
    }
}

fn case(when: &str, then: &str, otherwise: Option<String>) -> String {
    let otherwise = otherwise.map(|a| format!(" ELSE {a}")).unwrap_or_default();
    format!("(CASE WHEN {when} THEN {then}{otherwise} END)")
}

impl NumberExpr {
    fn sql(&self) -> String {
        match self {
            Self::A => "a".to_owned(),
            Self::B => "b".to_owned(),
            Self::Amount => "bedrag".to_owned(),
            Self::Heel(n) => format!("{n}"),
            Self::Fraction(n) => amount(*n),
            Self::Plus(a, b) => format!("({} + {})", a.sql(), b.sql()),
            Self::Min(a, b) => format!("({} - {})", a.sql(), b.sql()),
            Self::Times(a, n) => format!("({} * {n})", a.sql()),
            Self::Days(a, b) => format!("({} - {})", a.sql(), b.sql()),
            Self::Case(when, then, otherwise) => case(
                &when.sql(),
                &then.sql(),
                otherwise.as_ref().map(|a| a.sql()),
            ),
        }
    }

    fn over(&self, row: &NumberRow) -> Option<i128> {
        Some(match self {
            Self::A => i128::from(row.a?) * UNIT,
            Self::B => i128::from(row.b?) * UNIT,
            Self::Amount => row.amount?.into(),
            Self::Heel(n) => i128::from(*n) * UNIT,
            Self::Fraction(n) => (*n).into(),
            Self::Plus(a, b) => a.over(row)? + b.over(row)?,
            Self::Min(a, b) => a.over(row)? - b.over(row)?,
            Self::Times(a, n) => a.over(row)? * i128::from(*n),
            Self::Days(a, b) => i128::from(a.over(row)? - b.over(row)?) * UNIT,
            Self::Case(when, then, _) if when.over(row) == Some(true) => then.over(row)?,
            Self::Case(_, _, otherwise) => otherwise.as_ref()?.over(row)?,
        })
    }
}

impl DayExpr {
    fn sql(&self) -> String {
        match self {
            Self::Begin => "begin".to_owned(),
            Self::End => "eind".to_owned(),
            Self::Constant(day) => format!("DATE '{}'", iso(*day)),
            Self::Case(when, then, otherwise) => case(
                &when.sql(),
                &then.sql(),
                otherwise.as_ref().map(|a| a.sql()),
            ),
        }
    }

    fn over(&self, row: &NumberRow) -> Option<i32> {
        match self {
            Self::Begin => row.begin,
            Self::End => row.eind,
            Self::Constant(day) => Some(*day),
            Self::Case(when, then, _) if when.over(row) == Some(true) => then.over(row),
            Self::Case(_, _, otherwise) => otherwise.as_ref()?.over(row),
        }
    }
}

impl FieldName {
    fn sql(self) -> &'static str {
        match self {
            Self::Colour => "kleur",
            Self::Rand => "rand",
            Self::Place => "plaats",
            Self::Origin => "herkomst",
            Self::Tekst => "tekst",
            Self::Word => "woord",
        }
    }

    fn over(self, row: &NumberRow) -> Option<&'static str> {
        match self {
            Self::Colour => row.colour,
            Self::Rand => row.rand,
            Self::Place => row.plaats,
            Self::Origin => row.herkomst,
            Self::Tekst => row.tekst,
            Self::Word => row.word,
        }
    }
}

impl NumberRow {
    fn is_empty(&self, veld: &str) -> bool {
        match veld {
            "a" => self.a.is_none(),
            "bedrag" => self.amount.is_none(),
            "begin" => self.begin.is_none(),
            "kleur" => self.colour.is_none(),
            "plaats" => self.plaats.is_none(),
            "tekst" => self.tekst.is_none(),
            _ => self.active.is_none(),
        }
    }

    /// The row as canonical text: field and value.
    pub(crate) fn canonical(&self) -> Vec<(&'static str, String)> {
        let velden = [
            ("a", self.a.map(|n| n.to_string())),
            ("b", self.b.map(|n| n.to_string())),
            ("bedrag", self.amount.map(amount)),
            ("begin", self.begin.map(iso)),
            ("eind", self.eind.map(iso)),
            ("kleur", self.colour.map(str::to_owned)),
            ("rand", self.rand.map(str::to_owned)),
            ("plaats", self.plaats.map(str::to_owned)),
            ("herkomst", self.herkomst.map(str::to_owned)),
            ("tekst", self.tekst.map(str::to_owned)),
            ("woord", self.word.map(str::to_owned)),
            (
                "actief",
                self.active
                    .map(|yes| if yes { "ja" } else { "nee" }.to_owned()),
            ),
        ];
        velden
            .into_iter()
            .map(|(veld, value)| (veld, value.unwrap_or_default()))
            .collect()
    }
}
