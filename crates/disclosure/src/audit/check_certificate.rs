//! Checks a certificate by adding up whole numbers.
//!
//! Owns its own reading of the table, and shares nothing with the search: what it accepts is safe whatever the search
//! did. A certificate is accepted when none of its tables has fewer records anywhere than the attacker knows of, every
//! published number is less than 5 from what each table makes of it, sets that are published as different numbers are
//! different sets, and the numbers that it says it covers really lie apart.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Attacker, Certificate, ExactTable, SensitiveNumber};

/// Why a certificate is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefusal {
    /// A place that the table does not have, or an atom twice.
    #[error("it names place {0}, which the table has not, or twice")]
    Position(u32),
    /// Fewer records than there can be.
    #[error("atom {0} would have {1} records, fewer than the attacker knows of")]
    Records(u32, i64),
    /// A number that would have been published otherwise.
    #[error("number {number} would be {made}, and is published as {published}")]
    Published {
        /// Its place.
        number: u32,
        /// What the other table makes of it.
        made: i64,
        /// As it stands.
        published: i64,
    },
    /// Two different published numbers of one set.
    #[error("numbers {0} and {1} would be the same set, and are published as different numbers")]
    SameSet(u32, u32),
    /// It covers a number that it hardly leaves open.
    #[error("what {0:?} can be lies {1} apart only")]
    TooNear(SensitiveNumber, i64),
}

/// Reads a table once, to check certificates over it.
pub struct Checker<'a> {
    table: &'a ExactTable,
    attacker: Attacker<'a>,
    /// What the records add up to, per number.
    sums: Vec<i64>,
    /// Per number the atoms that count in it, and how often.
    members: Vec<BTreeMap<u32, i64>>,
}

impl<'a> Checker<'a> {
    /// Adds up the table.
    pub fn new(table: &'a ExactTable, attacker: Attacker<'a>) -> Self {
        let mut sums = vec![0; table.numbers.len()];
        let mut members = vec![BTreeMap::new(); table.numbers.len()];
        for (atom, of) in (0..).zip(&table.atoms) {
            for &(number, times) in &of.numbers {
                sums[number as usize] += of.records * times;
                members[number as usize].insert(atom, times);
            }
        }
        Self {
            table,
            attacker,
            sums,
            members,
        }
    }

    /// Accepts a certificate, or says why not.
    ///
    /// # Errors
    /// With the first thing that is not as a certificate must have it.
    pub fn check(&self, certificate: &Certificate) -> Result<(), CertificateRefusal> {
        let mut made = Vec::new();
        for table in &certificate.tables {
            made.push(self.check_table(table)?);
        }
        for &target in &certificate.covers {
            // The true table is one of those that could have been.
            let (mut least, mut most) = (0, 0);
            for other in &made {
                let moved = self.distance(target, other)?;
                least = least.min(moved);
                most = most.max(moved);
            }
            if most - least < self.attacker.least() {
                return Err(CertificateRefusal::TooNear(target, most - least));
            }
        }
        Ok(())
    }

    /// What a table makes of every number that it touches, when it could have been published as the true one was.
    fn check_table(&self, table: &[(u32, i64)]) -> Result<BTreeMap<u32, i64>, CertificateRefusal> {
        let mut changes = BTreeMap::new();
        for &(atom, change) in table {
            let known = self.table.atoms.get(atom as usize);
            let records = known.ok_or(CertificateRefusal::Position(atom))?.records + change;
            if changes.insert(atom, change).is_some() {
                return Err(CertificateRefusal::Position(atom));
            }
            if records < self.attacker.knows(atom as usize) {
                return Err(CertificateRefusal::Records(atom, records));
            }
        }
        let mut other = BTreeMap::new();
        for (&atom, &change) in &changes {
            for &(number, times) in &self.table.atoms[atom as usize].numbers {
                *other.entry(number).or_insert(self.sums[number as usize]) += change * times;
            }
        }
        for (&number, &made) in &other {
            if let Some(published) = self.table.numbers[number as usize].published
                && (made - published).abs() >= 5
            {
                return Err(CertificateRefusal::Published {
                    number,
                    made,
                    published,
                });
            }
        }
        self.check_sets(&changes, &other)?;
        Ok(other)
    }

    /// Only a number of which an atom became empty or was empty can be the same set as another now. Two sets that are
    /// the same share every atom, so one atom leads to all of them.
    fn check_sets(
        &self,
        changes: &BTreeMap<u32, i64>,
        other: &BTreeMap<u32, i64>,
    ) -> Result<(), CertificateRefusal> {
        let is_there = |atom: u32| {
            let records = self.table.atoms[atom as usize].records;
            records + changes.get(&atom).unwrap_or(&0) > 0
        };
        let was_there = |atom: u32| self.table.atoms[atom as usize].records > 0;
        let flipped = changes
            .keys()
            .filter(|&&atom| is_there(atom) != was_there(atom));
        let touched: BTreeSet<u32> = flipped
            .flat_map(|&atom| &self.table.atoms[atom as usize].numbers)
            .map(|&(number, _)| number)
            .collect();
        let set = |number: u32| {
            let members = self.members[number as usize].iter();
            members.filter(|(atom, _)| is_there(**atom))
        };
        let sum = |number: u32| other.get(&number).unwrap_or(&self.sums[number as usize]);
        for &number in &touched {
            let one = &self.table.numbers[number as usize];
            // Of an empty set the published number is 0: it is less than 5 away.
            let (Some(published), Some((&atom, _))) = (one.published, set(number).next()) else {
                continue;
            };
            for &(twin, _) in &self.table.atoms[atom as usize].numbers {
                let two = &self.table.numbers[twin as usize];
                let differs = two.published.is_some_and(|p| p != published);
                if differs
                    && one.unit == two.unit
                    && sum(number) == sum(twin)
                    && set(number).eq(set(twin))
                {
                    return Err(CertificateRefusal::SameSet(number, twin));
                }
            }
        }
        Ok(())
    }

    /// How much more a target is in another table.
    fn distance(
        &self,
        target: SensitiveNumber,
        other: &BTreeMap<u32, i64>,
    ) -> Result<i64, CertificateRefusal> {
        let moved = |number: u32| {
            let sum = self.sums.get(number as usize);
            let sum = sum.ok_or(CertificateRefusal::Position(number))?;
            Ok(other.get(&number).map_or(0, |made| made - sum))
        };
        Ok(match target {
            SensitiveNumber::Count { number } => moved(number)?,
            SensitiveNumber::Rest { part, whole } => moved(whole)? - moved(part)?,
        })
    }
}
