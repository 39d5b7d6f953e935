//! A levering in the place of the one that counts: what would be lost.
//!
//! Owns when that must be said to be meant. Leaves asking for it to `rules`, and the words to `ingest`.

use schema::Confirmation;

use crate::levering::Levering;
use crate::refusal::{Loss, RowChange};

impl Levering {
    /// What must be meant before it takes the place of the one that `counts`: made with another key it may be another
    /// aanbieder's, and with less than half the rows of a table, or none, something went wrong on the way.
    pub fn losses_against(&self, counts: &Self) -> Vec<Loss> {
        if counts.nulopgave || counts.id == self.id {
            return Vec::new();
        }
        let changes = counts.rijen.iter().map(|(tabel, was)| RowChange {
            tabel: tabel.clone(),
            was: *was,
            becomes: self.rijen.get(tabel).copied().unwrap_or(0),
        });
        let (gone, left): (Vec<RowChange>, Vec<RowChange>) = changes
            .filter(|change| change.was > 0)
            .partition(|change| change.becomes == 0);
        let halved = left
            .into_iter()
            .filter(|change| change.becomes < change.was.div_ceil(2))
            .collect();
        let mut losses = Vec::new();
        if self.pseudoniem != counts.pseudoniem {
            losses.push(Loss {
                what: Confirmation::AndereSleutel,
                tabellen: Vec::new(),
            });
        }
        for (what, tabellen) in [
            (Confirmation::MinderRijen, halved),
            (Confirmation::MinderTabellen, gone),
        ] {
            if !Vec::is_empty(&tabellen) {
                losses.push(Loss { what, tabellen });
            }
        }
        losses
    }
}
