//! Gemeenten by their text, without allocating or comparing more than needed.

use schema::Gebieden;
use schema::gebieden::gemeente_number;

use crate::fout::RegelFout;

/// Stands for an unknown code.
const GEEN: u16 = u16::MAX;

/// The gemeenten of one year, by the four digits of their code.
#[derive(Debug)]
pub(crate) struct Gemeenten {
    per_nummer: Vec<u16>,
    codes: Vec<&'static str>,
}

impl Gemeenten {
    /// The look-up table of a year.
    pub(crate) fn new(jaar: i32) -> Result<Self, RegelFout> {
        let gemeenten = Gebieden::get().gemeenten(jaar).ok_or_else(|| {
            RegelFout::Lijst(format!("there is no indeling of gemeenten for {jaar}"))
        })?;
        let mut tabel = Self {
            per_nummer: vec![GEEN; 10_000],
            codes: Vec::with_capacity(gemeenten.len()),
        };
        for (key, code) in gemeenten.keys().enumerate() {
            let nummer = gemeente_number(code.as_bytes())
                .ok_or_else(|| RegelFout::Lijst(format!("`{code}` is no gemeentecode")))?;
            tabel.per_nummer[usize::from(nummer)] = key as u16;
            tabel.codes.push(code);
        }
        Ok(tabel)
    }

    /// The position of a gemeente among those of the year, in order of code.
    pub(crate) fn key(&self, bytes: &[u8]) -> Option<u16> {
        let key = self.per_nummer[usize::from(gemeente_number(bytes)?)];
        (key != GEEN).then_some(key)
    }

    /// All codes, in order.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_gemeenten_of_a_year() {
        let gemeenten = Gemeenten::new(2020).unwrap();
        let utrecht = usize::from(gemeenten.key(b"GM0344").unwrap());
        assert_eq!(gemeenten.texts().nth(utrecht), Some("GM0344"));
        for ander in ["GM9999", "GM344", "gm0344", "0344", "GM03440", "GM03a4", ""] {
            assert_eq!(gemeenten.key(ander.as_bytes()), None, "{ander}");
        }
        assert!(Gemeenten::new(1900).is_err());
    }
}
