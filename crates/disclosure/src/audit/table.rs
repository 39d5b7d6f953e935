//! The exact records behind a publication, and what else they could have been: plain data.
//!
//! Owns the shape that the search for certificates and its checker both read; neither reads the other. A record is where
//! it lives, what it has (a code in each breakdown) and in which measures it counts. A number is a measure, a gebied and
//! a cell. Leaves filling it to [`super::records`], adding up to whoever reads it.

use std::io::{self, Write};

use schema::Niveau;
use serde::{Deserialize, Serialize};

/// No code, in [`RecordKind::codes`].
pub const NO_CODE: u8 = u8::MAX;

/// So many breakdowns a table has at most.
pub const MOST_BREAKDOWNS: usize = 32;

/// The exact records, and every number published of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ExactTable {
    /// The furthest that a true number can be from the published one: 4 where numbers are rounded to fives.
    pub within: i64,
    /// Every gebied, gemeenten included.
    pub areas: Vec<CountedArea>,
    /// Every breakdown that a number stands in.
    pub breakdowns: Vec<CountedBreakdown>,
    /// What is counted, per version of the publication.
    pub measures: Vec<CountedMeasure>,
    /// Sets of measures (by place, in order) that records count in together.
    pub profiles: Vec<Vec<u32>>,
    /// The records.
    pub records: Vec<ExactRecord>,
    /// The aanbieders, by the number that records have.
    pub aanbieders: Vec<String>,
    /// What stands published.
    pub published: Vec<PublishedNumber>,
    /// Measures of which the first counts some of the records of the second.
    pub parts: Vec<(u32, u32)>,
}

/// A gebied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedArea {
    /// Level.
    pub niveau: Niveau,
    /// Code.
    pub gebied: String,
    /// Places of the gemeenten that it is made of; of a gemeente itself.
    pub gemeenten: Vec<u32>,
}

/// A breakdown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedBreakdown {
    /// Its name.
    pub name: String,
    /// Its codes.
    pub codes: Vec<String>,
    /// Whether every record has one of them; else those that have one are a number of their own.
    pub complete: bool,
}

/// A measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedMeasure {
    /// Which publication, by its place.
    pub version: u32,
    /// Its name; of several that always are the same number, one.
    pub name: String,
    /// What is counted (trajecten, children): only sets of the same can be the same set.
    pub unit: u32,
    /// Whether a person counts once in a cell, however many of its records are there.
    pub once: bool,
    /// Places of the breakdowns in which it is told.
    pub breakdowns: Vec<u32>,
}

/// A record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExactRecord {
    /// Whose it is: what counts once per person counts the records of one number once in a cell.
    pub person: u32,
    /// Who delivered it.
    pub aanbieder: u32,
    /// Whether it stays as it is in every other table: it hangs together with other records of the person.
    pub fixed: bool,
    /// What it is.
    pub kind: RecordKind,
}

/// What a record is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordKind {
    /// Place of its gemeente among the areas.
    pub gemeente: u32,
    /// Which measures it counts in, by place among the profiles.
    pub profile: u32,
    /// Per breakdown the place of its code, or [`NO_CODE`].
    pub codes: Vec<u8>,
}

/// One of the cells of a gebied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedCell {
    /// All records.
    Total,
    /// Those with a code: place of the breakdown and of the code in it.
    Code(u32, u8),
    /// Those with any code of a breakdown that is not complete.
    Filled(u32),
}

/// Which number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NumberAddress {
    /// Place of the measure.
    pub measure: u32,
    /// Place of the gebied.
    pub area: u32,
    /// Cell.
    pub cell: CountedCell,
}

/// What stands published of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedNumber {
    /// Which.
    pub number: NumberAddress,
    /// The published number is at least this,
    pub lowest: i64,
    /// and at most this: the same where it is shown; where a row is hidden for it, what is below the floor.
    pub highest: i64,
}

/// What must stay open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitiveNumber {
    /// A number of 1 to 4.
    Count {
        /// Which.
        number: NumberAddress,
    },
    /// 1 to 4 records of a whole that are not in a part of it.
    Rest {
        /// The part.
        part: NumberAddress,
        /// The whole.
        whole: NumberAddress,
    },
}

/// Another table that would have been published as this one was, told by its difference.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherTable {
    /// Places of the records that are something else in it, or (`None`) not there.
    pub changed: Vec<(u32, Option<RecordKind>)>,
    /// Records that are only in it, of people that are in none other.
    pub added: Vec<RecordKind>,
}

/// Who must not learn a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attacker {
    /// Everybody: what the number can be must lie at least 2 apart, so that nobody knows it to within one.
    Anybody,
    /// An aanbieder (by number) that knows its own records: what others count must lie at least 1 apart.
    Insider(u32),
}

/// What can be left out of a publication, for all gebieden together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// Indicator id.
    pub indicator: String,
    /// Level.
    pub niveau: Niveau,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
}

impl ExactTable {
    /// Writes the table as lines of JSON, each an object with one field that says what it is: `within`, `area`,
    /// `breakdown`, `measure`, `profile`, `aanbieder`, `part`, `published` and `record`, places counted per kind from 0.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        line(out, "within", &self.within)?;
        lines(out, "area", &self.areas)?;
        lines(out, "breakdown", &self.breakdowns)?;
        lines(out, "measure", &self.measures)?;
        lines(out, "profile", &self.profiles)?;
        lines(out, "aanbieder", &self.aanbieders)?;
        lines(out, "part", &self.parts)?;
        lines(out, "published", &self.published)?;
        lines(out, "record", &self.records)
    }
}

/// Writes other tables as lines of JSON: `table` with its number, then its `changed` and `added`, each a record.
///
/// # Errors
/// When writing fails.
pub fn write_tables(out: &mut impl Write, tables: &[OtherTable]) -> io::Result<()> {
    for (number, table) in tables.iter().enumerate() {
        line(out, "table", &number)?;
        lines(out, "changed", &table.changed)?;
        lines(out, "added", &table.added)?;
    }
    Ok(())
}

fn lines(out: &mut impl Write, name: &str, values: &[impl Serialize]) -> io::Result<()> {
    values.iter().try_for_each(|value| line(out, name, value))
}

fn line(out: &mut impl Write, name: &str, value: &impl Serialize) -> io::Result<()> {
    write!(out, "{{\"{name}\":")?;
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"}\n")
}
