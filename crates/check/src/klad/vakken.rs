//! Rows apart by their key, so that those of one key can be found together without all being in memory.
//!
//! Owns the split into compartments by hash, each judged on its own at the end. Keys are told apart by 103 bits: two
//! of ten million meet by chance in one of 10^17 leveringen.

use super::{Opslag, Rol};
use crate::hash::Sleutels;

/// Number of compartments: of a hundred million rows one holds less than 800,000.
const VAKKEN: usize = 128;

/// Bytes of a row before its numbers: 4 and 8 of its hash, 4 of its number.
const KOP: usize = 16;

/// The rows of one table, with `N` numbers each: 16 + 4 N bytes.
#[derive(Debug)]
pub(crate) struct Vakken<const N: usize> {
    rollen: Vec<Rol>,
}

/// A row of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lid<const N: usize> {
    /// Its number.
    pub(crate) rij: u32,
    /// What was kept of it.
    pub(crate) getallen: [i32; N],
    rest: u64,
}

impl<const N: usize> Default for Vakken<N> {
    fn default() -> Self {
        Self {
            rollen: (0..VAKKEN).map(|_| Rol::default()).collect(),
        }
    }
}

impl<const N: usize> Vakken<N> {
    const MAAT: usize = KOP + 4 * N;

    /// Adds those rows of a batch that have a key and numbers, the first of them row `begin`. Rows come in order.
    pub(crate) fn add_all(
        &mut self,
        sleutels: &Sleutels<'_>,
        begin: u64,
        getallen: impl Fn(usize) -> Option<[i32; N]>,
        opslag: &mut Opslag,
    ) {
        for (i, &hash) in sleutels
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| sleutels.is_bekend(*i))
        {
            if let Some(getallen) = getallen(i) {
                self.add(hash, (begin + i as u64) as u32, getallen, opslag);
            }
        }
    }

    fn add(&mut self, hash: u128, rij: u32, getallen: [i32; N], opslag: &mut Opslag) {
        let mut record = [0; KOP + 16];
        record[..4].copy_from_slice(&((hash >> 96) as u32).to_le_bytes());
        record[4..12].copy_from_slice(&(hash as u64).to_le_bytes());
        record[12..KOP].copy_from_slice(&rij.to_le_bytes());
        for (at, getal) in getallen.iter().enumerate() {
            record[KOP + 4 * at..][..4].copy_from_slice(&getal.to_le_bytes());
        }
        let vak = (hash >> 64) as usize % VAKKEN;
        self.rollen[vak].append(&record[..Self::MAAT], opslag);
    }

    /// Gives every group of two rows or more, its rows in order. Groups come in no order that means anything.
    pub(crate) fn groups(&mut self, opslag: &mut Opslag, mut groep: impl FnMut(&mut [Lid<N>])) {
        let (mut bytes, mut volgorde, mut leden) = (Vec::new(), Vec::new(), Vec::new());
        for rol in std::mem::take(&mut self.rollen) {
            bytes.resize(rol.len(), 0);
            rol.read(0, &mut bytes, opslag);
            drop(rol);
            volgorde.clear();
            // Four bytes of the hash and the place: sorting these is fast, and hardly any other rows share the four.
            let records = bytes.chunks_exact(Self::MAAT);
            volgorde.extend(
                (0_u64..)
                    .zip(records)
                    .map(|(at, record)| u64::from(number(record, 0)) << 32 | at),
            );
            volgorde.sort_unstable();
            for bijna in volgorde
                .chunk_by(|a, b| a >> 32 == b >> 32)
                .filter(|bijna| bijna.len() > 1)
            {
                leden.clear();
                leden.extend(bijna.iter().map(|&at| {
                    Lid::<N>::read(&bytes[at as u32 as usize * Self::MAAT..][..Self::MAAT])
                }));
                // Stable: rows stay in order.
                leden.sort_by_key(|lid| lid.rest);
                leden
                    .chunk_by_mut(|a, b| a.rest == b.rest)
                    .filter(|leden| leden.len() > 1)
                    .for_each(&mut groep);
            }
        }
    }
}

impl<const N: usize> Lid<N> {
    fn read(record: &[u8]) -> Self {
        let rest = u64::from(number(record, 4)) | u64::from(number(record, 8)) << 32;
        Self {
            rij: number(record, 12),
            getallen: std::array::from_fn(|at| number(record, KOP + 4 * at) as i32),
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
    use crate::klad::Klad;

    proptest! {
        /// Hashes of which any part may be equal, and blocks so small that rows are cut in two.
        #[test]
        fn groups_are_those_a_map_gives(
            delen in proptest::collection::vec((0_u128..3, 0_u128..3, 0_u128..3, -2_i32..2), 0..300),
            ruimte in prop_oneof![Just(0_usize), Just(500), Just(1 << 20)],
        ) {
            let hashes: Vec<u128> = delen.iter().map(|(a, b, c, _)| a << 96 | b << 64 | c).collect();
            let mut opslag = Opslag::new(Klad::new(|| Ok(Cursor::new(Vec::new()))).ruimte(ruimte));
            let mut vakken = Vakken::<1>::default();
            let mut verwacht: BTreeMap<u128, Vec<(u32, i32)>> = BTreeMap::new();
            for (rij, (&hash, deel)) in hashes.iter().zip(&delen).enumerate() {
                vakken.add(hash, rij as u32, [deel.3], &mut opslag);
                verwacht.entry(hash).or_default().push((rij as u32, deel.3));
            }
            let mut verwacht: Vec<Vec<(u32, i32)>> = verwacht.into_values().filter(|leden| leden.len() > 1).collect();
            let mut gevonden: Vec<Vec<(u32, i32)>> = Vec::new();
            vakken.groups(&mut opslag, |leden| gevonden.push(leden.iter().map(|l| (l.rij, l.getallen[0])).collect()));
            verwacht.sort();
            gevonden.sort();
            prop_assert_eq!(gevonden, verwacht);
            prop_assert!(opslag.check().is_ok());
        }
    }
}
