//! What made many findings at once: one value, one way of writing, or nothing at all in one column.
//!
//! Owns the exact counts per cause while rows go by. What it remembers is bounded by [`VERSCHILLEND`]; what comes
//! after that is not counted apart, and that is said. Leaves the words to `oordeel`. Costs nothing without findings.

use schema::bevinding::schrijfwijze;

use crate::expr::bits;
use crate::hash::{Kaart, hash128};
use crate::view::Blik;
use crate::vondst::Vondst;

/// Causes of one rule in one field that are counted apart.
pub(crate) const VERSCHILLEND: usize = 1024;

/// What findings of one rule in one field have in common when they have one cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grond {
    /// The field: there is no value.
    Veld,
    /// The value.
    Waarde,
    /// How the value is written.
    Vorm,
}

/// The causes of one rule in one field.
#[derive(Debug, Clone, Default)]
pub(crate) struct Oorzaken {
    per_sleutel: Kaart<usize>,
    pub(crate) lijst: Vec<Telling>,
    /// Some findings had a cause that was not counted apart.
    pub(crate) vol: bool,
    /// The value seen last, and its place in the list: the same often comes again.
    laatst: Option<(Vec<u8>, usize)>,
}

/// One cause.
#[derive(Debug, Clone)]
pub(crate) struct Telling {
    pub(crate) aantal: u64,
    pub(crate) eerste: Vondst,
    /// Values differ: what they share is how they are written.
    pub(crate) wisselend: bool,
}

impl Oorzaken {
    /// Counts the findings in these rows of a batch.
    pub(crate) fn count(
        &mut self,
        grond: Grond,
        blik: &Blik<'_>,
        veld: usize,
        rijen: &[u64],
        vondst: impl Fn(usize) -> Vondst,
    ) {
        let waarden = blik.ruw[veld].filter(|_| grond != Grond::Veld);
        let Some(waarden) = waarden else {
            if let Some(eerste) = bits::positions(rijen).next() {
                self.add(0, bits::count(rijen), || vondst(eerste));
            }
            return;
        };
        for i in bits::positions(rijen) {
            let waarde = waarden.value(i);
            if let Some((laatst, at)) = &self.laatst
                && laatst == waarde.as_bytes()
            {
                self.lijst[*at].aantal += 1;
                continue;
            }
            let sleutel = match grond {
                Grond::Vorm => hash128(schrijfwijze(waarde).as_bytes()),
                _ => hash128(waarde.as_bytes()),
            };
            if let Some(at) = self.add(sleutel, 1, || vondst(i)) {
                let telling = &mut self.lijst[at];
                telling.wisselend |=
                    grond == Grond::Vorm && telling.eerste.gevonden.as_deref() != Some(waarde);
                let mut laatst = self.laatst.take().map_or_else(Vec::new, |(bytes, _)| bytes);
                laatst.clear();
                laatst.extend_from_slice(waarde.as_bytes());
                self.laatst = Some((laatst, at));
            }
        }
    }

    /// Counts findings with this key; gives its place in the list, unless there are too many causes.
    pub(crate) fn add(
        &mut self,
        sleutel: u128,
        aantal: u64,
        eerste: impl FnOnce() -> Vondst,
    ) -> Option<usize> {
        if let Some(&at) = self.per_sleutel.get(&sleutel) {
            self.lijst[at].aantal += aantal;
            return Some(at);
        }
        if self.lijst.len() == VERSCHILLEND {
            self.vol = true;
            return None;
        }
        self.lijst.push(Telling {
            aantal,
            eerste: eerste(),
            wisselend: false,
        });
        self.per_sleutel.insert(sleutel, self.lijst.len() - 1);
        Some(self.lijst.len() - 1)
    }
}
