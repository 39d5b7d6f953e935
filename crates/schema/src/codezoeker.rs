//! Codes by their text, without allocating or comparing more than needed.
//!
//! Owns the look-up that every cell of a coded column goes through, on its way in (`mapping`) and when it is typed
//! (`check`). Leaves words that merely mean a code to `mapping`.

use crate::definitie::Codelijst;

/// Stands for an empty slot.
const GEEN: u16 = u16::MAX;

/// The first and last bytes of a text: with its length they say everything of a text of up to 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Randen {
    begin: u64,
    eind: u64,
    lengte: usize,
}

impl Randen {
    fn of(bytes: &[u8]) -> Self {
        let n = bytes.len();
        let eight =
            |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let four = |at: usize| {
            u64::from(u32::from_le_bytes(
                bytes[at..at + 4].try_into().expect("four bytes"),
            ))
        };
        let (begin, eind) = match n {
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
            eind,
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
pub struct Codezoeker {
    slots: Vec<u16>,
    verschuiving: u32,
    randen: Vec<Randen>,
    teksten: Vec<Box<str>>,
}

impl Codezoeker {
    /// The look-up table of a code list.
    pub fn new(lijst: &Codelijst) -> Self {
        let machten = (lijst.codes.len() * 4)
            .next_power_of_two()
            .trailing_zeros()
            .max(1);
        let mut codes = Self {
            slots: vec![GEEN; 1 << machten],
            verschuiving: 64 - machten,
            randen: Vec::new(),
            teksten: Vec::new(),
        };
        for (key, code) in lijst.codes.iter().enumerate() {
            let randen = Randen::of(code.code.as_bytes());
            let mut slot = (randen.hash() >> codes.verschuiving) as usize;
            while codes.slots[slot] != GEEN {
                slot = (slot + 1) % codes.slots.len();
            }
            codes.slots[slot] = key as u16;
            codes.randen.push(randen);
            codes.teksten.push(code.code.as_str().into());
        }
        codes
    }

    /// The position of a code in its list.
    #[inline]
    pub fn key(&self, bytes: &[u8]) -> Option<u16> {
        let randen = Randen::of(bytes);
        let mut slot = (randen.hash() >> self.verschuiving) as usize;
        loop {
            let key = self.slots[slot];
            if key == GEEN {
                return None;
            }
            let at = usize::from(key);
            if self.randen[at] == randen
                && (randen.lengte <= 16 || self.teksten[at].as_bytes() == bytes)
            {
                return Some(key);
            }
            slot = (slot + 1) & (self.slots.len() - 1);
        }
    }

    /// All codes, in the order of the list.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.teksten.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use crate::definitie::Code;

    use super::*;

    fn lijst(codes: &[&str]) -> Codelijst {
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
        let namen = [
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
        let codes = Codezoeker::new(&lijst(&namen));
        for (key, naam) in namen.iter().enumerate() {
            assert_eq!(codes.key(naam.as_bytes()), Some(key as u16), "{naam}");
        }
        for ander in [
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
            assert_eq!(codes.key(ander.as_bytes()), None, "{ander}");
        }
    }
}
