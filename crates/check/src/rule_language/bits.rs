//! Bitmaps of 64 rows a word, and Kleene's three values in two of them.
//!
//! Owns the invariant that bits past the last row are 0. Leaves what the bits mean to the caller.

/// Number of words for `n` rows.
pub(crate) fn words(n: usize) -> usize {
    n.div_ceil(64)
}

/// A bitmap with the first `n` bits set.
pub(crate) fn ones(n: usize) -> Vec<u64> {
    let mut bits = vec![u64::MAX; words(n)];
    if let (Some(last), rest @ 1..) = (bits.last_mut(), n % 64) {
        *last = (1 << rest) - 1;
    }
    bits
}

/// The bitmap of the rows for which `holds`.
pub(crate) fn mask(n: usize, holds: impl Fn(usize) -> bool) -> Vec<u64> {
    let mut bits = Vec::with_capacity(words(n));
    let mut base = 0;
    while base + 64 <= n {
        // Bytes first, so that the comparison vectorises; then eight bytes become eight bits in one multiplication.
        let mut bytes = [0_u8; 64];
        for (j, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from(holds(base + j));
        }
        let mut word = 0_u64;
        for (j, eight) in bytes.chunks_exact(8).enumerate() {
            let packed = u64::from_le_bytes(eight.try_into().expect("chunks of eight"));
            word |= (packed.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * j);
        }
        bits.push(word);
        base += 64;
    }
    if base < n {
        bits.push((base..n).fold(0, |word, i| word | (u64::from(holds(i)) << (i - base))));
    }
    bits
}

/// The positions of the set bits.
pub(crate) fn positions(bits: &[u64]) -> impl Iterator<Item = usize> + '_ {
    bits.iter().enumerate().flat_map(|(w, &word)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let bit = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                w * 64 + bit
            })
        })
    })
}

/// How many bits are set.
pub(crate) fn count(bits: &[u64]) -> u64 {
    bits.iter().map(|w| u64::from(w.count_ones())).sum()
}

/// Word by word `a & b`.
pub(crate) fn and(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    a.iter_mut().zip(b).for_each(|(a, b)| *a &= b);
    a
}

/// Word by word `a & !b`.
pub(crate) fn and_not(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    a.iter_mut().zip(b).for_each(|(a, b)| *a &= !b);
    a
}

/// Word by word `a | b`.
pub(crate) fn or(mut a: Vec<u64>, b: &[u64]) -> Vec<u64> {
    a.iter_mut().zip(b).for_each(|(a, b)| *a |= b);
    a
}

/// True, false or unknown for each row: a bit in `is_true`, in `is_false`, or in neither.
#[derive(Debug, Clone)]
pub(crate) struct Ternary {
    /// Rows for which it is true.
    pub(crate) is_true: Vec<u64>,
    /// Rows for which it is false.
    pub(crate) is_false: Vec<u64>,
}

impl Ternary {
    /// The same value for `n` rows.
    pub(crate) fn constant(n: usize, value: Option<bool>) -> Self {
        let none = vec![0; words(n)];
        match value {
            Some(true) => Self {
                is_true: ones(n),
                is_false: none,
            },
            Some(false) => Self {
                is_true: none,
                is_false: ones(n),
            },
            None => Self {
                is_true: none.clone(),
                is_false: none,
            },
        }
    }

    /// Known where `known` is set: then true where `holds` is.
    pub(crate) fn known(holds: Vec<u64>, known: &[u64]) -> Self {
        let is_false = known.iter().zip(&holds).map(|(k, h)| k & !h).collect();
        Self {
            is_true: and(holds, known),
            is_false,
        }
    }

    /// NOT.
    pub(crate) fn not(self) -> Self {
        Self {
            is_true: self.is_false,
            is_false: self.is_true,
        }
    }

    /// AND: false beats unknown.
    pub(crate) fn and(self, b: &Self) -> Self {
        Self {
            is_true: and(self.is_true, &b.is_true),
            is_false: or(self.is_false, &b.is_false),
        }
    }

    /// OR: true beats unknown.
    pub(crate) fn or(self, b: &Self) -> Self {
        Self {
            is_true: or(self.is_true, &b.is_true),
            is_false: and(self.is_false, &b.is_false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mask_packs_every_length() {
        for n in [0, 1, 63, 64, 65, 127, 128, 200] {
            let bits = mask(n, |i| i % 3 == 0);
            assert_eq!(bits.len(), words(n));
            assert_eq!(
                positions(&bits).collect::<Vec<_>>(),
                (0..n).step_by(3).collect::<Vec<_>>(),
                "{n} rows"
            );
            assert_eq!(count(&ones(n)), n as u64);
        }
    }

    #[test]
    fn three_valued_tables_hold() {
        let values = [Some(true), Some(false), None];
        let read = |d: &Ternary| match (d.is_true[0] & 1, d.is_false[0] & 1) {
            (1, 0) => Some(true),
            (0, 1) => Some(false),
            _ => None,
        };
        for a in values {
            for b in values {
                let (a_bits, db) = (Ternary::constant(1, a), Ternary::constant(1, b));
                let and = if a == Some(false) || b == Some(false) {
                    Some(false)
                } else {
                    a.zip(b).map(|_| true)
                };
                let or = if a == Some(true) || b == Some(true) {
                    Some(true)
                } else {
                    a.zip(b).map(|_| false)
                };
                assert_eq!(read(&a_bits.clone().and(&db)), and);
                assert_eq!(read(&a_bits.clone().or(&db)), or);
                assert_eq!(read(&a_bits.not()), a.map(|v| !v));
            }
        }
    }
}
