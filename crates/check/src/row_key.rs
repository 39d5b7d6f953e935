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

use crate::rule_language::bits;
use crate::rule_language::eval::{known_bits, wide};

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
pub(crate) struct Keys<'a> {
    /// One per row.
    pub(crate) hashes: Cow<'a, [u128]>,
    /// The rows of which every field has a value.
    pub(crate) known: Vec<u64>,
}

impl<'a> Keys<'a> {
    /// The keys over these typed columns.
    pub(crate) fn of(columns: &[&ArrayRef], rows: usize) -> Self {
        Self::with_hashes(
            columns
                .iter()
                .map(|&column| (column, Cow::Owned(column_hashes(column, rows)))),
            rows,
        )
    }

    /// The keys over these typed columns, each with the hashes of its values.
    pub(crate) fn with_hashes<'k>(
        columns: impl Iterator<Item = (&'k ArrayRef, Cow<'a, [u128]>)>,
        rows: usize,
    ) -> Self {
        let mut known = bits::ones(rows);
        let mut hashes: Option<Cow<'a, [u128]>> = None;
        for (column, own) in columns {
            if let Some(nulls) = column.nulls() {
                known = bits::and(known, &known_bits(nulls, 0, rows));
            }
            match &mut hashes {
                Some(hashes) => hashes
                    .to_mut()
                    .iter_mut()
                    .zip(own.iter())
                    .for_each(|(h, e)| *h = combine(*h, *e)),
                None => hashes = Some(own),
            }
        }
        Self {
            hashes: hashes.unwrap_or_default(),
            known,
        }
    }

    /// Whether every field of the key of this row has a value.
    pub(crate) fn is_known(&self, row: usize) -> bool {
        self.known[row / 64] >> (row % 64) & 1 == 1
    }
}

/// The hash of each value of a typed column.
pub(crate) fn column_hashes(column: &ArrayRef, rows: usize) -> Vec<u128> {
    match column.data_type() {
        DataType::Utf8 => {
            let texts: &StringArray = column.as_string();
            let (offsets, data) = (texts.value_offsets(), texts.value_data());
            offsets
                .windows(2)
                .map(|o| hash128(&data[o[0] as usize..o[1] as usize]))
                .collect()
        }
        // By text, not by key: keys mean something else in another year.
        DataType::Dictionary(_, _) => match column.as_dictionary_opt::<UInt8Type>() {
            Some(codes) => per_key(
                codes.values(),
                codes.keys().values().iter().map(|&key| key.into()),
            ),
            None => {
                let gemeenten = column.as_dictionary::<UInt16Type>();
                per_key(
                    gemeenten.values(),
                    gemeenten.keys().values().iter().map(|&key| key.into()),
                )
            }
        },
        _ => wide(column, 0, rows)
            .iter()
            .map(|v| hash128(&v.to_le_bytes()))
            .collect(),
    }
}

fn per_key(texts: &ArrayRef, keys: impl Iterator<Item = usize>) -> Vec<u128> {
    let hashes = column_hashes(texts, texts.len());
    // Under a NULL may stand any key.
    keys.map(|key| hashes.get(key).copied().unwrap_or(0))
        .collect()
}

/// Hasher for keys that are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct PassThrough(u64);

impl std::hash::Hasher for PassThrough {
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
pub(crate) type HashedMap<T> =
    std::collections::HashMap<u128, T, std::hash::BuildHasherDefault<PassThrough>>;

/// Hashes as a set.
pub(crate) type HashedSet =
    std::collections::HashSet<u128, std::hash::BuildHasherDefault<PassThrough>>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_little_differ_much() {
        let mut seen = std::collections::HashSet::new();
        for length in 0..40 {
            for place in 0..length {
                let mut text = vec![b'a'; length];
                text[place] = b'b';
                assert!(seen.insert(hash128(&text)), "{length} {place}");
            }
            assert!(seen.insert(hash128(&vec![0; length])), "zeros {length}");
        }
    }

    #[test]
    fn combined_hashes_know_their_order() {
        let hashes: Vec<u128> = (0_u32..200).map(|i| hash128(&i.to_le_bytes())).collect();
        let mut seen = std::collections::HashSet::new();
        for &a in &hashes {
            for &b in &hashes {
                assert!(seen.insert(combine(a, b)));
            }
        }
    }
}
