//! Keys of rows as 128-bit numbers, and a set of them that takes little more than their own size.
//!
//! Owns a fixed, fast, unkeyed hash: the same rows give the same judgement on every machine. Two different keys
//! meet by chance in one of 10^14 leveringen of ten million rows; who makes them meet on purpose harms only its own levering.

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
    let (a1, a0, b1, b0) = ((a >> 64) as u64, a as u64, (b >> 64) as u64, b as u64);
    let high = fold(a1 ^ A, b0 ^ C) ^ fold(a0 ^ D, b1 ^ B);
    let low = fold(a0 ^ B, b0 ^ D).wrapping_add(fold(a1 ^ C, b1 ^ A).rotate_left(23));
    u128::from(high) << 64 | u128::from(low)
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
        DataType::Dictionary(_, _) => match kolom.as_dictionary_opt::<UInt8Type>() {
            Some(codes) => per_key(codes.values(), codes.keys().values().iter().map(|&key| key.into())),
            None => {
                let gemeenten = kolom.as_dictionary::<UInt16Type>();
                per_key(gemeenten.values(), gemeenten.keys().values().iter().map(|&key| key.into()))
            }
        },
        _ => wide(kolom, 0, rijen).iter().map(|v| hash128(&v.to_le_bytes())).collect(),
    }
}

fn per_key(teksten: &ArrayRef, keys: impl Iterator<Item = usize>) -> Vec<u128> {
    let hashes = column_hashes(teksten, teksten.len());
    // Under a NULL may stand any key.
    keys.map(|key| hashes.get(key).copied().unwrap_or(0)).collect()
}

/// For every row the first row with the same key, told by 96 bits of its hash. Between 19 and 24 bytes a row.
#[derive(Debug, Default)]
pub(crate) struct Eerste {
    /// The lower half of each row's hash.
    laag: Vec<u64>,
    /// Open addressing: the top 32 bits of a hash and its row, or [`LEEG`]. The place follows from those bits alone,
    /// so that probing and growing hardly ever touch `laag`.
    slots: Vec<u64>,
    gebruikt: usize,
}

/// How many rows ahead a slot is read.
const VOORUIT: usize = 16;

/// An empty slot. No row has the number [`GEEN`].
const LEEG: u64 = u64::MAX;

impl Eerste {
    /// Adds rows and gives for each the first row with its key: itself when it is new, [`GEEN`] without a key.
    pub(crate) fn add_all(&mut self, sleutels: &Sleutels, eerste: &mut Vec<u32>) {
        self.laag.reserve(sleutels.hashes.len());
        let mut vooruit = 0;
        for (i, &hash) in sleutels.hashes.iter().enumerate() {
            // Reads the slot of a later row already: memory answers while this row is dealt with.
            if let Some(later) = sleutels.hashes.get(i + VOORUIT).filter(|_| !self.slots.is_empty()) {
                vooruit ^= self.slots[place((later >> 96) as u32, self.slots.len())];
            }
            eerste.push(if sleutels.is_bekend(i) { self.add(hash) } else { self.skip() });
        }
        std::hint::black_box(vooruit);
    }

    /// Adds the next row and gives the first row with this key.
    fn add(&mut self, hash: u128) -> u32 {
        if self.gebruikt * 4 >= self.slots.len() * 3 {
            self.grow();
        }
        let (hoog, laag) = ((hash >> 96) as u32, hash as u64);
        let rij = self.laag.len() as u32;
        self.laag.push(laag);
        let mut at = place(hoog, self.slots.len());
        loop {
            let slot = self.slots[at];
            if slot == LEEG {
                self.slots[at] = u64::from(hoog) << 32 | u64::from(rij);
                self.gebruikt += 1;
                return rij;
            }
            if (slot >> 32) as u32 == hoog && self.laag[slot as u32 as usize] == laag {
                return slot as u32;
            }
            at = next(at, self.slots.len());
        }
    }

    /// Adds a row without a key.
    fn skip(&mut self) -> u32 {
        self.laag.push(0);
        GEEN
    }

    fn grow(&mut self) {
        let oud = std::mem::take(&mut self.slots);
        // By a half, not by doubling: between 11 and 16 bytes a row.
        self.slots = vec![LEEG; (oud.len() / 2 * 3).max(1024)];
        for slot in oud.into_iter().filter(|&slot| slot != LEEG) {
            let mut at = place((slot >> 32) as u32, self.slots.len());
            while self.slots[at] != LEEG {
                at = next(at, self.slots.len());
            }
            self.slots[at] = slot;
        }
    }
}

/// Where a hash would stand: in order of hash, so that growing reads and writes from front to back.
fn place(hoog: u32, slots: usize) -> usize {
    ((u64::from(hoog) * slots as u64) >> 32) as usize
}

fn next(at: usize, slots: usize) -> usize {
    if at + 1 == slots { 0 } else { at + 1 }
}

/// Hasher for keys that are hashes already, and for row numbers.
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

    #[test]
    fn combined_hashes_know_their_order() {
        let hashes: Vec<u128> = (0_u32..200).map(|i| hash128(&i.to_le_bytes())).collect();
        let mut gezien = std::collections::HashSet::new();
        for &a in &hashes {
            for &b in &hashes {
                assert!(gezien.insert(combine(a, b)));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn first_row_is_the_one_a_map_gives(sleutels in proptest::collection::vec(proptest::option::of(0_u32..500), 0..4000)) {
            let (mut eerste, mut kreeg, mut kaart) = (Eerste::default(), Vec::new(), HashMap::new());
            for deel in sleutels.chunks(700) {
                let kolom: ArrayRef = std::sync::Arc::new(arrow_array::Int32Array::from_iter(deel.iter().map(|s| s.map(|s| s as i32))));
                eerste.add_all(&Sleutels::of(&[&kolom], deel.len()), &mut kreeg);
            }
            for (rij, sleutel) in sleutels.iter().enumerate() {
                let verwacht = sleutel.map_or(GEEN, |s| *kaart.entry(s).or_insert(rij as u32));
                prop_assert_eq!(kreeg[rij], verwacht);
            }
        }
    }
}
