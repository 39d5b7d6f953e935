//! Keys of rows as 128-bit numbers.
//!
//! Owns which hash that is: XXH3, unkeyed and the same on every machine, so that the same rows give the same judgement.
//! Who makes two keys meet on purpose harms only its own levering. None of these numbers is kept or shown.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt16Type};
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;
use twox_hash::XxHash3_128;

use crate::expr::bits;
use crate::expr::rekenen::{known_bits, wide};

/// The hash of a text.
pub(crate) fn hash128(bytes: &[u8]) -> u128 {
    XxHash3_128::oneshot(bytes)
}

/// The hash of two hashes in order.
fn combine(a: u128, b: u128) -> u128 {
    let mut both = [0; 32];
    both[..16].copy_from_slice(&a.to_le_bytes());
    both[16..].copy_from_slice(&b.to_le_bytes());
    hash128(&both)
}

/// The keys of rows over some fields.
#[derive(Debug)]
pub(crate) struct Sleutels<'a> {
    /// One per row.
    pub(crate) hashes: Cow<'a, [u128]>,
    /// The rows of which every field has a value.
    pub(crate) bekend: Vec<u64>,
}

impl<'a> Sleutels<'a> {
    /// The keys over these typed columns.
    pub(crate) fn of(kolommen: &[&ArrayRef], rijen: usize) -> Self {
        Self::with_hashes(
            kolommen
                .iter()
                .map(|&kolom| (kolom, Cow::Owned(column_hashes(kolom, rijen)))),
            rijen,
        )
    }

    /// The keys over these typed columns, each with the hashes of its values.
    pub(crate) fn with_hashes<'k>(
        kolommen: impl Iterator<Item = (&'k ArrayRef, Cow<'a, [u128]>)>,
        rijen: usize,
    ) -> Self {
        let mut bekend = bits::ones(rijen);
        let mut hashes: Option<Cow<'a, [u128]>> = None;
        for (kolom, eigen) in kolommen {
            if let Some(nulls) = kolom.nulls() {
                bekend = bits::and(bekend, &known_bits(nulls, 0, rijen));
            }
            match &mut hashes {
                Some(hashes) => hashes
                    .to_mut()
                    .iter_mut()
                    .zip(eigen.iter())
                    .for_each(|(h, e)| *h = combine(*h, *e)),
                None => hashes = Some(eigen),
            }
        }
        Self {
            hashes: hashes.unwrap_or_default(),
            bekend,
        }
    }

    /// Whether every field of the key of this row has a value.
    pub(crate) fn is_bekend(&self, rij: usize) -> bool {
        self.bekend[rij / 64] >> (rij % 64) & 1 == 1
    }
}

/// The hash of each value of a typed column.
pub(crate) fn column_hashes(kolom: &ArrayRef, rijen: usize) -> Vec<u128> {
    match kolom.data_type() {
        DataType::Utf8 => {
            let teksten: &StringArray = kolom.as_string();
            let (offsets, data) = (teksten.value_offsets(), teksten.value_data());
            offsets
                .windows(2)
                .map(|o| hash128(&data[o[0] as usize..o[1] as usize]))
                .collect()
        }
        // By text, not by key: keys mean something else in another year.
        DataType::Dictionary(_, _) => match kolom.as_dictionary_opt::<UInt8Type>() {
            Some(codes) => per_key(
                codes.values(),
                codes.keys().values().iter().map(|&key| key.into()),
            ),
            None => {
                let gemeenten = kolom.as_dictionary::<UInt16Type>();
                per_key(
                    gemeenten.values(),
                    gemeenten.keys().values().iter().map(|&key| key.into()),
                )
            }
        },
        _ => wide(kolom, 0, rijen)
            .iter()
            .map(|v| hash128(&v.to_le_bytes()))
            .collect(),
    }
}

fn per_key(teksten: &ArrayRef, keys: impl Iterator<Item = usize>) -> Vec<u128> {
    let hashes = column_hashes(teksten, teksten.len());
    // Under a NULL may stand any key.
    keys.map(|key| hashes.get(key).copied().unwrap_or(0))
        .collect()
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
pub(crate) type Kaart<T> =
    std::collections::HashMap<u128, T, std::hash::BuildHasherDefault<Doorgeven>>;

#[cfg(test)]
mod tests {
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
}
