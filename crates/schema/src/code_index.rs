//! Codes by their text, without allocating or comparing more than needed.
//!
//! Owns the look-up that every cell of a coded column goes through, on its way in (`mapping`) and when it is typed
//! (`check`). Leaves words that merely mean a code to `mapping`.

use crate::definitie::Codelijst;

/// Stands for an empty slot.
const NONE: u16 = u16::MAX;

/// The first and last bytes of a text: with its length they say everything of a text of up to 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Edges {
    begin: u64,
    eind: u64,
    lengte: usize,
}

impl Edges {
    fn of(bytes: &[u8]) -> Self {
        let n = bytes.len();
        let eight =
            |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let four = |at: usize| {
            u64::from(u32::from_le_bytes(
                bytes[at..at + 4].try_into().expect("four bytes"),
            ))
        };
        let (begin, end) = match n {
            8.. => (eight(0), eight(n - 8)),
            4..=7 => (four(0), four(n - 4)),
            1..=3 => (
                u64::from(bytes[0]) | u64::from(bytes[n / 2]) << 8 | u64::from(bytes[n - 1]) << 16,
                0,
            ),
            0 => (0, 0),
        };
        Self {
            begin,
            eind: end,
            lengte: n,
        }
    }

    fn hash(self) -> u64 {
        (self.begin ^ self.eind.rotate_left(29) ^ self.lengte as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// The codes of one list, by text.
#[derive(Debug)]
pub struct CodeIndex {
    slots: Vec<u16>,
    shift: u32,
    edges: Vec<Edges>,
    texts: Vec<Box<str>>,
}

impl CodeIndex {
    /// The look-up table of a code list.
    pub fn new(list: &Codelijst) -> Self {
        let powers = (list.codes.len() * 4)
            .next_power_of_two()
            .trailing_zeros()
            .max(1);
        let mut codes = Self {
            slots: vec![NONE; 1 << powers],
            shift: 64 - powers,
            edges: Vec::new(),
            texts: Vec::new(),
        };
        for (key, code) in list.codes.iter().enumerate() {
            let edges = Edges::of(code.code.as_bytes());
            let mut bucket = (edges.hash() >> codes.shift) as usize;
            while codes.slots[bucket] != NONE {
                bucket = (bucket + 1) % codes.slots.len();
            }
            codes.slots[bucket] = key as u16;
            codes.edges.push(edges);
            codes.texts.push(code.code.as_str().into());
        }
        codes
    }

    /// The position of a code in its list.
    #[inline]
    pub fn key(&self, bytes: &[u8]) -> Option<u16> {
        let edges = Edges::of(bytes);
        let mut bucket = (edges.hash() >> self.shift) as usize;
        loop {
            let key = self.slots[bucket];
            if key == NONE {
                return None;
            }
            let at = usize::from(key);
            if self.edges[at] == edges && (edges.lengte <= 16 || self.texts[at].as_bytes() == bytes)
            {
                return Some(key);
            }
            bucket = (bucket + 1) & (self.slots.len() - 1);
        }
    }

    /// All codes, in the order of the list.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use crate::definitie::Code;

    use super::*;

    fn list(codes: &[&str]) -> Codelijst {
        let codes = codes
            .iter()
            .map(|c| Code {
                code: (*c).to_owned(),
                label: String::new(),
                definitie: String::new(),
                cbs: None,
                ijw: None,
                synoniemen: Vec::new(),
            })
            .collect();
        Codelijst {
            naam: "proef".to_owned(),
            codes,
        }
    }

    #[test]
    fn finds_every_code_and_nothing_else() {
        let names = [
            "a",
            "ab",
            "aba",
            "abcd",
            "abcdefg",
            "abcdefgh",
            "eenheel_lange_code_met_b",
            "eenheel_lange_kode_met_b",
            "x",
        ];
        let codes = CodeIndex::new(&list(&names));
        for (key, name) in names.iter().enumerate() {
            assert_eq!(codes.key(name.as_bytes()), Some(key as u16), "{name}");
        }
        for other in [
            "",
            "b",
            "aa",
            "aca",
            "abce",
            "ABCD",
            "eenheel_lange_xode_met_b",
            "abcdefghi",
            "x ",
        ] {
            assert_eq!(codes.key(other.as_bytes()), None, "{other}");
        }
    }
}
