//! Last year's pakket beside this year's data.
//!
//! Owns finding out whether it fits (same uitvraag, the year before, same key) and handing its rows to the judgement.
//! Leaves what is compared to `check`.

use std::path::Path;

use arrow_array::RecordBatch;
use judging::{Identifiers, Judging, Previous, PreviousError};
use pakket::PseudonymKey;
use schema::Definitie;

use crate::args;
use crate::error::Failure;
use crate::key_path;
use crate::open_input::{JudgeStop, open_table};
use crate::pakket::PakketDirectory;
use crate::wording;

/// Last year's pakket, proven whole, with the key its pseudonyms were made by where there is one.
pub(crate) struct PreviousPakket {
    map: PakketDirectory,
    definitie: Definitie,
    sleutel: Option<PseudonymKey>,
}

impl PreviousPakket {
    /// The pakket in `map` where one is given, with the aanbieder's own key: from `sleutel`, or its usual place if it is there.
    pub(crate) fn of_own_files(
        dir: Option<&Path>,
        definitie: &Definitie,
        key: Option<&Path>,
    ) -> Result<Option<Self>, Failure> {
        dir.map(|dir| Self::open(dir, definitie, key_path::existing(key)?))
            .transpose()
    }

    /// Opens the pakket of the year before `definitie`.
    pub(crate) fn open(
        dir: &Path,
        definitie: &Definitie,
        key: Option<PseudonymKey>,
    ) -> Result<Self, Failure> {
        let dir = PakketDirectory::open(dir)?;
        let (uitvraag, jaar) = (&dir.pakket.uitvraag, dir.pakket.jaar);
        if *uitvraag != definitie.uitvraag || jaar != definitie.jaar - 1 {
            return Err(
                Failure::new(wording::files::not_last_year(&dir.map.display())).cause(
                    wording::files::other_uitvraag(
                        &uitvraag,
                        &jaar,
                        &definitie.uitvraag,
                        &(definitie.jaar - 1),
                    ),
                ),
            );
        }
        let then = args::definitie(&format!("{uitvraag}/{jaar}"))?;
        dir.verify(&then)?;
        Ok(Self {
            map: dir,
            definitie: then,
            sleutel: key,
        })
    }

    /// Whether its numbers can be compared with those of the aanbieder now.
    pub(crate) fn same_key(&self) -> bool {
        self.sleutel
            .as_ref()
            .is_some_and(|key| key.label() == self.map.pakket.pseudoniem)
    }

    /// Gives its rows to the judgement of this year; `label` names the key of this year's pseudonyms, where they are made.
    pub(crate) fn feed(&self, judging: &mut Judging, label: Option<&str>) -> Result<(), JudgeStop> {
        let own = self.sleutel.as_ref().map(PseudonymKey::label);
        let other_key = label
            .or(own.as_deref())
            .is_some_and(|label| label != self.map.pakket.pseudoniem);
        let identifiers = match &self.sleutel {
            _ if other_key => Identifiers::OtherKey,
            Some(key) => {
                let key = key.clone();
                Identifiers::Through(Box::new(move |veld, ids| key.pseudonyms(veld, ids)))
            }
            None => Identifiers::Same,
        };
        let previous = Previous {
            definitie: &self.definitie,
            leverdatum: self.map.pakket.leverdatum,
            identifiers,
        };
        let tables = self
            .map
            .pakket
            .resources
            .iter()
            .flat_map(|file| self.batches(file));
        let broken = |failure: &dyn std::fmt::Display| {
            Failure::new(wording::files::PREVIOUS_UNUSABLE).cause(failure)
        };
        judging
            .compare_with(previous, tables)
            .map_err(|failure| match failure {
                PreviousError::Read(stop) => stop,
                PreviousError::Rules(failure) => broken(&failure).into(),
                PreviousError::Judge(failure) => broken(&failure).into(),
            })
    }

    /// The rows of one of its tables, with its name; or why there are none.
    fn batches(
        &self,
        file: &schema::pakket::PakketFile,
    ) -> impl Iterator<Item = Result<(String, RecordBatch), JudgeStop>> {
        let (batches, refused) = match open_table(&self.definitie, &self.map, file) {
            Ok(batches) => (Some(batches), None),
            Err(stop) => (None, Some(Err(stop))),
        };
        let name = file.name.clone();
        let batches = batches.into_iter().flatten();
        batches
            .map(move |batch| Ok((name.clone(), batch?)))
            .chain(refused)
    }
}
