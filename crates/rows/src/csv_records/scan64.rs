//! Sees the ends of cells 64 bytes at a time.
//!
//! Owns finding separators, line ends and quotes in text. Leaves what they mean to `csv_records`.

/// Where among 64 bytes the separators, line ends and quotes are.
#[derive(Default)]
pub(super) struct Scan64 {
    begin: usize,
    end: usize,
    /// A bit per byte from `begin` on.
    hits: u64,
}

impl Scan64 {
    /// Where the next of the four is from `vanaf` on, or the end. The bytes that were seen may not change in between.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8], mut from: usize, special: [u8; 4]) -> usize {
        loop {
            let offset_in = from.wrapping_sub(self.begin);
            if offset_in < 64 {
                let further = self.hits >> offset_in;
                if further != 0 {
                    return from + further.trailing_zeros() as usize;
                }
                from = from.max(self.end);
            }
            if from >= bytes.len() {
                return bytes.len();
            }
            *self = Self::of(bytes, from, special);
        }
    }

    /// Compares 64 bytes at a time, without a branch: the compiler makes vector instructions of it. A cell is shorter
    /// than that, and looking byte by byte for its end is what reading a CSV would spend most of its time on.
    #[expect(
        clippy::needless_bitwise_bool,
        reason = "a lazy operator is a branch per byte"
    )]
    fn of(bytes: &[u8], begin: usize, special: [u8; 4]) -> Self {
        let rest = &bytes[begin..];
        let mut piece = [0; 64];
        let length = rest.len().min(64);
        match rest.first_chunk::<64>() {
            Some(heel) => piece = *heel,
            None => piece[..length].copy_from_slice(rest),
        }
        let [separator, cr, lf, quote] = special;
        let hits_in_block =
            piece.map(|b| u8::from((b == separator) | (b == cr) | (b == lf) | (b == quote)));
        let bits = |eight: &[u8]| {
            let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
            // Gathers the lowest bit of every byte in the highest byte: no two of the products meet.
            word.wrapping_mul(0x0102_0408_1020_4080) >> 56
        };
        let hits = hits_in_block
            .chunks_exact(8)
            .rev()
            .fold(0, |hits, eight| hits << 8 | bits(eight));
        Self {
            begin,
            end: begin + length,
            hits,
        }
    }
}
