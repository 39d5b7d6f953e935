//! The exact records as a table of whole numbers, and certificates over it: plain data.
//!
//! Owns the shape that the search for certificates and its checker both read; neither reads the other.

use schema::Niveau;
use serde::{Deserialize, Serialize};

/// The records behind a publication, and the numbers they were counted into.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExactTable {
    /// Records that count in the same numbers, together. One of nobody (0 records) says that there could be some.
    pub atoms: Vec<Atom>,
    /// The numbers.
    pub numbers: Vec<Number>,
    /// Places of a number and of another that has all its records, where the difference is sensitive too.
    pub inclusions: Vec<(u32, u32)>,
    /// What can be left out of the publication, all gebieden together.
    pub groups: Vec<Group>,
}

/// Records that count in the same numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Atom {
    /// How many there are.
    pub records: i64,
    /// NumberPlace of each number that one of these records counts in, in order, and how often it does: a child with two
    /// trajecten counts once as a child and twice in trajecten.
    pub numbers: Vec<(u32, i64)>,
}

/// A number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// As it stands published; `None` where it does not, and must stay open all the same.
    pub published: Option<i64>,
    /// What is counted (trajecten, children): only sets of the same can be the same set.
    pub unit: u32,
    /// Places of the groups whose rows tell of it.
    pub groups: Vec<u32>,
}

/// A breakdown of an indicator at one level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// Indicator id.
    pub indicator: String,
    /// Level.
    pub niveau: Niveau,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
}

/// What must stay open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitiveNumber {
    /// A number of 1 to 4.
    Count {
        /// Its place.
        number: u32,
    },
    /// 1 to 4 records of a whole that are not in a part of it.
    Rest {
        /// NumberPlace of the part.
        part: u32,
        /// NumberPlace of the whole.
        whole: u32,
    },
}

/// Other tables that would have been published as this one was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// One table in which the numbers are far enough off, or one in which they are less and one in which they are more.
    /// Each is told by its difference: place of each atom that has other records in it, and how many more (or less).
    pub tables: Vec<Vec<(u32, i64)>>,
    /// What these tables and the true one leave open.
    pub covers: Vec<SensitiveNumber>,
}

/// Who must not be able to tell the tables apart.
#[derive(Debug, Clone, Copy)]
pub enum Attacker<'a> {
    /// Everybody: what a number can be must lie at least 2 apart, so that nobody knows it to within one.
    Anybody,
    /// An aanbieder, that knows so many of the records of each atom: at least 1 apart.
    Insider(&'a [i64]),
}

impl Attacker<'_> {
    /// How far apart what a number can be must lie, the true number included.
    pub fn least(self) -> i64 {
        match self {
            Self::Anybody => 2,
            Self::Insider(_) => 1,
        }
    }

    /// How many records of an atom it knows.
    pub fn knows(self, atom: usize) -> i64 {
        match self {
            Self::Anybody => 0,
            Self::Insider(own) => own[atom],
        }
    }
}
