//! Gemeenten, jeugdregio's and provincies with their validity, compiled from CBS facts in `schema_dir/gebieden/`.
//!
//! Owns the join from a gemeentecode to every higher level in a year, the names and sums per level, how a code is
//! spelled, and what became of one that is no more. Sources stand in `schema_dir/gebieden/BRONNEN.md`. Join on codes,
//! never on names.
//! Leaves spelling variants of names to `mapping`, and the optional table of jeugdigen to [`crate::jeugdigen`].

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::wording;

/// One gemeente in one year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gemeente {
    /// Year of the indeling (1 January).
    pub jaar: i32,
    /// CBS code, as in `GM0344`.
    pub gemeentecode: String,
    /// Name in that year.
    pub gemeentenaam: String,
    /// CBS code of the provincie, as in `PV26`.
    pub provincie_code: String,
    /// Name of the provincie.
    pub provincie: String,
    /// CBS code of the jeugdregio, as in `JZ13`.
    pub jeugdregio_code: String,
    /// Name of the jeugdregio in that year.
    pub jeugdregio: String,
    /// Inhabitants on 1 January; not known for every year.
    pub inwoners: Option<u32>,
    /// Households with one parent and children at home, on 1 January; known for 2020.
    pub eenouderhuishoudens: Option<u32>,
}

impl Gemeente {
    /// Gemeentegrootteklasse by inhabitants: one of [`GROOTTEKLASSEN`].
    pub fn grootteklasse(&self) -> Option<&'static str> {
        self.inwoners.map(|n| match n {
            0..50_000 => GROOTTEKLASSEN[0],
            50_000..=100_000 => GROOTTEKLASSEN[1],
            _ => GROOTTEKLASSEN[2],
        })
    }

    /// The code of the gebied at this level that the gemeente belongs to; `None` where that is not known.
    pub fn gebied(&self, niveau: Niveau) -> Option<&str> {
        match niveau {
            Niveau::Nederland => Some(NEDERLAND),
            Niveau::Provincie => Some(&self.provincie_code),
            Niveau::Jeugdregio => Some(&self.jeugdregio_code),
            Niveau::Gemeente => Some(&self.gemeentecode),
            Niveau::Grootteklasse => self.grootteklasse(),
        }
    }

    /// Every gebied the gemeente belongs to, itself included, one per level that is known.
    pub fn gebieden(&self) -> impl Iterator<Item = (Niveau, &str)> {
        Niveau::ALL
            .into_iter()
            .filter_map(|niveau| Some((niveau, self.gebied(niveau)?)))
    }
}

/// A level at which figures are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Niveau {
    /// The whole country, `NL00`.
    Nederland,
    /// `PVxx`.
    Provincie,
    /// `JZxx`.
    Jeugdregio,
    /// `GMxxxx`.
    Gemeente,
    /// Class of gemeenten by inhabitants.
    Grootteklasse,
}

impl Niveau {
    /// Every level.
    pub const ALL: [Self; 5] = [
        Self::Nederland,
        Self::Provincie,
        Self::Jeugdregio,
        Self::Gemeente,
        Self::Grootteklasse,
    ];

    /// The name as it stands in `cijfers.niveau`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nederland => "nederland",
            Self::Provincie => "provincie",
            Self::Jeugdregio => "jeugdregio",
            Self::Gemeente => "gemeente",
            Self::Grootteklasse => "grootteklasse",
        }
    }

    /// The level of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|n| n.name() == name)
    }

    /// The level a gebied code belongs to, by its spelling.
    pub fn of(gebied: &str) -> Option<Self> {
        match gebied {
            NEDERLAND => Some(Self::Nederland),
            _ if gebied.starts_with("PV") => Some(Self::Provincie),
            _ if gebied.starts_with("JZ") => Some(Self::Jeugdregio),
            _ if gebied.starts_with("GM") => Some(Self::Gemeente),
            _ => GROOTTEKLASSEN
                .contains(&gebied)
                .then_some(Self::Grootteklasse),
        }
    }
}

/// The number in a gemeentecode as CBS writes it, `GM0344`; `None` for any other spelling.
#[inline]
pub fn gemeente_number(code: &[u8]) -> Option<u16> {
    let digits: &[u8; 4] = code.strip_prefix(b"GM")?.try_into().ok()?;
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u16::from(digit - b'0'))
    })
}

/// The gemeentecode that stands in a text in another spelling: `gm344`, `0344`, `344`, or the `344.0` that a column of
/// numbers makes of it. Says nothing of whether there is such a gemeente.
pub fn spelled_gemeente_code(text: &str) -> Option<String> {
    let bare = text.trim();
    let digits = bare
        .strip_prefix(['G', 'g'])
        .and_then(|rest| rest.strip_prefix(['M', 'm']))
        .unwrap_or(bare)
        .trim();
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| format!("GM{digits:0>4}"))
}

/// The code of the whole country.
pub const NEDERLAND: &str = "NL00";

/// The classes of gemeenten by inhabitants, from small to large. The class is its own code.
pub const GROOTTEKLASSEN: [&str; 3] = ["<50.000", "50.000-100.000", ">100.000"];

/// A gebied at one level, with its name in that year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gebied {
    /// The level.
    pub niveau: Niveau,
    /// `NL00`, `PVxx`, `JZxx`, `GMxxxx` or the class.
    pub code: String,
    /// Name for people.
    pub naam: String,
}

/// A gemeentecode that ended, and one of its successors.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reclassification {
    /// The code that ended.
    pub oude_code: String,
    /// Its name.
    pub oude_naam: String,
    /// A successor; a split gemeente has several rows.
    pub nieuwe_code: String,
    /// Its name.
    pub nieuwe_naam: String,
    /// Day on which it took effect.
    pub datum: chrono::NaiveDate,
}

/// The reference tables, for all years.
#[derive(Debug)]
pub struct Gebieden {
    per_jaar: BTreeMap<i32, BTreeMap<String, Gemeente>>,
    /// All ended codes with their successors.
    pub reclassifications: Vec<Reclassification>,
}

impl Gebieden {
    /// The compiled-in tables.
    pub fn get() -> &'static Self {
        static GEBIEDEN: OnceLock<Gebieden> = OnceLock::new();
        GEBIEDEN.get_or_init(|| {
            let mut per_jaar: BTreeMap<i32, BTreeMap<String, Gemeente>> = BTreeMap::new();
            for gemeente in rows::<Gemeente>("gebieden/gemeenten.csv") {
                per_jaar
                    .entry(gemeente.jaar)
                    .or_default()
                    .insert(gemeente.gemeentecode.clone(), gemeente);
            }
            Gebieden {
                per_jaar,
                reclassifications: rows("gebieden/herindelingen.csv"),
            }
        })
    }

    /// The gemeenten valid in the reporting year `jaar`, by code. A code counts as valid in a year when it was so
    /// on 1 January of that year.
    pub fn gemeenten(&self, jaar: i32) -> Option<&BTreeMap<String, Gemeente>> {
        self.per_jaar.get(&jaar)
    }

    /// The gemeente with this code in this year.
    pub fn gemeente(&self, jaar: i32, code: &str) -> Option<&Gemeente> {
        self.per_jaar.get(&jaar)?.get(code)
    }

    /// The successors of a code that is not valid in `jaar`, valid in `jaar` themselves; several for a split.
    pub fn successors(&self, jaar: i32, code: &str) -> Vec<&Gemeente> {
        let mut found: Vec<&Gemeente> = Vec::new();
        for reclassification in self
            .reclassifications
            .iter()
            .filter(|h| h.oude_code == code)
        {
            match self.gemeente(jaar, &reclassification.nieuwe_code) {
                Some(gemeente) => found.push(gemeente),
                None => found.extend(self.successors(jaar, &reclassification.nieuwe_code)),
            }
        }
        found
    }

    /// The gebieden that a gemeente belongs to in a year, one per level that is known. Empty for an unknown code.
    pub fn niveaus(&self, jaar: i32, gemeente_code: &str) -> Vec<(Niveau, &str)> {
        let gemeente = self.gemeente(jaar, gemeente_code);
        gemeente.into_iter().flat_map(Gemeente::gebieden).collect()
    }

    /// Whether someone may work in the gebied with this code: a gemeente, jeugdregio or provincie of the year, or the
    /// whole country. A class of gemeenten is no place.
    pub fn is_werkgebied(&self, jaar: i32, code: &str) -> bool {
        Niveau::of(code) != Some(Niveau::Grootteklasse)
            && self.gemeenten_in(jaar, code).next().is_some()
    }

    /// The last name of a gemeentecode, of whatever year; `None` for a code that never was.
    pub fn last_name(&self, code: &str) -> Option<&str> {
        let mut gemeenten = self.per_jaar.values().filter_map(|jaar| jaar.get(code));
        let ended = || self.reclassifications.iter().find(|h| h.oude_code == code);
        gemeenten
            .next_back()
            .map(|gemeente| gemeente.gemeentenaam.as_str())
            .or_else(|| ended().map(|reclassification| reclassification.oude_naam.as_str()))
    }

    /// The gemeenten of a gebied in a year, by code.
    pub fn gemeenten_in<'a>(
        &'a self,
        jaar: i32,
        gebied: &str,
    ) -> impl Iterator<Item = &'a Gemeente> {
        let niveau = Niveau::of(gebied);
        let all = self
            .per_jaar
            .get(&jaar)
            .into_iter()
            .flat_map(BTreeMap::values);
        all.filter(move |g| niveau.is_some_and(|n| g.gebied(n) == Some(gebied)))
    }

    /// The name of a gebied in a year, `None` when it has no gemeenten that year.
    pub fn name(&self, jaar: i32, gebied: &str) -> Option<String> {
        let een = self.gemeenten_in(jaar, gebied).next()?;
        Some(match Niveau::of(gebied)? {
            Niveau::Nederland => "Nederland".to_owned(),
            Niveau::Provincie => een.provincie.clone(),
            Niveau::Jeugdregio => een.jeugdregio.clone(),
            Niveau::Gemeente => een.gemeentenaam.clone(),
            Niveau::Grootteklasse => grootteklasse_name(gebied).to_owned(),
        })
    }

    /// The gebieden of one level in a year: by code, the classes from small to large.
    pub fn list(&self, jaar: i32, niveau: Niveau) -> Vec<Gebied> {
        let gemeenten = self
            .per_jaar
            .get(&jaar)
            .into_iter()
            .flat_map(BTreeMap::values);
        let mut codes: Vec<&str> = gemeenten.filter_map(|g| g.gebied(niveau)).collect();
        codes.sort_by_key(|code| (GROOTTEKLASSEN.iter().position(|k| k == code), *code));
        codes.dedup();
        codes
            .into_iter()
            .filter_map(|code| {
                Some(Gebied {
                    niveau,
                    code: code.to_owned(),
                    naam: self.name(jaar, code)?,
                })
            })
            .collect()
    }

    /// Inhabitants of a gebied on 1 January; `None` when one of its gemeenten has no figure.
    pub fn inwoners(&self, jaar: i32, gebied: &str) -> Option<u64> {
        sum(self.gemeenten_in(jaar, gebied).map(|g| g.inwoners))
    }

    /// One-parent households of a gebied on 1 January; `None` when one of its gemeenten has no figure.
    pub fn eenouderhuishoudens(&self, jaar: i32, gebied: &str) -> Option<u64> {
        sum(self
            .gemeenten_in(jaar, gebied)
            .map(|g| g.eenouderhuishoudens))
    }

    /// Years for which there is an indeling.
    pub fn jaren(&self) -> impl Iterator<Item = i32> + '_ {
        self.per_jaar.keys().copied()
    }
}

/// Names that are no official name and mean one gemeente, with the official one: lower case, without accents, spaces for signs.
pub const NICKNAMES: [(&str, &str); 16] = [
    ("den haag", "s gravenhage"),
    ("gravenhage", "s gravenhage"),
    ("the hague", "s gravenhage"),
    ("den bosch", "s hertogenbosch"),
    ("hertogenbosch", "s hertogenbosch"),
    ("nuenen", "nuenen gerwen en nederwetten"),
    ("nuenen ca", "nuenen gerwen en nederwetten"),
    ("nuenen c a", "nuenen gerwen en nederwetten"),
    ("sudwest friesland", "sudwest fryslan"),
    ("zuidwest friesland", "sudwest fryslan"),
    ("de friese meren", "de fryske marren"),
    ("noordoost friesland", "noardeast fryslan"),
    ("noardeast friesland", "noardeast fryslan"),
    ("tietjerksteradeel", "tytsjerksteradiel"),
    ("dantumadeel", "dantumadiel"),
    ("boz", "bergen op zoom"),
];

/// How provincies are written behind a name.
const PROVINCIES: [(&str, &[&str]); 12] = [
    ("PV20", &["gr", "gn", "gron", "groningen"]),
    ("PV21", &["f", "fr", "frl", "friesland", "fryslan"]),
    ("PV22", &["dr", "drenthe"]),
    ("PV23", &["o", "ov", "overijssel"]),
    ("PV24", &["fl", "flevoland"]),
    ("PV25", &["g", "gld", "gelderland"]),
    ("PV26", &["u", "ut", "utr", "utrecht"]),
    ("PV27", &["nh", "n h", "noord holland"]),
    ("PV28", &["zh", "z h", "zuid holland"]),
    ("PV29", &["z", "ze", "zl", "zld", "zeeland"]),
    ("PV30", &["nb", "n b", "br", "noord brabant", "brabant"]),
    ("PV31", &["l", "lb", "li", "lim", "limb", "limburg"]),
];

/// A name without the provincie behind it, and the code of that provincie: `hengelo gld` gives `hengelo` and `PV25`.
/// Expects lower case, and spaces for signs.
pub fn provincie_behind(name: &str) -> Option<(&str, &'static str)> {
    let forms = PROVINCIES
        .iter()
        .flat_map(|(code, forms)| forms.iter().map(|vorm| (*vorm, *code)));
    let past =
        forms.filter_map(|(vorm, code)| Some((name.strip_suffix(vorm)?.strip_suffix(' ')?, code)));
    past.min_by_key(|(bare, _)| bare.len())
}

fn grootteklasse_name(class: &str) -> &'static str {
    match class {
        "<50.000" => "Gemeenten tot 50.000 inwoners",
        "50.000-100.000" => wording::values::GEMEENTEN_OF_50_TO_100,
        _ => "Gemeenten boven 100.000 inwoners",
    }
}

/// The sum of at least one number, all of them known.
pub(crate) fn sum(numbers: impl Iterator<Item = Option<u32>>) -> Option<u64> {
    let mut total = None;
    for number in numbers {
        total = Some(total.unwrap_or(0) + u64::from(number?));
    }
    total
}

/// The gemeentecodes valid in `jaar`, in the order of the file, without building the tables: a definition is loaded
/// at every start, the tables are not.
pub(crate) fn codes_of(jaar: i32) -> impl Iterator<Item = &'static str> {
    let text = crate::SCHEMAS
        .text("gebieden/gemeenten.csv")
        .unwrap_or_default();
    let begin = format!("{jaar},");
    text.lines()
        .filter_map(move |regel| regel.strip_prefix(&begin)?.split(',').next())
}

fn rows<T: for<'de> Deserialize<'de>>(path: &str) -> Vec<T> {
    let file = crate::SCHEMAS
        .file(path)
        .expect("the reference tables are compiled in");
    csv::Reader::from_reader(file)
        .deserialize()
        .map(|row| row.expect("the reference tables are checked by this crate's tests"))
        .collect()
}
