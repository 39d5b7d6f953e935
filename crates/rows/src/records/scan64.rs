//! Sees the ends of cells 64 bytes at a time.
//!
//! Owns finding separators, line ends and quotes in text. Leaves what they mean to `records`.

/// Where among 64 bytes the separators, line ends and quotes are.
#[derive(Default)]
pub(super) struct Zicht {
    begin: usize,
    einde: usize,
    /// A bit per byte from `begin` on.
    treffers: u64,
}

impl Zicht {
    /// Where the next of the four is from `vanaf` on, or the end. The bytes that were seen may not change in between.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8], mut vanaf: usize, bijzonder: [u8; 4]) -> usize {
        loop {
            let binnen = vanaf.wrapping_sub(self.begin);
            if binnen < 64 {
                let verder = self.treffers >> binnen;
                if verder != 0 {
                    return vanaf + verder.trailing_zeros() as usize;
                }
                vanaf = vanaf.max(self.einde);
            }
            if vanaf >= bytes.len() {
                return bytes.len();
            }
            *self = Self::of(bytes, vanaf, bijzonder);
        }
    }

    /// Compares 64 bytes at a time, without a branch: the compiler makes vector instructions of it. A cell is shorter
    /// than that, and looking byte by byte for its end is what reading a CSV would spend most of its time on.
    fn of(bytes: &[u8], begin: usize, bijzonder: [u8; 4]) -> Self {
        let rest = &bytes[begin..];
        let mut stuk = [0; 64];
        let lengte = rest.len().min(64);
        match rest.first_chunk::<64>() {
            Some(heel) => stuk = *heel,
            None => stuk[..lengte].copy_from_slice(rest),
        }
        let [scheiding, cr, lf, aanhaling] = bijzonder;
        let raak =
            stuk.map(|b| u8::from((b == scheiding) | (b == cr) | (b == lf) | (b == aanhaling)));
        let bits = |acht: &[u8]| {
            let woord = u64::from_le_bytes(acht.try_into().expect("eight bytes"));
            // Gathers the lowest bit of every byte in the highest byte: no two of the products meet.
            woord.wrapping_mul(0x0102_0408_1020_4080) >> 56
        };
        let treffers = raak
            .chunks_exact(8)
            .rev()
            .fold(0, |treffers, acht| treffers << 8 | bits(acht));
        Self {
            begin,
            einde: begin + lengte,
            treffers,
        }
    }
}
