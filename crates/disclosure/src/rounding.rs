//! Rounding at random to a multiple of five, once and for ever.
//!
//! Owns the draw: a count of records becomes one of its two neighbouring multiples of five, the upper with chance
//! (n mod 5) / 5, from a secret key and the set of records that is counted. The same records give the same number at
//! every level, in every indicator and in every version; another set is another draw. Leaves bringing the sets together
//! to `analysis` and keeping the key to `monitor`.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
pub use schema::protection::ROUNDED_TO as BASE;
use sha2::Sha256;

/// A true count is at most so far from its published one.
pub const SLACK: i64 = BASE - 1;

/// How many records, and which: `keys` is the sum of their keys, whatever the order (wrapping).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordSet {
    /// How many.
    pub count: i64,
    /// Which.
    pub keys: u64,
}

impl RecordSet {
    /// All of these sets together, of which no two have a record in common.
    pub fn together(sets: impl IntoIterator<Item = Self>) -> Self {
        sets.into_iter().fold(Self::default(), |mut all, set| {
            all.add(set);
            all
        })
    }

    /// Both sets together, which have no record in common.
    pub fn add(&mut self, other: Self) {
        self.count += other.count;
        self.keys = self.keys.wrapping_add(other.keys);
    }
}

/// The secret of an installation that decides every draw. Whoever has it can undo the rounding.
#[derive(Clone)]
pub struct RoundingKey {
    mac: Hmac<Sha256>,
    id: String,
}

impl fmt::Debug for RoundingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoundingKey({})", self.id)
    }
}

impl RoundingKey {
    /// The key with this secret.
    pub fn new(secret: &[u8; 32]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes a key of any length");
        let mut name = mac.clone();
        name.update(b"name of this key");
        let id = schema::hash::hex(&name.finalize().into_bytes()[..8]);
        Self { mac, id }
    }

    /// Names the key, and tells nothing of it: 16 hexadecimal digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The multiple of five that is published for these records. A multiple of five stays itself.
    pub fn round(&self, set: RecordSet) -> i64 {
        let above = set.count.rem_euclid(BASE);
        if above == 0 {
            return set.count;
        }
        let mut draw = self.mac.clone();
        draw.update(&set.keys.to_le_bytes());
        draw.update(&set.count.to_le_bytes());
        let bytes = draw.finalize().into_bytes();
        let number = u64::from_le_bytes(bytes[..8].try_into().expect("a hash has 32 bytes"));
        // 2^64 is no multiple of five; what that skews is below 1e-18.
        let drawn = (number % BASE.unsigned_abs()).cast_signed();
        set.count - above + if drawn < above { BASE } else { 0 }
    }
}
