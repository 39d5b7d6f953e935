//! Gemeenten by their text, without allocating or comparing more than needed.

use schema::Gebieden;
use schema::gebieden::gemeente_number;

use crate::error::RegelError;

/// Stands for an unknown code.
const NONE: u16 = u16::MAX;

/// The gemeenten of one year, by the four digits of their code.
#[derive(Debug)]
pub(crate) struct Gemeenten {
    per_number: Vec<u16>,
    codes: Vec<&'static str>,
}

impl Gemeenten {
    /// The look-up table of a year.
    pub(crate) fn new(jaar: i32) -> Result<Self, RegelError> {
        let gemeenten = Gebieden::get().gemeenten(jaar).ok_or_else(|| {
            RegelError::Lijst(format!("there is no indeling of gemeenten for {jaar}"))
        })?;
        let mut tabel = Self {
            per_number: vec![NONE; 10_000],
            codes: Vec::with_capacity(gemeenten.len()),
        };
        for (key, code) in gemeenten.keys().enumerate() {
            let number = gemeente_number(code.as_bytes())
                .ok_or_else(|| RegelError::Lijst(format!("`{code}` is no gemeentecode")))?;
            tabel.per_number[usize::from(number)] = key as u16;
            tabel.codes.push(code);
        }
        Ok(tabel)
    }

    /// The position of a gemeente among those of the year, in order of code.
    pub(crate) fn key(&self, bytes: &[u8]) -> Option<u16> {
        let key = self.per_number[usize::from(gemeente_number(bytes)?)];
        (key != NONE).then_some(key)
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
        for other in ["GM9999", "GM344", "gm0344", "0344", "GM03440", "GM03a4", ""] {
            assert_eq!(gemeenten.key(other.as_bytes()), None, "{other}");
        }
        assert!(Gemeenten::new(1900).is_err());
    }
}
