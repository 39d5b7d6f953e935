//! What stands in one field of every row with a key, for the few rows that are found at the end.

use super::{Opslag, Rol};
use crate::tekst::shown;
use crate::view::Blik;

/// The texts of one field: 4 bytes a row beside the text itself.
#[derive(Debug, Default)]
pub(crate) struct Teksten {
    bytes: Rol,
    /// Per row where its text ends, from where its batch begins.
    einden: Rol,
    /// Per batch its first row, and where its texts begin.
    partijen: Vec<(u64, usize)>,
}

impl Teksten {
    /// Adds field `veld` of the rows of a batch; of rows that are not `nodig` nothing is kept.
    pub(crate) fn add(&mut self, blik: &Blik<'_>, veld: usize, nodig: impl Fn(usize) -> bool) {
        let opslag = &mut *blik.opslag.borrow_mut();
        let begin = self.bytes.len();
        self.partijen.push((blik.begin, begin));
        for i in 0..blik.rijen {
            if nodig(i) {
                self.bytes.append(blik.text(veld, i).as_bytes(), opslag);
            }
            let eind = (self.bytes.len() - begin) as u32;
            self.einden.append(&eind.to_le_bytes(), opslag);
        }
    }

    /// The text of a row, as it is shown.
    pub(crate) fn get(&self, rij: u64, opslag: &mut Opslag) -> Option<Box<str>> {
        let (eerste, begin) = *self.partijen.get(
            self.partijen
                .partition_point(|(eerste, _)| *eerste <= rij)
                .checked_sub(1)?,
        )?;
        let mut eind = |rij: u64| {
            let mut eind = [0; 4];
            self.einden.read(rij as usize * 4, &mut eind, opslag);
            u32::from_le_bytes(eind) as usize
        };
        let (van, tot) = (if rij == eerste { 0 } else { eind(rij - 1) }, eind(rij));
        // Not in order where the scratch file failed.
        let mut tekst = vec![0; tot.checked_sub(van)?];
        self.bytes.read(begin + van, &mut tekst, opslag);
        String::from_utf8(tekst)
            .ok()
            .filter(|tekst| !tekst.is_empty())
            .map(|tekst| shown(&tekst))
    }
}
