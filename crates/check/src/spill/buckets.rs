//! Rows apart by their key, so that those of one key can be found together without all being in memory.
//!
//! Owns the split into compartments by hash, each judged on its own at the end. Keys are told apart by 103 bits: two
//! of ten million meet by chance in one of 10^17 leveringen.

use super::{SpillRun, SpillStore};
use crate::row_key::Keys;

/// Number of compartments: of a hundred million rows one holds less than 800,000.
const BUCKETS: usize = 128;

/// Bytes of a row before its numbers: 4 and 8 of its hash, 4 of its number.
const HEADER: usize = 16;

/// The rows of one table, with `N` numbers each: 16 + 4 N bytes.
#[derive(Debug)]
pub(crate) struct Buckets<const N: usize> {
    roles: Vec<SpillRun>,
}

/// A row of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member<const N: usize> {
    /// Its number.
    pub(crate) rij: u32,
    /// What was kept of it.
    pub(crate) numbers: [i32; N],
    rest: u64,
}

impl<const N: usize> Default for Buckets<N> {
    fn default() -> Self {
        Self {
            roles: (0..BUCKETS).map(|_| SpillRun::default()).collect(),
        }
    }
}

impl<const N: usize> Buckets<N> {
    const SIZE: usize = HEADER + 4 * N;

    /// Adds those rows of a batch that have a key and numbers, the first of them row `begin`. Rows come in order.
    pub(crate) fn add_all(
        &mut self,
        keys: &Keys<'_>,
        begin: u64,
        numbers: impl Fn(usize) -> Option<[i32; N]>,
        storage: &mut SpillStore,
    ) {
        for (i, &hash) in keys
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| keys.is_known(*i))
        {
            if let Some(numbers) = numbers(i) {
                self.add(hash, (begin + i as u64) as u32, numbers, storage);
            }
        }
    }

    fn add(&mut self, hash: u128, row: u32, numbers: [i32; N], storage: &mut SpillStore) {
        let mut record = [0; HEADER + 16];
        record[..4].copy_from_slice(&((hash >> 96) as u32).to_le_bytes());
        record[4..12].copy_from_slice(&(hash as u64).to_le_bytes());
        record[12..HEADER].copy_from_slice(&row.to_le_bytes());
        for (at, number) in numbers.iter().enumerate() {
            record[HEADER + 4 * at..][..4].copy_from_slice(&number.to_le_bytes());
        }
        let bucket = (hash >> 64) as usize % BUCKETS;
        self.roles[bucket].append(&record[..Self::SIZE], storage);
    }

    /// Gives every group of two rows or more, its rows in order. Groups come in no order that means anything.
    pub(crate) fn groups(
        &mut self,
        storage: &mut SpillStore,
        mut group: impl FnMut(&mut [Member<N>]),
    ) {
        let (mut bytes, mut order, mut members) = (Vec::new(), Vec::new(), Vec::new());
        for role in std::mem::take(&mut self.roles) {
            bytes.resize(role.len(), 0);
            role.read(0, &mut bytes, storage);
            drop(role);
            order.clear();
            // Four bytes of the hash and the place: sorting these is fast, and hardly any other rows share the four.
            let records = bytes.chunks_exact(Self::SIZE);
            order.extend(
                (0_u64..)
                    .zip(records)
                    .map(|(at, record)| u64::from(number(record, 0)) << 32 | at),
            );
            order.sort_unstable();
            for almost in order
                .chunk_by(|a, b| a >> 32 == b >> 32)
                .filter(|almost| almost.len() > 1)
            {
                members.clear();
                members.extend(almost.iter().map(|&at| {
                    Member::<N>::read(&bytes[at as u32 as usize * Self::SIZE..][..Self::SIZE])
                }));
                // Stable: rows stay in order.
                members.sort_by_key(|member| member.rest);
                members
                    .chunk_by_mut(|a, b| a.rest == b.rest)
                    .filter(|members| members.len() > 1)
                    .for_each(&mut group);
            }
        }
    }
}

impl<const N: usize> Member<N> {
    fn read(record: &[u8]) -> Self {
        let rest = u64::from(number(record, 4)) | u64::from(number(record, 8)) << 32;
        Self {
            rij: number(record, 12),
            numbers: std::array::from_fn(|at| number(record, HEADER + 4 * at) as i32),
            rest,
        }
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::spill::Spill;

    proptest! {
        /// Hashes of which any part may be equal, and blocks so small that rows are cut in two.
        #[test]
        fn groups_are_those_a_map_gives(
            parts in proptest::collection::vec((0_u128..3, 0_u128..3, 0_u128..3, -2_i32..2), 0..300),
            room in prop_oneof![Just(0_usize), Just(500), Just(1 << 20)],
        ) {
            let hashes: Vec<u128> = parts.iter().map(|(a, b, c, _)| a << 96 | b << 64 | c).collect();
            let mut storage = SpillStore::new(Spill::new(|| Ok(Cursor::new(Vec::new()))).room(room));
            let mut vakken = Buckets::<1>::default();
            let mut expected: BTreeMap<u128, Vec<(u32, i32)>> = BTreeMap::new();
            for (row, (&hash, part)) in hashes.iter().zip(&parts).enumerate() {
                vakken.add(hash, row as u32, [part.3], &mut storage);
                expected.entry(hash).or_default().push((row as u32, part.3));
            }
            let mut expected: Vec<Vec<(u32, i32)>> = expected.into_values().filter(|members| members.len() > 1).collect();
            let mut found: Vec<Vec<(u32, i32)>> = Vec::new();
            vakken.groups(&mut storage, |members| found.push(members.iter().map(|l| (l.rij, l.numbers[0])).collect()));
            expected.sort();
            found.sort();
            prop_assert_eq!(found, expected);
            prop_assert!(storage.check().is_ok());
        }
    }
}
