//! The levering of the year before, to compare with.
//!
//! Owns finding the one that counts and giving its rows to the judgement. Leaves reading its files to `stored_levering`, and what is
//! compared to `check`.

use std::fs::File;
use std::sync::Arc;

use chrono::NaiveDate;
use judging::{Identifiers, Judging, Previous};
use lake::{Lake, LakeError, Levering, LeveringId};
use schema::pakket::PakketFile;
use schema::{Definitie, Pakket};

use crate::stored_levering;

/// The levering of the year before that counts, to compare with.
pub(super) struct PreviousLevering {
    pub(super) id: LeveringId,
    definitie: Arc<Definitie>,
    leverdatum: NaiveDate,
    same_key: bool,
    bestanden: Vec<(PakketFile, File)>,
}

impl PreviousLevering {
    /// What counts for the year before; `None` without one, for a nulopgave, and where its files are gone.
    pub(super) async fn of(
        lake: &Lake,
        definities: &[Arc<Definitie>],
        levering: &Levering,
        pakket: &Pakket,
    ) -> Result<Option<Self>, LakeError> {
        let (kvk, uitvraag, jaar) = (&levering.kvk, &levering.uitvraag, levering.jaar - 1);
        let mut known = definities.iter();
        let Some(definitie) = known.find(|d| d.uitvraag == *uitvraag && d.jaar == jaar) else {
            return Ok(None);
        };
        let Some(before) = lake.in_force(kvk, uitvraag, jaar).await? else {
            return Ok(None);
        };
        let Some(manifest) = lake.pakket(before.id).await? else {
            return Ok(None);
        };
        let files = match stored_levering::files(lake, before.id, definitie, &manifest).await {
            Ok(files) => files,
            Err(error) => {
                tracing::warn!(levering = %levering.id, previous = %before.id, %error, "last year's levering can't be read");
                return Ok(None);
            }
        };
        Ok(Some(Self {
            id: before.id,
            definitie: Arc::clone(definitie),
            leverdatum: manifest.leverdatum,
            same_key: manifest.pseudoniem == pakket.pseudoniem,
            bestanden: files,
        }))
    }

    /// Gives its rows to the judgement of this year.
    pub(super) fn feed(self, judging: &mut Judging) -> Result<(), String> {
        let identifiers = if self.same_key {
            Identifiers::Same
        } else {
            Identifiers::OtherKey
        };
        let previous = Previous {
            definitie: &self.definitie,
            leverdatum: self.leverdatum,
            identifiers,
        };
        let tables = self.bestanden.into_iter().flat_map(|(pakket_file, file)| {
            let (batches, why) = match stored_levering::batches(&self.definitie, &pakket_file, file)
            {
                Ok(batches) => (Some(batches), None),
                Err(why) => (None, Some(Err(why))),
            };
            batches.into_iter().flatten().chain(why)
        });
        judging
            .compare_with(previous, tables)
            .map_err(|e| e.to_string())
    }
}
