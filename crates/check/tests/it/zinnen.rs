//! Random sentences of the rule language over the fixture `proef.toml`, random rows, and a judge that takes one row
//! at a time and knows nothing of columns. `analysis` takes the same sentences to DataFusion.

use proptest::prelude::*;

/// A row of the fixture.
#[derive(Debug, Clone)]
pub struct Rij {
    pub a: Option<i32>,
    pub b: Option<i32>,
    /// Hundredths.
    pub bedrag: Option<i64>,
    /// Days since 1970.
    pub begin: Option<i32>,
    pub eind: Option<i32>,
    pub kleur: Option<&'static str>,
    pub rand: Option<&'static str>,
    pub plaats: Option<&'static str>,
    pub herkomst: Option<&'static str>,
    pub tekst: Option<&'static str>,
    pub woord: Option<&'static str>,
    pub actief: Option<bool>,
}

const KLEUREN: [&str; 4] = ["rood", "groen", "blauw", "geen_van_deze_kleuren"];
const PLAATSEN: [&str; 3] = ["GM0344", "GM0363", "GM0014"];
const TEKSTEN: [&str; 4] = ["45J66", "é", "it's", " x"];
const DAGEN: std::ops::Range<i32> = 18_250..18_270;

/// Rows in which equal values and empty fields are common.
pub fn rijen() -> impl Strategy<Value = Vec<Rij>> {
    proptest::collection::vec(rij(), 1..150)
}

fn rij() -> impl Strategy<Value = Rij> {
    let geheel =
        || proptest::option::weighted(0.8, prop_oneof![-3_i32..6, Just(i32::MIN), Just(i32::MAX)]);
    let bedrag = proptest::option::weighted(0.8, prop_oneof![-300_i64..600, Just(999_999_999_999)]);
    let dag = || proptest::option::weighted(0.8, DAGEN);
    let uit = |keuze: &'static [&'static str]| {
        proptest::option::weighted(0.8, proptest::sample::select(keuze))
    };
    let codes = (uit(&KLEUREN), uit(&KLEUREN), uit(&PLAATSEN), uit(&PLAATSEN));
    let rest = (
        uit(&TEKSTEN),
        uit(&TEKSTEN),
        proptest::option::weighted(0.8, any::<bool>()),
    );
    ((geheel(), geheel(), bedrag), (dag(), dag()), codes, rest).prop_map(
        |(
            (a, b, bedrag),
            (begin, eind),
            (kleur, rand, plaats, herkomst),
            (tekst, woord, actief),
        )| Rij {
            a,
            b,
            bedrag,
            begin,
            eind,
            kleur,
            rand,
            plaats,
            herkomst,
            tekst,
            woord,
            actief,
        },
    )
}

/// A condition.
#[derive(Debug, Clone)]
pub enum Zin {
    Waar,
    Onwaar,
    Onbekend,
    Actief,
    Vergelijk(&'static str, Getal, Getal),
    VergelijkDag(&'static str, Dag, Dag),
    Tussen(bool, Getal, Getal, Getal),
    InGetal(bool, Getal, Vec<i64>),
    Woord(Naam, bool, &'static str),
    InWoord(Naam, bool, Vec<&'static str>),
    Woorden(Naam, Naam, bool),
    Leeg(bool, &'static str),
    LeegGetal(bool, Getal),
    Is(Box<Zin>, &'static str),
    Gelijk(Box<Zin>, bool, Box<Zin>),
    Niet(Box<Zin>),
    En(Box<Zin>, Box<Zin>),
    Of(Box<Zin>, Box<Zin>),
    Als(Box<Zin>, Box<Zin>, Option<Box<Zin>>),
}

/// A field of codes, gemeenten or text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Naam {
    Kleur,
    Rand,
    Plaats,
    Herkomst,
    Tekst,
    Woord,
}

/// A number.
#[derive(Debug, Clone)]
pub enum Getal {
    A,
    B,
    Bedrag,
    Heel(i64),
    /// Hundredths.
    Breuk(i64),
    Plus(Box<Getal>, Box<Getal>),
    Min(Box<Getal>, Box<Getal>),
    Keer(Box<Getal>, i64),
    Dagen(Dag, Dag),
    Als(Box<Zin>, Box<Getal>, Option<Box<Getal>>),
}

/// A date.
#[derive(Debug, Clone)]
pub enum Dag {
    Begin,
    Eind,
    Vast(i32),
    Als(Box<Zin>, Box<Dag>, Option<Box<Dag>>),
}

const OPERATOREN: [&str; 6] = ["=", "<>", "<", "<=", ">", ">="];

/// Sentences of some depth.
pub fn zinnen() -> impl Strategy<Value = Zin> {
    let blad = prop_oneof![
        1 => proptest::sample::select(&[0, 1, 2][..]).prop_map(|n| [Zin::Waar, Zin::Onwaar, Zin::Onbekend][n].clone()),
        2 => Just(Zin::Actief),
        6 => (operator(), getal(), getal()).prop_map(|(op, a, b)| Zin::Vergelijk(op, a, b)),
        4 => (operator(), dag(), dag()).prop_map(|(op, a, b)| Zin::VergelijkDag(op, a, b)),
        2 => (any::<bool>(), getal(), getal(), getal()).prop_map(|(niet, x, a, b)| Zin::Tussen(niet, x, a, b)),
        2 => (any::<bool>(), getal(), proptest::collection::vec(-3_i64..6, 1..4)).prop_map(|(niet, x, l)| Zin::InGetal(niet, x, l)),
        4 => woord_met_waarde().prop_map(|(veld, gelijk, waarden)| Zin::Woord(veld, gelijk, waarden[0])),
        2 => woord_met_waarde().prop_map(|(veld, niet, waarden)| Zin::InWoord(veld, niet, waarden)),
        2 => (0_usize..3, any::<bool>()).prop_map(|(n, gelijk)| {
            let (a, b) = [(Naam::Kleur, Naam::Rand), (Naam::Plaats, Naam::Herkomst), (Naam::Tekst, Naam::Woord)][n];
            Zin::Woorden(a, b, gelijk)
        }),
        3 => (any::<bool>(), proptest::sample::select(&["a", "bedrag", "begin", "kleur", "plaats", "tekst", "actief"][..]))
            .prop_map(|(niet, veld)| Zin::Leeg(niet, veld)),
        1 => (any::<bool>(), getal()).prop_map(|(niet, x)| Zin::LeegGetal(niet, x)),
    ];
    blad.prop_recursive(4, 24, 3, |binnen| {
        let doos = move || binnen.clone().prop_map(Box::new);
        let deel = || getal().prop_map(Box::new);
        prop_oneof![
            3 => (doos(), doos()).prop_map(|(a, b)| Zin::En(a, b)),
            3 => (doos(), doos()).prop_map(|(a, b)| Zin::Of(a, b)),
            2 => doos().prop_map(Zin::Niet),
            1 => (doos(), proptest::sample::select(&["TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"][..]))
                .prop_map(|(z, wat)| Zin::Is(z, wat)),
            1 => (doos(), any::<bool>(), doos()).prop_map(|(a, gelijk, b)| Zin::Gelijk(a, gelijk, b)),
            1 => (doos(), doos(), proptest::option::of(doos())).prop_map(|(als, dan, anders)| Zin::Als(als, dan, anders)),
            1 => (doos(), deel(), proptest::option::of(deel()), operator(), getal())
                .prop_map(|(als, dan, anders, op, met)| Zin::Vergelijk(op, Getal::Als(als, dan, anders), met)),
            1 => (doos(), dag().prop_map(Box::new), proptest::option::of(dag().prop_map(Box::new)), operator(), dag())
                .prop_map(|(als, dan, anders, op, met)| Zin::VergelijkDag(op, Dag::Als(als, dan, anders), met)),
        ]
    })
}

fn operator() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&OPERATOREN[..])
}

fn woord_met_waarde() -> impl Strategy<Value = (Naam, bool, Vec<&'static str>)> {
    let met = |velden: &'static [Naam], waarden: &'static [&'static str]| {
        (
            proptest::sample::select(velden),
            any::<bool>(),
            proptest::collection::vec(proptest::sample::select(waarden), 1..4),
        )
    };
    prop_oneof![
        met(&[Naam::Kleur, Naam::Rand], &KLEUREN),
        met(&[Naam::Plaats, Naam::Herkomst], &PLAATSEN),
        met(
            &[Naam::Tekst, Naam::Woord],
            &["45J66", "é", "it's", " x", "niets"]
        ),
    ]
}

fn getal() -> impl Strategy<Value = Getal> {
    let blad = prop_oneof![
        3 => Just(Getal::A),
        2 => Just(Getal::B),
        2 => Just(Getal::Bedrag),
        2 => (-3_i64..6).prop_map(Getal::Heel),
        1 => (-300_i64..600).prop_map(Getal::Breuk),
        1 => (dag(), dag()).prop_map(|(a, b)| Getal::Dagen(a, b)),
    ];
    blad.prop_recursive(2, 6, 2, |binnen| {
        let doos = move || binnen.clone().prop_map(Box::new);
        prop_oneof![
            (doos(), doos()).prop_map(|(a, b)| Getal::Plus(a, b)),
            (doos(), doos()).prop_map(|(a, b)| Getal::Min(a, b)),
            (doos(), -3_i64..120).prop_map(|(a, n)| Getal::Keer(a, n)),
        ]
    })
}

fn dag() -> impl Strategy<Value = Dag> {
    prop_oneof![2 => Just(Dag::Begin), 2 => Just(Dag::Eind), 1 => DAGEN.prop_map(Dag::Vast)]
}

/// A day as a date.
pub fn iso(dag: i32) -> String {
    let datum =
        chrono::NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(dag.into());
    datum.to_string()
}

/// Hundredths as an amount.
pub fn amount(honderdsten: i64) -> String {
    let teken = if honderdsten < 0 { "-" } else { "" };
    format!(
        "{teken}{}.{:02}",
        honderdsten.abs() / 100,
        honderdsten.abs() % 100
    )
}

fn text(waarde: &str) -> String {
    format!("'{}'", waarde.replace('\'', "''"))
}

fn not(niet: bool) -> &'static str {
    if niet { "NOT " } else { "" }
}

impl Zin {
    /// The sentence as SQL.
    pub fn sql(&self) -> String {
        match self {
            Self::Waar => "TRUE".to_owned(),
            Self::Onwaar => "FALSE".to_owned(),
            Self::Onbekend => "(a IS NULL AND NULL)".to_owned(),
            Self::Actief => "actief".to_owned(),
            Self::Vergelijk(op, a, b) => format!("({} {op} {})", a.sql(), b.sql()),
            Self::VergelijkDag(op, a, b) => format!("({} {op} {})", a.sql(), b.sql()),
            Self::Tussen(niet, x, a, b) => format!(
                "({} {}BETWEEN {} AND {})",
                x.sql(),
                not(*niet),
                a.sql(),
                b.sql()
            ),
            Self::InGetal(niet, x, lijst) => {
                let lijst: Vec<String> = lijst.iter().map(i64::to_string).collect();
                format!("({} {}IN ({}))", x.sql(), not(*niet), lijst.join(", "))
            }
            Self::Woord(veld, true, waarde) => format!("({} = {})", veld.sql(), text(waarde)),
            Self::Woord(veld, false, waarde) => format!("({} <> {})", text(waarde), veld.sql()),
            Self::InWoord(veld, niet, waarden) => {
                let lijst: Vec<String> = waarden.iter().map(|w| text(w)).collect();
                format!("({} {}IN ({}))", veld.sql(), not(*niet), lijst.join(", "))
            }
            Self::Woorden(a, b, gelijk) => format!(
                "({} {} {})",
                a.sql(),
                if *gelijk { "=" } else { "<>" },
                b.sql()
            ),
            Self::Leeg(niet, veld) => format!("({veld} IS {}NULL)", not(*niet)),
            Self::LeegGetal(niet, x) => format!("({} IS {}NULL)", x.sql(), not(*niet)),
            Self::Is(zin, wat) => format!("({} IS {wat})", zin.sql()),
            Self::Gelijk(a, gelijk, b) => format!(
                "({} {} {})",
                a.sql(),
                if *gelijk { "=" } else { "<>" },
                b.sql()
            ),
            Self::Niet(zin) => format!("(NOT {})", zin.sql()),
            Self::En(a, b) => format!("({} AND {})", a.sql(), b.sql()),
            Self::Of(a, b) => format!("({} OR {})", a.sql(), b.sql()),
            Self::Als(als, dan, anders) => {
                case(&als.sql(), &dan.sql(), anders.as_ref().map(|a| a.sql()))
            }
        }
    }

    /// What it says of one row.
    pub fn over(&self, rij: &Rij) -> Option<bool> {
        match self {
            Self::Waar => Some(true),
            Self::Onwaar => Some(false),
            Self::Onbekend => rij.a.is_some().then_some(false),
            Self::Actief => rij.actief,
            Self::Vergelijk(op, a, b) => Some(holds(op, a.over(rij)?, b.over(rij)?)),
            Self::VergelijkDag(op, a, b) => Some(holds(op, a.over(rij)?, b.over(rij)?)),
            Self::Tussen(niet, x, a, b) => {
                let x = x.over(rij);
                let onder = x.zip(a.over(rij)).map(|(x, a)| x >= a);
                let boven = x.zip(b.over(rij)).map(|(x, b)| x <= b);
                and(onder, boven).map(|waar| waar != *niet)
            }
            Self::InGetal(niet, x, lijst) => {
                let x = x.over(rij)?;
                Some(lijst.iter().any(|n| i128::from(*n) * EENHEID == x) != *niet)
            }
            Self::Woord(veld, gelijk, waarde) => Some((veld.over(rij)? == *waarde) == *gelijk),
            Self::InWoord(veld, niet, waarden) => Some(waarden.contains(&veld.over(rij)?) != *niet),
            Self::Woorden(a, b, gelijk) => Some((a.over(rij)? == b.over(rij)?) == *gelijk),
            Self::Leeg(niet, veld) => Some(rij.is_leeg(veld) != *niet),
            Self::LeegGetal(niet, x) => Some(x.over(rij).is_none() != *niet),
            Self::Is(zin, wat) => {
                let (niet, wat) = wat
                    .strip_prefix("NOT ")
                    .map_or((false, *wat), |rest| (true, rest));
                let doel = match wat {
                    "TRUE" => Some(true),
                    "FALSE" => Some(false),
                    _ => None,
                };
                Some((zin.over(rij) == doel) != niet)
            }
            Self::Gelijk(a, gelijk, b) => Some((a.over(rij)? == b.over(rij)?) == *gelijk),
            Self::Niet(zin) => zin.over(rij).map(|waar| !waar),
            Self::En(a, b) => and(a.over(rij), b.over(rij)),
            Self::Of(a, b) => and(a.over(rij).map(|w| !w), b.over(rij).map(|w| !w)).map(|w| !w),
            Self::Als(als, dan, _) if als.over(rij) == Some(true) => dan.over(rij),
            Self::Als(_, _, anders) => anders.as_ref()?.over(rij),
        }
    }
}

/// Numbers are compared in hundredths.
const EENHEID: i128 = 100;

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn holds<T: Ord>(op: &str, a: T, b: T) -> bool {
    match op {
        "=" => a == b,
        "<>" => a != b,
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        _ => a >= b,
    }
}

fn case(als: &str, dan: &str, anders: Option<String>) -> String {
    let anders = anders.map(|a| format!(" ELSE {a}")).unwrap_or_default();
    format!("(CASE WHEN {als} THEN {dan}{anders} END)")
}

impl Getal {
    fn sql(&self) -> String {
        match self {
            Self::A => "a".to_owned(),
            Self::B => "b".to_owned(),
            Self::Bedrag => "bedrag".to_owned(),
            Self::Heel(n) => format!("{n}"),
            Self::Breuk(n) => amount(*n),
            Self::Plus(a, b) => format!("({} + {})", a.sql(), b.sql()),
            Self::Min(a, b) => format!("({} - {})", a.sql(), b.sql()),
            Self::Keer(a, n) => format!("({} * {n})", a.sql()),
            Self::Dagen(a, b) => format!("({} - {})", a.sql(), b.sql()),
            Self::Als(als, dan, anders) => {
                case(&als.sql(), &dan.sql(), anders.as_ref().map(|a| a.sql()))
            }
        }
    }

    fn over(&self, rij: &Rij) -> Option<i128> {
        Some(match self {
            Self::A => i128::from(rij.a?) * EENHEID,
            Self::B => i128::from(rij.b?) * EENHEID,
            Self::Bedrag => rij.bedrag?.into(),
            Self::Heel(n) => i128::from(*n) * EENHEID,
            Self::Breuk(n) => (*n).into(),
            Self::Plus(a, b) => a.over(rij)? + b.over(rij)?,
            Self::Min(a, b) => a.over(rij)? - b.over(rij)?,
            Self::Keer(a, n) => a.over(rij)? * i128::from(*n),
            Self::Dagen(a, b) => i128::from(a.over(rij)? - b.over(rij)?) * EENHEID,
            Self::Als(als, dan, _) if als.over(rij) == Some(true) => dan.over(rij)?,
            Self::Als(_, _, anders) => anders.as_ref()?.over(rij)?,
        })
    }
}

impl Dag {
    fn sql(&self) -> String {
        match self {
            Self::Begin => "begin".to_owned(),
            Self::Eind => "eind".to_owned(),
            Self::Vast(dag) => format!("DATE '{}'", iso(*dag)),
            Self::Als(als, dan, anders) => {
                case(&als.sql(), &dan.sql(), anders.as_ref().map(|a| a.sql()))
            }
        }
    }

    fn over(&self, rij: &Rij) -> Option<i32> {
        match self {
            Self::Begin => rij.begin,
            Self::Eind => rij.eind,
            Self::Vast(dag) => Some(*dag),
            Self::Als(als, dan, _) if als.over(rij) == Some(true) => dan.over(rij),
            Self::Als(_, _, anders) => anders.as_ref()?.over(rij),
        }
    }
}

impl Naam {
    fn sql(self) -> &'static str {
        match self {
            Self::Kleur => "kleur",
            Self::Rand => "rand",
            Self::Plaats => "plaats",
            Self::Herkomst => "herkomst",
            Self::Tekst => "tekst",
            Self::Woord => "woord",
        }
    }

    fn over(self, rij: &Rij) -> Option<&'static str> {
        match self {
            Self::Kleur => rij.kleur,
            Self::Rand => rij.rand,
            Self::Plaats => rij.plaats,
            Self::Herkomst => rij.herkomst,
            Self::Tekst => rij.tekst,
            Self::Woord => rij.woord,
        }
    }
}

impl Rij {
    fn is_leeg(&self, veld: &str) -> bool {
        match veld {
            "a" => self.a.is_none(),
            "bedrag" => self.bedrag.is_none(),
            "begin" => self.begin.is_none(),
            "kleur" => self.kleur.is_none(),
            "plaats" => self.plaats.is_none(),
            "tekst" => self.tekst.is_none(),
            _ => self.actief.is_none(),
        }
    }

    /// The row as canonical text: field and value.
    pub fn canonical(&self) -> Vec<(&'static str, String)> {
        let velden = [
            ("a", self.a.map(|n| n.to_string())),
            ("b", self.b.map(|n| n.to_string())),
            ("bedrag", self.bedrag.map(amount)),
            ("begin", self.begin.map(iso)),
            ("eind", self.eind.map(iso)),
            ("kleur", self.kleur.map(str::to_owned)),
            ("rand", self.rand.map(str::to_owned)),
            ("plaats", self.plaats.map(str::to_owned)),
            ("herkomst", self.herkomst.map(str::to_owned)),
            ("tekst", self.tekst.map(str::to_owned)),
            ("woord", self.woord.map(str::to_owned)),
            (
                "actief",
                self.actief
                    .map(|ja| if ja { "ja" } else { "nee" }.to_owned()),
            ),
        ];
        velden
            .into_iter()
            .map(|(veld, waarde)| (veld, waarde.unwrap_or_default()))
            .collect()
    }
}
