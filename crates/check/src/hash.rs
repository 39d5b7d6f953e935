//! Keys of rows as 128-bit numbers, and a set of them that takes little more than their own size.
//!
//! Owns a fixed, fast, unkeyed hash: the same rows give the same judgement on every machine. Two different keys
//! meet by chance once in 10^20 leveringen of a billion rows; who makes them meet on purpose harms only its own levering.

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt16Type};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;

use crate::expr::bits;
use crate::expr::rekenen::{known_bits, wide};

const A: u64 = 0x9E37_79B9_7F4A_7C15;
const B: u64 = 0xC2B2_AE3D_27D4_EB4F;
const C: u64 = 0x1656_67B1_9E37_79F9;
const D: u64 = 0x27D4_EB2F_1656_67C5;

/// Stands for "no group": a row with an empty field in its key.
pub(crate) const GEEN: u32 = u32::MAX;

/// Both halves of a product: every bit of the factors reaches the middle.
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

fn read8(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"))
}

/// The hash of a text.
pub(crate) fn hash128(bytes: &[u8]) -> u128 {
    let (mut a, mut b) = (A ^ bytes.len() as u64, B);
    let mut rest = bytes;
    while rest.len() >= 16 {
        let (x, y) = (read8(rest), read8(&rest[8..]));
        (a, b) = (fold(a ^ x, C ^ y), fold(b ^ y.rotate_left(32), D ^ x));
        rest = &rest[16..];
    }
    let mut tail = [0_u8; 16];
    tail[..rest.len()].copy_from_slice(rest);
    let (x, y) = (read8(&tail), read8(&tail[8..]));
    (a, b) = (fold(a ^ x, C ^ y), fold(b ^ y.rotate_left(32), D ^ x));
    let high = fold(a ^ D, b ^ A);
    let low = fold(b ^ C, a.rotate_left(17) ^ B);
    u128::from(high) << 64 | u128::from(low)
}

/// The hash of two hashes in order.
fn combine(a: u128, b: u128) -> u128 {
    let mut bytes = [0_u8; 32];
    bytes[..16].copy_from_slice(&a.to_le_bytes());
    bytes[16..].copy_from_slice(&b.to_le_bytes());
    hash128(&bytes)
}

/// The keys of rows over some fields.
#[derive(Debug)]
pub(crate) struct Sleutels {
    /// One per row.
    pub(crate) hashes: Vec<u128>,
    /// The rows of which every field has a value.
    pub(crate) bekend: Vec<u64>,
}

impl Sleutels {
    /// The keys over these typed columns.
    pub(crate) fn of(kolommen: &[&ArrayRef], rijen: usize) -> Self {
        let mut bekend = bits::ones(rijen);
        let mut hashes: Vec<u128> = Vec::new();
        for kolom in kolommen {
            if let Some(nulls) = kolom.nulls() {
                bekend = bits::and(bekend, &known_bits(nulls, 0, rijen));
            }
            let eigen = column_hashes(kolom, rijen);
            if hashes.is_empty() {
                hashes = eigen;
            } else {
                hashes.iter_mut().zip(eigen).for_each(|(h, e)| *h = combine(*h, e));
            }
        }
        Self { hashes, bekend }
    }

    /// Whether every field of the key of this row has a value.
    pub(crate) fn is_bekend(&self, rij: usize) -> bool {
        self.bekend[rij / 64] >> (rij % 64) & 1 == 1
    }
}

fn column_hashes(kolom: &ArrayRef, rijen: usize) -> Vec<u128> {
    match kolom.data_type() {
        DataType::Utf8 => {
            let teksten: &StringArray = kolom.as_string();
            let (offsets, data) = (teksten.value_offsets(), teksten.value_data());
            offsets.windows(2).map(|o| hash128(&data[o[0] as usize..o[1] as usize])).collect()
        }
        // By text, not by key: keys mean something else in another year.
        DataType::Dictionary(_, _) => {
            let (keys, values): (Vec<usize>, &ArrayRef) = if let Some(d) = kolom.as_dictionary_opt::<UInt8Type>() {
                (d.keys().values().iter().map(|&k| k.into()).collect(), d.values())
            } else {
                let d = kolom.as_dictionary::<UInt16Type>();
                (d.keys().values().iter().map(|&k| k.into()).collect(), d.values())
            };
            let per_key = column_hashes(values, values.len());
            keys.iter().map(|&k| per_key.get(k).copied().unwrap_or(0)).collect()
        }
        _ => wide(kolom, 0, rijen).iter().map(|v| hash128(&v.to_le_bytes())).collect(),
    }
}

/// For every row the first row with the same key. About 22 bytes a row.
#[derive(Debug, Default)]
pub(crate) struct Eerste {
    hashes: Vec<u128>,
    slots: Vec<u32>,
    gebruikt: usize,
}

impl Eerste {
    /// Adds the next row and gives the first row with this key: itself when it is new.
    pub(crate) fn add(&mut self, hash: u128) -> u32 {
        if self.gebruikt * 5 >= self.slots.len() * 4 {
            self.grow();
        }
        let rij = self.hashes.len() as u32;
        self.hashes.push(hash);
        let mut slot = self.slot(hash);
        loop {
            match self.slots[slot] {
                GEEN => {
                    self.slots[slot] = rij;
                    self.gebruikt += 1;
                    return rij;
                }
                ander if self.hashes[ander as usize] == hash => return ander,
                _ => slot = if slot + 1 == self.slots.len() { 0 } else { slot + 1 },
            }
        }
    }

    /// Adds a row without a key.
    pub(crate) fn skip(&mut self) -> u32 {
        self.hashes.push(0);
        GEEN
    }

    fn slot(&self, hash: u128) -> usize {
        ((u128::from((hash >> 64) as u64) * self.slots.len() as u128) >> 64) as usize
    }

    fn grow(&mut self) {
        let oud = std::mem::take(&mut self.slots);
        // By a half, not by doubling: between 5 and 7.5 bytes a row.
        self.slots = vec![GEEN; (oud.len() / 2 * 3).max(1024)];
        for rij in oud.into_iter().filter(|&rij| rij != GEEN) {
            let mut slot = self.slot(self.hashes[rij as usize]);
            while self.slots[slot] != GEEN {
                slot = if slot + 1 == self.slots.len() { 0 } else { slot + 1 };
            }
            self.slots[slot] = rij;
        }
    }
}

/// Hasher for keys that are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Doorgeven(u64);

impl std::hash::Hasher for Doorgeven {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash128(bytes) as u64;
    }

    fn write_u128(&mut self, hash: u128) {
        self.0 = hash as u64;
    }
}

/// A map by [`hash128`].
pub(crate) type Kaart<T> = std::collections::HashMap<u128, T, std::hash::BuildHasherDefault<Doorgeven>>;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_that_differ_little_differ_much() {
        let mut gezien = std::collections::HashSet::new();
        for lengte in 0..40 {
            for plek in 0..lengte {
                let mut tekst = vec![b'a'; lengte];
                tekst[plek] = b'b';
                assert!(gezien.insert(hash128(&tekst)), "{lengte} {plek}");
            }
            assert!(gezien.insert(hash128(&vec![0; lengte])), "zeros {lengte}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn first_row_is_the_one_a_map_gives(sleutels in proptest::collection::vec(proptest::option::of(0_u32..500), 0..4000)) {
            let mut eerste = Eerste::default();
            let mut kaart = HashMap::new();
            for (rij, sleutel) in sleutels.iter().enumerate() {
                let (kreeg, verwacht) = match sleutel {
                    Some(s) => (eerste.add(hash128(&s.to_le_bytes())), *kaart.entry(*s).or_insert(rij as u32)),
                    None => (eerste.skip(), GEEN),
                };
                prop_assert_eq!(kreeg, verwacht);
            }
        }
    }
}
