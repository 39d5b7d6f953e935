//! Last year's pakket beside this year's data.
//!
//! Owns finding out whether it fits (same uitvraag, the year before, same key) and handing its rows to the judgement.
//! Leaves what is compared to `check`.

use std::path::Path;

use arrow_array::RecordBatch;
use judging::{Identifiers, Judging, Previous, PreviousError};
use pakket::Sleutel;
use schema::Definitie;

use crate::fout::Fout;
use crate::opties;
use crate::pakket::Pakketmap;
use crate::reading::{Stop, open_table};
use crate::sleutelplek;

/// Last year's pakket, proven whole, with the key its pseudonyms were made by where there is one.
pub struct Vorig {
    map: Pakketmap,
    definitie: Definitie,
    sleutel: Option<Sleutel>,
}

impl Vorig {
    /// The pakket in `map` where one is given, with the aanbieder's own key: from `sleutel`, or its usual place if it is there.
    pub fn of_own_files(
        map: Option<&Path>,
        definitie: &Definitie,
        sleutel: Option<&Path>,
    ) -> Result<Option<Self>, Fout> {
        map.map(|map| Self::open(map, definitie, sleutelplek::existing(sleutel)?))
            .transpose()
    }

    /// Opens the pakket of the year before `definitie`.
    pub fn open(map: &Path, definitie: &Definitie, sleutel: Option<Sleutel>) -> Result<Self, Fout> {
        let map = Pakketmap::open(map)?;
        let (uitvraag, jaar) = (&map.pakket.uitvraag, map.pakket.jaar);
        if *uitvraag != definitie.uitvraag || jaar != definitie.jaar - 1 {
            return Err(Fout::new(format!(
                "dit is niet het pakket van vorig jaar: {}",
                map.map.display()
            ))
            .oorzaak(format!(
                "het pakket is van {uitvraag}/{jaar}, gevraagd is {}/{}",
                definitie.uitvraag,
                definitie.jaar - 1
            )));
        }
        let toen = opties::definitie(&format!("{uitvraag}/{jaar}"))?;
        map.verify(&toen)?;
        Ok(Self {
            map,
            definitie: toen,
            sleutel,
        })
    }

    /// Whether its numbers can be compared with those of the aanbieder now.
    pub fn zelfde_sleutel(&self) -> bool {
        self.sleutel
            .as_ref()
            .is_some_and(|sleutel| sleutel.label() == self.map.pakket.pseudoniem)
    }

    /// Gives its rows to the judgement of this year; `label` names the key of this year's pseudonyms, where they are made.
    pub fn feed(&self, judging: &mut Judging, label: Option<&str>) -> Result<(), Stop> {
        let eigen = self.sleutel.as_ref().map(Sleutel::label);
        let other_key = label
            .or(eigen.as_deref())
            .is_some_and(|label| label != self.map.pakket.pseudoniem);
        let identifiers = match &self.sleutel {
            _ if other_key => Identifiers::OtherKey,
            Some(sleutel) => {
                let sleutel = sleutel.clone();
                Identifiers::Through(Box::new(move |veld, ids| sleutel.pseudoniemen(veld, ids)))
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
            .flat_map(|bestand| self.batches(bestand));
        let broken = |fout: &dyn std::fmt::Display| {
            Fout::new("het pakket van vorig jaar is niet te gebruiken").oorzaak(fout)
        };
        judging
            .compare_with(previous, tables)
            .map_err(|fout| match fout {
                PreviousError::Read(stop) => stop,
                PreviousError::Rules(fout) => broken(&fout).into(),
                PreviousError::Judge(fout) => broken(&fout).into(),
            })
    }

    /// The rows of one of its tables, with its name; or why there are none.
    fn batches(
        &self,
        bestand: &schema::pakket::Bestand,
    ) -> impl Iterator<Item = Result<(String, RecordBatch), Stop>> {
        let (batches, refused) = match open_table(&self.definitie, &self.map, bestand) {
            Ok(batches) => (Some(batches), None),
            Err(stop) => (None, Some(Err(stop))),
        };
        let name = bestand.name.clone();
        let batches = batches.into_iter().flatten();
        batches
            .map(move |batch| Ok((name.clone(), batch?)))
            .chain(refused)
    }
}
